//! The walk over the JSON documents of a content, one or many.
//!
//! `{"Records":[…]}` is read element by element, so that the records before an error are found. Any
//! other document is taken apart by [`unwrap`](super::unwrap).

use jiff::Timestamp;

use super::log_line::log_line;
use super::{Envelope, LATE_MEMBERS, RECORD_MEMBERS, unwrap, unwrap_text};
use crate::cloudtrail::key::ObjectKind;
use crate::container::damage::Damage;
use crate::container::record_text::{RecordText, WalkOutcome};
use crate::json::{
    self, BrokenDocument, DocumentKind, DocumentVisitor, Members, Pass, RawRecord, read_document,
    salvage,
};

/// Calls `visit` with each record of a log file and its members, in order, as far as everything is
/// as CloudTrail writes it.
pub fn walk_log_file<'a>(
    text: &'a str,
    visit: &mut impl FnMut(RecordText<'a>, Members<'a, '_>),
) -> Pass {
    json::walk_log_file(text, &mut |record, members| visit(record.into(), members))
}

/// Walks over the JSON documents in `text`, one or many, and calls `visit` with each value in the
/// place of a record, in order.
pub fn walk<'a>(text: &'a str, visit: &mut dyn FnMut(RecordText<'a>)) -> WalkOutcome {
    let mut walk = DocumentWalk::new(text, visit);
    while walk.next_document().is_some() {}
    walk.outcome
}

struct DocumentWalk<'a, 'v> {
    text: &'a str,
    visit: &'v mut dyn FnMut(RecordText<'a>),
    outcome: WalkOutcome,
    /// The time of the line of a log that is read.
    log_time: Option<Timestamp>,
    /// The place of the document that is read.
    start: usize,
}

impl<'a> DocumentVisitor<'a> for DocumentWalk<'a, '_> {
    fn record(&mut self, record: RawRecord<'a>) {
        let byte = Some((self.start + record.byte) as u64);
        let log_time = self.log_time;
        (self.visit)(RecordText {
            byte,
            log_time,
            ..record.into()
        });
    }

    fn element(&mut self, element: RawRecord<'a>) {
        if element.text.starts_with('{') {
            self.object(element);
        } else {
            self.record(element);
        }
    }
}

impl<'a, 'v> DocumentWalk<'a, 'v> {
    fn new(text: &'a str, visit: &'v mut dyn FnMut(RecordText<'a>)) -> Self {
        Self {
            text,
            visit,
            outcome: WalkOutcome::default(),
            log_time: None,
            start: 0,
        }
    }

    /// Reads the next document; returns nothing at the end and after damage.
    fn next_document(&mut self) -> Option<()> {
        let rest = self.text.get(self.start..)?.trim_start();
        if rest.is_empty() {
            return None;
        }
        // A line of a log has one document, so its time does not hold for the next one.
        let line = log_line(rest);
        self.log_time = line.map(|line| line.time);
        let document = rest.get(line.map_or(0, |line| line.message)..)?;
        self.start = self.text.len() - document.len();
        self.document(document)
    }

    fn document(&mut self, text: &'a str) -> Option<()> {
        let whole = match read_document(text, self) {
            Ok(whole) => whole,
            Err(broken) => {
                self.broken(text, &broken);
                return None;
            }
        };
        match whole.kind {
            DocumentKind::Records => self.outcome.recognized += 1,
            DocumentKind::Object => {
                let text = text.get(..whole.end)?.trim_end();
                self.object(RawRecord { text, byte: 0 });
            }
            DocumentKind::Scalar => self.outcome.foreign.push(self.start as u64),
        }
        self.start += whole.end;
        Some(())
    }

    /// Takes apart an object that is not an element of the array `Records`.
    fn object(&mut self, object: RawRecord<'a>) {
        match unwrap(object.text) {
            Envelope::Record(record) => self.own_record(object, record),
            Envelope::Records(records) => self.unwrapped(records),
            Envelope::Digest => self.outcome.other_kind = Some(ObjectKind::Digest),
            Envelope::Foreign => {
                let byte = self.start + object.byte;
                self.outcome.foreign.push(byte as u64);
            }
        }
    }

    /// Visits the record in an object: the object itself, or a member of it, such as the detail of
    /// an EventBridge event.
    fn own_record(&mut self, object: RawRecord<'a>, record: &'a str) {
        self.outcome.recognized += 1;
        let RawRecord { text, byte } = RawRecord::located(record, object.text);
        let byte = object.byte + byte;
        self.record(RawRecord { text, byte });
    }

    fn unwrapped(&mut self, records: Vec<RecordText<'a>>) {
        self.outcome.recognized += 1;
        for mut record in records {
            record.log_time = record.log_time.or(self.log_time);
            (self.visit)(record);
        }
    }

    /// Reports the damage of a document, and visits the records before it that were not visited.
    fn broken(&mut self, text: &'a str, broken: &BrokenDocument) {
        if broken.has_records {
            self.outcome.recognized += 1;
        } else {
            self.salvage(text.get(..broken.byte).unwrap_or(text));
        }
        let detail = format!("the JSON ends early or is wrong ({})", broken.error);
        let byte = (self.start + broken.byte) as u64;
        self.outcome.damage = Some(Damage::of_json(detail, byte));
    }

    /// Visits the records in the beginning of a document, of which none was visited yet.
    ///
    /// An envelope is read whole, since the members after its records may say what it is. So a
    /// document that breaks off is closed after the last whole element of its array.
    fn salvage(&mut self, beginning: &str) {
        let Some(document) = salvage(beginning, &LATE_MEMBERS) else {
            return;
        };
        // A record that is cut itself would still look like one.
        if RECORD_MEMBERS
            .iter()
            .any(|name| has_member(&document, name))
        {
            return;
        }
        if let Envelope::Records(mut records) = unwrap_text(&document, 0) {
            // Values that are not objects may be of a message that only tests the destination.
            records.retain(|record| record.text.starts_with('{'));
            self.unwrapped(records);
        }
    }
}

fn has_member(document: &str, name: &str) -> bool {
    let members = json::members(document).unwrap_or_default();
    members.iter().any(|(key, _)| key == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::ProblemKind;

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
        let time = r#"{"field":"@timestamp","value":"2026-02-03 04:05:06.007"}"#;
        let row = format!(r#"[{time},{{"field":"@message","value":{message}}}]"#);
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
    fn values_that_are_not_records_are_visited_in_their_place() {
        let (records, content) = found(&format!(r#"{{"Records":[null,{RECORD},7]}}"#));
        assert_eq!(records, ["null", RECORD, "7"]);
        assert_eq!(content.damage, None);
    }

    #[test]
    fn a_record_in_a_member_keeps_its_place() {
        let event = format!(r#"{{"detail-type":"x","detail":{RECORD}}}"#);
        let text = format!("{RECORD}\n[{event}]{event}");
        let mut places = Vec::new();
        walk(&text, &mut |found| {
            assert_eq!(found.text, RECORD);
            places.push(found.byte);
        });
        let expected = text.match_indices(RECORD).map(|(place, _)| place as u64);
        assert!(places.into_iter().eq(expected.map(Some)));
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
