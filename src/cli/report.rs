//! `backtrail report`: make the outputs of an audit again from a ledger.

use std::error::Error;
use std::path::PathBuf;

use clap::Args;

use super::audit::{OutputArguments, conditions_of_ledgers};
use super::exit::Exit;
use super::local_folder::{FolderUse, local_folder};
use crate::audit::{AlarmArguments, Audit, LedgerOptions, RuleArguments, SelectionArguments};
use crate::ledger::Ledger;
use crate::render::console::warn;

/// The options of `backtrail report`.
#[derive(Args, Debug)]
#[command(mut_arg("fail_on", |argument| {
    argument.value_parser(conditions_of_ledgers())
}))]
pub(super) struct ReportArguments {
    /// Folder of the ledger, which `backtrail audit` writes with --ledger
    #[arg(long, value_name = "DIR", value_parser = local_folder(FolderUse::Read))]
    ledger: PathBuf,

    #[command(flatten)]
    selection: SelectionArguments,

    #[command(flatten)]
    rules: RuleArguments,

    #[command(flatten)]
    alarm: AlarmArguments,

    #[command(flatten)]
    output: OutputArguments,
}

/// Runs the command. No object of the archive is read.
pub(super) fn run(arguments: &ReportArguments) -> Result<Exit, Box<dyn Error>> {
    let ReportArguments { rules, output, .. } = arguments;
    let ledger = Ledger::open(&arguments.ledger)?;
    let (selection, scope) = (&arguments.selection, ledger.scope());
    let plan = arguments.alarm.plan(rules, selection, Some(scope), &warn)?;
    output.warn_about(rules);
    let mut audit = Audit::new(plan, [] as [PathBuf; 0]);
    audit.ledger = Some(LedgerOptions::new(&arguments.ledger));
    output.report(audit, scope.limits())
}
