//! Values of options.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::metric::Dimension;
use crate::plan::BuiltInRule;
use crate::plan::built_in::{RULES, groups, select};

/// How alike a name must be to be suggested in place of one that does not exist: 1 is the same.
const ALIKE: f64 = 0.6;

/// The rules that a name stands for.
#[derive(Clone, Debug)]
pub struct NamedRules {
    /// One rule, or those of a group.
    pub rules: Vec<&'static BuiltInRule>,
}

/// Reads the name of a built-in rule or of a group of them.
///
/// # Errors
///
/// When there is no such name; suggests one that is alike.
pub fn named_rules(name: &str) -> Result<NamedRules, String> {
    select(name)
        .map(|rules| NamedRules { rules })
        .ok_or_else(|| {
            let meant =
                alike(name).map_or_else(String::new, |meant| format!("did you mean `{meant}`? "));
            format!("there is no rule `{name}`; {meant}`backtrail rules list` names them all")
        })
}

fn alike(name: &str) -> Option<String> {
    let name = name.to_lowercase();
    let names = groups().into_iter().map(|group| group.name);
    let names = names.chain(RULES.iter().map(|rule| rule.name.to_owned()));
    let likeness = |known: &str| match !name.is_empty() && known.starts_with(&name) {
        true => 1.0,
        false => strsim::normalized_damerau_levenshtein(&name, known),
    };
    let scored = names.map(|known| (likeness(&known), known));
    let best = scored.max_by(|a, b| a.0.total_cmp(&b.0))?;
    (best.0 >= ALIKE).then_some(best.1)
}

/// Reads a moment: RFC 3339, or a date, which stands for its midnight in UTC.
///
/// # Errors
///
/// When the text is neither.
pub fn moment(text: &str) -> Result<Timestamp, String> {
    let midnight = |date: Date| TimeZone::UTC.to_timestamp(date.at(0, 0, 0, 0)).ok();
    let date = || {
        text.parse::<Date>()
            .ok()
            .filter(|_| text.len() <= 10)
            .and_then(midnight)
    };
    text.parse::<Timestamp>().ok().or_else(date).ok_or_else(|| {
        "write a time such as `2026-03-04T09:15:00Z` or a date such as `2026-03-04`".to_owned()
    })
}

/// Reads an account id.
///
/// # Errors
///
/// When the text is not twelve digits.
pub fn account(text: &str) -> Result<String, String> {
    let is_account = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_account {
        Ok(text.to_owned())
    } else {
        Err("an account id has twelve digits".to_owned())
    }
}

/// Reads a dimension: its name, `=`, and the field with its value.
///
/// # Errors
///
/// When there is no `=`, or the value is no field.
pub fn dimension(text: &str) -> Result<Dimension, String> {
    let (name, value) = text
        .split_once('=')
        .ok_or("write the name and the field, as `Region=$.awsRegion`")?;
    let value = value
        .parse()
        .map_err(|error: crate::metric::FilterError| error.to_string())?;
    Ok(Dimension {
        name: name.to_owned(),
        value,
    })
}

/// Reads the length of a period that metrics can be retrieved in (API, `GetMetricStatistics`).
///
/// # Errors
///
/// When CloudWatch has no such period.
pub fn period(text: &str) -> Result<u32, String> {
    let is_period = |seconds: &u32| {
        matches!(seconds, 1 | 5 | 10 | 20 | 30) || *seconds > 0 && seconds.is_multiple_of(60)
    };
    let seconds = text.parse().ok().filter(is_period);
    seconds.ok_or_else(|| "a period is 1, 5, 10, 20, 30 or a multiple of 60 seconds".to_owned())
}

/// Reads a number of seconds, with a fraction if needed, as milliseconds.
///
/// # Errors
///
/// When the text is not a number from 0 to 3600.
pub fn milliseconds(text: &str) -> Result<i64, String> {
    let seconds = text
        .parse::<f64>()
        .ok()
        .filter(|seconds| (0.0..=3600.0).contains(seconds));
    seconds
        .map(|seconds| (seconds * 1000.0).round() as i64)
        .ok_or_else(|| "write a number of seconds between 0 and 3600".to_owned())
}

/// Several values of one option.
#[derive(Clone, Debug, PartialEq)]
pub struct Values<T> {
    /// The values, in the order they were given.
    pub values: Vec<T>,
}

/// How many values one option may have.
const VALUES_LIMIT: usize = 100_000;

/// Reads thresholds: numbers separated by commas, and ranges such as `1..20` or `0..100..5`, both
/// ends included.
///
/// # Errors
///
/// When a part is neither a number nor a range.
pub fn thresholds(text: &str) -> Result<Values<f64>, String> {
    let mut values = Vec::new();
    for part in text.split(',') {
        let number = |text: &str| {
            text.trim()
                .parse::<f64>()
                .ok()
                .filter(|number| number.is_finite())
        };
        let ends: Vec<Option<f64>> = part.split("..").map(number).collect();
        let (start, end, step) = match ends[..] {
            [Some(only)] => (only, only, 1.0),
            [Some(start), Some(end)] => (start, end, 1.0),
            [Some(start), Some(end), Some(step)] => (start, end, step),
            _ => {
                return Err(format!(
                    "`{part}` is no number and no range such as 1..20 or 0..100..5"
                ));
            }
        };
        let count = ((end - start) / step + 1e-9).floor();
        if !(step > 0.0 && (0.0..VALUES_LIMIT as f64).contains(&count)) {
            return Err(format!(
                "the range `{part}` is empty, or has more than {VALUES_LIMIT} values"
            ));
        }
        values.extend((0..=count as u32).map(|place| start + f64::from(place) * step));
    }
    Ok(Values { values })
}

/// M of N datapoints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Datapoints {
    /// M
    pub datapoints_to_alarm: u32,
    /// N
    pub evaluation_periods: u32,
}

/// Reads M of N as `2/3`.
///
/// # Errors
///
/// When the text is not two whole numbers of which the first is not the larger.
pub fn datapoints(text: &str) -> Result<Datapoints, String> {
    let numbers = text
        .split_once('/')
        .and_then(|(m, n)| Some((m.trim().parse().ok()?, n.trim().parse().ok()?)));
    match numbers {
        Some((datapoints_to_alarm, evaluation_periods))
            if (1..=evaluation_periods).contains(&datapoints_to_alarm) =>
        {
            Ok(Datapoints {
                datapoints_to_alarm,
                evaluation_periods,
            })
        }
        _ => Err("write M/N, such as 2/3 for 2 of 3 datapoints".to_owned()),
    }
}

/// Reads a length of time such as `90s`, `5m` or `1h` as seconds.
///
/// # Errors
///
/// When the text is no length of time, or a negative one.
pub fn duration_seconds(text: &str) -> Result<i64, String> {
    let duration = text
        .parse::<jiff::SignedDuration>()
        .ok()
        .filter(|duration| !duration.is_negative());
    let seconds = duration.map(|duration| duration.as_secs());
    seconds.ok_or_else(|| "write a length of time such as 90s, 5m or 1h".to_owned())
}

/// Reads a number of threads.
///
/// # Errors
///
/// When the text is not a number between 1 and 1024.
pub fn threads(text: &str) -> Result<usize, String> {
    let number = text
        .parse()
        .ok()
        .filter(|number| (1..=1024).contains(number));
    number.ok_or_else(|| "write a number of threads between 1 and 1024".to_owned())
}

#[cfg(test)]
mod tests {
    use super::{Datapoints, datapoints, moment, thresholds};

    #[test]
    fn thresholds_are_numbers_and_ranges() {
        let values = |text| thresholds(text).map(|values| values.values);
        assert_eq!(
            values("1..3,10,0..1..0.5"),
            Ok(vec![1.0, 2.0, 3.0, 10.0, 0.0, 0.5, 1.0])
        );
        for wrong in [
            "",
            "1,",
            "3..1",
            "1..2..0",
            "1..2..-1",
            "0..1..1e-9",
            "x",
            "1..2..3..4",
            "inf",
        ] {
            assert!(values(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn datapoints_are_m_of_n() {
        assert_eq!(
            datapoints("2/3"),
            Ok(Datapoints {
                datapoints_to_alarm: 2,
                evaluation_periods: 3
            })
        );
        for wrong in ["", "3/2", "0/1", "1", "1/2/3", "-1/2"] {
            assert!(datapoints(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn times_and_dates_are_moments() {
        let text = |input| moment(input).map(|moment| moment.to_string());
        assert_eq!(text("2026-03-04"), Ok("2026-03-04T00:00:00Z".to_owned()));
        assert_eq!(
            text("2026-03-04T09:15:00+01:00"),
            Ok("2026-03-04T08:15:00Z".to_owned())
        );
        for wrong in [
            "",
            "yesterday",
            "2026-13-01",
            "2026-03-04T09:15:00",
            "04.03.2026",
        ] {
            assert!(text(wrong).is_err(), "{wrong}");
        }
    }
}
