//! What one evaluation decides, for every threshold at once.
//!
//! The windows of an alarm and what is in them do not depend on its threshold. For given N, M and
//! treatment of missing data, the threshold decides between two outcomes by whether it is breached
//! by one value: the M-th most extreme of those that are judged, or the least extreme where fewer
//! exist. So a sweep of thresholds computes the value once and compares it with each.

use crate::alarm::definition::configuration::{AlarmConfiguration, AlarmState, TreatMissingData};
use crate::alarm::replay::evaluate::PrematureBreach;

/// What an evaluation does to the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It becomes this one.
    Becomes(AlarmState),
    /// It stays.
    Stays,
}

/// An evaluation as a function of the threshold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Cut {
    /// The value that decides; nothing where the threshold plays no part.
    value: Option<f64>,
    /// The outcome when the value breaches the threshold.
    breached: Outcome,
    /// The outcome otherwise.
    otherwise: Outcome,
}

const ALARM: Outcome = Outcome::Becomes(AlarmState::Alarm);
const OK: Outcome = Outcome::Becomes(AlarmState::Ok);

impl Cut {
    /// The cut of the datapoints in an evaluation range, newest first. Of `alarm`, the threshold is
    /// not looked at.
    pub(super) fn of(
        alarm: &AlarmConfiguration,
        datapoints: &[Option<f64>],
        premature_breach: PrematureBreach,
    ) -> Self {
        let wanted = alarm.evaluation_periods as usize;
        let needed = alarm.datapoints_needed() as usize;
        let real = (1_u32..)
            .zip(datapoints)
            .filter_map(|(age, value)| Some((age, (*value)?)));
        let judged: Vec<(u32, f64)> = real.take(wanted).collect();
        let oldest_age = judged.last().map_or(0, |(age, _)| *age);
        let mut values: Vec<f64> = judged.into_iter().map(|(_, value)| value).collect();
        match alarm.comparison_operator.is_rising() {
            true => values.sort_unstable_by(|a, b| b.total_cmp(a)),
            false => values.sort_unstable_by(f64::total_cmp),
        }
        let filled = wanted - values.len();
        let by = |count: usize| Self {
            value: values.get(count - 1).copied(),
            breached: ALARM,
            otherwise: OK,
        };
        if filled == 0
            || values.len() >= needed && alarm.treat_missing_data != TreatMissingData::Breaching
        {
            return by(needed);
        }
        match alarm.treat_missing_data {
            TreatMissingData::Breaching if filled >= needed => Self::always(ALARM),
            TreatMissingData::Breaching => by(needed - filled),
            TreatMissingData::NotBreaching => Self::always(OK),
            TreatMissingData::Ignore if values.is_empty() => Self::always(Outcome::Stays),
            TreatMissingData::Ignore => Self {
                breached: Outcome::Stays,
                ..by(values.len())
            },
            TreatMissingData::Missing if values.is_empty() => {
                Self::always(Outcome::Becomes(AlarmState::InsufficientData))
            }
            TreatMissingData::Missing => {
                let is_old_enough = oldest_age as usize >= needed;
                Self {
                    breached: if is_old_enough {
                        ALARM
                    } else {
                        premature_outcome(premature_breach)
                    },
                    ..by(values.len())
                }
            }
        }
    }

    fn always(outcome: Outcome) -> Self {
        Self {
            value: None,
            breached: outcome,
            otherwise: outcome,
        }
    }

    /// The state after an evaluation against this threshold.
    pub(super) fn state(
        &self,
        alarm: &AlarmConfiguration,
        threshold: f64,
        previous: AlarmState,
    ) -> AlarmState {
        let is_breached = self
            .value
            .is_some_and(|value| alarm.comparison_operator.holds(value, threshold));
        match if is_breached {
            self.breached
        } else {
            self.otherwise
        } {
            Outcome::Becomes(state) => state,
            Outcome::Stays => previous,
        }
    }
}

fn premature_outcome(premature_breach: PrematureBreach) -> Outcome {
    match premature_breach {
        PrematureBreach::InsufficientData => Outcome::Becomes(AlarmState::InsufficientData),
        PrematureBreach::Keep => Outcome::Stays,
        PrematureBreach::Ok => OK,
    }
}
