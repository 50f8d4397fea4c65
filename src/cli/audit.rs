//! `backtrail audit`: read an archive, find the attempts, replay the alarm, write the report.

use std::collections::BTreeSet;
use std::error::Error;
use std::io::Write;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use jiff::Timestamp;

use super::arguments::{self, NamedRules};
use super::exit::{self, Exit};
use super::output;
use super::progress::Progress;
use crate::metric::{Dimension, MetricValue, Unit};
use crate::pattern::{parse, warnings};
use crate::period::TimeRange;
use crate::plan::built_in::RULES;
use crate::plan::{BuiltInRule, Clock, Duplicates, Plan, Rule, Selection, conclude};
use crate::render::folder::ReportFolder;
use crate::render::terminal::{self, Layout};
use crate::render::{Format, json};
use crate::report::{Report, Summary};
use crate::scan::scan;
use crate::source::{Listing, list};
use crate::tally::Tally;

/// The rule that is looked for when none is named.
const DEFAULT_RULE: &str = "secrets";

/// The widest layout of the summary; longer lines are hard to read.
const WIDTH_LIMIT: u16 = 160;

/// The width of the summary where there is no terminal.
const WIDTH_DEFAULT: u16 = 140;

/// The options of `backtrail audit`.
#[derive(Args, Debug)]
pub struct AuditArguments {
    /// Files or folders of CloudTrail objects, in the layout of S3 or flat
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// Write the report, tables and summary, to this folder
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

    /// The formats of the tables in the report folder
    #[arg(long, value_enum, value_delimiter = ',', requires = "out", value_name = "FORMAT", default_values_t = Format::ALL)]
    format: Vec<Format>,

    /// Print the summary as one JSON object
    #[arg(long)]
    json: bool,

    /// What to look for, by the name of a rule or group: secrets, kms, all for both, cis, aws-root-activity, …;
    /// `backtrail rules list` names them all [default: secrets]
    #[arg(long, value_name = "NAME", value_delimiter = ',', value_parser = arguments::named_rules)]
    rule: Vec<NamedRules>,

    /// Look for what this filter pattern of CloudWatch Logs matches, alone or beside --rule
    #[arg(long, value_name = "PATTERN", allow_hyphen_values = true)]
    pattern: Option<String>,

    /// What each match of --pattern adds to its metric: a number, or the field that holds it, as $.a.b
    #[arg(long, value_name = "VALUE", requires = "pattern", default_value = "1", allow_hyphen_values = true)]
    metric_value: MetricValue,

    /// What each event adds to the metric that --pattern does not match
    #[arg(long, value_name = "NUMBER", requires = "pattern", allow_negative_numbers = true)]
    default_value: Option<f64>,

    /// A dimension of the metric of --pattern, and the field with its value; may be given three times
    #[arg(long, value_name = "NAME=$.FIELD", requires = "pattern", value_parser = arguments::dimension)]
    dimension: Vec<Dimension>,

    /// The unit of the metric of --pattern
    #[arg(long, value_name = "UNIT", requires = "pattern", default_value = "None")]
    unit: Unit,

    /// Only events from this time on: RFC 3339, or a date in UTC
    #[arg(long, value_name = "TIME", value_parser = arguments::moment)]
    from: Option<Timestamp>,

    /// Only events before this time
    #[arg(long, value_name = "TIME", value_parser = arguments::moment)]
    to: Option<Timestamp>,

    /// Only this account; may be given several times
    #[arg(long, value_name = "ID", value_delimiter = ',', value_parser = arguments::account)]
    account: Vec<String>,

    /// Only this region; may be given several times
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    region: Vec<String>,

    /// The period of the metrics and alarms, in seconds: 10, 20, 30 or a multiple of 60 [default: that of the rule,
    /// 300 for all that are built in]
    #[arg(long, value_name = "SECONDS")]
    period: Option<u32>,

    /// The alarms go off when the sum of a period reaches this number [default: that of the rule, mostly 1]
    #[arg(long, value_name = "NUMBER", allow_negative_numbers = true)]
    threshold: Option<f64>,

    /// Which time of an event counts for the metric: event (when it happened), delivery (the slot in the name of its
    /// object), or shift=DELAY (when it happened, and a delay such as 5m)
    #[arg(long, value_name = "CLOCK", default_value_t = Clock::Event)]
    clock: Clock,

    /// Count every copy of an event, instead of one for each eventID
    #[arg(long)]
    keep_duplicates: bool,

    /// End with exit code 1 when there was an attempt, or an alarm
    #[arg(long, value_enum, value_delimiter = ',', value_name = "CONDITION")]
    fail_on: Vec<Condition>,

    /// How many threads read objects [default: one for each core]
    #[arg(long, value_name = "NUMBER", value_parser = arguments::threads)]
    threads: Option<usize>,

    /// No progress bar, and no summary unless --json asks for it
    #[arg(short, long)]
    quiet: bool,
}

/// The conditions of `--fail-on`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Condition {
    /// There was an attempt
    Attempt,
    /// The alarm was in ALARM
    Alarm,
}

/// Why an audit cannot be done.
#[derive(Debug, thiserror::Error)]
enum AuditError {
    #[error("there is no object to audit in {0}: no file that holds CloudTrail records was found{1}")]
    Nothing(String, String),
    #[error("cannot start {threads} threads: {error}")]
    Threads { threads: usize, error: rayon::ThreadPoolBuildError },
}

/// Runs the command.
///
/// # Errors
///
/// When the arguments are wrong, the report folder cannot be used, or there is nothing to read. What is wrong with
/// single objects is part of the report instead.
pub fn run(arguments: &AuditArguments) -> Result<Exit, Box<dyn Error>> {
    let plan = arguments.plan()?;
    arguments.warn();
    let listing = list(&arguments.paths, arguments.out.as_deref())?;
    let folder =
        arguments.out.as_deref().map(|path| ReportFolder::prepare(path, &arguments.format)).transpose()?;
    let tally = arguments.scan(&plan, &listing)?;
    let report = conclude(&plan, tally, arguments.sources());
    let mut summary = Summary::of(&report);
    if summary.objects.read + summary.objects.failed == 0 {
        return Err(arguments.nothing(&summary).into());
    }
    if let Some(folder) = &folder {
        summary.files = folder.names();
        folder.write(&report, &summary)?;
    }
    arguments.print(&summary)?;
    Ok(arguments.exit(&report))
}

impl AuditArguments {
    fn plan(&self) -> Result<Plan, Box<dyn Error>> {
        let mut rules: Vec<Rule> = self.built_in_rules().map(BuiltInRule::rule).collect();
        rules.extend(self.pattern.as_deref().map(|pattern| self.custom_rule(pattern)));
        for rule in &mut rules {
            rule.alarm.period_seconds = self.period.unwrap_or(rule.alarm.period_seconds);
            rule.alarm.threshold = self.threshold.unwrap_or(rule.alarm.threshold);
        }
        let set = |values: &[String]| values.iter().cloned().collect::<BTreeSet<String>>();
        let selection = Selection {
            range: TimeRange { start: self.from, end: self.to },
            accounts: set(&self.account),
            regions: set(&self.region),
            duplicates: if self.keep_duplicates { Duplicates::Keep } else { Duplicates::Drop },
            clock: self.clock,
        };
        Ok(Plan::new(rules, selection)?)
    }

    fn custom_rule(&self, pattern: &str) -> Rule {
        let mut rule = Rule::custom(pattern);
        rule.filter.metric_value = self.metric_value.clone();
        rule.filter.default_value = self.default_value;
        rule.filter.dimensions = self.dimension.clone();
        rule.filter.unit = self.unit;
        rule
    }

    /// Says what to know about the pattern before its numbers are believed.
    fn warn(&self) {
        let Some(text) = self.pattern.as_deref().filter(|_| !self.quiet) else { return };
        for warning in parse(text).iter().flat_map(|pattern| warnings(pattern, text)) {
            anstream::eprintln!(
                "{}warning:{} {warning}\n",
                exit::WARNING.render(),
                exit::WARNING.render_reset()
            );
        }
    }

    /// The built-in rules that were asked for, each once, in the order of their table.
    fn built_in_rules(&self) -> impl Iterator<Item = &'static BuiltInRule> {
        let is_default = self.rule.is_empty() && self.pattern.is_none();
        RULES.iter().filter(move |rule| {
            let is_named =
                self.rule.iter().flat_map(|named| &named.rules).any(|named| named.name == rule.name);
            is_named || is_default && rule.name == DEFAULT_RULE
        })
    }

    fn scan(&self, plan: &Plan, listing: &Listing) -> Result<Tally, AuditError> {
        let bytes = listing.objects.iter().map(|object| object.stored_bytes).sum();
        let progress = Progress::new(listing.objects.len(), bytes, self.quiet);
        let threads = self.threads.unwrap_or(0);
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .map_err(|error| AuditError::Threads { threads, error })?;
        let mut tally = pool.install(|| scan(plan, &listing.objects, &|bytes| progress.done(bytes)));
        progress.finish();
        tally.problems.extend(listing.problems.iter().cloned());
        Ok(tally)
    }

    fn sources(&self) -> Vec<String> {
        self.paths.iter().map(|path| path.to_string_lossy().into_owned()).collect()
    }

    fn nothing(&self, summary: &Summary) -> AuditError {
        let reasons: Vec<String> = summary
            .objects
            .skipped_by_reason
            .iter()
            .map(|(reason, count)| format!("{count} {reason}"))
            .collect();
        let skipped =
            if reasons.is_empty() { String::new() } else { format!("; skipped: {}", reasons.join(", ")) };
        let paths: Vec<String> = self.sources().iter().map(|source| format!("`{source}`")).collect();
        AuditError::Nothing(paths.join(", "), skipped)
    }

    fn print(&self, summary: &Summary) -> Result<(), Box<dyn Error>> {
        if self.json {
            return output::print(|out| Ok(json::write_summary(summary, out)?));
        }
        if self.quiet { Ok(()) } else { output::print(|out| Ok(self.write_for_a_person(summary, out)?)) }
    }

    fn write_for_a_person(&self, summary: &Summary, out: &mut dyn Write) -> std::io::Result<()> {
        let terminal = terminal_size::terminal_size().map(|(width, _)| width.0);
        let width = terminal.map_or(WIDTH_DEFAULT, |width| width.min(WIDTH_LIMIT));
        terminal::write(summary, Layout { width }, out)?;
        if let Some(folder) = &self.out {
            writeln!(out, "\nThe report is in {} ({} files).", folder.display(), summary.files.len())?;
        }
        Ok(())
    }

    fn exit(&self, report: &Report) -> Exit {
        let alarmed = || report.rules.iter().any(|rule| !rule.episodes.is_empty());
        let held = self.fail_on.iter().any(|condition| match condition {
            Condition::Attempt => !report.attempts.is_empty(),
            Condition::Alarm => alarmed(),
        });
        match (held, report.problems.is_empty()) {
            (true, _) => Exit::ConditionHeld,
            (false, false) => Exit::Incomplete,
            (false, true) => Exit::Complete,
        }
    }
}
