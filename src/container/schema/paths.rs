//! Values at the places that names with dots between them lead to.

use serde_json::{Map, Value};

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
