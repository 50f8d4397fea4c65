//! The decision of one evaluation, for every threshold at once.
//!
//! The windows of an alarm and the datapoints in them do not depend on its threshold. Given N, M
//! and the treatment of missing data, the threshold only decides how many of the judged datapoints
//! breach, and the evaluation only asks for a minimum: M of them, or all of them if fewer exist. At
//! least `k` datapoints breach exactly if the `k`-th most extreme one does, since every value that
//! is more extreme breaches, too. So one value decides between two outcomes: a sweep finds it once,
//! and compares it with each threshold.

use crate::alarm::definition::configuration::AlarmConfiguration;
use crate::alarm::definition::vocabulary::{AlarmState, TreatMissingData};
use crate::alarm::replay::evaluate::{AgedDatapoint, judged};
use crate::alarm::replay::options::PrematureBreach;

/// The effect of an evaluation on the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EvaluationEffect {
    /// It becomes this one.
    Becomes(AlarmState),
    /// It stays.
    Stays,
}

const ALARM: EvaluationEffect = EvaluationEffect::Becomes(AlarmState::Alarm);
const OK: EvaluationEffect = EvaluationEffect::Becomes(AlarmState::Ok);
const INSUFFICIENT_DATA: EvaluationEffect = EvaluationEffect::Becomes(AlarmState::InsufficientData);

/// An evaluation as a function of the threshold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Cut {
    /// The value that decides; `None` if the threshold plays no part.
    value: Option<f64>,
    /// The outcome if the value breaches the threshold.
    breached: EvaluationEffect,
    /// The outcome otherwise.
    otherwise: EvaluationEffect,
}

impl Cut {
    /// Computes the cut of the datapoints in an evaluation range, newest first. The threshold of
    /// `alarm` plays no part.
    pub(super) fn new(
        alarm: &AlarmConfiguration,
        datapoints: &[Option<f64>],
        premature_breach: PrematureBreach,
    ) -> Self {
        let judged = judged(alarm, datapoints);
        let needed = needed_breaches(alarm, judged.len());
        // The slots that missing data fills are enough to breach.
        if needed == 0 {
            return Self::always(ALARM);
        }
        if needed <= judged.len() {
            return Self::at(needed, alarm, &judged, ALARM);
        }
        // With fewer values than that, it depends on whether all of them breach.
        let outcome = if_all_breach(alarm, &judged, premature_breach);
        if judged.is_empty() || outcome == OK {
            return Self::always(outcome);
        }
        Self::at(judged.len(), alarm, &judged, outcome)
    }

    /// Returns the cut at the number-th most extreme value: OK if it does not breach.
    fn at(
        number: usize,
        alarm: &AlarmConfiguration,
        judged: &[AgedDatapoint],
        breached: EvaluationEffect,
    ) -> Self {
        let values = most_extreme_first(alarm, judged);
        // The number is at least 1, since no value decides if no breach is needed.
        Self {
            value: values.get(number - 1).copied(),
            breached,
            otherwise: OK,
        }
    }

    /// Returns the cut of an evaluation that keeps the state.
    pub(super) fn unchanged() -> Self {
        Self::always(EvaluationEffect::Stays)
    }

    fn always(outcome: EvaluationEffect) -> Self {
        Self {
            value: None,
            breached: outcome,
            otherwise: outcome,
        }
    }

    /// Returns the state after an evaluation against this threshold.
    pub(super) fn state(
        &self,
        alarm: &AlarmConfiguration,
        threshold: f64,
        previous: AlarmState,
    ) -> AlarmState {
        match self.outcome(alarm, threshold) {
            EvaluationEffect::Becomes(state) => state,
            EvaluationEffect::Stays => previous,
        }
    }

    fn outcome(&self, alarm: &AlarmConfiguration, threshold: f64) -> EvaluationEffect {
        match self.breaches(alarm, threshold) {
            true => self.breached,
            false => self.otherwise,
        }
    }

    /// Returns whether the value that decides breaches this threshold.
    fn breaches(&self, alarm: &AlarmConfiguration, threshold: f64) -> bool {
        let operator = alarm.comparison_operator;
        self.value
            .is_some_and(|value| operator.holds(value, threshold))
    }
}

/// Returns the number of judged datapoints that must breach for ALARM.
fn needed_breaches(alarm: &AlarmConfiguration, judged: usize) -> usize {
    let needed = alarm.datapoints_needed() as usize;
    let filled = alarm.evaluation_periods as usize - judged;
    match alarm.treat_missing_data {
        TreatMissingData::Breaching => needed.saturating_sub(filled),
        TreatMissingData::Missing | TreatMissingData::NotBreaching | TreatMissingData::Ignore => {
            needed
        }
    }
}

fn most_extreme_first(alarm: &AlarmConfiguration, judged: &[AgedDatapoint]) -> Vec<f64> {
    let mut values: Vec<f64> = judged.iter().map(|datapoint| datapoint.value).collect();
    values.sort_unstable_by(f64::total_cmp);
    if alarm.comparison_operator.is_rising() {
        values.reverse();
    }
    values
}

/// Returns the outcome if all of too few datapoints breach.
fn if_all_breach(
    alarm: &AlarmConfiguration,
    judged: &[AgedDatapoint],
    premature_breach: PrematureBreach,
) -> EvaluationEffect {
    let oldest_age = judged.last().map(|datapoint| datapoint.age);
    match (alarm.treat_missing_data, oldest_age) {
        // `breaching` is decided before: with the filled slots, there are never too few.
        (TreatMissingData::Breaching | TreatMissingData::NotBreaching, _) => OK,
        (TreatMissingData::Ignore, _) => EvaluationEffect::Stays,
        (TreatMissingData::Missing, None) => INSUFFICIENT_DATA,
        (TreatMissingData::Missing, Some(age)) if age >= alarm.datapoints_needed() => ALARM,
        (TreatMissingData::Missing, Some(_)) => premature_outcome(premature_breach),
    }
}

fn premature_outcome(premature_breach: PrematureBreach) -> EvaluationEffect {
    match premature_breach {
        PrematureBreach::InsufficientData => INSUFFICIENT_DATA,
        PrematureBreach::Keep => EvaluationEffect::Stays,
        PrematureBreach::Ok => OK,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alarm::definition::vocabulary::ComparisonOperator;
    use crate::alarm::replay::evaluate::evaluate;

    const PREMATURE_BREACHES: [PrematureBreach; 3] = [
        PrematureBreach::InsufficientData,
        PrematureBreach::Keep,
        PrematureBreach::Ok,
    ];

    /// Returns every alarm of up to three datapoints.
    fn alarms() -> Vec<AlarmConfiguration> {
        let mut alarms = Vec::new();
        for (n, m) in [(1, 1), (2, 1), (2, 2), (3, 1), (3, 2), (3, 3)] {
            for treat_missing_data in TreatMissingData::ALL {
                for comparison_operator in ComparisonOperator::ALL {
                    alarms.push(AlarmConfiguration {
                        evaluation_periods: n,
                        datapoints_to_alarm: Some(m),
                        treat_missing_data,
                        comparison_operator,
                        ..AlarmConfiguration::on_sum("a", Default::default())
                    });
                }
            }
        }
        alarms
    }

    /// Returns every range of four slots that are empty, 0, 1 or 2.
    fn ranges() -> Vec<Vec<Option<f64>>> {
        let slot = |digit: u32| [None, Some(0.0), Some(1.0), Some(2.0)][digit as usize % 4];
        let range = |number: u32| (0..4).map(|place| slot(number >> (2 * place))).collect();
        (0..256).map(range).collect()
    }

    #[test]
    fn a_cut_decides_as_the_evaluation_against_each_threshold() {
        let ranges = ranges();
        for alarm in alarms() {
            for premature_breach in PREMATURE_BREACHES {
                for datapoints in &ranges {
                    assert_same(&alarm, datapoints, premature_breach);
                }
            }
        }
    }

    fn assert_same(
        alarm: &AlarmConfiguration,
        datapoints: &[Option<f64>],
        premature_breach: PrematureBreach,
    ) {
        let cut = Cut::new(alarm, datapoints, premature_breach);
        for (threshold, previous) in [(0.0, AlarmState::Ok), (1.0, AlarmState::Alarm)] {
            let alarm = AlarmConfiguration {
                threshold,
                ..alarm.clone()
            };
            let expected = evaluate(&alarm, previous, datapoints, premature_breach).state;
            let found = cut.state(&alarm, threshold, previous);
            assert_eq!(found, expected, "{alarm:?} {datapoints:?}");
        }
    }
}
