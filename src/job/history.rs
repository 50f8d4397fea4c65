//! Recorded histories: the output of `aws cloudwatch describe-alarm-history`.

use std::path::Path;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::{JobError, read, wrong};
use crate::alarm::replay::comparison::{RecordedChange, RecordedDatapoint};
use crate::time::aws::parse_aws_time;

/// What AWS recorded of alarms.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RecordedHistory {
    /// The changes of state with the names of their alarms, oldest first.
    pub changes: Vec<(String, RecordedChange)>,
    /// When alarms were reconfigured, with their names, oldest first.
    pub configured: Vec<(String, Timestamp)>,
}

impl RecordedHistory {
    /// The changes of state of an alarm, oldest first.
    pub fn changes_of(&self, alarm_name: &str) -> Vec<RecordedChange> {
        let own = self.changes.iter().filter(|(name, _)| name == alarm_name);
        own.map(|(_, change)| change.clone()).collect()
    }
}

/// Reads a history.
///
/// # Errors
///
/// When the file cannot be read or is no history; names the item.
pub fn read_history(path: &Path) -> Result<RecordedHistory, JobError> {
    history(&read(path)?).map_err(|detail| wrong(path, detail))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Document {
    alarm_history_items: Vec<Item>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Item {
    alarm_name: String,
    history_item_type: String,
    timestamp: Value,
    history_data: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct StateUpdate {
    old_state: State,
    new_state: State,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct State {
    state_value: String,
    state_reason_data: Option<ReasonData>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ReasonData {
    query_date: String,
    #[serde(default)]
    evaluated_datapoints: Vec<Datapoint>,
}

#[derive(Debug, Deserialize)]
struct Datapoint {
    timestamp: String,
    value: Option<f64>,
}

fn history(text: &str) -> Result<RecordedHistory, String> {
    let document: Document = serde_json::from_str(text).map_err(|error| {
        format!(
            "this is not what `aws cloudwatch describe-alarm-history --output json` prints: {error}"
        )
    })?;
    let mut history = RecordedHistory::default();
    for (index, item) in document.alarm_history_items.into_iter().enumerate() {
        let within = |detail: String| format!("AlarmHistoryItems[{index}]: {detail}");
        match item.history_item_type.as_str() {
            "StateUpdate" => {
                let change = item.change().map_err(within)?;
                history.changes.push((item.alarm_name, change));
            }
            "ConfigurationUpdate" => {
                let time = item.time().map_err(within)?;
                history.configured.push((item.alarm_name, time));
            }
            _ => {}
        }
    }
    history.changes.sort_by_key(|(_, change)| change.time);
    history.configured.sort_by_key(|(_, time)| *time);
    Ok(history)
}

impl Item {
    fn change(&self) -> Result<RecordedChange, String> {
        let data = self
            .history_data
            .as_deref()
            .ok_or("the field `HistoryData` is missing")?;
        let update: StateUpdate =
            serde_json::from_str(data).map_err(|error| format!("HistoryData: {error}"))?;
        let state = |state: &State| {
            state
                .state_value
                .parse()
                .map_err(|_| unknown_state(&state.state_value))
        };
        let reason = update.new_state.state_reason_data.as_ref();
        Ok(RecordedChange {
            time: reason.map_or_else(|| self.time(), |reason| time(&reason.query_date))?,
            old_state: state(&update.old_state)?,
            new_state: state(&update.new_state)?,
            evaluated: reason.map(ReasonData::evaluated).transpose()?,
        })
    }

    /// When the item was made: RFC 3339, as version 2 of the command line interface has it, or
    /// seconds since the epoch, as version 1 and the API have it.
    fn time(&self) -> Result<Timestamp, String> {
        let seconds =
            |seconds: f64| Timestamp::from_millisecond((seconds * 1000.0).round() as i64).ok();
        match &self.timestamp {
            Value::String(text) => time(text),
            other => other
                .as_f64()
                .and_then(seconds)
                .ok_or_else(|| format!("`{other}` is no time")),
        }
    }
}

impl ReasonData {
    fn evaluated(&self) -> Result<Vec<RecordedDatapoint>, String> {
        let datapoint = |point: &Datapoint| {
            Ok(RecordedDatapoint {
                start: time(&point.timestamp)?,
                value: point.value,
            })
        };
        self.evaluated_datapoints.iter().map(datapoint).collect()
    }
}

fn time(text: &str) -> Result<Timestamp, String> {
    text.parse()
        .ok()
        .or_else(|| parse_aws_time(text))
        .ok_or_else(|| format!("`{text}` is no time"))
}

fn unknown_state(name: &str) -> String {
    format!("`{name}` is no state of an alarm")
}

#[cfg(test)]
mod tests {
    use super::history;

    fn item(kind: &str, timestamp: &str, data: &str) -> String {
        let data = serde_json::Value::String(data.to_owned());
        format!(
            r#"{{"AlarmName":"a","HistoryItemType":"{kind}","Timestamp":{timestamp},"HistoryData":{data}}}"#
        )
    }

    fn items(items: &[String]) -> String {
        format!(r#"{{"AlarmHistoryItems":[{}]}}"#, items.join(","))
    }

    #[test]
    fn changes_by_evaluation_and_by_hand_and_of_the_configuration_are_told_apart() {
        let evaluated = r#"{"oldState":{"stateValue":"OK"},"newState":{"stateValue":"ALARM","stateReasonData":
            {"queryDate":"2027-01-05T08:18:44.401+0000","evaluatedDatapoints":
            [{"timestamp":"2027-01-05T08:13:00.000+0000","value":2.0},{"timestamp":"2027-01-05T08:08:00.000+0000"}]}}}"#;
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
        let found = history(&text).unwrap();
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
    fn a_wrong_item_is_named() {
        let wrong = |text: String| history(&text).unwrap_err();
        assert!(wrong("{}".into()).contains("describe-alarm-history"));
        let state = r#"{"oldState":{"stateValue":"OK"},"newState":{"stateValue":"BAD"}}"#;
        let error = wrong(items(&[item("StateUpdate", "0", state)]));
        assert_eq!(error, "AlarmHistoryItems[0]: `BAD` is no state of an alarm");
        let error = wrong(items(&[item("StateUpdate", "0", "no JSON")]));
        assert!(
            error.starts_with("AlarmHistoryItems[0]: HistoryData: "),
            "{error}"
        );
        let good = r#"{"oldState":{"stateValue":"OK"},"newState":{"stateValue":"ALARM"}}"#;
        let error = wrong(items(&[item("StateUpdate", "\"noon\"", good)]));
        assert_eq!(error, "AlarmHistoryItems[0]: `noon` is no time");
    }
}
