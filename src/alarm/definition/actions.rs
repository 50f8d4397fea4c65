//! The actions of alarms.

use crate::alarm::definition::vocabulary::AlarmState;

/// The largest number of actions for one state (API, `PutMetricAlarm`).
const ACTIONS_LIMIT: usize = 5;

/// The actions of an alarm: ARNs, by the state that the alarm changes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actions {
    /// True if actions run at all.
    pub enabled: bool,
    /// The actions on a change to OK.
    pub ok: Vec<String>,
    /// The actions on a change to ALARM.
    pub alarm: Vec<String>,
    /// The actions on a change to INSUFFICIENT_DATA.
    pub insufficient_data: Vec<String>,
}

/// The error of a state with more actions than CloudWatch accepts.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} actions for one state, the limit is {ACTIONS_LIMIT}")]
pub struct TooManyActions(usize);

impl Default for Actions {
    fn default() -> Self {
        Self {
            enabled: true,
            ok: Vec::new(),
            alarm: Vec::new(),
            insufficient_data: Vec::new(),
        }
    }
}

impl Actions {
    /// Returns the actions on a change to this state.
    pub fn on_change_to(&self, state: AlarmState) -> &[String] {
        match state {
            AlarmState::Ok => &self.ok,
            AlarmState::Alarm => &self.alarm,
            AlarmState::InsufficientData => &self.insufficient_data,
        }
    }

    /// Checks the number of actions.
    ///
    /// # Errors
    ///
    /// Returns an error if a state has more actions than CloudWatch accepts.
    pub fn validate(&self) -> Result<(), TooManyActions> {
        for state in AlarmState::ALL {
            let count = self.on_change_to(state).len();
            if count > ACTIONS_LIMIT {
                return Err(TooManyActions(count));
            }
        }
        Ok(())
    }
}
