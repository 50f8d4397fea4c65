//! The command line: runs each command, one file a command, and says how it ended.

mod alarm;
mod audit;
mod backtest;
mod command;
mod completions;
mod config;
mod evidence;
mod exit;
mod interruption;
mod job;
mod ledger;
mod man;
mod merge;
mod metric;
mod output;
mod pattern;
mod plan;
mod report;
mod reporting;
mod rules;
mod scan;
mod verify;

use std::ffi::OsString;

pub use exit::Exit;

use crate::arguments::{self, Command};
use crate::configuration::ConfiguredCommandLine;
use crate::render::console::error;

/// Runs the program with the arguments of the process.
pub fn run() -> Exit {
    // A reader that panics on a damaged file is caught, and the damage becomes a problem.
    crate::table::format::parquet::silence_panics();
    let typed: Vec<OsString> = std::env::args_os().collect();
    let configured = match ConfiguredCommandLine::new(&arguments::command(), &typed) {
        Ok(configured) => configured,
        Err(failure) => {
            error(&failure.to_string());
            return Exit::Unusable;
        }
    };
    let arguments = match arguments::parsed(&configured.words) {
        Ok(arguments) => arguments,
        Err(answer) => return output::print_usage(&answer),
    };
    command::remember(&configured);
    arguments.color.choose();
    let globals = arguments.globals();
    let is_verbose = arguments.verbose;
    let result = match arguments.command {
        Command::Audit(arguments) => audit::run(&arguments),
        Command::Backtest(arguments) => backtest::run(&arguments),
        Command::Evidence(command) => evidence::run(&command),
        Command::Alarm(command) => alarm::run(&command),
        Command::Job(command) => job::run(&command),
        Command::Ledger(command) => ledger::run(&command),
        Command::Merge(arguments) => merge::run(&arguments, is_verbose),
        Command::Metric(command) => metric::run(&command),
        Command::Pattern(command) => pattern::run(&command),
        Command::Plan(arguments) => plan::run(&arguments),
        Command::Report(arguments) => report::run(&arguments),
        Command::Rules(command) => rules::run(&command).map_err(Into::into),
        Command::Scan(arguments) => scan::run(&arguments, is_verbose),
        Command::Verify(arguments) => verify::run(&arguments),
        Command::Completions(arguments) => completions::run(&arguments).map_err(Into::into),
        Command::Config(command) => config::run(&command, globals),
        Command::Man(arguments) => man::run(&arguments).map_err(Into::into),
    };
    result.unwrap_or_else(|failure| {
        output::report_failure(&*failure, is_verbose);
        Exit::Unusable
    })
}
