//! Fields of other types than AWS's API has them: templates give numbers and flags as texts, and
//! texts as numbers and flags.

use serde_json::{Map, Number, Value};

use crate::text::printable;

/// The first number above which not every whole number is a floating-point number.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Fields that are numbers.
const NUMBERS: [&str; 9] = [
    "ActionsSuppressorExtensionPeriod",
    "ActionsSuppressorWaitPeriod",
    "DatapointsToAlarm",
    "DefaultValue",
    "EvaluationPeriods",
    "Period",
    "Threshold",
    "WarmUpPeriodDurationInMinutes",
    "PendingPeriod",
];

/// Fields that are true or false.
const FLAGS: [&str; 4] = [
    "ActionsEnabled",
    "ApplyOnTransformedLogs",
    "OnlyStartEvaluatingAfterWarmUpPeriodEnds",
    "ReturnData",
];

/// Fields that are lists of texts.
const LISTS: [&str; 5] = [
    "AlarmActions",
    "AlarmNames",
    "EmitSystemFieldDimensions",
    "InsufficientDataActions",
    "OKActions",
];

/// Fields that are lists of objects.
const OBJECT_LISTS: [&str; 2] = ["MetricTransformations", "Metrics"];

/// Fields that are texts.
const TEXTS: [&str; 18] = [
    "AlarmDescription",
    "AlarmName",
    "AlarmRule",
    "ActionsSuppressor",
    "ComparisonOperator",
    "Expression",
    "ExtendedStatistic",
    "FilterName",
    "FilterPattern",
    "Id",
    "MetricName",
    "MetricNamespace",
    "MetricValue",
    "Namespace",
    "Stat",
    "Statistic",
    "TreatMissingData",
    "Unit",
];

/// Converts the fields of a definition, at any depth, to the types of AWS's API.
///
/// # Errors
///
/// Returns an error if a field cannot be converted; names it.
pub(super) fn coerce(fields: Map<String, Value>) -> Result<Map<String, Value>, String> {
    let mut coerced = Map::new();
    for (name, value) in fields {
        let value = coerce_field(&name, value)
            .map_err(|detail| format!("`{}`: {detail}", printable(&name)))?;
        // A field that is null is not set.
        if !value.is_null() {
            coerced.insert(name, value);
        }
    }
    Ok(coerced)
}

fn coerce_field(name: &str, value: Value) -> Result<Value, String> {
    match (FieldType::from_name(name), value) {
        (_, Value::Null) => Ok(Value::Null),
        (FieldType::Number, value) => number(value),
        (FieldType::Flag, value) => flag(value),
        (FieldType::Texts, value) => Ok(texts(value)),
        (FieldType::Objects, value) if !value.is_array() => Err("expected a list".to_owned()),
        (FieldType::Text, Value::Array(_) | Value::Object(_)) => Err("expected a text".to_owned()),
        (FieldType::Dimensions, Value::Object(members)) => Ok(Value::Object(text_members(members))),
        (_, Value::Object(members)) => coerce(members).map(Value::Object),
        (_, Value::Array(items)) => items.into_iter().map(coerce_item).collect(),
        (_, scalar) => Ok(text(scalar)),
    }
}

/// The type that AWS's API has for a field.
enum FieldType {
    Number,
    Flag,
    Text,
    Texts,
    Objects,
    /// An object whose names are free, so they say nothing about the types of the values.
    Dimensions,
    /// A field that is known by its value alone.
    Other,
}

impl FieldType {
    fn from_name(name: &str) -> Self {
        match name {
            _ if is_one_of(&NUMBERS, name) => Self::Number,
            _ if is_one_of(&FLAGS, name) => Self::Flag,
            _ if is_one_of(&LISTS, name) => Self::Texts,
            _ if is_one_of(&OBJECT_LISTS, name) => Self::Objects,
            _ if is_one_of(&TEXTS, name) => Self::Text,
            _ if is_one_of(&["Dimensions"], name) => Self::Dimensions,
            _ => Self::Other,
        }
    }
}

/// Returns true if a field is one of these. The API of CloudWatch Logs begins its fields with small
/// letters, CloudFormation with capitals.
pub(super) fn is_one_of(fields: &[&str], name: &str) -> bool {
    fields.iter().any(|field| field.eq_ignore_ascii_case(name))
}

fn coerce_item(item: Value) -> Result<Value, String> {
    match item {
        Value::Object(members) => coerce(members).map(Value::Object),
        other => Ok(text(other)),
    }
}

fn text_members(members: Map<String, Value>) -> Map<String, Value> {
    let texts = members.into_iter().map(|(name, value)| (name, text(value)));
    texts.collect()
}

/// Returns a list of texts; a single text is a list of one.
fn texts(value: Value) -> Value {
    match value {
        Value::Array(items) => items
            .into_iter()
            .filter(|item| !item.is_null())
            .map(text)
            .collect(),
        single => Value::Array(vec![text(single)]),
    }
}

/// Returns a number or a flag as the text that it spells.
fn text(value: Value) -> Value {
    match value {
        Value::Number(_) | Value::Bool(_) => Value::String(value.to_string()),
        other => other,
    }
}

fn number(value: Value) -> Result<Value, String> {
    let parsed = match &value {
        Value::Number(number) => Some(number.clone()),
        // This is the grammar of JSON, since that of Rust also takes `inf` and `NaN`.
        Value::String(text) => serde_json::from_str(text.trim()).ok(),
        _ => None,
    };
    match parsed {
        Some(number) => Ok(Value::Number(whole(number))),
        None => Err(format!("`{}` is not a number", shown(&value))),
    }
}

/// Returns a whole number without its fraction of zero, which counts and periods do not take.
fn whole(number: Number) -> Number {
    match number.as_f64() {
        Some(value) if number.is_f64() && is_exact(value) => Number::from(value as i64),
        _ => number,
    }
}

/// Returns true for a whole number that stands for no other one.
fn is_exact(value: f64) -> bool {
    value.fract() == 0.0 && value.abs() < EXACT
}

fn flag(value: Value) -> Result<Value, String> {
    let text = match &value {
        Value::Bool(_) => return Ok(value),
        Value::String(text) => text.trim().to_lowercase(),
        _ => String::new(),
    };
    // YAML 1.1 has the other words, too.
    match text.as_str() {
        "true" | "yes" | "on" => Ok(Value::Bool(true)),
        "false" | "no" | "off" => Ok(Value::Bool(false)),
        _ => Err(format!("`{}` is neither true nor false", shown(&value))),
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => printable(text),
        other => printable(&other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn coerced(value: Value) -> Result<Value, String> {
        let Value::Object(fields) = value else {
            return Ok(value);
        };
        coerce(fields).map(Value::Object)
    }

    #[test]
    fn texts_numbers_and_flags_are_what_their_fields_take() {
        let written = json!({
            "AlarmName": 123, "Period": "300", "Threshold": " 1.5 ", "EvaluationPeriods": 2.0,
            "ActionsEnabled": "False", "AlarmActions": "arn", "OKActions": [1, null],
            "metricTransformations": [{ "metricValue": 1, "defaultValue": "0", "unit": null }],
            "Dimensions": { "Period": 1 }, "FilterPattern": true,
        });
        let expected = json!({
            "AlarmName": "123", "Period": 300, "Threshold": 1.5, "EvaluationPeriods": 2,
            "ActionsEnabled": false, "AlarmActions": ["arn"], "OKActions": ["1"],
            "metricTransformations": [{ "metricValue": "1", "defaultValue": 0 }],
            "Dimensions": { "Period": "1" }, "FilterPattern": "true",
        });
        assert_eq!(coerced(written), Ok(expected));
    }

    #[test]
    fn what_cannot_be_converted_is_named() {
        for (written, detail) in [
            (
                json!({ "Period": "often" }),
                "`Period`: `often` is not a number",
            ),
            (
                json!({ "Threshold": [1] }),
                "`Threshold`: `[1]` is not a number",
            ),
            (
                json!({ "ActionsEnabled": 1 }),
                "`ActionsEnabled`: `1` is neither true nor false",
            ),
            (json!({ "AlarmName": {} }), "`AlarmName`: expected a text"),
            (json!({ "Metrics": {} }), "`Metrics`: expected a list"),
            (
                json!({ "Metrics": [{ "Period": "x" }] }),
                "`Metrics`: `Period`: `x` is not a number",
            ),
        ] {
            assert_eq!(coerced(written), Err(detail.to_owned()));
        }
    }
}
