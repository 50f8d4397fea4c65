//! `backtrail config`: the configuration files, and where values come from.

use std::error::Error;
use std::ffi::OsString;

use clap::error::ErrorKind;

use super::exit::Exit;
use super::output::print_usage;
use crate::arguments::config::ConfigCommand;
use crate::arguments::{self, NAME};
use crate::configuration::ConfiguredCommandLine;
use crate::render::configuration as render;
use crate::render::console::print;

/// Runs the command. The options of the program itself, as `--config`, are among `globals`.
pub(super) fn run(command: &ConfigCommand, globals: Vec<OsString>) -> Result<Exit, Box<dyn Error>> {
    let ConfigCommand::Show(shown) = command;
    let program = arguments::command();
    let mut words = vec![NAME.into()];
    words.extend(globals);
    let configured = match shown.words.is_empty() {
        true => {
            words.extend(["config", "show"].map(OsString::from));
            ConfiguredCommandLine::unused(&program, &words)?
        }
        false => {
            words.extend_from_slice(&shown.words);
            ConfiguredCommandLine::new(&program, &words)?
        }
    };
    // Settings can be shown for a command line that is not complete yet.
    if let Err(answer) = arguments::parsed(&configured.words)
        && answer.kind() != ErrorKind::MissingRequiredArgument
    {
        return Ok(print_usage(&answer));
    }
    let settings = configured.into_settings(&program);
    print(|out| match shown.json {
        true => render::write_json(&settings, out),
        false => render::write(&settings, out),
    })?;
    Ok(Exit::Complete)
}
