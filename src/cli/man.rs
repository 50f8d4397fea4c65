//! `backtrail man`: the manual pages.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Command;
use clap_mangen::Man;

use super::exit::Exit;
use crate::arguments::man::ManArguments;
use crate::arguments::{self, NAME, help};
use crate::render::console::print;
use crate::render::manual_page::write_manual_page;
use crate::text::printable_path;

/// The reason why manual pages cannot be written.
#[derive(Debug, thiserror::Error)]
pub(super) enum ManError {
    /// The folder, or a page in it, cannot be written.
    #[error("cannot write `{}`: {source}", printable_path(path))]
    Unwritable {
        /// The folder or file.
        path: PathBuf,
        /// The answer of the operating system.
        source: io::Error,
    },
    /// The page cannot be printed.
    #[error(transparent)]
    Print(#[from] io::Error),
}

impl ManError {
    fn unwritable(path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        Self::Unwritable { path, source }
    }
}

/// Runs the command.
pub(super) fn run(arguments: &ManArguments) -> Result<Exit, ManError> {
    // The pages name commands in full only after they were built together.
    let mut program = arguments::command().disable_help_subcommand(true);
    program.build();
    match &arguments.out {
        Some(folder) => {
            fs::create_dir_all(folder).map_err(|error| ManError::unwritable(folder, error))?;
            write_pages(&program, folder)?;
        }
        None => print(|out| write_page(&program, out))?,
    }
    Ok(Exit::Complete)
}

/// Writes the page of a command and those of its commands into a folder.
fn write_pages(command: &Command, folder: &Path) -> Result<(), ManError> {
    let mut page = Vec::new();
    write_page(command, &mut page)?;
    let path = folder.join(Man::new(command.clone()).get_filename());
    fs::write(&path, page).map_err(|error| ManError::unwritable(&path, error))?;
    for command in command.get_subcommands() {
        write_pages(command, folder)?;
    }
    Ok(())
}

/// Writes the page of a command.
fn write_page(command: &Command, out: &mut dyn Write) -> io::Result<()> {
    // The program is `backtrail`, and its command `backtrail-audit`.
    let name = command.get_display_name().unwrap_or(command.get_name());
    let name = name.strip_prefix(NAME).unwrap_or(name);
    let help = help::find(name.trim_start_matches('-'));
    write_manual_page(command, help, out)
}
