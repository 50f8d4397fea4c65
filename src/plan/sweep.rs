//! The parameters of alarms that a back-test varies, as lists.

use std::str::FromStr;

use crate::text::printable;

// A typing error such as 0..1..1e-9 must not fill the memory.
/// The most thresholds that one list may hold.
const THRESHOLDS_LIMIT: usize = 100_000;

/// A share of a step by which the end of a range may be missed, since steps such as 0.1 have no
/// exact binary form.
const STEP_TOLERANCE: f64 = 1e-9;

/// Thresholds to try.
#[derive(Clone, Debug, PartialEq)]
pub struct Thresholds {
    /// The thresholds, in the order in which they were given.
    pub values: Vec<f64>,
}

/// A text that is not a list of thresholds.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidThresholds {
    /// A part of the list is neither a number nor a range.
    #[error(
        "`{}` is neither a number nor a range such as 1..20 or 0..100..5",
        printable(.0)
    )]
    Part(String),
    /// A range holds no threshold, or too many.
    #[error(
        "the range `{}` is empty, or has more than {THRESHOLDS_LIMIT} values",
        printable(.0)
    )]
    Range(String),
}

/// M out of N: the datapoints to alarm, and the evaluation periods.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MOutOfN {
    /// M, the number of datapoints that must breach.
    pub datapoints_to_alarm: u32,
    /// N, the number of the most recent periods that are evaluated.
    pub evaluation_periods: u32,
}

/// A text that is not M/N with 1 ≤ M ≤ N.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write M/N, such as 2/3 for 2 out of 3 datapoints")]
pub struct InvalidMOutOfN;

impl FromStr for Thresholds {
    type Err = InvalidThresholds;

    /// Parses numbers separated by commas, and ranges such as `1..20` or `0..100..5`, both ends
    /// included.
    fn from_str(text: &str) -> Result<Self, InvalidThresholds> {
        let mut values = Vec::new();
        for part in text.split(',') {
            values.extend(parse_part(part)?);
        }
        Ok(Self { values })
    }
}

/// Parses a number, or a range with or without a step.
fn parse_part(part: &str) -> Result<Vec<f64>, InvalidThresholds> {
    let numbers: Option<Vec<f64>> = part.split("..").map(parse_finite).collect();
    match numbers.as_deref() {
        Some([only]) => Ok(vec![*only]),
        Some([start, end]) => expand(*start, *end, 1.0, part),
        Some([start, end, step]) => expand(*start, *end, *step, part),
        _ => Err(InvalidThresholds::Part(part.to_owned())),
    }
}

fn parse_finite(text: &str) -> Option<f64> {
    let number: f64 = text.trim().parse().ok()?;
    number.is_finite().then_some(number)
}

/// Lists the values of a range, both ends included.
fn expand(start: f64, end: f64, step: f64, part: &str) -> Result<Vec<f64>, InvalidThresholds> {
    let steps = count_steps(start, end, step);
    let steps = steps.ok_or_else(|| InvalidThresholds::Range(part.to_owned()))?;
    // Each value is computed from the start, so that errors of rounding do not add up.
    let value = |number: u32| rounded(start + f64::from(number) * step);
    Ok((0..=steps).map(value).collect())
}

/// Rounds a number to the digits that a person would have written: the third step of 0.1 is 0.3.
fn rounded(number: f64) -> f64 {
    format!("{number:.12e}").parse().unwrap_or(number)
}

fn count_steps(start: f64, end: f64, step: f64) -> Option<u32> {
    let steps = ((end - start) / step + STEP_TOLERANCE).floor();
    let is_possible = step > 0.0 && (0.0..THRESHOLDS_LIMIT as f64).contains(&steps);
    is_possible.then_some(steps as u32)
}

impl FromStr for MOutOfN {
    type Err = InvalidMOutOfN;

    /// Parses M and N as `2/3`.
    fn from_str(text: &str) -> Result<Self, InvalidMOutOfN> {
        let parsed = Self::parse(text).filter(Self::is_possible);
        parsed.ok_or(InvalidMOutOfN)
    }
}

impl MOutOfN {
    fn parse(text: &str) -> Option<Self> {
        let (m, n) = text.split_once('/')?;
        Some(Self {
            datapoints_to_alarm: m.trim().parse().ok()?,
            evaluation_periods: n.trim().parse().ok()?,
        })
    }

    fn is_possible(&self) -> bool {
        (1..=self.evaluation_periods).contains(&self.datapoints_to_alarm)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thresholds_are_numbers_and_ranges() {
        let values = |text: &str| text.parse().map(|thresholds: Thresholds| thresholds.values);
        assert_eq!(
            values("1..3,10,0..1..0.5"),
            Ok(vec![1.0, 2.0, 3.0, 10.0, 0.0, 0.5, 1.0])
        );
        assert_eq!(values("0..0.3..0.1"), Ok(vec![0.0, 0.1, 0.2, 0.3]));
        assert_eq!(values("1..100000").map(|values| values.len()), Ok(100_000));
        for wrong in [
            "",
            "1,",
            "3..1",
            "1..2..0",
            "1..2..-1",
            "0..100000",
            "0..1..1e-9",
            "x",
            "1..2..3..4",
            "inf",
        ] {
            assert!(values(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn m_out_of_n_is_parsed() {
        let expected = MOutOfN {
            datapoints_to_alarm: 2,
            evaluation_periods: 3,
        };
        assert_eq!("2/3".parse(), Ok(expected));
        for wrong in ["", "3/2", "0/1", "1", "1/2/3", "-1/2"] {
            assert_eq!(wrong.parse::<MOutOfN>(), Err(InvalidMOutOfN), "{wrong}");
        }
    }
}
