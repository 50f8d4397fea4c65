//! The hours that were requested.

use jiff::Timestamp;

use crate::time::hours::hour_number;
use crate::time::period::TimeRange;

/// The hours that were requested. A missing bound is open.
#[derive(Clone, Copy, Debug)]
pub(super) struct RequestedHours {
    /// The number of the first hour.
    pub(super) first: Option<i64>,
    /// The number of the last hour.
    pub(super) last: Option<i64>,
}

impl RequestedHours {
    pub(super) fn from_range(range: TimeRange) -> Self {
        Self {
            first: range.start.map(hour_number),
            last: range.end.map(|end| hour_number(just_before(end))),
        }
    }

    /// Returns true if at least one bound was requested.
    pub(super) fn is_given(&self) -> bool {
        self.first.is_some() || self.last.is_some()
    }

    /// Returns true if both bounds were requested.
    pub(super) fn is_bounded(&self) -> bool {
        self.first.is_some() && self.last.is_some()
    }
}

fn just_before(moment: Timestamp) -> Timestamp {
    Timestamp::from_nanosecond(moment.as_nanosecond() - 1).unwrap_or(moment)
}
