//! `backtrail audit`: read an archive, find the attempts, replay the alarm, write the report.

use std::error::Error;

use super::exit::Exit;
use super::reporting::{report, warn_about};
use crate::arguments::audit::AuditArguments;
use crate::audit::Audit;
use crate::ledger::{Ledger, Purpose};
use crate::render::console::{print, warn};
use crate::render::dry_run::write_dry_run;
use crate::render::progress::ProgressBar;
use crate::source::Detail;

/// Runs the command. What is wrong with single objects is part of the report.
pub(super) fn run(arguments: &AuditArguments) -> Result<Exit, Box<dyn Error>> {
    let AuditArguments { output, read, .. } = arguments;
    let recorded = read.recorded(&arguments.archive)?;
    let (rules, selection) = (&arguments.rules, &arguments.archive.selection);
    let scope = recorded.as_ref().map(Ledger::scope);
    let plan = arguments.alarm.plan(rules, selection, scope, &warn)?;
    warn_about(output, rules);
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
    report(output, audit, limits)
}

fn dry_run(audit: &Audit) -> Result<Exit, Box<dyn Error>> {
    let archive = audit.list()?;
    print(|out| write_dry_run(archive.objects(), archive.requests(), out))?;
    Ok(Exit::Complete)
}
