//! From content to records: a walk over JSON documents.
//!
//! `{"Records":[…]}` is read element by element, so that the records before a damaged place are
//! found. Any other document is taken apart by [`envelope`](super::envelope).

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use jiff::Timestamp;

use super::envelope::{Envelope, Wrapped, owned, unwrap};
use super::log_line::log_line;
use super::salvage::salvage;
use super::{Damage, RecordText};
use crate::cloudtrail::key::ObjectKind;
use crate::json::members;
use crate::problem::ProblemKind;

/// What the documents of an object turned out to be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WalkOutcome {
    /// How many documents hold records, or could.
    pub recognized: u64,
    /// How many documents hold something else; where each begins.
    pub foreign: Vec<u64>,
    /// What else the documents are: a digest.
    pub other_kind: Option<ObjectKind>,
    /// What stopped the walk before the end.
    pub damage: Option<Damage>,
}

/// Walks over the JSON documents in `text`, one or many, and calls `visit` with each value that
/// stands in the place of a record, in order.
pub fn walk<'a>(text: &'a str, visit: &mut dyn FnMut(RecordText<'a>)) -> WalkOutcome {
    let mut walker = Walker {
        text,
        visit,
        content: WalkOutcome::default(),
        log_time: None,
    };
    let mut position = 0;
    loop {
        position += text.len() - position - text[position..].trim_start().len();
        if position == text.len() {
            return walker.content;
        }
        let line = text.get(position..).and_then(log_line);
        walker.log_time = line.map(|line| line.time);
        match walker.document(position + line.map_or(0, |line| line.message)) {
            Ok(end) => position = end,
            Err(damage) => {
                walker.content.damage = Some(damage);
                return walker.content;
            }
        }
    }
}

struct Walker<'a, 'v> {
    text: &'a str,
    visit: &'v mut dyn FnMut(RecordText<'a>),
    content: WalkOutcome,
    /// The time of the line of a log that is read.
    log_time: Option<Timestamp>,
}

impl<'a> Walker<'a, '_> {
    /// Reads the document that begins at `start` and returns where it ends.
    fn document(&mut self, start: usize) -> Result<usize, Damage> {
        let rest = &self.text[start..];
        let recognized = self.content.recognized;
        let mut deserializer = serde_json::Deserializer::from_str(rest);
        let read = Document { walker: self }.deserialize(&mut deserializer);
        let end = start + deserializer.into_iter::<IgnoredAny>().byte_offset();
        match read {
            Err(error) => {
                let length = offset(rest, &error);
                if self.content.recognized == recognized {
                    self.salvage(rest.get(..length).unwrap_or(rest));
                }
                Err(Damage {
                    kind: ProblemKind::DamagedJson,
                    detail: format!("the JSON ends early or is wrong ({error})"),
                    byte: Some((start + length) as u64),
                })
            }
            Ok(Shape::Walked) => Ok(end),
            Ok(Shape::Object) => {
                self.object(self.text[start..end].trim_end());
                Ok(end)
            }
            Ok(Shape::Scalar) => {
                self.content.foreign.push(start as u64);
                Ok(end)
            }
        }
    }

    /// Visits the records that stand before the damage of a document, of which none was visited
    /// yet. A record that is cut itself is none.
    fn salvage(&mut self, before: &str) {
        let Some(document) = salvage(before).filter(|document| !is_record(document)) else {
            return;
        };
        let Envelope::Records(records) = owned(&document, 0) else {
            return;
        };
        self.content.recognized += 1;
        // What is no object may be of a message that only tests whether somebody listens.
        for Wrapped { text, log_time } in records
            .into_iter()
            .filter(|record| record.text.starts_with('{'))
        {
            (self.visit)(RecordText {
                text,
                byte: None,
                log_time: log_time.or(self.log_time),
            });
        }
    }

    fn place(&self, part: &str) -> u64 {
        (part.as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize) as u64
    }

    fn record(&mut self, raw: &'a str) {
        let byte = Some(self.place(raw));
        (self.visit)(RecordText {
            text: Cow::Borrowed(raw),
            byte,
            log_time: self.log_time,
        });
    }

    /// Takes an object apart that is not in the place of a record of `{"Records":[…]}`.
    fn object(&mut self, raw: &'a str) {
        match unwrap(raw) {
            Envelope::Record(record) => {
                self.content.recognized += 1;
                self.record(record);
            }
            Envelope::Records(records) => {
                self.content.recognized += 1;
                for Wrapped { text, log_time } in records {
                    (self.visit)(RecordText {
                        text,
                        byte: None,
                        log_time: log_time.or(self.log_time),
                    });
                }
            }
            Envelope::Digest => self.content.other_kind = Some(ObjectKind::Digest),
            Envelope::Foreign => self.content.foreign.push(self.place(raw)),
        }
    }
}

/// Whether a document has members of a record, rather than wrapping records.
fn is_record(document: &str) -> bool {
    let members = members(document).unwrap_or_default();
    members
        .iter()
        .any(|(name, _)| matches!(name.as_ref(), "eventSource" | "eventName" | "eventTime"))
}

/// The byte of `text` that an error points at.
fn offset(text: &str, error: &serde_json::Error) -> usize {
    let lines = text
        .split_inclusive('\n')
        .take(error.line().saturating_sub(1));
    (lines.map(str::len).sum::<usize>() + error.column().saturating_sub(1)).min(text.len())
}

/// What a document is, after it was read.
enum Shape {
    /// Its records were visited.
    Walked,
    /// An object to take apart.
    Object,
    /// A single text, number or the like.
    Scalar,
}

/// Reads a whole document.
struct Document<'w, 'a, 'v> {
    walker: &'w mut Walker<'a, 'v>,
}

impl<'de> DeserializeSeed<'de> for Document<'_, 'de, '_> {
    type Value = Shape;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Shape, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Document<'_, 'de, '_> {
    type Value = Shape;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON document")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Shape, A::Error> {
        let mut shape = Shape::Object;
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            if key == "Records" {
                self.walker.content.recognized += 1;
                map.next_value_seed(Records {
                    walker: self.walker,
                })?;
                shape = Shape::Walked;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(shape)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Shape, A::Error> {
        self.walker.content.recognized += 1;
        while let Some(element) = elements.next_element::<&'de RawValue>()? {
            match element.get() {
                object if object.starts_with('{') => self.walker.object(object),
                other => self.walker.record(other),
            }
        }
        Ok(Shape::Walked)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Shape, E> {
        Ok(Shape::Scalar)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Shape, E> {
        Ok(Shape::Scalar)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Shape, E> {
        Ok(Shape::Scalar)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Shape, E> {
        Ok(Shape::Scalar)
    }

    fn visit_str<E>(self, _: &str) -> Result<Shape, E> {
        Ok(Shape::Scalar)
    }

    fn visit_unit<E>(self) -> Result<Shape, E> {
        Ok(Shape::Scalar)
    }
}

/// Reads the value of `Records`: every element stands in the place of a record, whatever it is.
struct Records<'w, 'a, 'v> {
    walker: &'w mut Walker<'a, 'v>,
}

impl<'de> DeserializeSeed<'de> for Records<'_, 'de, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Records<'_, 'de, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an array of records")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        while let Some(element) = elements.next_element::<&'de RawValue>()? {
            self.walker.record(element.get());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORD: &str = r#"{"eventTime":"t","eventSource":"s","eventName":"n"}"#;

    fn found(text: &str) -> (Vec<String>, WalkOutcome) {
        let mut records = Vec::new();
        let content = walk(text, &mut |found| records.push(found.text.into_owned()));
        (records, content)
    }

    fn count(text: &str) -> usize {
        found(text).0.len()
    }

    #[test]
    fn the_forms_of_documents_are_read() {
        assert_eq!(count(&format!(r#" {{"Records":[{RECORD},{RECORD}]}} "#)), 2);
        assert_eq!(count(&format!("[{RECORD}]")), 1);
        assert_eq!(count(RECORD), 1);
        assert_eq!(count(&format!("{RECORD}\n{RECORD}\r\n")), 2);
        assert_eq!(
            count(&format!(
                r#"{{"Records":[{RECORD}]}}{{"Records":[{RECORD}]}}"#
            )),
            2
        );
        assert_eq!(found(r#"{"Records":[]}"#).1.recognized, 1);
        assert_eq!(found("").1, WalkOutcome::default());
    }

    #[test]
    fn the_forms_of_a_log_keep_the_time_of_the_log() {
        let message = serde_json::to_string(RECORD).expect("a string");
        let times = |text: &str| {
            let mut times = Vec::new();
            let content = walk(text, &mut |found| {
                assert_eq!(found.text, RECORD);
                times.push(found.log_time.map(Timestamp::as_millisecond));
            });
            assert_eq!((content.foreign, content.damage), (vec![], None), "{text}");
            times
        };
        let event =
            format!(r#"{{"timestamp":1770091506007,"message":{message},"ingestionTime":1}}"#);
        let known = [Some(1_770_091_506_007)];
        assert_eq!(
            times(&format!(
                "2026-02-03T04:05:06.007Z {RECORD}\n1770091506007 {RECORD}"
            )),
            [known[0]; 2]
        );
        assert_eq!(
            times(&format!(r#"{{"events":[{event}],"nextToken":"x"}}"#)),
            known
        );
        assert_eq!(
            times(&format!(
                r#"{{"messageType":"DATA_MESSAGE","logEvents":[{event}]}}{RECORD}"#
            )),
            [known[0], None]
        );
        let row = format!(
            r#"[{{"field":"@timestamp","value":"2026-02-03 04:05:06.007"}},{{"field":"@message","value":{message}}}]"#
        );
        assert_eq!(
            times(&format!(r#"{{"results":[{row}],"status":"Complete"}}"#)),
            known
        );
        assert_eq!(
            times(r#"{"messageType":"CONTROL_MESSAGE","logEvents":[{"message":"hello"}]}"#),
            []
        );
    }

    #[test]
    fn what_is_no_record_is_visited_in_its_place() {
        let (records, content) = found(&format!(r#"{{"Records":[null,{RECORD},7]}}"#));
        assert_eq!(records, ["null", RECORD, "7"]);
        assert_eq!(content.damage, None);
    }

    #[test]
    fn records_before_damage_are_found_with_their_place() {
        let text = format!(r#"{{"Records":[{RECORD},{RECORD},{{"event"#);
        let mut places = Vec::new();
        let content = walk(&text, &mut |found| places.push(found.byte));
        assert_eq!(places, [Some(12), Some(12 + RECORD.len() as u64 + 1)]);
        let damage = content.damage.expect("damage");
        assert_eq!(damage.kind, ProblemKind::DamagedJson);
        assert_eq!(damage.byte, Some(text.len() as u64 - 1));
    }

    #[test]
    fn foreign_documents_are_told_apart() {
        let (records, content) = found("{\"a\":1} 7 \"x\" true null");
        assert_eq!(
            (records.len(), content.recognized, content.foreign.len()),
            (0, 0, 5)
        );
        assert_eq!(
            found(r#"{"Records":7}"#).1.damage.map(|damage| damage.kind),
            Some(ProblemKind::DamagedJson)
        );
    }
}
