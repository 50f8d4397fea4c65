//! One secret or key: the steps in its life, and everyone who used it before, during and after its
//! deletion.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::cloudtrail::lifecycle::{Phase, Resource};
use crate::cloudtrail::usage::UseOutcome;
use crate::report::story::{Calls, Who};

/// One secret or key.
#[derive(Clone, Debug, PartialEq)]
pub struct ResourceReport {
    /// The secret or key.
    pub resource: Resource,
    /// The steps in its life, by their numbers in the report.
    pub steps: Vec<usize>,
    /// Everyone who used it or tried to, in chronological order.
    pub users: Vec<ResourceUser>,
}

/// The calls of one principal from one address with one program.
#[derive(Clone, Debug, PartialEq)]
pub struct ResourceUser {
    /// The accountable identity.
    pub principal: Option<String>,
    /// The address of the caller.
    pub source_ip_address: Option<String>,
    /// The program of the caller.
    pub user_agent: Option<String>,
    /// The calls before its deletion was scheduled, or as far as the archive shows.
    pub before: UsePeriod,
    /// The calls while it was pending deletion.
    pub during: UsePeriod,
    /// The calls after it was deleted or restored.
    pub after: UsePeriod,
}

/// The calls in one period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UsePeriod {
    /// All calls.
    pub calls: Calls,
    /// The number of those that were refused.
    pub refused: u64,
}

/// Calls that are added to those of their user.
#[derive(Clone, Copy, Debug)]
pub struct AddedUse<'a> {
    /// The user.
    pub who: Who<'a>,
    /// The phase of the deletion.
    pub phase: Phase,
    /// The calls.
    pub calls: Calls,
    /// The outcome.
    pub outcome: UseOutcome,
}

/// The users of a secret or key, while their calls are counted.
#[derive(Debug, Default)]
pub struct ResourceUsers<'a> {
    by_who: BTreeMap<Who<'a>, UsePeriods>,
}

/// The calls of a user, by the period of the deletion.
#[derive(Debug, Default)]
struct UsePeriods {
    before: UsePeriod,
    during: UsePeriod,
    after: UsePeriod,
}

impl<'a> ResourceUsers<'a> {
    /// Adds calls.
    pub fn add(&mut self, added: &AddedUse<'a>) {
        let periods = self.by_who.entry(added.who).or_default();
        periods.period_mut(added).add(added);
    }

    /// Returns the users in the order of their first calls.
    pub fn into_users(self) -> Vec<ResourceUser> {
        let users = self.by_who.into_iter();
        let users = users.map(|(who, periods)| ResourceUser::new(who, periods));
        let mut users: Vec<ResourceUser> = users.collect();
        users.sort_by_key(ResourceUser::first);
        users
    }
}

impl UsePeriods {
    /// Returns the period in which calls were made.
    fn period_mut(&mut self, added: &AddedUse<'_>) -> &mut UsePeriod {
        match added.phase {
            // Only the refusal shows that a deletion was scheduled which the archive does not have.
            Phase::Unknown if added.outcome == UseOutcome::PendingDeletion => &mut self.during,
            Phase::Before | Phase::Unknown => &mut self.before,
            Phase::Pending => &mut self.during,
            Phase::Restored | Phase::AfterDeletion => &mut self.after,
        }
    }
}

impl ResourceUser {
    fn new(who: Who<'_>, periods: UsePeriods) -> Self {
        Self {
            principal: who.principal.map(str::to_owned),
            source_ip_address: who.source_ip_address.map(str::to_owned),
            user_agent: who.user_agent.map(str::to_owned),
            before: periods.before,
            during: periods.during,
            after: periods.after,
        }
    }

    fn first(&self) -> Option<Timestamp> {
        let periods = [self.before, self.during, self.after];
        let firsts = periods.iter().filter_map(|period| period.calls.first);
        firsts.min()
    }
}

impl UsePeriod {
    fn add(&mut self, added: &AddedUse<'_>) {
        self.calls.add(&added.calls);
        if added.outcome != UseOutcome::Succeeded {
            self.refused += added.calls.count;
        }
    }
}
