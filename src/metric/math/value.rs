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
    pub(super) fn is_number(&self) -> bool {
        matches!(self, Self::Number(_))
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
            others => others.map_series(|series| map(series, |value| -value)),
        }
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
            (left @ Self::Array(_), right) => {
                Some(left.map_series(|left| with_right(operator, left, &right)))
            }
            (left, right @ Self::Array(_)) => {
                Some(right.map_series(|right| with_left(operator, &left, right)))
            }
            (Self::Number(left), Self::Number(right)) => {
                let result = finite(operator.apply(left, right));
                Some(Self::Number(result.unwrap_or(f64::NAN)))
            }
            (Self::Series(left), right) => Some(Self::Series(with_right(operator, &left, &right))),
            (left, Self::Series(right)) => Some(Self::Series(with_left(operator, &left, &right))),
        }
    }
}

/// Applies a function to each datapoint. A result that is not finite drops the datapoint.
pub(super) fn map(series: &Datapoints, function: impl Fn(f64) -> f64) -> Datapoints {
    let mut mapped = Datapoints::new();
    for value in series {
        mapped.push(value.and_then(|value| finite(function(value))));
    }
    mapped
}

/// Applies an operator to a series and a value that is not an array.
fn with_right(operator: Operator, left: &Datapoints, right: &MathValue) -> Datapoints {
    match right {
        MathValue::Number(right) => map(left, |left| operator.apply(left, *right)),
        MathValue::Series(right) => pairwise(operator, left, right),
        MathValue::Array(_) => Datapoints::new(),
    }
}

/// Applies an operator to a value that is not an array and a series.
fn with_left(operator: Operator, left: &MathValue, right: &Datapoints) -> Datapoints {
    match left {
        MathValue::Number(left) => map(right, |right| operator.apply(*left, right)),
        MathValue::Series(left) => pairwise(operator, left, right),
        MathValue::Array(_) => Datapoints::new(),
    }
}

/// Applies an operator to two series. A missing datapoint counts as 0 beside one that exists
/// (sources, T8).
fn pairwise(operator: Operator, left: &Datapoints, right: &Datapoints) -> Datapoints {
    let mut results = Datapoints::new();
    for (left, right) in left.iter().zip(right) {
        results.push(match (left, right) {
            (None, None) => None,
            _ => finite(operator.apply(left.unwrap_or(0.0), right.unwrap_or(0.0))),
        });
    }
    results
}

/// The arguments of `IF`.
pub(super) struct Choice {
    pub(super) condition: MathValue,
    pub(super) positive: MathValue,
    pub(super) negative: Option<MathValue>,
}

impl Choice {
    /// Chooses a value at each time. The result is a number only if all arguments are, and there is
    /// none if an argument is an array.
    pub(super) fn choose(self, grid: &TimeGrid) -> Option<MathValue> {
        if let Some(number) = self.number() {
            return Some(MathValue::Number(number));
        }
        // The documented examples differ in two cases. A condition that is a number chooses a
        // series as it is; one that is a series turns its missing datapoints into 0. And where the
        // condition is missing, only a negative value that is a number fills the gap.
        let keeps_gaps = self.condition.is_number();
        let fills_gaps = self.negative.as_ref().is_some_and(MathValue::is_number);
        let condition = self.condition.into_series(grid)?;
        let positive = self.positive.into_series(grid)?;
        let negative = match self.negative {
            Some(negative) => negative.into_series(grid)?,
            None => grid.empty(),
        };
        let mut chosen = Datapoints::new();
        for (condition, (positive, negative)) in condition.iter().zip(positive.iter().zip(negative))
        {
            chosen.push(match condition {
                Some(condition) if *condition == 0.0 => negative,
                Some(_) if keeps_gaps => *positive,
                Some(_) => Some(positive.unwrap_or(0.0)),
                None if fills_gaps => negative,
                None => None,
            });
        }
        Some(MathValue::Series(chosen))
    }

    /// Returns the chosen number if all arguments are numbers.
    fn number(&self) -> Option<f64> {
        match (&self.condition, &self.positive, &self.negative) {
            (
                MathValue::Number(condition),
                MathValue::Number(positive),
                Some(MathValue::Number(negative)),
            ) => Some(if *condition != 0.0 {
                *positive
            } else {
                *negative
            }),
            _ => None,
        }
    }
}
