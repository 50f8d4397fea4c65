//! The objects and records that were scanned, in few lines.

use std::io;

use super::rules::numbered;
use super::screen::Screen;
use crate::findings::ForeignContent;
use crate::language::Message;
use crate::render::quantity::{bytes, number};
use crate::render::style::PLAIN;
use crate::report::Summary;
use crate::report::summary::{ContentSummary, ObjectSummary, RecordSummary};

impl Screen<'_> {
    pub(super) fn scanned(&mut self, summary: &Summary) -> io::Result<()> {
        self.heading("terminal-scanned", PLAIN, &summary.sources.join(", "))?;
        let objects = self.objects(&summary.objects);
        self.field("terminal-objects", &objects)?;
        for content in &summary.objects.not_cloudtrail {
            let text = self.not_cloudtrail(content);
            self.further(&text)?;
        }
        let records = self.records(&summary.records);
        self.field("terminal-records", &records)?;
        let events = self.events(summary);
        self.field("terminal-events", &events)?;
        let places = self.places(summary);
        self.field("terminal-places", &places)
    }

    fn objects(&self, objects: &ObjectSummary) -> String {
        let (listed, read) = (objects.listed, objects.read);
        let (skipped, failed) = (objects.skipped, objects.failed);
        let message = Message::new("terminal-objects-sum")
            .with("listed", listed)
            .with("read", read)
            .with("skipped", skipped)
            .with(
                "reasons",
                in_brackets(&numbered(&objects.skipped_by_reason)),
            )
            .with("failed", failed)
            .with("partly", self.partly(objects))
            .with("stored", bytes(objects.stored_bytes))
            .with("content", bytes(objects.content_bytes));
        self.say(&message)
    }

    fn partly(&self, objects: &ObjectSummary) -> String {
        if objects.failed_in_part == 0 {
            return String::new();
        }
        let count = objects.failed_in_part;
        let text = self.say(&Message::new("terminal-read-in-part").with("count", count));
        in_brackets(&text)
    }

    /// Returns how many objects have a content that is not of CloudTrail, with an example.
    fn not_cloudtrail(&self, summary: &ContentSummary) -> String {
        let content = match summary.content {
            ForeignContent::Json => "terminal-content-json",
            ForeignContent::Table => "terminal-content-table",
            ForeignContent::Binary => "terminal-content-binary",
            ForeignContent::Text => "terminal-content-text",
            ForeignContent::Unknown => "terminal-content-other",
        };
        let message = Message::new("terminal-not-of-cloudtrail")
            .with("count", summary.objects)
            .with("content", Message::new(content))
            .with("example", &*summary.example);
        self.say(&message)
    }

    fn records(&self, records: &RecordSummary) -> String {
        let parts = [
            ("terminal-unmatched", records.unmatched, true),
            ("terminal-duplicate", records.duplicate, false),
            ("terminal-excluded", records.excluded, false),
            ("terminal-unparseable", records.unparseable, false),
        ];
        let matched = Message::new("terminal-matched").with("count", records.matched);
        let mut text = format!("{} = {}", number(records.total), self.say(&matched));
        for (id, count, is_always_shown) in parts {
            if count > 0 || is_always_shown {
                let part = Message::new(id).with("count", count);
                text += &format!(" + {}", self.say(&part));
            }
        }
        text
    }

    /// Returns the times of the events, and those that were requested.
    fn events(&self, summary: &Summary) -> String {
        let events = match (&summary.first_event, &summary.last_event) {
            (Some(first), Some(last)) => self.range(first, last),
            _ => self.text("terminal-none"),
        };
        if summary.from.is_none() && summary.to.is_none() {
            return events;
        }
        let requested = self.range(bound(&summary.from), bound(&summary.to));
        let message = Message::new("terminal-requested")
            .with("events", events)
            .with("requested", requested);
        self.say(&message)
    }

    fn range(&self, from: &str, to: &str) -> String {
        self.say(
            &Message::new("terminal-range")
                .with("from", self.time(from))
                .with("to", self.time(to)),
        )
    }

    fn places(&self, summary: &Summary) -> String {
        let message = Message::new("terminal-accounts-and-regions")
            .with("accounts", self.joined(&summary.accounts))
            .with("regions", self.joined(&summary.regions));
        self.say(&message)
    }

    fn joined(&self, names: &[String]) -> String {
        match names {
            [] => self.text("terminal-none"),
            names => names.join(", "),
        }
    }
}

/// Returns a text in brackets after a space, unless it is empty.
fn in_brackets(text: &str) -> String {
    match text {
        "" => String::new(),
        text => format!(" ({text})"),
    }
}

/// Returns a bound of a range of time, or the sign for none.
fn bound(time: &Option<String>) -> &str {
    time.as_deref().unwrap_or("…")
}
