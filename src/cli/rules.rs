//! `backtrail rules`: name and show the rules that are built in.

use std::error::Error;

use clap::{Args, Subcommand};

use super::arguments::{self, NamedRules};
use super::exit::Exit;
use super::output;
use crate::render::rules as render;

/// The options of `backtrail rules`.
#[derive(Args, Debug)]
pub struct RulesArguments {
    #[command(subcommand)]
    command: RulesCommand,
}

#[derive(Debug, Subcommand)]
enum RulesCommand {
    /// Name every rule and group of rules
    List {
        /// Print a JSON array, one object for each rule
        #[arg(long)]
        json: bool,
    },
    /// Show a rule, or those of a group: pattern, metric, alarm, where it is published, what to
    /// know about it
    Show {
        /// The name of a rule or group
        #[arg(value_name = "NAME", value_parser = arguments::named_rules)]
        name: NamedRules,

        /// Print a JSON array, one object for each rule
        #[arg(long)]
        json: bool,
    },
}

/// Runs the command.
///
/// # Errors
///
/// When the output cannot be written.
pub fn run(arguments: &RulesArguments) -> Result<Exit, Box<dyn Error>> {
    match &arguments.command {
        RulesCommand::List { json: true } => output::print(|out| render::write_all_json(out))?,
        RulesCommand::List { json: false } => output::print(|out| Ok(render::write_list(out)?))?,
        RulesCommand::Show { name, json: true } => {
            output::print(|out| render::write_json(&name.rules, out))?
        }
        RulesCommand::Show { name, json: false } => {
            output::print(|out| {
                Ok(name
                    .rules
                    .iter()
                    .try_for_each(|rule| render::write_rule(rule, out))?)
            })?;
        }
    }
    Ok(Exit::Complete)
}
