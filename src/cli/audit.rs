//! `backtrail audit`: read an archive, find the attempts, replay the alarm, write the report.

use std::error::Error;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};

use super::archive::{ArchiveArguments, ReadArguments};
use super::command::command_line;
use super::exit::Exit;
use super::interruption::Interruption;
use super::local_folder::{FolderUse, local_folder};
use super::output::show;
use crate::audit::{
    AlarmArguments, Audit, Condition, DisplayArguments, FolderArguments, IntegrityArguments,
    RuleArguments, UnknownResource, VerifyError, resources_named,
};
use crate::container::Limits;
use crate::ledger::{Ledger, Purpose};
use crate::render::console::{note, print, warn};
use crate::render::display::Display;
use crate::render::dry_run::write_dry_run;
use crate::render::folder::ReportFolder;
use crate::render::json;
use crate::render::progress::ProgressBar;
use crate::render::terminal;
use crate::report::resource::ResourceReport;
use crate::report::{Report, Summary};
use crate::source::Detail;

/// The options of `backtrail audit`.
#[derive(Args, Debug)]
pub(super) struct AuditArguments {
    #[command(flatten)]
    archive: ArchiveArguments,

    #[command(flatten)]
    rules: RuleArguments,

    #[command(flatten)]
    alarm: AlarmArguments,

    #[command(flatten)]
    integrity: IntegrityArguments,

    #[command(flatten)]
    output: OutputArguments,

    /// Print the number of objects and bytes for each account, region and month, and read none of
    /// them
    #[arg(long, conflicts_with_all = ["json", "out"])]
    dry_run: bool,

    #[command(flatten)]
    read: ReadArguments,
}

/// The output.
#[derive(Args, Debug)]
#[command(next_help_heading = "Output")]
pub(super) struct OutputArguments {
    /// Write the report, tables and summary, to this folder
    #[arg(long, value_name = "DIR", value_parser = local_folder(FolderUse::Write))]
    out: Option<PathBuf>,

    #[command(flatten)]
    folder: FolderArguments,

    /// Print everything about one secret or key, given by its name, its ARN or a part of one: who
    /// used it before, during and after its deletion. The scan and the report folder are the same
    #[arg(long, value_name = "NAME")]
    #[arg(value_parser = clap::builder::NonEmptyStringValueParser::new())]
    secret: Option<String>,

    /// Print the summary as one JSON object
    #[arg(long)]
    json: bool,

    /// Exit with code 1 if a condition is met
    #[arg(long, value_enum, value_delimiter = ',', value_name = "CONDITION")]
    fail_on: Vec<Condition>,

    /// Count alarms that nobody defined for --fail-on alarm, too: a metric filter without an alarm
    /// has the one that the console proposes
    #[arg(long, requires = "fail_on")]
    proposed: bool,

    /// Show no progress bar, and no summary unless --json requests it
    #[arg(short, long)]
    quiet: bool,

    #[command(flatten)]
    display: DisplayArguments,
}

/// Runs the command. What is wrong with single objects is part of the report.
pub(super) fn run(arguments: &AuditArguments) -> Result<Exit, Box<dyn Error>> {
    let AuditArguments { output, read, .. } = arguments;
    let recorded = read.recorded(&arguments.archive)?;
    let (rules, selection) = (&arguments.rules, &arguments.archive.selection);
    let scope = recorded.as_ref().map(Ledger::scope);
    let plan = arguments.alarm.plan(rules, selection, scope, &warn)?;
    output.warn_about(rules);
    let mut audit = read.audit(plan, &arguments.archive, Purpose::Report);
    // Of a ledger alone, no object is read, so the limits are those of its scans.
    let limits = recorded.map_or(audit.limits, |ledger| ledger.scope().limits());
    audit.proofs = arguments.integrity.proofs(audit.plan.selection.range)?;
    output.check_conditions(audit.proofs.is_some())?;
    // A size takes another call of the system for each file, so sizes are listed only to be shown.
    if arguments.dry_run || ProgressBar::is_shown(output.quiet) {
        audit.detail = Detail::Size;
    }
    if arguments.dry_run {
        return dry_run(&audit);
    }
    output.report(audit, limits)
}

fn dry_run(audit: &Audit) -> Result<Exit, Box<dyn Error>> {
    let archive = audit.list()?;
    print(|out| write_dry_run(archive.objects(), archive.requests(), out))?;
    Ok(Exit::Complete)
}

impl OutputArguments {
    /// Warns about patterns. After the plan, for which a wrong pattern is an error that needs no
    /// advice.
    pub(super) fn warn_about(&self, rules: &RuleArguments) {
        if !self.quiet {
            warn(&rules.request().pattern_warnings());
        }
    }

    /// Checks that the conditions are about something that is done.
    fn check_conditions(&self, is_verified: bool) -> Result<(), VerifyError> {
        match self.fail_on.contains(&Condition::Integrity) && !is_verified {
            true => Err(VerifyError::ConditionWithoutVerify),
            false => Ok(()),
        }
    }

    /// Runs an audit whose objects are read within these limits, and writes and prints its report.
    pub(super) fn report(&self, mut audit: Audit, limits: Limits) -> Result<Exit, Box<dyn Error>> {
        audit.output = self.out.clone();
        let bar = Arc::new(ProgressBar::new(self.quiet));
        let interruption = Interruption::new(&bar, &audit);
        interruption.handle();
        let archive = audit.list()?;
        // Before the scan, so that nothing can fail after it.
        let folder = self
            .folder
            .prepare(self.out.as_deref(), limits, command_line())?;
        interruption.remove_when_empty(folder.as_ref());
        let scanned = archive.scan(&|event| show(event, &bar, self.quiet))?;
        let report = scanned.report()?;
        // Before the report is written, so that a name that nothing has leaves no report.
        let resources = self.resources(&report);
        let resources = resources.inspect_err(|_| self.note_scan(&audit))?;
        let display = self.display.display();
        let mut summary = ReportFolder::write_if_named(folder, &report, &display.words)?;
        if let Some(resources) = resources {
            summary.narrow(&report, &resources);
        }
        self.print(&summary, &display)?;
        let exit = self.exit(&report);
        // The program ends; giving back what may be millions of texts one by one would only keep
        // its caller waiting.
        std::mem::forget(report);
        Ok(exit)
    }

    /// Says what a run that fails after its scan leaves.
    fn note_scan(&self, audit: &Audit) {
        if audit.ledger.is_some() && !audit.paths.is_empty() && !self.quiet {
            note("the ledger keeps this scan, so the next command reads only new objects");
        }
    }

    fn print(&self, summary: &Summary, display: &Display) -> io::Result<()> {
        let folder = self.out.as_deref();
        match (self.json, self.quiet) {
            (true, _) => print(|out| json::write_summary(summary, out)),
            (false, true) => Ok(()),
            (false, false) => print(|out| terminal::write_all(summary, folder, display, out)),
        }
    }

    /// Returns the secrets and keys that the user names, if any.
    fn resources(&self, report: &Report) -> Result<Option<Vec<ResourceReport>>, UnknownResource> {
        let name = self.secret.as_deref();
        name.map(|name| resources_named(report, name)).transpose()
    }

    fn exit(&self, report: &Report) -> Exit {
        let mut conditions = self.fail_on.iter();
        if conditions.any(|condition| condition.is_met(report, self.proposed)) {
            warn(&Condition::warnings(report));
            return Exit::ConditionMet;
        }
        let mut conditions = self.fail_on.iter();
        let is_open = conditions.any(|condition| condition.is_open(report));
        Exit::from_completeness(report.problems.is_empty() && !is_open)
    }
}

/// Returns the parser of conditions on a report of a ledger, which holds no grades.
pub(super) fn conditions_of_ledgers() -> impl TypedValueParser<Value = Condition> {
    let conditions = Condition::value_variants().iter();
    let conditions = conditions.filter(|condition| **condition != Condition::Integrity);
    let names = conditions.filter_map(ValueEnum::to_possible_value);
    PossibleValuesParser::new(names).try_map(|name| Condition::from_str(&name, false))
}
