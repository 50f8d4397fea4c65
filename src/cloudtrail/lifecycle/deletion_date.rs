//! The date of a deletion, in the spellings that records have.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::time::aws::parse_aws_time;
use crate::time::period::to_microsecond;

/// The smallest number that is read as milliseconds. As seconds, it would be in the year 5138.
const FIRST_MILLISECONDS: f64 = 1e11;

/// The spellings of Java and of AWS's documentation, without commas and with plain spaces. `%B`
/// reads the full name of a month, and `%b` the short one.
const FORMATS: [&str; 4] = [
    "%b %d %Y %I:%M:%S %p",
    "%B %d %Y %I:%M:%S %p",
    "%b %d %Y %H:%M:%S",
    "%B %d %Y %H:%M:%S",
];

/// Parses the date of a deletion: as Java writes it in American English, in UTC, as ISO 8601 with
/// an offset, or as seconds or milliseconds since the epoch (sources, L9).
///
/// The number of commas and the space before `AM` or `PM` depend on the version of Java. A sample
/// of AWS has `PM` after an hour of 24, which already says as much (sources, L9).
pub fn parse(text: &str) -> Option<Timestamp> {
    let time = epoch(text)
        .or_else(|| text.parse().ok())
        .or_else(|| parse_aws_time(text))
        .or_else(|| in_words(text))?;
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

fn in_words(text: &str) -> Option<Timestamp> {
    let text = text.replace(',', " ");
    // The narrow no-break space and the no-break space are white space, too.
    let mut words: Vec<&str> = text.split_whitespace().collect();
    words.pop_if(|last| matches!(*last, "UTC" | "GMT" | "Z"));
    let civil = in_any_format(&words).or_else(|| in_any_format(without_needless_pm(&words)?))?;
    TimeZone::UTC.to_timestamp(civil).ok()
}

fn in_any_format(words: &[&str]) -> Option<DateTime> {
    let text = words.join(" ");
    let mut formats = FORMATS.into_iter();
    formats.find_map(|format| DateTime::strptime(format, &text).ok())
}

/// Returns the words without `PM` after an hour of the afternoon in 24.
fn without_needless_pm<'w, 't>(words: &'w [&'t str]) -> Option<&'w [&'t str]> {
    let (marker, others) = words.split_last()?;
    let (hour, _) = others.last()?.split_once(':')?;
    let is_afternoon = hour.parse().is_ok_and(|hour: u8| hour > 12);
    (is_afternoon && marker.eq_ignore_ascii_case("PM")).then_some(others)
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
            "Mar 3, 2026 10:00:00",
            "Mar 3, 2026, 10:00:00 AM UTC",
            "March 3, 2026 10:00:00 AM",
            "March 3, 2026 10:00:00 UTC",
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
    fn an_hour_of_24_may_have_a_needless_pm() {
        for text in ["Apr 12, 2026 18:58:30 PM", "April 12, 2026, 18:58:30"] {
            let date = parse(text).map(|date| date.to_string());
            assert_eq!(date.as_deref(), Some("2026-04-12T18:58:30Z"), "{text}");
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
            "Mar 3, 2026, 13:00:00 AM",
            "Mar 3, 2026, 25:00:00 PM",
            "Mar 3, 2026, 10:00:00 AM UTC UTC",
            "Mar 3, 2026",
            "3. März 2026, 10:00:00",
            "2026-03-03T10:00:00",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
