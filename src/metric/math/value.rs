//! Values of expressions, and the operations on them that need no times.

use super::grid::{Datapoints, TimeGrid, finite};
use super::operator::Operator;

/// The value of an expression or of a part of it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum MathValue {
    Number(f64),
    Series(Datapoints),
    Array(Vec<Datapoints>),
}

impl MathValue {
    /// Returns the value if it is a number.
    pub(super) fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Series(_) | Self::Array(_) => None,
        }
    }

    /// Converts a number or a series to a series; an array is none.
    pub(super) fn into_series(self, grid: &TimeGrid) -> Option<Datapoints> {
        match self {
            Self::Number(number) => Some(grid.constant(number)),
            Self::Series(series) => Some(series),
            Self::Array(_) => None,
        }
    }

    pub(super) fn negate(self) -> Self {
        match self {
            Self::Number(number) => Self::Number(-number),
            others => others.map_values(|value| -value),
        }
    }

    /// Applies a function to each datapoint of each series. A number stays.
    pub(super) fn map_values(self, function: impl Fn(f64) -> f64) -> Self {
        self.map_series(|series| map(series, &function))
    }

    /// Applies a function to each series. A number stays.
    pub(super) fn map_series(self, function: impl Fn(&Datapoints) -> Datapoints) -> Self {
        match self {
            Self::Number(number) => Self::Number(number),
            Self::Series(series) => Self::Series(function(&series)),
            Self::Array(array) => Self::Array(array.iter().map(function).collect()),
        }
    }

    /// Applies an operator to two values; two arrays have no result.
    pub(super) fn combine(operator: Operator, left: Self, right: Self) -> Option<Self> {
        match (left, right) {
            (Self::Array(_), Self::Array(_)) => None,
            (Self::Number(left), Self::Number(right)) => {
                Some(Self::Number(combine_numbers(operator, left, right)))
            }
            (Self::Number(left), right) => {
                Some(right.map_values(|right| operator.apply(left, right)))
            }
            (left, Self::Number(right)) => {
                Some(left.map_values(|left| operator.apply(left, right)))
            }
            // An array has several series: each of them is combined with the one series.
            (left, Self::Series(right)) => {
                Some(left.map_series(|left| combine_series(operator, left, &right)))
            }
            (Self::Series(left), right) => {
                Some(right.map_series(|right| combine_series(operator, &left, right)))
            }
        }
    }
}

/// Applies a function to each datapoint. A result that is not finite drops the datapoint.
fn map(series: &Datapoints, function: impl Fn(f64) -> f64) -> Datapoints {
    let apply = |value| finite(function(value));
    series.iter().map(|value| value.and_then(apply)).collect()
}

fn combine_numbers(operator: Operator, left: f64, right: f64) -> f64 {
    // A number cannot be missing, so NaN says that there is no value.
    finite(operator.apply(left, right)).unwrap_or(f64::NAN)
}

fn combine_series(operator: Operator, left: &Datapoints, right: &Datapoints) -> Datapoints {
    let pairs = left.iter().zip(right);
    pairs
        .map(|(left, right)| combine_datapoints(operator, *left, *right))
        .collect()
}

/// Applies an operator to two datapoints. A missing one counts as 0 beside one that exists
/// (sources, T8).
fn combine_datapoints(operator: Operator, left: Option<f64>, right: Option<f64>) -> Option<f64> {
    if left.is_none() && right.is_none() {
        return None;
    }
    finite(operator.apply(left.unwrap_or(0.0), right.unwrap_or(0.0)))
}
