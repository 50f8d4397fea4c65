//! The words for sets of settings.

use super::{Backtest, Combination};

/// The most parts of a list of thresholds that are shown.
const PARTS_LIMIT: usize = 8;

/// The share of a step by which two steps may differ and still be the same, since steps such as 0.1
/// have no exact binary form.
const STEP_TOLERANCE: f64 = 1e-6;

/// Settings that all alarms of a back-test share; `None` where several were tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedSettings {
    /// The statistic; empty for metric math.
    pub statistic: Option<String>,
    /// The treatment of missing data.
    pub treat_missing_data: Option<String>,
    /// The clock.
    pub clock: Option<String>,
}

/// Returns numbers, in order, as `--threshold` takes them: `1..4, 10, 20..100..5`. A list that
/// would be long is cut in the middle.
pub fn ranges(numbers: &[f64]) -> String {
    let mut parts = Vec::new();
    let mut rest = numbers;
    while !rest.is_empty() {
        let (run, further) = rest.split_at(run_length(rest));
        parts.extend(range(run));
        rest = further;
    }
    joined(&shortened(parts))
}

/// Returns the parts with those in the middle left out, if they are too many.
fn shortened(mut parts: Vec<String>) -> Vec<String> {
    if parts.len() > PARTS_LIMIT {
        let last = parts.split_off(parts.len() - 1);
        parts.truncate(PARTS_LIMIT - 2);
        parts.push("…".to_owned());
        parts.extend(last);
    }
    parts
}

/// Returns the number of numbers at the start of a list that make one part of the text: those with
/// equal steps, if there are at least three.
fn run_length(numbers: &[f64]) -> usize {
    let [first, second, ..] = numbers else {
        return numbers.len();
    };
    let step = second - first;
    let steps = numbers.windows(2).map(|pair| pair[1] - pair[0]);
    let is_same = |other: &f64| (other - step).abs() <= step.abs() * STEP_TOLERANCE;
    match steps.take_while(is_same).count() {
        1 => 1,
        steps => steps + 1,
    }
}

fn range(run: &[f64]) -> Option<String> {
    let (first, last) = (run.first()?, run.last()?);
    let step = run.get(1).map(|second| second - first);
    Some(match step {
        None => first.to_string(),
        Some(1.0) => format!("{first}..{last}"),
        Some(_) => {
            // The mean of all steps is nearer to the one that was given than each of them.
            let step = (last - first) / (run.len() - 1) as f64;
            format!("{first}..{last}..{}", rounded(step))
        }
    })
}

/// Rounds a number to the digits that a person would have written.
fn rounded(number: f64) -> f64 {
    format!("{number:.9e}").parse().unwrap_or(number)
}

/// Returns texts as one, with commas between them.
pub(super) fn joined(texts: &[String]) -> String {
    texts.join(", ")
}

impl Backtest {
    /// Returns the settings that all alarms share.
    pub fn shared_settings(&self) -> SharedSettings {
        SharedSettings {
            statistic: self.shared(Combination::statistic),
            treat_missing_data: self.shared(|row| row.alarm.treat_missing_data.to_string()),
            clock: match self.clocks.as_slice() {
                [only] => Some(only.clone()),
                _ => None,
            },
        }
    }

    /// Returns the text that all alarms share.
    fn shared(&self, text: impl Fn(&Combination) -> String) -> Option<String> {
        // Alarms that differ only in their thresholds share everything else.
        let thresholds = self.thresholds.len().max(1);
        let mut shapes = self.combinations.iter().step_by(thresholds);
        let first = text(shapes.next()?);
        shapes.all(|row| text(row) == first).then_some(first)
    }
}

#[cfg(test)]
mod tests {
    use super::ranges;

    #[test]
    fn numbers_are_written_as_an_option_takes_them() {
        for (numbers, expected) in [
            (vec![], ""),
            (vec![1.0, 2.0], "1, 2"),
            (vec![1.0, 2.0, 3.0, 4.0], "1..4"),
            (vec![0.0, 0.1, 0.2, 0.3], "0..0.3..0.1"),
            (
                vec![1.0, 2.0, 3.0, 10.0, 20.0, 25.0, 30.0],
                "1..3, 10, 20..30..5",
            ),
            (vec![-1.5, 0.0, 1.5], "-1.5..1.5..1.5"),
        ] {
            assert_eq!(ranges(&numbers), expected);
        }
    }

    #[test]
    fn a_long_list_is_cut() {
        let squares: Vec<f64> = (1..=9).map(|root| f64::from(root * root)).collect();
        assert_eq!(ranges(&squares), "1, 4, 9, 16, 25, 36, …, 81");
        assert_eq!(ranges(&squares[..8]), "1, 4, 9, 16, 25, 36, 49, 64");
    }
}
