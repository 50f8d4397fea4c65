//! Parts of the text of a JSON value that a parser has accepted.

use std::borrow::Cow;

use crate::json::{Shallow, member_name, valid};

/// Returns the text of the value of a member of an object; of two with one name, of the last.
pub(super) fn member<'t>(object: &'t str, name: &str) -> Option<&'t str> {
    if !object.starts_with('{') {
        return None;
    }
    let members = valid::members(object);
    let named = members.filter(|(written, _)| member_name(written) == name);
    named.last().map(|(_, value)| value)
}

/// Returns a string that is not empty, without its quotes and escapes.
pub(super) fn text(raw: &str) -> Option<Cow<'_, str>> {
    match Shallow::from_accepted(raw) {
        Shallow::Text(text) if !text.is_empty() => Some(text),
        _ => None,
    }
}
