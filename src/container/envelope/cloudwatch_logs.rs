//! Documents of CloudWatch Logs.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::wrapper::{Wrapped, Wrapper, string};
use crate::container::limits::Limits;
use crate::container::record_text::RecordText;
use crate::container::unpack::unpack;

/// The most bytes that the data of an event of a function may hold after decompression. Lambda
/// hands over at most six megabytes, compressed.
const DATA_BYTES: u64 = 256 << 20;

/// Finds the records in a document of CloudWatch Logs.
pub(super) fn find<'a>(wrapper: &Wrapper<'a>) -> Option<Wrapped<'a>> {
    subscription(wrapper)
        .or_else(|| function_event(wrapper))
        .or_else(|| log_events(wrapper))
        .or_else(|| query_results(wrapper))
}

/// A message of a subscription.
fn subscription<'a>(wrapper: &Wrapper<'a>) -> Option<Wrapped<'a>> {
    let (kind, events) = (wrapper.member("messageType")?, wrapper.member("logEvents")?);
    // Now and then, CloudWatch Logs only tests whether the destination can be reached.
    Some(match kind {
        r#""CONTROL_MESSAGE""# => Wrapped::Records(Vec::new()),
        _ => messages(events, "message"),
    })
}

/// A message of a subscription as a Lambda function receives it.
fn function_event<'a>(wrapper: &Wrapper<'a>) -> Option<Wrapped<'a>> {
    let data = wrapper.inner_string("awslogs", "data")?;
    Some(decoded(&data).map_or(Wrapped::Foreign, Wrapped::Text))
}

/// Returns the text in base64 of compressed bytes.
fn decoded(data: &str) -> Option<String> {
    use base64::Engine;
    let engine = &base64::engine::general_purpose::STANDARD;
    let bytes = engine.decode(data).ok()?;
    let limits = Limits {
        content_bytes: DATA_BYTES,
        ..Limits::default()
    };
    let mut content = Vec::new();
    unpack(bytes, &limits, &mut |piece| {
        append(&mut content, &piece.bytes);
    });
    String::from_utf8(content).ok()
}

fn append(content: &mut Vec<u8>, bytes: &[u8]) {
    // The limits hold for each file of an archive, but here all would be one content.
    let length = content.len() + bytes.len();
    if length as u64 <= DATA_BYTES {
        content.extend_from_slice(bytes);
    }
}

/// The output of `aws logs filter-log-events` and `get-log-events`.
fn log_events<'a>(wrapper: &Wrapper<'a>) -> Option<Wrapped<'a>> {
    let events = wrapper.member("events")?;
    are_log_events(events).then(|| messages(events, "message"))
}

/// Returns true if an array holds events of a log: if the first has a message and its time.
fn are_log_events(array: &str) -> bool {
    let elements: Vec<&RawValue> = serde_json::from_str(array).unwrap_or_default();
    // No event is also an answer to a search in a log.
    elements
        .first()
        .is_none_or(|first| is_log_event(first.get()))
}

fn is_log_event(element: &str) -> bool {
    let event = Wrapper::new(element);
    event.is_some_and(|event| event.has(&["message", "timestamp"]))
}

/// Returns the records that are strings in one member of each element of an array. An element
/// without that member is kept as it is, so that it is reported.
pub(super) fn messages<'a>(array: &'a str, name: &str) -> Wrapped<'a> {
    let Ok(elements) = serde_json::from_str::<Vec<&'a RawValue>>(array) else {
        return Wrapped::Foreign;
    };
    let elements = elements.into_iter().map(RawValue::get);
    Wrapped::Records(elements.map(|element| message(element, name)).collect())
}

fn message<'a>(element: &'a str, name: &str) -> RecordText<'a> {
    let event = Wrapper::new(element);
    let member = |name: &str| event.as_ref()?.member(name);
    let log_time = member("timestamp").and_then(milliseconds);
    let text = member(name).and_then(string);
    RecordText {
        log_time,
        ..RecordText::unwrapped(text.map_or(Cow::Borrowed(element), Cow::Owned))
    }
}

/// Returns a time as CloudWatch Logs writes it.
fn milliseconds(raw: &str) -> Option<Timestamp> {
    Timestamp::from_millisecond(raw.parse().ok()?).ok()
}

/// The output of `aws logs get-query-results`, of CloudWatch Logs Insights.
fn query_results<'a>(wrapper: &Wrapper<'a>) -> Option<Wrapped<'a>> {
    let results = wrapper.member("results")?;
    if !wrapper.has(&["status"]) {
        return None;
    }
    let Ok(rows) = serde_json::from_str::<Vec<&'a RawValue>>(results) else {
        return Some(Wrapped::Foreign);
    };
    let records = rows.into_iter().map(|row| query_result(row.get()));
    Some(Wrapped::Records(records.collect()))
}

/// A cell of a row of query results.
#[derive(Deserialize)]
struct QueryResult<'a> {
    #[serde(borrow)]
    field: Cow<'a, str>,
    value: Option<String>,
}

/// Returns the message in a row. A row without a message is kept as it is, so that it is reported.
fn query_result(row: &str) -> RecordText<'_> {
    let cells: Vec<QueryResult<'_>> = serde_json::from_str(row).unwrap_or_default();
    let mut record = RecordText::unwrapped(row);
    if let Some(message) = cell(&cells, "@message") {
        record.text = Cow::Owned(message.to_owned());
    }
    record.log_time = cell(&cells, "@timestamp").and_then(query_result_time);
    record
}

fn cell<'c>(cells: &'c [QueryResult<'_>], field: &str) -> Option<&'c str> {
    let cell = cells.iter().find(|cell| cell.field == field)?;
    cell.value.as_deref()
}

/// Returns a time as CloudWatch Logs Insights writes it, in UTC: `2026-03-02 02:30:12.345`.
fn query_result_time(text: &str) -> Option<Timestamp> {
    format!("{text}Z").parse().ok()
}
