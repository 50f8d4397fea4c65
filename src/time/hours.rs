//! Sets of hours.

use std::collections::BTreeMap;
use std::ops::BitOrAssign;

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

use super::period::timestamp;

/// The number of seconds of an hour.
const HOUR_SECONDS: i64 = 3600;

/// The number of hours of a day.
const DAY_HOURS: i64 = 24;

/// A set of hours in UTC, numbered from the epoch.
// A year of an account and region has 8,760 hours, and an archive may have thousands of them. With
// a mask for each day, it is one entry in 24.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HourSet {
    /// For each day, its hours; at least one.
    days: BTreeMap<i32, DayHours>,
}

/// Hours of one day: a bit for each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DayHours(u32);

impl DayHours {
    /// Returns the number of the day that a moment is in, and the hour.
    pub fn from_moment(moment: Timestamp) -> (i32, Self) {
        let hour = hour_number(moment);
        // Timestamps have five-digit years at most, so their days fit.
        let day = hour.div_euclid(DAY_HOURS) as i32;
        (day, Self(1 << hour.rem_euclid(DAY_HOURS)))
    }

    /// Returns the hours, from 0 to 23, in order.
    fn of_day(self) -> impl Iterator<Item = i64> {
        (0..DAY_HOURS).filter(move |hour| self.0 & (1 << hour) != 0)
    }

    /// Returns a bit for each hour, that of the first hour being the lowest.
    pub fn bits(self) -> u32 {
        self.0
    }

    /// Returns the hours of bits. Those beyond a day are left out.
    pub fn from_bits(bits: u64) -> Self {
        let bits = bits & ((1 << DAY_HOURS) - 1);
        Self(u32::try_from(bits).unwrap_or_default())
    }
}

impl BitOrAssign for DayHours {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

/// Returns the number of the hour that a moment is in.
pub fn hour_number(moment: Timestamp) -> i64 {
    moment.as_second().div_euclid(HOUR_SECONDS)
}

/// Returns the number of the day that a moment is in.
pub fn day_number(moment: Timestamp) -> i64 {
    hour_number(moment).div_euclid(DAY_HOURS)
}

/// Returns the date of the day with this number since the epoch.
pub fn date_of_day(day: i32) -> Date {
    let start = start_of_hour(i64::from(day).saturating_mul(DAY_HOURS));
    TimeZone::UTC.to_datetime(start).date()
}

/// Returns the number of the day of a date since the epoch.
pub fn day_of_date(date: Date) -> i32 {
    // The dates of timestamps and those of the calendar differ by a few days at the ends, where the
    // nearest possible day is good enough.
    let start = TimeZone::UTC.to_timestamp(date.to_datetime(Time::midnight()));
    start.map_or(i32::MAX, |start| DayHours::from_moment(start).0)
}

/// Returns the first moment of an hour.
pub fn start_of_hour(hour: i64) -> Timestamp {
    timestamp(hour.saturating_mul(HOUR_SECONDS))
}

impl HourSet {
    /// Adds the hour that a moment is in.
    pub fn include(&mut self, moment: Timestamp) {
        let (day, hour) = DayHours::from_moment(moment);
        self.include_day(day, hour);
    }

    /// Adds hours of the day with this number.
    pub fn include_day(&mut self, day: i32, hours: DayHours) {
        if hours != DayHours::default() {
            *self.days.entry(day).or_default() |= hours;
        }
    }

    /// Adds the hours of `other`.
    pub fn merge(&mut self, other: &Self) {
        for (day, hours) in &other.days {
            self.include_day(*day, *hours);
        }
    }

    /// Returns true if the set has no hour.
    pub fn is_empty(&self) -> bool {
        self.days.is_empty()
    }

    /// Returns the number of hours.
    pub fn len(&self) -> u64 {
        let days = self.days.values();
        days.map(|hours| u64::from(hours.0.count_ones())).sum()
    }

    /// Returns the numbers of the hours, in order.
    pub fn numbers(&self) -> impl Iterator<Item = i64> {
        self.days.iter().flat_map(|(day, hours)| {
            let begin = i64::from(*day) * DAY_HOURS;
            hours.of_day().map(move |hour| begin + hour)
        })
    }

    /// Returns the number of the first hour.
    pub fn first(&self) -> Option<i64> {
        self.numbers().next()
    }

    /// Returns the number of the last hour.
    pub fn last(&self) -> Option<i64> {
        let (day, hours) = self.days.last_key_value()?;
        Some(i64::from(*day) * DAY_HOURS + i64::from(hours.0.checked_ilog2()?))
    }

    /// Returns the numbers of the first and the last hour.
    pub fn bounds(&self) -> Option<(i64, i64)> {
        Some((self.first()?, self.last()?))
    }

    /// Returns the longest time between an hour and the next one, in hours.
    pub fn longest_gap_hours(&self) -> i64 {
        let (mut longest, mut previous) = (0, None);
        for hour in self.numbers() {
            longest = longest.max(hour - previous.unwrap_or(hour));
            previous = Some(hour);
        }
        longest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(hours: &[i64]) -> HourSet {
        let mut set = HourSet::default();
        for hour in hours {
            set.include(start_of_hour(*hour));
        }
        set
    }

    #[test]
    fn hours_are_in_order_and_each_is_there_once() {
        let mut set = hours(&[50, -1, 0, 23, 50]);
        set.merge(&hours(&[24, -25]));
        let numbers: Vec<i64> = set.numbers().collect();
        assert_eq!(numbers, [-25, -1, 0, 23, 24, 50]);
        assert_eq!((set.len(), set.longest_gap_hours()), (6, 26));
        assert_eq!(set.last(), Some(50));
        assert_eq!(day_number(start_of_hour(-1)), -1);
        assert_eq!(hour_number(timestamp(7199)), 1);
    }

    #[test]
    fn an_empty_set_has_no_gap() {
        assert!(HourSet::default().is_empty());
        assert_eq!(HourSet::default().longest_gap_hours(), 0);
        assert_eq!(hours(&[7]).longest_gap_hours(), 0);
    }
}
