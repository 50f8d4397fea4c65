//! The samples of one metric in time order.

use jiff::Timestamp;

use super::filter::DimensionSet;
use super::statistic::StatisticSet;
use crate::time::period::{floor_to_period, timestamp};

/// As many samples as most windows of an alarm hold at most.
const FEW_SAMPLES: usize = 8;

/// Which metric: another set of dimensions is another metric (user guide, "Concepts").
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MetricIdentity {
    /// The namespace.
    pub namespace: String,
    /// The name.
    pub metric_name: String,
    /// The names and values of the dimensions, in the order of the names.
    pub dimensions: DimensionSet,
}

/// A number that records contribute to a metric.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    /// The time that the number counts for.
    pub timestamp: Timestamp,
    /// The number.
    pub value: f64,
    /// How many times it was published for this time.
    pub count: f64,
    /// From when on CloudWatch has it.
    pub visible_at: Timestamp,
}

impl Sample {
    /// A number that was published once.
    pub fn once(timestamp: Timestamp, value: f64) -> Self {
        Self::times(timestamp, value, 1.0)
    }

    /// A number that was published `count` times, and was there at once.
    pub fn times(timestamp: Timestamp, value: f64, count: f64) -> Self {
        Self {
            timestamp,
            value,
            count,
            visible_at: timestamp,
        }
    }

    /// Count, sum and bounds.
    pub fn statistics(&self) -> StatisticSet {
        StatisticSet::new(self.value, self.count)
    }
}

/// The samples of one metric, sorted by time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Series {
    samples: Vec<Sample>,
}

/// The samples of one period.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Period<'a> {
    /// The beginning of the period, which stamps it.
    pub start: Timestamp,
    /// Its samples, at least one.
    pub samples: &'a [Sample],
}

/// What the samples of one period come to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Datapoint {
    /// The beginning of the period, which stamps it.
    pub period_start: Timestamp,
    /// The samples of the period.
    pub statistics: StatisticSet,
}

impl Series {
    /// Puts samples, given in any order, into the order of time. Equal times are ordered by value,
    /// so that sums are added up in the same order whatever order the samples came in.
    pub fn new(mut samples: Vec<Sample>) -> Self {
        samples.sort_by(|a, b| {
            let by_value = a
                .value
                .total_cmp(&b.value)
                .then(a.count.total_cmp(&b.count));
            a.timestamp
                .cmp(&b.timestamp)
                .then(by_value)
                .then(a.visible_at.cmp(&b.visible_at))
        });
        Self { samples }
    }

    /// The samples in time order.
    pub fn samples(&self) -> &[Sample] {
        &self.samples
    }

    /// The periods that have a sample, on the grid of periods since the epoch, oldest first.
    pub fn periods(&self, period_seconds: u32) -> Vec<Period<'_>> {
        let period =
            |sample: &Sample| floor_to_period(sample.timestamp.as_second(), period_seconds);
        let chunks = self.samples.chunk_by(|a, b| period(a) == period(b));
        chunks
            .map(|samples| Period {
                start: timestamp(period(&samples[0])),
                samples,
            })
            .collect()
    }

    /// The datapoints on the grid of periods since the epoch, oldest first. A period without a
    /// sample has none.
    pub fn datapoints(&self, period_seconds: u32) -> Vec<Datapoint> {
        let datapoint = |period: &Period<'_>| {
            let statistics = StatisticSet::merged(period.samples.iter().map(Sample::statistics))?;
            Some(Datapoint {
                period_start: period.start,
                statistics,
            })
        };
        self.periods(period_seconds)
            .iter()
            .filter_map(datapoint)
            .collect()
    }

    /// The samples from `start_seconds` up to, but not including, `end_seconds`.
    pub fn window(&self, start_seconds: i64, end_seconds: i64) -> &[Sample] {
        let is_before = |moment: i64| move |sample: &Sample| sample.timestamp.as_second() < moment;
        let start = self.samples.partition_point(is_before(start_seconds));
        let rest = self.samples.get(start..).unwrap_or_default();
        // Most windows hold few samples, so the end is looked for near the start first.
        let mut reach = FEW_SAMPLES;
        while rest.get(reach).is_some_and(is_before(end_seconds)) {
            reach *= 2;
        }
        let near = rest.get(..reach).unwrap_or(rest);
        near.get(..near.partition_point(is_before(end_seconds)))
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::Statistic;

    fn series(samples: &[(i64, f64)]) -> Series {
        let sample = |&(seconds, value): &(i64, f64)| Sample::once(timestamp(seconds), value);
        Series::new(samples.iter().map(sample).collect())
    }

    #[test]
    fn datapoints_lie_on_the_grid_of_the_epoch() {
        let datapoints = series(&[(899, 1.0), (300, 2.0), (900, 4.0), (600, 8.0)]).datapoints(300);
        let found: Vec<(i64, f64, f64)> = datapoints
            .iter()
            .map(|point| {
                (
                    point.period_start.as_second(),
                    point.statistics.sample_count,
                    point.statistics.sum,
                )
            })
            .collect();
        assert_eq!(found, [(300, 1.0, 2.0), (600, 2.0, 9.0), (900, 1.0, 4.0)]);
    }

    #[test]
    fn a_window_holds_its_start_and_not_its_end() {
        let series = series(&[(10, 1.0), (20, 2.0), (30, 4.0)]);
        let sum = |start, end| Statistic::Sum.compute(series.window(start, end));
        assert_eq!(sum(10, 30), Some(3.0));
        assert_eq!(sum(11, 20), None);
        assert_eq!(sum(0, 100), Some(7.0));
        assert_eq!(sum(100, 0), None);
    }
}
