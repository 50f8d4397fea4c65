//! What the samples of a period come to.

use std::fmt;

/// The count, sum and bounds of some samples, from which the standard statistics follow (CloudWatch user guide,
/// "Statistics definitions").
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
    pub fn of(value: f64, count: f64) -> Self {
        Self { sample_count: count, sum: value * count, minimum: value, maximum: value }
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

    /// The set of several sets together, or `None` when there are none: a period without samples has no datapoint,
    /// which is not the same as a datapoint of zero.
    pub fn of_all(sets: impl IntoIterator<Item = Self>) -> Option<Self> {
        sets.into_iter().reduce(Self::merge)
    }
}

/// A statistic that an alarm may stand on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
}

impl Statistic {
    /// Its value for a set of samples.
    pub fn of(self, set: &StatisticSet) -> f64 {
        match self {
            Self::SampleCount => set.sample_count,
            Self::Sum => set.sum,
            Self::Average => set.sum / set.sample_count,
            Self::Minimum => set.minimum,
            Self::Maximum => set.maximum,
        }
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
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_knows_the_standard_statistics() {
        let set =
            StatisticSet::of_all([2.0, -1.0, 5.0].map(|value| StatisticSet::of(value, 1.0))).expect("a set");
        let rows = [
            (Statistic::SampleCount, 3.0),
            (Statistic::Sum, 6.0),
            (Statistic::Average, 2.0),
            (Statistic::Minimum, -1.0),
            (Statistic::Maximum, 5.0),
        ];
        for (statistic, expected) in rows {
            assert_eq!(statistic.of(&set), expected, "{statistic}");
        }
        assert_eq!(StatisticSet::of_all([]), None);
    }

    /// The recorded minute of a filter with a default: one match of value 5 beside 17 events that did not match, with
    /// default 3 (specification of the filter language, M7).
    #[test]
    fn a_count_stands_for_as_many_samples() {
        let set = StatisticSet::of(5.0, 1.0).merge(StatisticSet::of(3.0, 17.0));
        assert_eq!(set, StatisticSet { sample_count: 18.0, sum: 56.0, minimum: 3.0, maximum: 5.0 });
    }
}
