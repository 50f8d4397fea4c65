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
    /// Returns the length of the interval, in seconds.
    pub fn seconds(&self) -> i64 {
        self.end.as_second() - self.start.as_second()
    }

    /// Returns whether two intervals have a moment in common.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.start <= other.end && other.start <= self.end
    }
}
