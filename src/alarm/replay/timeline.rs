//! The states of an alarm over time.

use jiff::Timestamp;

use crate::alarm::definition::vocabulary::AlarmState;
use crate::alarm::replay::change::Change;

/// The states of an alarm over time.
#[derive(Clone, Debug, PartialEq)]
pub struct StateTimeline {
    /// The state before the first change.
    pub initial_state: AlarmState,
    /// The changes, oldest first.
    pub changes: Vec<StateChange>,
}

/// The moment from which on an alarm is in a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StateChange {
    /// The moment of the change.
    pub time: Timestamp,
    /// The state from then on.
    pub state: AlarmState,
}

impl StateTimeline {
    /// Creates the timeline of an alarm from its changes.
    pub fn new(initial_state: AlarmState, changes: &[Change]) -> Self {
        Self {
            initial_state,
            changes: changes.iter().map(StateChange::from).collect(),
        }
    }

    /// Returns the last change at this moment or before it.
    pub fn last_change(&self, time: Timestamp) -> Option<StateChange> {
        let last = self.count_until(time).checked_sub(1)?;
        self.changes.get(last).copied()
    }

    /// Returns the changes after this moment.
    pub fn changes_after(&self, time: Timestamp) -> &[StateChange] {
        self.changes.get(self.count_until(time)..).unwrap_or(&[])
    }

    fn count_until(&self, time: Timestamp) -> usize {
        self.changes.partition_point(|change| change.time <= time)
    }

    /// Returns the state at this moment, changes at it included.
    pub fn state(&self, time: Timestamp) -> AlarmState {
        match self.last_change(time) {
            Some(change) => change.state,
            None => self.initial_state,
        }
    }
}

impl From<&Change> for StateChange {
    fn from(change: &Change) -> Self {
        Self {
            time: change.time,
            state: change.new_state,
        }
    }
}
