//! A record as a plan sees it, before it is added to the findings.

use std::borrow::Cow;

use jiff::Timestamp;

use super::kept::{LifecycleRecord, MatchedRecord, PublishedDefaults};
use crate::cloudtrail::usage::UsedRecord;

/// The problem of a selected record without an event time.
pub(super) const MATCH_WITHOUT_TIME: &str =
    "a selected record has no valid event time, so it counts in no period";

/// The problem of a record whose event time cannot be read.
const UNREADABLE_TIME: &str =
    "the event time of the record cannot be read, so it counts in no period";

/// The problem of a step in the life of a secret or key without an event time.
const STEP_WITHOUT_TIME: &str =
    "a step in the life of a secret or key has no valid event time, so its order is unknown";

/// A record that counts: it was requested, or an alarm sees it before the requested range.
#[derive(Clone, Debug, PartialEq)]
pub struct SeenRecord<'t> {
    /// True in the requested range. A record before it is seen only by alarms.
    pub is_inside: bool,
    /// The time of the event.
    pub event_time: Option<Timestamp>,
    /// True if the record has a time of the event that cannot be read.
    pub is_time_unreadable: bool,
    /// The account that the record names; `None` where the key of its object names it.
    pub account: Option<Cow<'t, str>>,
    /// The region that the record names; `None` where the key of its object names it.
    pub region: Option<Cow<'t, str>>,
    /// The service that was called, as in `secretsmanager.amazonaws.com`.
    pub event_source: Option<Cow<'t, str>>,
    /// The call, as in `GetSecretValue`.
    pub event_name: Option<Cow<'t, str>>,
    /// True for a call that only reads.
    pub is_read_only: bool,
    /// The record with its matches, if at least one rule selects it.
    pub matched: Option<Box<MatchedRecord>>,
    /// The record with its step, if it is one in the life of a secret or key.
    pub lifecycle: Option<Box<LifecycleRecord>>,
    /// The call, if it is one that may use a secret or key.
    pub used: Option<UsedRecord<'t>>,
    /// The default values that the record publishes.
    pub defaults: Option<PublishedDefaults>,
    /// The numbers of the rules whose answer depends on the reading of a `*` within a value,
    /// ascending.
    pub ambiguous: Vec<usize>,
}

impl SeenRecord<'_> {
    /// Returns true if the rule of this number selects the record.
    pub fn is_selected_by(&self, rule: usize) -> bool {
        let matched = self.matched.as_ref();
        matched.is_some_and(|matched| matched.is_selected_by(rule))
    }

    /// Returns what the record does not count for because it has no event time: the history of a
    /// secret or key, or the metric of a rule that selects it.
    pub fn lacks_time(&self) -> Option<&'static str> {
        let lifecycle = self.lifecycle.as_ref();
        if lifecycle.is_some_and(|found| found.record.event_time.is_none()) {
            return Some(STEP_WITHOUT_TIME);
        }
        let matched = self.matched.as_ref();
        let is_timeless = matched.is_some_and(|matched| matched.record.event_time.is_none());
        if is_timeless {
            return Some(MATCH_WITHOUT_TIME);
        }
        self.is_time_unreadable.then_some(UNREADABLE_TIME)
    }
}
