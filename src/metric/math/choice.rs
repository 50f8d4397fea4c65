//! The function `IF`.

use super::grid::{Datapoints, TimeGrid};
use super::value::MathValue;

/// The arguments of `IF`.
pub(super) struct Choice {
    pub(super) condition: MathValue,
    pub(super) positive: MathValue,
    pub(super) negative: Option<MathValue>,
}

/// The arguments of `IF` as series.
struct SeriesChoice {
    condition: Datapoints,
    positive: Datapoints,
    negative: Datapoints,
    // A condition that is a number chooses a series as it is, with its gaps. One that is a series
    // chooses datapoint by datapoint, and a missing one counts as 0 beside it.
    keeps_gaps: bool,
}

impl Choice {
    /// Chooses a value at each time. The result is a number only if all arguments are, and there is
    /// none if an argument is an array.
    pub(super) fn choose(self, grid: &TimeGrid) -> Option<MathValue> {
        match self.number() {
            Some(number) => Some(MathValue::Number(number)),
            None => Some(MathValue::Series(self.into_series(grid)?.choose())),
        }
    }

    /// Returns the chosen number if all arguments are numbers.
    fn number(&self) -> Option<f64> {
        let condition = self.condition.number()?;
        let positive = self.positive.number()?;
        let negative = self.negative.as_ref()?.number()?;
        Some(if condition != 0.0 { positive } else { negative })
    }

    fn into_series(self, grid: &TimeGrid) -> Option<SeriesChoice> {
        Some(SeriesChoice {
            keeps_gaps: self.condition.number().is_some(),
            condition: self.condition.into_series(grid)?,
            positive: self.positive.into_series(grid)?,
            negative: match self.negative {
                Some(negative) => negative.into_series(grid)?,
                None => grid.empty(),
            },
        })
    }
}

impl SeriesChoice {
    fn choose(&self) -> Datapoints {
        let values = self.positive.iter().zip(&self.negative);
        let choices = self.condition.iter().zip(values);
        choices
            .map(|(condition, (positive, negative))| match condition {
                Some(condition) if *condition == 0.0 => *negative,
                Some(_) => self.positive(*positive),
                // Without a condition there is nothing to choose, not even a number (sources, T9).
                None => None,
            })
            .collect()
    }

    fn positive(&self, positive: Option<f64>) -> Option<f64> {
        match self.keeps_gaps {
            true => positive,
            false => Some(positive.unwrap_or(0.0)),
        }
    }
}
