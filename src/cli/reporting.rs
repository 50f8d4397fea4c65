//! The work of a command that reports: the run of an audit, its report, and how it ends.

use std::error::Error;
use std::io;
use std::sync::Arc;

use super::command::command_line;
use super::exit::Exit;
use super::interruption::Interruption;
use super::output::show;
use crate::arguments::groups::output::OutputArguments;
use crate::arguments::groups::rules::RuleArguments;
use crate::audit::{Audit, ReportCondition, UnknownResource, resources_named};
use crate::container::Limits;
use crate::render::console::{note, print, warn};
use crate::render::display::Display;
use crate::render::folder::ReportFolder;
use crate::render::json;
use crate::render::progress::ProgressBar;
use crate::render::terminal;
use crate::report::resource::ResourceReport;
use crate::report::{Report, Summary};

/// Warns about patterns. After the plan, for which a wrong pattern is an error that needs no
/// advice.
pub(super) fn warn_about(output: &OutputArguments, rules: &RuleArguments) {
    if !output.quiet {
        warn(&rules.request().pattern_warnings());
    }
}

/// Runs an audit whose objects are read within these limits, and writes and prints its report.
pub(super) fn report(
    output: &OutputArguments,
    mut audit: Audit,
    limits: Limits,
) -> Result<Exit, Box<dyn Error>> {
    audit.output = output.out.clone();
    let bar = Arc::new(ProgressBar::new(output.quiet));
    let interruption = Interruption::new(&bar, &audit);
    interruption.handle();
    let archive = audit.list()?;
    // Before the scan, so that nothing can fail after it.
    let folder = output
        .folder
        .prepare(output.out.as_deref(), limits, command_line())?;
    interruption.remove_when_empty(folder.as_ref());
    let scanned = archive.scan(&|event| show(event, &bar, output.quiet))?;
    let report = scanned.report()?;
    // Before the report is written, so that a name that nothing has leaves no report.
    let resources = resources(output, &report);
    let resources = resources.inspect_err(|_| note_scan(output, &audit))?;
    let display = output.display.display();
    let mut summary = ReportFolder::write_if_named(folder, &report, &display.words)?;
    if let Some(resources) = resources {
        summary.narrow(&report, &resources);
    }
    print_summary(output, &summary, &display)?;
    let exit = exit(output, &report);
    // The program ends; giving back what may be millions of texts one by one would only keep
    // its caller waiting.
    std::mem::forget(report);
    Ok(exit)
}

/// Says what a run that fails after its scan leaves.
fn note_scan(output: &OutputArguments, audit: &Audit) {
    if audit.ledger.is_some() && !audit.paths.is_empty() && !output.quiet {
        note("the ledger keeps this scan, so the next command reads only new objects");
    }
}

fn print_summary(output: &OutputArguments, summary: &Summary, display: &Display) -> io::Result<()> {
    let folder = output.out.as_deref();
    match (output.json, output.quiet) {
        (true, _) => print(|out| json::write_summary(summary, out)),
        (false, true) => Ok(()),
        (false, false) => print(|out| terminal::write_all(summary, folder, display, out)),
    }
}

/// Returns the secrets and keys that the user names, if any.
fn resources(
    output: &OutputArguments,
    report: &Report,
) -> Result<Option<Vec<ResourceReport>>, UnknownResource> {
    let name = output.secret.as_deref();
    name.map(|name| resources_named(report, name)).transpose()
}

fn exit(output: &OutputArguments, report: &Report) -> Exit {
    let mut conditions = output.fail_on.iter();
    if conditions.any(|condition| condition.is_met(report, output.proposed)) {
        warn(&ReportCondition::warnings(report));
        return Exit::ConditionMet;
    }
    let mut conditions = output.fail_on.iter();
    let is_open = conditions.any(|condition| condition.is_open(report));
    Exit::from_completeness(report.problems.is_empty() && !is_open)
}
