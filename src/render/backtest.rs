//! The result of a back-test for a person.

use std::io::{self, Write};

use super::grid::Grid;
use super::style::{HEADING, QUIET};
use crate::report::backtest::{Backtest, Combination};

/// The number of combinations that are printed; a file has all of them.
const ROW_LIMIT: usize = 60;

const COLUMNS: [&str; 8] = [
    "alarm",
    "clock",
    "episodes",
    "min in ALARM",
    "longest, min",
    "to alarm, s",
    "bursts missed",
    "not covered",
];

/// Writes the combinations as a table.
///
/// # Errors
///
/// Returns an error if the bytes cannot be written.
pub fn write_backtest(result: &Backtest, out: &mut dyn Write) -> io::Result<()> {
    let count = result.combinations.len();
    writeln!(
        out,
        "{HEADING}Back-test{HEADING:#}  {count} combinations over {} attempts in {} bursts\n",
        result.attempts, result.bursts
    )?;
    grid(result).write("", out)?;
    let hidden = count.saturating_sub(ROW_LIMIT);
    if hidden > 0 {
        writeln!(
            out,
            "  {QUIET}… and {hidden} more; --out FILE writes all of them{QUIET:#}"
        )?;
    }
    Ok(())
}

fn grid(result: &Backtest) -> Grid {
    let mut header = COLUMNS.to_vec();
    if result.has_incidents {
        header.push("hits/misses/false");
    }
    let mut grid = Grid::new(header);
    for combination in result.combinations.iter().take(ROW_LIMIT) {
        let mut cells = cells(combination);
        if result.has_incidents {
            cells.push(verdict(combination));
        }
        grid.add(cells);
    }
    grid
}

fn cells(combination: &Combination) -> Vec<String> {
    let performance = &combination.performance;
    let delay = performance.median_delay_seconds;
    vec![
        alarm(combination),
        combination.clock.clone(),
        performance.episodes.to_string(),
        minutes(performance.seconds_in_alarm),
        minutes(performance.longest_seconds),
        delay.map_or_else(|| "-".to_owned(), |seconds| seconds.to_string()),
        performance.bursts_missed.to_string(),
        performance.attempts_not_covered.to_string(),
    ]
}

fn alarm(combination: &Combination) -> String {
    let alarm = &combination.alarm;
    format!(
        "{} {} {}, {}/{} of {} s, {}",
        combination.statistic(),
        alarm.comparison_operator.sign(),
        alarm.threshold,
        alarm.datapoints_needed(),
        alarm.evaluation_periods,
        alarm.period_seconds,
        alarm.treat_missing_data,
    )
}

fn minutes(seconds: i64) -> String {
    format!("{:.0}", seconds as f64 / 60.0)
}

fn verdict(combination: &Combination) -> String {
    let performance = &combination.performance;
    format!(
        "{}/{}/{}",
        performance.hits, performance.misses, performance.false_alarms
    )
}
