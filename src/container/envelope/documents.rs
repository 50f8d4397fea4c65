//! The walk over the JSON documents of a content, one or many.
//!
//! Log files as CloudTrail writes them are read in one fast pass, and everything else by a walk
//! that searches each value.

use std::borrow::Cow;

use super::control_characters::Mended;
use super::not_numbers::without_words;
use super::record::{is_listed_record, is_without_structures};
use super::search::ValueSearch;
use super::text_walk::{Context, walk_text};
use crate::container::damage::Damage;
use crate::container::limits::Limits;
use crate::container::record_text::{RecordText, WalkOutcome};
use crate::json::{self, Members, Pass};
use crate::problem::ProblemKind;

/// Calls `visit` with each record of a log file and its members, in order, as far as everything is
/// as CloudTrail writes it.
pub fn walk_log_file<'a>(
    text: &'a str,
    visit: &mut impl FnMut(RecordText<'a>, Members<'a, '_>),
) -> Pass {
    let (mut visited, mut has_other) = (0, false);
    let pass = json::walk_log_file(text, &mut |record, members| {
        has_other = has_other || !is_as_written(members, visited == 0);
        if !has_other {
            visited += 1;
            visit(record.into(), members);
        }
    });
    match has_other {
        true => Pass::Stopped(visited),
        false => pass,
    }
}

/// Returns true if members are those of a record as CloudTrail writes it. Other services have an
/// array of the same name, and files that were joined or cut out may have other elements between
/// records. The plain walk does not visit those, so every element must be a record for both to
/// count alike. Tools that write records without structures do so with all records of an array, so
/// only the first one is looked at for that.
fn is_as_written(members: Members<'_, '_>, is_first: bool) -> bool {
    let named = || members.iter().map(|member| (member.name(), member.value()));
    is_listed_record(named()) && !(is_first && is_without_structures(named()))
}

/// Walks over the JSON documents in `text`, one or many, and calls `visit` with each value in the
/// place of a record, in order.
pub fn walk<'a>(
    text: &'a str,
    limits: &Limits,
    visit: &mut dyn FnMut(RecordText<'a>),
) -> WalkOutcome {
    match without_words(text) {
        Cow::Borrowed(_) => walk_words(text, limits, visit),
        // They say that there is no number, so nothing is lost.
        Cow::Owned(text) => walk_words(&text, limits, &mut |record| visit(record.into_owned())),
    }
}

fn walk_words<'a>(
    text: &'a str,
    limits: &Limits,
    visit: &mut dyn FnMut(RecordText<'a>),
) -> WalkOutcome {
    let Some(mended) = Mended::new(text) else {
        return walk_whole(text, limits, visit);
    };
    // One such character is wrong in JSON, but costs no record.
    let mut outcome = walk_whole(&mended.text, limits, &mut |record| {
        visit(record.into_owned())
    });
    outcome.damages.insert(0, mended.damage().into());
    outcome
}

fn walk_whole<'a>(
    text: &'a str,
    limits: &Limits,
    visit: &mut dyn FnMut(RecordText<'a>),
) -> WalkOutcome {
    let mut search = ValueSearch::new(text, limits, visit);
    let walked = walk_text(text, Context::default(), &mut search);
    let searched = search.outcome;
    let mut outcome = WalkOutcome {
        recognized: walked.recognized,
        foreign: walked.foreign,
        other_kind: searched.other_kind,
        ends_in_damage: walked.ends_in_damage,
        damages: searched.damages,
    };
    outcome.foreign.extend(searched.foreign);
    // The damage that extends to the end is the last one.
    outcome.damages.extend(walked.damages);
    if let Some(byte) = searched.unread.filter(|_| outcome.recognized == 0) {
        // The content is one problem then, and not also something else than records.
        outcome.foreign.clear();
        outcome.damages.insert(0, unread(byte).into());
    }
    outcome
}

/// The damage of a content without records that has a string of compressed bytes which cannot be
/// read.
fn unread(byte: u64) -> Damage {
    Damage {
        kind: ProblemKind::UnrecognizedRecords,
        detail: "a string holds compressed bytes that cannot be read, and no records were found; \
                 export the records as JSON, one in each line"
            .to_owned(),
        byte: Some(byte),
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    const RECORD: &str = r#"{"eventTime":"t","eventSource":"s","eventName":"n"}"#;

    fn found(text: &str) -> (Vec<String>, WalkOutcome) {
        let mut records = Vec::new();
        let content = walk(text, &Limits::default(), &mut |found| {
            records.push(found.text.into_owned());
        });
        (records, content)
    }

    fn kinds(text: &str) -> Vec<ProblemKind> {
        let damages = found(text).1.damages.into_iter();
        damages.map(|damage| damage.damage.kind).collect()
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
            let content = walk(text, &Limits::default(), &mut |found| {
                assert_eq!(found.text, RECORD);
                times.push(found.log_time.map(Timestamp::as_millisecond));
            });
            assert_eq!(
                (content.foreign, content.damages),
                (vec![], vec![]),
                "{text}"
            );
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
        assert_eq!(content.damages, []);
    }

    #[test]
    fn a_record_in_a_member_keeps_its_place() {
        let event = format!(r#"{{"detail-type":"x","detail":{RECORD}}}"#);
        let text = format!("{RECORD}\n[{event}]{event}");
        let mut places = Vec::new();
        walk(&text, &Limits::default(), &mut |found| {
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
        let content = walk(&text, &Limits::default(), &mut |found| {
            places.push(found.byte)
        });
        assert_eq!(places, [Some(12), Some(12 + RECORD.len() as u64 + 1)]);
        let [damage] = content.damages.as_slice() else {
            panic!("one place is damaged")
        };
        assert_eq!(damage.damage.kind, ProblemKind::DamagedJson);
        assert_eq!(damage.damage.byte, Some(text.len() as u64 - 1));
    }

    #[test]
    fn foreign_documents_are_told_apart() {
        let (records, content) = found("{\"a\":1} 7 \"x\" true null");
        assert_eq!(
            (records.len(), content.recognized, content.foreign.len()),
            (0, 0, 5)
        );
        assert_eq!(kinds(r#"{"Records":7}"#), [ProblemKind::DamagedJson]);
    }
}
