//! JSON values, taken apart whole or one level deep.

use std::borrow::Cow;

/// A JSON value, taken apart one level deep: arrays and objects keep their text.
#[derive(Clone, Debug, PartialEq)]
pub enum Shallow<'a> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// A number, as its characters.
    Number(&'a str),
    /// A string without its quotes and escapes.
    Text(Cow<'a, str>),
    /// An array, as its text.
    Array(&'a str),
    /// An object, as its text.
    Object(&'a str),
}

impl<'a> Shallow<'a> {
    /// Reads the text of one whole JSON value that a JSON parser has already accepted.
    pub fn from_accepted(raw: &'a str) -> Self {
        match raw.as_bytes().first() {
            Some(b'n') | None => Self::Null,
            Some(b't') => Self::Boolean(true),
            Some(b'f') => Self::Boolean(false),
            Some(b'"') => Self::Text(unquoted(raw)),
            Some(b'[') => Self::Array(raw),
            Some(b'{') => Self::Object(raw),
            Some(_) => Self::Number(raw),
        }
    }
}

/// The characters between the quotes of a string.
pub(super) struct Quoted<'a> {
    pub(super) inner: &'a str,
    pub(super) has_escapes: bool,
}

impl<'a> Quoted<'a> {
    pub(super) fn new(raw: &'a str) -> Self {
        let inner = without_ends(raw);
        let has_escapes = memchr::memchr(b'\\', inner.as_bytes()).is_some();
        Self { inner, has_escapes }
    }
}

fn without_ends(raw: &str) -> &str {
    raw.get(1..raw.len().saturating_sub(1)).unwrap_or_default()
}

/// Returns the text of a JSON string without its quotes and escapes.
fn unquoted(raw: &str) -> Cow<'_, str> {
    let Quoted { inner, has_escapes } = Quoted::new(raw);
    let text = has_escapes.then(|| unescaped(raw)).flatten();
    text.map_or(Cow::Borrowed(inner), Cow::Owned)
}

fn unescaped(raw: &str) -> Option<String> {
    // A string with a lone surrogate has no text in UTF-8, so it stays as it is written.
    serde_json::from_str(raw).ok()
}

/// A JSON value, taken apart whole.
#[derive(Clone, Debug, PartialEq)]
pub enum Json<'a> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// A number, as its characters.
    Number(&'a str),
    /// A string without its quotes and escapes.
    Text(Cow<'a, str>),
    /// The elements of an array.
    Array(Vec<Json<'a>>),
    /// The members of an object in the order of their first occurrence, each name once.
    Object(Vec<(Cow<'a, str>, Json<'a>)>),
}

impl Json<'_> {
    /// Returns the member of an object with this name.
    pub fn member(&self, name: &str) -> Option<&Self> {
        let Self::Object(members) = self else {
            return None;
        };
        let (_, value) = members.iter().find(|(key, _)| key == name)?;
        Some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lone_surrogate_stays_as_written() {
        assert_eq!(
            Shallow::from_accepted(r#""\ud800""#),
            Shallow::Text(r"\ud800".into())
        );
    }
}
