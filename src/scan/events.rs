//! Events to test a filter pattern on: the records of CloudTrail in a file of any form that a scan
//! reads, or raw log events, one a line, or a JSON array of them.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use serde::de::IgnoredAny;

use crate::container::{
    Assessment, HEAD_BYTES, Limits, Piece, RecordText, assess, is_json, is_table,
    resembles_cloudtrail, shows_cloudtrail, unpack, walk, walk_table,
};
use crate::text::printable_path;

/// Takes an event.
pub type VisitEvent<'a> = dyn FnMut(&str) -> io::Result<()> + 'a;

/// The reason for which the visit of events ended early.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EventsError {
    /// The events cannot be read.
    #[error("cannot read the events in {}: {error}", printable_path(path))]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The error of the system, or of the JSON.
        #[source]
        error: io::Error,
    },
    /// Some events may have been lost.
    #[error("cannot read all events in {}: {detail}", printable_path(path))]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The damage.
        detail: String,
    },
    /// There are fewer events.
    #[error(
        "there is no event {number} in {}, which holds {events}",
        printable_path(path)
    )]
    Missing {
        /// The file.
        path: PathBuf,
        /// The number of the event, from 1.
        number: u64,
        /// The number of events.
        events: u64,
    },
    /// The visitor failed.
    #[error(transparent)]
    Visit(#[from] io::Error),
}

/// One of the events in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundEvent {
    /// The event.
    pub text: String,
    /// The number of events in the file.
    pub events: u64,
}

impl EventsError {
    fn unreadable(path: &Path, error: io::Error) -> Self {
        let path = path.to_owned();
        Self::Unreadable { path, error }
    }

    fn damaged(path: &Path, detail: String) -> Self {
        let path = path.to_owned();
        Self::Damaged { path, detail }
    }
}

/// Visits the events in a file, or in standard input for `-`: the records of CloudTrail, if it
/// holds them in a form that scans read, or else its lines, or the texts of a JSON array.
///
/// # Errors
///
/// Returns an error if the file cannot be read, or the visitor fails.
pub fn for_each_event(
    path: &Path,
    is_json: bool,
    visit: &mut VisitEvent<'_>,
) -> Result<(), EventsError> {
    let unreadable = |error| EventsError::unreadable(path, error);
    let limits = Limits::default();
    let mut input = open(path).map_err(unreadable)?;
    if is_json {
        let events = strings(&whole(path, input, limits.content_bytes)?).map_err(unreadable)?;
        return Ok(events.iter().try_for_each(|event| visit(event))?);
    }
    if holds_records(input.fill_buf().map_err(unreadable)?) {
        return each_record(path, input, visit);
    }
    each_line(path, input, limits.record_bytes, visit)
}

/// Visits the lines of a file one by one, since a log may be larger than memory.
fn each_line(
    path: &Path,
    mut input: impl BufRead,
    most_bytes: u64,
    visit: &mut VisitEvent<'_>,
) -> Result<(), EventsError> {
    let mut line = Vec::new();
    for number in 1_u64.. {
        line.clear();
        // One byte more than the limit, for the end of the line.
        let mut beginning = input.by_ref().take(most_bytes.saturating_add(1));
        let read = beginning.read_until(b'\n', &mut line);
        if read.map_err(|error| EventsError::unreadable(path, error))? == 0 {
            break;
        }
        let line = line.strip_suffix(b"\n").unwrap_or(&line);
        if line.len() as u64 > most_bytes {
            let detail = format!("line {number} has more than {most_bytes} bytes");
            return Err(EventsError::damaged(path, detail));
        }
        visit(&event_in(line))?;
    }
    Ok(())
}

/// Reads a file that has no more than this number of bytes.
fn whole(path: &Path, input: impl Read, most_bytes: u64) -> Result<Vec<u8>, EventsError> {
    let mut bytes = Vec::new();
    let read = input
        .take(most_bytes.saturating_add(1))
        .read_to_end(&mut bytes);
    read.map_err(|error| EventsError::unreadable(path, error))?;
    match bytes.len() as u64 > most_bytes {
        true => {
            let detail = format!("it has more than {most_bytes} bytes");
            Err(EventsError::damaged(path, detail))
        }
        false => Ok(bytes),
    }
}

/// Returns the event with this number, from 1, in a file or in standard input for `-`. Standard
/// input, and a file that is one JSON value, are one event, unless they hold records of CloudTrail.
///
/// # Errors
///
/// Returns an error if the file cannot be read, or holds fewer events.
pub(super) fn find_event(path: &Path, number: u64) -> Result<FoundEvent, EventsError> {
    let unreadable = |error| EventsError::unreadable(path, error);
    let mut input = open(path).map_err(unreadable)?;
    let mut found = None;
    let mut events = 0;
    let mut visit = |event: &str| {
        events += 1;
        if events == number {
            found = Some(event.to_owned());
        }
        Ok(())
    };
    if holds_records(input.fill_buf().map_err(unreadable)?) {
        each_record(path, input, &mut visit)?;
    } else {
        let bytes = whole(path, input, Limits::default().content_bytes)?;
        let text = String::from_utf8_lossy(&bytes);
        match path == Path::new("-") || is_json_value(text.as_bytes()) {
            // `echo` and editors add the line break, which is not a part of the event.
            true => visit(text.trim_end_matches(['\r', '\n']))?,
            false => text.lines().try_for_each(visit)?,
        }
    }
    let path = path.to_owned();
    match found {
        Some(text) => Ok(FoundEvent { text, events }),
        None => Err(EventsError::Missing {
            path,
            number,
            events,
        }),
    }
}

/// Returns true if the first bytes of a file are those of one that is unpacked or searched for
/// records, and not of raw events.
fn holds_records(head: &[u8]) -> bool {
    if head.trim_ascii().is_empty() {
        return false;
    }
    assess(head, &Limits::default()) != Assessment::NotCloudTrail
        && (!is_json(head) || is_wrapped(head))
}

/// Returns true if JSON is a document around records, such as a log file: a raw event may be JSON,
/// too, and is then the whole of its line.
fn is_wrapped(text: &[u8]) -> bool {
    let text = text.trim_ascii_start();
    // Names within strings have escapes, and those of tables another spelling.
    let is_of_cloudtrail = resembles_cloudtrail(text) || shows_cloudtrail(text);
    if !is_of_cloudtrail || !is_json(text) {
        return false;
    }
    if !matches!(text.first(), Some(b'{' | b'[')) {
        return is_within_lines(&String::from_utf8_lossy(text));
    }
    let line = text.split(|byte| *byte == b'\n').next().unwrap_or(text);
    let line = String::from_utf8_lossy(line);
    let line = line.trim();
    if !is_json_value(line.as_bytes()) {
        return true;
    }
    // A line that is a whole value is an event itself, unless the records are within it.
    let mut is_wrapped = false;
    walk(line, &Limits::default(), &mut |record| {
        is_wrapped |= record.text.trim() != line;
    });
    is_wrapped
}

/// Returns true if a text has a record that is not the whole of a line.
fn is_within_lines(text: &str) -> bool {
    let lines: HashSet<&str> = text.lines().map(str::trim).collect();
    let mut is_within = false;
    let mut visit = |record: RecordText<'_>| {
        is_within |= !lines.contains(record.text.trim());
    };
    match is_table(text.as_bytes()) {
        true => walk_table(text, &mut visit),
        false => walk(text, &Limits::default(), &mut visit),
    };
    is_within
}

fn is_json_value(text: &[u8]) -> bool {
    serde_json::from_slice::<IgnoredAny>(text).is_ok()
}

/// Returns true if a text begins as a log file does, with `{"` or `[{`, and its first line is not a
/// whole value, as a raw event that is JSON would be.
fn begins_document(text: &[u8]) -> bool {
    let text = text.trim_ascii_start();
    let second = text
        .get(1..)
        .and_then(|rest| rest.trim_ascii_start().first());
    let expected = match text.first() {
        Some(b'{') => b'"',
        Some(b'[') => b'{',
        _ => return false,
    };
    if second.is_some_and(|second| *second != expected) {
        return false;
    }
    let line = text.split(|byte| *byte == b'\n').next().unwrap_or(text);
    !is_json_value(line)
}

/// Returns the lines of a text that do not end where the text was cut.
fn whole_lines(text: &str) -> &str {
    text.rsplit_once('\n').map_or("", |(lines, _)| lines)
}

/// Visits the records in a file; in a part of it that holds none, the lines.
fn each_record(
    path: &Path,
    input: impl Read,
    visit: &mut VisitEvent<'_>,
) -> Result<(), EventsError> {
    let limits = Limits::default();
    let mut stored = Vec::new();
    let read = input
        .take(limits.content_bytes.saturating_add(1))
        .read_to_end(&mut stored);
    read.map_err(|error| EventsError::unreadable(path, error))?;
    let mut records = Records {
        limits,
        visit,
        visited: Ok(()),
        damage: None,
    };
    unpack(stored, &limits, &mut |piece| records.piece(piece));
    records.visited?;
    match records.damage {
        None => Ok(()),
        Some(detail) => Err(EventsError::damaged(path, detail)),
    }
}

/// The visit of the records in a file.
struct Records<'r, 'v> {
    limits: Limits,
    visit: &'r mut VisitEvent<'v>,
    visited: io::Result<()>,
    /// The first damage.
    damage: Option<String>,
}

impl Records<'_, '_> {
    fn piece(&mut self, piece: &Piece) {
        let bytes = piece
            .bytes
            .strip_prefix(b"\xef\xbb\xbf")
            .unwrap_or(&piece.bytes);
        if let Some(damage) = &piece.damage {
            self.damage(&damage.detail);
        }
        let text = String::from_utf8_lossy(bytes);
        if self.records(&text) {
            return;
        }
        match &piece.damage {
            None => self.lines(&text),
            // The lines of a log file that was cut are not events.
            Some(_) if begins_document(bytes) => {}
            Some(_) => self.lines(whole_lines(&text)),
        }
    }

    fn lines(&mut self, text: &str) {
        text.lines().for_each(|line| self.event(line));
    }

    /// Visits the records in a text. Returns false if its lines are the events instead.
    fn records(&mut self, text: &str) -> bool {
        let is_table = is_table(text.as_bytes());
        if !is_table && !is_wrapped(text.as_bytes()) {
            return false;
        }
        let limits = self.limits;
        let mut has_records = false;
        let mut visit = |record: RecordText<'_>| {
            has_records = true;
            self.event(&record.text);
        };
        let outcome = match is_table {
            true => walk_table(text, &mut visit),
            false => walk(text, &limits, &mut visit),
        };
        let Some(damage) = outcome.damages.into_iter().next() else {
            return has_records;
        };
        // A damaged log file may have lost all of its records, and has no other events.
        let has_lost_records = has_records || begins_document(text.as_bytes());
        if has_lost_records {
            self.damage(&damage.at_offset(0).detail);
        }
        has_lost_records
    }

    fn event(&mut self, event: &str) {
        if self.visited.is_ok() {
            self.visited = (self.visit)(event);
        }
    }

    fn damage(&mut self, detail: &str) {
        self.damage.get_or_insert_with(|| detail.to_owned());
    }
}

fn event_in(line: &[u8]) -> Cow<'_, str> {
    let event = line.strip_suffix(b"\r").unwrap_or(line);
    // CloudWatch Logs replaces bytes that are not UTF-8, too.
    String::from_utf8_lossy(event)
}

fn strings(text: &[u8]) -> io::Result<Vec<String>> {
    serde_json::from_slice(text)
        .map_err(|error| io::Error::other(format!("not a JSON array of strings: {error}")))
}

/// Opens a file, or standard input for `-`.
fn open(path: &Path) -> io::Result<Box<dyn BufRead>> {
    if path == Path::new("-") {
        return Ok(Box::new(io::stdin().lock()));
    }
    let file = File::open(path)?;
    Ok(Box::new(BufReader::with_capacity(HEAD_BYTES, file)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORD: &str = r#"{"eventSource":"s.amazonaws.com","eventName":"n","eventTime":"t"}"#;

    fn events(content: &str) -> Vec<String> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("events");
        std::fs::write(&path, content).expect("written");
        let mut events = Vec::new();
        let visited = for_each_event(&path, false, &mut |event| {
            events.push(event.to_owned());
            Ok(())
        });
        visited.expect("events");
        events
    }

    #[test]
    fn records_are_taken_out_of_documents_and_lines_are_events() {
        let pretty = RECORD.replace(',', ",\n");
        for (content, expected) in [
            (
                format!("{{\"Records\":[{RECORD},{RECORD}]}}\n"),
                vec![RECORD, RECORD],
            ),
            (format!("{{\n\"Records\":[\n{pretty}]}}"), vec![&*pretty]),
            (pretty.clone(), vec![&*pretty]),
            (
                format!("{RECORD}\nERROR\n{{\"a\":1}}\n"),
                vec![RECORD, "ERROR", "{\"a\":1}"],
            ),
            (format!("ERROR\n{RECORD}\n"), vec!["ERROR", RECORD]),
            (
                "[INFO] eventName\nb".to_owned(),
                vec!["[INFO] eventName", "b"],
            ),
            ("{\"a\":\n1}".to_owned(), vec!["{\"a\":", "1}"]),
            ("\na\n".to_owned(), vec!["", "a"]),
            (String::new(), vec![]),
        ] {
            assert_eq!(events(&content), expected, "{content}");
        }
    }

    /// An audit finds the same records in these.
    #[test]
    fn records_are_found_in_strings_and_in_other_spellings() {
        let quoted = serde_json::to_string(RECORD).expect("a string");
        let document = serde_json::to_string(&format!("{{\"Records\":[{RECORD}]}}"));
        let document = document.expect("a string");
        let rows = RECORD
            .replace("eventS", "event_s")
            .replace("eventN", "event_n");
        let rows = rows.replace("eventT", "event_t");
        for content in [
            format!("[{quoted}]"),
            format!("{{\"message\":{document}}}\n{{\"message\":{document}}}\n"),
            format!("{{\"events\":[{{\"timestamp\":1,\"message\":{quoted}}}]}}"),
            format!("{{\"QueryResultRows\":[[{{\"eventJson\":{quoted}}}]]}}"),
            format!("{{\"rows\":[{rows}]}}"),
            format!("message\n\"{}\"\n", RECORD.replace('"', "\"\"")),
            format!("1770091506007 {RECORD}\n"),
        ] {
            let found = events(&content);
            let is_record = |event: &String| event.contains("\"eventName\":\"n\"");
            assert!(
                !found.is_empty() && found.iter().all(is_record),
                "{content}"
            );
            assert!(
                found.iter().all(|event| event.len() < content.len()),
                "{content}"
            );
        }
    }

    #[test]
    fn an_event_is_found_by_its_number() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("events");
        std::fs::write(&path, "a\nb\n").expect("written");
        let found = find_event(&path, 2).expect("an event");
        assert_eq!((found.text.as_str(), found.events), ("b", 2));
        let error = find_event(&path, 3).expect_err("no event").to_string();
        assert!(
            error.contains("no event 3") && error.contains("holds 2"),
            "{error}"
        );
        std::fs::write(&path, "{\"a\":\n1}\n").expect("written");
        let found = find_event(&path, 1).expect("an event");
        assert_eq!((found.text.as_str(), found.events), ("{\"a\":\n1}", 1));
    }

    #[test]
    fn a_line_without_an_end_is_not_read_into_memory() {
        let path = Path::new("events");
        let lines = |text: &[u8]| {
            let mut lines = Vec::new();
            let visited = each_line(path, text, 3, &mut |event| {
                lines.push(event.to_owned());
                Ok(())
            });
            (lines, visited.map_err(|error| error.to_string()))
        };
        let owned = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect();
        let whole: Vec<String> = owned(&["abc", "", "d", "efg"]);
        assert_eq!(lines(b"abc\n\nd\r\nefg"), (whole.clone(), Ok(())));
        assert_eq!(lines(b"abc\n\nd\r\nefg\n"), (whole, Ok(())));
        let error = "cannot read all events in events: line 2 has more than 3 bytes";
        assert_eq!(
            lines(b"abc\ndefg\n"),
            (owned(&["abc"]), Err(error.to_owned()))
        );
    }

    #[test]
    fn a_whole_file_has_a_limit() {
        let path = Path::new("events");
        assert_eq!(whole(path, &b"abc"[..], 3).ok(), Some(b"abc".to_vec()));
        let error = whole(path, &b"abcd"[..], 3).map_err(|error| error.to_string());
        let expected = "cannot read all events in events: it has more than 3 bytes";
        assert_eq!(error, Err(expected.to_owned()));
    }
}
