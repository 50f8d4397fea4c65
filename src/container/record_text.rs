//! The values in the places of records, and how the reading of a content ended.

use std::borrow::Cow;

use jiff::Timestamp;

use super::damage::Damage;
use crate::cloudtrail::key::ObjectKind;
use crate::json::RawRecord;

/// A value in the place of a record.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordText<'a> {
    /// The JSON text of the value.
    pub text: Cow<'a, str>,
    /// The offset of its first byte in the content of the object; nothing if it was unwrapped from
    /// a string.
    pub byte: Option<u64>,
    /// The time at which a log group received it, if the container has that.
    pub log_time: Option<Timestamp>,
    /// The notable things about its mapping, if it was mapped from another schema.
    pub remarks: Option<Box<Remarks>>,
}

/// The notable things about the mapping of a record from a table or another schema.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remarks {
    /// True if the record was an event of OCSF, which has no place for some of its fields.
    pub is_ocsf: bool,
    /// The region in a column `region`, where the record names another one.
    pub other_region: Option<String>,
}

impl Remarks {
    /// Returns the remarks if there are any.
    pub(super) fn boxed(self) -> Option<Box<Self>> {
        (self != Self::default()).then(|| Box::new(self))
    }
}

impl<'a> RecordText<'a> {
    /// A record that was taken out of something else.
    pub(super) fn unwrapped(text: impl Into<Cow<'a, str>>) -> Self {
        Self {
            text: text.into(),
            byte: None,
            log_time: None,
            remarks: None,
        }
    }

    /// The same record with a text of its own.
    pub(super) fn into_owned<'b>(self) -> RecordText<'b> {
        RecordText {
            text: Cow::Owned(self.text.into_owned()),
            byte: self.byte,
            log_time: self.log_time,
            remarks: self.remarks,
        }
    }
}

impl<'a> From<RawRecord<'a>> for RecordText<'a> {
    fn from(record: RawRecord<'a>) -> Self {
        Self {
            text: Cow::Borrowed(record.text),
            byte: Some(record.byte as u64),
            log_time: None,
            remarks: None,
        }
    }
}

/// The result of a walk over the documents or rows of a content.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WalkOutcome {
    /// The number of documents that hold records, or could.
    pub recognized: u64,
    /// The first byte of each document that holds something else.
    pub foreign: Vec<u64>,
    /// The kind of the documents if they are not events: digests.
    pub other_kind: Option<ObjectKind>,
    /// The damage that stopped the walk before the end.
    pub damage: Option<Damage>,
    /// The damage that cost no more than the rows it is in.
    pub row_damages: Vec<Damage>,
}
