//! `backtrail scan`: scan shards of a plan, each into a part.

use std::error::Error;
use std::io;
use std::path::{Path, PathBuf};

use clap::{Args, value_parser};

use super::exit::Exit;
use super::output::{end_of_shards, report_failure};
use crate::audit::{
    AuditError, ConnectionArguments, PartsPlace, ShardChoice, ShardError, ShardScanOptions,
    ShardScanner, TaskShards, parse_threads,
};
use crate::render::console::print;

/// The options of `backtrail scan`.
#[derive(Args, Debug)]
pub(super) struct ScanArguments {
    /// Folder of the plan, which `backtrail plan` writes, or its copy at `s3://BUCKET/PREFIX`
    #[arg(long, value_name = "PLAN")]
    plan: PathBuf,

    /// Shard to scan: its number, counted from 0, or its id; `-` for those on standard input, one
    /// in each line; `auto` for the index of this task in an array of AWS Batch, Kubernetes, SLURM
    /// or Cloud Run
    #[arg(long, value_name = "SHARD")]
    shard: ShardChoice,

    /// Number of tasks that share the shards: task N scans the shards N, N + TASKS and so on
    #[arg(long, value_name = "TASKS", value_parser = value_parser!(u32).range(1..))]
    of: Option<u32>,

    /// Folder of the parts, which all tasks may share, or `s3://BUCKET/PREFIX`
    #[arg(long, value_name = "DIR")]
    out: PathBuf,

    /// Record objects that their source did not deliver, rather than end with exit code 75 without
    /// a part
    #[arg(long)]
    give_up: bool,

    /// Number of worker threads [default: one for each core]
    #[arg(long, value_name = "NUMBER", value_parser = parse_threads)]
    threads: Option<usize>,

    #[command(flatten)]
    connection: ConnectionArguments,
}

/// Runs the command. A shard that fails for the moment does not keep others from being scanned.
pub(super) fn run(arguments: &ScanArguments, is_verbose: bool) -> Result<Exit, Box<dyn Error>> {
    let mut options = ShardScanOptions::default();
    options.threads = arguments.threads;
    options.s3 = arguments.connection.options();
    options.gives_up = arguments.give_up;
    let shards = arguments.shard.shards(arguments.of)?;
    let scanned = try_run(arguments, options, shards, is_verbose);
    scanned.or_else(|failure| end_of_shards(failure, is_verbose))
}

fn try_run(
    arguments: &ScanArguments,
    options: ShardScanOptions,
    shards: TaskShards,
    is_verbose: bool,
) -> Result<Exit, AuditError> {
    let scanner = ShardScanner::open(&arguments.plan, options)?;
    let place = scanner.parts_place(&arguments.out)?;
    let mut run = Run {
        scanner: &scanner,
        place: &place,
        exit: Exit::Complete,
        is_verbose,
    };
    for name in shards.names(scanner.plan().shards.len()) {
        run.scan(&name?)?;
    }
    Ok(run.exit)
}

/// The scan of one shard after the other.
struct Run<'a> {
    scanner: &'a ShardScanner,
    place: &'a PartsPlace,
    exit: Exit,
    is_verbose: bool,
}

impl Run<'_> {
    /// Scans a shard, and prints a line about its part. A failure for the moment is reported.
    fn scan(&mut self, name: &str) -> Result<(), ShardError> {
        let shard = self.scanner.plan().shard(name)?;
        let (part, found) = match self.scanner.scan(shard, self.place) {
            Ok(scanned) => scanned,
            Err(failure) if failure.is_transient() => {
                report_failure(&failure, self.is_verbose);
                self.exit = Exit::TryAgain;
                return Ok(());
            }
            Err(failure) => return Err(failure),
        };
        let line = serde_json::to_string(&part.line(shard, found));
        let line = line.map_err(|error| unprinted(error.into()))?;
        let printed = print::<io::Error>(|out| writeln!(out, "{line}"));
        printed.map_err(unprinted)
    }
}

fn unprinted(error: io::Error) -> ShardError {
    ShardError::io(Path::new("standard output"), error)
}
