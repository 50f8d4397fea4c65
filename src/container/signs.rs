//! Signs of CloudTrail in content from which no record was taken.
//!
//! A content that is not recognized is mostly not CloudTrail's. But where its bytes have the names
//! and values that only records have, records may be lost, and that is a problem instead.

use memchr::memchr2_iter;

/// The end of the value that every record has as its event source. Events of other services that
/// use the same names, such as notifications of S3 (`aws:s3`), have other values.
const SOURCE_END: &[u8] = b".amazonaws.com";

/// The most bytes between a name and its value: quotes, which may be escaped several times, a colon
/// or a tab, and white space.
const GAP_BYTES: usize = 24;

/// The longest host name of a service.
const HOST_BYTES: usize = 64;

/// Returns true if bytes show records of CloudTrail: an event source with the value of a service,
/// and an event name, in any spelling of the names (`eventSource`, `event_source`, `EVENTSOURCE`),
/// or an API call in the terms of OCSF.
///
/// Filter patterns and rules of EventBridge name the same fields, but not with one value in quotes,
/// nor alone in a line of YAML, in an element of XML, or in a pair such as `eventName=Decrypt`.
pub fn shows_cloudtrail(bytes: &[u8]) -> bool {
    let mut has = LineSigns::default();
    for place in memchr2_iter(b'e', b'E', bytes) {
        let Some(rest) = bytes.get(place..) else {
            continue;
        };
        let is_bare = |words: &[&[u8]], of_service| has_bare_value(bytes, place, words, of_service);
        let source: [&[u8]; 2] = [b"event", b"source"];
        let name: [&[u8]; 2] = [b"event", b"name"];
        has.source |= has_value(rest, &source, true) || is_bare(&source, true);
        has.name |= has_value(rest, &name, false) || is_bare(&name, false);
        if has.source && has.name {
            return true;
        }
    }
    shows_ocsf(bytes) || shows_ecs(bytes) || shows_names_apart(bytes)
}

/// The names, in quotes, of which a log file has one within its first bytes.
const LOG_FILE_NAMES: [&[u8]; 7] = [
    b"\"Records\"",
    b"\"eventVersion\"",
    b"\"eventTime\"",
    b"\"eventSource\"",
    b"\"eventName\"",
    b"\"eventID\"",
    b"\"userIdentity\"",
];

/// Returns true if bytes that are damaged have a name that log files have.
pub fn resembles_cloudtrail(bytes: &[u8]) -> bool {
    let mut names = LOG_FILE_NAMES.iter();
    names.any(|name| memchr::memmem::find(bytes, name).is_some())
}

#[derive(Default)]
struct LineSigns {
    source: bool,
    name: bool,
}

/// Returns true if an object of OCSF's is in the text that names CloudTrail as its product.
fn shows_ocsf(bytes: &[u8]) -> bool {
    let has = |sign: &[u8]| memchr::memmem::find(bytes, sign).is_some();
    has(b"\"class_uid\"") && has(b"\"CloudTrail\"") && has(b"\"operation\"")
}

/// Returns true if a document of the Elastic Common Schema is in the text that is of CloudTrail.
fn shows_ecs(bytes: &[u8]) -> bool {
    let has = |sign: &[u8]| memchr::memmem::find(bytes, sign).is_some();
    let mut providers = memchr::memmem::find_iter(bytes, b"provider");
    has(b"cloudtrail")
        && has(b"action")
        && providers.any(|place| {
            let rest = bytes.get(place..).unwrap_or_default();
            has_value(rest, &[b"provider"], true)
        })
}

/// The fields of which a table with its names apart from its values has all. Selectors of events
/// name some of them as values, too, but not the time.
const NAMES_APART: [[&[u8]; 2]; 3] = [
    [b"event", b"time"],
    [b"event", b"source"],
    [b"event", b"name"],
];

/// Returns true if the names of fields are values in the text, and an event source is another.
fn shows_names_apart(bytes: &[u8]) -> bool {
    let is_there = |words: &[&[u8]; 2]| {
        let mut places = memchr2_iter(b'e', b'E', bytes);
        places.any(|place| {
            let before = place.checked_sub(1).and_then(|before| bytes.get(before));
            let rest = bytes.get(place..).and_then(|rest| after_name(rest, words));
            before == Some(&b'"') && rest.is_some_and(is_end_of_element)
        })
    };
    let mut sources = memchr::memmem::find_iter(bytes, SOURCE_END);
    NAMES_APART.iter().all(is_there) && sources.any(|place| is_whole_source(bytes, place))
}

/// Returns true if a text begins with the end of a string that is no name of a member.
fn is_end_of_element(text: &[u8]) -> bool {
    let after = text.strip_prefix(b"\"").map(<[u8]>::trim_ascii_start);
    after.is_some_and(|after| matches!(after.first(), Some(b',' | b']' | b'}')))
}

/// Returns true if the end of an event source at a place is that of a string with nothing else.
fn is_whole_source(bytes: &[u8], place: usize) -> bool {
    let (before, after) = bytes.split_at_checked(place).unwrap_or_default();
    let host = before
        .iter()
        .rev()
        .take_while(|byte| is_part_of_host(**byte))
        .count();
    let start = before
        .len()
        .checked_sub(host + 1)
        .and_then(|start| before.get(start));
    let end = after.get(SOURCE_END.len());
    host > 0 && start == Some(&b'"') && end == Some(&b'"')
}

/// Returns true if a text begins with a name, of these words, that a value in quotes follows; with
/// `of_service`, one that is the host name of a service.
fn has_value(text: &[u8], words: &[&[u8]], of_service: bool) -> bool {
    let value = after_name(text, words).and_then(value_in_quotes);
    value.is_some_and(|value| !of_service || is_service(value))
}

/// Returns true if a name of these words and a value without quotes are a line of YAML, an element
/// of XML or a pair of a log line at this place.
fn has_bare_value(bytes: &[u8], place: usize, words: &[&[u8]], of_service: bool) -> bool {
    let (before, text) = bytes.split_at_checked(place).unwrap_or_default();
    let Some((separator, rest)) = after_name(text, words).and_then(<[u8]>::split_first) else {
        return false;
    };
    let value = without_spaces(rest);
    let word = host(value);
    let is_value = match of_service {
        true => is_service(word),
        false => !word.is_empty(),
    };
    // The text before is looked at last. A line of YAML has one value that ends it, so that no line
    // is looked at twice, however long it is.
    is_value
        && is_end_of_bare_value(*separator, value.get(word.len()))
        && may_precede_bare_name(*separator, before)
}

/// Returns true if a text may be before a name that this separator follows.
fn may_precede_bare_name(separator: u8, before: &[u8]) -> bool {
    match separator {
        b':' => is_begin_of_line(before),
        b'>' => before.ends_with(b"<"),
        b'=' => before.last().is_none_or(u8::is_ascii_whitespace),
        _ => false,
    }
}

/// Returns true if nothing but white space and the sign of an element is before a place in its
/// line.
fn is_begin_of_line(before: &[u8]) -> bool {
    let mut line = before.rsplit(|byte| *byte == b'\n');
    let line = line.next().unwrap_or_default().trim_ascii();
    line.is_empty() || line == b"-"
}

fn without_spaces(text: &[u8]) -> &[u8] {
    let spaces = text.iter().take_while(|byte| **byte == b' ');
    text.get(spaces.count()..).unwrap_or_default()
}

/// Returns true if a byte ends a value without quotes after this separator.
fn is_end_of_bare_value(separator: u8, byte: Option<&u8>) -> bool {
    match separator {
        b'>' => byte == Some(&b'<'),
        b':' => byte.is_none_or(|byte| matches!(byte, b'\r' | b'\n')),
        _ => byte.is_none_or(u8::is_ascii_whitespace),
    }
}

/// Returns the text after a name of words that `_`, `-` or a space may separate.
fn after_name<'t>(text: &'t [u8], words: &[&[u8]]) -> Option<&'t [u8]> {
    let mut rest = text;
    for (number, word) in words.iter().enumerate() {
        if number > 0 && matches!(rest.first(), Some(b'_' | b'-' | b' ')) {
            rest = rest.get(1..)?;
        }
        let (begin, after) = rest.split_at_checked(word.len())?;
        if !begin.eq_ignore_ascii_case(word) {
            return None;
        }
        rest = after;
    }
    Some(rest)
}

/// Returns the text after `": "`, in any escape of the quotes.
fn value_in_quotes(text: &[u8]) -> Option<&[u8]> {
    let mut has_colon = false;
    for (place, byte) in text.iter().enumerate().take(GAP_BYTES) {
        match byte {
            b':' if !has_colon => has_colon = true,
            b'"' | b'\'' if has_colon => return text.get(place..).map(without_quotes),
            b'"' | b'\'' | b'\\' | b' ' | b'\t' | b'\r' | b'\n' => {}
            _ => return None,
        }
    }
    None
}

/// Returns a text without the quotes that it begins with, which tables double.
fn without_quotes(text: &[u8]) -> &[u8] {
    let quotes = text
        .iter()
        .take_while(|byte| matches!(byte, b'"' | b'\'' | b'\\'));
    text.get(quotes.count()..).unwrap_or_default()
}

/// Returns true if a text begins with the host name of a service.
fn is_service(text: &[u8]) -> bool {
    memchr::memmem::find(host(text), SOURCE_END).is_some()
}

/// Returns the signs of a host name that a text begins with.
fn host(text: &[u8]) -> &[u8] {
    let host = text.get(..HOST_BYTES).unwrap_or(text);
    let end = host.iter().position(|byte| !is_part_of_host(*byte));
    host.get(..end.unwrap_or(host.len())).unwrap_or(host)
}

fn is_part_of_host(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_show_in_any_spelling() {
        for text in [
            r#"{"eventSource":"kms.amazonaws.com","eventName":"Decrypt"}"#,
            r#"{"EVENT_NAME" : "Decrypt", "event_source" : "kms.amazonaws.com"}"#,
            r#"{"eventname":"Decrypt","eventsource":"kms.amazonaws.com.cn"}"#,
            r#"{"m":"{\"eventName\":\"Decrypt\",\"eventSource\":\"kms.amazonaws.com\"}"}"#,
            r#"{"m":"{\\\"eventName\\\":\\\"Decrypt\\\",\\\"eventSource\\\":\\\"kms.amazonaws.com\\\""#,
            r#"7,"{""eventName"":""Decrypt"",""eventSource"":""kms.amazonaws.com""}""#,
            "{'eventName': 'Decrypt', 'eventSource': 'kms.amazonaws.com'}",
            r#"{"a":["eventTime","eventSource","event_name"],"b":["t","kms.amazonaws.com","n"]}"#,
            r#"{"event":{"action":"n","provider":"kms.amazonaws.com"},"aws":{"cloudtrail":{}}}"#,
            "- eventName: Decrypt\n  eventSource: kms.amazonaws.com\n",
            "<eventName>Decrypt</eventName><eventSource>kms.amazonaws.com</eventSource>",
            "time=2 eventSource=kms.amazonaws.com eventName=Decrypt",
            r#"{"class_uid":6003,"api":{"operation":"Decrypt"},"product":{"name":"CloudTrail"}}"#,
        ] {
            assert!(shows_cloudtrail(text.as_bytes()), "{text}");
        }
    }

    /// A search that began at the start of the line for each name would take hours.
    #[test]
    fn a_long_line_of_names_is_searched_once() {
        let line = "eventName: ".repeat(1 << 20) + "x";
        assert!(!shows_cloudtrail(line.as_bytes()));
    }

    #[test]
    fn what_only_speaks_of_records_shows_none() {
        for text in [
            "",
            "event",
            r#"{"eventSource":"aws:s3","eventName":"ObjectCreated:Put"}"#,
            r#"{"eventSource":"kms.amazonaws.com"}"#,
            r#"{"FilterPattern":"{ $.eventSource = kms.amazonaws.com && $.eventName = \"Decrypt\" }"}"#,
            r#"{"detail":{"eventSource":["kms.amazonaws.com"],"eventName":["Decrypt"]}}"#,
            "The fields eventSource: kms.amazonaws.com and eventName: Decrypt",
            "Patterns:\n{ $.eventSource = kms.amazonaws.com && $.eventName=Decrypt }",
            "eventSource: kms.amazonaws.com and\neventName: Decrypt for keys",
            "eventSource: aws:s3\neventName: ObjectCreated",
            r#"{"a":["eventTime","eventSource","eventName"],"b":"see kms.amazonaws.com"}"#,
            r#"[{"Field":"eventSource","Equals":["kms.amazonaws.com"]},{"Field":"eventName"}]"#,
            r#"{"provider":"kms.amazonaws.com","action":"n"}"#,
            r#"{"eventSource":"see kms.amazonaws.com","eventName":"x"}"#,
        ] {
            assert!(!shows_cloudtrail(text.as_bytes()), "{text}");
        }
    }
}
