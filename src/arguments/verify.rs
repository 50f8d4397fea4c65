//! The arguments of `backtrail verify`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use super::groups::proofs::{HourArguments, ProofArguments};
use super::groups::reading::ReadingArguments;
use crate::render::table_file::TableFile;

/// The options of `backtrail verify`.
// Files follow --keys up to the next option, so the source comes first.
#[derive(Args, Debug)]
#[command(override_usage = "backtrail verify <SOURCE>... [OPTIONS]")]
pub(crate) struct VerifyArguments {
    /// Folders of digests and log files, in the layout of S3, one folder for each bucket, or flat;
    /// `s3://BUCKET/PREFIX`
    #[arg(required = true, value_name = "SOURCE")]
    pub(crate) paths: Vec<PathBuf>,

    #[command(flatten)]
    pub(crate) proofs: ProofArguments,

    #[command(flatten)]
    pub(crate) hours: HourArguments,

    /// Print the metadata of the digests, one JSON object in each line, for --metadata, and verify
    /// nothing
    #[arg(long, conflicts_with_all = ["keys", "metadata", "json", "out"])]
    pub(crate) collect: bool,

    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,

    /// Write the grade of each object to this table: CSV, Parquet or JSON, by its extension
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) out: Option<TableFile>,

    /// Show no progress bar
    #[arg(short, long)]
    pub(crate) quiet: bool,

    #[command(flatten)]
    pub(crate) reading: ReadingArguments,
}
