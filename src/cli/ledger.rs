//! `backtrail ledger`: inspect, check and merge ledgers.

use std::error::Error;
use std::path::PathBuf;

use super::exit::Exit;
use crate::arguments::ledger::LedgerCommand;
use crate::audit::Ledgers;
use crate::render::console::print;
use crate::render::ledger as render;

/// Runs the command.
pub(super) fn run(command: &LedgerCommand) -> Result<Exit, Box<dyn Error>> {
    match command {
        LedgerCommand::Info { ledgers, json } => print_info(ledgers, *json),
        LedgerCommand::Check { ledgers } => print_check(ledgers),
        LedgerCommand::Merge { ledgers, out } => {
            Ledgers::open(ledgers)?.merge_into(out)?;
            Ok(Exit::Complete)
        }
    }
}

fn print_info(paths: &[PathBuf], is_json: bool) -> Result<Exit, Box<dyn Error>> {
    for item in Ledgers::open(paths)?.infos() {
        let (ledger, info) = item?;
        print(|out| match is_json {
            true => render::write_info_as_json(ledger, &info, out),
            false => render::write_info(ledger, &info, out),
        })?;
    }
    Ok(Exit::Complete)
}

fn print_check(paths: &[PathBuf]) -> Result<Exit, Box<dyn Error>> {
    let mut is_sound = true;
    for item in Ledgers::open(paths)?.checks() {
        let (ledger, check) = item?;
        is_sound &= check.defects.is_empty();
        print(|out| render::write_check(ledger.path(), &check, out))?;
    }
    Ok(Exit::from_completeness(is_sound))
}
