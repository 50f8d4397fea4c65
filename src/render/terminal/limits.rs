//! What limits the numbers: what could not be read or proven, what is missing, and what was
//! assumed.

use std::io;

use super::rules::numbered;
use super::screen::{ROW_LIMIT, Screen};
use crate::language::Message;
use crate::render::grid::Grid;
use crate::render::style::{BAD, GOOD, PLAIN, QUIET, UNSURE, verdict};
use crate::report::coverage::CoverageSummary;
use crate::report::integrity::{Gap, IntegritySummary, Outcome};
use crate::report::summary::ProblemSummary;
use crate::report::{Assumption, Summary};

impl Screen<'_> {
    /// Writes what could not be read or proven, and what is missing.
    pub(super) fn limits(&mut self, summary: &Summary) -> io::Result<()> {
        self.problems(summary)?;
        if let Some(integrity) = &summary.integrity {
            self.integrity(integrity)?;
        }
        self.coverage(summary)
    }

    fn problems(&mut self, summary: &Summary) -> io::Result<()> {
        let problems = &summary.problems;
        if problems.is_empty() {
            let text = self.text(match summary.objects.are_all_recognized() {
                true => "terminal-everything-was-read",
                false => "terminal-everything-of-cloudtrail-was-read",
            });
            return self.heading("terminal-problems", verdict(true), &text);
        }
        let text = self.say(&Message::new("terminal-problem-count").with("count", problems.len()));
        self.heading("terminal-problems", verdict(false), &text)?;
        for problem in problems.iter().take(ROW_LIMIT) {
            self.problem(problem)?;
        }
        self.more(problems.len(), ROW_LIMIT, "problems")
    }

    fn problem(&mut self, problem: &ProblemSummary) -> io::Result<()> {
        let location = self.location(problem);
        let (kind, detail) = (self.say(&problem.kind_message()), &problem.detail);
        self.item(PLAIN, &format!("{location}: {kind} ({detail})"))
    }

    fn location(&self, problem: &ProblemSummary) -> String {
        let mut text = problem.object.clone();
        let places = [
            ("terminal-record", problem.record_index),
            ("terminal-byte", problem.byte),
        ];
        for (id, number) in places {
            if let Some(number) = number {
                let place = Message::new(id).with("number", number.to_string());
                text += &format!(", {}", self.say(&place));
            }
        }
        text
    }

    fn integrity(&mut self, integrity: &IntegritySummary) -> io::Result<()> {
        self.outcome(integrity.outcome)?;
        let proven = self.say(&proven(integrity));
        self.field("terminal-proven-label", &proven)?;
        let grades = self.say(&grades(integrity));
        self.field("terminal-grades", &grades)?;
        self.gaps(&integrity.gaps)?;
        self.fields("terminal-notes", &integrity.notes)
    }

    fn outcome(&mut self, outcome: Outcome) -> io::Result<()> {
        let (style, id) = match outcome {
            Outcome::Proven => (GOOD, "terminal-proven"),
            Outcome::Wrong => (BAD, "terminal-wrong"),
            Outcome::NotProven => (UNSURE, "terminal-not-proven"),
        };
        let text = self.text(id);
        self.heading("terminal-integrity", style, &text)
    }

    fn gaps(&mut self, gaps: &[Gap]) -> io::Result<()> {
        if gaps.is_empty() {
            return Ok(());
        }
        let header = [
            "terminal-chain",
            "terminal-gap-kind",
            "terminal-gap-from",
            "terminal-to",
            "terminal-explained-column",
        ];
        let rows = gaps.iter().take(ROW_LIMIT).map(|gap| self.gap_row(gap));
        let rows = rows.collect();
        let grid: Grid = self.grid(&header).with_names();
        self.table(grid, rows)?;
        self.more(gaps.len(), ROW_LIMIT, "summary")
    }

    fn gap_row(&self, gap: &Gap) -> Vec<String> {
        let explained = match gap.explained {
            true => self.text("terminal-explained"),
            false => String::new(),
        };
        vec![
            gap.chain.to_string(),
            gap.kind.name().to_owned(),
            self.display.zone.shown(gap.from),
            self.display.zone.shown(gap.to),
            explained,
        ]
    }

    /// Writes the days and hours that the archive covers, and what seems to be missing.
    fn coverage(&mut self, summary: &Summary) -> io::Result<()> {
        let coverage = &summary.coverage;
        let warnings = [&coverage.warnings, &summary.uses.warnings];
        let is_complete = warnings.iter().all(|warnings| warnings.is_empty());
        if coverage.days == 0 && is_complete {
            return Ok(());
        }
        let text = match coverage.days {
            0 => self.text("terminal-days-unknown"),
            _ => self.covered(coverage),
        };
        let style = if is_complete { PLAIN } else { UNSURE };
        self.heading("terminal-coverage", style, &text)?;
        for warning in warnings.into_iter().flatten() {
            let warning = self.say(warning);
            self.item(PLAIN, &warning)?;
        }
        Ok(())
    }

    fn covered(&self, coverage: &CoverageSummary) -> String {
        let message = Message::new("terminal-covered")
            .with("count", coverage.days)
            .with("days", coverage.days_without_object)
            .with("hours", coverage.hours_without_object);
        self.say(&message)
    }

    pub(super) fn assumptions(&mut self, assumptions: &[Assumption]) -> io::Result<()> {
        let text = self.text("terminal-assumptions-because");
        self.heading("terminal-assumptions", QUIET, &text)?;
        for assumption in assumptions {
            let parts = [&assumption.name, &assumption.value, &assumption.meaning];
            let [name, value, meaning] = parts.map(|part| self.say(part));
            self.remark(&format!("{name}: {value}. {meaning}."))?;
        }
        Ok(())
    }
}

fn proven(integrity: &IntegritySummary) -> Message {
    Message::new("terminal-proven-log-files")
        .with("proven", integrity.proven_log_files)
        .with("count", integrity.log_files)
}

fn grades(integrity: &IntegritySummary) -> Message {
    let counts = integrity.counts.iter();
    let counts: Vec<(&str, u64)> = counts
        .map(|(grade, count)| (grade.name(), *count))
        .collect();
    let grades = numbered(counts.iter().map(|(grade, count)| (grade, count)));
    Message::new("terminal-grade-counts").with("grades", grades)
}
