//! What an alarm did: transitions and single evaluations.

use std::borrow::Cow;
use std::error::Error;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use jiff::Timestamp;
use serde::Serialize;

use crate::alarm::aws::history::HistoryItem;
use crate::alarm::aws::notification::Notification;
use crate::alarm::aws::reason::Evaluated;
use crate::alarm::definition::composite::{ChildState, CompositeAlarm, CompositeTransition};
use crate::alarm::definition::configuration::AlarmState;
use crate::alarm::definition::place::AlarmPlace;
use crate::alarm::{Transition, Verdict};
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

/// A change of state of any kind of alarm, as it is printed.
#[derive(Clone, Debug)]
pub struct Change<'a> {
    time: Timestamp,
    old_state: AlarmState,
    new_state: AlarmState,
    reason: Cow<'a, str>,
    evaluated: &'a [Evaluated],
    children: &'a [ChildState],
}

impl<'a> Change<'a> {
    /// The change of a metric alarm.
    pub fn of_metric(transition: &'a Transition) -> Self {
        let verdict = &transition.verdict;
        Self {
            time: verdict.time,
            old_state: transition.old_state,
            new_state: verdict.state,
            reason: Cow::Borrowed(&verdict.reason),
            evaluated: &verdict.evaluated,
            children: &[],
        }
    }

    /// The change of a composite alarm. Without a place, its children are named without ARN.
    pub fn of_composite(
        alarm: &CompositeAlarm,
        transition: &'a CompositeTransition,
        place: Option<&AlarmPlace>,
    ) -> Self {
        Self {
            time: transition.time,
            old_state: transition.old_state,
            new_state: transition.state,
            reason: Cow::Owned(transition.reason(alarm, place)),
            evaluated: &[],
            children: &transition.children,
        }
    }
}

/// Writes the changes of an alarm for a person.
///
/// # Errors
///
/// When the bytes cannot be written.
pub fn write_changes(
    alarm_name: &str,
    changes: &[Change<'_>],
    out: &mut dyn Write,
) -> io::Result<()> {
    let name = printable(alarm_name);
    let count = changes.len();
    writeln!(
        out,
        "{HEADING}{name}{HEADING:#}  {count} transition{}",
        if count == 1 { "" } else { "s" }
    )?;
    for Change {
        time,
        old_state,
        new_state,
        reason,
        ..
    } in changes
    {
        let new = style(*new_state);
        writeln!(out, "  {time}  {old_state} -> {new}{new_state}{new:#}")?;
        writeln!(out, "    {QUIET}{}{QUIET:#}", printable(reason))?;
    }
    Ok(())
}

/// Writes one evaluation of an alarm for a person.
///
/// # Errors
///
/// When the bytes cannot be written.
pub fn write_verdict(alarm_name: &str, verdict: &Verdict, out: &mut dyn Write) -> io::Result<()> {
    let (name, state) = (printable(alarm_name), style(verdict.state));
    writeln!(
        out,
        "{HEADING}{name}{HEADING:#}  {}  {state}{}{state:#}",
        verdict.time, verdict.state
    )?;
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
    #[serde(skip_serializing_if = "Vec::is_empty")]
    children: Vec<ChildLine<'a>>,
}

/// A child of a composite alarm that changed, as JSON.
#[derive(Serialize)]
struct ChildLine<'a> {
    alarm: &'a str,
    state: String,
    since: Timestamp,
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

/// Writes a change as a line of JSON.
///
/// # Errors
///
/// When the bytes cannot be written.
pub fn write_change_json(
    alarm_name: &str,
    change: &Change<'_>,
    out: &mut dyn Write,
) -> Result<(), Box<dyn Error>> {
    let children = change.children.iter().map(|child| ChildLine {
        alarm: &child.alarm_name,
        state: child.state.to_string(),
        since: child.since,
    });
    let line = TransitionLine {
        alarm: alarm_name,
        time: change.time,
        old_state: change.old_state.to_string(),
        new_state: change.new_state.to_string(),
        reason: &change.reason,
        evaluated: evaluated(change.evaluated),
        children: children.collect(),
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
    alarm_name: &str,
    verdict: &Verdict,
    out: &mut dyn Write,
) -> Result<(), Box<dyn Error>> {
    let line = VerdictLine {
        alarm: alarm_name,
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
pub fn write_history(
    mut items: Vec<HistoryItem>,
    out: &mut dyn Write,
) -> Result<(), Box<dyn Error>> {
    items.sort_by(|a, b| b.timestamp.cmp(&a.timestamp));
    write_document(
        &AlarmHistory {
            alarm_history_items: items,
        },
        out,
    )
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
