//! The summary of an audit as Markdown, to be pasted into a ticket.
//!
//! Everything that comes from outside is in a span of code, where a text cannot make a link, an
//! element of HTML, a heading, a cell of a table, or the mention of a user. The sentences around it
//! are the program's own.

mod alarms;
mod code;
mod limits;
mod page;
mod stories;

use std::io::{self, Write};

use self::page::Page;
use crate::language::{Message, Words};
use crate::report::Summary;
use crate::report::summary::{ObjectSummary, RecordSummary};

/// The number of names in a list that are written.
const NAME_LIMIT: usize = 20;

/// Writes the summary: the answer, the stories, the alarms, and what limits them.
///
/// # Errors
///
/// Returns an error if the bytes cannot be written.
pub fn write_markdown(summary: &Summary, words: &Words, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::new(summary, words);
    page.heading(1, &Message::new("ticket-title"));
    page.answer();
    page.scope();
    page.stories();
    page.alarms();
    page.problems();
    page.warnings();
    page.assumptions();
    page.origin();
    out.write_all(page.text().as_bytes())
}

impl Page<'_> {
    fn answer(&mut self) {
        let answer = self.say(&self.summary.answer.message());
        self.paragraph(&format!("**{answer}**"));
    }

    /// Writes what was audited.
    fn scope(&mut self) {
        let summary = self.summary;
        self.item("ticket-sources", &self.names(&summary.sources));
        if let (Some(first), Some(last)) = (&summary.first_event, &summary.last_event) {
            let range = self.say(&Message::range(&**first, &**last));
            self.item("ticket-events", &range);
        }
        self.item("ticket-accounts", &self.names(&summary.accounts));
        self.item("ticket-regions", &self.names(&summary.regions));
        let objects = self.say(&objects(&summary.objects));
        self.item("ticket-objects", &objects);
        let records = self.say(&records(&summary.records));
        self.item("ticket-records", &records);
        self.gap();
    }

    /// Returns names in spans of code, the first few of them.
    fn names(&self, names: &[String]) -> String {
        let mut shown: Vec<String> = Vec::new();
        for name in names.iter().take(NAME_LIMIT) {
            shown.push(self.code(name));
        }
        let hidden = names.len().saturating_sub(NAME_LIMIT);
        if hidden > 0 {
            shown.push(self.say(&Message::new("ticket-others").with("count", hidden)));
        }
        match shown.is_empty() {
            true => self.text_of("ticket-none"),
            false => shown.join(", "),
        }
    }

    /// Writes where the report comes from.
    fn origin(&mut self) {
        let origin = Message::new("ticket-origin").with("version", self.summary.version);
        let origin = self.say(&origin);
        self.paragraph("---");
        self.paragraph(&origin);
    }
}

fn objects(objects: &ObjectSummary) -> Message {
    Message::new("ticket-objects-sum")
        .with("listed", objects.listed)
        .with("read", objects.read)
        .with("skipped", objects.skipped)
        .with("failed", objects.failed)
}

fn records(records: &RecordSummary) -> Message {
    let others = records.duplicate + records.excluded + records.unparseable;
    Message::new("ticket-records-sum")
        .with("total", records.total)
        .with("matched", records.matched)
        .with("unmatched", records.unmatched)
        .with("others", others)
}
