//! The `metric` table of a report as samples: what an audit found, for another alarm.

use jiff::Timestamp;
use serde::Deserialize;

use super::fault::{Fault, FaultPlace};
use crate::metric::filter::RESOLUTION_SECONDS;
use crate::metric::{Sample, Unit};
use crate::table::format::csv::without_mark;

/// A column that only this table has.
const OWN_COLUMN: &str = "period_start";

/// A datapoint of the table: the statistics of the samples of a period.
#[derive(Debug, Deserialize)]
struct MetricTableRow {
    namespace: String,
    metric_name: String,
    #[serde(default)]
    dimensions: Option<String>,
    unit: String,
    period_start: Timestamp,
    period_seconds: u32,
    sample_count: f64,
    sum: f64,
    minimum: f64,
    maximum: f64,
}

/// The metric that datapoints belong to, as an alarm names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct TableMetric {
    /// The namespace and name, and the dimensions in braces, which may be empty.
    pub(super) name: String,
    /// The unit.
    pub(super) unit: Unit,
}

/// A datapoint as samples.
#[derive(Debug)]
pub(super) struct TableRow {
    /// The line of the file, counted from 1.
    pub(super) line: u64,
    pub(super) metric: TableMetric,
    pub(super) period_seconds: u32,
    pub(super) samples: Vec<Sample>,
}

/// Returns whether a text is the table, as CSV, as JSON, or as JSON with one object a line.
pub(super) fn is_metric_table(text: &str) -> bool {
    if let Some(rows) = text.trim_start().strip_prefix('[') {
        return rows.contains(OWN_COLUMN) || rows.trim() == "]";
    }
    let first = text.trim_start().lines().next().unwrap_or_default();
    first.contains(OWN_COLUMN)
}

/// Reads the table.
///
/// # Errors
///
/// Returns an error if a line is not a datapoint; names the line.
pub(super) fn parse_metric_table(text: &str) -> Result<Vec<TableRow>, Fault> {
    match text.trim_start().chars().next() {
        Some('[') => parse_json(text),
        Some('{') => parse_json_lines(text),
        _ => parse_csv(text),
    }
}

fn parse_json(text: &str) -> Result<Vec<TableRow>, Fault> {
    let rows: Vec<MetricTableRow> = serde_json::from_str(text)?;
    // A report has each row on a line of its own, after that of the bracket.
    let rows = rows.into_iter().zip(2..);
    rows.map(|(row, line)| checked(Ok(row), line)).collect()
}

fn parse_json_lines(text: &str) -> Result<Vec<TableRow>, Fault> {
    let mut rows = Vec::new();
    for (line, number) in text.lines().zip(1..) {
        if !line.trim().is_empty() {
            let row: Result<MetricTableRow, Fault> =
                serde_json::from_str(line).map_err(Fault::from);
            rows.push(checked(row, number)?);
        }
    }
    Ok(rows)
}

fn parse_csv(text: &str) -> Result<Vec<TableRow>, Fault> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let mut rows = Vec::new();
    // The table begins with its header.
    for (row, number) in reader.deserialize::<MetricTableRow>().zip(2..) {
        let row = row.map(MetricTableRow::without_marks).map_err(Fault::from);
        rows.push(checked(row, number)?);
    }
    Ok(rows)
}

fn checked(row: Result<MetricTableRow, Fault>, line: u64) -> Result<TableRow, Fault> {
    let row = row.and_then(|row| row.into_row(line));
    row.map_err(|fault| fault.at(FaultPlace::Line(line)))
}

impl MetricTableRow {
    /// Returns the row of a CSV file without the marks that keep spreadsheets from taking a text
    /// for a formula: the dimensions of the system begin with `@`.
    fn without_marks(self) -> Self {
        Self {
            namespace: without_mark(&self.namespace).into_owned(),
            metric_name: without_mark(&self.metric_name).into_owned(),
            dimensions: self.dimensions.map(|text| without_mark(&text).into_owned()),
            ..self
        }
    }

    fn into_row(self, line: u64) -> Result<TableRow, Fault> {
        if self.period_seconds == 0 {
            return Err("the period has no length".to_owned().into());
        }
        Ok(TableRow {
            line,
            metric: TableMetric {
                name: self.name(),
                unit: self.unit.parse().map_err(|error| format!("{error}"))?,
            },
            period_seconds: self.period_seconds,
            samples: self.samples(),
        })
    }

    fn name(&self) -> String {
        let dimensions = self.dimensions.as_deref().unwrap_or_default();
        format!("{}/{}{{{dimensions}}}", self.namespace, self.metric_name)
    }

    /// Returns samples with the count, sum, minimum and maximum of the datapoint. Other statistics,
    /// such as percentiles, cannot be known from it.
    fn samples(&self) -> Vec<Sample> {
        let times = |value, count| Sample::times(self.period_start, value, count);
        if self.sample_count < 2.0 {
            return vec![times(self.sum / self.sample_count, self.sample_count)];
        }
        // The extremes are samples of their own, and the others share the rest of the sum, so that
        // all four statistics are those of the datapoint.
        let mut samples = vec![times(self.minimum, 1.0), times(self.maximum, 1.0)];
        let others = self.sample_count - 2.0;
        if others > 0.0 {
            let rest = self.sum - self.minimum - self.maximum;
            samples.push(times(rest / others, others));
        }
        samples
    }
}

/// Returns whether a replay over datapoints of this period is exact: an alarm sees the samples of a
/// minute together.
pub(super) fn is_exact(period_seconds: u32) -> bool {
    period_seconds <= RESOLUTION_SECONDS
}
