//! What limits the numbers of a report, in Markdown: problems, gaps and assumptions.

use super::page::Page;
use crate::language::Message;
use crate::report::summary::ProblemSummary;

/// The number of problems that are written.
const PROBLEM_LIMIT: usize = 20;

impl Page<'_> {
    /// Adds what could not be read.
    pub(super) fn problems(&mut self) {
        let problems = &self.summary.problems;
        self.heading(2, &Message::new("ticket-problems"));
        if problems.is_empty() {
            let none = self.text_of("ticket-no-problems");
            return self.paragraph(&none);
        }
        for problem in problems.iter().take(PROBLEM_LIMIT) {
            let text = self.problem(problem);
            self.line(&text);
        }
        self.gap();
        self.more(problems.len().saturating_sub(PROBLEM_LIMIT), "problems");
    }

    fn problem(&self, problem: &ProblemSummary) -> String {
        let mut place = self.code(&problem.object);
        if let Some(record) = problem.record_index {
            place += ", ";
            place += &self.say(&Message::new("ticket-record").with("number", record));
        }
        if let Some(byte) = problem.byte {
            place += ", ";
            place += &self.say(&Message::new("ticket-byte").with("number", byte));
        }
        let kind = self.say(&problem.kind_message());
        format!("{place}: {kind} ({})", self.code(&problem.detail))
    }

    /// Adds what seems to be missing.
    pub(super) fn warnings(&mut self) {
        let summary = self.summary;
        let coverage = summary.coverage.warnings.iter();
        let warnings: Vec<&Message> = coverage.chain(&summary.uses.warnings).collect();
        if warnings.is_empty() {
            return;
        }
        self.heading(2, &Message::new("ticket-missing"));
        for warning in warnings {
            let warning = self.say(warning);
            self.line(&warning);
        }
        self.gap();
    }

    /// Adds the assumptions.
    pub(super) fn assumptions(&mut self) {
        self.heading(2, &Message::new("ticket-assumptions"));
        for assumption in &self.summary.assumptions {
            let name = self.say(&assumption.name).replace('*', r"\*");
            let (value, meaning) = (self.say(&assumption.value), self.say(&assumption.meaning));
            self.line(&format!("**{name}**: {value}. {meaning}."));
        }
        self.gap();
    }
}
