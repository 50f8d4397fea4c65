//! The beginnings of lines: a time, a header of syslog or the name of a container, and the JSON
//! after it.

use jiff::Timestamp;

use crate::container::schema::standing::is_of_caller;

/// The longest time at the beginning of a line, in bytes.
const TIME_LIMIT: usize = 40;

/// The fewest digits of a time in milliseconds: it is after 2001 then, and not just a number.
const MILLISECONDS_DIGITS: usize = 10;

/// The longest text before the JSON of a line, in bytes. A header of syslog with structured data
/// may have some hundred.
const PREFIX_LIMIT: usize = 1024;

/// The longest line before JSON on lines of its own: a time, and the name of a log stream, which
/// has at most 512 characters.
const HEADING_LIMIT: usize = 1024;

/// The lines of a head in one of which a record must be, for it to be a log of lines with JSON.
const HEAD_LINES: usize = 4;

/// The names that show a record in a line.
pub(super) const SIGNS: [&str; 2] = ["eventName", "eventSource"];

/// The beginning of a line with JSON.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct LineStart {
    /// The time that the line begins with, in the form of CloudWatch Logs.
    pub(crate) time: Option<Timestamp>,
    /// The place of the JSON, in bytes.
    pub(crate) message: usize,
}

impl LineStart {
    /// Reads the beginning of the line that a text begins with.
    pub(crate) fn from_text(text: &str) -> Self {
        if text.starts_with(['{', '[', '"']) && !is_prefix_in_brackets(text) {
            return Self::default();
        }
        log_line(text)
            .or_else(|| log_heading(text))
            .unwrap_or_else(|| Self {
                time: None,
                message: prefix_length(text).unwrap_or_default(),
            })
    }

    /// Returns true if a place is within the value of a field of a log of requests.
    pub(crate) fn is_in_value(text: &str, place: usize) -> bool {
        let before = text.get(..place).unwrap_or_default();
        let near = before.floor_char_boundary(place.saturating_sub(PREFIX_LIMIT));
        let near = before.get(near..).unwrap_or_default();
        match near.rsplit_once('\n') {
            Some((_, line)) => is_text_with_value(line),
            None if near.len() == before.len() => is_text_with_value(near),
            // The line begins out of reach. It may be that of a long request, unless it is JSON.
            None => !has_names(near),
        }
    }

    /// Reads the beginning of the line around a place, if the line begins close before it.
    pub(crate) fn around(text: &str, place: usize) -> Option<Self> {
        let before = text.as_bytes().get(..place)?;
        // Without a limit, a long line would be searched to its beginning for each of its values.
        let near = place.saturating_sub(PREFIX_LIMIT);
        let newline = memchr::memrchr(b'\n', before.get(near..)?)?;
        Some(Self::from_text(text.get(near + newline + 1..)?))
    }
}

/// Returns true if bytes begin with a line of a log whose message is a JSON object, or a record in
/// the form of a string.
pub(crate) fn is_log(head: &[u8]) -> bool {
    // The head may end within a character.
    let valid = head.utf8_chunks().next().map(|chunk| chunk.valid());
    let text = valid.unwrap_or_default();
    let is_log = log_line(text).is_some() || log_heading(text).is_some();
    is_log || text.lines().take(HEAD_LINES).any(shows_record)
}

/// Returns true if a line has a prefix and the names of a record. Only the end of the head may be
/// the end of the line, too.
fn shows_record(line: &str) -> bool {
    let has_json = line.starts_with("\"{") || line.starts_with('{');
    let has_prefix = has_json || prefix_length(line).is_some();
    has_prefix && SIGNS.iter().all(|sign| line.contains(sign))
}

/// Returns the line that a text begins with: a time, in ISO 8601 or in milliseconds since the
/// epoch, and a JSON object.
fn log_line(text: &str) -> Option<LineStart> {
    // Without a limit, a long document without spaces would be searched to its end.
    let head = text.get(..TIME_LIMIT.min(text.len())).unwrap_or(text);
    let (word, _) = head.split_once([' ', '\t'])?;
    let rest = text.get(word.len()..)?;
    let message = rest.trim_start_matches([' ', '\t']);
    if !message.starts_with('{') {
        return None;
    }
    Some(LineStart {
        time: Some(time(word)?),
        message: text.len() - message.len(),
    })
}

/// Returns the line that a text begins with, as `aws logs tail --format json` prints it: the time
/// of an event, the name of its stream, and JSON on the lines after it.
fn log_heading(text: &str) -> Option<LineStart> {
    let head = text.floor_char_boundary(HEADING_LIMIT);
    let (line, _) = text.get(..head)?.split_once('\n')?;
    let (word, stream) = line.trim_end().split_once(' ')?;
    let message = text.get(line.len() + 1..)?;
    let is_heading = !stream.contains([' ', '{', '"']) && message.starts_with(['{', '[']);
    let time = is_heading.then(|| word.parse().ok()).flatten()?;
    Some(LineStart {
        time: Some(time),
        message: text.len() - message.len(),
    })
}

fn time(word: &str) -> Option<Timestamp> {
    let time = word.parse().ok();
    time.or_else(|| time_in_milliseconds(word))
}

fn time_in_milliseconds(word: &str) -> Option<Timestamp> {
    let time = Timestamp::from_millisecond(word.parse().ok()?).ok()?;
    (word.len() >= MILLISECONDS_DIGITS).then_some(time)
}

/// Returns true if a text has the names of members of JSON.
fn has_names(text: &str) -> bool {
    text.contains("\":")
}

/// Returns true if the beginning of a line is not of JSON, and ends within a value.
fn is_text_with_value(line: &str) -> bool {
    let start = line.trim_start();
    // JSON whose beginning was cut off is still recognized by its names.
    let is_json = start.starts_with(['{', '[', '"', '}', ']', ',']) || has_names(start);
    !is_json && is_value_of_access_log(start)
}

/// Returns the length of the text before the object in the first line of a text.
fn prefix_length(text: &str) -> Option<usize> {
    let head = text.as_bytes();
    let head = head.get(..PREFIX_LIMIT).unwrap_or(head);
    for place in memchr::memchr2_iter(b'{', b'\n', head) {
        match text.as_bytes().get(place..) {
            // An object on a later line is not what this line has a prefix for.
            Some([b'\n', ..]) | None => return None,
            Some(rest) if begins_object(rest) => {
                return (!is_value_of_access_log(text.get(..place)?)).then_some(place);
            }
            Some(_) => {}
        }
    }
    None
}

/// Returns true if what follows the beginning of a line is a value in it, such as the user agent in
/// the log of a web server: any stranger may write what resembles a record there.
pub(super) fn is_value_of_access_log(before: &str) -> bool {
    let quotes = before.bytes().filter(|byte| *byte == b'"').count();
    // The request is in quotes, and a server may write quotes in a value without an escape.
    let has_request = before.contains(" HTTP/");
    !quotes.is_multiple_of(2) || has_request || is_of_caller(name_before_value(before))
}

/// Returns the name whose value follows a text, as in `agent=`; nothing if there is none.
fn name_before_value(text: &str) -> &str {
    let names = text.trim_end().strip_suffix('=').unwrap_or_default();
    let mut words = names.rsplit([' ', '\t', ',', ';']);
    words.next().unwrap_or_default()
}

fn begins_object(bytes: &[u8]) -> bool {
    let rest = bytes.get(1..).unwrap_or_default();
    rest.trim_ascii_start().starts_with(b"\"")
}

/// Returns true if a text begins with something in brackets that is not JSON, such as a time.
fn is_prefix_in_brackets(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('[') else {
        return false;
    };
    let is_json = rest.trim_start().starts_with(['{', '[', '"', ']']);
    let prefix = prefix_length(text).and_then(|place| text.get(..place));
    !is_json && prefix.is_some_and(|prefix| prefix.contains("] "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_begins_with_its_time() {
        let found = |text: &str| {
            let line = LineStart::from_text(text);
            line.time.map(|time| (time.as_millisecond(), line.message))
        };
        assert_eq!(
            found("2026-02-03T04:05:06.007Z {\"a\":1}"),
            Some((1_770_091_506_007, 25))
        );
        assert_eq!(found("1770091506007\t {"), Some((1_770_091_506_007, 15)));
        for other in [
            "",
            "{\"a\":1}",
            "7 {}",
            "2026-02-03T04:05:06Z",
            "2026-02-03T04:05:06Z x",
            "x {}",
            "é {}",
        ] {
            assert_eq!(found(other), None, "{other}");
        }
    }

    #[test]
    fn json_may_follow_a_line_with_its_time() {
        let text = "2026-02-03T04:05:06.007000+00:00 1_CloudTrail_eu-west-1 \n{\n\"a\":1}\n";
        let line = LineStart::from_text(text);
        let time = line.time.map(Timestamp::as_millisecond);
        let message = text.find('{').unwrap();
        assert_eq!((time, line.message), (Some(1_770_091_506_007), message));
        assert!(is_log(text.as_bytes()));
        for other in [
            "2026-02-03T04:05:06Z a b\n{}",
            "2026-02-03T04:05:06Z a\nb {}",
            "2026-02-03T04:05:06Z\n{}",
            "yesterday a\n{}",
        ] {
            assert_eq!(log_heading(other), None, "{other}");
        }
    }

    #[test]
    fn json_may_follow_a_prefix_on_its_line() {
        let message = |text: &str| LineStart::from_text(text).message;
        for prefix in [
            "<13>1 2026-03-02T02:00:00Z host app - - - ",
            "Mar  2 02:00:00 host cloudtrail[7]: ",
            "[2026-03-02 02:00:00] ",
            "2026-03-02T02:00:00+00:00\taws.cloudtrail\t",
            "2026-03-02T02:00:00.1Z stdout F ",
            "trail_1  | ",
        ] {
            let line = format!("{prefix}{{\"eventName\":1,\"eventSource\":2}}");
            assert_eq!(message(&line), prefix.len(), "{line}");
            assert!(is_log(line.as_bytes()), "{line}");
        }
        for text in ["{\"a\":1}", "[1,{\"a\":1}]", "[{\"a\":1}]", "x\n{\"a\":1}"] {
            assert_eq!(message(text), 0, "{text}");
        }
        for text in [
            "192.0.2.1 - - [02/Mar/2026:02:00:00 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"{\"eventName\":1",
            "192.0.2.1 \"GET / HTTP/1.1\" 200 \"\" {\"eventName\":1,\"eventSource\":2}",
            "level=info user_agent={\"eventName\":1,\"eventSource\":2}",
        ] {
            assert_eq!(message(text), 0, "{text}");
            assert!(!is_log(text.as_bytes()), "{text}");
            assert!(LineStart::is_in_value(text, text.find("{\"").unwrap()));
        }
        let far = format!("{}{{\"a\":1}}", "x".repeat(PREFIX_LIMIT));
        assert_eq!(message(&far), 0);
        assert!(!is_log(b"# The fields eventName and eventSource\n"));
        assert!(!is_log(b"let x = json!({\"a\": 1});\n"));
    }
}
