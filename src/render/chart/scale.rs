//! Scales: from values and times to places in a chart, and the marks of their axes.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::time::period::DAY_SECONDS;

/// The distances of marks within days, in seconds.
const SHORT_STEPS_SECONDS: [i64; 13] = [
    1, 5, 15, 30, 60, 300, 900, 1_800, 3_600, 10_800, 21_600, 43_200, 86_400,
];

/// The distances of marks between days, in days.
const DAY_STEPS: [i64; 3] = [2, 7, 14];

/// The distances of marks between months, in months.
const MONTH_STEPS: [i64; 8] = [1, 3, 6, 12, 24, 60, 120, 240];

/// The shortest month, in days.
// By the shortest one, a step never gives more marks than were requested.
const MONTH_DAYS: i64 = 28;

/// The most marks of an axis of numbers.
// A step fits the number of marks that is requested, so only rounding could make more of them.
const TICK_LIMIT: u32 = 50;

/// A scale of numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LinearScale {
    first: f64,
    last: f64,
    start: f64,
    end: f64,
}

impl LinearScale {
    /// Returns the scale that puts the values from `first` to `last` between two places.
    pub fn new((first, last): (f64, f64), (start, end): (f64, f64)) -> Self {
        Self {
            first,
            last,
            start,
            end,
        }
    }

    /// Returns the place of a value.
    pub fn place(&self, value: f64) -> f64 {
        let length = self.last - self.first;
        if length == 0.0 {
            return self.start;
        }
        self.start + (value - self.first) / length * (self.end - self.start)
    }

    /// Returns round values within the scale, about as many as requested.
    pub fn ticks(&self, count: usize) -> Vec<f64> {
        let step = round_step((self.last - self.first) / count.max(1) as f64);
        if !step.is_finite() || step <= 0.0 {
            return vec![self.first];
        }
        let first = (self.first / step).ceil();
        let mut ticks: Vec<f64> = Vec::new();
        for number in 0..TICK_LIMIT {
            let tick = without_noise((first + f64::from(number)) * step, step);
            // Beyond 2^53, a number plus one is the same number.
            let advances = ticks.last().is_none_or(|last| tick > *last);
            if !advances || tick > self.last + step * 1e-9 {
                break;
            }
            ticks.push(tick);
        }
        ticks
    }
}

/// Returns a mark without the digits that its step cannot have: three times 0.1 is
/// 0.30000000000000004.
fn without_noise(tick: f64, step: f64) -> f64 {
    let decimals = (-step.log10().floor()).clamp(0.0, 330.0);
    let text = format!("{tick:.0$}", decimals as usize);
    text.parse().unwrap_or(tick)
}

/// Returns the next round number: 1, 2 or 5 times a power of ten.
fn round_step(rough: f64) -> f64 {
    let power = 10_f64.powf(rough.log10().floor());
    let steps = [1.0, 2.0, 5.0, 10.0];
    let mut steps = steps.iter().map(|factor| factor * power);
    steps.find(|step| *step >= rough).unwrap_or(rough)
}

/// A scale of times.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TimeScale {
    first_second: i64,
    last_second: i64,
    start: f64,
    end: f64,
}

/// A mark of an axis of times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeTick {
    /// The second since the epoch.
    pub second: i64,
    /// The label: a time of the day, a day, a month or a year.
    pub label: String,
}

impl TimeScale {
    /// Returns the scale that puts the seconds from `first` to `last` between two places.
    pub fn new((first_second, last_second): (i64, i64), (start, end): (f64, f64)) -> Self {
        Self {
            first_second,
            last_second: last_second.max(first_second.saturating_add(1)),
            start,
            end,
        }
    }

    /// Returns the place of a second since the epoch; those outside of the scale are at its ends.
    pub fn place(&self, second: i64) -> f64 {
        let second = second.clamp(self.first_second, self.last_second);
        let part = (second - self.first_second) as f64 / self.length_seconds() as f64;
        self.start + part * (self.end - self.start)
    }

    fn length_seconds(&self) -> i64 {
        self.last_second.saturating_sub(self.first_second)
    }

    /// Returns at most `count` marks at round times in UTC.
    pub fn ticks(&self, count: i64) -> Vec<TimeTick> {
        let rough = self.length_seconds() / count.max(1);
        if let Some(step) = SHORT_STEPS_SECONDS.iter().find(|step| **step >= rough) {
            return self.every(*step);
        }
        // The quotient is rounded down, so a step must be longer than it.
        let rough_days = rough / DAY_SECONDS;
        if let Some(step) = DAY_STEPS.iter().find(|step| **step > rough_days) {
            return self.every(*step * DAY_SECONDS);
        }
        let months = MONTH_STEPS.iter();
        let mut months = months.filter(|step| **step * MONTH_DAYS > rough_days);
        self.every_months(*months.next().unwrap_or(&MONTH_STEPS[7]))
    }

    fn every(&self, step_seconds: i64) -> Vec<TimeTick> {
        let mut ticks = Vec::new();
        let mut second = self.first_second.div_euclid(step_seconds) * step_seconds;
        while second <= self.last_second {
            if second >= self.first_second {
                let label = short_label(second, step_seconds);
                ticks.push(TimeTick { second, label });
            }
            second += step_seconds;
        }
        ticks
    }

    fn every_months(&self, step: i64) -> Vec<TimeTick> {
        let mut ticks = Vec::new();
        let mut day = first_of_months(civil(self.first_second).date(), step);
        while let Some(second) = second_of(day) {
            if second > self.last_second {
                break;
            }
            if second >= self.first_second {
                let label = month_label(day, step);
                ticks.push(TimeTick { second, label });
            }
            // The calendar ends thousands of years after any event.
            let Ok(next) = day.checked_add(step.months()) else {
                break;
            };
            day = next;
        }
        ticks
    }
}

/// Returns the date and time in UTC of a second since the epoch.
pub fn civil(second: i64) -> DateTime {
    let moment = Timestamp::from_second(second).unwrap_or_default();
    TimeZone::UTC.to_datetime(moment)
}

/// Returns the first day of the step of months that a date is in.
fn first_of_months(date: Date, step: i64) -> Date {
    let months = i64::from(date.year()) * 12 + i64::from(date.month()) - 1;
    let months = months.div_euclid(step) * step;
    let year = i16::try_from(months.div_euclid(12)).unwrap_or_default();
    let month = i8::try_from(months.rem_euclid(12) + 1).unwrap_or(1);
    Date::new(year, month, 1).unwrap_or(date)
}

fn second_of(day: Date) -> Option<i64> {
    let midnight = day.at(0, 0, 0, 0);
    Some(TimeZone::UTC.to_timestamp(midnight).ok()?.as_second())
}

fn short_label(second: i64, step_seconds: i64) -> String {
    let time = civil(second);
    // At midnight the day says more than 00:00.
    if second.rem_euclid(DAY_SECONDS) == 0 {
        return format!("{:02}-{:02}", time.month(), time.day());
    }
    let clock = format!("{:02}:{:02}", time.hour(), time.minute());
    match step_seconds < 60 {
        true => format!("{clock}:{:02}", time.second()),
        false => clock,
    }
}

fn month_label(day: Date, step: i64) -> String {
    match step % 12 {
        0 => format!("{}", day.year()),
        _ => format!("{}-{:02}", day.year(), day.month()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn second(text: &str) -> i64 {
        text.parse::<Timestamp>().expect("a time").as_second()
    }

    fn labels(first: &str, last: &str, count: i64) -> Vec<String> {
        let scale = TimeScale::new((second(first), second(last)), (0.0, 100.0));
        let ticks = scale.ticks(count).into_iter();
        ticks.map(|tick| tick.label).collect()
    }

    #[test]
    fn values_have_round_marks() {
        let scale = LinearScale::new((0.0, 7.0), (100.0, 0.0));
        assert_eq!(scale.ticks(4), [0.0, 2.0, 4.0, 6.0]);
        assert_eq!((scale.place(0.0), scale.place(7.0)), (100.0, 0.0));
        let flat = LinearScale::new((3.0, 3.0), (0.0, 10.0));
        assert_eq!((flat.ticks(4), flat.place(3.0)), (vec![3.0], 0.0));
    }

    #[test]
    fn marks_end_where_numbers_have_no_fractions_left() {
        let scale = LinearScale::new((1e17, 1e17 + 16.0), (0.0, 100.0));
        assert_eq!(scale.ticks(6), [1e17]);
        let widest = LinearScale::new((-f64::MAX, f64::MAX), (0.0, 100.0));
        assert!(widest.ticks(6).len() <= 1);
        let narrow = LinearScale::new((1.0, 1.0 + f64::EPSILON), (0.0, 100.0));
        assert!(narrow.ticks(6).len() <= 6);
    }

    #[test]
    fn marks_have_no_more_digits_than_their_step() {
        let tenths = LinearScale::new((0.1, 0.7), (0.0, 100.0));
        assert_eq!(tenths.ticks(6), [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]);
        let small = LinearScale::new((0.0, 0.0003), (0.0, 100.0));
        assert_eq!(small.ticks(3), [0.0, 0.0001, 0.0002, 0.0003]);
    }

    #[test]
    fn times_have_marks_from_minutes_to_years() {
        assert_eq!(
            labels("2026-03-03T09:28:00Z", "2026-03-03T10:12:00Z", 5),
            ["09:30", "09:45", "10:00"]
        );
        assert_eq!(
            labels("2026-03-02T20:00:00Z", "2026-03-03T10:00:00Z", 3),
            ["03-03", "06:00"]
        );
        assert_eq!(
            labels("2026-03-02T02:00:00Z", "2026-03-05T10:00:00Z", 4),
            ["03-03", "03-04", "03-05"]
        );
        assert_eq!(
            labels("2025-11-20T00:00:00Z", "2026-03-05T10:00:00Z", 6),
            ["2025-12", "2026-01", "2026-02", "2026-03"]
        );
        assert_eq!(
            labels("2019-11-20T00:00:00Z", "2026-03-05T10:00:00Z", 8),
            ["2020", "2021", "2022", "2023", "2024", "2025", "2026"]
        );
    }

    #[test]
    fn any_two_times_have_a_bounded_number_of_marks() {
        let longest = (Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
        let scale = TimeScale::new(longest, (0.0, 1.0));
        assert!(scale.ticks(6).len() < 2_000);
        let moment = TimeScale::new((7, 7), (0.0, 1.0));
        assert!(!moment.ticks(6).is_empty());
        assert_eq!((moment.place(-5), moment.place(99)), (0.0, 1.0));
    }
}
