//! `backtrail completions`: scripts that complete the command line in a shell.

use std::io;

use clap::Args;
use clap_complete::{Shell, generate};

use super::exit::Exit;
use crate::render::console::print;

/// The arguments of `backtrail completions`.
#[derive(Args, Debug)]
pub(super) struct CompletionsArguments {
    /// Shell for which to write the script
    #[arg(value_enum)]
    shell: Shell,
}

/// Runs the command.
pub(super) fn run(arguments: &CompletionsArguments) -> io::Result<Exit> {
    // The generator panics where it cannot write, as into a closed pipe, so it writes into memory.
    let mut script = Vec::new();
    generate(
        arguments.shell,
        &mut super::command(),
        super::NAME,
        &mut script,
    );
    print(|out| out.write_all(&script))?;
    Ok(Exit::Complete)
}
