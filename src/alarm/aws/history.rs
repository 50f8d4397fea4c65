//! The history of an alarm, in the form of `describe-alarm-history` (sources, W3 to W5).

use serde::Serialize;

use crate::alarm::aws::reason::{name_or_arn, reason};
use crate::alarm::definition::any::AnyAlarm;
use crate::alarm::definition::configuration::AlarmConfiguration;
use crate::alarm::definition::place::AlarmPlace;
use crate::alarm::definition::vocabulary::AlarmState;
use crate::alarm::replay::change::{
    Change, ChildState, EvaluatedData, EvaluatedDatapoint, ReplayedAlarm,
};
use crate::time::aws::aws_time;

/// The reason of the first state of an alarm.
const INITIAL_REASON: &str = "Unchecked: Initial alarm creation";

/// An item of the history of an alarm.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct HistoryItem {
    /// The name of the alarm.
    pub alarm_name: String,
    /// `MetricAlarm` or `CompositeAlarm`.
    pub alarm_type: &'static str,
    /// The moment of the change.
    pub timestamp: String,
    /// Always `StateUpdate`.
    pub history_item_type: &'static str,
    /// The change in words.
    pub history_summary: String,
    /// The data of the evaluations, as JSON in a text.
    pub history_data: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct HistoryData {
    version: &'static str,
    old_state: HistoryState,
    new_state: HistoryState,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct HistoryState {
    state_value: String,
    state_reason: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    state_reason_data: Option<StateReasonData>,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum StateReasonData {
    Metric(Box<MetricReasonData>),
    Composite(TriggeringAlarms),
}

/// The data of an evaluation.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct MetricReasonData {
    version: &'static str,
    query_date: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    statistic: Option<String>,
    period: u32,
    recent_datapoints: Vec<Option<f64>>,
    threshold: f64,
    evaluated_datapoints: Vec<DecidingSlot>,
}

/// A datapoint, or an empty slot, that decided.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct DecidingSlot {
    timestamp: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    sample_count: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<f64>,
}

/// The children that changed.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct TriggeringAlarms {
    triggering_alarms: Vec<TriggeringAlarm>,
}

#[derive(Debug, Serialize)]
struct TriggeringAlarm {
    arn: String,
    state: TriggeringAlarmState,
}

#[derive(Debug, Serialize)]
struct TriggeringAlarmState {
    value: String,
    timestamp: String,
}

/// Returns the history of an alarm, newest first, as `describe-alarm-history` lists it.
pub fn history(replayed: &ReplayedAlarm<'_>) -> Vec<HistoryItem> {
    let mut items = Vec::with_capacity(replayed.changes.len());
    let mut previous: Option<&Change> = None;
    for change in &replayed.changes {
        let data = HistoryData::new(previous, change, replayed);
        items.push(item(replayed.alarm, change, &data));
        previous = Some(change);
    }
    // Each item needs the change before it, but the history begins with the newest.
    items.reverse();
    items
}

impl HistoryData {
    fn new(previous: Option<&Change>, change: &Change, replayed: &ReplayedAlarm<'_>) -> Self {
        // The old state of an item is the new state of the item before, with its reason.
        let old_state = match previous {
            Some(previous) => HistoryState::after(previous, replayed),
            None => HistoryState::initial(change.old_state),
        };
        Self {
            version: "1.0",
            old_state,
            new_state: HistoryState::after(change, replayed),
        }
    }
}

fn item(alarm: AnyAlarm<'_>, change: &Change, data: &HistoryData) -> HistoryItem {
    let (old_state, new_state) = (change.old_state, change.new_state);
    HistoryItem {
        alarm_name: alarm.name().to_owned(),
        alarm_type: alarm_type(alarm),
        timestamp: aws_time(change.time),
        history_item_type: "StateUpdate",
        history_summary: format!("Alarm updated from {old_state} to {new_state}"),
        // Texts and numbers can always be written as JSON.
        history_data: serde_json::to_string(data).unwrap_or_default(),
    }
}

fn alarm_type(alarm: AnyAlarm<'_>) -> &'static str {
    match alarm {
        AnyAlarm::Metric(_) => "MetricAlarm",
        AnyAlarm::Composite(_) => "CompositeAlarm",
    }
}

impl HistoryState {
    fn initial(state: AlarmState) -> Self {
        Self {
            state_value: state.to_string(),
            state_reason: INITIAL_REASON.to_owned(),
            state_reason_data: None,
        }
    }

    fn after(change: &Change, replayed: &ReplayedAlarm<'_>) -> Self {
        let reason = reason(replayed.alarm, change, replayed.place.as_ref());
        Self {
            state_value: change.new_state.to_string(),
            state_reason: reason,
            state_reason_data: Some(StateReasonData::new(change, replayed)),
        }
    }
}

impl StateReasonData {
    fn new(change: &Change, replayed: &ReplayedAlarm<'_>) -> Self {
        match (replayed.alarm, change.data()) {
            (AnyAlarm::Metric(alarm), Some(data)) => {
                Self::Metric(Box::new(MetricReasonData::new(alarm, change, data)))
            }
            _ => Self::Composite(TriggeringAlarms::new(change, replayed.place.as_ref())),
        }
    }
}

impl MetricReasonData {
    fn new(alarm: &AlarmConfiguration, change: &Change, data: &EvaluatedData) -> Self {
        let metric = alarm.watched.metric();
        let unit = metric.and_then(|metric| metric.unit);
        let slots = data.evaluated_datapoints.iter();
        Self {
            version: "1.0",
            query_date: aws_time(change.time),
            start_date: data.window_start.map(aws_time),
            unit: unit.map(|unit| unit.to_string()),
            statistic: metric.map(|metric| metric.statistic.to_string()),
            period: alarm.period_seconds,
            recent_datapoints: data.recent_datapoints.clone(),
            threshold: alarm.threshold,
            evaluated_datapoints: slots.map(DecidingSlot::from).collect(),
        }
    }
}

impl From<&EvaluatedDatapoint> for DecidingSlot {
    fn from(slot: &EvaluatedDatapoint) -> Self {
        Self {
            timestamp: aws_time(slot.start),
            sample_count: slot.sample_count,
            value: slot.value,
        }
    }
}

impl TriggeringAlarms {
    fn new(change: &Change, place: Option<&AlarmPlace>) -> Self {
        let children = change.children().iter();
        Self {
            triggering_alarms: children
                .map(|child| TriggeringAlarm::new(child, place))
                .collect(),
        }
    }
}

impl TriggeringAlarm {
    fn new(child: &ChildState, place: Option<&AlarmPlace>) -> Self {
        Self {
            arn: name_or_arn(&child.alarm_name, place),
            state: TriggeringAlarmState {
                value: child.state.to_string(),
                timestamp: aws_time(child.since),
            },
        }
    }
}
