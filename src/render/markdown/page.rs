//! The text of a report in Markdown while it is made.

use super::code::{code, code_cell};
use crate::language::{Message, Words};
use crate::report::Summary;

/// The text of a report in Markdown while it is made.
pub(super) struct Page<'a> {
    pub(super) summary: &'a Summary,
    pub(super) words: &'a Words,
    text: String,
}

impl<'a> Page<'a> {
    pub(super) fn new(summary: &'a Summary, words: &'a Words) -> Self {
        Self {
            summary,
            words,
            text: String::new(),
        }
    }

    /// Returns the text, which ends with one line break.
    pub(super) fn text(self) -> String {
        format!("{}\n", self.text.trim_end())
    }

    /// Returns a sentence with its values in spans of code.
    pub(super) fn say(&self, message: &Message) -> String {
        self.words.say_marked(message, &code)
    }

    /// Returns a sentence without values.
    pub(super) fn text_of(&self, id: &str) -> String {
        self.words.text(id)
    }

    /// Returns a text from outside as a span of code.
    pub(super) fn code(&self, text: &str) -> String {
        code(text)
    }

    /// Returns a cell of a table with a text from outside, or that there is none.
    pub(super) fn cell(&self, text: Option<&str>) -> String {
        text.map_or_else(|| self.text_of("ticket-not-named"), code_cell)
    }

    pub(super) fn heading(&mut self, level: usize, message: &Message) {
        let text = self.say(message);
        self.paragraph(&format!("{} {text}", "#".repeat(level)));
    }

    pub(super) fn paragraph(&mut self, text: &str) {
        self.text += &format!("{text}\n\n");
    }

    /// Adds an item of a list: a label and its value.
    pub(super) fn item(&mut self, label: &str, value: &str) {
        let label = self.text_of(label);
        self.text += &format!("- {label}: {value}\n");
    }

    /// Adds an item of a list.
    pub(super) fn line(&mut self, text: &str) {
        self.text += &format!("- {text}\n");
    }

    /// Ends a list or a table.
    pub(super) fn gap(&mut self) {
        self.text.push('\n');
    }

    /// Adds a table.
    pub(super) fn table(&mut self, header: &[&str], rows: &[Vec<String>]) {
        let names: Vec<String> = header.iter().map(|id| self.text_of(id)).collect();
        self.row(&names);
        self.row(&vec!["---".to_owned(); header.len()]);
        for row in rows {
            self.row(row);
        }
        self.gap();
    }

    fn row(&mut self, cells: &[String]) {
        self.text += &format!("| {} |\n", cells.join(" | "));
    }

    /// Adds how many rows of a table of the report are not shown, and the file that has them.
    pub(super) fn more(&mut self, hidden: usize, table: &str) {
        if hidden == 0 {
            return;
        }
        let more = Message::new("ticket-more").with("count", hidden);
        let file = self.summary.file_of(table).unwrap_or("summary.json");
        let more = self.say(&more.with("file", file));
        self.paragraph(&more);
    }
}
