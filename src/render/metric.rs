//! The statistics of periods.

use std::error::Error;
use std::io::{self, Write};

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::grid::Grid;
use crate::metric::Statistic;
use crate::metric::period::Period;

/// Writes the statistics of each period as a table.
///
/// # Errors
///
/// When the bytes cannot be written.
pub fn write_statistics(
    periods: &[Period<'_>],
    statistics: &[Statistic],
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut grid = Grid::new(
        std::iter::once("start".to_owned()).chain(statistics.iter().map(ToString::to_string)),
    );
    for period in periods {
        let value = |statistic: &Statistic| {
            statistic
                .compute(period.samples)
                .map_or_else(|| "-".to_owned(), |value| value.to_string())
        };
        grid.add(std::iter::once(period.start.to_string()).chain(statistics.iter().map(value)));
    }
    grid.write("", out)
}

/// Writes the statistics of each period as a line of JSON: `{"start":…,"statistics":{"p90":…}}`.
///
/// # Errors
///
/// When the bytes cannot be written.
pub fn write_statistics_json(
    periods: &[Period<'_>],
    statistics: &[Statistic],
    out: &mut dyn Write,
) -> Result<(), Box<dyn Error>> {
    for period in periods {
        serde_json::to_writer(&mut *out, &Line { period, statistics })?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// The statistics of one period.
struct Line<'a> {
    period: &'a Period<'a>,
    statistics: &'a [Statistic],
}

impl Serialize for Line<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("start", &self.period.start)?;
        map.serialize_entry("statistics", &Values(self))?;
        map.end()
    }
}

/// The values by the names of the statistics, in the order that they were asked for.
struct Values<'a>(&'a Line<'a>);

impl Serialize for Values<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let value = |statistic: &Statistic| {
            (
                statistic.to_string(),
                statistic.compute(self.0.period.samples),
            )
        };
        serializer.collect_map(self.0.statistics.iter().map(value))
    }
}
