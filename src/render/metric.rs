//! The statistics of periods.

use std::io::{self, Write};

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::grid::Grid;
use super::json::write_line;
use crate::metric::period::Period;
use crate::metric::{NamedSeries, NamedStatistic};

/// The statistics to compute of each period.
#[derive(Clone, Copy, Debug)]
pub struct StatisticsRequest<'a> {
    /// The length of a period, in seconds.
    pub period_seconds: u32,
    /// The statistics, in the order in which they are written.
    pub statistics: &'a [NamedStatistic],
}

/// Writes the statistics of each period of each metric as a table. It has a column for the metric
/// and one for its unit where any is known.
///
/// # Errors
///
/// Returns an error if the bytes cannot be written.
pub fn write_statistics(
    metrics: &[NamedSeries],
    request: StatisticsRequest<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let columns = Columns {
        has_metric: metrics.iter().any(|metric| metric.metric.is_some()),
        has_unit: metrics.iter().any(|metric| metric.unit.is_some()),
    };
    let mut grid = Grid::new(columns.header(request.statistics));
    for metric in metrics {
        for period in metric.series.periods(request.period_seconds) {
            let mut row = columns.names(metric);
            row.extend(cells(&period, request.statistics));
            grid.add(row);
        }
    }
    grid.write("", out)
}

/// The columns that a table has beside those of periods.
#[derive(Clone, Copy)]
struct Columns {
    has_metric: bool,
    has_unit: bool,
}

impl Columns {
    fn header(self, statistics: &[NamedStatistic]) -> Vec<String> {
        let metric = self.has_metric.then(|| "metric".to_owned());
        let unit = self.has_unit.then(|| "unit".to_owned());
        let mut header: Vec<String> = metric.into_iter().chain(unit).collect();
        header.push("start".to_owned());
        header.extend(statistics.iter().map(|named| named.name.clone()));
        header
    }

    fn names(self, metric: &NamedSeries) -> Vec<String> {
        let name = self.has_metric.then(|| text(metric.metric.as_ref()));
        let unit = self.has_unit.then(|| text(metric.unit.as_ref()));
        name.into_iter().chain(unit).collect()
    }
}

fn cells(period: &Period<'_>, statistics: &[NamedStatistic]) -> Vec<String> {
    let mut cells = vec![period.start.to_string()];
    for NamedStatistic { statistic, .. } in statistics {
        cells.push(text(statistic.compute(period.samples)));
    }
    cells
}

fn text(value: Option<impl ToString>) -> String {
    match value {
        Some(value) => value.to_string(),
        None => "-".to_owned(),
    }
}

/// Writes the statistics of each period as a line of JSON:
/// `{"metric":…,"unit":…,"start":…,"statistics":{"p90":…}}`. Without a name, a metric has neither
/// of the first two; without a unit, not the second.
///
/// # Errors
///
/// Returns an error if the bytes cannot be written.
pub fn write_statistics_json(
    metrics: &[NamedSeries],
    request: StatisticsRequest<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    for metric in metrics {
        for period in &metric.series.periods(request.period_seconds) {
            let line = PeriodLine {
                metric,
                period,
                statistics: request.statistics,
            };
            write_line(&line, out)?;
        }
    }
    Ok(())
}

/// The statistics of one period of a metric.
struct PeriodLine<'a> {
    metric: &'a NamedSeries,
    period: &'a Period<'a>,
    statistics: &'a [NamedStatistic],
}

/// The values of one period by the names of the statistics, as and in the order in which they were
/// requested.
struct StatisticValues<'a>(&'a PeriodLine<'a>);

impl Serialize for PeriodLine<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if let Some(metric) = &self.metric.metric {
            map.serialize_entry("metric", metric)?;
        }
        if let Some(unit) = self.metric.unit {
            map.serialize_entry("unit", &unit.to_string())?;
        }
        map.serialize_entry("start", &self.period.start)?;
        map.serialize_entry("statistics", &StatisticValues(self))?;
        map.end()
    }
}

impl Serialize for StatisticValues<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let PeriodLine {
            period, statistics, ..
        } = self.0;
        let mut map = serializer.serialize_map(Some(statistics.len()))?;
        for NamedStatistic { name, statistic } in *statistics {
            map.serialize_entry(name, &statistic.compute(period.samples))?;
        }
        map.end()
    }
}
