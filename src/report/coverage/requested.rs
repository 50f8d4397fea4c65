//! The hours that were requested, and the time that an object counts for.

use jiff::Timestamp;

use crate::findings::ObjectOutcome;
use crate::time::hours::hour_number;
use crate::time::period::TimeRange;

/// The hours that were requested. A missing bound is open.
#[derive(Clone, Copy, Debug)]
pub(super) struct RequestedHours {
    range: TimeRange,
    /// The number of the first hour.
    pub(super) first: Option<i64>,
    /// The number of the last hour.
    pub(super) last: Option<i64>,
}

impl RequestedHours {
    pub(super) fn from_range(range: TimeRange) -> Self {
        Self {
            range,
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

    /// Returns the time that an object counts for, or nothing if it is outside of the range.
    pub(super) fn counted_time(&self, object: &ObjectOutcome) -> Option<Timestamp> {
        let delivery = object.key.delivery_time?;
        if !self.range.contains(delivery) {
            // Events of the last minutes are delivered after the end of the range. Their object
            // shows that their day is there.
            let last = object.time_span.last();
            return last.filter(|_| object.records.has_wanted());
        }
        let is_wanted = !self.is_given() || !holds_others_only(object);
        is_wanted.then_some(delivery)
    }
}

// The first object of a range often holds the last events before it. It does not show that
// anything of the range is there.
fn holds_others_only(object: &ObjectOutcome) -> bool {
    let records = &object.records;
    records.excluded > 0 && records.excluded == records.total()
}

fn just_before(moment: Timestamp) -> Timestamp {
    Timestamp::from_nanosecond(moment.as_nanosecond() - 1).unwrap_or(moment)
}
