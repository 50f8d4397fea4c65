//! The samples of one metric in time order.

use std::cmp::Ordering;

use jiff::Timestamp;

use super::period::Period;
use super::sample::Sample;
use super::statistic_set::StatisticSet;
use super::unit::Unit;

/// The number of samples that a window is expected to hold at most.
const FEW_SAMPLES: usize = 8;

/// The samples of one metric, sorted by time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Series {
    samples: Vec<Sample>,
}

/// The samples of one metric of a file, with what the file says of it.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedSeries {
    /// The metric as the file names it; `None` where no sample names one.
    pub metric: Option<String>,
    /// The unit, if the file gives one.
    pub unit: Option<Unit>,
    /// The samples.
    pub series: Series,
}

/// The aggregate of the samples of one period.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Datapoint {
    /// The beginning of the period, which stamps the datapoint.
    pub period_start: Timestamp,
    /// The statistics of the samples in the period.
    pub statistics: StatisticSet,
}

impl Series {
    /// Sorts samples by time.
    pub fn new(mut samples: Vec<Sample>) -> Self {
        // A replay looks for windows by binary search, which needs the order of time.
        samples.sort_by(order);
        Self { samples }
    }

    /// Sorts samples by time, and joins those that differ in nothing but their counts. Every
    /// statistic stays the same, and a minute with thousands of samples costs as much as any.
    pub fn joined(samples: Vec<Sample>) -> Self {
        let sorted = Self::new(samples).samples;
        let mut samples: Vec<Sample> = Vec::new();
        for sample in sorted {
            match samples.last_mut() {
                Some(last) if last.can_be_joined(&sample) => last.count += sample.count,
                _ => samples.push(sample),
            }
        }
        Self { samples }
    }

    /// Returns the samples in time order.
    pub fn samples(&self) -> &[Sample] {
        &self.samples
    }

    /// Returns the periods that have a sample, oldest first. Periods begin at multiples of their
    /// length since the epoch.
    pub fn periods(&self, period_seconds: u32) -> Vec<Period<'_>> {
        let start = |sample: &Sample| sample.period_start(period_seconds);
        let periods = self.samples.chunk_by(|a, b| start(a) == start(b));
        let period = |samples| Period::new(samples, period_seconds);
        periods.map(period).collect()
    }

    /// Returns the datapoints, oldest first. A period without a sample has none.
    pub fn datapoints(&self, period_seconds: u32) -> Vec<Datapoint> {
        let periods = self.periods(period_seconds);
        periods.iter().filter_map(Datapoint::from_period).collect()
    }

    /// Returns the samples from `start_seconds` up to, but not including, `end_seconds`.
    pub fn window(&self, start_seconds: i64, end_seconds: i64) -> &[Sample] {
        let start = self.samples.partition_point(is_before(start_seconds));
        let rest = self.samples.get(start..).unwrap_or_default();
        take_before(rest, end_seconds)
    }
}

impl Datapoint {
    fn from_period(period: &Period<'_>) -> Option<Self> {
        Some(Self {
            period_start: period.start,
            statistics: period.statistics()?,
        })
    }
}

/// Orders samples by time. Ties are broken by value: the sum of floating point numbers depends on
/// their order, and a report must not depend on the order in which objects were read.
fn order(a: &Sample, b: &Sample) -> Ordering {
    // All fields take part, so that the order of the samples depends on nothing but them.
    let by_time = a.timestamp.cmp(&b.timestamp);
    by_time
        .then_with(|| a.value.total_cmp(&b.value))
        .then_with(|| a.count.total_cmp(&b.count))
        .then_with(|| a.visible_at.cmp(&b.visible_at))
}

/// Returns the samples before a time.
fn take_before(samples: &[Sample], end_seconds: i64) -> &[Sample] {
    // A replay asks for millions of windows, of which most hold few samples. The end is therefore
    // searched for near the start first, in steps that double.
    let mut reach = FEW_SAMPLES;
    while samples.get(reach).is_some_and(is_before(end_seconds)) {
        reach *= 2;
    }
    let near = samples.get(..reach).unwrap_or(samples);
    let length = near.partition_point(is_before(end_seconds));
    near.get(..length).unwrap_or_default()
}

fn is_before(moment_seconds: i64) -> impl Fn(&Sample) -> bool {
    move |sample| sample.timestamp.as_second() < moment_seconds
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::period::timestamp;

    fn series(samples: &[(i64, f64)]) -> Series {
        let sample = |&(seconds, value): &(i64, f64)| Sample::once(timestamp(seconds), value);
        Series::new(samples.iter().map(sample).collect())
    }

    fn seconds(samples: &[Sample]) -> Vec<i64> {
        let second = |sample: &Sample| sample.timestamp.as_second();
        samples.iter().map(second).collect()
    }

    #[test]
    fn datapoints_lie_on_the_grid_of_the_epoch() {
        let samples = [(899, 1.0), (300, 2.0), (900, 4.0), (600, 8.0), (-1, 16.0)];
        let mut found = Vec::new();
        for Datapoint {
            period_start,
            statistics,
        } in series(&samples).datapoints(300)
        {
            found.push((
                period_start.as_second(),
                statistics.sample_count,
                statistics.sum,
            ));
        }
        let expected = [
            (-300, 1.0, 16.0),
            (300, 1.0, 2.0),
            (600, 2.0, 9.0),
            (900, 1.0, 4.0),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn periods_hold_their_samples() {
        let series = series(&[(59, 1.0), (60, 2.0), (119, 4.0)]);
        let periods = series.periods(60);
        let starts: Vec<i64> = periods
            .iter()
            .map(|period| period.start.as_second())
            .collect();
        assert_eq!(starts, [0, 60]);
        assert_eq!(seconds(periods[0].samples), [59]);
        assert_eq!(seconds(periods[1].samples), [60, 119]);
    }

    #[test]
    fn a_window_holds_its_start_and_not_its_end() {
        let series = series(&[(10, 1.0), (20, 2.0), (30, 4.0)]);
        assert_eq!(seconds(series.window(10, 30)), [10, 20]);
        assert_eq!(seconds(series.window(11, 20)), [] as [i64; 0]);
        assert_eq!(seconds(series.window(0, 100)), [10, 20, 30]);
        assert_eq!(seconds(series.window(100, 0)), [] as [i64; 0]);
    }

    /// The end is searched for in steps that double, so lengths around the steps are tried.
    #[test]
    fn a_window_of_any_length_is_found() {
        let samples: Vec<(i64, f64)> = (0..70).map(|second| (second, 1.0)).collect();
        let series = series(&samples);
        for start in [0, 1, 30] {
            for end in start..=71 {
                let expected: Vec<i64> = (start..end.min(70)).collect();
                assert_eq!(
                    seconds(series.window(start, end)),
                    expected,
                    "{start} to {end}"
                );
            }
        }
    }

    #[test]
    fn joined_samples_have_the_same_statistics() {
        let half = |minute: i64| Sample::once(timestamp(minute * 60), 0.1);
        let one = |minute: i64| Sample::once(timestamp(minute * 60), 1.0);
        let samples = vec![one(0), half(0), one(1), one(0), half(0), one(0)];
        let (joined, single) = (Series::joined(samples.clone()), Series::new(samples));
        let counts: Vec<(f64, f64)> = joined
            .samples()
            .iter()
            .map(|sample| (sample.value, sample.count))
            .collect();
        // The sum of tenths depends on how they are added up, so they stay apart.
        assert_eq!(counts, [(0.1, 1.0), (0.1, 1.0), (1.0, 3.0), (1.0, 1.0)]);
        assert_eq!(joined.datapoints(60), single.datapoints(60));
        let late = Sample {
            visible_at: timestamp(300),
            ..one(0)
        };
        assert_eq!(Series::joined(vec![one(0), late]).samples().len(), 2);
        let huge = Sample::times(timestamp(0), 3.0, 3e15);
        assert_eq!(Series::joined(vec![huge, huge]).samples().len(), 2);
    }

    #[test]
    fn equal_times_are_ordered_by_value_count_and_visibility() {
        let sample = |value, count, visible_at| Sample {
            visible_at: timestamp(visible_at),
            ..Sample::times(timestamp(60), value, count)
        };
        let ordered = [
            Sample::once(timestamp(0), 9.0),
            sample(1.0, 2.0, 300),
            sample(2.0, 1.0, 60),
            sample(2.0, 1.0, 120),
            sample(2.0, 3.0, 60),
        ];
        let mut reversed = ordered;
        reversed.reverse();
        assert_eq!(Series::new(reversed.to_vec()).samples(), ordered);
        assert_eq!(
            Series::new(ordered.to_vec()),
            Series::new(reversed.to_vec())
        );
    }
}
