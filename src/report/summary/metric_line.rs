//! The metric of a rule over the audited time, short enough for one line of a terminal.

use jiff::Timestamp;

use crate::report::{Metric, Report};

/// The number of equal parts that the time is divided into.
const PARTS: usize = 60;

/// The metric of a rule over the audited time.
#[derive(Clone, Debug, PartialEq)]
pub struct MetricLine {
    /// The first event of the archive.
    pub from: String,
    /// The last event of the archive.
    pub to: String,
    /// The largest sum of a period.
    pub maximum: f64,
    /// The period, in seconds.
    pub period_seconds: u32,
    /// The largest sum of a period in each of equal parts of the time.
    pub values: Vec<f64>,
}

impl MetricLine {
    /// Returns the line of a rule, over its metrics with the given period, or with the first that
    /// there is; `None` if they have no datapoint.
    pub(super) fn new(report: &Report, rule: usize, period_seconds: Option<u32>) -> Option<Self> {
        let metrics = report.metrics.iter();
        let metrics = metrics.filter(|metric| metric.rules.contains(&rule));
        let own: Vec<&Metric> = metrics.collect();
        let period_seconds = period_seconds.or(own.first().map(|metric| metric.period_seconds))?;
        let (from, to) = (report.scan.first_event?, report.scan.last_event?);
        let mut line = Self {
            from: from.to_string(),
            to: to.to_string(),
            maximum: 0.0,
            period_seconds,
            values: vec![0.0; PARTS],
        };
        for metric in own
            .iter()
            .filter(|own| own.period_seconds == period_seconds)
        {
            line.add(metric, from, to);
        }
        (line.maximum > 0.0).then_some(line)
    }

    fn add(&mut self, metric: &Metric, from: Timestamp, to: Timestamp) {
        for datapoint in &metric.datapoints {
            let sum = datapoint.statistics.sum;
            let part = part_of(datapoint.period_start, from, to);
            if let Some(value) = self.values.get_mut(part) {
                *value = value.max(sum);
                self.maximum = self.maximum.max(sum);
            }
        }
    }
}

/// Returns the number of the part of a time that a moment is in. A period may begin before the
/// first event.
fn part_of(moment: Timestamp, from: Timestamp, to: Timestamp) -> usize {
    let whole = (to.as_second() - from.as_second() + 1).max(1);
    let elapsed = (moment.as_second() - from.as_second()).clamp(0, whole - 1);
    let part = i128::from(elapsed) * PARTS as i128 / i128::from(whole);
    usize::try_from(part).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_in_equal_parts() {
        let time = |seconds| Timestamp::from_second(seconds).expect("a time");
        let part = |moment| part_of(time(moment), time(0), time(599));
        assert_eq!([-5, 0, 9, 10, 599, 700].map(part), [0, 0, 0, 1, 59, 59]);
        assert_eq!(part_of(time(0), time(0), time(0)), 0);
    }
}
