//! `backtrail evidence`: check a report folder against its manifest.

use std::error::Error;
use std::path::PathBuf;

use clap::Subcommand;

use super::exit::Exit;
use super::local_folder::{FolderUse, local_folder};
use crate::render::console::print;
use crate::render::folder::check::{FolderCheck, write_check};

/// The commands of `backtrail evidence`.
#[derive(Debug, Subcommand)]
pub(super) enum EvidenceCommand {
    /// Check that the files of a report folder are those that `evidence.json` in it names. The exit
    /// code is 1 if a file was changed, is missing, or was added
    Check {
        /// The folder of the report
        #[arg(value_name = "DIR", value_parser = local_folder(FolderUse::Read))]
        folder: PathBuf,

        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
}

/// Runs the command.
pub(super) fn run(command: &EvidenceCommand) -> Result<Exit, Box<dyn Error>> {
    let EvidenceCommand::Check { folder, json } = command;
    let check = FolderCheck::read(folder)?;
    print(|out| write_check(&check, *json, out))?;
    match check.is_as_recorded() {
        true => Ok(Exit::Complete),
        false => Ok(Exit::ConditionMet),
    }
}
