//! `backtrail evidence`: check a report folder against its manifest.

use std::error::Error;

use super::exit::Exit;
use crate::arguments::evidence::EvidenceCommand;
use crate::render::console::print;
use crate::render::folder::check::{FolderCheck, write_check};

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
