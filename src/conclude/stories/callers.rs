//! The callers of a story, while their calls are counted.

use super::classified::missed_record;
use crate::cloudtrail::lifecycle::Phase;
use crate::cloudtrail::usage::UseOutcome;
use crate::findings::Use;
use crate::report::story::{Calls, Missed, StoryCaller, Who};
use crate::report::{Attempt, Resolution};

/// The calls that have everything in common but their time.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct CallerKey<'a> {
    /// The number of the deletion that they belong to.
    pub(super) episode: usize,
    phase: Phase,
    missed: Option<Missed>,
    outcome: UseOutcome,
    event_name: &'a str,
    who: Who<'a>,
}

impl<'a> CallerKey<'a> {
    /// Returns the key of an attempt.
    pub(super) fn of_attempt(
        episode: usize,
        attempt: &'a Attempt,
        resolution: &Resolution,
    ) -> Self {
        let evidence = &attempt.event.evidence;
        Self {
            episode,
            phase: resolution.phase,
            missed: missed_record(resolution.resource.kind, attempt),
            outcome: UseOutcome::PendingDeletion,
            event_name: evidence.text("event_name").unwrap_or_default(),
            who: Who {
                principal: evidence.text("principal"),
                source_ip_address: evidence.text("source_ip_address"),
                user_agent: evidence.text("user_agent"),
            },
        }
    }

    /// Returns the key of uses.
    pub(super) fn of_use(
        episode: usize,
        used: &Use<'a>,
        phase: Phase,
        missed: Option<Missed>,
    ) -> Self {
        Self {
            episode,
            phase,
            missed,
            outcome: used.outcome,
            event_name: used.event_name,
            who: who(used),
        }
    }

    /// Returns the call and the principal, by which attempts are known among uses.
    pub(super) fn call(&self) -> [Option<&'a str>; 2] {
        [Some(self.event_name), self.who.principal]
    }

    /// Returns the caller in a report, without the days that were left.
    pub(super) fn caller(&self, calls: &Calls) -> StoryCaller {
        StoryCaller {
            principal: owned(self.who.principal),
            source_ip_address: owned(self.who.source_ip_address),
            user_agent: owned(self.who.user_agent),
            event_name: self.event_name.to_owned(),
            outcome: self.outcome,
            missed: self.missed,
            phase: self.phase,
            first: calls.first,
            last: calls.last,
            days_left: None,
            count: calls.count,
        }
    }
}

fn owned(text: Option<&str>) -> Option<String> {
    text.map(str::to_owned)
}

/// Returns who used something.
pub(super) fn who<'a>(used: &Use<'a>) -> Who<'a> {
    Who {
        principal: used.principal,
        source_ip_address: used.source_ip_address,
        user_agent: used.user_agent,
    }
}
