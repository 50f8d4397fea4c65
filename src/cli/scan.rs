//! `backtrail scan`: scan shards of a plan, each into a part.

use std::error::Error;
use std::io;
use std::path::Path;

use super::exit::Exit;
use super::output::{end_of_shards, report_failure};
use crate::arguments::scan::ScanArguments;
use crate::audit::{AuditError, PartsPlace, ShardError, ShardScanner, TaskShards};
use crate::render::console::print;

/// Runs the command. A shard that fails for the moment does not keep others from being scanned.
pub(super) fn run(arguments: &ScanArguments, is_verbose: bool) -> Result<Exit, Box<dyn Error>> {
    let shards = arguments.shard.shards(arguments.of)?;
    let scanned = try_run(arguments, shards, is_verbose);
    scanned.or_else(|failure| end_of_shards(failure, is_verbose))
}

fn try_run(
    arguments: &ScanArguments,
    shards: TaskShards,
    is_verbose: bool,
) -> Result<Exit, AuditError> {
    let scanner = ShardScanner::open(&arguments.plan, arguments.options())?;
    let place = scanner.parts_place(&arguments.out)?;
    let mut run = ShardRun {
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
struct ShardRun<'a> {
    scanner: &'a ShardScanner,
    place: &'a PartsPlace,
    exit: Exit,
    is_verbose: bool,
}

impl ShardRun<'_> {
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
