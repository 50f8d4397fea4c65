//! `backtrail rules`: list and show the built-in rules.

use std::error::Error;
use std::io::Write;

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
    /// List all rules and groups of rules
    List {
        /// Print a JSON array with one object for each rule
        #[arg(long)]
        json: bool,
    },
    /// Show a rule, or the rules of a group: pattern, metric, alarm, source and known mistakes
    Show {
        /// Name of a rule or group
        #[arg(value_name = "NAME", value_parser = arguments::named_rules)]
        name: NamedRules,

        /// Print a JSON array with one object for each rule
        #[arg(long)]
        json: bool,
    },
}

/// Runs the command.
///
/// # Errors
///
/// Returns an error if the output cannot be written.
pub fn run(arguments: &RulesArguments) -> Result<Exit, Box<dyn Error>> {
    output::print(|out| match &arguments.command {
        RulesCommand::List { json: true } => render::write_all_json(out),
        RulesCommand::List { json: false } => Ok(render::write_list(out)?),
        RulesCommand::Show { name, json: true } => render::write_json(&name.rules, out),
        RulesCommand::Show { name, json: false } => show(name, out),
    })?;
    Ok(Exit::Complete)
}

fn show(name: &NamedRules, out: &mut dyn Write) -> output::Printed {
    for rule in &name.rules {
        render::write_rule(rule, out)?;
    }
    Ok(())
}
