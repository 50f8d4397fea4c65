//! `backtrail config`: the configuration files, and where values come from.

use std::error::Error;
use std::ffi::OsString;

use clap::error::ErrorKind;
use clap::{Args, Subcommand};

use super::exit::Exit;
use super::output::print_usage;
use crate::configuration::ConfiguredCommandLine;
use crate::render::configuration as render;
use crate::render::console::print;

/// The commands of `backtrail config`.
#[derive(Debug, Subcommand)]
pub(super) enum ConfigCommand {
    /// Show the configuration files, their settings, and the environment variables that are set
    Show(ShowArguments),
}

/// The options of `backtrail config show`.
#[derive(Args, Debug)]
pub(super) struct ShowArguments {
    /// Print one JSON object
    #[arg(long)]
    json: bool,

    /// Command to show the value of each option for, such as `audit --ledger nightly`; it is not
    /// run
    #[arg(
        value_name = "COMMAND",
        trailing_var_arg = true,
        allow_hyphen_values = true
    )]
    words: Vec<OsString>,
}

/// Runs the command. The options of the program itself, as `--config`, are among `globals`.
pub(super) fn run(command: &ConfigCommand, globals: Vec<OsString>) -> Result<Exit, Box<dyn Error>> {
    let ConfigCommand::Show(arguments) = command;
    let program = super::command();
    let mut words = vec![super::NAME.into()];
    words.extend(globals);
    let configured = match arguments.words.is_empty() {
        true => {
            words.extend(["config", "show"].map(OsString::from));
            ConfiguredCommandLine::unused(&program, &words)?
        }
        false => {
            words.extend_from_slice(&arguments.words);
            ConfiguredCommandLine::new(&program, &words)?
        }
    };
    // Settings can be shown for a command line that is not complete yet.
    if let Err(answer) = super::parsed(&configured.words)
        && answer.kind() != ErrorKind::MissingRequiredArgument
    {
        return Ok(print_usage(&answer));
    }
    let settings = configured.into_settings(&program);
    print(|out| match arguments.json {
        true => render::write_json(&settings, out),
        false => render::write(&settings, out),
    })?;
    Ok(Exit::Complete)
}
