//! Intervals of time.

use jiff::Timestamp;

/// An interval of time, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Interval {
    /// The first moment.
    pub start: Timestamp,
    /// The last moment.
    pub end: Timestamp,
}

impl Interval {
    /// Returns the interval of a single moment.
    pub fn at(moment: Timestamp) -> Self {
        Self {
            start: moment,
            end: moment,
        }
    }

    /// Returns the time from the end of this interval to the start of another, in seconds; negative
    /// if the other starts before.
    pub fn seconds_until(&self, other: &Self) -> i64 {
        other.start.as_second() - self.end.as_second()
    }
    /// Returns the length of the interval, in seconds.
    pub fn seconds(&self) -> i64 {
        self.end.as_second() - self.start.as_second()
    }

    /// Returns whether two intervals have a moment in common.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.start <= other.end && other.start <= self.end
    }
}
