//! The stories of secrets and keys in Markdown.

use super::page::Page;
use crate::language::Message;
use crate::report::summary::{StoryCallerSummary, StoryEventSummary, StorySummary};

/// The number of stories that are written, the most urgent ones.
const STORY_LIMIT: usize = 10;

/// The number of callers of a story that are written, those with most calls.
const CALLER_LIMIT: usize = 5;

/// The columns of the callers of a story.
const CALLER_COLUMNS: [&str; 9] = [
    "ticket-principal",
    "ticket-address",
    "ticket-program",
    "ticket-call",
    "ticket-phase",
    "ticket-unseen",
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
        let title = Message::new("ticket-story").with("kind", Message::new(story.kind_id));
        self.heading(3, &title.with("name", &*story.name));
        let verdict = self.say(&story.verdict_text);
        self.paragraph(&format!("**{verdict}**"));
        let place = [story.account.as_deref(), story.region.as_deref()];
        let place: Vec<String> = place.iter().flatten().map(|name| self.code(name)).collect();
        self.item("ticket-resource", &self.code(&story.resource));
        self.item("ticket-place", &place.join(" "));
        self.scheduled(story);
        self.event("ticket-last-used", &story.last_good_use);
        self.attempts(story);
        self.missed(story);
        self.event("ticket-restored", &story.restored);
        self.event("ticket-deleted", &story.deleted);
        self.gap();
        self.restoration(story);
        self.callers(story);
    }

    fn scheduled(&mut self, story: &StorySummary) {
        let Some(scheduled) = &story.scheduled else {
            let unknown = self.text_of("ticket-not-in-the-archive");
            return self.item("ticket-scheduled", &unknown);
        };
        let mut text = self.say(&scheduled.message(&str::to_owned));
        if let Some(undoing) = story.undoing(&str::to_owned) {
            text += &format!("; {}", self.say(&undoing));
        }
        self.item("ticket-scheduled", &text);
    }

    fn event(&mut self, label: &str, event: &Option<StoryEventSummary>) {
        if let Some(event) = event {
            let text = self.say(&event.message(&str::to_owned));
            self.item(label, &text);
        }
    }

    fn attempts(&mut self, story: &StorySummary) {
        if let Some(attempted) = story.attempted(&str::to_owned) {
            let text = self.say(&attempted);
            self.item("ticket-attempts", &text);
        }
    }

    /// Adds the calls that AWS's alarm does not see.
    fn missed(&mut self, story: &StorySummary) {
        let calls = story.missed_messages();
        let calls: Vec<String> = calls.iter().map(|calls| self.say(calls)).collect();
        if !calls.is_empty() {
            self.item("ticket-unseen", &calls.join(", "));
        }
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

    /// Returns the reason for which AWS's alarm does not see the calls of a caller.
    fn unseen(&self, caller: &StoryCallerSummary) -> String {
        let reason = caller.missed_text.as_ref();
        reason.map_or_else(|| "–".to_owned(), |reason| self.say(reason))
    }

    fn caller(&self, caller: &StoryCallerSummary) -> Vec<String> {
        vec![
            self.cell(caller.principal.as_deref()),
            self.cell(caller.source_ip_address.as_deref()),
            self.cell(caller.user_agent.as_deref()),
            self.cell(Some(&caller.event_name)),
            self.code(caller.phase),
            self.unseen(caller),
            self.number(caller.calls),
            self.cell(caller.first.as_deref()),
            self.cell(caller.last.as_deref()),
        ]
    }
}
