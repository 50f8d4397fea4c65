//! The deletions of a secret or key: from the step that scheduled each to its end.

use jiff::Timestamp;

use crate::cloudtrail::lifecycle::{DeletionState, DeletionTimeline, StateInterval};

/// The seconds after a restoration for which calls may still be refused. States take effect within
/// minutes in all of a service.
const SETTLING_SECONDS: i64 = 15 * 60;

/// One deletion of a secret or key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DeletionEpisode {
    /// The time at which it was scheduled or first seen; `None` if it began before the archive.
    pub(super) from: Option<Timestamp>,
    /// The time at which it was undone; `None` if it was not.
    pub(super) to: Option<Timestamp>,
    /// The time until which it could be undone, as far as it is known.
    pub(super) until: Option<Timestamp>,
    /// The time at which the secret or key was gone.
    pub(super) deleted: Option<Timestamp>,
    /// Its end.
    pub(super) ending: Ending,
}

/// The end of a deletion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// It was undone.
    Restored,
    /// The secret or key was deleted.
    Deleted,
    /// The secret was deleted without a window.
    Forced,
    /// It is pending at the end of the archive.
    Pending,
    /// It waits for replicas at the end of the archive.
    AwaitsReplicas,
    /// The archive lacks the step that ended it.
    Missing,
    /// The archive has no step of it at all.
    Unscheduled,
}

impl DeletionEpisode {
    /// Returns the deletion of a secret or key of which the archive has no step.
    pub(super) fn unscheduled() -> Self {
        Self {
            from: None,
            to: None,
            until: None,
            deleted: None,
            ending: Ending::Unscheduled,
        }
    }

    /// Adds a deletion that only refused calls show, the first of them at this time.
    pub(super) fn add_unscheduled(episodes: &mut Vec<Self>, refused: Timestamp) {
        let number = episodes.partition_point(|episode| episode.has_begun(refused));
        let unscheduled = Self {
            from: Some(refused),
            ..Self::unscheduled()
        };
        episodes.insert(number, unscheduled);
    }

    /// Returns the deletions in a timeline, in chronological order.
    pub(super) fn all(timeline: &DeletionTimeline) -> Vec<Self> {
        let mut episodes = Vec::new();
        let mut rest = timeline.intervals();
        while let Some(start) = rest.iter().position(is_of_deletion) {
            rest = rest.get(start..).unwrap_or_default();
            let others = rest.iter().position(|interval| !is_of_deletion(interval));
            let (own, after) = rest.split_at(others.unwrap_or(rest.len()));
            episodes.push(Self::new(own, after.first()));
            rest = after;
        }
        episodes
    }

    fn new(own: &[StateInterval], next: Option<&StateInterval>) -> Self {
        Self {
            from: own.first().and_then(|first| first.from),
            to: own.last().and_then(|last| last.to),
            until: own
                .iter()
                .filter_map(|interval| interval.state.until())
                .next_back(),
            deleted: beginning(own, DeletionState::Deleted),
            ending: ending(own, next.map(|next| next.state)),
        }
    }

    /// Returns true if it began before a time, or then.
    fn has_begun(&self, time: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= time)
    }

    /// Returns true for a time between its beginning and its end, both included.
    pub(super) fn covers(&self, time: Option<Timestamp>) -> bool {
        self.from.is_none_or(|from| Some(from) <= time) && self.to.is_none_or(|to| time <= Some(to))
    }

    /// Returns the number of the deletion that a refused call at a time belongs to.
    ///
    /// Shortly after a restoration, calls may still be refused. So a call belongs to the last
    /// deletion that had begun, or else to the first. One that is refused later shows a deletion of
    /// its own, which [`add_unscheduled`](Self::add_unscheduled) adds.
    pub(super) fn number_at(episodes: &[Self], time: Timestamp) -> usize {
        let begun = episodes.partition_point(|episode| episode.has_begun(time));
        begun.saturating_sub(1)
    }

    /// Returns the number of the deletion that is known to have been scheduled before a time and
    /// not to have ended by then.
    pub(super) fn number_while_pending(episodes: &[Self], at: Timestamp) -> Option<usize> {
        let number = Self::number_at(episodes, at);
        let own = episodes.get(number)?;
        let has_begun = own
            .from
            .is_some_and(|from| from.as_second() < at.as_second());
        let mut ends = [own.to, own.deleted].into_iter().flatten();
        let has_ended = ends.any(|end| end <= at);
        // Only refusals show one without steps, and it may have been undone since.
        let has_steps = own.ending != Ending::Unscheduled;
        (has_begun && !has_ended && has_steps).then_some(number)
    }

    /// Returns whether the window of the deletion at a time had ended by then, so that it may have
    /// been carried out.
    pub(super) fn is_window_over(episodes: &[Self], at: Timestamp) -> bool {
        let own = episodes.get(Self::number_at(episodes, at));
        // A deletion that was undone later had not been carried out.
        let own = own.filter(|own| own.ending != Ending::Restored);
        let until = own.and_then(|own| own.until);
        until.is_some_and(|until| until <= at)
    }
}

/// Returns the time of the restoration before a refused call, if it was too long before for the
/// deletion that it cancelled to be the reason for the refusal.
pub(super) fn restoration_long_before(
    timeline: &DeletionTimeline,
    refused: Timestamp,
) -> Option<Timestamp> {
    let interval = timeline.at(refused);
    let restored = interval.filter(|interval| interval.state == DeletionState::Restored)?;
    let from = restored.from?;
    let seconds = refused.as_second().saturating_sub(from.as_second());
    (seconds > SETTLING_SECONDS).then_some(from)
}

/// Returns the time at which a state begins.
fn beginning(intervals: &[StateInterval], state: DeletionState) -> Option<Timestamp> {
    let mut intervals = intervals.iter();
    intervals.find(|interval| interval.state == state)?.from
}

fn is_of_deletion(interval: &StateInterval) -> bool {
    match interval.state {
        DeletionState::Pending { .. }
        | DeletionState::PendingReplicas
        | DeletionState::DeletedAtOnce
        | DeletionState::DeletionStarted
        | DeletionState::Deleted => true,
        DeletionState::Unknown | DeletionState::Live | DeletionState::Restored => false,
    }
}

fn ending(own: &[StateInterval], next: Option<DeletionState>) -> Ending {
    let was_forced = own
        .iter()
        .any(|interval| interval.state == DeletionState::DeletedAtOnce);
    match (own.last().map(|last| last.state), next) {
        // A restoration counts even after a forced deletion: AWS accepted it.
        (_, Some(DeletionState::Restored)) => Ending::Restored,
        _ if was_forced => Ending::Forced,
        (Some(DeletionState::DeletionStarted | DeletionState::Deleted), _) => Ending::Deleted,
        (Some(DeletionState::PendingReplicas), None) => Ending::AwaitsReplicas,
        (Some(DeletionState::Pending { .. }), None) => Ending::Pending,
        _ => Ending::Missing,
    }
}
