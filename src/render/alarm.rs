//! The changes and evaluations of alarms, as text and JSON.

use std::io::{self, Write};

use jiff::Timestamp;
use serde::Serialize;

use super::json::{write_document, write_line};
use super::style::{self, HEADING, QUIET};
use crate::alarm::aws::history::HistoryItem;
use crate::alarm::aws::notification::Notification;
use crate::alarm::aws::reason::reason;
use crate::alarm::definition::configuration::AlarmState;
use crate::alarm::replay::change::{ChildState, EvaluatedDatapoint};
use crate::alarm::{Change, ReplayedAlarm};
use crate::text::printable;

/// Writes the changes of an alarm as text.
///
/// # Errors
///
/// Returns an error if the bytes cannot be written.
pub fn write_changes(replayed: &ReplayedAlarm<'_>, out: &mut dyn Write) -> io::Result<()> {
    let name = heading(replayed.alarm.name());
    let count = replayed.changes.len();
    let plural = if count == 1 { "" } else { "s" };
    writeln!(out, "{name}  {count} transition{plural}")?;
    for change in &replayed.changes {
        let (time, old_state) = (change.time, change.old_state);
        let state = styled(change.new_state);
        writeln!(out, "  {time}  {old_state} -> {state}")?;
        write_reason(replayed, change, out)?;
    }
    Ok(())
}

/// Writes the single evaluation of an alarm as text.
///
/// # Errors
///
/// Returns an error if the bytes cannot be written.
pub fn write_evaluation(replayed: &ReplayedAlarm<'_>, out: &mut dyn Write) -> io::Result<()> {
    let name = heading(replayed.alarm.name());
    for change in &replayed.changes {
        let (time, state) = (change.time, styled(change.new_state));
        writeln!(out, "{name}  {time}  {state}")?;
        write_reason(replayed, change, out)?;
    }
    Ok(())
}

/// Returns the name of an alarm as a heading.
pub(super) fn heading(alarm_name: &str) -> String {
    format!("{HEADING}{}{HEADING:#}", printable(alarm_name))
}

fn write_reason(
    replayed: &ReplayedAlarm<'_>,
    change: &Change,
    out: &mut dyn Write,
) -> io::Result<()> {
    // The reason of a composite alarm contains names that their owners chose.
    let reason = printable(&reason_of(replayed, change));
    writeln!(out, "    {QUIET}{reason}{QUIET:#}")
}

fn reason_of(replayed: &ReplayedAlarm<'_>, change: &Change) -> String {
    reason(replayed.alarm, change, replayed.place.as_ref())
}

fn styled(state: AlarmState) -> String {
    let style = style::state(state);
    format!("{style}{state}{style:#}")
}

#[derive(Serialize)]
struct AlarmChangeLine<'a> {
    alarm: &'a str,
    time: Timestamp,
    old_state: String,
    new_state: String,
    reason: String,
    evaluated: Vec<SlotLine>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    children: Vec<ChildLine<'a>>,
}

#[derive(Serialize)]
struct EvaluationLine<'a> {
    alarm: &'a str,
    time: Timestamp,
    state: String,
    evaluated: Vec<SlotLine>,
}

/// A slot that decided.
#[derive(Serialize)]
pub(super) struct SlotLine {
    pub(super) start: Timestamp,
    pub(super) value: Option<f64>,
}

/// A child of a composite alarm that changed.
#[derive(Serialize)]
struct ChildLine<'a> {
    alarm: &'a str,
    state: String,
    since: Timestamp,
}

/// Writes the changes of an alarm as lines of JSON.
///
/// # Errors
///
/// Returns an error if the bytes cannot be written.
pub fn write_changes_json(replayed: &ReplayedAlarm<'_>, out: &mut dyn Write) -> io::Result<()> {
    for change in &replayed.changes {
        write_line(&AlarmChangeLine::new(replayed, change), out)?;
    }
    Ok(())
}

/// Writes the single evaluation of an alarm as a line of JSON.
///
/// # Errors
///
/// Returns an error if the bytes cannot be written.
pub fn write_evaluation_json(replayed: &ReplayedAlarm<'_>, out: &mut dyn Write) -> io::Result<()> {
    for change in &replayed.changes {
        write_line(&EvaluationLine::new(replayed, change), out)?;
    }
    Ok(())
}

impl<'a> AlarmChangeLine<'a> {
    fn new(replayed: &'a ReplayedAlarm<'_>, change: &'a Change) -> Self {
        Self {
            alarm: replayed.alarm.name(),
            time: change.time,
            old_state: change.old_state.to_string(),
            new_state: change.new_state.to_string(),
            reason: reason_of(replayed, change),
            evaluated: slots(change),
            children: change.children().iter().map(ChildLine::from).collect(),
        }
    }
}

impl<'a> EvaluationLine<'a> {
    fn new(replayed: &'a ReplayedAlarm<'_>, change: &Change) -> Self {
        Self {
            alarm: replayed.alarm.name(),
            time: change.time,
            state: change.new_state.to_string(),
            evaluated: slots(change),
        }
    }
}

/// Returns the slots that decided a change.
pub(super) fn slots(change: &Change) -> Vec<SlotLine> {
    let slots = change.evaluated_datapoints().iter();
    slots.map(SlotLine::from).collect()
}

impl From<&EvaluatedDatapoint> for SlotLine {
    fn from(slot: &EvaluatedDatapoint) -> Self {
        Self {
            start: slot.start,
            value: slot.value,
        }
    }
}

impl<'a> From<&'a ChildState> for ChildLine<'a> {
    fn from(child: &'a ChildState) -> Self {
        Self {
            alarm: &child.alarm_name,
            state: child.state.to_string(),
            since: child.since,
        }
    }
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
/// Returns an error if the bytes cannot be written.
pub fn write_history(mut items: Vec<HistoryItem>, out: &mut dyn Write) -> io::Result<()> {
    // AWS's form of a time sorts as a text. Items of one moment keep their order.
    items.sort_by(|a, b| b.timestamp.cmp(&a.timestamp));
    let history = AlarmHistory {
        alarm_history_items: items,
    };
    write_document(&history, out)
}

/// Writes notifications as a JSON array.
///
/// # Errors
///
/// Returns an error if the bytes cannot be written.
pub fn write_notifications(notifications: &[Notification], out: &mut dyn Write) -> io::Result<()> {
    write_document(&notifications, out)
}
