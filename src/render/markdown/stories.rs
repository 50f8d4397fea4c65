//! The stories of secrets and keys in Markdown.

use super::page::Page;
use crate::language::Message;
use crate::report::summary::{StoryCallerSummary, StoryEventSummary, StorySummary};

/// The number of stories that are written, the most urgent ones.
const STORY_LIMIT: usize = 10;

/// The number of callers of a story that are written, those with most calls.
const CALLER_LIMIT: usize = 5;

/// The columns of the callers of a story.
const CALLER_COLUMNS: [&str; 7] = [
    "ticket-principal",
    "ticket-address",
    "ticket-program",
    "ticket-call",
    "ticket-calls",
    "ticket-first",
    "ticket-last",
];

impl Page<'_> {
    /// Adds the most urgent stories.
    pub(super) fn stories(&mut self) {
        let summary = self.summary;
        self.heading(2, &Message::new("ticket-stories"));
        if summary.stories.is_empty() {
            let none = self.text_of("ticket-no-stories");
            return self.paragraph(&none);
        }
        for story in summary.stories.iter().take(STORY_LIMIT) {
            self.story(story);
        }
        let total = usize::try_from(summary.stories_total).unwrap_or(usize::MAX);
        self.more(total.saturating_sub(STORY_LIMIT), "stories");
    }

    fn story(&mut self, story: &StorySummary) {
        let title = Message::new("ticket-story").with("kind", kind(story.kind));
        self.heading(3, &title.with("name", &*story.name));
        let verdict = self.say(&story.verdict_text);
        self.paragraph(&format!("**{verdict}**"));
        let place = [story.account.as_deref(), story.region.as_deref()];
        let place: Vec<String> = place.iter().flatten().map(|name| self.code(name)).collect();
        self.item("ticket-resource", &self.code(&story.resource));
        self.item("ticket-place", &place.join(" "));
        self.scheduled(story);
        self.event("ticket-last-used", story.last_good_use.as_ref());
        self.attempts(story);
        self.event("ticket-restored", story.restored.as_ref());
        self.event("ticket-deleted", story.deleted.as_ref());
        self.gap();
        self.restoration(story);
        self.callers(story);
    }

    fn scheduled(&mut self, story: &StorySummary) {
        let Some(scheduled) = &story.scheduled else {
            let unknown = self.text_of("ticket-not-in-the-archive");
            return self.item("ticket-scheduled", &unknown);
        };
        let scheduled = self.say(&event(scheduled));
        self.item("ticket-scheduled", &scheduled);
        if let Some(until) = &story.undo_until {
            self.item("ticket-undo-until", &self.code(until));
        }
    }

    fn event(&mut self, label: &str, found: Option<&StoryEventSummary>) {
        if let Some(found) = found {
            let text = self.say(&event(found));
            self.item(label, &text);
        }
    }

    fn attempts(&mut self, story: &StorySummary) {
        let (Some(first), Some(last)) = (&story.first_attempt, &story.last_attempt) else {
            return;
        };
        let attempts = Message::new("ticket-attempts-from")
            .with("count", story.attempts)
            .with("first", &**first)
            .with("last", &**last);
        let attempts = self.say(&attempts);
        self.item("ticket-attempts", &attempts);
    }

    /// Adds the command that restores what is pending deletion, or why there is none.
    fn restoration(&mut self, story: &StorySummary) {
        if let Some(command) = &story.restore_command {
            let label = self.text_of("ticket-restore");
            // The words of the command need no quotes in any shell, so none of them ends the block.
            self.paragraph(&format!("{label}\n\n```sh\n{command}\n```"));
        }
        if let Some(remark) = story.restoration.remark() {
            let remark = self.say(&remark);
            self.paragraph(&remark);
        }
    }

    fn callers(&mut self, story: &StorySummary) {
        if story.callers.is_empty() {
            return;
        }
        let shown = story.callers.iter().take(CALLER_LIMIT);
        let rows: Vec<Vec<String>> = shown.map(|caller| self.caller(caller)).collect();
        self.table(&CALLER_COLUMNS, &rows);
        let total = usize::try_from(story.callers_total).unwrap_or(usize::MAX);
        self.more(total.saturating_sub(CALLER_LIMIT), "story_callers");
    }

    fn caller(&self, caller: &StoryCallerSummary) -> Vec<String> {
        vec![
            self.cell(caller.principal.as_deref()),
            self.cell(caller.source_ip_address.as_deref()),
            self.cell(caller.user_agent.as_deref()),
            self.cell(Some(&caller.event_name)),
            self.number(caller.calls),
            self.cell(caller.first.as_deref()),
            self.cell(caller.last.as_deref()),
        ]
    }
}

/// Returns when something happened, by whom and from where.
fn event(event: &StoryEventSummary) -> Message {
    let unknown = || Message::new("ticket-not-named");
    let message = Message::new("ticket-event");
    let message = match &event.at {
        Some(at) => message.with("time", &**at),
        None => message.with("time", unknown()),
    };
    let message = match &event.principal {
        Some(principal) => message.with("principal", &**principal),
        None => message.with("principal", unknown()),
    };
    match &event.source_ip_address {
        Some(address) => message.with("address", &**address),
        None => message.with("address", unknown()),
    }
}

/// Returns the noun of a kind.
fn kind(name: &str) -> Message {
    Message::new(match name {
        "secret" => "kind-secret",
        "key" => "kind-key",
        "certificate authority" => "kind-certificate-authority",
        _ => "kind-payment-key",
    })
}
