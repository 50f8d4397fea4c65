//! The head of the page: the verdict in one sentence, and the numbers of the audit.

use std::collections::BTreeSet;

use serde::Serialize;

use super::input::PageInput;
use super::texts::time;
use crate::language::Message;
use crate::render::quantity::duration_message;

/// The head of the page.
#[derive(Debug, Serialize)]
pub(super) struct PageHead {
    verdict: String,
    sources: String,
    events: Option<String>,
    places: String,
    facts: Vec<Fact>,
}

/// A number of the audit with its name.
#[derive(Debug, Serialize)]
struct Fact {
    value: String,
    label: String,
    /// True if somebody should look at it.
    is_alarming: bool,
}

impl PageHead {
    pub(super) fn new(input: &PageInput<'_>) -> Self {
        let scan = &input.report.scan;
        let events = scan.first_event.zip(scan.last_event);
        Self {
            verdict: input.words.say(&input.summary.answer.message()),
            sources: scan.sources.join(", "),
            events: events.map(|(first, last)| format!("{} – {}", time(first), time(last))),
            places: places(input),
            facts: facts(input),
        }
    }
}

fn places(input: &PageInput<'_>) -> String {
    let scan = &input.report.scan;
    let message = Message::new("page-places")
        .with("accounts", scan.accounts.len())
        .with("regions", scan.regions.len());
    input.words.say(&message)
}

fn facts(input: &PageInput<'_>) -> Vec<Fact> {
    let summary = input.summary;
    let alarms = summary.alarms.iter();
    let episodes: u64 = alarms.map(|alarm| alarm.episodes.len() as u64).sum();
    let alarms = summary.alarms.iter();
    let seconds: i64 = alarms.map(|alarm| alarm.seconds_in_alarm).sum();
    vec![
        count(input, "page-fact-attempts", summary.attempts),
        count(input, "page-fact-stories", summary.stories_total),
        count(input, "page-fact-principals", principals(input)),
        count(input, "page-fact-episodes", episodes),
        Fact {
            value: input.words.say(&duration_message(seconds)),
            label: input.words.text("page-fact-time-in-alarm"),
            is_alarming: false,
        },
        Fact {
            is_alarming: !summary.problems.is_empty(),
            ..count(input, "page-fact-problems", summary.problems.len() as u64)
        },
    ]
}

fn count(input: &PageInput<'_>, label: &'static str, count: u64) -> Fact {
    Fact {
        value: input.words.number(count),
        label: input.text(label),
        is_alarming: false,
    }
}

/// Returns the number of principals with an attempt.
fn principals(input: &PageInput<'_>) -> u64 {
    let attempts = input.report.attempts.iter();
    let principals = attempts.map(|attempt| attempt.event.text("principal"));
    principals.collect::<BTreeSet<_>>().len() as u64
}
