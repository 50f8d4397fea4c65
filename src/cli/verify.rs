//! `backtrail verify`: verify the integrity of an archive by the digests of CloudTrail.

use std::error::Error;

use clap::Args;

use super::exit::Exit;
use super::output::show;
use crate::audit::{Detail, Event, VerifyArguments};
use crate::render::console::print;
use crate::render::progress::ProgressBar;
use crate::render::table_file::TableFile;
use crate::render::verification as render;

/// The options of `backtrail verify`.
#[derive(Args, Debug)]
pub(super) struct VerifyCommand {
    #[command(flatten)]
    archive: VerifyArguments,

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
}

/// Runs the command.
pub(super) fn run(arguments: &VerifyCommand) -> Result<Exit, Box<dyn Error>> {
    // Before the listing, so that a wrong file is known before the first object is read.
    let (mut audit, proofs) = arguments.archive.audit()?;
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
