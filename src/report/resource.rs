//! One secret or key: the steps in its life, and everyone who used it before, during and after its
//! deletion.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::cloudtrail::lifecycle::{Phase, Resource};
use crate::report::Report;
use crate::report::story::Story;

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

/// Calls, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UsePeriod {
    /// The first call.
    pub first: Option<Timestamp>,
    /// The last call.
    pub last: Option<Timestamp>,
    /// The number of calls.
    pub calls: u64,
    /// The number of those that were refused.
    pub refused: u64,
}

/// Calls that are added to those of their user.
#[derive(Clone, Copy, Debug)]
pub struct AddedUse<'a> {
    /// The principal, the address and the program.
    pub who: [Option<&'a str>; 3],
    /// The phase of the deletion.
    pub phase: Phase,
    /// The first and the last of the calls.
    pub times: [Option<Timestamp>; 2],
    /// The number of calls.
    pub calls: u64,
    /// True if they were refused.
    pub is_refused: bool,
}

/// The users of a secret or key, while their calls are counted.
#[derive(Debug, Default)]
pub struct ResourceUsers<'a> {
    by_who: BTreeMap<[Option<&'a str>; 3], [UsePeriod; 3]>,
}

impl ResourceReport {
    /// Returns its stories.
    pub fn stories<'r>(&'r self, report: &'r Report) -> impl Iterator<Item = &'r Story> {
        let stories = report.stories.iter();
        stories.filter(|story| story.resource == self.resource)
    }
}

impl<'a> ResourceUsers<'a> {
    /// Adds calls.
    pub fn add(&mut self, added: &AddedUse<'a>) {
        let [before, during, after] = self.by_who.entry(added.who).or_default();
        let period = match added.phase {
            // Only the refusal shows that a deletion was scheduled which the archive does not have.
            Phase::Unknown if added.is_refused => during,
            Phase::Before | Phase::Unknown => before,
            Phase::Pending => during,
            Phase::Restored | Phase::AfterDeletion => after,
        };
        period.add(added);
    }

    /// Returns the users in the order of their first calls.
    pub fn into_users(self) -> Vec<ResourceUser> {
        let users = self.by_who.into_iter();
        let mut users: Vec<ResourceUser> = users.map(ResourceUser::new).collect();
        users.sort_by_key(ResourceUser::first);
        users
    }
}

impl ResourceUser {
    fn new((who, [before, during, after]): ([Option<&str>; 3], [UsePeriod; 3])) -> Self {
        let [principal, source_ip_address, user_agent] = who.map(|text| text.map(str::to_owned));
        Self {
            principal,
            source_ip_address,
            user_agent,
            before,
            during,
            after,
        }
    }

    fn first(&self) -> Option<Timestamp> {
        let periods = [self.before, self.during, self.after];
        periods.iter().filter_map(|period| period.first).min()
    }
}

impl UsePeriod {
    fn add(&mut self, added: &AddedUse<'_>) {
        let [first, last] = added.times;
        self.first = [self.first, first].into_iter().flatten().min();
        self.last = self.last.max(last);
        self.calls += added.calls;
        if added.is_refused {
            self.refused += added.calls;
        }
    }
}
