//! The `metric` table of a report as samples: what an audit found, for another alarm.

use jiff::Timestamp;
use serde::Deserialize;

use super::fault::{Fault, Place};
use super::samples::Samples;
use crate::metric::filter::RESOLUTION_SECONDS;
use crate::metric::{Sample, Unit};

/// A column that only this table has.
const OWN_COLUMN: &str = "period_start";

/// A datapoint of the table: the statistics of the samples of a period.
#[derive(Debug, Deserialize)]
struct MetricRow {
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

/// Returns whether a text is the table, as CSV or as JSON, one object a line.
pub(super) fn is_metric_table(text: &str) -> bool {
    let first = text.trim_start().lines().next().unwrap_or_default();
    first.contains(OWN_COLUMN)
}

/// Reads the table.
///
/// # Errors
///
/// Returns an error if a line is not a datapoint; names the line.
pub(super) fn parse_metric_table(text: &str) -> Result<Samples, Fault> {
    match text.trim_start().starts_with('{') {
        true => parse_json(text),
        false => parse_csv(text),
    }
}

fn parse_json(text: &str) -> Result<Samples, Fault> {
    let mut samples = Samples::default();
    for (line, number) in text.lines().zip(1..) {
        if line.trim().is_empty() {
            continue;
        }
        let row: Result<MetricRow, Fault> = serde_json::from_str(line).map_err(Fault::from);
        row.and_then(|row| row.add_to(&mut samples))
            .map_err(|fault| fault.at(Place::Line(number)))?;
    }
    Ok(samples)
}

fn parse_csv(text: &str) -> Result<Samples, Fault> {
    let mut samples = Samples::default();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    // The table begins with its header.
    for (row, number) in reader.deserialize::<MetricRow>().zip(2..) {
        row.map_err(Fault::from)
            .and_then(|row| row.add_to(&mut samples))
            .map_err(|fault| fault.at(Place::Line(number)))?;
    }
    Ok(samples)
}

impl MetricRow {
    fn add_to(self, samples: &mut Samples) -> Result<(), Fault> {
        let metric = TableMetric {
            name: self.name(),
            unit: self.unit.parse().map_err(|error| format!("{error}"))?,
        };
        if self.period_seconds == 0 {
            return Err("the period has no length".to_owned().into());
        }
        for sample in self.samples() {
            samples.add_datapoint(metric.clone(), self.period_seconds, sample)?;
        }
        Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::{MetricIdentity, MetricStat, Statistic};

    const TABLE: &str = "namespace,metric_name,dimensions,unit,period_start,period_seconds,\
        sample_count,sum,average,minimum,maximum\n\
        N,M,,None,1970-01-01T00:00:00Z,60,4,10,2.5,1,5\n\
        N,M,,None,1970-01-01T00:00:00Z,300,4,10,2.5,1,5\n\
        N,M,D=1,Count,1970-01-01T00:01:00Z,300,1,7,7,7,7\n";

    fn stat(dimensions: &[(&str, &str)], unit: Option<&str>) -> MetricStat {
        let pairs = dimensions.iter();
        let metric = MetricIdentity {
            namespace: "N".into(),
            metric_name: "M".into(),
            dimensions: pairs
                .map(|(name, value)| ((*name).into(), (*value).into()))
                .collect(),
        };
        MetricStat {
            unit: unit.map(|unit| unit.parse().expect(unit)),
            ..MetricStat::new(metric, Statistic::Sum)
        }
    }

    #[test]
    fn datapoints_become_samples_with_their_statistics() {
        let samples = parse_metric_table(TABLE).expect("samples");
        let series = samples.for_metric(&stat(&[], None));
        let points = series.datapoints(300);
        assert_eq!(points.len(), 1);
        let found = points[0].statistics;
        assert_eq!((found.sample_count, found.sum), (4.0, 10.0));
        assert_eq!((found.minimum, found.maximum), (1.0, 5.0));
        let coarse: Vec<(&str, u32)> = samples.coarse_metrics().collect();
        assert_eq!(coarse, [("N/M{D=1}", 300)]);
    }

    #[test]
    fn an_alarm_sees_its_dimensions_and_its_unit() {
        let samples = parse_metric_table(TABLE).expect("samples");
        let count = |stat| samples.for_metric(&stat).samples().len();
        assert_eq!(count(stat(&[("D", "1")], None)), 1);
        assert_eq!(count(stat(&[("D", "1")], Some("Count"))), 1);
        assert_eq!(count(stat(&[("D", "1")], Some("Seconds"))), 0);
        assert_eq!(count(stat(&[("D", "2")], None)), 0);
    }

    #[test]
    fn a_wrong_line_is_named() {
        let wrong = format!("{TABLE}N,M,,Parsecs,1970-01-01T00:00:00Z,60,1,1,1,1,1\n");
        let error = parse_metric_table(&wrong).expect_err("a unit").to_string();
        assert!(
            error.starts_with("line 5: ") && error.contains("Parsecs"),
            "{error}"
        );
    }
}
