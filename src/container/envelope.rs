//! Documents that wrap records: what other services and tools make of them.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::json::members;

/// How many envelopes may stand in one another. Known producers nest two.
const NESTING_LIMIT: usize = 4;

/// What an object turned out to be.
pub(super) enum Envelope<'a> {
    /// One record, as it stands in the document.
    Record(&'a str),
    /// Any number of records that were taken out of strings or deeper objects.
    Records(Vec<Wrapped<'a>>),
    /// A digest of CloudTrail.
    Digest,
    /// Something else.
    Foreign,
}

/// A record that was taken out of something.
pub(super) struct Wrapped<'a> {
    pub(super) text: Cow<'a, str>,
    /// The time at which a log group had it.
    pub(super) log_time: Option<Timestamp>,
}

impl<'a> Wrapped<'a> {
    fn of(text: Cow<'a, str>) -> Self {
        Self { text, log_time: None }
    }
}

/// Finds the records in the object that `raw` is the text of.
pub(super) fn unwrap(raw: &str) -> Envelope<'_> {
    unwrap_at(raw, 0)
}

fn unwrap_at(raw: &str, depth: usize) -> Envelope<'_> {
    let Ok(members) = members(raw) else { return Envelope::Foreign };
    let member = |name: &str| members.iter().find(|(key, _)| key == name).map(|(_, value)| *value);
    let has = |names: &[&str]| names.iter().all(|name| member(name).is_some());
    if has(&["eventTime", "eventSource", "eventName"]) {
        return Envelope::Record(raw);
    }
    if has(&["awsAccountId", "digestEndTime", "logFiles"]) {
        return Envelope::Digest;
    }
    if depth == NESTING_LIMIT {
        return Envelope::Foreign;
    }
    // What CloudWatch Logs hands to a subscription.
    if let (Some(kind), Some(events)) = (member("messageType"), member("logEvents")) {
        // Now and then it only tests whether somebody listens.
        return match kind {
            r#""CONTROL_MESSAGE""# => Envelope::Records(Vec::new()),
            _ => each(events, "message"),
        };
    }
    // What `aws logs filter-log-events` and `get-log-events` print.
    if let Some(events) = member("events").filter(|events| is_log(events)) {
        return each(events, "message");
    }
    // What `aws logs get-query-results` prints.
    if let (Some(rows), Some(_)) = (member("results"), member("status")) {
        return insights(rows);
    }
    // What `aws cloudtrail lookup-events` prints, whole or one event.
    if let Some(events) = member("Events") {
        return each(events, "CloudTrailEvent");
    }
    if let Some(event) = member("CloudTrailEvent") {
        return text(event).map_or(Envelope::Foreign, |record| Envelope::Records(vec![Wrapped::of(record)]));
    }
    // An event of EventBridge.
    if let (Some(_), Some(detail)) = (member("detail-type"), member("detail")) {
        return nested(detail, depth);
    }
    // What OpenSearch integrations store.
    match member("aws").map(crate::json::members) {
        Some(Ok(aws)) => aws
            .iter()
            .find(|(key, _)| key == "cloudtrail")
            .map_or(Envelope::Foreign, |(_, record)| nested(record, depth)),
        _ => Envelope::Foreign,
    }
}

fn nested(raw: &str, depth: usize) -> Envelope<'_> {
    if raw.starts_with('{') { unwrap_at(raw, depth + 1) } else { Envelope::Foreign }
}

/// The records that stand, as strings, in one member of each element of an array. An element without that member is
/// kept as it is, so that it is reported.
fn each<'a>(array: &'a str, name: &str) -> Envelope<'a> {
    let Ok(elements) = serde_json::from_str::<Vec<&'a RawValue>>(array) else { return Envelope::Foreign };
    let record = |element: &'a RawValue| {
        let members = members(element.get()).unwrap_or_default();
        let member = |name: &str| members.iter().find(|(key, _)| key == name).map(|(_, value)| *value);
        Wrapped {
            text: member(name).and_then(text).unwrap_or(Cow::Borrowed(element.get())),
            log_time: member("timestamp").and_then(milliseconds),
        }
    };
    Envelope::Records(elements.into_iter().map(record).collect())
}

/// Whether an array holds events of a log: the first has a message and its time.
fn is_log(array: &str) -> bool {
    let elements = serde_json::from_str::<Vec<&RawValue>>(array).unwrap_or_default();
    let Some(first) = elements.first() else { return true };
    let members = members(first.get()).unwrap_or_default();
    ["message", "timestamp"].iter().all(|name| members.iter().any(|(key, _)| key == name))
}

/// A column of a row of CloudWatch Logs Insights.
#[derive(Deserialize)]
struct InsightsField<'a> {
    #[serde(borrow)]
    field: Cow<'a, str>,
    value: Option<String>,
}

/// The messages of a result of CloudWatch Logs Insights. A row without a message is kept as it is, so that it is
/// reported.
fn insights(rows: &str) -> Envelope<'_> {
    let Ok(rows) = serde_json::from_str::<Vec<&RawValue>>(rows) else { return Envelope::Foreign };
    let record = |row: &&'_ RawValue| {
        let fields = serde_json::from_str::<Vec<InsightsField<'_>>>(row.get()).unwrap_or_default();
        let value = |name: &str| fields.iter().find(|field| field.field == name)?.value.clone();
        let log_time = value("@timestamp").and_then(|time| insights_time(&time));
        Wrapped { text: value("@message").unwrap_or_else(|| row.get().to_owned()).into(), log_time }
    };
    Envelope::Records(rows.iter().map(record).collect())
}

/// A time as CloudWatch Logs Insights prints it, in UTC: `2026-03-02 02:30:12.345`.
fn insights_time(text: &str) -> Option<Timestamp> {
    format!("{text}Z").parse().ok()
}

/// A time as CloudWatch Logs has it.
fn milliseconds(raw: &str) -> Option<Timestamp> {
    raw.parse().ok().and_then(|milliseconds| Timestamp::from_millisecond(milliseconds).ok())
}

/// The text of a JSON string.
fn text(raw: &str) -> Option<Cow<'_, str>> {
    serde_json::from_str::<String>(raw).ok().map(Cow::Owned)
}
