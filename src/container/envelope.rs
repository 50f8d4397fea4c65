//! Documents that wrap records: what other services and tools make of them.

use std::borrow::Cow;

use serde_json::value::RawValue;

use crate::json::members;

/// How many envelopes may stand in one another. Known producers nest two.
const NESTING_LIMIT: usize = 4;

/// What an object turned out to be.
pub(super) enum Envelope<'a> {
    /// One record, as it stands in the document.
    Record(&'a str),
    /// Any number of records that were taken out of strings or deeper objects.
    Records(Vec<Cow<'a, str>>),
    /// A digest of CloudTrail.
    Digest,
    /// Something else.
    Foreign,
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
    if let (Some(_), Some(events)) = (member("messageType"), member("logEvents")) {
        return each(events, "message");
    }
    // What `aws cloudtrail lookup-events` prints, whole or one event.
    if let Some(events) = member("Events") {
        return each(events, "CloudTrailEvent");
    }
    if let Some(event) = member("CloudTrailEvent") {
        return text(event).map_or(Envelope::Foreign, |record| Envelope::Records(vec![record]));
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
    let record = |element: &'a RawValue| -> Cow<'a, str> {
        let members = members(element.get()).unwrap_or_default();
        let value = members.into_iter().find(|(key, _)| key == name).map(|(_, value)| value);
        value.and_then(text).unwrap_or(Cow::Borrowed(element.get()))
    };
    Envelope::Records(elements.into_iter().map(record).collect())
}

/// The text of a JSON string.
fn text(raw: &str) -> Option<Cow<'_, str>> {
    serde_json::from_str::<String>(raw).ok().map(Cow::Owned)
}
