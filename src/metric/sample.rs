//! Samples: the numbers that a metric is made of.

use jiff::Timestamp;

use super::statistic_set::StatisticSet;
use crate::time::period::floor_to_period;

/// The largest number up to which all whole numbers are exact.
const EXACT_LIMIT: f64 = 9_007_199_254_740_992.0;

/// A number that was published to a metric.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    /// The time that the number counts for.
    pub timestamp: Timestamp,
    /// The number.
    pub value: f64,
    /// The number of times that it was published for this time.
    pub count: f64,
    /// The time from which CloudWatch has the sample.
    pub visible_at: Timestamp,
}

impl Sample {
    /// Creates a sample that was published once.
    pub fn once(timestamp: Timestamp, value: f64) -> Self {
        Self::times(timestamp, value, 1.0)
    }

    /// Creates a sample that was published `count` times and is visible at once.
    pub fn times(timestamp: Timestamp, value: f64, count: f64) -> Self {
        Self {
            timestamp,
            value,
            count,
            visible_at: timestamp,
        }
    }

    /// Returns whether this sample and another one can be one with the counts of both.
    pub(super) fn can_be_joined(&self, other: &Self) -> bool {
        let is_alike = self.timestamp == other.timestamp
            && self.visible_at == other.visible_at
            && self.value.to_bits() == other.value.to_bits();
        // Only of whole numbers is the product the same as the sum that it takes the place of.
        let sum = self.value * (self.count + other.count);
        let are_whole = [self.value, self.count, other.count].map(f64::fract) == [0.0; 3];
        is_alike && are_whole && sum.abs() <= EXACT_LIMIT
    }

    /// Returns the start of the period to which the sample belongs, in seconds since the epoch.
    pub(super) fn period_start(&self, period_seconds: u32) -> i64 {
        floor_to_period(self.timestamp.as_second(), period_seconds)
    }

    /// Returns the count, sum and bounds of this sample alone.
    pub fn statistics(&self) -> StatisticSet {
        StatisticSet::new(self.value, self.count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::period::timestamp;

    #[test]
    fn samples_are_joined_while_their_sum_is_exact() {
        let are_joined = |value: f64| {
            let sample = Sample::once(timestamp(0), value);
            sample.can_be_joined(&sample)
        };
        assert!(are_joined(EXACT_LIMIT / 2.0));
        assert!(are_joined(-EXACT_LIMIT / 2.0));
        assert!(!are_joined(EXACT_LIMIT / 2.0 + 1.0));
        assert!(!are_joined(EXACT_LIMIT));
        assert!(!are_joined(0.5));
    }
}
