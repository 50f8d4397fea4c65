//! Documents that wrap records: what other services and tools make of them.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::columns::column_record;
use super::limits::Limits;
use super::unpack::unpack;
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
        Self {
            text,
            log_time: None,
        }
    }
}

/// Finds the records in the object that `raw` is the text of.
pub(super) fn unwrap(raw: &str) -> Envelope<'_> {
    unwrap_at(raw, 0)
}

fn unwrap_at(raw: &str, depth: usize) -> Envelope<'_> {
    let Ok(members) = members(raw) else {
        return Envelope::Foreign;
    };
    let document = Document {
        raw,
        members,
        depth,
    };
    if document.has(&["eventTime", "eventSource", "eventName"]) {
        return Envelope::Record(raw);
    }
    if document.has(&["awsAccountId", "digestEndTime", "logFiles"]) {
        return Envelope::Digest;
    }
    if depth == NESTING_LIMIT {
        return Envelope::Foreign;
    }
    let found = document
        .of_logs()
        .or_else(|| document.of_cloudtrail())
        .or_else(|| document.of_pipelines());
    found.unwrap_or(Envelope::Foreign)
}

/// An object that may wrap records.
struct Document<'a> {
    raw: &'a str,
    members: Vec<(Cow<'a, str>, &'a str)>,
    depth: usize,
}

impl<'a> Document<'a> {
    fn member(&self, name: &str) -> Option<&'a str> {
        self.members
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| *value)
    }

    fn has(&self, names: &[&str]) -> bool {
        names.iter().all(|name| self.member(name).is_some())
    }

    /// What CloudWatch Logs hands out.
    fn of_logs(&self) -> Option<Envelope<'a>> {
        // A subscription.
        if let (Some(kind), Some(events)) = (self.member("messageType"), self.member("logEvents")) {
            // Now and then it only tests whether somebody listens.
            return Some(match kind {
                r#""CONTROL_MESSAGE""# => Envelope::Records(Vec::new()),
                _ => each(events, "message"),
            });
        }
        // The same, as a function gets it.
        if let Some(data) = self
            .member("awslogs")
            .and_then(|awslogs| string_member(awslogs, "data"))
        {
            return Some(packed(&data, self.depth));
        }
        // What `aws logs filter-log-events` and `get-log-events` print.
        if let Some(events) = self.member("events").filter(|events| is_log(events)) {
            return Some(each(events, "message"));
        }
        // What `aws logs get-query-results` prints.
        self.member("results")
            .filter(|_| self.has(&["status"]))
            .map(insights)
    }

    /// What CloudTrail itself and EventBridge hand out.
    fn of_cloudtrail(&self) -> Option<Envelope<'a>> {
        // What `aws cloudtrail lookup-events` prints, whole or one event.
        if let Some(events) = self.member("Events") {
            return Some(each(events, "CloudTrailEvent"));
        }
        if let Some(event) = self.member("CloudTrailEvent") {
            return Some(text(event).map_or(Envelope::Foreign, |record| {
                Envelope::Records(vec![Wrapped::of(record)])
            }));
        }
        // What CloudTrail Lake answers to a query.
        if let Some(rows) = self
            .member("QueryResultRows")
            .filter(|_| self.has(&["QueryStatus"]))
        {
            return Some(lake(rows));
        }
        // An event of EventBridge.
        let detail = self
            .member("detail")
            .filter(|_| self.has(&["detail-type"]))?;
        Some(nested(detail, self.depth))
    }

    /// What pipelines and search engines put around a record, as an object or as a text.
    fn of_pipelines(&self) -> Option<Envelope<'a>> {
        // Logstash moves the time of an event.
        if let Some(time) = self
            .member("@timestamp")
            .filter(|_| self.has(&["eventSource", "eventName"]))
        {
            let fields = self.raw.strip_prefix('{').unwrap_or_default();
            let record = format!("{{\"eventTime\":{time},{fields}");
            return Some(Envelope::Records(vec![Wrapped::of(record.into())]));
        }
        if let Some(inner) = ["_source", "cloudtrail", "message"]
            .iter()
            .find_map(|name| self.member(name))
        {
            return Some(within(inner, self.depth));
        }
        if let Some(original) = self
            .member("event")
            .and_then(|event| string_member(event, "original"))
        {
            return Some(owned(&original, self.depth));
        }
        // OpenSearch.
        let aws = members(self.member("aws")?).ok()?;
        let (_, record) = aws.into_iter().find(|(key, _)| key == "cloudtrail")?;
        Some(nested(record, self.depth))
    }
}

/// The text of a member of an object.
fn string_member(raw: &str, name: &str) -> Option<String> {
    let members = members(raw).ok()?;
    let value = members
        .iter()
        .find(|(key, _)| key == name)
        .map(|(_, value)| *value)?;
    serde_json::from_str(value).ok()
}

/// What stands in a member: an object, or the text of one.
fn within(raw: &str, depth: usize) -> Envelope<'_> {
    match text(raw) {
        Some(text) => owned(&text, depth),
        None => nested(raw, depth),
    }
}

/// What a text holds that is not part of the document.
pub(super) fn owned<'a>(text: &str, depth: usize) -> Envelope<'a> {
    match nested(text.trim(), depth) {
        Envelope::Record(record) => {
            Envelope::Records(vec![Wrapped::of(Cow::Owned(record.to_owned()))])
        }
        Envelope::Records(records) => {
            let owned = |record: Wrapped<'_>| Wrapped {
                text: Cow::Owned(record.text.into_owned()),
                log_time: record.log_time,
            };
            Envelope::Records(records.into_iter().map(owned).collect())
        }
        Envelope::Digest => Envelope::Digest,
        Envelope::Foreign => Envelope::Foreign,
    }
}

/// What base64 of compressed bytes holds.
fn packed<'a>(data: &str, depth: usize) -> Envelope<'a> {
    use base64::Engine;
    let Ok(bytes) = base64::engine::general_purpose::STANDARD.decode(data) else {
        return Envelope::Foreign;
    };
    let mut content = Vec::new();
    unpack(bytes, &Limits::default(), &mut |part| {
        content.extend(part.bytes)
    });
    match String::from_utf8(content) {
        Ok(text) => owned(&text, depth),
        Err(_) => Envelope::Foreign,
    }
}

/// The rows of an answer of CloudTrail Lake: lists of objects with one column each, all values
/// texts.
fn lake(rows: &str) -> Envelope<'_> {
    let Ok(rows) = serde_json::from_str::<Vec<Vec<Map<String, Value>>>>(rows) else {
        return Envelope::Foreign;
    };
    let record = |row: Vec<Map<String, Value>>| {
        let columns: Map<String, Value> = row.into_iter().flatten().collect();
        Wrapped::of(Cow::Owned(column_record(columns)))
    };
    Envelope::Records(rows.into_iter().map(record).collect())
}

fn nested(raw: &str, depth: usize) -> Envelope<'_> {
    if raw.starts_with('{') {
        unwrap_at(raw, depth + 1)
    } else {
        Envelope::Foreign
    }
}

/// The records that stand, as strings, in one member of each element of an array. An element
/// without that member is kept as it is, so that it is reported.
fn each<'a>(array: &'a str, name: &str) -> Envelope<'a> {
    let Ok(elements) = serde_json::from_str::<Vec<&'a RawValue>>(array) else {
        return Envelope::Foreign;
    };
    let record = |element: &'a RawValue| {
        let members = members(element.get()).unwrap_or_default();
        let member = |name: &str| {
            members
                .iter()
                .find(|(key, _)| key == name)
                .map(|(_, value)| *value)
        };
        Wrapped {
            text: member(name)
                .and_then(text)
                .unwrap_or(Cow::Borrowed(element.get())),
            log_time: member("timestamp").and_then(milliseconds),
        }
    };
    Envelope::Records(elements.into_iter().map(record).collect())
}

/// Whether an array holds events of a log: the first has a message and its time.
fn is_log(array: &str) -> bool {
    let elements = serde_json::from_str::<Vec<&RawValue>>(array).unwrap_or_default();
    let Some(first) = elements.first() else {
        return true;
    };
    let members = members(first.get()).unwrap_or_default();
    ["message", "timestamp"]
        .iter()
        .all(|name| members.iter().any(|(key, _)| key == name))
}

/// A column of a row of CloudWatch Logs Insights.
#[derive(Deserialize)]
struct InsightsField<'a> {
    #[serde(borrow)]
    field: Cow<'a, str>,
    value: Option<String>,
}

/// The messages of a result of CloudWatch Logs Insights. A row without a message is kept as it is,
/// so that it is reported.
fn insights(rows: &str) -> Envelope<'_> {
    let Ok(rows) = serde_json::from_str::<Vec<&RawValue>>(rows) else {
        return Envelope::Foreign;
    };
    let record = |row: &&'_ RawValue| {
        let fields = serde_json::from_str::<Vec<InsightsField<'_>>>(row.get()).unwrap_or_default();
        let value = |name: &str| {
            fields
                .iter()
                .find(|field| field.field == name)?
                .value
                .clone()
        };
        let log_time = value("@timestamp").and_then(|time| insights_time(&time));
        Wrapped {
            text: value("@message")
                .unwrap_or_else(|| row.get().to_owned())
                .into(),
            log_time,
        }
    };
    Envelope::Records(rows.iter().map(record).collect())
}

/// A time as CloudWatch Logs Insights prints it, in UTC: `2026-03-02 02:30:12.345`.
fn insights_time(text: &str) -> Option<Timestamp> {
    format!("{text}Z").parse().ok()
}

/// A time as CloudWatch Logs has it.
fn milliseconds(raw: &str) -> Option<Timestamp> {
    raw.parse()
        .ok()
        .and_then(|milliseconds| Timestamp::from_millisecond(milliseconds).ok())
}

/// The text of a JSON string.
fn text(raw: &str) -> Option<Cow<'_, str>> {
    serde_json::from_str::<String>(raw).ok().map(Cow::Owned)
}
