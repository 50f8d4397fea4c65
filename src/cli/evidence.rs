//! `backtrail evidence`: check a report folder against its manifest.

use std::error::Error;
use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::exit::Exit;
use crate::render::console::print;
use crate::render::folder::check::{FolderCheck, write_check, write_check_as_json};

/// The options of `backtrail evidence`.
#[derive(Args, Debug)]
pub(super) struct EvidenceCommand {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check that the files of a report folder are those that `evidence.json` in it names. The exit
    /// code is 1 if a file was changed, is missing, or was added
    Check {
        /// The folder of the report
        #[arg(value_name = "DIR")]
        folder: PathBuf,

        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
}

/// Runs the command.
pub(super) fn run(arguments: &EvidenceCommand) -> Result<Exit, Box<dyn Error>> {
    let Command::Check { folder, json } = &arguments.command;
    let check = FolderCheck::read(folder)?;
    print(|out| match json {
        true => write_check_as_json(&check, out),
        false => write_check(&check, out),
    })?;
    Ok(match check.is_as_recorded() {
        true => Exit::Complete,
        false => Exit::ConditionMet,
    })
}
