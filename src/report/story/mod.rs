//! The stories of secrets and keys: who scheduled the deletion of each, who still asked for it, and
//! how it ended.

pub mod caller;
mod calls;
mod requester;
pub mod tables;
pub mod verdict;

pub use caller::{Missed, StoryCaller};
pub use calls::{Calls, Who};
pub use requester::Requester;
pub use verdict::Verdict;

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::Timestamp;

use super::LifecycleEvent;
use crate::cloudtrail::lifecycle::{JoinReason, Resource};

/// The story of one deletion of a secret or key.
#[derive(Clone, Debug, PartialEq)]
pub struct Story {
    /// The secret or key.
    pub resource: Resource,
    /// The reasons for which names in records are taken for its own.
    pub joins: Vec<JoinReason>,
    /// The number of the deletion among those of the secret or key, from 1.
    pub episode: u64,
    /// The result in words.
    pub verdict: Verdict,
    /// The call that began it; `None` if the archive does not have it.
    pub begun: Option<StoryEvent>,
    /// The call that decided it: the one that forced it, or else the last that set its window.
    pub scheduled: Option<StoryEvent>,
    /// The time until which it could be undone, as far as it is known.
    pub until: Option<Timestamp>,
    /// The days between the call and that time.
    pub recovery_window_days: Option<u64>,
    /// True if it was deleted without a window.
    pub is_forced: bool,
    /// The call that restored it.
    pub restored: Option<StoryEvent>,
    /// The event with which it was gone.
    pub deleted: Option<StoryEvent>,
    /// The last use that succeeded before it was scheduled.
    pub last_good_use: Option<StoryEvent>,
    /// Those who asked for it after it was scheduled, in chronological order.
    pub callers: Vec<StoryCaller>,
}

/// An event of a story: who did what, when and from where.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoryEvent {
    /// The time.
    pub at: Option<Timestamp>,
    /// The time at which it happened or after which, where no more is known.
    pub not_before: Option<Timestamp>,
    /// The call, as in `DeleteSecret`.
    pub event_name: Option<String>,
    /// The identifier of the event, where a single event is known.
    pub event_id: Option<String>,
    /// The accountable identity.
    pub principal: Option<String>,
    /// The address of the caller.
    pub source_ip_address: Option<String>,
    /// The program of the caller.
    pub user_agent: Option<String>,
}

impl StoryEvent {
    /// Returns the event of a step.
    pub fn from_step(found: &LifecycleEvent) -> Self {
        let text = |name: &str| found.event.text(name).map(str::to_owned);
        Self {
            at: found.event.event_time,
            not_before: None,
            event_name: text("event_name"),
            event_id: found.event.event_id.clone(),
            principal: text("principal"),
            source_ip_address: text("source_ip_address"),
            user_agent: text("user_agent"),
        }
    }
}

impl Story {
    /// Returns the events that scheduled the deletion and ended it, as far as they are known.
    pub fn changes(&self) -> impl Iterator<Item = &StoryEvent> {
        let events = [&self.scheduled, &self.restored, &self.deleted];
        events.into_iter().flatten()
    }

    /// Returns true if the secret or key was restored or deleted.
    pub fn has_ended(&self) -> bool {
        self.restored.is_some() || self.deleted.is_some()
    }

    /// Returns the number of attempts: the refused calls that AWS's metric counts.
    pub fn attempts(&self) -> u64 {
        self.attempting().map(|caller| caller.count).sum()
    }

    fn attempting(&self) -> impl Iterator<Item = &StoryCaller> {
        self.callers.iter().filter(|caller| caller.is_attempt())
    }

    /// Returns the number of calls that AWS's metric misses for a reason.
    pub fn missed(&self, reason: Missed) -> u64 {
        let missed = self.callers.iter();
        let missed = missed.filter(|caller| caller.missed == Some(reason));
        missed.map(|caller| caller.count).sum()
    }

    /// Returns the times of the first and the last attempt.
    pub fn attempt_times(&self) -> (Option<Timestamp>, Option<Timestamp>) {
        let firsts = self.attempting().filter_map(|caller| caller.first);
        (firsts.min(), self.last_attempt())
    }

    fn last_attempt(&self) -> Option<Timestamp> {
        self.attempting().filter_map(|caller| caller.last).max()
    }

    /// Returns the days that were left at the last attempt until the date of the deletion.
    pub fn days_left(&self) -> Option<f64> {
        let last = self.attempting().max_by_key(|caller| caller.last);
        last?.days_left
    }

    /// Returns those who requested it, each with an address and a program, the busiest first.
    pub fn requesters(&self) -> Vec<Requester<'_>> {
        requester::requesters(&self.callers)
    }

    /// Returns the principals who asked for it, each once with its number of calls, the busiest
    /// first.
    pub fn principals(&self) -> Vec<(&str, u64)> {
        principals(&self.callers)
    }
}

/// Returns the principals among callers who asked for something, the busiest first.
pub fn principals(callers: &[StoryCaller]) -> Vec<(&str, u64)> {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for caller in callers.iter().filter(|caller| caller.asks()) {
        *counts.entry(caller.name()).or_default() += caller.count;
    }
    let mut principals: Vec<(&str, u64)> = counts.into_iter().collect();
    // The sort is stable, so those with as many calls stay in the order of their names.
    principals.sort_by_key(|(_, count)| Reverse(*count));
    principals
}
