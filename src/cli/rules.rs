//! `backtrail rules`: list and show the built-in rules.

use std::io;

use super::exit::Exit;
use crate::arguments::rules::RulesCommand;
use crate::render::console::print;
use crate::render::rules as render;

/// Runs the command.
pub(super) fn run(command: &RulesCommand) -> io::Result<Exit> {
    print(|out| match command {
        RulesCommand::List { json: true } => render::write_all_json(out),
        RulesCommand::List { json: false } => render::write_list(out),
        RulesCommand::Show { name, json: true } => render::write_json(&name.rules, out),
        RulesCommand::Show { name, json: false } => render::write_rules(&name.rules, out),
    })?;
    Ok(Exit::Complete)
}
