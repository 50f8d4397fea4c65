//! `backtrail merge`: merge the parts of a plan into a ledger.

use std::error::Error;
use std::io;

use super::exit::Exit;
use super::output::end_of_shards;
use crate::arguments::merge::MergeArguments;
use crate::audit::{MergeOutcome, UnprovenPart, merge_shards};
use crate::render::console::{error, print};

/// Runs the command.
pub(super) fn run(arguments: &MergeArguments, is_verbose: bool) -> Result<Exit, Box<dyn Error>> {
    match merge_shards(&arguments.merge()) {
        Ok(MergeOutcome::Complete) => Ok(Exit::Complete),
        Ok(MergeOutcome::Incomplete(unproven)) => {
            print_unproven(&unproven)?;
            Ok(Exit::Incomplete)
        }
        Err(failure) => end_of_shards(failure, is_verbose),
    }
}

/// Prints the shards whose parts are missing or damaged.
fn print_unproven(unproven: &[UnprovenPart]) -> Result<(), Box<dyn Error>> {
    let text = serde_json::to_string_pretty(unproven)?;
    print::<io::Error>(|out| writeln!(out, "{text}"))?;
    let failure = match unproven.len() {
        1 => "the part of 1 shard is missing or damaged: scan this shard".to_owned(),
        count => format!("the parts of {count} shards are missing or damaged: scan these shards"),
    };
    error(&format!("{failure}, and merge again"));
    Ok(())
}
