//! Matches in groups: by secret or key, by event, by principal.

use std::cmp::Ordering;
use std::collections::HashMap;

use serde::Serialize;

use super::text;
use crate::cloudtrail::evidence::Evidence;
use crate::report::Attempt;
use crate::time::period::TimeSpan;

/// The matches that have something in common.
#[derive(Clone, Debug, Serialize)]
pub struct MatchGroup {
    /// The value that they have in common. `None` if the records do not contain it.
    pub name: Option<String>,
    /// The account of the records.
    pub account: Option<String>,
    /// The region of the records. `None` for principals, who act in many.
    pub region: Option<String>,
    /// The number of matches.
    pub attempts: u64,
    /// The first match.
    pub first: Option<String>,
    /// The last match.
    pub last: Option<String>,
}

/// A table of groups.
#[derive(Clone, Copy, Debug)]
pub struct GroupTable<'a> {
    /// The way in which they are grouped.
    pub grouping: Grouping,
    /// The groups, the largest first.
    pub groups: &'a [MatchGroup],
}

/// The ways to group matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grouping {
    /// By secret or key.
    Target,
    /// By the name of the event.
    Event,
    /// By the accountable identity.
    Principal,
}

/// The name, the account and the region that the matches of a group have in common.
type GroupKey<'a> = [Option<&'a str>; 3];

/// A group while it is counted.
type GroupEntry<'a> = (GroupKey<'a>, CountedMatches);

/// The matches of a group that were counted so far.
#[derive(Default)]
struct CountedMatches {
    attempts: u64,
    times: TimeSpan,
}

impl Grouping {
    /// Groups matches. The largest group comes first; groups of the same size are in the order of
    /// their names.
    pub(super) fn groups(self, attempts: &[&Attempt]) -> Vec<MatchGroup> {
        // There may be millions of matches, so the columns are looked up only once.
        let columns = self.columns().map(|name| Evidence::index_of(name?));
        let mut counted: HashMap<GroupKey<'_>, CountedMatches> = HashMap::new();
        for attempt in attempts {
            let evidence = &attempt.event.evidence;
            let key = columns.map(|column| evidence.text_at(column?));
            counted.entry(key).or_default().add(attempt);
        }
        let mut groups: Vec<GroupEntry<'_>> = counted.into_iter().collect();
        groups.sort_unstable_by(largest_first);
        groups
            .iter()
            .map(|(key, counted)| counted.group(*key))
            .collect()
    }

    pub(super) fn table(self, groups: &[MatchGroup]) -> GroupTable<'_> {
        GroupTable {
            grouping: self,
            groups,
        }
    }

    /// Returns the columns of the evidence that a group has in common.
    fn columns(self) -> [Option<&'static str>; 3] {
        let (name, region) = match self {
            Self::Target => ("target", Some("aws_region")),
            Self::Event => ("event_name", Some("aws_region")),
            Self::Principal => ("principal", None),
        };
        [Some(name), Some("recipient_account_id"), region]
    }
}

fn largest_first(one: &GroupEntry<'_>, other: &GroupEntry<'_>) -> Ordering {
    let by_size = other.1.attempts.cmp(&one.1.attempts);
    by_size.then_with(|| one.0.cmp(&other.0))
}

impl CountedMatches {
    fn add(&mut self, attempt: &Attempt) {
        self.attempts += 1;
        if let Some(time) = attempt.event.event_time {
            self.times.include(time);
        }
    }

    fn group(&self, key: GroupKey<'_>) -> MatchGroup {
        let [name, account, region] = key.map(|part| part.map(str::to_owned));
        MatchGroup {
            name,
            account,
            region,
            attempts: self.attempts,
            first: text(self.times.first()),
            last: text(self.times.last()),
        }
    }
}
