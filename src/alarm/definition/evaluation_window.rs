//! Where the windows of an alarm lie: they slide with the clock, or are the hours, days and weeks
//! of a time zone (user guide, "Alarm evaluation window").

use std::fmt;

use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::time::period::timestamp;

const DAY_SECONDS: u32 = 86_400;
const WEEK_SECONDS: u32 = 604_800;

/// What the offset of a time zone from UTC is a multiple of, in seconds: demanded of fixed ones
/// (API, `WallClockWindow`), true of all named ones since 1972.
pub(in crate::alarm) const OFFSET_GRID_SECONDS: u32 = 300;

/// The periods that a wall clock window may have, in seconds (API, `WallClockWindow`).
pub(in crate::alarm) const WALL_CLOCK_PERIODS: [u32; 5] =
    [60, 300, 3600, DAY_SECONDS, WEEK_SECONDS];

/// Where the windows of an alarm lie.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum EvaluationWindow {
    /// The newest ends with the minute of the evaluation.
    #[default]
    Sliding,
    /// The newest is the last complete minute, five minutes, hour, day or week of a time zone.
    WallClock(WallClock),
}

/// What goes behind the length of a period; nothing for sliding windows.
impl fmt::Display for EvaluationWindow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sliding => Ok(()),
            Self::WallClock(clock) => {
                write!(
                    f,
                    " on the wall clock of {}",
                    clock.timezone().unwrap_or("UTC")
                )
            }
        }
    }
}

/// The calendar of a time zone.
#[derive(Clone, Debug, PartialEq)]
pub struct WallClock {
    timezone: Option<String>,
    zone: TimeZone,
}

/// A time zone that does not exist, or that CloudWatch does not take.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no time zone: write a name such as America/New_York or an offset such as +05:30 or UTC+05:30, a multiple of \
     five minutes"
)]
pub struct UnknownTimeZone(String);

impl WallClock {
    /// The calendar of a time zone: an IANA name, an offset from UTC, or one with a prefix such as
    /// `UTC+05:30`; of UTC where there is none.
    ///
    /// # Errors
    ///
    /// When there is no such time zone, or its offset is no multiple of five minutes.
    pub fn new(timezone: Option<&str>) -> Result<Self, UnknownTimeZone> {
        let zone = match timezone {
            Some(name) => time_zone(name)?,
            None => TimeZone::UTC,
        };
        Ok(Self {
            timezone: timezone.map(str::to_owned),
            zone,
        })
    }

    /// The time zone as the alarm names it.
    pub fn timezone(&self) -> Option<&str> {
        self.timezone.as_deref()
    }

    /// When the period begins that this second is in; both in seconds since the epoch. A day begins
    /// with the first moment of its date, a week with its Monday.
    pub(in crate::alarm) fn period_start(&self, second: i64, period_seconds: u32) -> i64 {
        if period_seconds < DAY_SECONDS {
            let local =
                second.saturating_add(self.zone.to_offset(timestamp(second)).seconds().into());
            return second.saturating_sub(local.rem_euclid(i64::from(period_seconds.max(1))));
        }
        let date = self.zone.to_datetime(timestamp(second)).date();
        self.day_start(
            date,
            if period_seconds == WEEK_SECONDS {
                days_since_monday(date)
            } else {
                0
            },
        )
    }

    /// When the period ends that begins at this second.
    pub(in crate::alarm) fn period_end(&self, start: i64, period_seconds: u32) -> i64 {
        match period_seconds {
            DAY_SECONDS | WEEK_SECONDS => {
                let date = self.zone.to_datetime(timestamp(start)).date();
                self.day_start(date, -i64::from(period_seconds / DAY_SECONDS))
            }
            _ => start.saturating_add(period_seconds.into()),
        }
    }

    /// The first moment of the date that lies so many days before this one.
    fn day_start(&self, date: Date, days_before: i64) -> i64 {
        let date = date.saturating_sub(days_before.days());
        self.zone
            .to_timestamp(date.at(0, 0, 0, 0))
            .unwrap_or(jiff::Timestamp::MIN)
            .as_second()
    }
}

fn days_since_monday(date: Date) -> i64 {
    date.weekday().to_monday_zero_offset().into()
}

/// The time zone of a name: that of the IANA, an offset from UTC, or one with a prefix.
pub(in crate::alarm) fn time_zone(name: &str) -> Result<TimeZone, UnknownTimeZone> {
    zone(name).ok_or_else(|| UnknownTimeZone(name.to_owned()))
}

fn zone(name: &str) -> Option<TimeZone> {
    let offset = ["UTC", "GMT", "UT"]
        .iter()
        .find_map(|prefix| name.strip_prefix(prefix))
        .unwrap_or(name);
    if !offset.starts_with(['+', '-']) {
        return TimeZone::get(name).ok();
    }
    let zone = jiff::fmt::temporal::DateTimeParser::new()
        .parse_time_zone(offset)
        .ok()?;
    let seconds = zone.to_fixed_offset().ok()?.seconds();
    (seconds.unsigned_abs() % OFFSET_GRID_SECONDS == 0).then_some(zone)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(zone: &str, moment: &str, period_seconds: u32) -> [String; 2] {
        let clock = WallClock::new(Some(zone)).unwrap();
        let second = moment.parse::<jiff::Timestamp>().unwrap().as_second();
        let start = clock.period_start(second, period_seconds);
        [start, clock.period_end(start, period_seconds)].map(|second| timestamp(second).to_string())
    }

    #[test]
    fn periods_are_those_of_the_calendar_of_the_zone() {
        let hour = period("+05:30", "2026-03-04T10:15:00Z", 3600);
        assert_eq!(hour, ["2026-03-04T09:30:00Z", "2026-03-04T10:30:00Z"]);
        let short_day = period("America/New_York", "2026-03-08T12:00:00Z", DAY_SECONDS);
        assert_eq!(
            short_day,
            ["2026-03-08T05:00:00Z", "2026-03-09T04:00:00Z"],
            "23 hours"
        );
        let week = period("UTC", "2026-03-04T10:15:00Z", WEEK_SECONDS);
        assert_eq!(week, ["2026-03-02T00:00:00Z", "2026-03-09T00:00:00Z"]);
        let no_midnight = period("America/Sao_Paulo", "2018-11-04T12:00:00Z", DAY_SECONDS);
        assert_eq!(
            no_midnight,
            ["2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z"]
        );
    }

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
            assert!(WallClock::new(Some(good)).is_ok(), "{good}");
        }
        for wrong in [
            "",
            "Atlantis/City",
            "+05:31",
            "UTC+",
            "+5",
            "UTC+05:30[Asia/Kolkata]",
        ] {
            assert!(WallClock::new(Some(wrong)).is_err(), "{wrong}");
        }
    }
}
