//! The result of a back-test for a person.

use std::io::{self, Write};

use super::grid::Grid;
use super::style::{HEADING, QUIET};
use crate::report::backtest::{Backtest, Row};

/// How many combinations are printed; a file holds all.
const ROW_LIMIT: usize = 60;

/// Writes the combinations as a table.
///
/// # Errors
///
/// When the bytes cannot be written.
pub fn write_backtest(result: &Backtest, out: &mut dyn Write) -> io::Result<()> {
    let Backtest {
        attempts,
        bursts,
        rows,
        ..
    } = result;
    writeln!(
        out,
        "{HEADING}Back-test{HEADING:#}  {} combinations over {attempts} attempts in {bursts} bursts\n",
        rows.len()
    )?;
    let mut header = vec![
        "alarm",
        "clock",
        "episodes",
        "min in ALARM",
        "longest, min",
        "to alarm, s",
        "bursts missed",
        "not covered",
    ];
    header.extend(result.has_incidents.then_some("hits/misses/false"));
    let mut grid = Grid::new(header);
    for row in rows.iter().take(ROW_LIMIT) {
        grid.add(cells(row, result.has_incidents));
    }
    grid.write("", out)?;
    if let Some(hidden) = rows
        .len()
        .checked_sub(ROW_LIMIT)
        .filter(|hidden| *hidden > 0)
    {
        writeln!(
            out,
            "  {QUIET}… and {hidden} more; --out FILE writes all of them{QUIET:#}"
        )?;
    }
    Ok(())
}

fn cells(row: &Row, has_incidents: bool) -> Vec<String> {
    let (alarm, found) = (&row.alarm, &row.performance);
    let shape = format!(
        "{} {} {}, {}/{} of {} s, {}",
        alarm
            .watched
            .statistic()
            .map(|statistic| statistic.to_string())
            .unwrap_or_default(),
        alarm.comparison_operator.sign(),
        alarm.threshold,
        alarm.datapoints_needed(),
        alarm.evaluation_periods,
        alarm.period_seconds,
        alarm.treat_missing_data,
    );
    let minutes = |seconds: i64| format!("{:.0}", seconds as f64 / 60.0);
    let mut cells = vec![
        shape,
        row.clock.clone(),
        found.episodes.to_string(),
        minutes(found.seconds_in_alarm),
        minutes(found.longest_seconds),
        found
            .median_delay_seconds
            .map_or_else(|| "-".to_owned(), |seconds| seconds.to_string()),
        found.bursts_missed.to_string(),
        found.attempts_not_covered.to_string(),
    ];
    cells.extend(
        has_incidents.then(|| format!("{}/{}/{}", found.hits, found.misses, found.false_alarms)),
    );
    cells
}
