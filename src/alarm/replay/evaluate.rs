//! One evaluation: datapoints to state.

use crate::alarm::definition::configuration::{AlarmConfiguration, AlarmState, TreatMissingData};

/// What one evaluation found.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluation {
    /// The state that follows.
    pub state: AlarmState,
    /// The ages of the datapoints that were judged, newest first; the newest slot of the range has
    /// age 1.
    pub used: Vec<u32>,
    /// The ages of the slots that decided, newest first: datapoints of the deciding side, and empty
    /// slots if these are too few (sources, E11 and E12).
    pub decisive: Vec<u32>,
    /// How many slots had to be filled because too few datapoints were there.
    pub filled: u32,
}

/// The state that a premature breach leads to under `missing`: every datapoint breaches, fewer than
/// M exist, and the oldest is less than M old. AWS's guide gave INSUFFICIENT_DATA until June 2019
/// and is silent today (sources, E10).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PrematureBreach {
    /// Nothing is known.
    #[default]
    InsufficientData,
    /// The state is kept.
    Keep,
    /// The metric is taken not to breach.
    Ok,
}

/// Decides the state after one evaluation.
///
/// `datapoints` are the values in the evaluation range, newest first, `None` where there is none.
/// `previous` is the state that missing data may keep.
///
/// With N or more datapoints the N newest are judged and the treatment of missing data plays no
/// part. With fewer, all of them are judged and the shortfall is filled by the treatment (user
/// guide, "Configuring how CloudWatch alarms treat missing data"). Where every datapoint breaches
/// and fewer than M exist, the age of the oldest decides: from M on the alarm goes off (recorded on
/// AWS); before that, the transition would be premature.
pub fn evaluate(
    alarm: &AlarmConfiguration,
    previous: AlarmState,
    datapoints: &[Option<f64>],
    premature_breach: PrematureBreach,
) -> Evaluation {
    let wanted = alarm.evaluation_periods as usize;
    let real: Vec<(u32, f64)> = (1..)
        .zip(datapoints)
        .filter_map(|(age, value)| Some((age, (*value)?)))
        .collect();
    let judged = &real[..real.len().min(wanted)];
    let facts = Facts {
        real: judged.len(),
        breaching: judged
            .iter()
            .filter(|(_, value)| alarm.breaches(*value))
            .count(),
        filled: wanted - judged.len(),
        oldest_age: judged.last().map_or(0, |(age, _)| *age),
    };
    let state = facts.state(alarm, previous, premature_breach);
    Evaluation {
        state,
        used: judged.iter().map(|(age, _)| *age).collect(),
        decisive: decisive(alarm, state, judged, datapoints),
        filled: u32::try_from(facts.filled).unwrap_or(u32::MAX),
    }
}

/// The slots that decided: up to M breaching datapoints for ALARM, up to N-M+1 others for OK, none
/// for INSUFFICIENT_DATA; the newest empty slots complete the number, which is M for the last.
fn decisive(
    alarm: &AlarmConfiguration,
    state: AlarmState,
    judged: &[(u32, f64)],
    datapoints: &[Option<f64>],
) -> Vec<u32> {
    let needed = alarm.datapoints_needed() as usize;
    let (wanted, side) = match state {
        AlarmState::Alarm => (needed, Some(true)),
        AlarmState::Ok => (
            (alarm.evaluation_periods as usize + 1).saturating_sub(needed),
            Some(false),
        ),
        AlarmState::InsufficientData => (needed, None),
    };
    let deciding = judged
        .iter()
        .filter(|(_, value)| Some(alarm.breaches(*value)) == side);
    let mut ages: Vec<u32> = deciding.map(|(age, _)| *age).take(wanted).collect();
    let empty = (1..)
        .zip(datapoints)
        .filter(|(_, value)| value.is_none())
        .map(|(age, _)| age);
    ages.extend(empty.take(wanted - ages.len()));
    ages.sort_unstable();
    ages
}

/// What the decision stands on.
struct Facts {
    real: usize,
    breaching: usize,
    filled: usize,
    oldest_age: u32,
}

impl Facts {
    /// Returns the state that the decision table gives (sources, E7 to E10).
    fn state(
        &self,
        alarm: &AlarmConfiguration,
        previous: AlarmState,
        premature_breach: PrematureBreach,
    ) -> AlarmState {
        let needed = alarm.datapoints_needed() as usize;
        let treatment = alarm.treat_missing_data;
        let breaching = match treatment {
            TreatMissingData::Breaching => self.breaching + self.filled,
            _ => self.breaching,
        };
        let fills_are_values = matches!(
            treatment,
            TreatMissingData::Breaching | TreatMissingData::NotBreaching
        );
        if breaching >= needed {
            return AlarmState::Alarm;
        }
        if self.filled == 0 || fills_are_values || self.breaching < self.real {
            return AlarmState::Ok;
        }
        // Fewer than M datapoints exist, all of them breach, and what is missing has no value.
        let keeps = treatment == TreatMissingData::Ignore;
        let is_old_enough = self.real > 0 && self.oldest_age >= alarm.datapoints_needed();
        match (keeps, is_old_enough, premature_breach) {
            (true, ..) => previous,
            (false, true, _) => AlarmState::Alarm,
            (false, false, PrematureBreach::Keep) if self.real > 0 => previous,
            (false, false, PrematureBreach::Ok) if self.real > 0 => AlarmState::Ok,
            (false, false, _) => AlarmState::InsufficientData,
        }
    }
}
