//! `backtrail report`: make the outputs of an audit again from a ledger.

use std::error::Error;
use std::path::PathBuf;

use super::exit::Exit;
use super::reporting::{report, warn_about};
use crate::arguments::report::ReportArguments;
use crate::audit::{Audit, LedgerOptions};
use crate::ledger::Ledger;
use crate::render::console::warn;

/// Runs the command. No object of the archive is read.
pub(super) fn run(arguments: &ReportArguments) -> Result<Exit, Box<dyn Error>> {
    let ReportArguments { rules, output, .. } = arguments;
    let ledger = Ledger::open(&arguments.ledger)?;
    let (selection, scope) = (&arguments.selection, ledger.scope());
    let plan = arguments.alarm.plan(rules, selection, Some(scope), &warn)?;
    warn_about(output, rules);
    let mut audit = Audit::new(plan, [] as [PathBuf; 0]);
    audit.ledger = Some(LedgerOptions::new(&arguments.ledger));
    report(output, audit, scope.limits())
}
