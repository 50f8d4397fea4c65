//! A replay compared with a recorded history, as text and JSON.

use std::io::{self, Write};

use anstyle::Style;
use jiff::Timestamp;
use serde::Serialize;

use crate::alarm::replay::comparison::{RecordedChange, RecordedDatapoint};
use crate::alarm::{Change, Difference, HistoryComparison};
use crate::render::alarm::{SlotLine, heading, slots};
use crate::render::json::write_line;
use crate::render::style::{GOOD, UNSURE};

/// Writes a comparison as text.
///
/// # Errors
///
/// Returns an error if the bytes cannot be written.
pub fn write(
    alarm_name: &str,
    comparison: &HistoryComparison,
    out: &mut dyn Write,
) -> io::Result<()> {
    let name = heading(alarm_name);
    let Some(score) = comparison.score() else {
        let text = "no evaluation is recorded that changed its state";
        return writeln!(out, "{name}  {text}");
    };
    let style = score_style(comparison);
    writeln!(out, "{name}  score {style}{score:.2}{style:#}")?;
    if let Some(milliseconds) = comparison.evaluation_offset_milliseconds {
        write_offset(milliseconds, out)?;
        write_counts(&evaluation_counts(comparison), out)?;
    } else {
        write_counts(&counts(comparison), out)?;
    }
    match &comparison.first_difference {
        Some(difference) => write_difference(difference, out),
        None => Ok(()),
    }
}

fn score_style(comparison: &HistoryComparison) -> Style {
    // A score of 1 can hide that other datapoints decided.
    match comparison.first_difference {
        None => GOOD,
        Some(_) => UNSURE,
    }
}

fn write_offset(milliseconds: i64, out: &mut dyn Write) -> io::Result<()> {
    let seconds = milliseconds as f64 / 1000.0;
    writeln!(
        out,
        "  evaluated {seconds:.3} s after each step of the clock"
    )
}

/// A number with its label.
type LabelledCount = (&'static str, usize);

/// Returns the numbers of changes of any alarm.
fn counts(comparison: &HistoryComparison) -> Vec<LabelledCount> {
    vec![
        ("changes that agree     ", comparison.agreeing),
        ("only recorded          ", comparison.only_recorded),
        ("only replayed          ", comparison.only_replayed),
    ]
}

/// Returns the numbers of changes of a metric alarm, whose evaluations have datapoints.
fn evaluation_counts(comparison: &HistoryComparison) -> Vec<LabelledCount> {
    let mut counts = counts(comparison);
    let by_datapoints = comparison.agreeing_in_datapoints;
    counts.insert(1, ("  by the same datapoints ", by_datapoints));
    counts.push(("set by hand            ", comparison.set_by_hand));
    counts
}

fn write_counts(counts: &[LabelledCount], out: &mut dyn Write) -> io::Result<()> {
    for (label, count) in counts {
        writeln!(out, "  {label}{count}")?;
    }
    Ok(())
}

fn write_difference(difference: &Difference, out: &mut dyn Write) -> io::Result<()> {
    let DifferenceLine { recorded, replayed } = difference.into();
    writeln!(out, "  the first difference:")?;
    write_side("recorded", recorded.as_ref(), out)?;
    write_side("replayed", replayed.as_ref(), out)
}

fn write_side(
    label: &str,
    change: Option<&ComparedChangeLine>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let Some(change) = change else {
        return writeln!(out, "    {label}  nothing then");
    };
    let ComparedChangeLine {
        time,
        old_state,
        new_state,
        evaluated,
    } = change;
    writeln!(out, "    {label}  {time}  {old_state} -> {new_state}")?;
    for slot in evaluated {
        let value = slot.value.map(|value| format!("{value:?}"));
        let value = value.as_deref().unwrap_or("missing");
        writeln!(out, "              {}  {value}", slot.start)?;
    }
    Ok(())
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
    evaluation_offset_milliseconds: Option<i64>,
    first_difference: Option<DifferenceLine>,
}

#[derive(Serialize)]
struct DifferenceLine {
    recorded: Option<ComparedChangeLine>,
    replayed: Option<ComparedChangeLine>,
}

#[derive(Serialize)]
struct ComparedChangeLine {
    time: Timestamp,
    old_state: String,
    new_state: String,
    evaluated: Vec<SlotLine>,
}

impl From<&Difference> for DifferenceLine {
    fn from(difference: &Difference) -> Self {
        let (recorded, replayed) = match difference {
            Difference::OnlyRecorded(recorded) => (Some(recorded), None),
            Difference::OnlyReplayed(replayed) => (None, Some(replayed)),
            Difference::Datapoints(recorded, replayed) => (Some(recorded), Some(replayed)),
        };
        Self {
            recorded: recorded.map(ComparedChangeLine::from),
            replayed: replayed.map(ComparedChangeLine::from),
        }
    }
}

impl From<&RecordedChange> for ComparedChangeLine {
    fn from(change: &RecordedChange) -> Self {
        let evaluated = change.evaluated.iter().flatten();
        Self {
            time: change.time,
            old_state: change.old_state.to_string(),
            new_state: change.new_state.to_string(),
            evaluated: evaluated.map(SlotLine::from).collect(),
        }
    }
}

impl From<&Change> for ComparedChangeLine {
    fn from(change: &Change) -> Self {
        Self {
            time: change.time,
            old_state: change.old_state.to_string(),
            new_state: change.new_state.to_string(),
            evaluated: slots(change),
        }
    }
}

impl From<&RecordedDatapoint> for SlotLine {
    fn from(slot: &RecordedDatapoint) -> Self {
        Self {
            start: slot.start,
            value: slot.value,
        }
    }
}

/// Writes a comparison as a line of JSON.
///
/// # Errors
///
/// Returns an error if the bytes cannot be written.
pub fn write_json(
    alarm_name: &str,
    comparison: &HistoryComparison,
    out: &mut dyn Write,
) -> io::Result<()> {
    let line = ComparisonLine {
        alarm: alarm_name,
        score: comparison.score(),
        agreeing: comparison.agreeing,
        agreeing_in_datapoints: comparison.agreeing_in_datapoints,
        only_recorded: comparison.only_recorded,
        only_replayed: comparison.only_replayed,
        set_by_hand: comparison.set_by_hand,
        evaluation_offset_milliseconds: comparison.evaluation_offset_milliseconds,
        first_difference: comparison.first_difference.as_ref().map(Into::into),
    };
    write_line(&line, out)
}
