//! A replay beside a recorded history.

use std::error::Error;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use jiff::Timestamp;
use serde::Serialize;

use crate::alarm::replay::comparison::RecordedChange;
use crate::alarm::{Comparison, Difference, Transition};
use crate::text::printable;

const HEADING: Style = Style::new().bold();
const GOOD: Style = AnsiColor::Green.on_default();
const BAD: Style = AnsiColor::Yellow.on_default();

/// Writes a comparison for a person.
///
/// # Errors
///
/// When the bytes cannot be written.
pub fn write(alarm_name: &str, comparison: &Comparison, out: &mut dyn Write) -> io::Result<()> {
    let name = printable(alarm_name);
    let Some(score) = comparison.score() else {
        return writeln!(
            out,
            "{HEADING}{name}{HEADING:#}  no evaluation is recorded that changed its state"
        );
    };
    let style = if comparison.first_difference.is_none() {
        GOOD
    } else {
        BAD
    };
    writeln!(
        out,
        "{HEADING}{name}{HEADING:#}  score {style}{score:.2}{style:#}"
    )?;
    let seconds = comparison.evaluation_offset_milliseconds as f64 / 1000.0;
    writeln!(
        out,
        "  evaluated {seconds:.3} s after each step of the clock"
    )?;
    writeln!(out, "  changes that agree     {}", comparison.agreeing)?;
    writeln!(
        out,
        "    by the same datapoints {}",
        comparison.agreeing_in_datapoints
    )?;
    writeln!(out, "  only recorded          {}", comparison.only_recorded)?;
    writeln!(out, "  only replayed          {}", comparison.only_replayed)?;
    writeln!(out, "  set by hand            {}", comparison.set_by_hand)?;
    match &comparison.first_difference {
        Some(difference) => write_difference(difference, out),
        None => Ok(()),
    }
}

fn write_difference(difference: &Difference, out: &mut dyn Write) -> io::Result<()> {
    let difference = DifferenceLine::of(difference);
    writeln!(out, "  the first difference:")?;
    for (label, change) in [
        ("recorded", &difference.recorded),
        ("replayed", &difference.replayed),
    ] {
        match change {
            Some(change) => {
                writeln!(
                    out,
                    "    {label}  {}  {} -> {}",
                    change.time, change.old_state, change.new_state
                )?;
                for point in &change.evaluated {
                    let value = point
                        .value
                        .map_or_else(|| "missing".to_owned(), |value| format!("{value:?}"));
                    writeln!(out, "              {}  {value}", point.start)?;
                }
            }
            None => writeln!(out, "    {label}  nothing then")?,
        }
    }
    Ok(())
}

#[derive(Serialize)]
struct PointLine {
    start: Timestamp,
    value: Option<f64>,
}

#[derive(Serialize)]
struct ChangeLine {
    time: Timestamp,
    old_state: String,
    new_state: String,
    evaluated: Vec<PointLine>,
}

impl ChangeLine {
    fn of_recorded(change: &RecordedChange) -> Self {
        let evaluated = change.evaluated.iter().flatten();
        Self {
            time: change.time,
            old_state: change.old_state.to_string(),
            new_state: change.new_state.to_string(),
            evaluated: evaluated
                .map(|point| PointLine {
                    start: point.start,
                    value: point.value,
                })
                .collect(),
        }
    }

    fn of_replayed(transition: &Transition) -> Self {
        let verdict = &transition.verdict;
        let point = |slot: &crate::alarm::aws::reason::Evaluated| PointLine {
            start: slot.start,
            value: slot.datapoint.map(|point| point.value),
        };
        Self {
            time: verdict.time,
            old_state: transition.old_state.to_string(),
            new_state: verdict.state.to_string(),
            evaluated: verdict.evaluated.iter().map(point).collect(),
        }
    }
}

#[derive(Serialize)]
struct DifferenceLine {
    recorded: Option<ChangeLine>,
    replayed: Option<ChangeLine>,
}

impl DifferenceLine {
    fn of(difference: &Difference) -> Self {
        let (recorded, replayed) = match difference {
            Difference::OnlyRecorded(change) => (Some(change), None),
            Difference::OnlyReplayed(transition) => (None, Some(transition)),
            Difference::Datapoints(change, transition) => (Some(change), Some(transition)),
        };
        Self {
            recorded: recorded.map(ChangeLine::of_recorded),
            replayed: replayed.map(ChangeLine::of_replayed),
        }
    }
}

#[derive(Serialize)]
struct ComparisonLine<'a> {
    alarm: &'a str,
    score: Option<f64>,
    agreeing: usize,
    agreeing_in_datapoints: usize,
    only_recorded: usize,
    only_replayed: usize,
    set_by_hand: usize,
    evaluation_offset_milliseconds: i64,
    first_difference: Option<DifferenceLine>,
}

/// Writes a comparison as a line of JSON.
///
/// # Errors
///
/// When the bytes cannot be written.
pub fn write_json(
    alarm_name: &str,
    comparison: &Comparison,
    out: &mut dyn Write,
) -> Result<(), Box<dyn Error>> {
    let line = ComparisonLine {
        alarm: alarm_name,
        score: comparison.score(),
        agreeing: comparison.agreeing,
        agreeing_in_datapoints: comparison.agreeing_in_datapoints,
        only_recorded: comparison.only_recorded,
        only_replayed: comparison.only_replayed,
        set_by_hand: comparison.set_by_hand,
        evaluation_offset_milliseconds: comparison.evaluation_offset_milliseconds,
        first_difference: comparison.first_difference.as_ref().map(DifferenceLine::of),
    };
    serde_json::to_writer(&mut *out, &line)?;
    Ok(out.write_all(b"\n")?)
}
