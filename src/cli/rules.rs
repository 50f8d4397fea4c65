//! `backtrail rules`: list and show the built-in rules.

use std::io;

use clap::{Args, Subcommand};

use super::exit::Exit;
use crate::audit::NamedRules;
use crate::render::console::print;
use crate::render::rules as render;

/// The options of `backtrail rules`.
#[derive(Args, Debug)]
pub(super) struct RulesArguments {
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
        #[arg(value_name = "NAME")]
        name: NamedRules,

        /// Print a JSON array with one object for each rule
        #[arg(long)]
        json: bool,
    },
}

/// Runs the command.
pub(super) fn run(arguments: &RulesArguments) -> io::Result<Exit> {
    print(|out| match &arguments.command {
        RulesCommand::List { json: true } => render::write_all_json(out),
        RulesCommand::List { json: false } => render::write_list(out),
        RulesCommand::Show { name, json: true } => render::write_json(&name.rules, out),
        RulesCommand::Show { name, json: false } => render::write_rules(&name.rules, out),
    })?;
    Ok(Exit::Complete)
}
