//! The time zones that CloudWatch accepts.

use jiff::tz::TimeZone;

use crate::text::printable;

/// The grid that the UTC offset of every time zone lies on, in seconds. AWS requires it of fixed
/// offsets (API, `WallClockWindow`), and all named time zones have been on it since 1972.
pub(in crate::alarm) const OFFSET_GRID_SECONDS: u32 = 300;

/// The prefixes that an offset may have.
const OFFSET_PREFIXES: [&str; 3] = ["UTC", "GMT", "UT"];

/// A time zone that does not exist, or that CloudWatch does not accept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{}` is not a time zone: write a name such as America/New_York or an offset such as +05:30 \
     or UTC+05:30, a multiple of five minutes",
    printable(.0)
)]
pub struct UnknownTimeZone(String);

/// Returns the time zone of an IANA name, an offset from UTC, or an offset with a prefix.
///
/// # Errors
///
/// Returns an error for any other name.
pub(super) fn time_zone(name: &str) -> Result<TimeZone, UnknownTimeZone> {
    let offset = without_prefix(name);
    let zone = if offset.starts_with(['+', '-']) {
        fixed_zone(offset)
    } else {
        TimeZone::get(name).ok()
    };
    zone.ok_or_else(|| UnknownTimeZone(name.to_owned()))
}

fn without_prefix(name: &str) -> &str {
    for prefix in OFFSET_PREFIXES {
        if let Some(offset) = name.strip_prefix(prefix) {
            return offset;
        }
    }
    name
}

fn fixed_zone(offset: &str) -> Option<TimeZone> {
    let parser = jiff::fmt::temporal::DateTimeParser::new();
    let zone = parser.parse_time_zone(offset).ok()?;
    let seconds = zone.to_fixed_offset().ok()?.seconds().unsigned_abs();
    seconds.is_multiple_of(OFFSET_GRID_SECONDS).then_some(zone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_zones_are_those_that_cloudwatch_takes() {
        for good in [
            "UTC",
            "Europe/Berlin",
            "+05:30",
            "-03:00",
            "UTC+05:30",
            "GMT-01:00",
            "UTC",
        ] {
            assert!(time_zone(good).is_ok(), "{good}");
        }
        for wrong in [
            "",
            "Atlantis/City",
            "+05:31",
            "UTC+",
            "+5",
            "UTC+05:30[Asia/Kolkata]",
        ] {
            assert!(time_zone(wrong).is_err(), "{wrong}");
        }
    }
}
