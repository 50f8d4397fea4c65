//! `backtrail ledger`: inspect, check and merge ledgers.

use std::error::Error;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use rayon::ThreadPool;

use super::exit::Exit;
use super::output;
use crate::ledger::{Ledger, LedgerError, check, info, merge};
use crate::render::ledger as render;

/// The options of `backtrail ledger`.
#[derive(Args, Debug)]
pub struct LedgerCommand {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show what ledgers were scanned for, and their content in numbers
    Info(InfoArguments),
    /// Check that ledgers are as they were written
    Check(CheckArguments),
    /// Merge ledgers that were scanned for the same into a new one, in any order
    Merge(MergeArguments),
}

/// The options of `backtrail ledger info`.
#[derive(Args, Debug)]
struct InfoArguments {
    /// The folders of the ledgers
    #[arg(required = true, value_name = "DIR")]
    ledgers: Vec<PathBuf>,

    /// Print one JSON object for each ledger
    #[arg(long)]
    json: bool,
}

/// The options of `backtrail ledger check`.
#[derive(Args, Debug)]
struct CheckArguments {
    /// The folders of the ledgers
    #[arg(required = true, value_name = "DIR")]
    ledgers: Vec<PathBuf>,
}

/// The options of `backtrail ledger merge`.
#[derive(Args, Debug)]
struct MergeArguments {
    /// The folders of the ledgers; they stay as they are
    #[arg(required = true, value_name = "DIR")]
    ledgers: Vec<PathBuf>,

    /// The folder of the new ledger
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

/// Runs the command.
///
/// # Errors
///
/// Returns an error if a ledger cannot be opened or read, the new one cannot be written, or threads
/// cannot be started.
pub fn run(arguments: &LedgerCommand) -> Result<Exit, Box<dyn Error>> {
    let pool = crate::audit::start_threads(None)?;
    match &arguments.command {
        Command::Info(arguments) => print_info(arguments, &pool),
        Command::Check(arguments) => print_check(&arguments.ledgers, &pool),
        Command::Merge(arguments) => {
            let ledgers = opened(&arguments.ledgers)?;
            pool.install(|| merge(&ledgers, &arguments.out))?;
            Ok(Exit::Complete)
        }
    }
}

fn opened(paths: &[PathBuf]) -> Result<Vec<Ledger>, LedgerError> {
    paths.iter().map(|path| Ledger::open(path)).collect()
}

fn print_info(arguments: &InfoArguments, pool: &ThreadPool) -> Result<Exit, Box<dyn Error>> {
    for ledger in opened(&arguments.ledgers)? {
        let info = pool.install(|| info(&ledger))?;
        output::print(|out| match arguments.json {
            true => Ok(render::write_info_as_json(&ledger, &info, out)?),
            false => Ok(render::write_info(&ledger, &info, out)?),
        })?;
    }
    Ok(Exit::Complete)
}

fn print_check(paths: &[PathBuf], pool: &ThreadPool) -> Result<Exit, Box<dyn Error>> {
    let mut is_sound = true;
    for ledger in opened(paths)? {
        let check = pool.install(|| check(&ledger))?;
        is_sound &= check.defects.is_empty();
        output::print(|out| Ok(render::write_check(ledger.path(), &check, out)?))?;
    }
    Ok(match is_sound {
        true => Exit::Complete,
        false => Exit::Incomplete,
    })
}
