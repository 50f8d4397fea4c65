//! Times and durations as people write them.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp, ToSpan};

/// The longest offset, in seconds.
const OFFSET_LIMIT_SECONDS: f64 = 3600.0;

/// A text that is neither a time nor a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write a time such as `2026-03-04T09:15:00Z` or a date such as `2026-03-04`")]
pub struct InvalidTime;

/// A text that is neither a time nor a date, and not relative to the present time either.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "write a time such as `2026-03-04T09:15:00Z`, a date such as `2026-03-04`, a duration before \
     now such as `30d`, `12h` or `2w`, or `yesterday` or `today`"
)]
pub struct InvalidMoment;

/// A text that is not a duration, or a negative one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write a duration such as 90s, 5m or 1h")]
pub struct InvalidDuration;

/// A text that is not a number of seconds up to an hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write a number of seconds between 0 and 3600")]
pub struct InvalidOffset;

/// Parses an RFC 3339 time, or a date, which means its midnight in UTC.
///
/// # Errors
///
/// Returns an error if the text is neither.
pub fn parse_time(text: &str) -> Result<Timestamp, InvalidTime> {
    if let Ok(time) = text.parse() {
        return Ok(time);
    }
    parse_date(text).ok_or(InvalidTime)
}

fn parse_date(text: &str) -> Option<Timestamp> {
    // jiff also takes the date of a longer text, such as a time without an offset. Which moment
    // that text means is unknown, so only a bare date is accepted.
    let is_bare = text.len() <= "2026-03-04".len();
    let date: Date = text.parse().ok().filter(|_| is_bare)?;
    TimeZone::UTC.to_timestamp(date.at(0, 0, 0, 0)).ok()
}

/// Parses a time or a date, or a time relative to `now`: a duration before it, or the midnight in
/// UTC that `today` or `yesterday` began with. Times relative to now are whole seconds.
///
/// # Errors
///
/// Returns an error if the text is none of these.
pub fn parse_moment(text: &str, now: Timestamp) -> Result<Timestamp, InvalidMoment> {
    if let Ok(time) = parse_time(text) {
        return Ok(time);
    }
    let moment = match text {
        "today" => midnight(now, 0.days()),
        "yesterday" => midnight(now, 1.day()),
        text => before(now, text),
    };
    moment.ok_or(InvalidMoment)
}

/// Returns the midnight in UTC with which a day began, this many days before today.
fn midnight(now: Timestamp, days: Span) -> Option<Timestamp> {
    let today = now.to_zoned_datetime(TimeZone::UTC).date();
    let midnight = today.checked_sub(days).ok()?.at(0, 0, 0, 0);
    TimeZone::UTC.to_timestamp(midnight).ok()
}

/// Returns the time that is a duration before now.
fn before(now: Timestamp, text: &str) -> Option<Timestamp> {
    let span: Span = text.parse().ok()?;
    if span.is_negative() {
        return None;
    }
    let moment = now
        .to_zoned_datetime(TimeZone::UTC)
        .checked_sub(span)
        .ok()?;
    Timestamp::from_second(moment.timestamp().as_second()).ok()
}

/// Parses a duration such as `90s`, `5m` or `1h`, in seconds.
///
/// # Errors
///
/// Returns an error if the text is not a duration, or a negative one.
pub fn parse_duration_seconds(text: &str) -> Result<i64, InvalidDuration> {
    let duration: SignedDuration = text.parse().map_err(|_| InvalidDuration)?;
    if duration.is_negative() {
        return Err(InvalidDuration);
    }
    Ok(duration.as_secs())
}

/// Parses an offset of up to an hour, a number of seconds with or without a fraction, in
/// milliseconds.
///
/// # Errors
///
/// Returns an error if the text is not a number from 0 to 3600.
pub fn parse_offset_milliseconds(text: &str) -> Result<i64, InvalidOffset> {
    let seconds: f64 = text.parse().map_err(|_| InvalidOffset)?;
    if !(0.0..=OFFSET_LIMIT_SECONDS).contains(&seconds) {
        return Err(InvalidOffset);
    }
    Ok((seconds * 1000.0).round() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_dates_are_parsed() {
        let written = |text| parse_time(text).map(|time| time.to_string());
        assert_eq!(written("2026-03-04"), Ok("2026-03-04T00:00:00Z".to_owned()));
        assert_eq!(
            written("2026-03-04T09:15:00+01:00"),
            Ok("2026-03-04T08:15:00Z".to_owned())
        );
        for wrong in [
            "",
            "yesterday",
            "2026-13-01",
            "2026-03-04T09:15:00",
            "04.03.2026",
        ] {
            assert_eq!(parse_time(wrong), Err(InvalidTime), "{wrong}");
        }
    }

    #[test]
    fn moments_may_be_relative_to_now() {
        let now = "2026-03-04T09:15:00.5Z".parse().expect("a time");
        let written = |text| parse_moment(text, now).map(|time| time.to_string());
        for (text, expected) in [
            ("30d", "2026-02-02T09:15:00Z"),
            ("12h", "2026-03-03T21:15:00Z"),
            ("2w", "2026-02-18T09:15:00Z"),
            ("1 month", "2026-02-04T09:15:00Z"),
            ("today", "2026-03-04T00:00:00Z"),
            ("yesterday", "2026-03-03T00:00:00Z"),
            ("2026-01-01", "2026-01-01T00:00:00Z"),
        ] {
            assert_eq!(written(text), Ok(expected.to_owned()));
        }
        for wrong in ["", "30", "-1d", "1d ago", "tomorrow", "99999y", "d"] {
            assert_eq!(written(wrong), Err(InvalidMoment), "{wrong}");
        }
    }

    #[test]
    fn durations_are_parsed_as_seconds() {
        assert_eq!(parse_duration_seconds("90s"), Ok(90));
        assert_eq!(parse_duration_seconds("1h"), Ok(3600));
        for wrong in ["", "5", "-5m", "5 parsecs"] {
            assert_eq!(
                parse_duration_seconds(wrong),
                Err(InvalidDuration),
                "{wrong}"
            );
        }
    }

    #[test]
    fn offsets_are_parsed_as_milliseconds() {
        assert_eq!(parse_offset_milliseconds("0"), Ok(0));
        assert_eq!(parse_offset_milliseconds("1.2345"), Ok(1235));
        assert_eq!(parse_offset_milliseconds("3600"), Ok(3_600_000));
        for wrong in ["", "-1", "3600.1", "NaN", "1m"] {
            assert_eq!(
                parse_offset_milliseconds(wrong),
                Err(InvalidOffset),
                "{wrong}"
            );
        }
    }
}
