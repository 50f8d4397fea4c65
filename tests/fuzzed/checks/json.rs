//! What must hold for JSON.

use std::collections::BTreeMap;

use backtrail::internals::container::{Limits, Pass, RecordText, WalkOutcome, walk, walk_log_file};
use backtrail::internals::json::{Json, Members, members};
use serde_json::Value;
use serde_json::value::RawValue;

/// Takes any bytes as a JSON value, and as the elements of a log file. Both are read as another
/// parser reads them.
pub fn check(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    check_value(text);
    check_walks(text);
    let log_file = format!("{{\"Records\":[{text}]}}");
    if check_walks(&log_file) {
        check_log_file(&log_file);
    }
}

/// Checks that a value that another parser accepts is the same here. That one refuses more, such as
/// lone surrogates and deep nesting.
fn check_value(text: &str) {
    let Ok(value) = serde_json::from_str::<Value>(text) else {
        return;
    };
    let parsed = Json::parse(text).unwrap();
    assert!(is_same(&parsed, &value), "{parsed:?} is not {value:?}");
    assert_eq!(members(text).is_ok(), value.is_object());
}

fn is_same(json: &Json<'_>, value: &Value) -> bool {
    match (json, value) {
        (Json::Null, Value::Null) => true,
        (Json::Boolean(own), Value::Bool(other)) => own == other,
        (Json::Number(own), Value::Number(_)) => {
            serde_json::from_str(own).ok().as_ref() == Some(value)
        }
        (Json::Text(own), Value::String(other)) => own == other,
        (Json::Array(own), Value::Array(other)) => {
            let mut pairs = own.iter().zip(other);
            own.len() == other.len() && pairs.all(|(own, other)| is_same(own, other))
        }
        (Json::Object(own), Value::Object(other)) => {
            let mut members = own.iter();
            let is_member = |(name, own): &(_, _)| {
                other
                    .get::<str>(AsRef::<str>::as_ref(name))
                    .is_some_and(|other| is_same(own, other))
            };
            own.len() == other.len() && members.all(is_member)
        }
        _ => false,
    }
}

/// Checks that the fast pass visits the first of the records that the plain walk visits, or all.
/// Returns whether it visited all.
pub fn check_walks(text: &str) -> bool {
    let mut plain: Vec<RecordText<'_>> = Vec::new();
    let outcome = walk(text, &Limits::default(), &mut |record| plain.push(record));
    let mut fast: Vec<RecordText<'_>> = Vec::new();
    let pass = walk_log_file(text, &mut |record, found| {
        check_members(&record.text, found);
        fast.push(record);
    });
    assert!(
        fast.len() <= plain.len(),
        "{fast:?} are not all of {plain:?}"
    );
    for (number, (fast, plain)) in fast.iter().zip(&plain).enumerate() {
        // The first record of an array decides whether all of them have structures.
        let is_other_form = number > 0 && fast.byte == plain.byte && is_flat(&fast.text);
        assert!(is_other_form || fast == plain, "{fast:?} is not {plain:?}");
    }
    match pass {
        Pass::Whole => {
            assert_eq!(fast.len(), plain.len());
            let expected = WalkOutcome {
                recognized: 1,
                ..WalkOutcome::default()
            };
            assert_eq!(outcome, expected);
        }
        Pass::Stopped(visited) => assert_eq!(visited, fast.len() as u64),
    }
    pass == Pass::Whole
}

/// Returns true if a record has texts or names with dots in place of structures.
fn is_flat(record: &str) -> bool {
    let members = members(record).unwrap();
    let is_flat = |(name, value): &(_, &str)| {
        let name: &str = AsRef::as_ref(name);
        name.contains('.') || name == "userIdentity" && value.starts_with('"')
    };
    members.iter().any(is_flat)
}

/// Checks that the members which the fast pass found are those of the record.
fn check_members(record: &str, found: Members<'_, '_>) {
    let found: BTreeMap<&[u8], &str> = found
        .iter()
        .map(|member| (member.name(), member.value()))
        .collect();
    let plain = members(record).unwrap();
    let plain: BTreeMap<&[u8], &str> = plain
        .iter()
        .map(|(name, value)| (name.as_bytes(), *value))
        .collect();
    assert_eq!(found, plain);
}

/// Checks that a log file which the fast pass accepts is one for another parser.
fn check_log_file(text: &str) {
    let document: BTreeMap<String, Vec<&RawValue>> = serde_json::from_str(text).unwrap();
    let mut visited = Vec::new();
    walk_log_file(text, &mut |record, _| visited.push(record.text));
    let records = document["Records"].iter().map(|record| record.get());
    assert!(document.len() == 1 && records.eq(visited));
}
