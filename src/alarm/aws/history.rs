//! The history of an alarm, in the shape of `describe-alarm-history` (sources, W3 to W5).

use jiff::Timestamp;
use serde::Serialize;

use crate::alarm::aws::reason::Evaluated;
use crate::alarm::definition::composite::{ChildState, CompositeAlarm, CompositeTransition};
use crate::alarm::definition::configuration::{AlarmConfiguration, AlarmState};
use crate::alarm::definition::place::AlarmPlace;
use crate::alarm::replay::metric_alarm::{Transition, Verdict};
use crate::time::aws::aws_time;

/// Why the first state of an alarm is what it is.
const INITIAL_REASON: &str = "Unchecked: Initial alarm creation";

/// A datapoint, or an empty slot, that decided.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct EvaluatedDatapoint {
    timestamp: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    sample_count: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<f64>,
}

/// What an evaluation saw.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ReasonData {
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
    evaluated_datapoints: Vec<EvaluatedDatapoint>,
}

/// Which children changed.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct TriggeringAlarms {
    triggering_alarms: Vec<TriggeringAlarm>,
}

#[derive(Debug, Serialize)]
struct TriggeringAlarm {
    arn: String,
    state: TriggeringState,
}

#[derive(Debug, Serialize)]
struct TriggeringState {
    value: String,
    timestamp: String,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum StateReasonData {
    Metric(Box<ReasonData>),
    Composite(TriggeringAlarms),
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct State {
    state_value: String,
    state_reason: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    state_reason_data: Option<StateReasonData>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct HistoryData {
    version: &'static str,
    old_state: State,
    new_state: State,
}

/// An item of the history of an alarm.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct HistoryItem {
    /// The name of the alarm.
    pub alarm_name: String,
    /// `MetricAlarm` or `CompositeAlarm`.
    pub alarm_type: &'static str,
    /// When the state changed.
    pub timestamp: String,
    /// Always `StateUpdate`.
    pub history_item_type: &'static str,
    /// The change in words.
    pub history_summary: String,
    /// What the evaluations saw, as JSON in a text.
    pub history_data: String,
}

/// The history of an alarm, newest first, as `describe-alarm-history` lists it.
pub fn history(alarm: &AlarmConfiguration, transitions: &[Transition]) -> Vec<HistoryItem> {
    let mut items: Vec<HistoryItem> = Vec::with_capacity(transitions.len());
    let mut previous: Option<&Verdict> = None;
    for Transition { old_state, verdict } in transitions {
        let data = HistoryData {
            version: "1.0",
            old_state: match previous {
                Some(verdict) => state(alarm, verdict),
                None => initial_state(*old_state),
            },
            new_state: state(alarm, verdict),
        };
        items.push(item(&alarm.alarm_name, "MetricAlarm", verdict.time, &data));
        previous = Some(verdict);
    }
    items.reverse();
    items
}

/// The history of a composite alarm, newest first. Without a place, its alarms are named without
/// ARN.
pub fn composite_history(
    alarm: &CompositeAlarm,
    transitions: &[CompositeTransition],
    place: Option<&AlarmPlace>,
) -> Vec<HistoryItem> {
    let state = |transition: &CompositeTransition| composite_state(alarm, transition, place);
    let previous = std::iter::once(None).chain(transitions.iter().map(Some));
    let items = transitions
        .iter()
        .zip(previous)
        .map(|(transition, previous)| {
            let old_state = previous.map_or_else(|| initial_state(transition.old_state), state);
            let data = HistoryData {
                version: "1.0",
                old_state,
                new_state: state(transition),
            };
            item(&alarm.alarm_name, "CompositeAlarm", transition.time, &data)
        });
    let mut items: Vec<HistoryItem> = items.collect();
    items.reverse();
    items
}

fn item(
    alarm_name: &str,
    alarm_type: &'static str,
    time: Timestamp,
    data: &HistoryData,
) -> HistoryItem {
    let (old, new) = (&data.old_state.state_value, &data.new_state.state_value);
    HistoryItem {
        alarm_name: alarm_name.to_owned(),
        alarm_type,
        timestamp: aws_time(time),
        history_item_type: "StateUpdate",
        history_summary: format!("Alarm updated from {old} to {new}"),
        history_data: serde_json::to_string(data).unwrap_or_default(),
    }
}

fn composite_state(
    alarm: &CompositeAlarm,
    transition: &CompositeTransition,
    place: Option<&AlarmPlace>,
) -> State {
    let arn = |name: &str| place.map_or_else(|| name.to_owned(), |place| place.arn(name));
    let triggering = |child: &ChildState| TriggeringAlarm {
        arn: arn(&child.alarm_name),
        state: TriggeringState {
            value: child.state.to_string(),
            timestamp: aws_time(child.since),
        },
    };
    let triggering_alarms = transition.children.iter().map(triggering).collect();
    State {
        state_value: transition.state.to_string(),
        state_reason: transition.reason(alarm, place),
        state_reason_data: Some(StateReasonData::Composite(TriggeringAlarms {
            triggering_alarms,
        })),
    }
}

fn initial_state(state: AlarmState) -> State {
    State {
        state_value: state.to_string(),
        state_reason: INITIAL_REASON.to_owned(),
        state_reason_data: None,
    }
}

fn state(alarm: &AlarmConfiguration, verdict: &Verdict) -> State {
    let datapoint = |slot: &Evaluated| EvaluatedDatapoint {
        timestamp: aws_time(slot.start),
        sample_count: slot.datapoint.and_then(|point| point.sample_count),
        value: slot.datapoint.map(|point| point.value),
    };
    State {
        state_value: verdict.state.to_string(),
        state_reason: verdict.reason.clone(),
        state_reason_data: Some(StateReasonData::Metric(Box::new(ReasonData {
            version: "1.0",
            query_date: aws_time(verdict.time),
            start_date: verdict.window_start.map(aws_time),
            unit: alarm
                .watched
                .metric()
                .and_then(|metric| metric.unit)
                .map(|unit| unit.to_string()),
            statistic: alarm
                .watched
                .statistic()
                .map(|statistic| statistic.to_string()),
            period: alarm.period_seconds,
            recent_datapoints: verdict.recent.clone(),
            threshold: alarm.threshold,
            evaluated_datapoints: verdict.evaluated.iter().map(datapoint).collect(),
        }))),
    }
}
