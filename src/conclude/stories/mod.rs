//! The stories of secrets and keys, from the steps, attempts and uses that were kept.

mod callers;
mod classified;
mod collected;
mod episodes;
mod good_use;
mod resolve;
mod resources;
mod written;

use jiff::Timestamp;

use self::classified::RulesRun;
use self::collected::{CollectedUses, OfResource};
use self::episodes::{DeletionEpisode, Ending};
use crate::cloudtrail::lifecycle::{Histories, History, Resource, Step};
use crate::report::story::{Missed, Story, StoryCaller, StoryEvent, Verdict, principals};
use crate::report::{LifecycleEvent, Report};
use crate::time::period::DAY_SECONDS;

pub use self::resources::{UnknownResource, resources_named};

/// Adds the stories to a report, and to each attempt its secret or key and the phase of its
/// deletion.
pub(super) fn add_stories(report: &mut Report) {
    let histories = resolve::histories(report);
    resolve::resolve_attempts(&mut report.attempts, &histories);
    let mut collected = CollectedUses::new(&histories, RulesRun::new(&report.rules));
    let uses = resolve::resolve_uses(&report.uses, &histories);
    collected.add_unscheduled(&report.attempts, &uses);
    collected.add_attempts(&report.attempts);
    collected.add_uses(uses);
    let maker = StoryMaker {
        histories: &histories,
        lifecycle: &report.lifecycle,
        archive_end: report.scan.last_event,
    };
    report.stories = maker.stories(&collected);
}

/// Makes stories of what was collected.
struct StoryMaker<'a> {
    histories: &'a Histories,
    lifecycle: &'a [LifecycleEvent],
    archive_end: Option<Timestamp>,
}

impl StoryMaker<'_> {
    /// Returns all stories, the most urgent first.
    fn stories(&self, collected: &CollectedUses<'_>) -> Vec<Story> {
        let mut stories = Vec::new();
        for (resource, of_resource) in &collected.by_resource {
            for number in 0..of_resource.episodes.len() {
                stories.extend(self.story(resource, of_resource, number));
            }
        }
        stories.sort_by_cached_key(order);
        stories
    }

    fn story(
        &self,
        resource: &Resource,
        of_resource: &OfResource<'_>,
        number: usize,
    ) -> Option<Story> {
        let episode = of_resource.episodes.get(number)?;
        let history = self.histories.history(resource);
        let steps = EpisodeSteps::new(history, episode, self.lifecycle);
        let scheduled = steps.scheduled();
        let callers = of_resource.callers(number, history);
        Some(Story {
            resource: resource.clone(),
            joins: of_resource.joins.iter().copied().collect(),
            episode: number as u64 + 1,
            verdict: steps.adjusted(self.verdict(episode, &callers)),
            until: episode.until.filter(|_| !steps.are_forced()),
            recovery_window_days: steps.window(),
            is_forced: steps.are_forced(),
            restored: steps
                .at(Step::Restored, episode.to)
                .map(StoryEvent::from_step),
            deleted: steps
                .at(Step::Deleted, episode.deleted)
                .map(StoryEvent::from_step),
            last_good_use: of_resource.last_good_use(beginning(episode, &callers)),
            begun: steps.begun().map(StoryEvent::from_step),
            scheduled: scheduled.map(StoryEvent::from_step),
            callers,
        })
    }

    fn verdict(&self, episode: &DeletionEpisode, callers: &[StoryCaller]) -> Verdict {
        let asking = principals(callers).len() as u64;
        match episode.ending {
            Ending::Restored => restored(episode, callers),
            Ending::Deleted => deleted(asking),
            Ending::Forced => Verdict::Forced { callers: asking },
            Ending::Pending => self.pending(episode.until, asking),
            Ending::AwaitsReplicas => Verdict::AwaitsReplicas { callers: asking },
            Ending::Missing => Verdict::EndMissing { callers: asking },
            Ending::Unscheduled => Verdict::Unscheduled { callers: asking },
        }
    }

    fn pending(&self, until: Option<Timestamp>, callers: u64) -> Verdict {
        match until {
            // This is false where nothing says when the archive ends.
            Some(until) if Some(until) <= self.archive_end => {
                Verdict::WindowEnded { until, callers }
            }
            _ if callers > 0 => Verdict::PendingInUse { until, callers },
            _ => Verdict::Pending { until },
        }
    }
}

fn deleted(callers: u64) -> Verdict {
    match callers {
        0 => Verdict::Deleted,
        callers => Verdict::DeletedInUse { callers },
    }
}

fn restored(episode: &DeletionEpisode, callers: &[StoryCaller]) -> Verdict {
    let days = days_pending(episode);
    match attempts(callers) {
        0 => Verdict::Restored { days },
        attempts => Verdict::RestoredInUse { attempts, days },
    }
}

/// Returns the days for which it was pending, rounded up.
fn days_pending(episode: &DeletionEpisode) -> Option<u64> {
    let (from, to) = (episode.from?, episode.to?);
    // One that was undone at once was pending for a day, rounded up.
    let seconds = to.as_second().saturating_sub(from.as_second()).max(1);
    Some(seconds.unsigned_abs().div_ceil(DAY_SECONDS.unsigned_abs()))
}

/// Returns the number of attempts that the metric counts, or else of others that needed the secret.
fn attempts(callers: &[StoryCaller]) -> u64 {
    match calls(callers, StoryCaller::is_attempt) {
        0 => calls(callers, StoryCaller::asks),
        attempts => attempts,
    }
}

fn calls(callers: &[StoryCaller], condition: fn(&StoryCaller) -> bool) -> u64 {
    let callers = callers.iter().filter(|caller| condition(caller));
    callers.map(|caller| caller.count).sum()
}

/// Returns the time before which a use was good: that of the scheduling, or else of the first
/// refusal because of it.
fn beginning(episode: &DeletionEpisode, callers: &[StoryCaller]) -> Option<Timestamp> {
    let first = first_refusal(callers);
    episode.from.or(first).or(episode.deleted).or(episode.to)
}

fn first_refusal(callers: &[StoryCaller]) -> Option<Timestamp> {
    let is_because_of_it = |caller: &&StoryCaller| match caller.missed {
        Some(Missed::AccessDenied | Missed::Succeeded) => false,
        None | Some(_) => true,
    };
    let refused = callers.iter().filter(is_because_of_it);
    refused.filter_map(|caller| caller.first).min()
}

/// The order of stories: the most urgent first, then those with most calls.
fn order(story: &Story) -> impl Ord + use<> {
    let calls: u64 = story.principals().iter().map(|(_, count)| count).sum();
    (
        story.verdict.urgency(),
        std::cmp::Reverse(calls),
        story.resource.clone(),
        story.episode,
    )
}

/// The steps of one deletion.
struct EpisodeSteps<'a> {
    steps: Vec<&'a LifecycleEvent>,
    /// The time at which the deletion was undone.
    to: Option<Timestamp>,
}

impl<'a> EpisodeSteps<'a> {
    fn new(
        history: Option<&History>,
        episode: &DeletionEpisode,
        all: &'a [LifecycleEvent],
    ) -> Self {
        // Steps after a deletion that only refused calls show may be those of the next.
        let history = history.filter(|_| episode.ending != Ending::Unscheduled);
        let numbers = history.map_or(&[] as &[usize], |history| &history.steps);
        let steps = numbers.iter().filter_map(|number| all.get(*number));
        let steps = steps.filter(|found| episode.covers(found.event.event_time));
        Self {
            steps: steps.collect(),
            to: episode.to,
        }
    }

    fn first(&self, step: Step) -> Option<&'a LifecycleEvent> {
        let mut steps = self.steps.iter();
        steps.find(|found| found.step == step).copied()
    }

    /// Returns the call that began the deletion.
    fn begun(&self) -> Option<&'a LifecycleEvent> {
        let scheduled = self.first(Step::Scheduled);
        scheduled.or_else(|| self.first(Step::ReplicasDeleted))
    }

    /// Returns the call that decided the deletion: the one that forced it, or else the last that
    /// set its window.
    fn scheduled(&self) -> Option<&'a LifecycleEvent> {
        let calls = self.steps.iter().copied();
        let calls: Vec<&LifecycleEvent> = calls.filter(|found| self.is_scheduling(found)).collect();
        let mut all = calls.iter();
        let forced = all.find(|found| found.deletion.forced == Some(true));
        forced.or(calls.last()).copied().or_else(|| self.begun())
    }

    /// Returns true for a call that schedules the deletion. One at the end of it may schedule the
    /// next.
    fn is_scheduling(&self, found: &LifecycleEvent) -> bool {
        let is_before_end = self.to.is_none_or(|to| found.event.event_time < Some(to));
        found.step == Step::Scheduled && is_before_end
    }

    fn at(&self, step: Step, time: Option<Timestamp>) -> Option<&'a LifecycleEvent> {
        let time = time?;
        let mut steps = self.steps.iter();
        let found = steps.find(|found| found.step == step && found.event.event_time == Some(time));
        found.copied()
    }

    /// Returns true if the deletion was forced, also where only the service's events say so.
    fn are_forced(&self) -> bool {
        let mut steps = self.steps.iter();
        self.are_of_replica() || steps.any(|found| found.deletion.forced == Some(true))
    }

    /// Returns true if the call that began the deletion deletes replicas.
    fn are_of_replica(&self) -> bool {
        let begun = self.begun();
        begun.is_some_and(|found| found.step == Step::ReplicasDeleted)
    }

    /// Returns the verdict with what the steps say of it.
    fn adjusted(&self, verdict: Verdict) -> Verdict {
        match verdict {
            Verdict::Forced { callers } if self.are_of_replica() => {
                Verdict::ReplicaDeleted { callers }
            }
            Verdict::DeletedInUse { callers } if self.are_forced() => Verdict::Forced { callers },
            Verdict::Deleted if self.are_forced() => Verdict::Forced { callers: 0 },
            verdict => verdict,
        }
    }

    /// Returns the window of the call that decided the deletion.
    fn window(&self) -> Option<u64> {
        self.scheduled()?.deletion.recovery_window_days
    }
}
