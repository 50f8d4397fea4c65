//! The observation of one record.

use std::borrow::Cow;

use jiff::Timestamp;

use crate::cloudtrail::key::ObjectKey;
use crate::cloudtrail::lifecycle::Step;
use crate::findings::{Activity, Kept, Selected};
use crate::problem::Origin;

/// The location of a record, and what the key of its object says.
#[derive(Clone, Debug)]
pub struct RecordLocation<'a> {
    /// The key or path of the object.
    pub object: &'a str,
    /// The parts of the key of the object.
    pub key: &'a ObjectKey,
    /// The position of the record among all values found in the object, counted from zero.
    pub record: u64,
    /// The offset of the record in the content of the object, if the content holds it as it is.
    pub byte: Option<u64>,
    /// The time at which a log group received the record, if its container gives one.
    pub log_time: Option<Timestamp>,
}

impl RecordLocation<'_> {
    /// Returns the location as a value that outlives the reading. Few records need it.
    pub fn origin(&self) -> Origin {
        Origin {
            object: self.object.to_owned(),
            record: Some(self.record),
            byte: self.byte,
        }
    }
}

/// The result of observing one record.
#[derive(Clone, Debug, PartialEq)]
pub enum Observation<'t> {
    /// The text is not a record; holds the reason.
    Unparseable(String),
    /// The record was not requested, and no alarm sees it.
    Excluded,
    /// The record was requested, or an alarm that is created at the start of the range sees it.
    Seen(Seen<'t>),
}

/// A record that counts.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen<'t> {
    /// True if the record was requested. One that was not is before the range, and only alarms see
    /// it.
    pub is_inside: bool,
    /// The time of the event.
    pub event_time: Option<Timestamp>,
    /// The time at which a log group received the event, if known.
    pub log_time: Option<Timestamp>,
    /// The account that the record names, unless the key of its object names one.
    pub account: Option<Cow<'t, str>>,
    /// The region that the record names, unless the key of its object names one.
    pub region: Option<Cow<'t, str>>,
    /// The kinds of events to which it belongs, among those that a trail may exclude.
    pub activity: Activity,
    /// The record, if at least one rule selects it.
    pub selected: Option<Box<Selected>>,
    /// The record, if it is a step of the lifecycle of a secret or key, whatever the rules.
    pub lifecycle: Option<Box<Kept<Step>>>,
    /// The numbers of the rules for which a match depends on the meaning of a `*` inside of a
    /// value, ascending.
    pub ambiguous: Vec<usize>,
}

impl Seen<'_> {
    /// Returns true if a rule selects the record although it has no event time, so that it counts
    /// in no period.
    pub fn lacks_time(&self) -> bool {
        self.selected
            .as_ref()
            .is_some_and(|selected| selected.event_time.is_none())
    }
}
