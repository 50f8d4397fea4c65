//! The rules: their matches, their metrics and their alarms.

use std::io;

use super::screen::{ROW_LIMIT, Screen};
use super::sparkline::sparkline;
use crate::language::Message;
use crate::render::quantity::number;
use crate::render::style::verdict;
use crate::report::summary::{GroupTable, Grouping, MatchGroup, MetricLine, RuleSummary};
use crate::report::{Subject, Summary};
use crate::text::{joined, place};

impl Screen<'_> {
    /// Writes the rules, each with its alarms, and the alarms on those alarms.
    pub(super) fn rules(&mut self, summary: &Summary) -> io::Result<()> {
        if summary.has_overview() {
            self.overview(&summary.rules)?;
        }
        for rule in summary.rules_in_detail() {
            self.matches(rule)?;
            for alarm in summary.alarms_first_on(rule) {
                self.alarm(alarm)?;
            }
        }
        for alarm in summary.composite_alarms() {
            self.alarm(alarm)?;
        }
        Ok(())
    }

    fn overview(&mut self, rules: &[RuleSummary]) -> io::Result<()> {
        let busy = rules.iter().filter(|rule| rule.attempts > 0).count();
        let message = Message::new("terminal-busy-rules")
            .with("busy", busy)
            .with("count", rules.len());
        let text = self.say(&message);
        self.heading("terminal-rules", verdict(busy == 0), &text)?;
        let header = [
            "terminal-rule",
            "terminal-matches-column",
            "terminal-episodes-column",
            "terminal-time-column",
        ];
        let rows = rules.iter().map(|rule| self.overview_row(rule)).collect();
        let grid = self.grid(&header).with_names();
        self.table(grid, rows)
    }

    fn overview_row(&self, rule: &RuleSummary) -> Vec<String> {
        let mut row = vec![rule.rule.clone(), number(rule.attempts)];
        let Some(alarm) = &rule.alarm else {
            row.extend([String::new(), String::new()]);
            return row;
        };
        row.push(number(alarm.episodes.len() as u64));
        row.push(self.duration(alarm.seconds_in_alarm));
        row
    }

    fn matches(&mut self, rule: &RuleSummary) -> io::Result<()> {
        let (heading, id) = match rule.subject {
            Subject::Attempts(_) => ("terminal-attempts-heading", "terminal-attempts-to"),
            Subject::Matches(_) => ("terminal-matches-heading", "terminal-matches-of"),
        };
        let (Subject::Attempts(subject) | Subject::Matches(subject)) = &rule.subject;
        let message = Message::new(id)
            .with("count", rule.attempts)
            .with("subject", subject.clone());
        let text = self.say(&message);
        self.heading(heading, verdict(rule.attempts == 0), &text)?;
        self.metric(rule)?;
        if rule.attempts == 0 {
            return Ok(());
        }
        for table in rule.group_tables() {
            self.groups(rule, table)?;
        }
        Ok(())
    }

    /// Writes the metric of a rule, and what is special about it.
    fn metric(&mut self, rule: &RuleSummary) -> io::Result<()> {
        if let Some(line) = &rule.metric_line {
            self.metric_line(line)?;
        }
        if !rule.without_sample.is_empty() {
            let text = numbered(&rule.without_sample);
            self.field("terminal-no-sample", &text)?;
        }
        self.fields("terminal-warning", &rule.warnings)?;
        if rule.dimensions.is_empty() {
            return Ok(());
        }
        let dimensions = rule.dimensions.join(", ");
        self.field("terminal-dimensions", &dimensions)
    }

    fn metric_line(&mut self, line: &MetricLine) -> io::Result<()> {
        let bars = sparkline(&line.values, self.display.is_unicode);
        self.field("terminal-metric", &bars)?;
        let message = Message::new("terminal-metric-range")
            .with("from", self.time(&line.from))
            .with("to", self.time(&line.to))
            .with("maximum", line.maximum.to_string())
            .with("period", self.duration(line.period_seconds.into()));
        let text = self.say(&message);
        self.further(&text)
    }

    fn groups(&mut self, rule: &RuleSummary, table: GroupTable<'_>) -> io::Result<()> {
        let name = group_heading(table.grouping);
        let count = match rule.subject {
            Subject::Attempts(_) => "terminal-attempts-column",
            Subject::Matches(_) => "terminal-matches-column",
        };
        let shown = table.groups.iter().take(ROW_LIMIT);
        let rows = shown.map(|group| self.group_row(group)).collect();
        let mut grid = self
            .grid(&[name, count, "terminal-first", "terminal-last"])
            .with_names();
        grid.align_right(1);
        self.table(grid, rows)?;
        self.more(table.groups.len(), ROW_LIMIT, "attempts")
    }

    fn group_row(&self, group: &MatchGroup) -> Vec<String> {
        vec![
            self.name_in_place(group),
            number(group.attempts),
            self.time_or_none(&group.first),
            self.time_or_none(&group.last),
        ]
    }

    fn time_or_none(&self, time: &Option<String>) -> String {
        match time {
            Some(time) => self.time(time),
            None => self.text("terminal-not-named"),
        }
    }

    /// Returns the name of a group, with its account and region unless it is an ARN, which has
    /// them.
    fn name_in_place(&self, group: &MatchGroup) -> String {
        let name = self.named(&group.name);
        let place = place(group.account.as_deref(), group.region.as_deref());
        if name.starts_with("arn:") || place.is_empty() {
            return name;
        }
        format!("{name} ({place})")
    }
}

fn group_heading(grouping: Grouping) -> &'static str {
    match grouping {
        Grouping::Target => "terminal-secret-or-key",
        Grouping::Event => "terminal-event",
        Grouping::Principal => "terminal-principal",
    }
}

/// Returns each reason with its number: `2 digest, 1 insight`.
pub(super) fn numbered<'a>(
    counts: impl IntoIterator<Item = (&'a &'static str, &'a u64)>,
) -> String {
    let counts = counts.into_iter();
    let texts = counts.map(|(reason, count)| format!("{} {reason}", number(*count)));
    joined(texts, ", ")
}
