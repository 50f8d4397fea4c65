//! The values of tables as those of a record.
//!
//! Objects come as JSON in strings, or as structures, whose names may be in lower case or have
//! underscores. Times come as text in many forms, or as numbers.

use serde_json::{Map, Value};

use super::accounts;
use super::names;
use super::printed;
use super::times;
use crate::cloudtrail::record::is_no_value;

/// Returns the value of a field as CloudTrail writes it; nothing for an empty cell.
pub(super) fn field_value(field: &str, value: Value) -> Option<Value> {
    let value = match value {
        // A record has no member for what a table has no value for.
        Value::Null => return None,
        Value::String(text) => cell(field, text)?,
        other => other,
    };
    Some(match value {
        account if names::is_account(field) => accounts::whole(&account).unwrap_or(account),
        Value::Number(count) if field == "eventTime" => times::since_epoch(count),
        Value::Object(date) if field == "eventTime" => times::exported(date),
        // CloudTrail writes a version as text, and as a number 1.10 would be 1.1.
        Value::Number(version) if field == "eventVersion" => version.to_string().into(),
        other => renamed(field, other),
    })
}

/// Returns the value in a cell that is a string.
fn cell(field: &str, text: String) -> Option<Value> {
    match field {
        _ if text.is_empty() || text == "null" => None,
        field if !CALLERS_TEXTS.contains(&field) && is_no_value(&text) => None,
        "eventTime" => Some(times::in_utc(&text).unwrap_or(text).into()),
        field if is_text(field) => Some(Value::String(text)),
        _ => Some(parsed(field, text)),
    }
}

fn parsed(field: &str, text: String) -> Value {
    let parsed = json_in(&text).or_else(|| printed_in(field, &text));
    parsed.unwrap_or(Value::String(text))
}

/// The fields of a record that callers write any text into, also a word for no value.
const CALLERS_TEXTS: [&str; 2] = ["userAgent", "errorMessage"];

/// Returns true for a field whose text stays a text, whatever it looks like.
fn is_text(field: &str) -> bool {
    field == "errorCode" || CALLERS_TEXTS.contains(&field)
}

/// Returns the value that a text is the JSON of. Numbers stay text, since an identifier may be
/// nothing but digits.
pub(super) fn json_in(text: &str) -> Option<Value> {
    let is_json = text.starts_with(['{', '[']) || matches!(text, "true" | "false");
    is_json.then(|| serde_json::from_str(text).ok()).flatten()
}

/// Returns the structure that a query engine or a program printed in a form of its own.
fn printed_in(field: &str, text: &str) -> Option<Value> {
    let names_are_known = names::is_structured(field);
    printed::dictionary(field, text)
        .or_else(|| printed::powershell(field, text))
        .or_else(|| names_are_known.then(|| printed::engine(field, text))?)
}

/// Returns a structure with the names that CloudTrail writes.
fn renamed(field: &str, value: Value) -> Value {
    if names::is_structured(field) {
        return renamed_deeply(field, value);
    }
    match value {
        Value::Object(members) if names::is_of_services(field) => {
            let members = members.into_iter();
            let renamed = members.map(|(name, value)| (service_name(field, name), value));
            Value::Object(renamed.collect())
        }
        other => other,
    }
}

fn renamed_deeply(field: &str, value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut structure = Map::new();
            for (name, value) in members {
                let known = names::nested(field, &name).map(str::to_owned);
                let name = known.unwrap_or(name);
                let value = match names::is_account(&name) {
                    true => accounts::whole(&value).unwrap_or(value),
                    false => renamed_deeply(field, value),
                };
                structure.insert(name, value);
            }
            Value::Object(structure)
        }
        Value::Array(elements) => {
            let elements = elements.into_iter();
            elements
                .map(|element| renamed_deeply(field, element))
                .collect()
        }
        other => other,
    }
}

/// Returns the name of a member of a request or response. One with a capital letter is as its
/// service wrote it.
fn service_name(field: &str, name: String) -> String {
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return name;
    }
    names::nested(field, &name).map_or(name, str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_as_cloudtrail_writes_them() {
        let rows = [
            ("errorCode", json!(""), None),
            ("errorCode", json!("null"), None),
            ("errorCode", json!(null), None),
            ("errorCode", json!("None"), None),
            ("requestParameters", json!("NaN"), None),
            ("userAgent", json!("None"), Some(json!("None"))),
            ("readOnly", json!("true"), Some(json!(true))),
            (
                "recipientAccountId",
                json!("111122223333"),
                Some(json!("111122223333")),
            ),
            (
                "recipientAccountId",
                json!("11122223333.0"),
                Some(json!("011122223333")),
            ),
            (
                "userIdentity",
                json!({"accountid": 11_122_223_333_i64}),
                Some(json!({"accountId": "011122223333"})),
            ),
            ("eventVersion", json!(1.11), Some(json!("1.11"))),
            (
                "requestParameters",
                json!("{\"a\":1}"),
                Some(json!({"a": 1})),
            ),
            (
                "requestParameters",
                json!({"secretid": 1}),
                Some(json!({"secretId": 1})),
            ),
            (
                "requestParameters",
                json!({"keyID": 1}),
                Some(json!({"keyID": 1})),
            ),
            ("requestParameters", json!("{a=1}"), Some(json!("{a=1}"))),
            (
                "requestParameters",
                json!("{'a': None}"),
                Some(json!({"a": null})),
            ),
            (
                "userIdentity",
                json!({"user_name": "x"}),
                Some(json!({"userName": "x"})),
            ),
            (
                "userIdentity",
                json!("{type=Root}"),
                Some(json!({"type": "Root"})),
            ),
            (
                "resources",
                json!([{"arn": "x"}]),
                Some(json!([{"ARN": "x"}])),
            ),
            (
                "eventTime",
                json!(1_770_091_506),
                Some(json!("2026-02-03T04:05:06Z")),
            ),
        ];
        for (field, value, expected) in rows {
            assert_eq!(
                field_value(field, value.clone()),
                expected,
                "{field} {value}"
            );
        }
    }
}
