//! The observation of one record.

use jiff::Timestamp;

use crate::cloudtrail::key::ObjectKey;
use crate::findings::SeenRecord;
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
            object: self.object.into(),
            record: Some(self.record),
            byte: self.byte,
        }
    }
}

/// The result of observing one record.
// Almost every record is the largest variant, so a box would cost an allocation for each.
#[expect(clippy::large_enum_variant)]
#[derive(Clone, Debug, PartialEq)]
pub enum Observation<'t> {
    /// The text is not a record; holds the reason.
    Unparseable(String),
    /// The record was not requested, and no alarm sees it.
    Excluded,
    /// The record was requested, or an alarm that is created at the start of the range sees it.
    Seen(SeenRecord<'t>),
}
