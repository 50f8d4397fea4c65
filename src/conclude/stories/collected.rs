//! The refused and the good uses of each secret and key, collected for its stories.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;

use super::callers::CallerKey;
use super::classified::{RulesRun, is_of_story};
use super::episodes::{DeletionEpisode, restoration_long_before};
use super::good_use::last_good_use;
use super::resolve::{ResolvedUse, phase};
use crate::cloudtrail::lifecycle::{
    Histories, History, JoinReason, Phase, ResolvedResource, Resource,
};
use crate::cloudtrail::usage::UseOutcome;
use crate::findings::Use;
use crate::report::story::{Calls, Missed, StoryCaller, StoryEvent};
use crate::report::{Attempt, Resolution};

/// The refused and the good uses of one secret or key.
#[derive(Default)]
pub(super) struct OfResource<'a> {
    /// Its deletions. One without steps has one all the same.
    pub(super) episodes: Vec<DeletionEpisode>,
    /// The reasons for which names are taken for its own.
    pub(super) joins: BTreeSet<JoinReason>,
    /// The callers of each deletion.
    callers: BTreeMap<CallerKey<'a>, Calls>,
    /// The uses that succeeded.
    good: Vec<Use<'a>>,
    /// The attempts by call and principal, copies included: uses count them once more.
    attempts: HashMap<[Option<&'a str>; 2], u64>,
}

/// The uses of all secrets and keys, by each of them.
pub(super) struct CollectedUses<'a> {
    histories: &'a Histories,
    rules: RulesRun,
    pub(super) by_resource: HashMap<Resource, OfResource<'a>>,
}

impl<'a> CollectedUses<'a> {
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

    /// Adds the deletions that only refused calls show. They must be known before the first call is
    /// added, since calls are added by the number of their deletion.
    pub(super) fn add_unscheduled(&mut self, attempts: &[Attempt], uses: &[ResolvedUse<'_>]) {
        let mut refusals = LateRefusals::new(self.histories);
        for attempt in attempts {
            if let (Some(resolution), Some(at)) = (&attempt.resolution, attempt.event.event_time) {
                refusals.add(&resolution.resource, attempt.outcome(), at);
            }
        }
        for (used, resolved) in uses {
            for at in [used.first, used.last] {
                refusals.add(&resolved.resource, used.outcome, at);
            }
        }
        for ((resource, _), first) in refusals.first {
            if let Some(known) = self.by_resource.get_mut(resource) {
                DeletionEpisode::add_unscheduled(&mut known.episodes, first);
            }
        }
    }

    /// Adds the attempts that rules selected.
    pub(super) fn add_attempts(&mut self, attempts: &'a [Attempt]) {
        let mut before: Option<&Attempt> = None;
        for attempt in attempts {
            // Several rules may select an event, one after another.
            let is_same = before.is_some_and(|before| before.event == attempt.event);
            if !is_same && attempt.outcome() == UseOutcome::PendingDeletion {
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
        let history = self.histories.history(resource);
        let known = self.by_resource.entry(resource.clone());
        known.or_insert_with(|| OfResource::with_episode(history))
    }

    /// Adds uses: first those that were refused, which alone make a story.
    pub(super) fn add_uses(&mut self, uses: Vec<ResolvedUse<'a>>) {
        for (used, resolved) in &uses {
            self.add_refused(used, resolved);
        }
        for (used, resolved) in uses {
            self.add_good(used, resolved);
        }
    }

    fn add_refused(&mut self, used: &Use<'a>, resolved: &ResolvedResource) {
        let ResolvedResource { resource, reason } = resolved;
        let phase = phase(self.histories, resource, used.last, used.outcome);
        let is_window_over = self.is_window_over(resource, used.last);
        if !is_of_story(used.outcome, phase, is_window_over) {
            return;
        }
        let missed = self
            .rules
            .missed(resource.kind, used.event_name, used.outcome);
        let of_resource = self.of_resource(resource);
        if of_resource.add_use(used, phase, missed) {
            of_resource.joins.insert(*reason);
        }
    }

    fn is_window_over(&self, resource: &Resource, at: Timestamp) -> bool {
        let known = self.by_resource.get(resource);
        known.is_some_and(|known| DeletionEpisode::is_window_over(&known.episodes, at))
    }

    fn add_good(&mut self, used: Use<'a>, resolved: ResolvedResource) {
        if used.outcome != UseOutcome::Succeeded {
            return;
        }
        let history = self.histories.history(&resolved.resource);
        if let Some(of_resource) = self.by_resource.get_mut(&resolved.resource) {
            of_resource.joins.insert(resolved.reason);
            of_resource.add_while_pending(&used, history);
            of_resource.good.push(used);
        }
    }
}

/// The calls that were refused because of a deletion long after the last restoration.
struct LateRefusals<'r> {
    histories: &'r Histories,
    /// The first of them, by the secret or key and the time of the restoration.
    first: BTreeMap<(&'r Resource, Timestamp), Timestamp>,
}

impl<'r> LateRefusals<'r> {
    fn new(histories: &'r Histories) -> Self {
        let first = BTreeMap::new();
        Self { histories, first }
    }

    fn add(&mut self, resource: &'r Resource, outcome: UseOutcome, at: Timestamp) {
        let history = match outcome {
            UseOutcome::PendingDeletion => self.histories.history(resource),
            _ => None,
        };
        let restored = history.and_then(|history| restoration_long_before(&history.timeline, at));
        if let Some(restored) = restored {
            let first = self.first.entry((resource, restored)).or_insert(at);
            *first = at.min(*first);
        }
    }
}

impl<'a> OfResource<'a> {
    fn new(history: Option<&History>) -> Self {
        Self {
            episodes: history
                .map_or_else(Vec::new, |history| DeletionEpisode::all(&history.timeline)),
            joins: history.map_or_else(BTreeSet::new, |history| history.joins.clone()),
            ..Self::default()
        }
    }

    /// Returns those of a secret or key to which a call belongs.
    fn with_episode(history: Option<&History>) -> Self {
        let mut of_resource = Self::new(history);
        if of_resource.episodes.is_empty() {
            of_resource.episodes.push(DeletionEpisode::unscheduled());
        }
        of_resource
    }

    fn add_attempt(&mut self, attempt: &'a Attempt, resolution: &Resolution) {
        let at = attempt.event.event_time;
        let episode = at.map_or(0, |at| DeletionEpisode::number_at(&self.episodes, at));
        let key = CallerKey::of_attempt(episode, attempt, resolution);
        let call = Calls {
            first: at,
            last: at,
            count: 1,
        };
        self.callers.entry(key).or_default().add(&call);
        // Uses count each copy of an event, and attempts count events.
        let copies = self.attempts.entry(key.call()).or_default();
        *copies += attempt.event.copies;
    }

    /// Adds refused uses but for those that are attempts, and returns whether any are left.
    fn add_use(&mut self, used: &Use<'a>, phase: Phase, missed: Option<Missed>) -> bool {
        let episode = DeletionEpisode::number_at(&self.episodes, used.last);
        let key = CallerKey::of_use(episode, used, phase, missed);
        let count = match used.outcome {
            UseOutcome::PendingDeletion => self.without_attempts(&key, used.count),
            _ => used.count,
        };
        if count == 0 {
            return false;
        }
        let calls = Calls {
            first: Some(used.first),
            last: Some(used.last),
            count,
        };
        self.callers.entry(key).or_default().add(&calls);
        true
    }

    /// Adds the good uses that are known to be between the scheduling of a deletion and its end.
    fn add_while_pending(&mut self, used: &Use<'a>, history: Option<&History>) {
        for (episode, calls) in while_pending(&self.episodes, used) {
            let phase = calls.last.zip(history);
            let phase = phase.map_or(Phase::Unknown, |(at, history)| history.timeline.phase(at));
            let key = CallerKey::of_use(episode, used, phase, Some(Missed::Succeeded));
            self.callers.entry(key).or_default().add(&calls);
        }
    }

    fn without_attempts(&mut self, key: &CallerKey<'a>, count: u64) -> u64 {
        let Some(attempts) = self.attempts.get_mut(&key.call()) else {
            return count;
        };
        // Uses hold the refusals that rules selected once more, and each call counts once.
        let are_attempts = count.min(*attempts);
        *attempts -= are_attempts;
        count - are_attempts
    }

    /// Returns the callers of a deletion, in the order of their first calls.
    pub(super) fn callers(&self, episode: usize, history: Option<&History>) -> Vec<StoryCaller> {
        let own = self.callers.iter();
        let own = own.filter(|(key, _)| key.episode == episode);
        let mut callers: Vec<StoryCaller> = own.map(|(key, calls)| key.caller(calls)).collect();
        for caller in &mut callers {
            caller.days_left = days_left(history, caller.last);
        }
        callers.sort_by_key(|caller| (caller.first, caller.last));
        callers
    }

    /// Returns the last good use before a time, or at all where nothing is known to follow.
    pub(super) fn last_good_use(&self, before: Option<Timestamp>) -> Option<StoryEvent> {
        last_good_use(&self.good, before)
    }
}

/// Returns the calls among uses that are known to be between the scheduling of a deletion and its
/// end, each with the number of the deletion. Of uses that are not all of one deletion, only the
/// first and the last have a time.
fn while_pending(episodes: &[DeletionEpisode], used: &Use<'_>) -> Vec<(usize, Calls)> {
    let number_at = |at| DeletionEpisode::number_while_pending(episodes, at);
    let (first, last) = (number_at(used.first), number_at(used.last));
    if let (Some(number), true) = (first, first == last) {
        let calls = Calls {
            first: Some(used.first),
            last: Some(used.last),
            count: used.count,
        };
        return vec![(number, calls)];
    }
    let single = |(number, at)| {
        let calls = Calls {
            first: Some(at),
            last: Some(at),
            count: 1,
        };
        (number, calls)
    };
    let known = [first.zip(Some(used.first)), last.zip(Some(used.last))];
    known.into_iter().flatten().map(single).collect()
}

fn days_left(history: Option<&History>, at: Option<Timestamp>) -> Option<f64> {
    history?.timeline.days_left(at?)
}
