//! The refused and the good uses of each secret and key, collected for its stories.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;

use super::classified::{RulesRun, is_of_story, missed_record, outcome};
use super::episodes::Episode;
use super::resolve::{phase, resolve_use};
use crate::cloudtrail::lifecycle::{Histories, History, JoinReason, Phase, Resource};
use crate::cloudtrail::usage::UseOutcome;
use crate::findings::{Use, Uses};
use crate::report::story::{Missed, StoryCaller, StoryEvent};
use crate::report::{Attempt, Resolution};

/// The refused and the good uses of one secret or key.
#[derive(Default)]
pub(super) struct OfResource<'a> {
    /// Its deletions. One without steps has one all the same.
    pub(super) episodes: Vec<Episode>,
    /// The reasons for which names are taken for its own.
    pub(super) joins: BTreeSet<JoinReason>,
    /// The callers of each deletion.
    callers: BTreeMap<CallerKey<'a>, Calls>,
    /// The uses that succeeded.
    good: Vec<Use<'a>>,
    /// The attempts by call and principal, copies included: uses count them once more.
    attempts: HashMap<[Option<&'a str>; 2], u64>,
}

/// The calls that have everything in common but their time.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct CallerKey<'a> {
    episode: usize,
    phase: Phase,
    missed: Option<Missed>,
    outcome: UseOutcome,
    event_name: &'a str,
    principal: Option<&'a str>,
    source_ip_address: Option<&'a str>,
    user_agent: Option<&'a str>,
}

#[derive(Default)]
struct Calls {
    first: Option<Timestamp>,
    last: Option<Timestamp>,
    count: u64,
}

/// The uses of all secrets and keys, by each of them.
pub(super) struct Collected<'a> {
    histories: &'a Histories,
    rules: RulesRun,
    pub(super) by_resource: HashMap<Resource, OfResource<'a>>,
}

impl<'a> Collected<'a> {
    /// Returns nothing yet but the deletions of histories.
    pub(super) fn new(histories: &'a Histories, rules: RulesRun) -> Self {
        let mut by_resource = HashMap::new();
        for (resource, history) in &histories.by_resource {
            let of_resource = OfResource::new(Some(history));
            if !of_resource.episodes.is_empty() {
                by_resource.insert(resource.clone(), of_resource);
            }
        }
        Self {
            histories,
            rules,
            by_resource,
        }
    }

    /// Adds the attempts that rules selected.
    pub(super) fn add_attempts(&mut self, attempts: &'a [Attempt]) {
        let mut before: Option<&Attempt> = None;
        for attempt in attempts {
            // Several rules may select an event, one after another.
            let is_same = before.is_some_and(|before| before.event == attempt.event);
            if !is_same && outcome(attempt) == UseOutcome::PendingDeletion {
                self.add_attempt(attempt);
            }
            before = Some(attempt);
        }
    }

    fn add_attempt(&mut self, attempt: &'a Attempt) {
        let Some(resolution) = &attempt.resolution else {
            return;
        };
        let of_resource = self.of_resource(&resolution.resource);
        of_resource.joins.insert(resolution.reason);
        of_resource.add_attempt(attempt, resolution);
    }

    fn of_resource(&mut self, resource: &Resource) -> &mut OfResource<'a> {
        if !self.by_resource.contains_key(resource) {
            let mut added = OfResource::new(self.histories.history(resource));
            if added.episodes.is_empty() {
                added.episodes.push(Episode::unscheduled());
            }
            self.by_resource.insert(resource.clone(), added);
        }
        self.by_resource.entry(resource.clone()).or_default()
    }

    /// Adds uses: first those that were refused, which alone make a story.
    pub(super) fn add_uses(&mut self, uses: &'a Uses) {
        for used in uses.all() {
            self.add_refused(used);
        }
        for used in uses.all() {
            self.add_good(used);
        }
    }

    fn add_refused(&mut self, used: Use<'a>) {
        let resolved = resolve_use(&used, self.histories);
        let at = used.last;
        let phase = phase(self.histories, &resolved.resource, at, used.outcome);
        let known = self.by_resource.get(&resolved.resource);
        let is_window_over = known.is_some_and(|known| known.is_window_over(at));
        if !is_of_story(used.outcome, phase, is_window_over) {
            return;
        }
        let kind = resolved.resource.kind;
        let missed = self.rules.missed(kind, used.event_name, used.outcome);
        let of_resource = self.of_resource(&resolved.resource);
        if of_resource.add_use(used, phase, missed) {
            of_resource.joins.insert(resolved.reason);
        }
    }

    fn add_good(&mut self, used: Use<'a>) {
        if used.outcome != UseOutcome::Succeeded {
            return;
        }
        let resolved = resolve_use(&used, self.histories);
        if let Some(of_resource) = self.by_resource.get_mut(&resolved.resource) {
            of_resource.joins.insert(resolved.reason);
            of_resource.good.push(used);
        }
    }
}

impl<'a> OfResource<'a> {
    fn new(history: Option<&History>) -> Self {
        Self {
            episodes: history.map_or_else(Vec::new, |history| Episode::all(&history.timeline)),
            joins: history.map_or_else(BTreeSet::new, |history| history.joins.clone()),
            ..Self::default()
        }
    }

    fn is_window_over(&self, at: Timestamp) -> bool {
        let episode = self.episodes.get(Episode::number_at(&self.episodes, at));
        let until = episode.and_then(|episode| episode.until);
        until.is_some_and(|until| until <= at)
    }

    fn add_attempt(&mut self, attempt: &'a Attempt, resolution: &Resolution) {
        let evidence = &attempt.event.evidence;
        let at = attempt.event.event_time;
        let event_name = evidence.text("event_name");
        let principal = evidence.text("principal");
        let key = CallerKey {
            episode: at.map_or(0, |at| Episode::number_at(&self.episodes, at)),
            phase: resolution.phase,
            missed: missed_record(resolution.resource.kind, attempt),
            outcome: UseOutcome::PendingDeletion,
            event_name: event_name.unwrap_or_default(),
            principal,
            source_ip_address: evidence.text("source_ip_address"),
            user_agent: evidence.text("user_agent"),
        };
        self.callers.entry(key).or_default().add(at, at, 1);
        let copies = self.attempts.entry([event_name, principal]).or_default();
        *copies += attempt.event.copies;
    }

    /// Adds refused uses but for those that are attempts, and returns whether any are left.
    fn add_use(&mut self, used: Use<'a>, phase: Phase, missed: Option<Missed>) -> bool {
        let count = match used.outcome {
            UseOutcome::PendingDeletion => self.without_attempts(&used),
            UseOutcome::Succeeded
            | UseOutcome::NotFound
            | UseOutcome::AccessDenied
            | UseOutcome::OtherError
            | UseOutcome::Unknown => used.count,
        };
        if count == 0 {
            return false;
        }
        let key = CallerKey {
            episode: Episode::number_at(&self.episodes, used.last),
            phase,
            missed,
            outcome: used.outcome,
            event_name: used.event_name,
            principal: used.principal,
            source_ip_address: used.source_ip_address,
            user_agent: used.user_agent,
        };
        let calls = self.callers.entry(key).or_default();
        calls.add(Some(used.first), Some(used.last), count);
        true
    }

    fn without_attempts(&mut self, used: &Use<'a>) -> u64 {
        let key = [Some(used.event_name), used.principal];
        let Some(attempts) = self.attempts.get_mut(&key) else {
            return used.count;
        };
        let are_attempts = used.count.min(*attempts);
        *attempts -= are_attempts;
        used.count - are_attempts
    }

    /// Returns the callers of a deletion, in the order of their first calls.
    pub(super) fn callers(&self, episode: usize, history: Option<&History>) -> Vec<StoryCaller> {
        let own = self
            .callers
            .iter()
            .filter(|(key, _)| key.episode == episode);
        let mut callers: Vec<StoryCaller> = own
            .map(|(key, calls)| caller(key, calls, history))
            .collect();
        callers.sort_by_key(|caller| (caller.first, caller.last));
        callers
    }

    /// Returns the last good use before a time, or at all where nothing is known to follow.
    pub(super) fn last_good_use(&self, before: Option<Timestamp>) -> Option<StoryEvent> {
        let times = self
            .good
            .iter()
            .filter_map(|used| Some((time_before(used, before)?, used)));
        // Of two at one time, the one with the smaller name, so that the order does not matter.
        let (at, used) = times.max_by(|one, other| {
            let names = |used: &Use<'a>| (used.principal, used.event_name, used.source_ip_address);
            one.0
                .cmp(&other.0)
                .then_with(|| names(other.1).cmp(&names(one.1)))
        })?;
        let text = |text: Option<&str>| text.map(str::to_owned);
        Some(StoryEvent {
            at: Some(at),
            event_name: Some(used.event_name.to_owned()),
            event_id: None,
            principal: text(used.principal),
            source_ip_address: text(used.source_ip_address),
            user_agent: text(used.user_agent),
        })
    }
}

/// Returns the last time of uses that is known to be before another.
fn time_before(used: &Use<'_>, before: Option<Timestamp>) -> Option<Timestamp> {
    let Some(before) = before else {
        return Some(used.last);
    };
    [used.last, used.first]
        .into_iter()
        .find(|time| *time <= before)
}

fn caller(key: &CallerKey<'_>, calls: &Calls, history: Option<&History>) -> StoryCaller {
    let text = |text: Option<&str>| text.map(str::to_owned);
    let days_left = history.zip(calls.last);
    StoryCaller {
        principal: text(key.principal),
        source_ip_address: text(key.source_ip_address),
        user_agent: text(key.user_agent),
        event_name: key.event_name.to_owned(),
        outcome: key.outcome,
        missed: key.missed,
        phase: key.phase,
        first: calls.first,
        last: calls.last,
        days_left: days_left.and_then(|(history, last)| history.timeline.days_left(last)),
        count: calls.count,
    }
}

impl Calls {
    fn add(&mut self, first: Option<Timestamp>, last: Option<Timestamp>, count: u64) {
        self.first = [self.first, first].into_iter().flatten().min();
        self.last = self.last.max(last);
        self.count += count;
    }
}
