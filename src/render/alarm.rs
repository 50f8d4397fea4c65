//! What an alarm did: transitions and single evaluations.

use std::error::Error;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use jiff::Timestamp;
use serde::Serialize;

use crate::alarm::configuration::AlarmState;
use crate::alarm::history::HistoryItem;
use crate::alarm::notification::Notification;
use crate::alarm::reason::Evaluated;
use crate::alarm::{AlarmConfiguration, Transition, Verdict};
use crate::text::printable;

const HEADING: Style = Style::new().bold();
const QUIET: Style = AnsiColor::BrightBlack.on_default();

/// The colour of a state.
fn style(state: AlarmState) -> Style {
    match state {
        AlarmState::Ok => AnsiColor::Green.on_default(),
        AlarmState::Alarm => AnsiColor::Red.on_default().bold(),
        AlarmState::InsufficientData => AnsiColor::Yellow.on_default(),
    }
}

/// Writes the transitions of an alarm for a person.
///
/// # Errors
///
/// When the bytes cannot be written.
pub fn write_transitions(
    alarm: &AlarmConfiguration,
    transitions: &[Transition],
    out: &mut dyn Write,
) -> io::Result<()> {
    let name = printable(&alarm.alarm_name);
    let count = transitions.len();
    writeln!(out, "{HEADING}{name}{HEADING:#}  {count} transition{}", if count == 1 { "" } else { "s" })?;
    for Transition { old_state, verdict } in transitions {
        let new = style(verdict.state);
        writeln!(out, "  {}  {old_state} -> {new}{}{new:#}", verdict.time, verdict.state)?;
        writeln!(out, "    {QUIET}{}{QUIET:#}", verdict.reason)?;
    }
    Ok(())
}

/// Writes one evaluation of an alarm for a person.
///
/// # Errors
///
/// When the bytes cannot be written.
pub fn write_verdict(alarm: &AlarmConfiguration, verdict: &Verdict, out: &mut dyn Write) -> io::Result<()> {
    let (name, state) = (printable(&alarm.alarm_name), style(verdict.state));
    writeln!(out, "{HEADING}{name}{HEADING:#}  {}  {state}{}{state:#}", verdict.time, verdict.state)?;
    writeln!(out, "    {QUIET}{}{QUIET:#}", verdict.reason)
}

/// A slot that decided, as JSON.
#[derive(Serialize)]
struct EvaluatedLine {
    start: Timestamp,
    value: Option<f64>,
}

#[derive(Serialize)]
struct TransitionLine<'a> {
    alarm: &'a str,
    time: Timestamp,
    old_state: String,
    new_state: String,
    reason: &'a str,
    evaluated: Vec<EvaluatedLine>,
}

#[derive(Serialize)]
struct VerdictLine<'a> {
    alarm: &'a str,
    time: Timestamp,
    state: String,
    evaluated: Vec<EvaluatedLine>,
}

fn evaluated(slots: &[Evaluated]) -> Vec<EvaluatedLine> {
    let line = |slot: &Evaluated| EvaluatedLine {
        start: slot.start,
        value: slot.datapoint.map(|datapoint| datapoint.value),
    };
    slots.iter().map(line).collect()
}

/// Writes a transition as a line of JSON.
///
/// # Errors
///
/// When the bytes cannot be written.
pub fn write_transition_json(
    alarm: &AlarmConfiguration,
    transition: &Transition,
    out: &mut dyn Write,
) -> Result<(), Box<dyn Error>> {
    let verdict = &transition.verdict;
    let line = TransitionLine {
        alarm: &alarm.alarm_name,
        time: verdict.time,
        old_state: transition.old_state.to_string(),
        new_state: verdict.state.to_string(),
        reason: &verdict.reason,
        evaluated: evaluated(&verdict.evaluated),
    };
    serde_json::to_writer(&mut *out, &line)?;
    Ok(out.write_all(b"\n")?)
}

/// Writes one evaluation as a line of JSON.
///
/// # Errors
///
/// When the bytes cannot be written.
pub fn write_verdict_json(
    alarm: &AlarmConfiguration,
    verdict: &Verdict,
    out: &mut dyn Write,
) -> Result<(), Box<dyn Error>> {
    let line = VerdictLine {
        alarm: &alarm.alarm_name,
        time: verdict.time,
        state: verdict.state.to_string(),
        evaluated: evaluated(&verdict.evaluated),
    };
    serde_json::to_writer(&mut *out, &line)?;
    Ok(out.write_all(b"\n")?)
}

/// A history, as `aws cloudwatch describe-alarm-history` prints it.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct AlarmHistory {
    alarm_history_items: Vec<HistoryItem>,
}

/// Writes the histories of alarms as `aws cloudwatch describe-alarm-history` does, newest first.
///
/// # Errors
///
/// When the bytes cannot be written.
pub fn write_history(mut items: Vec<HistoryItem>, out: &mut dyn Write) -> Result<(), Box<dyn Error>> {
    items.sort_by(|a, b| b.timestamp.cmp(&a.timestamp));
    write_document(&AlarmHistory { alarm_history_items: items }, out)
}

/// Writes notifications as a JSON array.
///
/// # Errors
///
/// When the bytes cannot be written.
pub fn write_notifications(
    notifications: &[Notification],
    out: &mut dyn Write,
) -> Result<(), Box<dyn Error>> {
    write_document(&notifications, out)
}

fn write_document(document: &impl Serialize, out: &mut dyn Write) -> Result<(), Box<dyn Error>> {
    serde_json::to_writer_pretty(&mut *out, document)?;
    Ok(out.write_all(b"\n")?)
}
