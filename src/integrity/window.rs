//! Windows of time.

use jiff::{SignedDuration, Timestamp};

use super::Gap;
use crate::time::period::TimeRange;

/// The time that a digest covers.
pub(super) const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// The time that a folder of log files is for.
pub(super) const DAY: SignedDuration = SignedDuration::from_hours(24);

/// A window of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Window {
    pub(super) start: Timestamp,
    pub(super) end: Timestamp,
}

impl Window {
    /// Returns the window of a moment.
    pub(super) fn at(moment: Timestamp) -> Self {
        Self {
            start: moment,
            end: moment,
        }
    }

    /// Returns all time since a moment.
    pub(super) fn since(start: Timestamp) -> Self {
        let end = Timestamp::MAX;
        Self { start, end }
    }

    /// Returns all time until a moment.
    pub(super) fn until(end: Timestamp) -> Self {
        let start = Timestamp::MIN;
        Self { start, end }
    }

    /// Returns the time around a moment, as far as timestamps reach.
    pub(super) fn around(moment: Timestamp, tolerance: SignedDuration) -> Self {
        Self {
            start: earlier(moment, tolerance),
            end: later(moment, tolerance),
        }
    }

    /// Returns the time of a gap.
    pub(super) fn of_gap(gap: &Gap) -> Self {
        Self {
            start: gap.from,
            end: gap.to,
        }
    }

    /// Returns whether two windows have more than a moment in common.
    pub(super) fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// Returns whether the window touches a range, both ends included.
    pub(super) fn touches(self, range: TimeRange) -> bool {
        range.start.is_none_or(|start| start <= self.end)
            && range.end.is_none_or(|end| self.start <= end)
    }
}

/// Returns a moment some time earlier, as far as timestamps reach.
pub(super) fn earlier(moment: Timestamp, by: SignedDuration) -> Timestamp {
    moment.checked_sub(by).unwrap_or(Timestamp::MIN)
}

/// Returns a moment some time later, as far as timestamps reach.
pub(super) fn later(moment: Timestamp, by: SignedDuration) -> Timestamp {
    moment.checked_add(by).unwrap_or(Timestamp::MAX)
}
