//! Rows of tables that hold records: one column a field, as Athena, CloudTrail Lake and the event history write them.
//!
//! Names come in lower case from Athena and Lake, and spelled out from the event history; objects come as JSON texts. What
//! such a copy prints as a structure of its own (`{type=IAMUser, …}`) is kept as a text.

use serde_json::{Map, Value};

/// The fields of a record, as CloudTrail writes them, and other names that tables have for them.
const FIELDS: [(&str, &[&str]); 28] = [
    ("additionalEventData", &[]),
    ("apiVersion", &[]),
    ("awsRegion", &["aws region", "region"]),
    ("errorCode", &["error code"]),
    ("errorMessage", &["error message"]),
    ("eventCategory", &[]),
    ("eventID", &["event id"]),
    ("eventName", &["event name"]),
    ("eventSource", &["event source"]),
    ("eventTime", &["event time"]),
    ("eventType", &["event type"]),
    ("eventVersion", &[]),
    ("managementEvent", &[]),
    ("readOnly", &["read-only", "read only"]),
    ("recipientAccountId", &["recipient account id"]),
    ("requestID", &["request id"]),
    ("requestParameters", &[]),
    ("resources", &[]),
    ("responseElements", &[]),
    ("serviceEventDetails", &[]),
    ("sessionCredentialFromConsole", &[]),
    ("sharedEventID", &[]),
    ("sourceIPAddress", &["source ip address"]),
    ("tlsDetails", &[]),
    ("userAgent", &["user agent"]),
    ("userIdentity", &[]),
    ("vpcEndpointAccountId", &[]),
    ("vpcEndpointId", &["vpcendpointid", "vpcendpointarn"]),
];

/// The fields without which a row is no record.
const NEEDED: [&str; 3] = ["eventTime", "eventSource", "eventName"];

/// The field that a column holds; the name of the column where it is none.
pub(super) fn field(column: &str) -> &str {
    let is_it = |(field, others): &&(&'static str, &[&str])| {
        field.eq_ignore_ascii_case(column) || others.iter().any(|other| other.eq_ignore_ascii_case(column))
    };
    FIELDS.iter().find(is_it).map_or(column, |(field, _)| field)
}

/// Whether a table with these columns holds records.
pub(super) fn are_of_records<'a>(columns: impl IntoIterator<Item = &'a str>) -> bool {
    let fields: Vec<&str> = columns.into_iter().map(field).collect();
    NEEDED.iter().all(|needed| fields.contains(needed))
}

/// The record that a row is, as JSON.
pub(super) fn column_record(columns: Map<String, Value>) -> String {
    let cells = columns.into_iter().filter_map(|(column, value)| {
        let field = field(&column).to_owned();
        let value = match value {
            Value::String(text) => cell(&field, text),
            Value::Null => None,
            other => Some(other),
        };
        Some((field, value?))
    });
    Value::Object(cells.collect()).to_string()
}

/// The value of a cell: times as CloudTrail writes them, JSON as it is, nothing for what is empty.
fn cell(field: &str, text: String) -> Option<Value> {
    if text.is_empty() || text == "null" {
        return None;
    }
    if field == "eventTime" {
        return Some(time(&text).unwrap_or(text).into());
    }
    let is_json = text.starts_with(['{', '[']) || matches!(text.as_str(), "true" | "false");
    match serde_json::from_str::<Value>(&text).ok().filter(|_| is_json) {
        Some(json) => Some(json),
        None => Some(text.into()),
    }
}

/// A time without its zone, which is UTC in all of these tables, as CloudTrail writes it.
fn time(text: &str) -> Option<String> {
    if text.parse::<jiff::Timestamp>().is_ok() {
        return None;
    }
    let local: jiff::civil::DateTime = text.trim_end_matches(" UTC").parse().ok()?;
    Some(jiff::tz::TimeZone::UTC.to_timestamp(local).ok()?.to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_row_becomes_a_record() {
        let row = json!({
            "eventtime": "2026-02-03 04:05:06.000", "Event name": "GetSecretValue", "requestparameters": "{\"a\":1}",
            "errorcode": "", "useridentity": "{type=Root}", "readonly": "true", "Custom": "x", "resources": null,
        });
        let Value::Object(columns) = row else { panic!("an object") };
        let record: Value = serde_json::from_str(&column_record(columns)).expect("JSON");
        let expected = json!({
            "eventTime": "2026-02-03T04:05:06Z", "eventName": "GetSecretValue", "requestParameters": {"a": 1},
            "userIdentity": "{type=Root}", "readOnly": true, "Custom": "x",
        });
        assert_eq!(record, expected);
        assert!(are_of_records(["eventtime", "EVENTSOURCE", "Event name"]));
        assert!(!are_of_records(["eventtime", "eventsource"]));
    }
}
