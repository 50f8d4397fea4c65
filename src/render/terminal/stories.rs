//! The stories of secrets and keys: the verdict first, then a few lines.

use std::io;

use super::screen::Screen;
use crate::language::Message;
use crate::render::style::verdict;
use crate::report::Summary;
use crate::report::summary::{RequesterSummary, StoryEventSummary, StorySummary};
use crate::text::shortened;

/// The number of stories that are printed, the most urgent ones.
const STORY_LIMIT: usize = 5;

/// The number of callers that are printed of a story, those with most calls.
const CALLER_LIMIT: usize = 3;

/// The most characters of the name of a program.
const PROGRAM_LIMIT: usize = 40;

impl Screen<'_> {
    /// Writes the most urgent stories; nothing if there is none.
    pub(super) fn stories(&mut self, summary: &Summary) -> io::Result<()> {
        if summary.stories.is_empty() {
            return Ok(());
        }
        // The most urgent come first, so those that are left out of the summary do not matter here.
        let is_quiet = summary.stories.iter().all(|story| story.is_quiet);
        let total = summary.stories_total;
        let text = self.say(&Message::new("terminal-deletions").with("count", total));
        self.heading("terminal-stories", verdict(is_quiet), &text)?;
        for story in summary.stories.iter().take(STORY_LIMIT) {
            self.story(story, summary.records.duplicate > 0)?;
        }
        let total = usize::try_from(total).unwrap_or(usize::MAX);
        if total > STORY_LIMIT {
            writeln!(self.out)?;
        }
        self.more(total, STORY_LIMIT, "stories")
    }

    /// Writes a story after an empty line.
    pub(super) fn story(&mut self, story: &StorySummary, has_copies: bool) -> io::Result<()> {
        writeln!(self.out)?;
        let style = verdict(story.is_quiet);
        let verdict = self.say(&story.verdict_text);
        let kind = self.text(story.kind_id);
        self.item(style, &format!("{kind} {}: {verdict}", story.name))?;
        let place = format!(
            "{} {}",
            self.named(&story.account),
            self.named(&story.region)
        );
        self.field("terminal-in", &place)?;
        let scheduled = self.scheduled(story);
        self.field("terminal-scheduled", &scheduled)?;
        self.event("terminal-last-used", &story.last_good_use)?;
        self.requests(story)?;
        self.missed(story, has_copies)?;
        self.event("terminal-restored", &story.restored)?;
        self.event("terminal-deleted", &story.deleted)?;
        self.restoration(story)?;
        self.names(story)
    }

    fn scheduled(&self, story: &StorySummary) -> String {
        let Some(scheduled) = &story.scheduled else {
            return self.text("terminal-not-in-the-archive");
        };
        let scheduled = self.event_text(scheduled);
        match story.undoing(&|time| self.time(time)) {
            Some(undoing) => format!("{scheduled}; {}", self.say(&undoing)),
            None => scheduled,
        }
    }

    fn event(&mut self, label_id: &str, event: &Option<StoryEventSummary>) -> io::Result<()> {
        let Some(event) = event else { return Ok(()) };
        let text = self.event_text(event);
        self.field(label_id, &text)
    }

    fn event_text(&self, event: &StoryEventSummary) -> String {
        self.say(&event.message(&|time| self.time(time)))
    }

    fn address_text(&self, address: &str) -> String {
        self.say(&Message::new("terminal-from").with("address", address))
    }

    /// Writes the attempts, and who requested it, the busiest first.
    fn requests(&mut self, story: &StorySummary) -> io::Result<()> {
        if let Some(attempted) = story.attempted(&|time| self.time(time)) {
            let text = self.say(&attempted);
            self.field("terminal-attempts", &text)?;
        }
        let shown = story.requesters.iter().take(CALLER_LIMIT);
        let texts: Vec<String> = shown.map(|caller| self.requester(caller)).collect();
        self.fields("terminal-callers", &texts)?;
        let total = usize::try_from(story.requesters_total).unwrap_or(usize::MAX);
        self.more(total, CALLER_LIMIT, "story_callers")
    }

    fn requester(&self, caller: &RequesterSummary) -> String {
        let mut who = self.named(&caller.principal);
        let address = caller.source_ip_address.as_ref();
        if let Some(address) = address.filter(|address| Some(*address) != caller.principal.as_ref())
        {
            who += &format!(" {}", self.address_text(address));
        }
        if let Some(program) = &caller.user_agent {
            let program = shortened(program, PROGRAM_LIMIT);
            let with = Message::new("terminal-with").with("program", program);
            who += &format!(" {}", self.say(&with));
        }
        let message = Message::new("terminal-caller")
            .with("who", who)
            .with("count", caller.calls)
            .with("times", self.times_of(caller));
        self.say(&message)
    }

    fn times_of(&self, caller: &RequesterSummary) -> String {
        match (&caller.first, &caller.last) {
            (Some(first), Some(last)) => self.times(first, last),
            _ => self.text("event-at-no-known-time"),
        }
    }

    /// Writes the calls that AWS's alarm does not see.
    fn missed(&mut self, story: &StorySummary, has_copies: bool) -> io::Result<()> {
        let parts = story.missed_messages();
        let parts: Vec<String> = parts.iter().map(|part| self.say(part)).collect();
        if parts.is_empty() {
            return Ok(());
        }
        let mut text = self.say(&Message::new("terminal-missed").with("calls", parts.join(", ")));
        // Uses are counted without the identifiers of their events.
        if has_copies {
            text += &self.text("terminal-copies-count");
        }
        self.field("terminal-unseen", &text)
    }

    /// Writes the command that restores it, or the reason why there is none.
    fn restoration(&mut self, story: &StorySummary) -> io::Result<()> {
        let mut label = "terminal-restore";
        if let Some(command) = story.restoration.command() {
            self.command(label, command)?;
            label = "";
        }
        let Some(remark) = story.restoration.remark() else {
            return Ok(());
        };
        let remark = self.say(&remark);
        match label {
            "" => self.further(&remark),
            label => self.field(label, &remark),
        }
    }

    /// Writes how the names in records were joined, or why they were not.
    fn names(&mut self, story: &StorySummary) -> io::Result<()> {
        if let Some(reason) = story.not_joined.first() {
            let text =
                self.say(&Message::new("terminal-not-joined").with("reason", reason.clone()));
            return self.field("terminal-names", &text);
        }
        let names = story.joined_by.join(", ");
        if names.is_empty() {
            return Ok(());
        }
        let text = self.say(&Message::new("terminal-joined").with("names", names));
        self.field("terminal-names", &text)
    }
}
