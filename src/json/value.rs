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

/// Returns the text of a JSON string without its quotes and escapes.
pub(super) fn unquoted(raw: &str) -> Cow<'_, str> {
    let inner = without_ends(raw);
    let has_escapes = memchr::memchr(b'\\', inner.as_bytes()).is_some();
    let text = has_escapes.then(|| unescaped(raw)).flatten();
    text.map_or(Cow::Borrowed(inner), Cow::Owned)
}

fn without_ends(raw: &str) -> &str {
    raw.get(1..raw.len().saturating_sub(1)).unwrap_or_default()
}

/// Returns the text of a JSON string. Lone surrogates have no text in UTF-8, and are replaced.
pub fn unescaped(raw: &str) -> Option<String> {
    // If the string stayed as it is written, one of them would hide what its other escapes spell.
    let text = serde_json::from_str(raw).ok();
    text.or_else(|| serde_json::from_str(raw).ok().map(|LossyText(text)| text))
}

/// A text in which lone surrogates are replaced.
struct LossyText(String);

impl<'de> serde::Deserialize<'de> for LossyText {
    // As bytes, lone surrogates are accepted; as a string, they are an error.
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_bytes(LossyTextVisitor)
    }
}

struct LossyTextVisitor;

impl serde::de::Visitor<'_> for LossyTextVisitor {
    type Value = LossyText;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a text")
    }

    fn visit_bytes<E>(self, text: &[u8]) -> Result<LossyText, E> {
        Ok(LossyText(String::from_utf8_lossy(text).into_owned()))
    }
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
    fn a_lone_surrogate_is_replaced_and_hides_no_other_escape() {
        let Shallow::Text(text) = Shallow::from_accepted(r#""\ud800 a\u003db\n""#) else {
            panic!("a string is a text")
        };
        assert!(text.ends_with(" a=b\n"), "{text}");
        assert!(text.starts_with('\u{fffd}'), "{text}");
        assert!(!text.contains(['\\', '8', '0']), "{text}");
    }
}
