//! The summary for a person at a terminal.

use std::io::{self, Write};
use std::path::Path;

use anstyle::Style;

use super::grid::Grid;
use super::quantity::{bytes, counted, duration, number};
use super::style::{BAD, GOOD, HEADING, QUIET};
use crate::report::coverage::CoverageSummary;
use crate::report::summary::{AlarmSummary, EpisodeSummary, Group, ObjectSummary, RuleSummary};
use crate::report::{Subject, Summary};
use crate::text::printable;

/// How many rows of a table, or problems, are printed; the files of the report hold all.
const ROW_LIMIT: usize = 20;

/// The maximum width of the summary; longer lines are hard to read.
const WIDTH_LIMIT: u16 = 160;

/// The width of the summary where there is no terminal.
const WIDTH_DEFAULT: u16 = 140;

/// With more rules than this, they are first shown in one table, and those without attempts only
/// there.
const OVERVIEW_FROM: usize = 2;

/// How the summary is laid out.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    /// The width of the terminal in columns.
    pub width: u16,
}

impl Layout {
    /// Returns the layout for the terminal of this process, if it has one.
    pub fn of_terminal() -> Self {
        let terminal = terminal_size::terminal_size().map(|(width, _)| width.0);
        Self {
            width: terminal.map_or(WIDTH_DEFAULT, |width| width.min(WIDTH_LIMIT)),
        }
    }
}

/// Writes where the report is, if it is in a folder.
///
/// # Errors
///
/// If the bytes cannot be written.
pub fn write_place(
    summary: &Summary,
    folder: Option<&Path>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let Some(folder) = folder else { return Ok(()) };
    let folder = printable(&folder.to_string_lossy());
    let count = summary.files.len();
    writeln!(out, "\nThe report is in {folder} ({count} files).")
}

/// Writes the summary with colours, which the writer may take out again.
///
/// # Errors
///
/// When the bytes cannot be written.
pub fn write(summary: &Summary, layout: Layout, out: &mut dyn Write) -> io::Result<()> {
    let mut screen = Screen { out, layout };
    screen.scanned(summary)?;
    if summary.rules.len() > OVERVIEW_FROM {
        screen.overview(&summary.rules)?;
    }
    let is_shown = |rule: &&RuleSummary| summary.rules.len() <= OVERVIEW_FROM || rule.attempts > 0;
    for rule in summary.rules.iter().filter(is_shown) {
        screen.attempts(rule)?;
        screen.alarm(&rule.alarm)?;
    }
    screen.problems(summary)?;
    screen.assumptions(summary)
}

struct Screen<'a> {
    out: &'a mut dyn Write,
    layout: Layout,
}

impl Screen<'_> {
    fn heading(&mut self, name: &str, style: Style, text: &str) -> io::Result<()> {
        writeln!(
            self.out,
            "\n{HEADING}{name}{HEADING:#}  {style}{text}{style:#}"
        )
    }

    fn line(&mut self, name: &str, text: &str) -> io::Result<()> {
        writeln!(self.out, "  {QUIET}{name:<9}{QUIET:#} {text}")
    }

    fn scanned(&mut self, summary: &Summary) -> io::Result<()> {
        let sources: Vec<String> = summary
            .sources
            .iter()
            .map(|source| printable(source))
            .collect();
        writeln!(
            self.out,
            "{HEADING}Scanned{HEADING:#}  {}",
            sources.join(", ")
        )?;
        self.line("objects", &objects(&summary.objects))?;
        let records = &summary.records;
        let mut parts = vec![
            format!("{} matched", number(records.matched)),
            format!("{} unmatched", number(records.unmatched)),
        ];
        let optional = [
            (records.duplicate, "duplicate"),
            (records.excluded, "excluded"),
            (records.unparseable, "unparseable"),
        ];
        parts.extend(
            optional
                .iter()
                .filter(|(count, _)| *count > 0)
                .map(|(count, name)| format!("{} {name}", number(*count))),
        );
        self.line(
            "records",
            &format!("{} = {}", number(records.total), parts.join(" + ")),
        )?;
        self.line(
            "bytes",
            &format!(
                "{} stored, {} of content",
                bytes(summary.objects.stored_bytes),
                bytes(summary.objects.content_bytes)
            ),
        )?;
        let span = (
            summary.first_event.as_deref(),
            summary.last_event.as_deref(),
        );
        self.line(
            "events",
            &span
                .0
                .zip(span.1)
                .map_or("none".into(), |(first, last)| format!("{first} to {last}")),
        )?;
        if summary.from.is_some() || summary.to.is_some() {
            let bound = |bound: &Option<String>| bound.clone().unwrap_or_else(|| "…".into());
            self.line(
                "asked for",
                &format!("{} to {}", bound(&summary.from), bound(&summary.to)),
            )?;
        }
        self.coverage(&summary.coverage)?;
        self.line("accounts", &names(&summary.accounts))?;
        self.line("regions", &names(&summary.regions))
    }

    fn coverage(&mut self, coverage: &CoverageSummary) -> io::Result<()> {
        if coverage.days > 0 {
            let text = format!(
                "{} days of accounts and regions, {} of them without any object; {} hours without any",
                number(coverage.days),
                number(coverage.days_without_object),
                number(coverage.hours_without_object)
            );
            self.line("coverage", &text)?;
        }
        coverage
            .warnings
            .iter()
            .try_for_each(|warning| self.line("", warning))
    }

    fn overview(&mut self, rules: &[RuleSummary]) -> io::Result<()> {
        let busy = rules.iter().filter(|rule| rule.attempts > 0).count() as u64;
        let text = format!(
            "{} of {} have matches",
            number(busy),
            number(rules.len() as u64)
        );
        self.heading("Rules", if busy == 0 { GOOD } else { BAD }, &text)?;
        let rows = rules.iter().map(|rule| {
            vec![
                printable(&rule.rule),
                number(rule.attempts),
                number(rule.alarm.episodes.len() as u64),
                duration(rule.alarm.seconds_in_alarm),
            ]
        });
        self.table(
            &["rule", "matches", "episodes in ALARM", "time in ALARM"],
            rows.collect(),
        )
    }

    fn attempts(&mut self, rule: &RuleSummary) -> io::Result<()> {
        let style = if rule.attempts == 0 { GOOD } else { BAD };
        let text = format!(
            "{} {}",
            number(rule.attempts),
            printable(&rule.subject.counted(rule.attempts))
        );
        let heading = match rule.subject {
            Subject::Attempts(_) => "Attempts",
            Subject::Matches(_) => "Matches",
        };
        self.heading(heading, style, &text)?;
        self.metric(rule)?;
        if rule.attempts == 0 {
            return Ok(());
        }
        // Other rules than those on secrets and keys are about events that name neither.
        match rule
            .by_target
            .first()
            .is_none_or(|largest| largest.name.is_none())
        {
            true => self.groups(rule, ["event", "account", "region"], &rule.by_event)?,
            false => self.groups(
                rule,
                ["secret or key", "account", "region"],
                &rule.by_target,
            )?,
        }
        self.groups(rule, ["principal", "account", ""], &rule.by_principal)
    }

    /// What a person should know of the metric, unless it only counts.
    fn metric(&mut self, rule: &RuleSummary) -> io::Result<()> {
        let reasons: Vec<String> = rule
            .without_sample
            .iter()
            .map(|(reason, count)| format!("{} {reason}", number(*count)))
            .collect();
        if !reasons.is_empty() {
            self.line("no sample", &reasons.join(", "))?;
        }
        for warning in &rule.warnings {
            self.line("warning", &printable(warning))?;
        }
        if !rule.dimensions.is_empty() {
            let names: Vec<String> = rule.dimensions.iter().map(|name| printable(name)).collect();
            let text = format!(
                "{}; the alarm has none, so it sees nothing of this metric",
                names.join(", ")
            );
            self.line("by", &text)?;
        }
        Ok(())
    }

    fn groups(&mut self, rule: &RuleSummary, names: [&str; 3], groups: &[Group]) -> io::Result<()> {
        let with_region = !names[2].is_empty();
        let mut header = vec![names[0], names[1]];
        header.extend(with_region.then_some(names[2]));
        header.extend([rule.subject.noun(0), "first", "last"]);
        let rows = groups.iter().take(ROW_LIMIT).map(|group| {
            let mut row = vec![optional(&group.name), optional(&group.account)];
            row.extend(with_region.then(|| optional(&group.region)));
            row.extend([
                number(group.attempts),
                optional(&group.first),
                optional(&group.last),
            ]);
            row
        });
        self.table(&header, rows.collect())?;
        self.more(groups.len())
    }

    fn alarm(&mut self, alarm: &AlarmSummary) -> io::Result<()> {
        let quiet = alarm.episodes.is_empty();
        let text = match quiet {
            true => "never in ALARM".to_owned(),
            false => format!(
                "{} in ALARM, {}",
                counted(alarm.episodes.len() as u64, "episode"),
                duration(alarm.seconds_in_alarm)
            ),
        };
        self.heading("Alarm", if quiet { GOOD } else { BAD }, &text)?;
        self.line("name", &printable(&alarm.alarm_name))?;
        self.line("condition", &printable(&alarm.condition))?;
        if let (Some(from), Some(to)) = (&alarm.replayed_from, &alarm.replayed_to) {
            self.line("replayed", &format!("{from} to {to}, every evaluation"))?;
        }
        if quiet {
            return Ok(());
        }
        let rows = alarm.episodes.iter().take(ROW_LIMIT).map(episode).collect();
        self.table(
            &["in ALARM from", "to", "for", "peak", "samples", "clock"],
            rows,
        )?;
        self.more(alarm.episodes.len())
    }

    fn problems(&mut self, summary: &Summary) -> io::Result<()> {
        let problems = &summary.problems;
        if problems.is_empty() {
            return self.heading("Problems", GOOD, "none: everything was read");
        }
        let text = format!(
            "{}: the numbers above leave out what could not be read",
            counted(problems.len() as u64, "problem")
        );
        self.heading("Problems", BAD, &text)?;
        for problem in problems.iter().take(ROW_LIMIT) {
            let record = problem
                .record_index
                .map_or(String::new(), |record| format!(", record {record}"));
            let byte = problem
                .byte
                .map_or(String::new(), |byte| format!(", byte {byte}"));
            let (object, detail) = (printable(&problem.object), printable(&problem.detail));
            writeln!(
                self.out,
                "  {object}{record}{byte}: {} ({detail})",
                problem.kind
            )?;
        }
        self.more(problems.len())
    }

    fn assumptions(&mut self, summary: &Summary) -> io::Result<()> {
        self.heading(
            "Assumptions",
            QUIET,
            "where AWS is undocumented or an archive says less than AWS knew",
        )?;
        for assumption in &summary.assumptions {
            writeln!(
                self.out,
                "  {QUIET}{}: {}. {}.{QUIET:#}",
                assumption.name, assumption.value, assumption.meaning
            )?;
        }
        Ok(())
    }

    fn table(&mut self, header: &[&str], rows: Vec<Vec<String>>) -> io::Result<()> {
        let mut grid = Grid::new(header).fit_into(self.layout.width.max(40) - 2);
        for row in rows {
            grid.add(row);
        }
        writeln!(self.out)?;
        grid.write(" ", self.out)
    }

    fn more(&mut self, total: usize) -> io::Result<()> {
        match total.saturating_sub(ROW_LIMIT) {
            0 => Ok(()),
            hidden => {
                writeln!(
                    self.out,
                    "  {QUIET}… and {hidden} more; --out DIR writes all of them{QUIET:#}"
                )
            }
        }
    }
}

fn objects(objects: &ObjectSummary) -> String {
    let mut text = format!(
        "{} listed = {} read",
        number(objects.listed),
        number(objects.read)
    );
    let reasons: Vec<String> = objects
        .skipped_by_reason
        .iter()
        .map(|(reason, count)| format!("{} {reason}", number(*count)))
        .collect();
    let reasons = if reasons.is_empty() {
        String::new()
    } else {
        format!(" ({})", reasons.join(", "))
    };
    text += &format!(
        " + {} skipped{reasons} + {} failed",
        number(objects.skipped),
        number(objects.failed)
    );
    if objects.failed_in_part > 0 {
        text += &format!(" ({} of them read in part)", number(objects.failed_in_part));
    }
    text
}

fn episode(episode: &EpisodeSummary) -> Vec<String> {
    vec![
        episode.start.clone(),
        episode
            .end
            .clone()
            .unwrap_or_else(|| "end of replay".to_owned()),
        duration(episode.duration_seconds),
        episode
            .peak
            .map_or_else(String::new, |peak| peak.to_string()),
        number(episode.samples),
        match episode.vanishes_under.as_deref() {
            None => "not compared".to_owned(),
            Some([]) => "certain".to_owned(),
            Some(clocks) => format!("not under {}", clocks.join(", ")),
        },
    ]
}

fn optional(text: &Option<String>) -> String {
    text.as_deref()
        .map_or_else(|| "not named".to_owned(), printable)
}

fn names(names: &[String]) -> String {
    if names.is_empty() {
        "none".to_owned()
    } else {
        names
            .iter()
            .map(|name| printable(name))
            .collect::<Vec<_>>()
            .join(", ")
    }
}
