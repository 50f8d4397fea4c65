//! `backtrail merge`: merge the parts of a plan into a ledger.

use std::error::Error;
use std::io;
use std::path::PathBuf;

use clap::Args;

use super::exit::Exit;
use super::local_folder::{FolderUse, local_folder};
use super::output::end_of_shards;
use crate::audit::{ConnectionArguments, MergeOutcome, ShardMerge, UnprovenPart, merge_shards};
use crate::render::console::{error, print};

/// The options of `backtrail merge`.
#[derive(Args, Debug)]
pub(super) struct MergeArguments {
    /// Folder of the plan, which `backtrail plan` writes, or its copy at `s3://BUCKET/PREFIX`
    #[arg(long, value_name = "PLAN")]
    plan: PathBuf,

    /// Folder of the parts, which `backtrail scan` writes, or `s3://BUCKET/PREFIX`
    #[arg(long, value_name = "DIR")]
    parts: PathBuf,

    /// Ledger whose objects the plan leaves out; it stays as it is
    #[arg(long, value_name = "DIR", value_parser = local_folder(FolderUse::Read))]
    base: Option<PathBuf>,

    /// Folder of the new ledger
    #[arg(long, value_name = "DIR", value_parser = local_folder(FolderUse::Write))]
    out: PathBuf,

    #[command(flatten)]
    connection: ConnectionArguments,
}

/// Runs the command.
pub(super) fn run(arguments: &MergeArguments, is_verbose: bool) -> Result<Exit, Box<dyn Error>> {
    let mut merge = ShardMerge::default();
    merge.plan.clone_from(&arguments.plan);
    merge.parts.clone_from(&arguments.parts);
    merge.base.clone_from(&arguments.base);
    merge.out.clone_from(&arguments.out);
    merge.s3 = arguments.connection.options();
    match merge_shards(&merge) {
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
