//! The position of an alarm's windows: they slide with the clock, or are the hours, days and weeks
//! of a time zone (user guide, "Alarm evaluation window").

use std::fmt;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::alarm::definition::time_zone::{UnknownTimeZone, time_zone};
use crate::time::period::{self, timestamp};

const DAY_SECONDS: u32 = period::DAY_SECONDS as u32;
const WEEK_SECONDS: u32 = 7 * DAY_SECONDS;

/// The possible periods of a wall clock window, in seconds (API, `WallClockWindow`).
pub(super) const WALL_CLOCK_PERIODS: [u32; 5] = [60, 300, 3600, DAY_SECONDS, WEEK_SECONDS];

/// The position of an alarm's windows.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum EvaluationWindow {
    /// The newest window ends with the minute of the evaluation.
    #[default]
    Sliding,
    /// The newest window is the last complete minute, five minutes, hour, day or week of a time
    /// zone.
    WallClock(WallClock),
}

/// The words after the length of a period; none for sliding windows.
impl fmt::Display for EvaluationWindow {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::WallClock(clock) = self else {
            return Ok(());
        };
        let timezone = clock.timezone().unwrap_or("UTC");
        write!(formatter, " on the wall clock of {timezone}")
    }
}

/// The calendar of a time zone.
#[derive(Clone, Debug, PartialEq)]
pub struct WallClock {
    timezone: Option<String>,
    zone: TimeZone,
}

impl WallClock {
    /// Returns the calendar of a time zone: an IANA name, an offset from UTC, or one with a prefix
    /// such as `UTC+05:30`; that of UTC without a name.
    ///
    /// # Errors
    ///
    /// Returns an error if there is no such time zone, or its offset is not a multiple of five
    /// minutes.
    pub fn new(timezone: Option<&str>) -> Result<Self, UnknownTimeZone> {
        let zone = timezone.map_or(Ok(TimeZone::UTC), time_zone)?;
        Ok(Self {
            timezone: timezone.map(str::to_owned),
            zone,
        })
    }

    /// Returns the time zone as the alarm names it.
    pub fn timezone(&self) -> Option<&str> {
        self.timezone.as_deref()
    }

    /// Returns the start of the period that contains this second; both in seconds since the epoch.
    /// A day begins with the first moment of its date, a week with its Monday.
    pub(in crate::alarm) fn period_start(&self, second: i64, period_seconds: u32) -> i64 {
        match period_seconds {
            DAY_SECONDS => self.day_start(self.date(second), 0),
            WEEK_SECONDS => self.week_start(self.date(second)),
            _ => self.short_period_start(second, period_seconds),
        }
    }

    /// Returns the start of a period of less than a day, which begins at a multiple of its length
    /// in local time.
    fn short_period_start(&self, second: i64, period_seconds: u32) -> i64 {
        let offset = self.zone.to_offset(timestamp(second)).seconds();
        let local = second.saturating_add(offset.into());
        // A period of 0 is not valid, but a definition that was not validated must not panic.
        second.saturating_sub(local.rem_euclid(i64::from(period_seconds.max(1))))
    }

    fn week_start(&self, date: Date) -> i64 {
        let days_since_monday = date.weekday().to_monday_zero_offset();
        self.day_start(date, days_since_monday.into())
    }

    /// Returns the first moment of the date this many days before another.
    fn day_start(&self, date: Date, days_before: i64) -> i64 {
        let midnight = date.saturating_sub(days_before.days()).at(0, 0, 0, 0);
        // Some time zones skip midnight when they set their clocks forward; then this is the moment
        // after the gap.
        let start = self.zone.to_timestamp(midnight);
        start.unwrap_or(Timestamp::MIN).as_second()
    }

    fn date(&self, second: i64) -> Date {
        self.zone.to_datetime(timestamp(second)).date()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_those_of_the_calendar_of_the_zone() {
        // Around the beginnings of two periods in a row: those of an hour, a day of 23 hours, a
        // week, and a day that has no midnight.
        let rows = [
            (
                "+05:30",
                3600,
                "2026-03-04T09:30:00Z",
                "2026-03-04T10:30:00Z",
            ),
            (
                "America/New_York",
                DAY_SECONDS,
                "2026-03-08T05:00:00Z",
                "2026-03-09T04:00:00Z",
            ),
            (
                "UTC",
                WEEK_SECONDS,
                "2026-03-02T00:00:00Z",
                "2026-03-09T00:00:00Z",
            ),
            (
                "America/Sao_Paulo",
                DAY_SECONDS,
                "2018-11-04T03:00:00Z",
                "2018-11-05T02:00:00Z",
            ),
        ];
        for (zone, period_seconds, first, second) in rows {
            let clock = WallClock::new(Some(zone)).unwrap();
            let start = |second| clock.period_start(second, period_seconds);
            let [first, second] =
                [first, second].map(|moment| moment.parse::<Timestamp>().unwrap().as_second());
            assert_eq!([start(first), start(second - 1)], [first; 2], "{zone}");
            assert_eq!(start(second), second, "{zone}");
        }
    }
}
