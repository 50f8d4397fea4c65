//! `backtrail audit`: read an archive, find the attempts, replay the alarm, write the report.

use std::error::Error;
use std::io::Write;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::archive::{ArchiveArguments, RuleArguments};
use super::exit::Exit;
use super::output;
use crate::conclude::conclude;
use crate::ledger::{Ledger, Scope, Use};
use crate::plan::{Clock, Plan};
use crate::render::dry_run::{write_dry_run, write_requests};
use crate::render::folder::ReportFolder;
use crate::render::json;
use crate::render::terminal::{self, Layout};
use crate::report::{Report, Summary};
use crate::source::Detail;
use crate::table::format::Format;

/// The widest layout of the summary; longer lines are hard to read.
const WIDTH_LIMIT: u16 = 160;

/// The width of the summary where there is no terminal.
const WIDTH_DEFAULT: u16 = 140;

/// The options of `backtrail audit`.
#[derive(Args, Debug)]
pub struct AuditArguments {
    #[command(flatten)]
    archive: ArchiveArguments,

    #[command(flatten)]
    rules: RuleArguments,

    /// The period of the metrics and alarms, in seconds: 10, 20, 30 or a multiple of 60 [default:
    /// that of the rule, 300 for all that are built in]
    #[arg(long, value_name = "SECONDS")]
    period: Option<u32>,

    /// The alarms go off when the sum of a period reaches this number [default: that of the rule,
    /// mostly 1]
    #[arg(long, value_name = "NUMBER", allow_negative_numbers = true)]
    threshold: Option<f64>,

    /// Which time of an event counts for the metric: event (when it happened), delivery (the slot
    /// in the name of its object), shift=DELAY (when it happened, and a delay such as 5m), or log
    /// (when a log group had it, as its exports tell)
    #[arg(long, value_name = "CLOCK", default_value_t = Clock::Event)]
    clock: Clock,

    /// Write the report, tables and summary, to this folder
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

    /// The formats of the tables in the report folder
    #[arg(long, value_enum, value_delimiter = ',', requires = "out", value_name = "FORMAT", default_values_t = Format::ALL)]
    format: Vec<Format>,

    /// Say how many objects and bytes would be read, for each account, region and month, and read
    /// none
    #[arg(long, conflicts_with_all = ["json", "out"])]
    dry_run: bool,

    /// Print the summary as one JSON object
    #[arg(long)]
    json: bool,

    /// End with exit code 1 when there was an attempt, or an alarm
    #[arg(long, value_enum, value_delimiter = ',', value_name = "CONDITION")]
    fail_on: Vec<Condition>,
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
#[error(
    "there is no object to audit in {paths}: no file that holds CloudTrail records was found{skipped}"
)]
struct NothingToAudit {
    paths: String,
    skipped: String,
}

/// Runs the command.
///
/// # Errors
///
/// When the arguments are wrong, the report folder cannot be used, or there is nothing to read.
/// What is wrong with single objects is part of the report instead.
pub fn run(arguments: &AuditArguments) -> Result<Exit, Box<dyn Error>> {
    let archive = &arguments.archive;
    let recorded = archive.recorded()?;
    let plan = arguments.plan(recorded.as_ref().map(Ledger::scope))?;
    if !archive.quiet {
        arguments.rules.warn();
    }
    let detail = if arguments.dry_run {
        Detail::Size
    } else {
        archive.detail()
    };
    let listed = archive.list(&plan, arguments.out.as_deref(), Use::Report, detail)?;
    if arguments.dry_run {
        let objects = listed
            .listing
            .objects
            .iter()
            .map(|object| (&*object.key, object.stored_bytes.unwrap_or_default()));
        output::print(|out| {
            write_dry_run(objects, out)?;
            Ok(listed
                .requests()
                .map_or(Ok(()), |requests| write_requests(requests, out))?)
        })?;
        return Ok(Exit::Complete);
    }
    let folder = arguments
        .out
        .as_deref()
        .map(|path| ReportFolder::prepare(path, &arguments.format))
        .transpose()?;
    let sources = listed.sources(archive);
    // Before the scan, so that nothing can fail behind it.
    let pool = archive.threads()?;
    let tally = archive.scan(&plan, listed)?;
    let report = pool.install(|| conclude(&plan, tally, sources.clone()));
    let mut summary = Summary::from_report(&report);
    if summary.objects.read + summary.objects.failed == 0 {
        return Err(nothing(&sources, &summary).into());
    }
    if let Some(folder) = &folder {
        summary.files = folder.names();
        folder.write(&report, &summary)?;
    }
    arguments.print(&summary)?;
    let exit = arguments.exit(&report);
    // The program ends; giving back what may be millions of texts one by one would only keep its
    // caller waiting.
    std::mem::forget(report);
    Ok(exit)
}

fn nothing(sources: &[String], summary: &Summary) -> NothingToAudit {
    let skipped = summary.objects.skipped_by_reason.iter();
    let reasons: Vec<String> = skipped
        .map(|(reason, count)| format!("{count} {reason}"))
        .collect();
    let skipped = if reasons.is_empty() {
        String::new()
    } else {
        format!("; skipped: {}", reasons.join(", "))
    };
    let paths: Vec<String> = sources.iter().map(|source| format!("`{source}`")).collect();
    NothingToAudit {
        paths: paths.join(", "),
        skipped,
    }
}

impl AuditArguments {
    fn plan(&self, recorded: Option<&Scope>) -> Result<Plan, Box<dyn Error>> {
        let mut rules = self.rules.rules(recorded)?;
        for rule in &mut rules {
            rule.alarm.period_seconds = self.period.unwrap_or(rule.alarm.period_seconds);
            rule.alarm.threshold = self.threshold.unwrap_or(rule.alarm.threshold);
        }
        Ok(Plan::new(
            rules,
            self.archive.selection(self.clock, recorded),
        )?)
    }

    fn print(&self, summary: &Summary) -> Result<(), Box<dyn Error>> {
        if self.json {
            return output::print(|out| Ok(json::write_summary(summary, out)?));
        }
        if self.archive.quiet {
            Ok(())
        } else {
            output::print(|out| Ok(self.write_for_a_person(summary, out)?))
        }
    }

    fn write_for_a_person(&self, summary: &Summary, out: &mut dyn Write) -> std::io::Result<()> {
        let terminal = terminal_size::terminal_size().map(|(width, _)| width.0);
        let width = terminal.map_or(WIDTH_DEFAULT, |width| width.min(WIDTH_LIMIT));
        terminal::write(summary, Layout { width }, out)?;
        if let Some(folder) = &self.out {
            writeln!(
                out,
                "\nThe report is in {} ({} files).",
                folder.display(),
                summary.files.len()
            )?;
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
