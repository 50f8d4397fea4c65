//! Recorded histories: the output of `aws cloudwatch describe-alarm-history`.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::Value;

use super::fault::{Fault, FaultPlace};
use super::fields::required;
use super::file::{JobError, read_text};
use crate::alarm::definition::configuration::AlarmState;
use crate::alarm::replay::comparison::{RecordedChange, RecordedDatapoint};
use crate::alarm::replay::timeline::{StateChange, StateTimeline};
use crate::text::{expected_in_words, printable};
use crate::time::aws::parse_aws_time;

/// The history of alarms as AWS recorded it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RecordedHistory {
    /// The changes of state of metric alarms with the names of the alarms, oldest first.
    pub changes: Vec<(String, RecordedChange)>,
    /// The changes of state of composite alarms with the names of the alarms, oldest first.
    pub composite_changes: Vec<(String, RecordedChange)>,
    /// The times at which alarms were reconfigured, with their names, oldest first.
    pub configured: Vec<(String, Timestamp)>,
}

impl RecordedHistory {
    /// Returns the changes of state of a metric alarm, oldest first.
    pub fn changes_of(&self, alarm_name: &str) -> Vec<RecordedChange> {
        named(&self.changes, alarm_name)
    }

    /// Returns the changes of state of a composite alarm, oldest first.
    pub fn changes_of_composite(&self, alarm_name: &str) -> Vec<RecordedChange> {
        named(&self.composite_changes, alarm_name)
    }

    /// Returns the recorded states of all alarms by their names.
    pub fn states(&self) -> BTreeMap<String, StateTimeline> {
        let mut states = BTreeMap::new();
        for (name, change) in self.changes.iter().chain(&self.composite_changes) {
            let timeline = states.entry(name.clone()).or_insert_with(|| StateTimeline {
                initial_state: change.old_state,
                changes: Vec::new(),
            });
            timeline.changes.push(StateChange {
                time: change.time,
                state: change.new_state,
            });
        }
        states
    }
}

fn named(changes: &[(String, RecordedChange)], alarm_name: &str) -> Vec<RecordedChange> {
    let own = changes.iter().filter(|(name, _)| name == alarm_name);
    own.map(|(_, change)| change.clone()).collect()
}

/// Reads a history.
///
/// # Errors
///
/// Returns an error if the file cannot be read or is not a history; names the item.
pub fn read_history(path: &Path) -> Result<RecordedHistory, JobError> {
    let history = parse_history(&read_text(path)?);
    history.map_err(|fault| JobError::wrong(path, fault))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct WrittenHistory {
    alarm_history_items: Vec<WrittenItem>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct WrittenItem {
    alarm_name: String,
    alarm_type: Option<String>,
    history_item_type: String,
    timestamp: Value,
    history_data: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WrittenChange<R> {
    old_state: WrittenState<R>,
    new_state: WrittenState<R>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WrittenState<R> {
    state_value: String,
    state_reason_data: Option<R>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WrittenReason {
    query_date: String,
    #[serde(default)]
    evaluated_datapoints: Vec<WrittenDatapoint>,
}

#[derive(Debug, Deserialize)]
struct WrittenDatapoint {
    timestamp: String,
    value: Option<f64>,
}

fn parse_history(text: &str) -> Result<RecordedHistory, Fault> {
    let written: WrittenHistory = serde_json::from_str(text).map_err(not_a_history)?;
    let mut history = RecordedHistory::default();
    for (index, item) in written.alarm_history_items.into_iter().enumerate() {
        history
            .add(item)
            .map_err(|detail| Fault::from(detail).at(FaultPlace::HistoryItem(index)))?;
    }
    history.sort();
    Ok(history)
}

fn not_a_history(error: serde_json::Error) -> String {
    format!(
        "this is not what `aws cloudwatch describe-alarm-history --output json` prints: {}",
        printable(&expected_in_words(&error.to_string()))
    )
}

impl RecordedHistory {
    // AWS prints the newest item first, and pages of items may have been joined in any order.
    fn sort(&mut self) {
        self.changes.sort_by_key(|(_, change)| change.time);
        self.composite_changes
            .sort_by_key(|(_, change)| change.time);
        self.configured.sort_by_key(|(_, time)| *time);
    }

    fn add(&mut self, item: WrittenItem) -> Result<(), String> {
        match item.history_item_type.as_str() {
            "StateUpdate" if item.is_of_composite() => {
                let change = item.composite_change()?;
                self.composite_changes.push((item.alarm_name, change));
            }
            "StateUpdate" => {
                let change = item.change()?;
                self.changes.push((item.alarm_name, change));
            }
            "ConfigurationUpdate" => {
                let time = item.time()?;
                self.configured.push((item.alarm_name, time));
            }
            // Actions say what an alarm did, which follows from its states.
            _ => {}
        }
        Ok(())
    }
}

impl WrittenItem {
    fn is_of_composite(&self) -> bool {
        self.alarm_type.as_deref() == Some("CompositeAlarm")
    }

    /// Returns the change of a composite alarm. Its reason has the children that changed, and
    /// neither the time of an evaluation nor datapoints, so the time is that of the item.
    fn composite_change(&self) -> Result<RecordedChange, String> {
        let change: WrittenChange<IgnoredAny> = self.parse_change()?;
        Ok(RecordedChange {
            time: self.time()?,
            old_state: change.old_state.parse()?,
            new_state: change.new_state.parse()?,
            evaluated: None,
        })
    }

    fn change(&self) -> Result<RecordedChange, String> {
        let change: WrittenChange<WrittenReason> = self.parse_change()?;
        let reason = change.new_state.state_reason_data.as_ref();
        Ok(RecordedChange {
            // The time of the evaluation is exact; the item is made some milliseconds later. A
            // state that was set by hand has no evaluation.
            time: match reason {
                Some(reason) => reason.time()?,
                None => self.time()?,
            },
            old_state: change.old_state.parse()?,
            new_state: change.new_state.parse()?,
            evaluated: reason.map(WrittenReason::evaluated).transpose()?,
        })
    }

    fn parse_change<R: DeserializeOwned>(&self) -> Result<WrittenChange<R>, String> {
        let data = required(self.history_data.as_ref(), "HistoryData")?;
        serde_json::from_str(data)
            .map_err(|error| format!("HistoryData: {}", printable(&error.to_string())))
    }

    /// Returns the time at which the item was made: RFC 3339, as version 2 of the AWS CLI prints
    /// it, or seconds since the epoch, as version 1 and the API have it.
    fn time(&self) -> Result<Timestamp, String> {
        let time = match &self.timestamp {
            Value::String(text) => return parse_time(text),
            other => other.as_f64().and_then(from_seconds),
        };
        time.ok_or_else(|| format!("`{}` is not a time", printable(&self.timestamp.to_string())))
    }
}

impl<R> WrittenState<R> {
    fn parse(&self) -> Result<AlarmState, String> {
        let state = self.state_value.parse();
        state.map_err(|_| format!("`{}` is not an alarm state", printable(&self.state_value)))
    }
}

impl WrittenReason {
    fn time(&self) -> Result<Timestamp, String> {
        parse_time(&self.query_date)
    }

    fn evaluated(&self) -> Result<Vec<RecordedDatapoint>, String> {
        let datapoints = self.evaluated_datapoints.iter();
        datapoints.map(WrittenDatapoint::define).collect()
    }
}

impl WrittenDatapoint {
    fn define(&self) -> Result<RecordedDatapoint, String> {
        Ok(RecordedDatapoint {
            start: parse_time(&self.timestamp)?,
            value: self.value,
        })
    }
}

fn from_seconds(seconds: f64) -> Option<Timestamp> {
    Timestamp::from_millisecond((seconds * 1000.0).round() as i64).ok()
}

fn parse_time(text: &str) -> Result<Timestamp, String> {
    let time = text.parse().ok().or_else(|| parse_aws_time(text));
    time.ok_or_else(|| format!("`{}` is not a time", printable(text)))
}

#[cfg(test)]
mod tests {
    use super::parse_history;

    fn item(kind: &str, timestamp: &str, data: &str) -> String {
        let data = serde_json::Value::String(data.to_owned());
        format!(
            r#"{{"AlarmName":"a","HistoryItemType":"{kind}",
                "Timestamp":{timestamp},"HistoryData":{data}}}"#
        )
    }

    fn items(items: &[String]) -> String {
        format!(r#"{{"AlarmHistoryItems":[{}]}}"#, items.join(","))
    }

    #[test]
    fn changes_by_evaluation_by_hand_and_of_the_configuration_are_kept_apart() {
        let evaluated = r#"{"oldState":{"stateValue":"OK"},
            "newState":{"stateValue":"ALARM","stateReasonData":
            {"queryDate":"2027-01-05T08:18:44.401+0000","evaluatedDatapoints":
            [{"timestamp":"2027-01-05T08:13:00.000+0000","value":2.0},
            {"timestamp":"2027-01-05T08:08:00.000+0000"}]}}}"#;
        let by_hand = r#"{"oldState":{"stateValue":"ALARM"},"newState":{"stateValue":"OK"}}"#;
        let text = items(&[
            item("StateUpdate", "1799138000.5", by_hand),
            item("Action", "0", "{}"),
            item(
                "StateUpdate",
                "\"2027-01-05T08:18:44.402000+00:00\"",
                evaluated,
            ),
            item("ConfigurationUpdate", "\"2027-01-05T08:00:00+00:00\"", "{}"),
        ]);
        let found = parse_history(&text).unwrap();
        let changes = found.changes_of("a");
        assert_eq!(changes.len(), 2);
        assert_eq!(changes[0].time.to_string(), "2027-01-05T08:18:44.401Z");
        let evaluated = changes[0].evaluated.as_deref().unwrap();
        assert_eq!(
            (evaluated.len(), evaluated[0].value, evaluated[1].value),
            (2, Some(2.0), None)
        );
        assert_eq!(
            (changes[1].time.as_millisecond(), &changes[1].evaluated),
            (1_799_138_000_500, &None)
        );
        assert_eq!(found.configured.len(), 1);
        assert!(found.changes_of("b").is_empty());
    }

    #[test]
    fn changes_of_composite_alarms_have_other_reasons() {
        let data = r#"{"oldState":{"stateValue":"OK"},"newState":{"stateValue":"ALARM",
            "stateReasonData":{"triggeringAlarms":[{"arn":"a","state":{"value":"ALARM",
            "timestamp":"2027-01-05T08:18:44.401+0000"}}]}}}"#;
        let item = item("StateUpdate", "\"2027-01-05T08:18:45+00:00\"", data).replace(
            r#""AlarmName":"a""#,
            r#""AlarmName":"c","AlarmType":"CompositeAlarm""#,
        );
        let found = parse_history(&items(&[item])).unwrap();
        assert!(found.changes.is_empty());
        let changes = found.changes_of_composite("c");
        assert_eq!(changes[0].time.to_string(), "2027-01-05T08:18:45Z");
        assert_eq!(changes[0].new_state.to_string(), "ALARM");
    }

    #[test]
    fn a_wrong_item_is_named() {
        let wrong = |text: String| parse_history(&text).unwrap_err().to_string();
        assert!(wrong("{}".into()).contains("describe-alarm-history"));
        let state = r#"{"oldState":{"stateValue":"OK"},"newState":{"stateValue":"BAD"}}"#;
        let error = wrong(items(&[item("StateUpdate", "0", state)]));
        assert_eq!(error, "AlarmHistoryItems[0]: `BAD` is not an alarm state");
        let error = wrong(items(&[item("StateUpdate", "0", "not JSON")]));
        assert!(
            error.starts_with("AlarmHistoryItems[0]: HistoryData: "),
            "{error}"
        );
        let good = r#"{"oldState":{"stateValue":"OK"},"newState":{"stateValue":"ALARM"}}"#;
        let error = wrong(items(&[item("StateUpdate", "\"noon\"", good)]));
        assert_eq!(error, "AlarmHistoryItems[0]: `noon` is not a time");
    }
}
