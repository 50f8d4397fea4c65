//! The five fields of a cron expression, as mute rules have them: minute, hour, day of the month,
//! month, day of the week, each `*` or a list of numbers, names and ranges (user guide, "Alarm Mute
//! Rules").

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, Time};

const MONTHS: [&str; 12] = [
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
];
const WEEKDAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

const MINUTE: Kind = Kind {
    name: "minute",
    first: 0,
    last: 59,
    words: &[],
    first_word: 0,
};
const HOUR: Kind = Kind {
    name: "hour",
    first: 0,
    last: 23,
    words: &[],
    first_word: 0,
};
const DAY_OF_MONTH: Kind = Kind {
    name: "day of the month",
    first: 1,
    last: 31,
    words: &[],
    first_word: 0,
};
const MONTH: Kind = Kind {
    name: "month",
    first: 1,
    last: 12,
    words: &MONTHS,
    first_word: 1,
};
/// Both 0 and 7 are Sunday.
const DAY_OF_WEEK: Kind = Kind {
    name: "day of the week",
    first: 0,
    last: 7,
    words: &WEEKDAYS,
    first_word: 0,
};

/// When something recurs, in the time of some zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cron {
    text: String,
    minutes: Field,
    hours: Field,
    days_of_month: Field,
    months: Field,
    days_of_week: Field,
}

/// A field: the numbers that it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Field {
    /// One bit a number.
    numbers: u64,
    /// Whether it is anything but `*`.
    is_restricted: bool,
}

/// What a field may hold.
struct Kind {
    name: &'static str,
    first: u32,
    last: u32,
    words: &'static [&'static str],
    /// The number of the first word.
    first_word: u32,
}

/// A text that is no cron expression.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CronError {
    /// Not five fields.
    #[error(
        "a cron expression has five fields, minute, hour, day of the month, month, day of the week, not {0}"
    )]
    Fields(usize),
    /// A field that holds something else.
    #[error(
        "`{text}` is no {kind}: write *, or numbers from {first} to {last}, ranges of them such as {first}-{last}, and commas \
         between them"
    )]
    Field {
        /// What was written.
        text: String,
        /// Which field.
        kind: &'static str,
        /// Its least number.
        first: u32,
        /// Its greatest number.
        last: u32,
    },
}

impl Field {
    fn holds(self, number: i8) -> bool {
        u32::try_from(number)
            .ok()
            .and_then(|number| self.numbers.checked_shr(number))
            .unwrap_or(0)
            & 1
            == 1
    }
}

impl Kind {
    fn field(&self, text: &str) -> Result<Field, CronError> {
        let error = || CronError::Field {
            text: text.to_owned(),
            kind: self.name,
            first: self.first,
            last: self.last,
        };
        let mut field = Field {
            numbers: 0,
            is_restricted: text != "*",
        };
        for part in text.split(',') {
            let (first, last) = match part.split_once('-') {
                _ if part == "*" => (self.first, self.last),
                Some((first, last)) => (
                    self.number(first).ok_or_else(error)?,
                    self.number(last).ok_or_else(error)?,
                ),
                None => {
                    let number = self.number(part).ok_or_else(error)?;
                    (number, number)
                }
            };
            if first > last {
                return Err(error());
            }
            (first..=last).for_each(|number| field.numbers |= 1 << number);
        }
        Ok(field)
    }

    fn number(&self, text: &str) -> Option<u32> {
        if let Some(word) = self
            .words
            .iter()
            .position(|word| word.eq_ignore_ascii_case(text))
        {
            return u32::try_from(word).ok().map(|word| word + self.first_word);
        }
        let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let number = text.parse().ok().filter(|_| is_number)?;
        (self.first..=self.last).contains(&number).then_some(number)
    }
}

impl FromStr for Cron {
    type Err = CronError;

    fn from_str(text: &str) -> Result<Self, CronError> {
        let fields: Vec<&str> = text.split_whitespace().collect();
        let &[minute, hour, day_of_month, month, day_of_week] = fields.as_slice() else {
            return Err(CronError::Fields(fields.len()));
        };
        let mut days_of_week = DAY_OF_WEEK.field(day_of_week)?;
        days_of_week.numbers |= days_of_week.numbers >> 7 & 1;
        Ok(Self {
            text: fields.join(" "),
            minutes: MINUTE.field(minute)?,
            hours: HOUR.field(hour)?,
            days_of_month: DAY_OF_MONTH.field(day_of_month)?,
            months: MONTH.field(month)?,
            days_of_week,
        })
    }
}

impl fmt::Display for Cron {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl Cron {
    /// Whether it recurs on this date. Where both the day of the month and the day of the week are
    /// restricted, one of them is enough, as in every cron; AWS does not say.
    pub fn is_on(&self, date: Date) -> bool {
        let is_day_of_month = self.days_of_month.holds(date.day());
        let is_day_of_week = self
            .days_of_week
            .holds(date.weekday().to_sunday_zero_offset());
        let is_day = match self.days_of_month.is_restricted && self.days_of_week.is_restricted {
            true => is_day_of_month || is_day_of_week,
            false => is_day_of_month && is_day_of_week,
        };
        is_day && self.months.holds(date.month())
    }

    /// The times of a day at which it recurs, latest first.
    pub fn times_latest_first(&self) -> impl Iterator<Item = Time> + '_ {
        let hours = (0..24).rev().filter(|hour| self.hours.holds(*hour));
        hours.flat_map(|hour| {
            let minutes = (0..60).rev().filter(|minute| self.minutes.holds(*minute));
            minutes.map(move |minute| Time::constant(hour, minute, 0, 0))
        })
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
            error.starts_with("`25` is no hour: write *, or numbers from 0 to 23")
        }));
    }
}
