//! What the samples of a period come to.

use std::fmt;
use std::str::FromStr;

use super::distribution::Distribution;
use super::extended::ExtendedStatistic;
use super::series::Sample;

/// The count, sum and bounds of some samples, from which the standard statistics follow (CloudWatch
/// user guide, "Statistics definitions").
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StatisticSet {
    /// How many samples.
    pub sample_count: f64,
    /// Their sum.
    pub sum: f64,
    /// The smallest.
    pub minimum: f64,
    /// The largest.
    pub maximum: f64,
}

impl StatisticSet {
    /// The set of a value that was published `count` times.
    pub fn new(value: f64, count: f64) -> Self {
        Self {
            sample_count: count,
            sum: value * count,
            minimum: value,
            maximum: value,
        }
    }

    /// The sum divided by the number of samples, where there is any weight.
    pub fn average(&self) -> Option<f64> {
        (self.sample_count > 0.0).then(|| self.sum / self.sample_count)
    }

    /// Adds the samples of another set.
    #[must_use]
    pub fn merge(self, other: Self) -> Self {
        Self {
            sample_count: self.sample_count + other.sample_count,
            sum: self.sum + other.sum,
            minimum: self.minimum.min(other.minimum),
            maximum: self.maximum.max(other.maximum),
        }
    }

    /// The set of several sets together, or `None` when there are none: a period without samples
    /// has no datapoint, which is not the same as a datapoint of zero.
    pub fn merged(sets: impl IntoIterator<Item = Self>) -> Option<Self> {
        sets.into_iter().reduce(Self::merge)
    }
}

/// A statistic that an alarm may stand on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Statistic {
    /// The number of samples.
    SampleCount,
    /// Their sum.
    Sum,
    /// The sum divided by the number of samples.
    Average,
    /// The smallest sample.
    Minimum,
    /// The largest sample.
    Maximum,
    /// One that needs the distribution of the samples.
    Extended(ExtendedStatistic),
}

/// A text that names no statistic.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "there is no statistic `{0}`; write SampleCount, Sum, Average, Minimum, Maximum, a percentile such as p99.9, or one \
     such as tm90, IQM, TM(10%:90%), WM(…), TC(…), TS(…), PR(:100)"
)]
pub struct UnknownStatistic(String);

impl Statistic {
    /// The five standard statistics.
    pub const STANDARD: [Self; 5] = [
        Self::SampleCount,
        Self::Sum,
        Self::Average,
        Self::Minimum,
        Self::Maximum,
    ];

    /// Its value for some samples, where it has one: an average needs weight, a percentile one
    /// whole sample and no negative ones.
    pub fn compute(self, samples: &[Sample]) -> Option<f64> {
        let set = || StatisticSet::merged(samples.iter().map(Sample::statistics));
        match self {
            Self::SampleCount => Some(set()?.sample_count),
            Self::Sum => Some(set()?.sum),
            Self::Average => set()?.average(),
            Self::Minimum => Some(set()?.minimum),
            Self::Maximum => Some(set()?.maximum),
            Self::Extended(statistic) => {
                let values = samples.iter().map(|sample| (sample.value, sample.count));
                statistic.compute(&Distribution::of(values)?)
            }
        }
    }
}

impl FromStr for Statistic {
    type Err = UnknownStatistic;

    fn from_str(text: &str) -> Result<Self, UnknownStatistic> {
        let standard = Self::STANDARD
            .into_iter()
            .find(|statistic| statistic.to_string() == text);
        let extended = || ExtendedStatistic::parse(text).map(Self::Extended);
        standard
            .or_else(extended)
            .ok_or_else(|| UnknownStatistic(text.to_owned()))
    }
}

impl fmt::Display for Statistic {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::SampleCount => "SampleCount",
            Self::Sum => "Sum",
            Self::Average => "Average",
            Self::Minimum => "Minimum",
            Self::Maximum => "Maximum",
            Self::Extended(statistic) => return statistic.fmt(formatter),
        })
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    #[test]
    fn samples_have_the_standard_statistics() {
        let samples = [2.0, -1.0, 5.0].map(|value| Sample::once(Timestamp::UNIX_EPOCH, value));
        let rows = [
            (Statistic::SampleCount, 3.0),
            (Statistic::Sum, 6.0),
            (Statistic::Average, 2.0),
            (Statistic::Minimum, -1.0),
            (Statistic::Maximum, 5.0),
        ];
        for (statistic, expected) in rows {
            assert_eq!(statistic.compute(&samples), Some(expected), "{statistic}");
            assert_eq!(statistic.compute(&[]), None, "{statistic}");
            assert_eq!(statistic.to_string().parse(), Ok(statistic));
        }
        assert!("sum".parse::<Statistic>().is_err());
    }

    #[test]
    fn samples_without_weight_have_bounds_but_no_average() {
        let samples = [Sample::times(Timestamp::UNIX_EPOCH, 4.0, 0.0)];
        let values = [Statistic::Minimum, Statistic::Sum, Statistic::Average]
            .map(|wanted| wanted.compute(&samples));
        assert_eq!(values, [Some(4.0), Some(0.0), None]);
    }

    /// The recorded minute of a filter with default 3: one match of value 5 beside 17 events that
    /// do not match (sources, M7).
    #[test]
    fn a_count_stands_for_as_many_samples() {
        let set = StatisticSet::new(5.0, 1.0).merge(StatisticSet::new(3.0, 17.0));
        assert_eq!(
            set,
            StatisticSet {
                sample_count: 18.0,
                sum: 56.0,
                minimum: 3.0,
                maximum: 5.0
            }
        );
    }
}
