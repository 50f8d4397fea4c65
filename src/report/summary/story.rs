//! The stories of secrets and keys in the summary.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use super::answer::kind_id;
use super::restoration::{Restoration, RestoreCommand};
use super::text;
use super::times::times;
use crate::cloudtrail::lifecycle::JoinReason;
use crate::language::{Argument, Message};
use crate::report::story::{Missed, Requester, Story, StoryCaller, StoryEvent};

/// The number of stories in the summary, the most urgent ones. The table has all of them.
pub(super) const STORY_LIMIT: usize = 100;

/// The number of callers of a story in the summary, those with most calls. The table has all.
const CALLER_LIMIT: usize = 20;

/// The story of one deletion of a secret or key.
#[derive(Clone, Debug, Serialize)]
pub struct StorySummary {
    /// The kind of thing: `secret`, `key` and others.
    pub kind: &'static str,
    /// The identifier of the noun of the kind.
    #[serde(skip)]
    pub kind_id: &'static str,
    /// Its short name.
    pub name: String,
    /// Its account.
    pub account: Option<String>,
    /// Its region.
    pub region: Option<String>,
    /// Its ARN, or its name as written.
    pub resource: String,
    /// The number of the deletion among those of it.
    pub episode: u64,
    /// The name of the verdict.
    pub verdict: &'static str,
    /// The verdict in words.
    pub verdict_text: Message,
    /// True if nobody asked for it.
    #[serde(skip)]
    pub is_quiet: bool,
    /// The command that restores it, if it can still be restored.
    pub restore_command: Option<String>,
    /// The way to restore it, or the reason why there is none.
    #[serde(skip)]
    pub restoration: Restoration,
    /// The call that scheduled it.
    pub scheduled: Option<StoryEventSummary>,
    /// The days between that call and the deletion.
    pub recovery_window_days: Option<u64>,
    /// The time until which it could be undone.
    pub undo_until: Option<String>,
    /// True if it was deleted without a window.
    pub forced: bool,
    /// The call that restored it.
    pub restored: Option<StoryEventSummary>,
    /// The event with which it was gone.
    pub deleted: Option<StoryEventSummary>,
    /// The last use that succeeded before.
    pub last_good_use: Option<StoryEventSummary>,
    /// The earliest time of that use, where no more is known.
    pub last_good_use_not_before: Option<String>,
    /// The number of refused calls that AWS's metric counts.
    pub attempts: u64,
    /// The first of them.
    pub first_attempt: Option<String>,
    /// The last of them.
    pub last_attempt: Option<String>,
    /// The days that were left at the last of them.
    pub days_left: Option<f64>,
    /// The number of calls that AWS's metric misses, by reason.
    pub missed: BTreeMap<&'static str, u64>,
    /// The principals who asked for it, with their calls.
    pub principals: Vec<PrincipalSummary>,
    /// Those who requested it, each with an address and a program, the busiest first.
    #[serde(skip)]
    pub requesters: Vec<RequesterSummary>,
    /// The number of them, those that are left out of the summary included.
    #[serde(skip)]
    pub requesters_total: u64,
    /// The callers after it was scheduled: who, from where, with what and when.
    pub callers: Vec<StoryCallerSummary>,
    /// The number of callers, those that are left out of the summary included.
    pub callers_total: u64,
    /// The ways in which names were joined.
    pub joined_by: Vec<&'static str>,
    /// The reasons for which names could not be joined.
    #[serde(skip)]
    pub not_joined: Vec<Message>,
}

/// An event of a story.
#[derive(Clone, Debug, Serialize)]
pub struct StoryEventSummary {
    /// The time.
    pub at: Option<String>,
    /// The time at which it happened or after which, where no more is known.
    #[serde(skip)]
    pub not_before: Option<String>,
    /// The call.
    pub event_name: Option<String>,
    /// The identifier of the event.
    pub event_id: Option<String>,
    /// The accountable identity.
    pub principal: Option<String>,
    /// The address of the caller.
    pub source_ip_address: Option<String>,
    /// The program of the caller.
    pub user_agent: Option<String>,
}

/// A principal with its calls.
#[derive(Clone, Debug, Serialize)]
pub struct PrincipalSummary {
    /// The accountable identity.
    pub principal: String,
    /// The number of its calls.
    pub calls: u64,
}

/// The calls of one principal from one address with one program.
#[derive(Clone, Debug)]
pub struct RequesterSummary {
    /// The accountable identity.
    pub principal: Option<String>,
    /// The address of the caller.
    pub source_ip_address: Option<String>,
    /// The program of the caller.
    pub user_agent: Option<String>,
    /// The first call.
    pub first: Option<String>,
    /// The last call.
    pub last: Option<String>,
    /// The number of calls.
    pub calls: u64,
}

/// A caller in a story.
#[derive(Clone, Debug, Serialize)]
pub struct StoryCallerSummary {
    /// The accountable identity.
    pub principal: Option<String>,
    /// The address of the caller.
    pub source_ip_address: Option<String>,
    /// The program of the caller.
    pub user_agent: Option<String>,
    /// The call.
    pub event_name: String,
    /// The outcome.
    pub outcome: &'static str,
    /// The reason for which AWS's metric does not count the calls; `None` if it does.
    pub missed: Option<&'static str>,
    /// The same reason in words.
    #[serde(skip)]
    pub missed_text: Option<Message>,
    /// The phase of the deletion.
    pub phase: &'static str,
    /// The days that were left at the last call.
    pub days_left: Option<f64>,
    /// The first call.
    pub first: Option<String>,
    /// The last call.
    pub last: Option<String>,
    /// The number of calls.
    pub calls: u64,
}

/// Returns the summaries of the most urgent stories.
pub(super) fn summaries<'s>(stories: impl Iterator<Item = &'s Story>) -> Vec<StorySummary> {
    let shown = stories.take(STORY_LIMIT);
    shown.map(StorySummary::new).collect()
}

impl StorySummary {
    /// Returns until when the deletion can or could be undone, with the time as `written` returns
    /// it; `None` if the archive does not show it.
    pub fn undoing(&self, written: &dyn Fn(&str) -> String) -> Option<Message> {
        if self.forced {
            return Some(Message::new("undoing-impossible"));
        }
        let id = match self.restoration.is_possible() {
            true => "undoing-possible",
            false => "undoing-over",
        };
        let until = self.undo_until.as_deref()?;
        Some(Message::new(id).with("until", written(until)))
    }

    /// Returns the number of attempts and their times, as `written` returns them; `None` if there
    /// is none.
    pub fn attempted(&self, written: &dyn Fn(&str) -> String) -> Option<Message> {
        let (first, last) = (self.first_attempt.as_ref()?, self.last_attempt.as_ref()?);
        let id = match self.days_left {
            Some(_) => "attempted-with-days-left",
            None => "attempted-times",
        };
        let message = Message::new(id)
            .with("count", self.attempts)
            .with("times", times(first, last, written));
        Some(match self.days_left {
            Some(days) => message.with("days", days),
            None => message,
        })
    }

    /// Returns the numbers of calls that AWS's metric misses, each with the reason.
    pub fn missed_messages(&self) -> Vec<Message> {
        let mut messages = Vec::new();
        for reason in Missed::ALL {
            if let Some(count) = self.missed.get(reason.name()) {
                let message = Message::new("missed-calls").with("count", *count);
                messages.push(message.with("reason", reason.message()));
            }
        }
        messages
    }

    /// Returns the summary of a story.
    pub fn new(story: &Story) -> Self {
        let resource = &story.resource;
        let (first, last) = story.attempt_times();
        let restoration = Restoration::from_story(story);
        let requesters = story.requesters();
        Self {
            kind: resource.kind.noun(),
            kind_id: kind_id(resource.kind),
            name: resource.name().to_owned(),
            account: resource.home.account.clone(),
            region: resource.home.region.clone(),
            resource: resource.id.clone(),
            episode: story.episode,
            verdict: story.verdict.name(),
            verdict_text: story.verdict.message(),
            is_quiet: story.verdict.is_quiet(),
            restore_command: restoration.command().map(RestoreCommand::to_string),
            restoration,
            scheduled: event(&story.scheduled),
            recovery_window_days: story.recovery_window_days,
            undo_until: text(story.until),
            forced: story.is_forced,
            restored: event(&story.restored),
            deleted: event(&story.deleted),
            last_good_use: event(&story.last_good_use),
            last_good_use_not_before: text(not_before(&story.last_good_use)),
            attempts: story.attempts(),
            first_attempt: text(first),
            last_attempt: text(last),
            days_left: story.days_left(),
            missed: missed(story),
            principals: principals(story),
            requesters_total: requesters.len() as u64,
            requesters: summaries_of(requesters),
            callers: callers(&story.callers),
            callers_total: story.callers.len() as u64,
            joined_by: joined_by(story),
            not_joined: not_joined(story),
        }
    }
}

/// Returns an event, and by whom it was caused, from where. A service has its own name as address;
/// it is not written twice.
pub fn caused_by(event: impl Into<Argument>, principal: &str, address: Option<&str>) -> Message {
    let address = address.filter(|address| *address != principal);
    let id = match address {
        Some(_) => "event-by-from",
        None => "event-by",
    };
    let message = Message::new(id).with("event", event);
    let message = message.with("principal", principal);
    match address {
        Some(address) => message.with("address", address),
        None => message,
    }
}

fn not_before(event: &Option<StoryEvent>) -> Option<Timestamp> {
    event.as_ref()?.not_before
}

fn event(event: &Option<StoryEvent>) -> Option<StoryEventSummary> {
    event.as_ref().map(StoryEventSummary::new)
}

impl StoryEventSummary {
    /// Returns when it happened, and by whom, from where, with the time as `written` returns it.
    pub fn message(&self, written: &dyn Fn(&str) -> String) -> Message {
        let at = match (&self.at, &self.not_before) {
            (Some(at), _) => Message::verbatim(written(at)),
            (None, Some(first)) => Message::new("event-at-or-later").with("time", written(first)),
            (None, None) => Message::new("event-at-no-known-time"),
        };
        match &self.principal {
            Some(principal) => caused_by(at, principal, self.source_ip_address.as_deref()),
            None => at,
        }
    }

    pub(super) fn new(event: &StoryEvent) -> Self {
        let event = event.clone();
        Self {
            at: text(event.at),
            not_before: text(event.not_before),
            event_name: event.event_name,
            event_id: event.event_id,
            principal: event.principal,
            source_ip_address: event.source_ip_address,
            user_agent: event.user_agent,
        }
    }
}

fn missed(story: &Story) -> BTreeMap<&'static str, u64> {
    let counts = Missed::ALL.map(|reason| (reason.name(), story.missed(reason)));
    counts.into_iter().filter(|(_, count)| *count > 0).collect()
}

fn principals(story: &Story) -> Vec<PrincipalSummary> {
    let busiest = story.principals().into_iter().take(CALLER_LIMIT);
    busiest.map(PrincipalSummary::new).collect()
}

impl PrincipalSummary {
    fn new((principal, calls): (&str, u64)) -> Self {
        Self {
            principal: principal.to_owned(),
            calls,
        }
    }
}

fn summaries_of(requesters: Vec<Requester<'_>>) -> Vec<RequesterSummary> {
    let shown = requesters.iter().take(CALLER_LIMIT);
    shown.map(RequesterSummary::new).collect()
}

impl RequesterSummary {
    fn new(requester: &Requester<'_>) -> Self {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        let Requester { who, calls } = requester;
        Self {
            principal: owned(who.principal),
            source_ip_address: owned(who.source_ip_address),
            user_agent: owned(who.user_agent),
            first: text(calls.first),
            last: text(calls.last),
            calls: calls.count,
        }
    }
}

fn callers(all: &[StoryCaller]) -> Vec<StoryCallerSummary> {
    let mut busiest: Vec<&StoryCaller> = all.iter().collect();
    // The sort is stable, so those with as many calls stay in chronological order.
    busiest.sort_by_key(|caller| std::cmp::Reverse(caller.count));
    let shown = busiest.into_iter().take(CALLER_LIMIT);
    shown.map(StoryCallerSummary::new).collect()
}

impl StoryCallerSummary {
    fn new(caller: &StoryCaller) -> Self {
        Self {
            principal: caller.principal.clone(),
            source_ip_address: caller.source_ip_address.clone(),
            user_agent: caller.user_agent.clone(),
            event_name: caller.event_name.clone(),
            outcome: caller.outcome.name(),
            missed: caller.missed.map(Missed::name),
            missed_text: caller.missed.map(Missed::message),
            phase: caller.phase.name(),
            days_left: caller.days_left,
            first: text(caller.first),
            last: text(caller.last),
            calls: caller.count,
        }
    }
}

fn joined_by(story: &Story) -> Vec<&'static str> {
    let joins = story.joins.iter().copied();
    let joins = joins.filter(|reason| reason.is_joined());
    joins.map(JoinReason::name).collect()
}

fn not_joined(story: &Story) -> Vec<Message> {
    let joins = story.joins.iter().copied();
    joins.filter_map(reason_not_to_join).collect()
}

fn reason_not_to_join(reason: JoinReason) -> Option<Message> {
    let id = match reason {
        JoinReason::EarlierName => "not-joined-earlier-name",
        JoinReason::Ambiguous => "not-joined-ambiguous",
        JoinReason::NameOnly => "not-joined-name-only",
        JoinReason::FullArn
        | JoinReason::Answer
        | JoinReason::ServiceEvent
        | JoinReason::PartialArn
        | JoinReason::Name
        | JoinReason::NameAtTime
        | JoinReason::KeyId
        | JoinReason::Alias
        | JoinReason::Replica => return None,
    };
    Some(Message::new(id))
}
