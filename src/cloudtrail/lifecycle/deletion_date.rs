//! The date of a deletion, in the spellings that records have.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::time::aws::parse_aws_time;
use crate::time::period::to_microsecond;

/// The smallest number that is read as milliseconds. As seconds, it would be in the year 5138.
const FIRST_MILLISECONDS: f64 = 1e11;

/// The spellings of Java, without commas and with plain spaces.
const JAVA_FORMAT: &str = "%b %d %Y %I:%M:%S %p";

/// Parses the date of a deletion: as Java writes it in American English, in UTC, as ISO 8601 with
/// an offset, or as seconds or milliseconds since the epoch (sources, L9).
///
/// The number of commas and the space before `AM` or `PM` depend on the version of Java.
pub fn parse(text: &str) -> Option<Timestamp> {
    let time = epoch(text)
        .or_else(|| text.parse().ok())
        .or_else(|| parse_aws_time(text))
        .or_else(|| java(text))?;
    Some(to_microsecond(time))
}

fn epoch(text: &str) -> Option<Timestamp> {
    let number: f64 = text
        .parse()
        .ok()
        .filter(|number: &f64| number.is_finite())?;
    let milliseconds = match number.abs() < FIRST_MILLISECONDS {
        true => number * 1000.0,
        false => number,
    };
    // A conversion saturates, and a time outside of the calendar is refused.
    Timestamp::from_millisecond(milliseconds.round() as i64).ok()
}

fn java(text: &str) -> Option<Timestamp> {
    let text = text.replace(',', " ");
    // The narrow no-break space and the no-break space are white space, too.
    let words: Vec<&str> = text.split_whitespace().collect();
    let time = DateTime::strptime(JAVA_FORMAT, words.join(" ")).ok()?;
    TimeZone::UTC.to_timestamp(time).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_read_in_every_spelling() {
        for text in [
            "Mar 3, 2026 10:00:00 AM",
            "Mar 3, 2026, 10:00:00 AM",
            "Mar 3, 2026, 10:00:00\u{202f}AM",
            "Mar 3, 2026 10:00:00\u{a0}AM",
            "Mar 03, 2026, 10:00:00 am",
            "2026-03-03T10:00:00Z",
            "2026-03-03T11:00:00+01:00",
            "2026-03-03T10:00:00.000+0000",
            "1772532000",
            "1772532000.0",
            "1.772532E9",
            "1772532000000",
        ] {
            let date = parse(text).map(|date| date.to_string());
            assert_eq!(date.as_deref(), Some("2026-03-03T10:00:00Z"), "{text}");
        }
    }

    #[test]
    fn noon_and_midnight_differ() {
        let hour = |text: &str| parse(text).map(|date| date.to_string());
        assert_eq!(
            hour("Jul 10, 2023, 12:07:59 PM").as_deref(),
            Some("2023-07-10T12:07:59Z")
        );
        assert_eq!(
            hour("Jul 10, 2023, 12:07:59 AM").as_deref(),
            Some("2023-07-10T00:07:59Z")
        );
    }

    #[test]
    fn other_texts_are_not_dates() {
        for text in [
            "",
            "soon",
            "NaN",
            "inf",
            "1e300",
            "Mar 32, 2026, 10:00:00 AM",
            "Mar 3, 2026, 13:00:00 PM",
            "Mar 3, 2026",
            "3. März 2026, 10:00:00",
            "2026-03-03T10:00:00",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
