//! Rows of tables that hold records: one column a field, as Athena, CloudTrail Lake and the event
//! history write them.
//!
//! Names come in lower case from Athena and Lake, and spelled out from the event history; objects
//! come as JSON texts, or in Parquet as structures, whose names may be in lower case, too. What
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

/// The columns whose structures have those names. Those of requests and answers have names of their
/// own.
const STRUCTURED: [&str; 3] = ["userIdentity", "resources", "tlsDetails"];

/// The fields without which a row is no record.
const NEEDED: [&str; 3] = ["eventTime", "eventSource", "eventName"];

/// The field that a column holds; the name of the column where it is none.
pub(super) fn field(column: &str) -> &str {
    let is_it = |(field, others): &&(&'static str, &[&str])| {
        field.eq_ignore_ascii_case(column)
            || others
                .iter()
                .any(|other| other.eq_ignore_ascii_case(column))
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
            Value::Number(number) if field == "eventTime" => Some(since_epoch(&number)),
            structure if STRUCTURED.contains(&field.as_str()) => Some(renamed(structure, &field)),
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
    match serde_json::from_str::<Value>(&text)
        .ok()
        .filter(|_| is_json)
    {
        Some(json) => Some(json),
        None => Some(text.into()),
    }
}

/// A structure with the names that CloudTrail writes. In `resources` the ARN is `ARN`, elsewhere
/// `arn`.
fn renamed(value: Value, field: &str) -> Value {
    let is_resource = field == "resources";
    let name = |column: String| {
        let mut known = NESTED
            .iter()
            .filter(|name| name.eq_ignore_ascii_case(&column));
        let name = if is_resource {
            known.next_back()
        } else {
            known.next()
        };
        name.map_or(column, |name| (*name).to_owned())
    };
    match value {
        Value::Object(members) => members
            .into_iter()
            .map(|(column, value)| (name(column), renamed(value, field)))
            .collect(),
        Value::Array(elements) => Value::Array(
            elements
                .into_iter()
                .map(|element| renamed(element, field))
                .collect(),
        ),
        other => other,
    }
}

/// A time as a count since the epoch: of seconds, milliseconds, microseconds or nanoseconds,
/// whichever is a date of this age. What is none stays as it is.
fn since_epoch(number: &serde_json::Number) -> Value {
    /// A count of this size is of a finer unit: as seconds it would be a year behind 5138.
    const LIMIT: f64 = 1e11;
    let kept = || Value::Number(number.clone());
    let Some(count) = number.as_f64() else {
        return kept();
    };
    let units = [1_000_000_000_i64, 1_000_000, 1_000, 1];
    let per_second = |unit: &i64| (1_000_000_000 / unit) as f64;
    let Some(unit) = units
        .iter()
        .find(|unit| count.abs() / per_second(unit) < LIMIT)
    else {
        return kept();
    };
    let nanoseconds = match number.as_i64() {
        Some(whole) => i128::from(whole) * i128::from(*unit),
        // A fraction of a second is told to the microsecond, which is what a number of this size
        // holds.
        None => (count * per_second(&1_000) / per_second(unit)).round() as i128 * 1_000,
    };
    let time = jiff::Timestamp::from_nanosecond(nanoseconds);
    time.map_or_else(|_| kept(), |time| time.to_string().into())
}

/// A time without its zone, which is UTC in all of these tables, as CloudTrail writes it.
fn time(text: &str) -> Option<String> {
    if text.parse::<jiff::Timestamp>().is_ok() {
        return None;
    }
    let local: jiff::civil::DateTime = text.trim_end_matches(" UTC").parse().ok()?;
    Some(
        jiff::tz::TimeZone::UTC
            .to_timestamp(local)
            .ok()?
            .to_string(),
    )
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
        let Value::Object(columns) = row else {
            panic!("an object")
        };
        let record: Value = serde_json::from_str(&column_record(columns)).expect("JSON");
        let expected = json!({
            "eventTime": "2026-02-03T04:05:06Z", "eventName": "GetSecretValue", "requestParameters": {"a": 1},
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
            let Value::Number(number) = &count else {
                panic!("a number")
            };
            assert_eq!(since_epoch(number), Value::from(time), "{count}");
        }
        let Value::Number(beyond) = json!(1e300) else {
            panic!("a number")
        };
        assert_eq!(since_epoch(&beyond), json!(1e300));
        assert!(are_of_records(["eventtime", "EVENTSOURCE", "Event name"]));
        assert!(!are_of_records(["eventtime", "eventsource"]));
    }
}
