//! The summary of an audit as text for a terminal.

use std::io::{self, Write};
use std::iter;
use std::path::Path;

use anstyle::Style;

use super::display::Display;
use super::grid::Grid;
use super::quantity::{bytes, counted, duration, number};
use super::stories;
use super::style::{HEADING, QUIET, verdict};
use super::verification;
use crate::language::Message;
use crate::report::coverage::CoverageSummary;
use crate::report::summary::{
    AlarmSummary, ContentSummary, EpisodeSummary, Group, GroupTable, NotificationSummary,
    ObjectSummary, ProblemSummary, RecordSummary, RuleSummary, UsesSummary,
};
use crate::report::{Assumption, Subject, Summary};
use crate::text::printable;

/// The number of rows of a table, or of problems, that are printed. The files of the report contain
/// all of them.
const ROW_LIMIT: usize = 20;

/// The maximum width of the summary; longer lines are hard to read.
const WIDTH_LIMIT: u16 = 160;

/// The width of the summary where there is no terminal.
const WIDTH_DEFAULT: u16 = 140;

/// The narrowest width that a table is fitted into.
const WIDTH_MINIMUM: u16 = 40;

/// The layout of the summary.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    /// The width of the terminal, in columns.
    pub width: u16,
}

impl Layout {
    /// Returns the layout for the terminal of this process, if it has one.
    pub fn of_terminal() -> Self {
        // Without a terminal, the summary is a text for a file, which no window limits.
        let terminal = terminal_size::terminal_size().map(|(width, _)| width.0);
        Self {
            width: terminal.map_or(WIDTH_DEFAULT, |width| width.min(WIDTH_LIMIT)),
        }
    }
}

/// Writes the summary in the layout of the terminal, and the place of the report after it.
///
/// # Errors
///
/// Returns an error if `out` cannot be written.
pub fn write_all(
    summary: &Summary,
    folder: Option<&Path>,
    display: &Display,
    out: &mut dyn Write,
) -> io::Result<()> {
    write(summary, Layout::of_terminal(), out)?;
    write_place(summary, folder, display, out)
}

/// Writes where the report is, if it is in a folder, and what its findings for other systems lack.
///
/// # Errors
///
/// Returns an error if the bytes cannot be written.
pub fn write_place(
    summary: &Summary,
    folder: Option<&Path>,
    display: &Display,
    out: &mut dyn Write,
) -> io::Result<()> {
    let Some(folder) = folder else { return Ok(()) };
    let place = Message::new("terminal-place")
        .with("folder", folder.to_string_lossy().into_owned())
        .with("count", summary.files.len());
    writeln!(out, "\n{}", printable(&display.words.say(&place)))?;
    let findings = summary.findings.iter();
    for warning in findings.flat_map(|findings| &findings.warnings) {
        writeln!(
            out,
            "  {QUIET}{:<9}{QUIET:#} {}",
            "findings",
            printable(&display.words.say(warning))
        )?;
    }
    Ok(())
}

/// Writes the summary, with colours.
///
/// # Errors
///
/// Returns an error if the bytes cannot be written.
pub fn write(summary: &Summary, layout: Layout, out: &mut dyn Write) -> io::Result<()> {
    let mut screen = Screen { out, layout };
    screen.scanned(summary)?;
    stories::write(summary, screen.out)?;
    if summary.has_overview() {
        screen.overview(&summary.rules)?;
    }
    for rule in summary.rules_in_detail() {
        screen.matches(rule)?;
        for alarm in summary.alarms_first_on(rule) {
            screen.alarm(alarm)?;
        }
    }
    for alarm in summary.composite_alarms() {
        screen.alarm(alarm)?;
    }
    if let Some(integrity) = &summary.integrity {
        verification::write_summary(integrity, screen.out)?;
    }
    screen.problems(summary)?;
    screen.assumptions(&summary.assumptions)
}

struct Screen<'a> {
    out: &'a mut dyn Write,
    layout: Layout,
}

/// The parts that all sections are made of.
// Every text is made printable here, whether or not it comes from outside, so that the sections
// cannot forget it.
impl Screen<'_> {
    fn heading(&mut self, name: &str, style: Style, text: &str) -> io::Result<()> {
        let text = printable(text);
        writeln!(
            self.out,
            "\n{HEADING}{name}{HEADING:#}  {style}{text}{style:#}"
        )
    }

    fn line(&mut self, label: &str, text: &str) -> io::Result<()> {
        writeln!(self.out, "  {QUIET}{label:<9}{QUIET:#} {}", printable(text))
    }

    fn note(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "  {QUIET}{}{QUIET:#}", printable(text))
    }

    fn table(
        &mut self,
        header: &[&str],
        rows: impl Iterator<Item = Vec<String>>,
    ) -> io::Result<()> {
        let mut grid = Grid::new(header).fit_into(self.layout.width.max(WIDTH_MINIMUM) - 2);
        for row in rows {
            grid.add(row);
        }
        writeln!(self.out)?;
        grid.write(" ", self.out)
    }

    fn more(&mut self, total: usize) -> io::Result<()> {
        match total.saturating_sub(ROW_LIMIT) {
            0 => Ok(()),
            hidden => self.note(&format!(
                "… and {hidden} more; --out DIR writes all of them"
            )),
        }
    }
}

/// The objects and records that were scanned.
impl Screen<'_> {
    fn scanned(&mut self, summary: &Summary) -> io::Result<()> {
        let sources = printable(&summary.sources.join(", "));
        writeln!(self.out, "{HEADING}Scanned{HEADING:#}  {sources}")?;
        self.line("objects", &objects(&summary.objects))?;
        for content in &summary.objects.not_cloudtrail {
            self.line("", &not_cloudtrail(content))?;
        }
        self.line("records", &records(&summary.records))?;
        self.line("bytes", &sizes(&summary.objects))?;
        self.line("events", &events(summary))?;
        if summary.from.is_some() || summary.to.is_some() {
            self.line("requested", &requested(summary))?;
        }
        self.coverage(&summary.coverage)?;
        self.uses(&summary.uses)?;
        self.line("accounts", &names(&summary.accounts))?;
        self.line("regions", &names(&summary.regions))
    }

    fn coverage(&mut self, coverage: &CoverageSummary) -> io::Result<()> {
        if coverage.days > 0 {
            self.line("coverage", &covered(coverage))?;
        }
        for warning in &coverage.warnings {
            self.line("", &warning.to_string())?;
        }
        Ok(())
    }

    fn uses(&mut self, uses: &UsesSummary) -> io::Result<()> {
        let labels = iter::once("uses").chain(iter::repeat(""));
        for (label, warning) in labels.zip(&uses.warnings) {
            self.line(label, &warning.to_string())?;
        }
        Ok(())
    }
}

/// The rules: their matches and their alarms.
impl Screen<'_> {
    fn overview(&mut self, rules: &[RuleSummary]) -> io::Result<()> {
        let busy = rules.iter().filter(|rule| rule.attempts > 0).count();
        let text = format!("{busy} of {} have matches", rules.len());
        self.heading("Rules", verdict(busy == 0), &text)?;
        let header = ["rule", "matches", "episodes in ALARM", "time in ALARM"];
        self.table(&header, rules.iter().map(overview_row))
    }

    fn matches(&mut self, rule: &RuleSummary) -> io::Result<()> {
        let name = match rule.subject {
            Subject::Attempts(_) => "Attempts",
            Subject::Matches(_) => "Matches",
        };
        let subject = rule.subject.counted(rule.attempts);
        let text = format!("{} {subject}", number(rule.attempts));
        self.heading(name, verdict(rule.attempts == 0), &text)?;
        self.metric(rule)?;
        if rule.attempts == 0 {
            return Ok(());
        }
        for table in rule.group_tables() {
            self.groups(rule, table)?;
        }
        Ok(())
    }

    /// Writes what is special about the metric of a rule.
    fn metric(&mut self, rule: &RuleSummary) -> io::Result<()> {
        if !rule.without_sample.is_empty() {
            self.line("no sample", &numbered(&rule.without_sample))?;
        }
        for warning in &rule.warnings {
            self.line("warning", warning)?;
        }
        if rule.dimensions.is_empty() {
            return Ok(());
        }
        let dimensions = rule.dimensions.join(", ");
        self.line("by", &dimensions)
    }

    fn groups(&mut self, rule: &RuleSummary, table: GroupTable<'_>) -> io::Result<()> {
        let mut header = vec![table.name, "account"];
        if table.has_region {
            header.push("region");
        }
        header.extend([rule.subject.noun(0), "first", "last"]);
        let shown = table.groups.iter().take(ROW_LIMIT);
        self.table(
            &header,
            shown.map(|group| group_row(group, table.has_region)),
        )?;
        self.more(table.groups.len())
    }

    fn alarm(&mut self, alarm: &AlarmSummary) -> io::Result<()> {
        self.heading(
            "Alarm",
            verdict(alarm.episodes.is_empty()),
            &in_alarm(alarm),
        )?;
        self.line("name", &alarm_name(alarm))?;
        self.line("condition", &alarm.condition)?;
        if alarm.rules.len() > 1 {
            self.line("rules", &alarm.rules.join(", "))?;
        }
        if let Some(place) = alarm.place() {
            self.line("sees", &place)?;
        }
        for warning in &alarm.warnings {
            self.line("warning", warning)?;
        }
        if !alarm.notifications.is_empty() {
            self.line("actions", &notifications(alarm.notifications))?;
        }
        if let (Some(from), Some(to)) = (&alarm.replayed_from, &alarm.replayed_to) {
            self.line("replayed", &format!("{from} to {to}, every evaluation"))?;
        }
        match alarm.episodes.as_slice() {
            [] => Ok(()),
            episodes => self.episodes(episodes),
        }
    }

    fn episodes(&mut self, episodes: &[EpisodeSummary]) -> io::Result<()> {
        let header = ["in ALARM from", "to", "for", "peak", "samples", "clock"];
        let shown = episodes.iter().take(ROW_LIMIT);
        self.table(&header, shown.map(episode_row))?;
        self.more(episodes.len())
    }
}

/// The end of the summary: what limits the numbers above.
impl Screen<'_> {
    fn problems(&mut self, summary: &Summary) -> io::Result<()> {
        let problems = &summary.problems;
        if problems.is_empty() {
            let text = match summary.objects.are_all_recognized() {
                true => "none: everything was read",
                false => "none: everything that is of CloudTrail was read",
            };
            return self.heading("Problems", verdict(true), text);
        }
        let count = counted(problems.len() as u64, "problem");
        let text = format!("{count}: the numbers above leave out what could not be read");
        self.heading("Problems", verdict(false), &text)?;
        for problem in problems.iter().take(ROW_LIMIT) {
            self.problem(problem)?;
        }
        self.more(problems.len())
    }

    fn problem(&mut self, problem: &ProblemSummary) -> io::Result<()> {
        let (location, detail) = (printable(&location(problem)), printable(&problem.detail));
        writeln!(self.out, "  {location}: {} ({detail})", problem.kind)
    }

    fn assumptions(&mut self, assumptions: &[Assumption]) -> io::Result<()> {
        let text = "where AWS is undocumented or the archive has less information than AWS had";
        self.heading("Assumptions", QUIET, text)?;
        for assumption in assumptions {
            self.assumption(assumption)?;
        }
        Ok(())
    }

    fn assumption(&mut self, assumption: &Assumption) -> io::Result<()> {
        let Assumption {
            name,
            value,
            meaning,
        } = assumption;
        self.note(&format!("{name}: {value}. {meaning}."))
    }
}

fn objects(objects: &ObjectSummary) -> String {
    let (listed, read) = (number(objects.listed), number(objects.read));
    let (skipped, failed) = (number(objects.skipped), number(objects.failed));
    let mut text = format!("{listed} listed = {read} read + {skipped} skipped");
    if !objects.skipped_by_reason.is_empty() {
        text += &format!(" ({})", numbered(&objects.skipped_by_reason));
    }
    text += &format!(" + {failed} failed");
    if objects.failed_in_part > 0 {
        text += &format!(" ({} of them read in part)", number(objects.failed_in_part));
    }
    text
}

/// Returns how many objects have a content that is not of CloudTrail, with an example.
fn not_cloudtrail(summary: &ContentSummary) -> String {
    let content = match summary.content {
        "json" => "JSON without records",
        "table" => "tables without records",
        "binary" => "binary data",
        "text" => "text",
        _ => "something else",
    };
    let objects = number(summary.objects);
    format!(
        "{objects} not of CloudTrail: {content}, such as {}",
        summary.example
    )
}

fn records(records: &RecordSummary) -> String {
    let (total, matched) = (number(records.total), number(records.matched));
    let mut text = format!(
        "{total} = {matched} matched + {} unmatched",
        number(records.unmatched)
    );
    for (count, outcome) in [
        (records.duplicate, "duplicate"),
        (records.excluded, "excluded"),
        (records.unparseable, "unparseable"),
    ] {
        if count > 0 {
            text += &format!(" + {} {outcome}", number(count));
        }
    }
    text
}

fn sizes(objects: &ObjectSummary) -> String {
    let (stored, content) = (bytes(objects.stored_bytes), bytes(objects.content_bytes));
    format!("{stored} stored, {content} of content")
}

fn events(summary: &Summary) -> String {
    match (&summary.first_event, &summary.last_event) {
        (Some(first), Some(last)) => format!("{first} to {last}"),
        _ => "none".to_owned(),
    }
}

fn requested(summary: &Summary) -> String {
    format!("{} to {}", bound(&summary.from), bound(&summary.to))
}

fn bound(time: &Option<String>) -> String {
    time.clone().unwrap_or_else(|| "…".to_owned())
}

fn covered(coverage: &CoverageSummary) -> String {
    let days = counted(coverage.days, "day");
    let without_object = number(coverage.days_without_object);
    let hours = counted(coverage.hours_without_object, "hour");
    format!(
        "{days} of accounts and regions, {without_object} of them without any object; \
         {hours} without any"
    )
}

fn names(names: &[String]) -> String {
    match names {
        [] => "none".to_owned(),
        names => names.join(", "),
    }
}

/// Returns each reason with its number: `2 digest, 1 insight`.
fn numbered<'a>(counts: impl IntoIterator<Item = (&'a &'static str, &'a u64)>) -> String {
    let mut texts = Vec::new();
    for (reason, count) in counts {
        texts.push(format!("{} {reason}", number(*count)));
    }
    texts.join(", ")
}

fn overview_row(rule: &RuleSummary) -> Vec<String> {
    let alarm = rule.alarm.as_ref();
    vec![
        rule.rule.clone(),
        number(rule.attempts),
        alarm.map_or_else(String::new, |alarm| number(alarm.episodes.len() as u64)),
        alarm.map_or_else(String::new, |alarm| duration(alarm.seconds_in_alarm)),
    ]
}

fn group_row(group: &Group, has_region: bool) -> Vec<String> {
    let mut row = vec![named(&group.name), named(&group.account)];
    if has_region {
        row.push(named(&group.region));
    }
    row.push(number(group.attempts));
    row.extend([named(&group.first), named(&group.last)]);
    row
}

fn named(text: &Option<String>) -> String {
    text.clone().unwrap_or_else(|| "not named".to_owned())
}

/// Returns the name of an alarm, with a remark if nobody defined it.
fn alarm_name(alarm: &AlarmSummary) -> String {
    let name = &alarm.alarm_name;
    match (alarm.is_proposed(), alarm.kind) {
        (true, _) => format!("{name} (proposed: no alarm on this metric is defined)"),
        (false, "composite") => format!("{name} (composite)"),
        (false, _) => name.clone(),
    }
}

fn notifications(summary: NotificationSummary) -> String {
    let (at_once, delayed) = (number(summary.at_once), number(summary.delayed));
    let held_back = number(summary.held_back);
    format!(
        "ran for {at_once} changes at once, for {delayed} later; {held_back} held back by a \
         suppressor or mute rule"
    )
}

fn in_alarm(alarm: &AlarmSummary) -> String {
    if alarm.episodes.is_empty() {
        return "never in ALARM".to_owned();
    }
    let episodes = counted(alarm.episodes.len() as u64, "episode");
    format!("{episodes} in ALARM, {}", duration(alarm.seconds_in_alarm))
}

fn episode_row(episode: &EpisodeSummary) -> Vec<String> {
    let end = episode.end.clone();
    vec![
        episode.start.clone(),
        end.unwrap_or_else(|| "end of replay".to_owned()),
        duration(episode.duration_seconds),
        episode
            .peak
            .map_or_else(String::new, |peak| peak.to_string()),
        episode.samples.map_or_else(String::new, number),
        certainty(episode),
    ]
}

fn certainty(episode: &EpisodeSummary) -> String {
    match episode.vanishes_under.as_deref() {
        None => "not compared".to_owned(),
        Some([]) => "certain".to_owned(),
        Some(clocks) => format!("not under {}", clocks.join(", ")),
    }
}

fn location(problem: &ProblemSummary) -> String {
    let mut text = problem.object.clone();
    if let Some(record) = problem.record_index {
        text += &format!(", record {record}");
    }
    if let Some(byte) = problem.byte {
        text += &format!(", byte {byte}");
    }
    text
}
