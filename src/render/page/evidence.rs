//! The evidence of the stories: the records that show them, with the object that each is in.

use std::collections::HashMap;

use jiff::Timestamp;

use super::input::PageInput;
use super::table::{PageCell, PageTable};
use crate::cloudtrail::lifecycle::Resource;
use crate::language::{Message, Words};
use crate::report::{Attempt, Event, Report, Story};

/// The number of records in the evidence of a story. The tables have all of them.
const EVIDENCE_LIMIT: usize = 25;

/// The attempts of each story.
pub(super) struct StoryEvidence<'a> {
    /// The attempts by the number of their story.
    attempts: HashMap<usize, Vec<&'a Attempt>>,
}

impl<'a> StoryEvidence<'a> {
    /// Finds the attempts of the stories of a report.
    pub(super) fn new(report: &'a Report) -> Self {
        let mut stories: HashMap<&Resource, Vec<(Option<Timestamp>, usize)>> = HashMap::new();
        for (number, story) in report.stories.iter().enumerate() {
            let begin = story.scheduled.as_ref().and_then(|event| event.at);
            let of_resource = stories.entry(&story.resource).or_default();
            of_resource.push((begin, number));
        }
        for of_resource in stories.values_mut() {
            of_resource.sort();
        }
        let mut attempts: HashMap<usize, Vec<&Attempt>> = HashMap::new();
        for attempt in &report.attempts {
            if let Some(number) = story_of(attempt, &stories) {
                attempts.entry(number).or_default().push(attempt);
            }
        }
        Self { attempts }
    }

    /// Returns the attempts of a story, in chronological order.
    pub(super) fn attempts(&self, story: usize) -> &[&'a Attempt] {
        self.attempts.get(&story).map_or(&[], Vec::as_slice)
    }
}

/// Returns the story of an attempt: the last one of its secret or key that had begun, or else the
/// first.
fn story_of(
    attempt: &Attempt,
    stories: &HashMap<&Resource, Vec<(Option<Timestamp>, usize)>>,
) -> Option<usize> {
    let resource = &*attempt.resolution.as_ref()?.resource;
    let stories = stories.get(resource)?;
    let time = attempt.event.event_time;
    let begun = stories.iter().rev().find(|(begin, _)| *begin <= time);
    begun.or(stories.first()).map(|(_, number)| *number)
}

/// Returns the records that show a story: the steps of its deletion, and the first attempts.
pub(super) fn evidence_table(
    input: &PageInput<'_>,
    story: &Story,
    attempts: &[&Attempt],
) -> PageTable {
    let words = input.words;
    let columns = [
        "page-column-time",
        "page-column-event",
        "page-column-event-id",
        "page-column-object",
    ];
    let caption = words.text("page-story-evidence");
    let mut table = PageTable::new("story-evidence", caption, &columns, words);
    let steps = steps(input.report, story);
    let total = steps.len() + attempts.len();
    let attempts = attempts.iter().map(|attempt| &attempt.event);
    for event in steps.into_iter().chain(attempts).take(EVIDENCE_LIMIT) {
        table.add(evidence_row(event, words));
    }
    table.note_cut(total, input.file("attempts"), words);
    table
}

/// Returns the records of the steps of a deletion.
fn steps<'a>(report: &'a Report, story: &Story) -> Vec<&'a Event> {
    let mut steps = Vec::new();
    for id in story
        .changes()
        .filter_map(|event| event.event_id.as_deref())
    {
        let mut lifecycle = report.lifecycle.iter().map(|found| &found.event);
        steps.extend(lifecycle.find(|event| event.event_id.as_deref() == Some(id)));
    }
    steps
}

fn evidence_row(event: &Event, words: &Words) -> Vec<PageCell> {
    let record = event.origin.record.map(|record| {
        let message = Message::new("page-record").with("record", record.to_string());
        words.say(&message)
    });
    vec![
        PageCell::time(event.event_time),
        PageCell::code(event.text("event_name")).note(event.text("principal")),
        PageCell::code(event.event_id.as_deref()),
        PageCell::code(Some(&event.origin.object)).note(record.as_deref()),
    ]
}
