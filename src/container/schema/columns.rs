//! Rows of tables that hold records: one column for each field, as Athena, CloudTrail Lake and the
//! event history write them.
//!
//! Names come in lower case from Athena and Lake, and spelled out from the event history. Objects
//! come as JSON in strings, or in Parquet as structures, whose names may be in lower case, too. A
//! structure that is printed in another form (`{type=IAMUser, …}`) is kept as a string.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::{Map, Number, Value};

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

/// The names inside of the structures of a record, as CloudTrail writes them.
const NESTED: [&str; 33] = [
    "type",
    "principalId",
    "arn",
    "accountId",
    "accessKeyId",
    "userName",
    "invokedBy",
    "inScopeOf",
    "sourceArn",
    "sourceAccount",
    "issuerType",
    "credentialsIssuedTo",
    "identityProvider",
    "credentialId",
    "onBehalfOf",
    "userId",
    "identityStoreArn",
    "sessionContext",
    "attributes",
    "mfaAuthenticated",
    "creationDate",
    "sessionIssuer",
    "sourceIdentity",
    "ec2RoleDelivery",
    "webIdFederationData",
    "federatedProvider",
    "assumedRoot",
    "tlsVersion",
    "cipherSuite",
    "clientProvidedHostHeader",
    "keyExchange",
    "ARNPrefix",
    "ARN",
];

/// The fields whose structures have those names. Requests and responses have names of their own.
const STRUCTURED: [&str; 3] = ["userIdentity", "resources", "tlsDetails"];

/// The fields without which a row is not a record.
const NEEDED: [&str; 3] = ["eventTime", "eventSource", "eventName"];

/// The latest time as a count of seconds, in the year 5138. A larger count is of a finer unit: as
/// seconds it would be a time after any record.
const SECONDS_LIMIT: f64 = 1e11;

/// The counts in a second of the units of time, and the nanoseconds in each.
const UNITS: [(f64, i64); 4] = [
    (1.0, 1_000_000_000),
    (1e3, 1_000_000),
    (1e6, 1_000),
    (1e9, 1),
];

/// Returns the field of a column, or the name of the column if there is no such field.
fn field(column: &str) -> &str {
    let is_it = |name: &&str| name.eq_ignore_ascii_case(column);
    for (field, others) in FIELDS {
        if is_it(&field) || others.iter().any(is_it) {
            return field;
        }
    }
    column
}

/// Returns true if a table with these columns holds records.
pub(super) fn are_of_records<'a>(columns: impl Iterator<Item = &'a str>) -> bool {
    let fields: Vec<&str> = columns.map(field).collect();
    NEEDED.iter().all(|needed| fields.contains(needed))
}

/// Returns the record that a row is, as JSON.
pub(crate) fn column_record(columns: Map<String, Value>) -> String {
    let mut record = Map::new();
    for (column, value) in columns {
        let field = field(&column);
        if let Some(value) = field_value(field, value) {
            record.insert(field.to_owned(), value);
        }
    }
    Value::Object(record).to_string()
}

/// Returns the value of a field as CloudTrail writes it; nothing for an empty cell.
fn field_value(field: &str, value: Value) -> Option<Value> {
    match value {
        // A record has no member for what a table has no value for.
        Value::Null => None,
        Value::String(text) => cell(field, text),
        Value::Number(count) if field == "eventTime" => Some(since_epoch(count)),
        structure if STRUCTURED.contains(&field) => Some(renamed(structure, field == "resources")),
        other => Some(other),
    }
}

/// Returns the value in a cell that is a string.
fn cell(field: &str, text: String) -> Option<Value> {
    if text.is_empty() || text == "null" {
        return None;
    }
    if field == "eventTime" {
        return Some(time_in_utc(&text).unwrap_or(text).into());
    }
    // Numbers stay strings, since an identifier may be nothing but digits.
    let is_json = text.starts_with(['{', '[']) || matches!(text.as_str(), "true" | "false");
    let json = is_json.then(|| serde_json::from_str(&text).ok()).flatten();
    Some(json.unwrap_or(Value::String(text)))
}

/// Returns a structure with the names that CloudTrail writes.
fn renamed(value: Value, is_resource: bool) -> Value {
    match value {
        Value::Object(members) => {
            let mut structure = Map::new();
            for (column, value) in members {
                let name = nested_name(column, is_resource);
                structure.insert(name, renamed(value, is_resource));
            }
            Value::Object(structure)
        }
        Value::Array(elements) => {
            let elements = elements.into_iter();
            elements
                .map(|element| renamed(element, is_resource))
                .collect()
        }
        other => other,
    }
}

/// Returns the name in a structure of a column. The ARN of a resource is `ARN`, and any other
/// `arn`, which are the last and the first of the names that fit.
fn nested_name(column: String, is_resource: bool) -> String {
    let mut known = NESTED
        .iter()
        .filter(|name| name.eq_ignore_ascii_case(&column));
    let name = if is_resource {
        known.next_back()
    } else {
        known.next()
    };
    name.map_or(column, |name| (*name).to_owned())
}

/// Returns a time that is a count since the epoch: of seconds, milliseconds, microseconds or
/// nanoseconds, whichever is a date of this age. A number that is too large for a time stays.
fn since_epoch(count: Number) -> Value {
    let time = nanoseconds(&count).map(Timestamp::from_nanosecond);
    match time {
        Some(Ok(time)) => time.to_string().into(),
        _ => Value::Number(count),
    }
}

fn nanoseconds(number: &Number) -> Option<i128> {
    let count = number.as_f64()?;
    let (per_second, unit) = unit(count)?;
    if let Some(whole) = number.as_i64() {
        return Some(i128::from(whole) * i128::from(unit));
    }
    // A fraction is read to the microsecond, which is the precision of a number of this size.
    let microseconds = (count * 1e6 / per_second).round() as i128;
    Some(microseconds * 1_000)
}

fn unit(count: f64) -> Option<(f64, i64)> {
    let mut units = UNITS.into_iter();
    units.find(|(per_second, _)| count.abs() / per_second < SECONDS_LIMIT)
}

/// Returns a time without its zone, which is UTC in all of these tables, as CloudTrail writes it;
/// nothing for a time that has its zone.
fn time_in_utc(text: &str) -> Option<String> {
    if text.parse::<Timestamp>().is_ok() {
        return None;
    }
    let local: DateTime = text.trim_end_matches(" UTC").parse().ok()?;
    let time = TimeZone::UTC.to_timestamp(local).ok()?;
    Some(time.to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_row_becomes_a_record() {
        let row = json!({
            "eventtime": "2026-02-03 04:05:06.000", "Event name": "GetSecretValue",
            "requestparameters": "{\"a\":1}", "errorcode": "", "useridentity": "{type=Root}",
            "readonly": "true", "Custom": "x", "resources": null,
        });
        let Value::Object(columns) = row else {
            panic!("an object")
        };
        let record: Value = serde_json::from_str(&column_record(columns)).expect("JSON");
        let expected = json!({
            "eventTime": "2026-02-03T04:05:06Z", "eventName": "GetSecretValue",
            "requestParameters": {"a": 1},
            "userIdentity": "{type=Root}", "readOnly": true, "Custom": "x",
        });
        assert_eq!(record, expected);
        for (count, time) in [
            (json!(1_770_091_506), "2026-02-03T04:05:06Z"),
            (json!(1_770_091_506.0), "2026-02-03T04:05:06Z"),
            (json!(1_770_091_506.25), "2026-02-03T04:05:06.25Z"),
            (json!(1_770_091_506_007_i64), "2026-02-03T04:05:06.007Z"),
            (json!(1.770_091_506_007e18), "2026-02-03T04:05:06.007Z"),
        ] {
            assert_eq!(field_value("eventTime", count), Some(Value::from(time)));
        }
        let beyond = json!(1e300);
        assert_eq!(field_value("eventTime", beyond.clone()), Some(beyond));
        assert!(are_of_records(
            ["eventtime", "EVENTSOURCE", "Event name"].into_iter()
        ));
        assert!(!are_of_records(["eventtime", "eventsource"].into_iter()));
    }
}
