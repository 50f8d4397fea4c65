//! `backtrail verify`: verify the integrity of an archive by the digests of CloudTrail.

use std::error::Error;
use std::io;
use std::path::PathBuf;

use clap::{Args, ValueHint};

use super::exit::Exit;
use super::output::show;
use crate::audit::{Audit, Detail, Event, HourArguments, ProofArguments, ReadingArguments};
use crate::integrity::Verification;
use crate::plan::Plan;
use crate::render::console::print;
use crate::render::progress::ProgressBar;
use crate::render::table_file::TableFile;
use crate::render::verification as render;

/// The options of `backtrail verify`.
// Files follow --keys up to the next option, so the source comes first.
#[derive(Args, Debug)]
#[command(override_usage = "backtrail verify <SOURCE>... [OPTIONS]")]
pub(super) struct VerifyArguments {
    /// Folders of digests and log files, in the layout of S3, one folder for each bucket, or flat;
    /// `s3://BUCKET/PREFIX`
    #[arg(required = true, value_name = "SOURCE")]
    paths: Vec<PathBuf>,

    #[command(flatten)]
    proofs: ProofArguments,

    #[command(flatten)]
    hours: HourArguments,

    /// Print the metadata of the digests, one JSON object in each line, for --metadata, and verify
    /// nothing
    #[arg(long, conflicts_with_all = ["keys", "metadata", "json", "out"])]
    collect: bool,

    /// Print one JSON object
    #[arg(long)]
    json: bool,

    /// Write the grade of each object to this table: CSV, Parquet or JSON, by its extension
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    out: Option<TableFile>,

    /// Show no progress bar
    #[arg(short, long)]
    quiet: bool,

    #[command(flatten)]
    reading: ReadingArguments,
}

impl VerifyArguments {
    fn audit(&self, plan: Plan) -> Audit {
        let mut audit = Audit::new(plan, &self.paths);
        self.reading.apply(&mut audit);
        if ProgressBar::is_shown(self.quiet) {
            audit.detail = Detail::Size;
        }
        audit
    }

    fn show(&self, verification: &Verification) -> io::Result<()> {
        print(|out| match self.json {
            true => render::write_json(verification, out),
            false => render::write(verification, out),
        })
    }
}

/// Runs the command.
pub(super) fn run(arguments: &VerifyArguments) -> Result<Exit, Box<dyn Error>> {
    let options = arguments.proofs.options(arguments.hours.range());
    // Before the listing, so that a wrong file is known before the first object is read.
    let proofs = options.read()?;
    let audit = arguments.audit(options.plan()?);
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
    arguments.show(&verification)?;
    let exit = Exit::from_outcome(verification.outcome());
    // The program ends; giving back millions of texts would only keep its caller waiting.
    std::mem::forget(verification);
    Ok(exit)
}
