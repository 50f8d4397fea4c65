//! `backtrail backtest`: try out thresholds, periods and M of N on the past.

use std::error::Error;
use std::io;
use std::path::PathBuf;

use clap::Args;

use super::archive::{ArchiveArguments, ReadArguments};
use super::exit::Exit;
use super::output::show;
use super::rule_arguments::RuleArguments;
use crate::alarm::definition::configuration::TreatMissingData;
use crate::audit::Sweep;
use crate::job::read_incidents;
use crate::ledger::{Ledger, Purpose};
use crate::metric::Statistic;
use crate::metric::period::parse_period_seconds;
use crate::plan::sweep::{MOutOfN, Thresholds};
use crate::plan::{Clock, Plan};
use crate::render::backtest as render;
use crate::render::console::{print, warn};
use crate::render::progress::ProgressBar;
use crate::render::table_file::TableFile;
use crate::report::backtest::Backtest;
use crate::table::format::json;
use crate::time::parse_duration_seconds;

/// The options of `backtrail backtest`.
#[derive(Args, Debug)]
pub(super) struct BacktestArguments {
    #[command(flatten)]
    archive: ArchiveArguments,

    #[command(flatten)]
    rules: RuleArguments,

    #[command(flatten)]
    sweep: SweepArguments,

    #[command(flatten)]
    output: OutputArguments,

    #[command(flatten)]
    read: ReadArguments,
}

/// The alarms to try.
#[derive(Args, Debug)]
#[command(next_help_heading = "Alarm")]
struct SweepArguments {
    /// Thresholds: numbers, and ranges such as 1..20 or 0..100..5, both ends included
    #[arg(long, value_name = "NUMBERS", default_value = "1..10")]
    #[arg(allow_negative_numbers = true)]
    threshold: Thresholds,

    /// Periods, in seconds
    #[arg(long, value_name = "SECONDS", default_value = "60,300,900")]
    #[arg(value_delimiter = ',', value_parser = parse_period_seconds)]
    period: Vec<u32>,

    /// M of N datapoints, as M/N
    #[arg(long, value_name = "M/N", default_value = "1/1")]
    #[arg(value_delimiter = ',')]
    datapoints: Vec<MOutOfN>,

    /// Statistics: Sum, SampleCount, Maximum, p90, …
    #[arg(long, value_name = "STATISTIC", default_value = "Sum")]
    #[arg(value_delimiter = ',')]
    statistic: Vec<Statistic>,

    /// Treatments of missing data: missing, ignore, breaching, notBreaching [default: that of the
    /// rule]
    #[arg(long, value_name = "TREATMENT", value_delimiter = ',')]
    treat_missing_data: Vec<TreatMissingData>,

    /// Clocks: event, delivery, shift=5m, log
    #[arg(long, value_name = "CLOCK", default_value = "event")]
    #[arg(value_delimiter = ',')]
    clock: Vec<Clock>,

    /// Pause between two attempts after which a new burst begins
    #[arg(long, value_name = "DURATION", default_value = "1h")]
    #[arg(value_parser = parse_duration_seconds)]
    pause: i64,

    /// Known incidents to judge the alarms by, as CSV with the columns start and end
    #[arg(long, value_name = "FILE")]
    known: Option<PathBuf>,
}

/// The output.
#[derive(Args, Debug)]
#[command(next_help_heading = "Output")]
struct OutputArguments {
    /// Write the table to this file; its extension, .csv, .parquet or .json, is its format
    #[arg(long, value_name = "FILE")]
    out: Option<TableFile>,

    /// Print one JSON object for each combination
    #[arg(long)]
    json: bool,

    /// Show no progress bar, and no table unless --json requests it
    #[arg(short, long)]
    quiet: bool,
}

/// Runs the command.
pub(super) fn run(arguments: &BacktestArguments) -> Result<Exit, Box<dyn Error>> {
    let BacktestArguments { output, read, .. } = arguments;
    let recorded = read.recorded(&arguments.archive)?;
    let scope = recorded.as_ref().map(Ledger::scope);
    let sweep = arguments.sweep.sweep()?;
    let request = arguments.rules.request();
    let job = sweep.widened(request.only_job(scope, &warn)?)?;
    // The sweep has clocks of its own; records are selected by the time of their events.
    let selection = arguments.archive.selection(Clock::Event, scope);
    let plan = Plan::new(vec![job], selection)?;
    if !output.quiet {
        warn(&request.pattern_warnings());
    }
    let mut audit = read.audit(plan, &arguments.archive, Purpose::Samples);
    audit.detail = ProgressBar::detail(output.quiet);
    let bar = ProgressBar::new(output.quiet);
    let scanned = audit
        .list()?
        .scan(&|event| show(event, &bar, output.quiet))?;
    let is_complete = scanned.is_complete();
    let result = scanned.sweep(&sweep)?;
    if let Some(file) = &output.out {
        file.write(result.table())?;
    }
    output.print(&result)?;
    Ok(Exit::from_completeness(is_complete))
}

impl SweepArguments {
    fn sweep(&self) -> Result<Sweep, Box<dyn Error>> {
        Ok(Sweep {
            thresholds: self.threshold.values.clone(),
            period_seconds: self.period.clone(),
            datapoints: self.datapoints.clone(),
            statistics: self.statistic.clone(),
            treatments: self.treat_missing_data.clone(),
            clocks: self.clock.clone(),
            pause_seconds: self.pause,
            incidents: self.known.as_deref().map(read_incidents).transpose()?,
        })
    }
}

impl OutputArguments {
    fn print(&self, result: &Backtest) -> io::Result<()> {
        match (self.json, self.quiet) {
            (true, _) => print(|out| json::write_lines(&result.table(), out)),
            (false, true) => Ok(()),
            (false, false) => print(|out| render::write_backtest(result, out)),
        }
    }
}
