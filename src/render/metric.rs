//! The statistics of periods.

use std::io::{self, Write};

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::grid::Grid;
use super::json::write_line;
use crate::metric::Statistic;
use crate::metric::period::Period;

/// Writes the statistics of each period as a table.
///
/// # Errors
///
/// Returns an error if the bytes cannot be written.
pub fn write_statistics(
    periods: &[Period<'_>],
    statistics: &[Statistic],
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut grid = Grid::new(header(statistics));
    for period in periods {
        grid.add(row(period, statistics));
    }
    grid.write("", out)
}

fn header(statistics: &[Statistic]) -> Vec<String> {
    let mut header = vec!["start".to_owned()];
    header.extend(statistics.iter().map(ToString::to_string));
    header
}

fn row(period: &Period<'_>, statistics: &[Statistic]) -> Vec<String> {
    let mut row = vec![period.start.to_string()];
    for statistic in statistics {
        row.push(cell(statistic.compute(period.samples)));
    }
    row
}

fn cell(value: Option<f64>) -> String {
    match value {
        Some(value) => value.to_string(),
        None => "-".to_owned(),
    }
}

/// Writes the statistics of each period as a line of JSON: `{"start":…,"statistics":{"p90":…}}`.
///
/// # Errors
///
/// Returns an error if the bytes cannot be written.
pub fn write_statistics_json(
    periods: &[Period<'_>],
    statistics: &[Statistic],
    out: &mut dyn Write,
) -> io::Result<()> {
    for period in periods {
        let line = PeriodLine { period, statistics };
        write_line(&line, out)?;
    }
    Ok(())
}

/// The statistics of one period.
struct PeriodLine<'a> {
    period: &'a Period<'a>,
    statistics: &'a [Statistic],
}

/// The values of one period by the names of the statistics, in the order in which they were
/// requested.
struct StatisticValues<'a>(&'a PeriodLine<'a>);

impl Serialize for PeriodLine<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("start", &self.period.start)?;
        map.serialize_entry("statistics", &StatisticValues(self))?;
        map.end()
    }
}

impl Serialize for StatisticValues<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let PeriodLine { period, statistics } = self.0;
        let mut map = serializer.serialize_map(Some(statistics.len()))?;
        for statistic in *statistics {
            map.serialize_entry(&statistic.to_string(), &statistic.compute(period.samples))?;
        }
        map.end()
    }
}
