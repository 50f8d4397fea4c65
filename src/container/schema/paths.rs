//! Values at the places that names with dots between them lead to.

use serde_json::{Map, Value};

use super::cells;

/// The most members of a path. Records nest about ten deep.
const PATH_LIMIT: usize = 32;

/// Inserts a value at a path of names with dots between them, unless there is one.
pub(super) fn insert_at(object: &mut Map<String, Value>, path: &str, value: Value) {
    let is_absent = value.is_null() || value.as_str() == Some("");
    if is_absent || path.split('.').count() > PATH_LIMIT {
        return;
    }
    let mut object = object;
    let mut rest = path;
    while let Some((name, deeper)) = rest.split_once('.') {
        let member = object.entry(name);
        let member = member.or_insert_with(|| Value::Object(Map::new()));
        // A value in the place of a structure wins: it came from a column of its own.
        let Value::Object(members) = member else {
            return;
        };
        object = members;
        rest = deeper;
    }
    object.entry(rest).or_insert(value);
}

/// Inserts a value at the path of a field or of a member of one, as CloudTrail writes it, unless
/// there is one.
pub(super) fn insert_field(record: &mut Map<String, Value>, path: &str, value: Value) {
    let field = path.split_once('.').map_or(path, |(field, _)| field);
    let value = match path == field {
        true => cells::field_value(field, value),
        false => Some(value),
    };
    if let Some(value) = value {
        insert_at(record, path, value);
    }
}

/// Returns the value at a path, unless it is absent or null.
pub(super) fn value_at<'a>(object: &'a Map<String, Value>, path: &str) -> Option<&'a Value> {
    let mut members = object;
    let mut rest = path;
    while let Some((name, deeper)) = rest.split_once('.') {
        members = members.get(name)?.as_object()?;
        rest = deeper;
    }
    members.get(rest).filter(|value| !value.is_null())
}
