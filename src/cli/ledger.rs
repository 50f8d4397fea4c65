//! `backtrail ledger`: inspect, check and merge ledgers.

use std::error::Error;
use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::exit::Exit;
use super::local_folder::{FolderUse, local_folder};
use crate::audit::Ledgers;
use crate::render::console::print;
use crate::render::ledger as render;

/// The options of `backtrail ledger`.
#[derive(Args, Debug)]
pub(super) struct LedgerCommand {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show what ledgers were scanned for, and their content in numbers
    Info {
        /// The folders of the ledgers
        #[arg(required = true, value_name = "DIR")]
        #[arg(value_parser = local_folder(FolderUse::Read))]
        ledgers: Vec<PathBuf>,

        /// Print one JSON object for each ledger
        #[arg(long)]
        json: bool,
    },
    /// Check that ledgers are as they were written
    Check {
        /// The folders of the ledgers
        #[arg(required = true, value_name = "DIR")]
        #[arg(value_parser = local_folder(FolderUse::Read))]
        ledgers: Vec<PathBuf>,
    },
    /// Merge ledgers that were scanned for the same into a new one, in any order
    Merge {
        /// The folders of the ledgers; they stay as they are
        #[arg(required = true, value_name = "DIR")]
        #[arg(value_parser = local_folder(FolderUse::Read))]
        ledgers: Vec<PathBuf>,

        /// The folder of the new ledger
        #[arg(long, value_name = "DIR", value_parser = local_folder(FolderUse::Write))]
        out: PathBuf,
    },
}

/// Runs the command.
pub(super) fn run(arguments: &LedgerCommand) -> Result<Exit, Box<dyn Error>> {
    match &arguments.command {
        Command::Info { ledgers, json } => print_info(ledgers, *json),
        Command::Check { ledgers } => print_check(ledgers),
        Command::Merge { ledgers, out } => {
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
