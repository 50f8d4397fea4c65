//! The stories of the page: what was scheduled for deletion, who still asked, and how it ended.

use minijinja::{Error, Value};
use serde::Serialize;

use super::evidence::{StoryEvidence, evidence_table};
use super::input::PageInput;
use super::story_chart::story_chart;
use super::table::{Cell, PageTable};
use super::templates::Templates;
use super::texts::time;
use crate::language::{Message, Words};
use crate::render::quantity::short;
use crate::report::Story;
use crate::report::story::verdict::Urgency;
use crate::report::story::{Missed, StoryCaller, StoryEvent};
use crate::report::summary::{Restoration, kind_id};

/// The number of stories with a card of their own, the most urgent ones. Others are rows of a
/// table, since a reader of fifty cards looks for a table.
const CARD_LIMIT: usize = 25;

/// The number of callers in a card, those with most calls.
const CALLER_LIMIT: usize = 20;

/// The stories of the page.
#[derive(Debug, Serialize)]
pub(super) struct Stories {
    total: u64,
    cards: Vec<Card>,
    /// The stories without a card.
    others: Option<Value>,
}

/// The card of a story.
#[derive(Debug, Serialize)]
struct Card {
    id: String,
    kind: String,
    name: String,
    resource: String,
    verdict: String,
    urgency: &'static str,
    chart: Option<Value>,
    facts: Vec<StoryFact>,
    command: Option<String>,
    /// The reason why there is no command, or a remark about it.
    remark: Option<String>,
    callers: Option<Value>,
    evidence: Option<Value>,
}

/// A fact of a story.
#[derive(Debug, Serialize)]
struct StoryFact {
    label: String,
    text: String,
}

impl Stories {
    pub(super) fn new(input: &PageInput<'_>, templates: &Templates) -> Result<Self, Error> {
        let evidence = StoryEvidence::new(input.report);
        let stories = &input.report.stories;
        let mut cards = Vec::new();
        for (number, story) in stories.iter().take(CARD_LIMIT).enumerate() {
            let card = CardMaker {
                input,
                story,
                number,
            };
            cards.push(card.card(&evidence, templates)?);
        }
        Ok(Self {
            total: stories.len() as u64,
            cards,
            others: others(input, templates)?,
        })
    }
}

/// Returns the table of the stories without a card.
fn others(input: &PageInput<'_>, templates: &Templates) -> Result<Option<Value>, Error> {
    let words = input.words;
    let stories = &input.report.stories;
    let columns = [
        "page-column-name",
        "page-column-place",
        "page-column-verdict",
        "page-column-attempts",
        "page-column-undo-until",
    ];
    let caption = words.text("page-stories-others");
    let mut table = PageTable::new("stories-others", caption, &columns, words).searchable();
    for story in stories
        .iter()
        .skip(CARD_LIMIT)
        .take(super::table::ROW_LIMIT)
    {
        table.add(vec![
            Cell::code(Some(story.resource.name())),
            Cell::text(place(story)),
            Cell::text(words.say(&story.verdict.message())),
            Cell::count(story.attempts(), words),
            Cell::time(story.until),
        ]);
    }
    if table.is_empty() {
        return Ok(None);
    }
    let total = stories.len().saturating_sub(CARD_LIMIT);
    table.note_cut(total, input.file("stories"), words);
    table.fill(templates).map(Some)
}

struct CardMaker<'a> {
    input: &'a PageInput<'a>,
    story: &'a Story,
    number: usize,
}

impl CardMaker<'_> {
    fn card(&self, evidence: &StoryEvidence<'_>, templates: &Templates) -> Result<Card, Error> {
        let story = self.story;
        let id = format!("story-{}", self.number + 1);
        let attempts = evidence.attempts(self.number);
        let table = evidence_table(self.input, story, attempts);
        let summary = self.input.summary.stories.get(self.number);
        let restoration = summary.map(|summary| &summary.restoration);
        Ok(Card {
            chart: story_chart(self.input, story, attempts, &format!("{id}-axis")),
            id,
            kind: self.input.words.text(kind_id(story.resource.kind)),
            name: story.resource.name().to_owned(),
            resource: story.resource.id.clone(),
            verdict: self.input.words.say(&story.verdict.message()),
            urgency: urgency(story),
            facts: self.facts(),
            command: restoration.and_then(|found| found.command().map(ToString::to_string)),
            remark: self.remark(restoration),
            callers: self.callers(templates)?,
            evidence: filled(&table, templates)?,
        })
    }

    /// Returns what is to be said about restoring, unless the story has ended.
    fn remark(&self, restoration: Option<&Restoration>) -> Option<String> {
        let is_over = self.story.restored.is_some() || self.story.deleted.is_some();
        let remark = restoration.filter(|_| !is_over)?.remark()?;
        Some(self.input.words.say(&remark))
    }

    fn facts(&self) -> Vec<StoryFact> {
        let story = self.story;
        let words = self.input.words;
        let facts = [
            ("page-fact-place", Some(place(story))),
            ("page-fact-scheduled", Some(scheduled(story, words))),
            ("page-fact-undo-until", undo_until(story, words)),
            ("page-fact-last-use", self.event(&story.last_good_use)),
            ("page-fact-attempted", attempted(story, words)),
            ("page-fact-unseen", unseen(story, words)),
            ("page-fact-restored", self.event(&story.restored)),
            ("page-fact-deleted", self.event(&story.deleted)),
        ];
        let facts = facts.into_iter();
        let facts = facts.filter_map(|(label, text)| {
            Some(StoryFact {
                label: words.text(label),
                text: text?,
            })
        });
        facts.collect()
    }

    fn event(&self, event: &Option<StoryEvent>) -> Option<String> {
        event
            .as_ref()
            .map(|event| event_text(event, self.input.words))
    }

    fn callers(&self, templates: &Templates) -> Result<Option<Value>, Error> {
        let words = self.input.words;
        let caption = words.text("page-story-callers");
        let columns = [
            "page-column-principal",
            "page-column-event",
            "page-column-phase",
            "page-column-first",
            "page-column-last",
            "page-column-calls",
        ];
        let mut table = PageTable::new("story-callers", caption, &columns, words);
        let mut callers: Vec<&StoryCaller> = self.story.callers.iter().collect();
        // The sort is stable, so those with as many calls stay in chronological order.
        callers.sort_by_key(|caller| std::cmp::Reverse(caller.count));
        for caller in callers.into_iter().take(CALLER_LIMIT) {
            table.add(caller_row(caller, words));
        }
        let total = self.story.callers.len();
        table.note_cut(total, self.input.file("story_callers"), words);
        filled(&table, templates)
    }
}

fn filled(table: &PageTable, templates: &Templates) -> Result<Option<Value>, Error> {
    match table.is_empty() {
        true => Ok(None),
        false => table.fill(templates).map(Some),
    }
}

fn urgency(story: &Story) -> &'static str {
    match story.verdict.urgency() {
        Urgency::Now => "now",
        Urgency::Lost => "lost",
        Urgency::Needed => "needed",
        Urgency::Quiet => "quiet",
    }
}

fn place(story: &Story) -> String {
    let home = &story.resource.home;
    let parts = [home.account.as_deref(), home.region.as_deref()];
    let parts: Vec<&str> = parts.into_iter().flatten().collect();
    parts.join(" ")
}

/// Returns when something happened, and by whom, from where.
fn event_text(event: &StoryEvent, words: &Words) -> String {
    let Some(at) = event.at else {
        return words.text("page-at-no-known-time");
    };
    let id = match (&event.principal, &event.source_ip_address) {
        (Some(principal), Some(address)) if principal != address => "page-event-by-from",
        (Some(_), _) => "page-event-by",
        _ => return time(at),
    };
    let message = Message::new(id)
        .with("time", time(at))
        .with("principal", event.principal.as_deref().unwrap_or_default())
        .with(
            "source",
            event.source_ip_address.as_deref().unwrap_or_default(),
        );
    words.say(&message)
}

fn scheduled(story: &Story, words: &Words) -> String {
    match &story.scheduled {
        Some(event) => event_text(event, words),
        None => words.text("page-not-in-archive"),
    }
}

fn undo_until(story: &Story, words: &Words) -> Option<String> {
    if story.is_forced {
        return Some(words.text("page-cannot-be-undone"));
    }
    let until = time(story.until?);
    match story.recovery_window_days {
        None => Some(until),
        Some(days) => {
            let message = Message::new("page-undo-until").with("time", until);
            Some(words.say(&message.with("days", days)))
        }
    }
}

fn attempted(story: &Story, words: &Words) -> Option<String> {
    let (first, last) = story.attempt_times();
    let message = Message::new("page-attempted")
        .with("count", story.attempts())
        .with("first", time(first?))
        .with("last", time(last?));
    let text = words.say(&message);
    let Some(days) = story.days_left() else {
        return Some(text);
    };
    let left = words.say(&Message::new("page-days-left").with("days", short(days)));
    Some(format!("{text}{left}"))
}

/// Returns the calls that AWS's alarm does not see.
fn unseen(story: &Story, words: &Words) -> Option<String> {
    let mut parts = Vec::new();
    for reason in Missed::ALL {
        let count = story.missed(reason);
        if count > 0 {
            parts.push(words.say(&Message::new(missed(reason)).with("count", count)));
        }
    }
    (!parts.is_empty()).then(|| parts.join(", "))
}

fn missed(reason: Missed) -> &'static str {
    match reason {
        Missed::AfterDeletion => "page-missed-after-deletion",
        Missed::AccessDenied => "page-missed-access-denied",
        Missed::OtherOperation => "page-missed-other-operation",
        Missed::OtherText => "page-missed-other-text",
        Missed::Batch => "page-missed-batch",
        Missed::OtherService => "page-missed-other-service",
    }
}

fn caller_row(caller: &StoryCaller, words: &Words) -> Vec<Cell> {
    vec![
        Cell::code(Some(caller.name()))
            .note(caller.source_ip_address.as_deref())
            .note(caller.user_agent.as_deref()),
        Cell::code(Some(&caller.event_name)).note(Some(caller.outcome.name())),
        Cell::text(caller.phase.name()),
        Cell::time(caller.first),
        Cell::time(caller.last),
        Cell::count(caller.count, words),
    ]
}
