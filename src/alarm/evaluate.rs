//! One evaluation: datapoints to state.

use super::configuration::{AlarmConfiguration, AlarmState, TreatMissingData};

/// What one evaluation found.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluation {
    /// The state that follows.
    pub state: AlarmState,
    /// The ages of the datapoints that were judged, newest first; the newest slot of the range has age 1.
    pub used: Vec<u32>,
    /// How many of them breach.
    pub breaching: u32,
    /// How many slots had to be filled because too few datapoints were there.
    pub filled: u32,
}

/// Decides the state after one evaluation.
///
/// `datapoints` are the values in the evaluation range, newest first, `None` where there is none. `previous` is the
/// state that missing data may keep.
///
/// With N or more datapoints the N newest are judged and the treatment of missing data plays no part. With fewer,
/// all of them are judged and the shortfall is filled by the treatment (user guide, "Configuring how CloudWatch
/// alarms treat missing data"). Where every datapoint breaches and fewer than M exist, the age of the oldest
/// decides: from M on the alarm goes off ("premature" transition, recorded on AWS), before it nothing is known.
pub fn evaluate(alarm: &AlarmConfiguration, previous: AlarmState, datapoints: &[Option<f64>]) -> Evaluation {
    let wanted = alarm.evaluation_periods as usize;
    let real: Vec<(u32, f64)> =
        (1..).zip(datapoints).filter_map(|(age, value)| Some((age, (*value)?))).collect();
    let judged = &real[..real.len().min(wanted)];
    let breaching = judged.iter().filter(|(_, value)| alarm.breaches(*value)).count();
    let facts = Facts {
        real: judged.len(),
        breaching,
        filled: wanted - judged.len(),
        oldest_age: judged.last().map_or(0, |(age, _)| *age),
    };
    Evaluation {
        state: facts.state(alarm, previous),
        used: judged.iter().map(|(age, _)| *age).collect(),
        breaching: u32::try_from(breaching).unwrap_or(u32::MAX),
        filled: u32::try_from(facts.filled).unwrap_or(u32::MAX),
    }
}

/// What the decision stands on.
struct Facts {
    real: usize,
    breaching: usize,
    filled: usize,
    oldest_age: u32,
}

impl Facts {
    /// The decision table of `alarm-replay` 6.5.
    fn state(&self, alarm: &AlarmConfiguration, previous: AlarmState) -> AlarmState {
        let needed = alarm.datapoints_to_alarm as usize;
        let treatment = alarm.treat_missing_data;
        let breaching = match treatment {
            TreatMissingData::Breaching => self.breaching + self.filled,
            _ => self.breaching,
        };
        let fills_are_values =
            matches!(treatment, TreatMissingData::Breaching | TreatMissingData::NotBreaching);
        if breaching >= needed {
            return AlarmState::Alarm;
        }
        if self.filled == 0 || fills_are_values || self.breaching < self.real {
            return AlarmState::Ok;
        }
        // Fewer than M datapoints exist, all of them breach, and what is missing has no value.
        let keeps = treatment == TreatMissingData::Ignore;
        let premature = self.real > 0 && self.oldest_age >= alarm.datapoints_to_alarm;
        match (keeps, premature) {
            (true, _) => previous,
            (false, true) => AlarmState::Alarm,
            (false, false) => AlarmState::InsufficientData,
        }
    }
}
