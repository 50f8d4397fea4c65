//! The five fields of a cron expression, as mute rules have them: minute, hour, day of the month,
//! month, day of the week, each `*` or a list of numbers, names and ranges (user guide, "Alarm Mute
//! Rules").

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, Time};

use crate::text::printable;

const MONTHS: [&str; 12] = [
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
];
const WEEKDAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/// A field of a cron expression: its name and its possible values.
struct CronField {
    name: &'static str,
    first: u32,
    last: u32,
    words: &'static [&'static str],
    /// The number of the first word.
    first_word: u32,
}

const MINUTE: CronField = CronField::numeric("minute", 0, 59);
const HOUR: CronField = CronField::numeric("hour", 0, 23);
const DAY_OF_MONTH: CronField = CronField::numeric("day of the month", 1, 31);
const MONTH: CronField = CronField {
    words: &MONTHS,
    first_word: 1,
    ..CronField::numeric("month", 1, 12)
};
/// Both 0 and 7 are Sunday.
const DAY_OF_WEEK: CronField = CronField {
    words: &WEEKDAYS,
    ..CronField::numeric("day of the week", 0, 7)
};

/// A recurring time, in the time of some zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cron {
    text: String,
    minutes: NumberSet,
    hours: NumberSet,
    days_of_month: NumberSet,
    months: NumberSet,
    days_of_week: NumberSet,
}

/// The numbers that a field selects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct NumberSet {
    /// One bit for each number.
    bits: u64,
    /// True if the field is anything but `*`.
    is_restricted: bool,
}

/// The error of a text that is not a cron expression.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CronError {
    /// Not five fields.
    #[error(
        "a cron expression has five fields, minute, hour, day of the month, month, day of the \
         week, not {0}"
    )]
    FieldCount(usize),
    /// A field with an impossible value.
    #[error(
        "`{}` is not valid as the {field}: write *, or numbers from {first} to {last}, ranges \
         of them such as {first}-{last}, and commas between them",
        printable(text)
    )]
    InvalidField {
        /// The text of the field.
        text: String,
        /// The name of the field.
        field: &'static str,
        /// Its least number.
        first: u32,
        /// Its greatest number.
        last: u32,
    },
}

impl NumberSet {
    /// Selects 0 if 7 is selected.
    fn with_7_as_0(self) -> Self {
        Self {
            bits: self.bits | self.bits >> 7 & 1,
            ..self
        }
    }
    fn contains(self, number: i8) -> bool {
        match u32::try_from(number) {
            Ok(number) if number < u64::BITS => self.bits >> number & 1 == 1,
            _ => false,
        }
    }
}

impl NumberSet {
    /// Returns the selected numbers from this one down to 0.
    fn latest_first(self, last: i8) -> impl Iterator<Item = i8> {
        (0..=last)
            .rev()
            .filter(move |number| self.contains(*number))
    }
}

impl CronField {
    const fn numeric(name: &'static str, first: u32, last: u32) -> Self {
        Self {
            name,
            first,
            last,
            words: &[],
            first_word: 0,
        }
    }

    fn parse(&self, text: &str) -> Result<NumberSet, CronError> {
        let bits = self.bits(text).ok_or_else(|| self.invalid(text))?;
        Ok(NumberSet {
            bits,
            is_restricted: text != "*",
        })
    }

    /// Returns one bit for each number in a list of ranges; `None` if a range is not valid.
    fn bits(&self, text: &str) -> Option<u64> {
        let mut bits = 0;
        for part in text.split(',') {
            let (first, last) = self.range(part)?;
            for number in first..=last {
                bits |= 1 << number;
            }
        }
        Some(bits)
    }

    /// Parses `*`, a number or a range as a range; `None` if it is not valid or empty.
    fn range(&self, part: &str) -> Option<(u32, u32)> {
        if part == "*" {
            return Some((self.first, self.last));
        }
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last) = (self.number(first)?, self.number(last)?);
        (first <= last).then_some((first, last))
    }

    /// Parses a number or a word.
    fn number(&self, text: &str) -> Option<u32> {
        let number_of_word = self.number_of_word(text);
        number_of_word.or_else(|| self.number_in_bounds(text))
    }

    fn number_of_word(&self, text: &str) -> Option<u32> {
        let mut words = (self.first_word..).zip(self.words);
        let (number, _) = words.find(|(_, word)| word.eq_ignore_ascii_case(text))?;
        Some(number)
    }

    fn number_in_bounds(&self, text: &str) -> Option<u32> {
        let number = plain_number(text)?;
        (self.first..=self.last).contains(&number).then_some(number)
    }

    fn invalid(&self, text: &str) -> CronError {
        CronError::InvalidField {
            text: text.to_owned(),
            field: self.name,
            first: self.first,
            last: self.last,
        }
    }
}

/// Parses digits.
fn plain_number(text: &str) -> Option<u32> {
    // Parsing alone would also accept a plus sign.
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_plain)
}

impl FromStr for Cron {
    type Err = CronError;

    fn from_str(text: &str) -> Result<Self, CronError> {
        let fields: Vec<&str> = text.split_whitespace().collect();
        let &[minute, hour, day_of_month, month, day_of_week] = fields.as_slice() else {
            return Err(CronError::FieldCount(fields.len()));
        };
        Ok(Self {
            text: fields.join(" "),
            minutes: MINUTE.parse(minute)?,
            hours: HOUR.parse(hour)?,
            days_of_month: DAY_OF_MONTH.parse(day_of_month)?,
            months: MONTH.parse(month)?,
            days_of_week: DAY_OF_WEEK.parse(day_of_week)?.with_7_as_0(),
        })
    }
}

impl fmt::Display for Cron {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl Cron {
    /// Returns whether it recurs on a date. If both the day of the month and the day of the week
    /// are restricted, one of them is enough, as in every cron; AWS does not document it.
    pub fn is_on(&self, date: Date) -> bool {
        self.months.contains(date.month()) && self.is_day(date)
    }

    fn is_day(&self, date: Date) -> bool {
        if self.restricts_both_days() {
            self.is_day_of_month(date) || self.is_day_of_week(date)
        } else {
            self.is_day_of_month(date) && self.is_day_of_week(date)
        }
    }

    fn restricts_both_days(&self) -> bool {
        self.days_of_month.is_restricted && self.days_of_week.is_restricted
    }

    fn is_day_of_month(&self, date: Date) -> bool {
        self.days_of_month.contains(date.day())
    }

    fn is_day_of_week(&self, date: Date) -> bool {
        let weekday = date.weekday().to_sunday_zero_offset();
        self.days_of_week.contains(weekday)
    }

    /// Returns the times of a day at which it recurs, latest first.
    pub fn times_latest_first(&self) -> Vec<Time> {
        let mut times = Vec::new();
        for hour in self.hours.latest_first(23) {
            for minute in self.minutes.latest_first(59) {
                times.push(Time::constant(hour, minute, 0, 0));
            }
        }
        times
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn cron(text: &str) -> Cron {
        text.parse().expect(text)
    }

    #[test]
    fn dates_and_times_recur_as_written() {
        // 1 March 2026 is a Sunday.
        let sundays = cron("0 2 * * SUN");
        assert_eq!(
            (
                sundays.is_on(date(2026, 3, 1)),
                sundays.is_on(date(2026, 3, 2))
            ),
            (true, false)
        );
        assert!(
            cron("0 2 * * 7").is_on(date(2026, 3, 1)) && cron("0 2 * * 0").is_on(date(2026, 3, 1))
        );
        assert!(cron("0 2 * * 5-7").is_on(date(2026, 3, 1)));
        assert!(cron("0 0 * jan-Mar,12 *").is_on(date(2026, 12, 24)));
        assert!(!cron("0 0 * 4-11 *").is_on(date(2026, 12, 24)));
        let either = cron("0 0 13 * FRI");
        assert!(either.is_on(date(2026, 3, 13)) && either.is_on(date(2026, 3, 6)));
        assert!(!either.is_on(date(2026, 3, 12)));
        let times: Vec<String> = cron("0,30 8-9 * * *")
            .times_latest_first()
            .into_iter()
            .map(|time| time.to_string())
            .collect();
        assert_eq!(times, ["09:30:00", "09:00:00", "08:30:00", "08:00:00"]);
    }

    #[test]
    fn what_is_no_cron_expression_is_refused() {
        for wrong in [
            "",
            "0 0 * *",
            "0 0 * * * *",
            "60 0 * * *",
            "0 24 * * *",
            "0 0 0 * *",
            "0 0 * 13 *",
            "0 0 * * 8",
        ] {
            assert!(wrong.parse::<Cron>().is_err(), "{wrong}");
        }
        for wrong in [
            "*/5 0 * * *",
            "5-1 0 * * *",
            "0 0 L * *",
            "0 0 * * FRIDAY",
            "+1 0 * * *",
            "1, 0 * * *",
        ] {
            assert!(wrong.parse::<Cron>().is_err(), "{wrong}");
        }
        let error = "0 25 * * *"
            .parse::<Cron>()
            .map_err(|error| error.to_string());
        assert!(error.is_err_and(|error| {
            error.starts_with("`25` is not valid as the hour: write *, or numbers from 0 to 23")
        }));
    }
}
