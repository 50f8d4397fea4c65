//! The times of events in tables, as CloudTrail writes times.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use serde_json::{Map, Number, Value};

/// The latest time as a count of seconds, in the year 5138. A larger count is of a finer unit: as
/// seconds it would be a time after any record.
const SECONDS_LIMIT: f64 = 1e11;

/// The counts in a second of the units of time, and the nanoseconds in each.
const UNITS: [(f64, i64); 4] = [
    (1.0, 1_000_000_000),
    (1e3, 1_000_000),
    (1e6, 1_000),
    (1e9, 1),
];

/// The smallest count of seconds that is a time: it is after 2001 then, and neither a date without
/// separators nor a count of days, as spreadsheets write times.
const FIRST_SECOND: f64 = 1e9;

/// The forms of the event history (sources, F14) and of Kibana, without the zone after them.
const SPELLED_OUT: [&str; 3] = [
    "%B %d, %Y, %H:%M:%S",
    "%B %d, %Y, %I:%M:%S %p",
    "%b %d, %Y @ %H:%M:%S%.f",
];

/// The form of Snowflake, with a zone after a space.
const WITH_ZONE: &str = "%Y-%m-%d %H:%M:%S%.f %z";

/// Returns a time that is a count since the epoch: of seconds, milliseconds, microseconds or
/// nanoseconds, whichever is a date of this age. A number that is too small or too large stays.
pub(super) fn since_epoch(count: Number) -> Value {
    match time_since_epoch(&count) {
        Some(time) => time.to_string().into(),
        None => Value::Number(count),
    }
}

fn time_since_epoch(count: &Number) -> Option<Timestamp> {
    Timestamp::from_nanosecond(nanoseconds(count)?).ok()
}

fn nanoseconds(number: &Number) -> Option<i128> {
    let count = number.as_f64().filter(|count| *count >= FIRST_SECOND)?;
    let (per_second, unit) = unit(count)?;
    if let Some(whole) = number.as_i64() {
        return Some(i128::from(whole) * i128::from(unit));
    }
    // A fraction is read to the microsecond, which is the precision of a number of this size.
    let microseconds = (count * 1e6 / per_second).round() as i128;
    Some(microseconds * 1_000)
}

fn unit(count: f64) -> Option<(f64, i64)> {
    let mut units = UNITS.into_iter();
    units.find(|(per_second, _)| count / per_second < SECONDS_LIMIT)
}

/// Returns the time in an object as MongoDB exports it: `{"$date":"2026-03-02T02:00:00Z"}`, or with
/// the milliseconds since the epoch. Any other object stays.
pub(super) fn exported(object: Map<String, Value>) -> Value {
    match date_in(&object) {
        Some(time) => time.to_string().into(),
        None => Value::Object(object),
    }
}

fn date_in(object: &Map<String, Value>) -> Option<Timestamp> {
    let date = object.get("$date")?;
    let date = date.get("$numberLong").unwrap_or(date);
    match date {
        Value::String(text) => text
            .parse()
            .ok()
            .or_else(|| milliseconds(text.parse().ok()?)),
        date => milliseconds(date.as_i64()?),
    }
}

fn milliseconds(count: i64) -> Option<Timestamp> {
    Timestamp::from_millisecond(count).ok()
}

/// Returns a time in one of the forms of tables as CloudTrail writes it; nothing for a text that
/// is so already, or is not a time. A time without a zone is in UTC in all of these tables.
pub(super) fn in_utc(text: &str) -> Option<String> {
    let text = text.trim();
    let time = match text.parse::<Timestamp>() {
        Ok(_) if text.ends_with('Z') => return None,
        Ok(time) => time,
        Err(_) => without_zone(text)
            .or_else(|| Timestamp::strptime(WITH_ZONE, text).ok())
            .or_else(|| counted(text))
            .or_else(|| spelled_out(text))?,
    };
    Some(time.to_string())
}

fn without_zone(text: &str) -> Option<Timestamp> {
    let local: DateTime = text.trim_end_matches(" UTC").parse().ok()?;
    TimeZone::UTC.to_timestamp(local).ok()
}

fn counted(text: &str) -> Option<Timestamp> {
    time_since_epoch(&text.parse().ok()?)
}

/// Returns a time as the event history prints it: `March 02, 2026, 02:00:00 (UTC+00:00)`.
fn spelled_out(text: &str) -> Option<Timestamp> {
    let (text, zone) = text.split_once(" (UTC").unwrap_or((text, ")"));
    let offset = offset(zone.strip_suffix(')')?)?;
    let mut forms = SPELLED_OUT.into_iter();
    let local = forms.find_map(|form| DateTime::strptime(form, text).ok())?;
    offset.to_timestamp(local).ok()
}

/// Returns an offset from UTC: nothing, or `+00:00`.
fn offset(text: &str) -> Option<Offset> {
    if text.is_empty() {
        return Some(Offset::UTC);
    }
    let (hours, minutes) = text.split_once(':')?;
    let seconds: i32 = hours.parse::<i32>().ok()?.checked_mul(3600)?;
    let minutes = minutes.parse::<i32>().ok()?.checked_mul(60)?;
    let sign = if hours.starts_with('-') { -1 } else { 1 };
    Offset::from_seconds(seconds.checked_add(sign * minutes)?).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn counts_since_the_epoch_are_times() {
        for (count, time) in [
            (json!(1_770_091_506), "2026-02-03T04:05:06Z"),
            (json!(1_770_091_506.0), "2026-02-03T04:05:06Z"),
            (json!(1_770_091_506.25), "2026-02-03T04:05:06.25Z"),
            (json!(1_770_091_506_007_i64), "2026-02-03T04:05:06.007Z"),
            (json!(1.770_091_506_007e18), "2026-02-03T04:05:06.007Z"),
        ] {
            let Value::Number(count) = count else {
                panic!("a number")
            };
            assert_eq!(since_epoch(count), Value::from(time));
        }
        for other in [1e300, 46_083.083_333, -1.770_091_506e9] {
            let other = Number::from_f64(other).expect("a number");
            assert_eq!(since_epoch(other.clone()), Value::Number(other));
        }
    }

    #[test]
    fn times_may_be_objects() {
        for object in [
            json!({"$date": "2026-03-02T02:00:00Z"}),
            json!({"$date": {"$numberLong": "1772416800000"}}),
            json!({"$date": 1_772_416_800_000_i64}),
        ] {
            let Value::Object(object) = object else {
                panic!("an object")
            };
            assert_eq!(exported(object), json!("2026-03-02T02:00:00Z"));
        }
        let other = Map::from_iter([("$date".to_owned(), json!([]))]);
        assert_eq!(exported(other.clone()), Value::Object(other));
    }

    #[test]
    fn the_forms_of_tables_are_times() {
        let known = "2026-03-02T02:00:00Z";
        for text in [
            "2026-03-02 02:00:00.000",
            "2026-03-02 02:00:00.000 UTC",
            "2026-03-02T02:00:00",
            "2026-03-02 02:00:00+00",
            "2026-03-02T04:00:00+02:00",
            "1772416800",
            "1772416800000",
            "March 02, 2026, 02:00:00 (UTC+00:00)",
            "March 02, 2026, 04:00:00 (UTC+02:00)",
            "March 01, 2026, 22:30:00 (UTC-03:30)",
            "March 02, 2026, 02:00:00 AM (UTC+00:00)",
            "March 02, 2026, 02:00:00",
            "Mar 2, 2026 @ 02:00:00.000",
            "Mar 02, 2026 @ 02:00:00",
            "2026-03-02 02:00:00.000 +0000",
            "2026-03-02 04:00:00 +0200",
        ] {
            assert_eq!(in_utc(text).as_deref(), Some(known), "{text}");
        }
        for other in [
            known,
            "",
            "yesterday",
            "177241680",
            "46083.0833333333",
            "March 02 (UTC",
            "-1772416800",
        ] {
            assert_eq!(in_utc(other), None, "{other}");
        }
    }
}
