//! The standard statistics of some samples, kept as one value.

/// The count, sum and bounds of some samples, from which the standard statistics follow (CloudWatch
/// user guide, "Statistics definitions").
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StatisticSet {
    /// The number of samples.
    pub sample_count: f64,
    /// The sum of the samples.
    pub sum: f64,
    /// The smallest sample.
    pub minimum: f64,
    /// The largest sample.
    pub maximum: f64,
}

impl StatisticSet {
    /// Creates the set of a value that was published `count` times.
    pub fn new(value: f64, count: f64) -> Self {
        Self {
            sample_count: count,
            sum: value * count,
            minimum: value,
            maximum: value,
        }
    }

    /// Returns the sum divided by the number of samples, or `None` if their counts add up to zero.
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

    /// Merges sets, or returns `None` if there are none: a period without samples has no datapoint,
    /// which is not the same as a datapoint of zero.
    pub fn merged(sets: impl IntoIterator<Item = Self>) -> Option<Self> {
        sets.into_iter().reduce(Self::merge)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The recorded minute of a filter with the default 3: one match of value 5 beside 17 events
    /// that do not match (sources, M7).
    #[test]
    fn a_value_counts_as_often_as_it_was_published() {
        let set = StatisticSet::new(5.0, 1.0).merge(StatisticSet::new(3.0, 17.0));
        let expected = StatisticSet {
            sample_count: 18.0,
            sum: 56.0,
            minimum: 3.0,
            maximum: 5.0,
        };
        assert_eq!(set, expected);
        assert_eq!(set.average(), Some(56.0 / 18.0));
    }

    #[test]
    fn sets_are_merged_in_any_order() {
        let sets = [(1.0, 2.0), (-4.0, 1.0), (8.0, 0.5)]
            .map(|(value, count)| StatisticSet::new(value, count));
        let [first, second, third] = sets;
        let expected = StatisticSet {
            sample_count: 3.5,
            sum: 2.0,
            minimum: -4.0,
            maximum: 8.0,
        };
        assert_eq!(StatisticSet::merged(sets), Some(expected));
        assert_eq!(StatisticSet::merged([third, first, second]), Some(expected));
        assert_eq!(StatisticSet::merged([]), None);
    }

    #[test]
    fn an_average_needs_weight() {
        assert_eq!(StatisticSet::new(4.0, 0.0).average(), None);
        assert_eq!(StatisticSet::new(4.0, 0.5).average(), Some(4.0));
    }
}
