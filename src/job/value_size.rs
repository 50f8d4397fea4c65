//! The size of a value, which limits what copies of it may take.

use serde_json::Value;

/// Returns the number of values and bytes of text in a value.
pub(super) fn value_size(value: &Value) -> usize {
    match value {
        Value::String(text) => 1 + text.len(),
        Value::Array(list) => 1 + list.iter().map(value_size).sum::<usize>(),
        Value::Object(members) => {
            let members = members.iter();
            let sizes = members.map(|(name, value)| name.len() + value_size(value));
            1 + sizes.sum::<usize>()
        }
        _ => 1,
    }
}
