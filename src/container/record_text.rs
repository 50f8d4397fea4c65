//! The values in the places of records, and how the reading of a content ended.

use std::borrow::Cow;
use std::ops::Range;

use jiff::Timestamp;

use super::damage::Damage;
use super::remarks::Remarks;
use crate::cloudtrail::key::ObjectKind;
use crate::json::RawRecord;
use crate::language::grouped;
use crate::problem::ProblemKind;

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

    /// Returns the same record with a text of its own.
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
    /// The damaged places. The walk went on after each of them, if anything whole follows.
    pub damages: Vec<TextDamage>,
    /// True if the last of them extends to the end of the content.
    pub ends_in_damage: bool,
}

/// Damage of a text, and the bytes that were lost by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextDamage {
    /// The damage.
    pub damage: Damage,
    /// The bytes that were not read because of it, if the text was read on after them.
    pub lost: Option<Range<u64>>,
}

impl TextDamage {
    /// Returns true if a text of this length may have lost records by the damage, whatever else it
    /// holds: because it breaks off, or because of something that was meant to be read.
    pub fn may_lose_records(&self, text_bytes: usize) -> bool {
        let byte = self.damage.byte;
        let breaks_off = byte.is_none_or(|byte| byte + 1 >= text_bytes as u64);
        self.damage.kind != ProblemKind::DamagedJson || breaks_off
    }

    /// Returns the damage in the content of an object, in which the text begins at `offset`.
    pub fn at_offset(self, offset: u64) -> Damage {
        Damage {
            detail: self.detail_at(offset),
            byte: self.damage.byte.map(|byte| offset + byte),
            ..self.damage
        }
    }

    fn detail_at(&self, offset: u64) -> String {
        let detail = &self.damage.detail;
        match &self.lost {
            Some(lost) if !lost.is_empty() => format!("{detail}; {}", not_read(lost, offset)),
            _ => detail.clone(),
        }
    }
}

fn not_read(lost: &Range<u64>, offset: u64) -> String {
    let [first, last] = [offset + lost.start, offset + lost.end - 1];
    let [first, last] = [first, last].map(|byte| grouped(&byte.to_string()));
    format!("bytes {first} to {last} were not read")
}

impl From<Damage> for TextDamage {
    fn from(damage: Damage) -> Self {
        Self { damage, lost: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lost_bytes_are_named_by_their_place_in_the_object() {
        let lost = |lost| {
            let damage = Damage::of_json("wrong".to_owned(), 7);
            TextDamage { damage, lost }.at_offset(1_000)
        };
        let damage = lost(Some(234..4_679));
        assert_eq!(damage.detail, "wrong; bytes 1,234 to 5,678 were not read");
        assert_eq!(damage.byte, Some(1_007));
        assert_eq!(lost(Some(5..5)).detail, "wrong");
        assert_eq!(lost(None).detail, "wrong");
    }
}
