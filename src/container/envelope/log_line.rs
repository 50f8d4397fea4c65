//! Lines of a log: a time and the message after it, as the export of a log group to S3 writes them.

use jiff::Timestamp;

/// The longest time at the beginning of a line, in bytes.
const TIME_LIMIT: usize = 40;

/// The fewest digits of a time in milliseconds: it is after 2001 then, and not just a number.
const MILLISECONDS_DIGITS: usize = 10;

/// The beginning of a line whose message is a JSON object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LogLine {
    /// The time that it begins with.
    pub(crate) time: Timestamp,
    /// The place of the message, in bytes.
    pub(crate) message: usize,
}

/// Returns true if bytes begin with a line of a log whose message is a JSON object.
pub(crate) fn is_log(bytes: &[u8]) -> bool {
    let head = bytes.get(..2 * TIME_LIMIT).unwrap_or(bytes);
    // The head may end within a character.
    let valid = head.utf8_chunks().next().map(|chunk| chunk.valid());
    valid.and_then(log_line).is_some()
}

/// Returns the line that a text begins with: a time, in ISO 8601 or in milliseconds since the
/// epoch, and a JSON object.
pub(crate) fn log_line(text: &str) -> Option<LogLine> {
    // Without a limit, a long document without spaces would be searched to its end.
    let head = text.get(..TIME_LIMIT.min(text.len())).unwrap_or(text);
    let (word, _) = head.split_once([' ', '\t'])?;
    let rest = text.get(word.len()..)?;
    let message = rest.trim_start_matches([' ', '\t']);
    if !message.starts_with('{') {
        return None;
    }
    Some(LogLine {
        time: time(word)?,
        message: text.len() - message.len(),
    })
}

fn time(word: &str) -> Option<Timestamp> {
    if let Ok(time) = word.parse() {
        return Some(time);
    }
    let milliseconds = word.parse().ok()?;
    let time = Timestamp::from_millisecond(milliseconds).ok()?;
    (word.len() >= MILLISECONDS_DIGITS).then_some(time)
}

#[cfg(test)]
mod tests {
    use super::log_line;

    #[test]
    fn a_line_begins_with_its_time() {
        let found =
            |text: &str| log_line(text).map(|line| (line.time.as_millisecond(), line.message));
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
}
