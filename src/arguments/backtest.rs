//! The arguments of `backtrail backtest`.

use std::path::Path;

use clap::builder::{NonEmptyStringValueParser, TypedValueParser};
use clap::{Args, ValueHint};

use super::groups::archive::{ArchiveArguments, ReadArguments};
use super::groups::rules::RuleArguments;
use super::groups::sweep::SweepArguments;
use super::values::local_folder::{FolderUse, NotLocal};
use crate::language::Language;
use crate::render::backtest::BacktestTarget;

/// The options of `backtrail backtest`.
#[derive(Args, Debug)]
pub(crate) struct BacktestArguments {
    #[command(flatten)]
    pub(crate) archive: ArchiveArguments,

    #[command(flatten)]
    pub(crate) rules: RuleArguments,

    #[command(flatten)]
    pub(crate) sweep: SweepArguments,

    #[command(flatten)]
    pub(crate) output: BacktestOutputArguments,

    #[command(flatten)]
    pub(crate) read: ReadArguments,
}

/// The output.
#[derive(Args, Debug)]
#[command(next_help_heading = "Output")]
pub(crate) struct BacktestOutputArguments {
    /// Write the table to this file; its extension, .csv, .parquet or .json, is its format. A name
    /// without an extension is a folder for the table in all formats, with a page of charts
    #[arg(long, value_name = "FILE|DIR", value_parser = target_parser())]
    #[arg(value_hint = ValueHint::AnyPath)]
    pub(crate) out: Option<BacktestTarget>,

    /// Print one JSON object for each combination
    #[arg(long)]
    pub(crate) json: bool,

    /// Show no progress bar, and no table unless --json requests it
    #[arg(short, long)]
    pub(crate) quiet: bool,

    /// Language of the page in the folder; the table in the terminal is in English
    #[arg(long, value_name = "LANGUAGE", value_enum, default_value_t = Language::English)]
    pub(crate) lang: Language,
}

fn target_parser() -> impl TypedValueParser<Value = BacktestTarget> {
    NonEmptyStringValueParser::new()
        .try_map(local)
        .try_map(|name| name.parse::<BacktestTarget>())
}

/// Returns a name, unless it is an address in S3.
fn local(name: String) -> Result<String, NotLocal> {
    FolderUse::Write.check(Path::new(&name))?;
    Ok(name)
}
