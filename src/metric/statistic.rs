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
    /// The set of one sample.
    pub fn of(value: f64) -> Self {
        Self { sample_count: 1.0, sum: value, minimum: value, maximum: value }
    }

    /// Adds one more sample.
    pub fn add(&mut self, value: f64) {
        self.sample_count += 1.0;
        self.sum += value;
        self.minimum = self.minimum.min(value);
        self.maximum = self.maximum.max(value);
    }

    /// The set of all `values`, or `None` when there are none: a period without samples has no datapoint, which is
    /// not the same as a datapoint of zero.
    pub fn of_all(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut values = values.into_iter();
        let first = Self::of(values.next()?);
        Some(values.fold(first, |mut set, value| {
            set.add(value);
            set
        }))
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
        let set = StatisticSet::of_all([2.0, -1.0, 5.0]).expect("a set");
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
}
