//! The results of back-tests for a person.

mod advice;
mod groups;
mod target;

use std::io::{self, Write};

use super::quantity::counted;
use super::style::{HEADING, QUIET};
use super::wrap::wrapped;
use crate::report::backtest::{Backtest, SharedSettings};
use crate::text::printable;
use advice::write_advice;
use groups::{GROUP_LIMIT, GroupGrid};
pub use target::BacktestTarget;
pub(crate) use target::PreparedTarget;

/// The number of columns that everything fits into.
const WIDTH: usize = 80;

/// Writes the back-test of each rule: its best alarms, the recommendation, and the command that
/// exports it.
///
/// # Errors
///
/// Returns an error if the bytes cannot be written.
pub fn write_backtests(
    backtests: &[Backtest],
    file: Option<&BacktestTarget>,
    out: &mut dyn Write,
) -> io::Result<()> {
    for (number, backtest) in backtests.iter().enumerate() {
        if number > 0 {
            writeln!(out)?;
        }
        if backtests.len() > 1 {
            let rule = printable(&backtest.rule);
            writeln!(out, "{HEADING}Rule{HEADING:#}  {rule}\n")?;
        }
        write_backtest(backtest, file, out)?;
    }
    Ok(())
}

fn write_backtest(
    backtest: &Backtest,
    file: Option<&BacktestTarget>,
    out: &mut dyn Write,
) -> io::Result<()> {
    write_heading(backtest, out)?;
    write_groups(backtest, file, out)?;
    write_advice(backtest, out)
}

fn write_heading(backtest: &Backtest, out: &mut dyn Write) -> io::Result<()> {
    let count = backtest.combinations.len();
    let combinations = counted(count as u64, "combination");
    let attempts = backtest.attempts;
    let noun = backtest.subject.noun(attempts);
    let bursts = counted(backtest.bursts, "burst");
    writeln!(
        out,
        "{HEADING}Back-test{HEADING:#}  {combinations} over {attempts} {noun} in \
         {bursts}"
    )?;
    let shared = shared_words(&backtest.shared_settings());
    if count == 0 || shared.is_empty() {
        return writeln!(out);
    }
    writeln!(out, "All alarms: {shared}\n")
}

/// Returns the settings that all alarms share, in words.
fn shared_words(shared: &SharedSettings) -> String {
    let mut words = Vec::new();
    match shared.statistic.as_deref() {
        None => {}
        Some("") => words.push("metric math".to_owned()),
        Some(statistic) => words.push(statistic.to_owned()),
    }
    if let Some(treatment) = &shared.treat_missing_data {
        words.push(format!("missing data: {treatment}"));
    }
    if let Some(clock) = &shared.clock {
        words.push(format!("clock: {clock}"));
    }
    words.join(", ")
}

fn write_groups(
    backtest: &Backtest,
    file: Option<&BacktestTarget>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let groups = backtest.groups();
    if groups.is_empty() {
        return Ok(());
    }
    let mut grid = GroupGrid::new(backtest);
    grid.add_all(&groups);
    grid.write(out)?;
    if groups.len() > GROUP_LIMIT {
        write_quietly(&place_of_all(file), out)?;
    }
    write_legend(backtest, grid.is_any_restless(), out)
}

fn place_of_all(file: Option<&BacktestTarget>) -> String {
    match file {
        Some(file) => format!("{file} has all combinations."),
        None => "--json prints all combinations, and --out FILE writes them.".to_owned(),
    }
}

fn write_legend(backtest: &Backtest, is_any_restless: bool, out: &mut dyn Write) -> io::Result<()> {
    write_quietly(&legend(backtest), out)?;
    match is_any_restless {
        true => write_quietly(&restless_note(backtest), out),
        false => Ok(()),
    }
}

fn legend(backtest: &Backtest) -> String {
    let (what, noise) = match backtest.incidents {
        Some(_) => ("incident", "outside of every incident"),
        None => ("burst", "without a burst"),
    };
    let start = match backtest.incidents {
        Some(_) => "the start of an incident".to_owned(),
        None => format!("the first {} of a burst", backtest.subject.noun(1)),
    };
    format!(
        "missed: {what}s without a notification; noise: episodes {noise}; delay: median from \
         {start} to the notification; alike: alarms with equal results"
    )
}

fn restless_note(backtest: &Backtest) -> String {
    let order = match is_rising(backtest) {
        true => "lower",
        false => "higher",
    };
    format!(
        "(*) has more episodes than a {order} threshold: it leaves ALARM sooner, and goes off \
         again as the windows slide"
    )
}

fn is_rising(backtest: &Backtest) -> bool {
    let row = backtest.combinations.first();
    row.is_none_or(|row| row.alarm.comparison_operator.is_rising())
}

// A space before each line sets it apart from the table.
fn write_quietly(text: &str, out: &mut dyn Write) -> io::Result<()> {
    for line in wrapped(text, WIDTH - 1) {
        writeln!(out, " {QUIET}{line}{QUIET:#}")?;
    }
    Ok(())
}

fn write_lines(lines: &[String], out: &mut dyn Write) -> io::Result<()> {
    lines.iter().try_for_each(|line| writeln!(out, "{line}"))
}
