//! `backtrail audit`: read an archive, find the attempts, replay the alarm, write the report.

use std::error::Error;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::archive::{ArchiveArguments, ReadArguments};
use super::exit::Exit;
use super::output::{Printed, print, warn};
use super::progress::Progress;
use super::rule_arguments::RuleArguments;
use crate::ledger::{Ledger, Purpose, Scope};
use crate::plan::{Clock, Plan};
use crate::render::dry_run::write_dry_run;
use crate::render::folder::ReportFolder;
use crate::render::json;
use crate::render::quantity::counted;
use crate::render::terminal::{self, Layout};
use crate::report::{Report, Summary};
use crate::source::Detail;
use crate::table::format::Format;

/// The options of `backtrail audit`.
#[derive(Args, Debug)]
pub struct AuditArguments {
    #[command(flatten)]
    archive: ArchiveArguments,

    #[command(flatten)]
    rules: RuleArguments,

    #[command(flatten)]
    alarm: AlarmArguments,

    #[command(flatten)]
    output: OutputArguments,

    #[command(flatten)]
    read: ReadArguments,
}

/// The metric and the alarm.
#[derive(Args, Debug)]
#[command(next_help_heading = "Alarm")]
struct AlarmArguments {
    /// Period of the metrics and alarms, in seconds: 10, 20, 30 or a multiple of 60 [default: that
    /// of the rule, 300 for built-in rules]
    #[arg(long, value_name = "SECONDS")]
    period: Option<u32>,

    /// Sum of a period that sets off the alarms [default: that of the rule, mostly 1]
    #[arg(long, value_name = "NUMBER", allow_negative_numbers = true)]
    threshold: Option<f64>,

    /// Time of an event that counts for the metric: event (when it happened), delivery (the slot in
    /// the name of its object), shift=DELAY (when it happened, plus a delay such as 5m), or log
    /// (when the log group received it, if the archive is an export)
    #[arg(long, value_name = "CLOCK", default_value_t = Clock::Event)]
    clock: Clock,
}

/// The output.
#[derive(Args, Debug)]
#[command(next_help_heading = "Output")]
struct OutputArguments {
    /// Write the report, tables and summary, to this folder
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

    /// Formats of the tables in the report folder
    #[arg(long, value_enum, value_name = "FORMAT", default_values_t = Format::ALL)]
    #[arg(value_delimiter = ',', requires = "out")]
    format: Vec<Format>,

    /// Print the number of objects and bytes for each account, region and month, and read none of
    /// them
    #[arg(long, conflicts_with_all = ["json", "out"])]
    dry_run: bool,

    /// Print the summary as one JSON object
    #[arg(long)]
    json: bool,

    /// Exit with code 1 if there was an attempt, or an alarm
    #[arg(long, value_enum, value_delimiter = ',', value_name = "CONDITION")]
    fail_on: Vec<Condition>,

    /// Show no progress bar, and no summary unless --json requests it
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

/// Runs the command. What is wrong with single objects is part of the report.
pub fn run(arguments: &AuditArguments) -> Result<Exit, Box<dyn Error>> {
    let AuditArguments { output, read, .. } = arguments;
    let recorded = read.recorded(&arguments.archive)?;
    let plan = arguments.plan(recorded.as_ref().map(Ledger::scope))?;
    if !output.quiet {
        arguments.rules.warn();
    }
    let mut audit = read.audit(plan, &arguments.archive, Purpose::Report);
    audit.output = output.out.clone();
    if output.dry_run || Progress::is_shown(output.quiet) {
        audit.detail = Detail::Size;
    }
    let archive = audit.list()?;
    if output.dry_run {
        print(|out| Ok(write_dry_run(archive.objects(), archive.requests(), out)?))?;
        return Ok(Exit::Complete);
    }
    let folder = output.folder()?;
    let progress = Progress::new(output.quiet);
    let report = archive.scan(&|event| progress.show(event))?.report()?;
    let summary = output.write(&report, folder)?;
    output.print(&summary)?;
    let exit = output.exit(&report);
    // The program ends; giving back what may be millions of texts one by one would only keep its
    // caller waiting.
    std::mem::forget(report);
    Ok(exit)
}

impl AuditArguments {
    fn plan(&self, recorded: Option<&Scope>) -> Result<Plan, Box<dyn Error>> {
        let alarm = &self.alarm;
        let mut rules = self.rules.rules(recorded)?;
        for rule in &mut rules {
            rule.alarm.period_seconds = alarm.period.unwrap_or(rule.alarm.period_seconds);
            rule.alarm.threshold = alarm.threshold.unwrap_or(rule.alarm.threshold);
        }
        let selection = self.archive.selection(alarm.clock, recorded);
        Ok(Plan::new(rules, selection)?)
    }
}

impl OutputArguments {
    /// Prepares the folder of the report, so that nothing can fail after the scan.
    fn folder(&self) -> Result<Option<ReportFolder>, Box<dyn Error>> {
        let folder = self.out.as_deref();
        let folder = folder.map(|path| ReportFolder::prepare(path, &self.format));
        Ok(folder.transpose()?)
    }

    /// Writes the report to its folder, if there is one, and returns the summary.
    fn write(
        &self,
        report: &Report,
        folder: Option<ReportFolder>,
    ) -> Result<Summary, Box<dyn Error>> {
        let mut summary = Summary::from_report(report);
        if let Some(folder) = folder {
            summary.files = folder.names();
            folder.write(report, &summary)?;
        }
        Ok(summary)
    }

    fn print(&self, summary: &Summary) -> Printed {
        match (self.json, self.quiet) {
            (true, _) => print(|out| Ok(json::write_summary(summary, out)?)),
            (false, true) => Ok(()),
            (false, false) => print(|out| {
                terminal::write(summary, Layout::of_terminal(), out)?;
                Ok(terminal::write_place(summary, self.out.as_deref(), out)?)
            }),
        }
    }

    fn exit(&self, report: &Report) -> Exit {
        let is_complete = report.problems.is_empty();
        let mut conditions = self.fail_on.iter();
        if conditions.any(|condition| condition.is_met(report)) {
            if !is_complete {
                warn_incomplete(report.problems.len());
            }
            return Exit::ConditionMet;
        }
        match is_complete {
            true => Exit::Complete,
            false => Exit::Incomplete,
        }
    }
}

/// Says that the archive was not read whole, which the exit code of a condition hides.
fn warn_incomplete(problems: usize) {
    let problems = counted(problems as u64, "problem");
    warn(&[format!(
        "the archive was not read whole ({problems}), so there may be more than was found"
    )]);
}

impl Condition {
    fn is_met(self, report: &Report) -> bool {
        match self {
            Self::Attempt => !report.attempts.is_empty(),
            Self::Alarm => report.rules.iter().any(|rule| !rule.episodes.is_empty()),
        }
    }
}
