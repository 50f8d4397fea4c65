//! Records that are kept with their content.

use std::cmp::Ordering;

use jiff::Timestamp;

use crate::cloudtrail::evidence::Evidence;
use crate::problem::Origin;

/// A record that is kept with its content.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptRecord {
    /// The time of the event; `None` if the record does not have one.
    pub event_time: Option<Timestamp>,
    /// The time at which its object was delivered, according to the key.
    pub delivery_time: Option<Timestamp>,
    /// The time at which a log group received it, where that is known.
    pub log_time: Option<Timestamp>,
    /// The identifier that copies of the event share.
    pub event_id: Option<String>,
    /// The location of the record.
    pub origin: Origin,
    /// The columns of tables that the record fills.
    pub evidence: Evidence,
    /// The whole record as JSON; empty where only a ledger would need it and there is none.
    pub json: Box<str>,
}

impl AsRef<KeptRecord> for KeptRecord {
    fn as_ref(&self) -> &KeptRecord {
        self
    }
}

/// Compares by time. Copies of an event are mostly next to each other, and no two records are
/// equal.
pub fn by_time<R: AsRef<KeptRecord>>(one: &R, other: &R) -> Ordering {
    let (one, other) = (one.as_ref(), other.as_ref());
    one.event_time
        .cmp(&other.event_time)
        .then_with(|| one.event_id.cmp(&other.event_id))
        .then_with(|| one.origin.cmp(&other.origin))
}
