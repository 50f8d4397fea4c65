//! The decision of one evaluation: datapoints to state.

use crate::alarm::definition::configuration::AlarmConfiguration;
use crate::alarm::definition::vocabulary::{AlarmState, TreatMissingData};
use crate::alarm::replay::options::PrematureBreach;

/// The error of a number of samples that is computed from a percentage, as a share of it.
const ROUNDING: f64 = 1e-9;

/// The decision of one evaluation.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// The state that follows.
    pub state: AlarmState,
    /// The ages of the datapoints that were judged, newest first; the newest slot of the range has
    /// age 1.
    pub judged_ages: Vec<u32>,
    /// The ages of the slots that decided, newest first: datapoints of the deciding side, and empty
    /// slots if these are too few (sources, E11 and E12).
    pub deciding_ages: Vec<u32>,
    /// The number of slots that the treatment of missing data fills, because there are too few
    /// datapoints.
    pub filled: usize,
}

/// A datapoint, with the place of its slot in the range.
#[derive(Clone, Copy, Debug)]
pub(super) struct AgedDatapoint {
    /// The number of the slot, counted from the newest, which is 1.
    pub(super) age: u32,
    /// The value.
    pub(super) value: f64,
}

/// Decides the state after one evaluation.
///
/// `datapoints` are the values in the evaluation range, newest first, with `None` for a slot
/// without a datapoint. `previous` is the state that missing data may keep.
///
/// With N or more datapoints the N newest are judged and the treatment of missing data plays no
/// part. With fewer, all of them are judged and the shortfall is filled by the treatment (user
/// guide, "Configuring how CloudWatch alarms treat missing data"). If every datapoint breaches and
/// fewer than M exist, the age of the oldest decides: from M on the alarm goes off (recorded on
/// AWS); before that, the breach is premature.
pub fn evaluate(
    alarm: &AlarmConfiguration,
    previous: AlarmState,
    datapoints: &[Option<f64>],
    premature_breach: PrematureBreach,
) -> Decision {
    let judged = judged(alarm, datapoints);
    let facts = Facts::new(alarm, &judged);
    let state = facts.state(alarm, previous, premature_breach);
    let deciding = judged
        .iter()
        .filter(|datapoint| decides(alarm, state, datapoint.value));
    Decision {
        state,
        deciding_ages: completed(deciding_count(alarm, state), ages(deciding), datapoints),
        judged_ages: ages(judged.iter()).collect(),
        filled: facts.filled,
    }
}

/// Returns the datapoints that are judged, newest first: the N newest, or all if there are fewer.
pub(super) fn judged(alarm: &AlarmConfiguration, datapoints: &[Option<f64>]) -> Vec<AgedDatapoint> {
    // N counts datapoints and not slots: gaps between them push the oldest further back.
    let slots = (1..).zip(datapoints);
    let existing = slots.filter_map(|(age, value)| value.map(|value| AgedDatapoint { age, value }));
    existing.take(alarm.evaluation_periods as usize).collect()
}

/// Returns whether a percentile over so many samples has fewer than it needs.
pub(super) fn is_too_few(count: f64, needed: f64) -> bool {
    count < needed * (1.0 - ROUNDING)
}

fn ages<'d>(datapoints: impl Iterator<Item = &'d AgedDatapoint>) -> impl Iterator<Item = u32> {
    datapoints.map(|datapoint| datapoint.age)
}

/// Returns whether a value is on the side that decided.
pub(super) fn decides(alarm: &AlarmConfiguration, state: AlarmState, value: f64) -> bool {
    match state {
        AlarmState::Alarm => alarm.breaches(value),
        AlarmState::Ok => !alarm.breaches(value),
        AlarmState::InsufficientData => false,
    }
}

/// Returns the number of slots that decide: M for ALARM and INSUFFICIENT_DATA, N-M+1 for OK.
fn deciding_count(alarm: &AlarmConfiguration, state: AlarmState) -> usize {
    let count = match state {
        AlarmState::Alarm | AlarmState::InsufficientData => alarm.datapoints_needed(),
        AlarmState::Ok => alarm.datapoints_to_clear(),
    };
    count as usize
}

/// Returns the newest of the deciding ages, completed by the newest empty slots.
fn completed(
    count: usize,
    deciding: impl Iterator<Item = u32>,
    datapoints: &[Option<f64>],
) -> Vec<u32> {
    let mut ages: Vec<u32> = deciding.take(count).collect();
    ages.extend(empty_ages(datapoints).take(count - ages.len()));
    ages.sort_unstable();
    ages
}

/// Returns the ages of the slots without a datapoint, newest first.
fn empty_ages(datapoints: &[Option<f64>]) -> impl Iterator<Item = u32> + '_ {
    let slots = (1..).zip(datapoints);
    slots.filter_map(|(age, value)| value.is_none().then_some(age))
}

/// The counts that a decision rests on.
struct Facts {
    /// The datapoints that are judged.
    real: usize,
    /// Those of them that breach.
    breaching: usize,
    /// The slots that the treatment of missing data fills.
    filled: usize,
    /// The age of the oldest datapoint; 0 if there is none.
    oldest_age: u32,
}

impl Facts {
    fn new(alarm: &AlarmConfiguration, judged: &[AgedDatapoint]) -> Self {
        let values = judged.iter().map(|datapoint| datapoint.value);
        Self {
            real: judged.len(),
            breaching: values.filter(|value| alarm.breaches(*value)).count(),
            // No more datapoints are judged than there are evaluation periods.
            filled: alarm.evaluation_periods as usize - judged.len(),
            oldest_age: judged.last().map_or(0, |datapoint| datapoint.age),
        }
    }

    /// Returns the state that the decision table gives (sources, E7 to E10).
    fn state(
        &self,
        alarm: &AlarmConfiguration,
        previous: AlarmState,
        premature_breach: PrematureBreach,
    ) -> AlarmState {
        let treatment = alarm.treat_missing_data;
        if self.breaching_with_filled(treatment) >= alarm.datapoints_needed() as usize {
            return AlarmState::Alarm;
        }
        if self.is_known(treatment) {
            return AlarmState::Ok;
        }
        // From here on, fewer than M datapoints exist, all of them breach, and the empty slots have
        // no value.
        match treatment {
            TreatMissingData::Ignore => previous,
            _ if self.real == 0 => AlarmState::InsufficientData,
            _ if self.oldest_age >= alarm.datapoints_needed() => AlarmState::Alarm,
            _ => premature_state(previous, premature_breach),
        }
    }

    fn breaching_with_filled(&self, treatment: TreatMissingData) -> usize {
        match treatment {
            TreatMissingData::Breaching => self.breaching + self.filled,
            _ => self.breaching,
        }
    }

    /// Returns whether too few breaches are enough to know that the alarm is in OK: no slot is
    /// empty, the treatment gives the empty slots a value, or some datapoint does not breach.
    fn is_known(&self, treatment: TreatMissingData) -> bool {
        match treatment {
            TreatMissingData::Breaching | TreatMissingData::NotBreaching => true,
            TreatMissingData::Missing | TreatMissingData::Ignore => {
                self.filled == 0 || self.breaching < self.real
            }
        }
    }
}

fn premature_state(previous: AlarmState, premature_breach: PrematureBreach) -> AlarmState {
    match premature_breach {
        PrematureBreach::InsufficientData => AlarmState::InsufficientData,
        PrematureBreach::Keep => previous,
        PrematureBreach::Ok => AlarmState::Ok,
    }
}
