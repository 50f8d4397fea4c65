//! The deletion states of a secret or key over time.

use std::sync::Arc;

use jiff::Timestamp;

use super::change::ResourceChange;
use super::order::Second;
use super::phase::{Phase, days_left};
use super::state::{DeletionState, Fit};

/// A time for which a secret or key is in one deletion state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateInterval {
    /// The state.
    pub state: DeletionState,
    /// The time at which the state begins; `None` if that is not in the archive.
    pub from: Option<Timestamp>,
    /// The time at which the state ends; `None` if it still lasts at the end of the archive.
    pub to: Option<Timestamp>,
    /// The identifiers of the events that show it, in chronological order. A state that only the
    /// next event implies has that event.
    pub evidence: Vec<Arc<str>>,
}

impl StateInterval {
    fn has_begun(&self, time: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= time)
    }

    fn new(state: DeletionState, change: &ResourceChange) -> Self {
        Self {
            state,
            from: Some(change.at),
            to: None,
            evidence: change.event_id.iter().cloned().collect(),
        }
    }

    fn add_evidence(&mut self, change: ResourceChange) {
        self.evidence.extend(change.event_id);
    }
}

/// The deletion states of a secret or key over time. Each interval ends where the next begins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeletionTimeline {
    intervals: Vec<StateInterval>,
}

impl DeletionTimeline {
    /// Returns the states that changes lead to, in whatever order the changes are given.
    pub fn new(mut changes: Vec<ResourceChange>) -> Self {
        changes.sort_unstable();
        let mut timeline = Self::default();
        let mut changes = changes.into_iter().peekable();
        while let Some(first) = changes.next() {
            let second = first.at.as_second();
            let mut others = Vec::new();
            while let Some(other) = changes.next_if(|next| next.at.as_second() == second) {
                others.push(other);
            }
            timeline.add_second(first, others);
        }
        timeline
    }

    /// Returns the intervals in chronological order.
    pub fn intervals(&self) -> &[StateInterval] {
        &self.intervals
    }

    /// Returns the interval at a time. Of several that begin then, it is the last.
    pub fn at(&self, time: Timestamp) -> Option<&StateInterval> {
        let intervals = &self.intervals;
        let count = intervals.partition_point(|interval| interval.has_begun(time));
        self.intervals.get(count.checked_sub(1)?)
    }

    /// Returns the phase of its deletion at a time.
    pub fn phase(&self, time: Timestamp) -> Phase {
        let interval = self.at(time);
        interval.map_or(Phase::Unknown, |interval| Phase::from_state(interval.state))
    }

    /// Returns the days from a time until the date of its deletion, if it is pending then.
    pub fn days_left(&self, time: Timestamp) -> Option<f64> {
        let until = self.at(time)?.state.until()?;
        Some(days_left(time, until))
    }

    fn state(&self) -> DeletionState {
        let last = self.intervals.last();
        last.map_or(DeletionState::Unknown, |interval| interval.state)
    }

    fn add_second(&mut self, first: ResourceChange, others: Vec<ResourceChange>) {
        // Nearly every second has one change.
        if others.is_empty() {
            return self.add(first);
        }
        let mut second = Second::new(std::iter::once(first).chain(others));
        while let Some(change) = second.next_after(self.state()) {
            self.add(change);
        }
    }

    fn add(&mut self, mut change: ResourceChange) {
        // Some containers have fractions of a second, which the order within one ignores.
        let begun = self.intervals.last().and_then(|last| last.from);
        change.at = begun.map_or(change.at, |begun| change.at.max(begun));
        let before = self.state();
        let after = before.after(change.transition);
        self.learn_beginning(&change);
        if after.fit == Fit::Gap {
            self.doubt();
        }
        match (before, after.state) {
            // The versions of a secret are deleted one by one, and it is gone with the last.
            (DeletionState::Deleted, DeletionState::DeletionStarted) => self.reopen(change),
            (DeletionState::Deleted, DeletionState::Deleted) if change.transition.is_end() => {
                self.end_later(change);
            }
            _ => self.enter(after.state, change),
        }
    }

    /// Adds what a change proves for the time before all others.
    fn learn_beginning(&mut self, change: &ResourceChange) {
        match self.intervals.as_mut_slice() {
            [] => self.intervals.extend(beginning(change)),
            // A disabled key says nothing about its deletion, and the next step may.
            [first] if first.from.is_none() && first.state == DeletionState::Unknown => {
                first.state =
                    DeletionState::before(change.transition).unwrap_or(DeletionState::Unknown);
            }
            _ => {}
        }
    }

    /// Takes back the last state, since a step is missing after it: at some time before the next,
    /// there was another.
    fn doubt(&mut self) {
        if let Some(last) = self.intervals.last_mut() {
            last.state = DeletionState::Unknown;
        }
    }

    fn enter(&mut self, state: DeletionState, change: ResourceChange) {
        match self.intervals.last_mut() {
            Some(last) if last.state == state && last.to.is_none() => last.add_evidence(change),
            Some(last) => {
                last.to = Some(change.at);
                self.intervals.push(StateInterval::new(state, &change));
            }
            None => self.intervals.push(StateInterval::new(state, &change)),
        }
    }

    /// Takes back that it was deleted: another version of it is still being deleted.
    fn reopen(&mut self, change: ResourceChange) {
        let Some(mut deleted) = self.intervals.pop() else {
            return;
        };
        deleted.add_evidence(change);
        match self.intervals.last_mut() {
            Some(last) if last.state == DeletionState::DeletionStarted => {
                last.to = None;
                last.evidence.append(&mut deleted.evidence);
            }
            _ => {
                deleted.state = DeletionState::DeletionStarted;
                self.intervals.push(deleted);
            }
        }
    }

    /// Moves the end of its deletion to that of another version.
    fn end_later(&mut self, change: ResourceChange) {
        let [.., before, deleted] = self.intervals.as_mut_slice() else {
            return;
        };
        before.to = Some(change.at);
        deleted.from = Some(change.at);
        deleted.add_evidence(change);
    }
}

fn beginning(change: &ResourceChange) -> Option<StateInterval> {
    let state = DeletionState::before(change.transition)?;
    let mut interval = StateInterval::new(state, change);
    interval.from = None;
    if state == DeletionState::Unknown {
        interval.evidence.clear();
    }
    Some(interval)
}
