//! The stories of the page: what was scheduled for deletion, who still asked, and how it ended.

use minijinja::{Error, Value};
use serde::Serialize;

use super::evidence::{StoryEvidence, evidence_table};
use super::input::PageInput;
use super::story_chart::story_chart;
use super::table::{PageCell, PageTable};
use super::templates::Templates;
use super::texts::written;
use crate::cloudtrail::lifecycle::resource::Arn;
use crate::language::{Message, Words};
use crate::report::Story;
use crate::report::story::StoryCaller;
use crate::report::story::verdict::Urgency;
use crate::report::summary::{StoryEventSummary, StorySummary};
use crate::text::{joined, place};

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
    /// `ARN`, or that it is only a name.
    resource_label: String,
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
                summary: StorySummary::new(story),
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
        "page-column-window-end",
    ];
    let caption = words.text("page-stories-others");
    let mut table = PageTable::new("stories-others", caption, &columns, words).searchable();
    for story in stories
        .iter()
        .skip(CARD_LIMIT)
        .take(super::table::ROW_LIMIT)
    {
        table.add(vec![
            PageCell::code(Some(story.resource.name())),
            PageCell::text(place_of(story)),
            PageCell::text(words.say(&story.verdict.message())),
            PageCell::count(story.attempts(), words),
            PageCell::time(story.until),
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
    summary: StorySummary,
    number: usize,
}

impl CardMaker<'_> {
    fn card(&self, evidence: &StoryEvidence<'_>, templates: &Templates) -> Result<Card, Error> {
        let story = self.story;
        let id = format!("story-{}", self.number + 1);
        let attempts = evidence.attempts(self.number);
        let table = evidence_table(self.input, story, attempts);
        let restoration = &self.summary.restoration;
        Ok(Card {
            chart: story_chart(self.input, story, attempts, &format!("{id}-axis")),
            id,
            kind: self.input.words.text(self.summary.kind_id),
            name: story.resource.name().to_owned(),
            resource_label: self.resource_label(),
            resource: story.resource.id.clone(),
            verdict: self.input.words.say(&story.verdict.message()),
            urgency: urgency(story),
            facts: self.facts(),
            command: restoration.command().map(ToString::to_string),
            remark: self.remark(),
            callers: self.callers(templates)?,
            evidence: filled(&table, templates)?,
        })
    }

    fn resource_label(&self) -> String {
        match Arn::parse(&self.story.resource.id) {
            Some(_) => "ARN".to_owned(),
            None => self.input.words.text("page-column-name"),
        }
    }

    /// Returns what is to be said about restoring, unless the story has ended.
    fn remark(&self) -> Option<String> {
        if self.story.has_ended() {
            return None;
        }
        let remark = self.summary.restoration.remark()?;
        Some(self.input.words.say(&remark))
    }

    fn facts(&self) -> Vec<StoryFact> {
        let words = self.input.words;
        let summary = &self.summary;
        let facts = [
            ("page-fact-place", Some(place_of(self.story))),
            ("page-fact-scheduled", Some(self.scheduled())),
            ("page-fact-undoing", self.undoing()),
            ("page-fact-last-use", self.event(&summary.last_good_use)),
            ("page-fact-attempted", self.attempted()),
            ("page-fact-unseen", self.unseen()),
            ("page-fact-restored", self.event(&summary.restored)),
            ("page-fact-deleted", self.event(&summary.deleted)),
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

    fn scheduled(&self) -> String {
        let scheduled = self.event(&self.summary.scheduled);
        scheduled.unwrap_or_else(|| self.input.words.text("page-not-in-archive"))
    }

    fn event(&self, event: &Option<StoryEventSummary>) -> Option<String> {
        let message = event.as_ref()?.message(&written);
        Some(self.input.words.say(&message))
    }

    /// Returns until when the deletion can or could be undone.
    fn undoing(&self) -> Option<String> {
        let words = self.input.words;
        let undoing = words.say(&self.summary.undoing(&written)?);
        let days = self.summary.recovery_window_days;
        let Some(days) = days.filter(|_| !self.summary.forced) else {
            return Some(undoing);
        };
        let days = words.say(&Message::new("page-days-after-scheduled").with("days", days));
        Some(format!("{undoing}{days}"))
    }

    fn attempted(&self) -> Option<String> {
        let attempted = self.summary.attempted(&written)?;
        Some(self.input.words.say(&attempted))
    }

    /// Returns the calls that AWS's alarm does not see.
    fn unseen(&self) -> Option<String> {
        let calls = self.summary.missed_messages();
        let said = calls.iter().map(|calls| self.input.words.say(calls));
        (!calls.is_empty()).then(|| joined(said, ", "))
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

fn place_of(story: &Story) -> String {
    let home = &story.resource.home;
    place(home.account.as_deref(), home.region.as_deref())
}

fn caller_row(caller: &StoryCaller, words: &Words) -> Vec<PageCell> {
    vec![
        PageCell::code(Some(caller.name()))
            .note(caller.source_ip_address.as_deref())
            .note(caller.user_agent.as_deref()),
        PageCell::code(Some(&caller.event_name)).note(Some(caller.outcome.name())),
        PageCell::text(caller.phase.name()),
        PageCell::time(caller.first),
        PageCell::time(caller.last),
        PageCell::count(caller.count, words),
    ]
}
