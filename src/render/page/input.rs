//! The input of the page.

use std::collections::BTreeMap;

use crate::language::{Message, Words};
use crate::report::{Report, Subject, Summary};

/// The input of the page.
#[derive(Clone, Copy, Debug)]
pub struct PageInput<'a> {
    /// The report.
    pub report: &'a Report,
    /// The summary of the report, with the names of its files.
    pub summary: &'a Summary,
    /// The sentences of the language of the page.
    pub words: &'a Words,
    /// The way in which the report was made.
    pub provenance: &'a Provenance<'a>,
}

/// The way in which a report was made, as far as the report itself does not say it.
#[derive(Clone, Copy, Debug)]
pub struct Provenance<'a> {
    /// The commit that the program was built from.
    pub commit: Option<&'a str>,
    /// The SHA-256 of the rules.
    pub rules_sha256: &'a str,
    /// The SHA-256 of the files beside the page, by their names.
    pub sha256: &'a BTreeMap<String, String>,
}

impl PageInput<'_> {
    /// Returns the word by which sentences choose their noun: `attempts` if all rules look for
    /// attempts to use secrets or keys pending deletion, otherwise `matches`.
    pub(super) fn subject(&self) -> &'static str {
        let mut rules = self.report.rules.iter();
        match rules.all(|rule| matches!(rule.subject, Subject::Attempts(_))) {
            true => "attempts",
            false => "matches",
        }
    }

    /// Returns a sentence about attempts or matches.
    pub(super) fn text(&self, id: &'static str) -> String {
        let message = Message::new(id).with("subject", self.subject());
        self.words.say(&message)
    }

    /// Returns the name of the file with all rows of a table, if there is one.
    pub(super) fn file(&self, table: &str) -> Option<&str> {
        self.summary.file_of(table)
    }
}
