//! `backtrail backtest`: try out thresholds, periods and M of N on the past.

use std::error::Error;
use std::io;
use std::sync::Arc;

use super::command::command_line;
use super::exit::Exit;
use super::interruption::Interruption;
use super::output::show;
use crate::arguments::backtest::{BacktestArguments, BacktestOutputArguments};
use crate::language::Words;
use crate::ledger::{Ledger, Purpose};
use crate::plan::{Clock, Plan};
use crate::render::backtest::{PreparedTarget, write_backtests};
use crate::render::console::{print, warn};
use crate::render::progress::ProgressBar;
use crate::report::backtest::{Backtest, table};
use crate::table::format::json;

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
    print_backtests(output, &backtests)?;
    Ok(Exit::from_completeness(is_complete))
}

fn print_backtests(output: &BacktestOutputArguments, backtests: &[Backtest]) -> io::Result<()> {
    match (output.json, output.quiet) {
        (true, _) => print(|out| json::write_lines(&table(backtests), out)),
        (false, true) => Ok(()),
        (false, false) => print(|out| write_backtests(backtests, output.out.as_ref(), out)),
    }
}
