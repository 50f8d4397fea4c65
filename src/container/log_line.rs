//! Lines of a log: a time, and the message behind it, as the export of a log group to S3 writes
//! them.

use jiff::Timestamp;

/// The longest time at the beginning of a line, in bytes.
const TIME_LIMIT: usize = 40;

/// A line whose message is a JSON object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct LogLine {
    /// The time that it begins with.
    pub(super) time: Timestamp,
    /// Where the message begins, in bytes.
    pub(super) message: usize,
}

/// Returns whether bytes begin with a line of a log whose message is a JSON object.
pub(super) fn is_log(bytes: &[u8]) -> bool {
    let head = bytes.get(..2 * TIME_LIMIT).unwrap_or(bytes);
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) => {
            std::str::from_utf8(head.get(..error.valid_up_to()).unwrap_or_default()).unwrap_or("")
        }
    };
    log_line(text).is_some()
}

/// The line that a text begins with: a time, in ISO 8601 or in milliseconds since the epoch, and a
/// JSON object.
pub(super) fn log_line(text: &str) -> Option<LogLine> {
    let head = text.get(..TIME_LIMIT.min(text.len())).unwrap_or(text);
    let (word, _) = head.split_once([' ', '\t'])?;
    let behind = text.get(word.len()..)?;
    let message = word.len() + (behind.len() - behind.trim_start_matches([' ', '\t']).len());
    let is_object = text
        .get(message..)
        .is_some_and(|message| message.starts_with('{'));
    let time = word.parse::<Timestamp>().ok().or_else(|| {
        let milliseconds = word.parse().ok().filter(|_| word.len() >= 10)?;
        Timestamp::from_millisecond(milliseconds).ok()
    });
    time.filter(|_| is_object)
        .map(|time| LogLine { time, message })
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
