//! The chart of a story.

use jiff::Timestamp;
use minijinja::Value;

use super::input::PageInput;
use super::templates::markup;
use super::texts::{minute, time};
use crate::cloudtrail::lifecycle::Phase;
use crate::language::{Message, Words};
use crate::render::chart::Caption;
use crate::render::chart::story_axis::{CallPhase, DrawnCalls, Lane, Moment, StoryAxis};
use crate::report::story::{Missed, StoryCaller, StoryEvent};
use crate::report::{Attempt, Story};

/// The part of the time before the first and after the last event that is shown, too.
const MARGIN: i64 = 25;

/// The shortest time that is shown before and after, in seconds.
const MARGIN_SECONDS: i64 = 60;

/// Returns the chart of a story; `None` if nothing of it has a time.
pub(super) fn story_chart(
    input: &PageInput<'_>,
    story: &Story,
    attempts: &[&Attempt],
    id: &str,
) -> Option<Value> {
    let words = input.words;
    let moments = moments(story, words);
    let lanes = lanes(story, attempts, words);
    let range = range(&moments, &lanes)?;
    let window = window(story, range);
    let title = Message::new("page-story-chart").with("name", story.resource.name());
    let description = description(&moments, &lanes, words);
    let caption = Caption {
        id,
        title: &words.say(&title),
        description: &description,
    };
    let axis = StoryAxis {
        range,
        window,
        moments,
        lanes,
    };
    Some(markup(axis.draw(&caption)))
}

/// Returns the steps of the deletion, in chronological order.
fn moments(story: &Story, words: &Words) -> Vec<Moment> {
    let end = end(story);
    let steps = [
        ("page-moment-last-use", at(&story.last_good_use), false),
        ("page-moment-scheduled", at(&story.scheduled), false),
        ("page-moment-restored", at(&story.restored), false),
        ("page-moment-deleted", at(&story.deleted), false),
        // A deletion that has ended cannot be undone. Its limit would only stretch the axis.
        (
            "page-moment-limit",
            story.until.filter(|_| end.is_none()),
            true,
        ),
    ];
    let mut moments = Vec::new();
    for (label, time, is_limit) in steps {
        let Some(time) = time else { continue };
        let second = time.as_second();
        let label = Message::new(label).with("time", minute(second));
        moments.push(Moment {
            second,
            label: words.say(&label),
            is_limit,
        });
    }
    moments.sort_by_key(|moment| moment.second);
    moments
}

fn at(event: &Option<StoryEvent>) -> Option<Timestamp> {
    event.as_ref()?.at
}

/// Returns when the secret or key was restored or deleted.
fn end(story: &Story) -> Option<Timestamp> {
    at(&story.restored).or(at(&story.deleted))
}

/// Returns the time in which the deletion could be undone, as far as it is shown.
fn window(story: &Story, (first, _): (i64, i64)) -> Option<(i64, i64)> {
    let start = at(&story.scheduled).map_or(first, Timestamp::as_second);
    let until = end(story).or(story.until)?.as_second();
    (start < until && !story.is_forced).then_some((start, until))
}

/// Returns the calls that the alarm sees, and those that it does not see.
fn lanes(story: &Story, attempts: &[&Attempt], words: &Words) -> Vec<Lane> {
    let (seen, unseen): (Vec<&StoryCaller>, Vec<&StoryCaller>) =
        story.callers.iter().partition(|caller| caller.is_attempt());
    let attempted: Vec<DrawnCalls> = attempts.iter().filter_map(|one| attempt(one)).collect();
    let seen = match attempts.is_empty() {
        false => lane("page-lane-attempts", attempted, words),
        // The audit may have used other rules than the story.
        true => lane("page-lane-not-audited", all_calls(seen), words),
    };
    let unseen = lane("page-lane-unseen", all_calls(unseen), words);
    seen.into_iter().chain(unseen).collect()
}

/// Returns the lane of calls in the order of time, if there are any.
fn lane(label: &str, mut calls: Vec<DrawnCalls>, words: &Words) -> Option<Lane> {
    calls.sort_by_key(|call| call.first);
    let label = words.text(label);
    (!calls.is_empty()).then_some(Lane { label, calls })
}

fn all_calls(callers: Vec<&StoryCaller>) -> Vec<DrawnCalls> {
    callers.into_iter().filter_map(caller_calls).collect()
}

fn attempt(attempt: &Attempt) -> Option<DrawnCalls> {
    let at = attempt.event.event_time?;
    let resolution = attempt.resolution.as_ref()?;
    let principal = attempt.event.text("principal");
    Some(DrawnCalls {
        first: at.as_second(),
        last: at.as_second(),
        count: 1,
        phase: call_phase(resolution.phase),
        hint: format!("{} {}", time(at), principal.unwrap_or_default()),
    })
}

fn caller_calls(caller: &StoryCaller) -> Option<DrawnCalls> {
    let (first, last) = (caller.first?, caller.last?);
    let (name, event) = (caller.name(), &caller.event_name);
    let reason = caller.missed.map(Missed::name).unwrap_or_default();
    Some(DrawnCalls {
        first: first.as_second(),
        last: last.as_second(),
        count: caller.count,
        phase: call_phase(caller.phase),
        hint: format!("{} {event} {name} {reason}", time(first)),
    })
}

fn call_phase(phase: Phase) -> CallPhase {
    match phase {
        Phase::Before => CallPhase::Before,
        Phase::Pending => CallPhase::Pending,
        Phase::Restored | Phase::AfterDeletion => CallPhase::After,
        Phase::Unknown => CallPhase::Unknown,
    }
}

/// Returns the time that is shown: that of all events, and a little before and after.
fn range(moments: &[Moment], lanes: &[Lane]) -> Option<(i64, i64)> {
    let moments = moments.iter().map(|moment| moment.second);
    let calls = lanes.iter().flat_map(|lane| &lane.calls);
    let calls = calls.flat_map(|call| [call.first, call.last]);
    let seconds: Vec<i64> = moments.chain(calls).collect();
    let (first, last) = (*seconds.iter().min()?, *seconds.iter().max()?);
    let margin = ((last - first) / MARGIN).max(MARGIN_SECONDS);
    Some((first - margin, last + margin))
}

/// Returns the steps and the number of calls, in words.
fn description(moments: &[Moment], lanes: &[Lane], words: &Words) -> String {
    let mut parts: Vec<String> = moments.iter().map(|moment| moment.label.clone()).collect();
    for lane in lanes {
        let count: u64 = lane.calls.iter().map(|call| call.count).sum();
        parts.push(format!("{}: {}", lane.label, words.number(count)));
    }
    parts.join("; ")
}
