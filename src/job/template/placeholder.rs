//! Values that are known only after deployment, and the texts that are kept in their place.

use serde_json::{Map, Value};

use crate::text::printable;

/// A value that is known only after deployment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unknown {
    /// The name of the placeholder.
    pub(super) name: String,
    /// The reason for which the value is not known.
    pub(super) reason: String,
    /// True if the placeholder stands for the whole value of a parameter, or an item of it, which
    /// is the same wherever it is named.
    pub(super) is_parameter: bool,
}

impl Unknown {
    /// Returns a parameter whose value is not given.
    pub(super) fn parameter(name: &str, reason: &str) -> Self {
        let shown = printable(name);
        Self {
            name: name.to_owned(),
            reason: format!("{reason}; give it with --parameter {shown}=VALUE"),
            is_parameter: true,
        }
    }

    /// Returns a value that AWS makes.
    pub(super) fn deployed(name: &str, reason: String) -> Self {
        Self {
            name: name.to_owned(),
            reason,
            is_parameter: false,
        }
    }

    /// Returns an item of a list that is not known.
    pub(super) fn item(self, position: usize) -> Self {
        Self {
            name: format!("{}.{position}", self.name),
            ..self
        }
    }

    /// Returns a value that differs from stack to stack, in the stack of this number.
    pub(super) fn in_stack(self, number: usize) -> Self {
        Self {
            name: format!("{}#{number}", self.name),
            ..self
        }
    }

    /// Returns a value that is kept only in part, or that decides between others. The placeholder
    /// alone then does not say what the result is.
    pub(super) fn into_part(self) -> Self {
        Self {
            is_parameter: false,
            ..self
        }
    }

    /// Returns the text that is kept in the place of the value.
    pub(super) fn placeholder(&self) -> String {
        placeholder(&self.name)
    }

    /// Returns the placeholder in the name of a metric, which cannot have the signs of the other.
    pub(super) fn metric_placeholder(&self) -> String {
        // The name of a metric has neither `$` nor `:` (sources, M16).
        format!("{{{}}}", self.name.replace("::", "."))
    }
}

/// Returns the placeholder for a name.
pub(super) fn placeholder(name: &str) -> String {
    format!("${{{name}}}")
}

/// Returns a value that is not resolved as a text that shows it, in the shape of the property.
pub(super) fn as_written(value: &Value) -> Value {
    match value {
        Value::Array(list) => list.iter().map(as_written).collect(),
        Value::Object(members) => as_written_call(members, value),
        literal => literal.clone(),
    }
}

fn as_written_call(members: &Map<String, Value>, value: &Value) -> Value {
    let call = members.iter().next().filter(|_| members.len() == 1);
    match call {
        Some((name, Value::String(target))) if name == "Ref" => placeholder(target).into(),
        // The text of `Fn::Sub` already has the form of placeholders.
        Some((name, Value::String(text))) if name == "Fn::Sub" => text.as_str().into(),
        _ => value.to_string().into(),
    }
}
