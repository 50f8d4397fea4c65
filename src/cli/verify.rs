//! `backtrail verify`: verify the integrity of an archive by the digests of CloudTrail.

use std::error::Error;
use std::path::PathBuf;

use clap::Args;
use jiff::Timestamp;

use super::exit::Exit;
use super::output::show;
use crate::audit::{
    Audit, Detail, Event, LimitArguments, ProofArguments, S3Arguments, parse_threads,
};
use crate::render::console::print;
use crate::render::progress::ProgressBar;
use crate::render::table_file::TableFile;
use crate::render::verification as render;
use crate::time::parse_time;
use crate::time::period::TimeRange;

/// The options of `backtrail verify`.
#[derive(Args, Debug)]
pub(super) struct VerifyArguments {
    /// Folders of digests and log files, in the layout of S3, one folder for each bucket, or flat;
    /// `s3://BUCKET/PREFIX`
    #[arg(required = true, value_name = "SOURCE")]
    paths: Vec<PathBuf>,

    #[command(flatten)]
    proofs: ProofArguments,

    /// Only verify digests whose hours touch the time from here on: RFC 3339, or a date in UTC
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    from: Option<Timestamp>,

    /// Only verify digests whose hours touch the time up to here, this moment included
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    to: Option<Timestamp>,

    /// Print the metadata of the digests, one JSON object in each line, for --metadata, and verify
    /// nothing
    #[arg(long, conflicts_with_all = ["keys", "metadata", "json", "out"])]
    collect: bool,

    /// Print one JSON object
    #[arg(long)]
    json: bool,

    /// Write the grade of each object to this table: CSV, Parquet or JSON, by its extension
    #[arg(long, value_name = "FILE")]
    out: Option<TableFile>,

    /// Show no progress bar
    #[arg(short, long)]
    quiet: bool,

    /// Number of worker threads [default: one for each core]
    #[arg(long, value_name = "NUMBER", value_parser = parse_threads)]
    threads: Option<usize>,

    #[command(flatten)]
    limits: LimitArguments,

    #[command(flatten)]
    s3: S3Arguments,
}

/// Runs the command.
pub(super) fn run(arguments: &VerifyArguments) -> Result<Exit, Box<dyn Error>> {
    let options = arguments.proofs.options(TimeRange {
        start: arguments.from,
        end: arguments.to,
    });
    // Before the listing, so that a wrong file is known before the first object is read.
    let proofs = options.read()?;
    let mut audit = Audit::new(options.plan()?, &arguments.paths);
    audit.limits = arguments.limits.limits();
    audit.threads = arguments.threads;
    audit.s3 = arguments.s3.options();
    if ProgressBar::is_shown(arguments.quiet) {
        audit.detail = Detail::Size;
    }
    let archive = audit.list()?;
    let bar = ProgressBar::new(arguments.quiet);
    let progress = |event: Event<'_>| show(event, &bar, arguments.quiet);
    if arguments.collect {
        let manifest = archive.collect_metadata(&progress)?;
        print(|out| render::write_manifest(&manifest, out))?;
        return Ok(Exit::Complete);
    }
    let verification = archive.verify(proofs, &progress)?;
    if let Some(file) = &arguments.out {
        file.write(verification.table())?;
    }
    print(|out| match arguments.json {
        true => render::write_json(&verification, out),
        false => render::write(&verification, out),
    })?;
    Ok(Exit::from_outcome(verification.outcome()))
}
