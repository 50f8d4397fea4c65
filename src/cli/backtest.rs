//! `backtrail backtest`: try out thresholds, periods and M of N on the past.

use std::error::Error;
use std::io;
use std::path::Path;
use std::sync::Arc;

use clap::builder::{NonEmptyStringValueParser, TypedValueParser};
use clap::{Args, ValueHint};

use super::archive::{ArchiveArguments, ReadArguments};
use super::command::command_line;
use super::exit::Exit;
use super::interruption::Interruption;
use super::local_folder::{FolderUse, NotLocal};
use super::output::show;
use crate::audit::{RuleArguments, SweepOptions};
use crate::language::{Language, Words};
use crate::ledger::{Ledger, Purpose};
use crate::plan::{Clock, Plan};
use crate::render::backtest::{BacktestTarget, PreparedTarget, write_backtests};
use crate::render::console::{print, warn};
use crate::render::progress::ProgressBar;
use crate::report::backtest::{Backtest, table};
use crate::table::format::json;

/// The options of `backtrail backtest`.
#[derive(Args, Debug)]
pub(super) struct BacktestArguments {
    #[command(flatten)]
    archive: ArchiveArguments,

    #[command(flatten)]
    rules: RuleArguments,

    #[command(flatten)]
    sweep: SweepOptions,

    #[command(flatten)]
    output: OutputArguments,

    #[command(flatten)]
    read: ReadArguments,
}

/// The output.
#[derive(Args, Debug)]
#[command(next_help_heading = "Output")]
struct OutputArguments {
    /// Write the table to this file; its extension, .csv, .parquet or .json, is its format. A name
    /// without an extension is a folder for the table in all formats, with a page of charts
    #[arg(long, value_name = "FILE|DIR", value_parser = target_parser())]
    #[arg(value_hint = ValueHint::AnyPath)]
    out: Option<BacktestTarget>,

    /// Print one JSON object for each combination
    #[arg(long)]
    json: bool,

    /// Show no progress bar, and no table unless --json requests it
    #[arg(short, long)]
    quiet: bool,

    /// Language of the page in the folder; the table in the terminal is in English
    #[arg(long, value_name = "LANGUAGE", value_enum, default_value_t = Language::English)]
    lang: Language,
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

/// Runs the command.
pub(super) fn run(arguments: &BacktestArguments) -> Result<Exit, Box<dyn Error>> {
    let BacktestArguments { output, read, .. } = arguments;
    let recorded = read.recorded(&arguments.archive)?;
    let scope = recorded.as_ref().map(Ledger::scope);
    let sweep = arguments.sweep.sweep()?;
    let request = arguments.rules.request();
    let jobs = sweep.widened(request.jobs(scope, &warn)?)?;
    // The sweep has clocks of its own; records are selected by the time of their events.
    let selection = arguments.archive.selection.selection(Clock::Event, scope);
    let plan = Plan::new(jobs, selection)?;
    if !output.quiet {
        warn(&request.pattern_warnings());
    }
    let mut audit = read.audit(plan, &arguments.archive, Purpose::Samples);
    audit.detail = ProgressBar::detail(output.quiet);
    let bar = Arc::new(ProgressBar::new(output.quiet));
    let interruption = Interruption::new(&bar, &audit);
    // Before the scan, so that nothing can fail after it.
    let target = output.out.as_ref();
    let target = target.map(|target| target.prepare(command_line()));
    let target = target.transpose()?;
    interruption.remove_when_empty(target.as_ref().and_then(PreparedTarget::folder));
    interruption.handle();
    let archive = audit.list()?;
    let scanned = archive.scan(&|event| show(event, &bar, output.quiet))?;
    let is_complete = scanned.is_complete();
    let backtests = scanned.sweep(&sweep, &request)?;
    if let Some(target) = target {
        target.write(&backtests, &Words::new(output.lang))?;
    }
    output.print(&backtests)?;
    Ok(Exit::from_completeness(is_complete))
}

impl OutputArguments {
    fn print(&self, backtests: &[Backtest]) -> io::Result<()> {
        match (self.json, self.quiet) {
            (true, _) => print(|out| json::write_lines(&table(backtests), out)),
            (false, true) => Ok(()),
            (false, false) => print(|out| write_backtests(backtests, self.out.as_ref(), out)),
        }
    }
}
