//! `backtrail completions`: scripts that complete the command line in a shell.

use std::io;

use clap_complete::generate;

use super::exit::Exit;
use crate::arguments::completions::CompletionsArguments;
use crate::arguments::{self, NAME};
use crate::render::console::print;

/// Runs the command.
pub(super) fn run(arguments: &CompletionsArguments) -> io::Result<Exit> {
    // The generator panics where it cannot write, as into a closed pipe, so it writes into memory.
    let mut script = Vec::new();
    let mut program = arguments::command();
    generate(arguments.shell, &mut program, NAME, &mut script);
    print(|out| out.write_all(&script))?;
    Ok(Exit::Complete)
}
