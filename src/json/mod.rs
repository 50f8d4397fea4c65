//! JSON as it was written: numbers keep their characters, the last of two equal keys counts.
//!
//! The filter language compares some values by the characters that stand in the event (`1.0` is not
//! `"1"`), which a parser that turns numbers into floating point would lose.

pub(crate) mod valid;

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use serde_json::value::RawValue;

/// How deep a value is taken apart; what nests deeper stands as null. It bounds the recursion.
/// Records of CloudTrail nest about ten deep, and a filter pattern of 1,024 characters has no room
/// for a selector with more steps.
pub const NESTING_LIMIT: usize = 512;

/// The members of an object that is known to be JSON and to have no escapes in its names.
#[derive(Clone, Copy, Debug)]
pub struct Members<'a, 'p> {
    text: &'a str,
    places: &'p [usize],
    is_plain: bool,
}

/// One of them.
#[derive(Clone, Copy, Debug)]
pub struct Member<'a> {
    text: &'a str,
    /// Where the sign stands that its name follows.
    before: usize,
    colon: usize,
    /// Where the sign stands that follows its value.
    behind: usize,
}

impl<'a, 'p> Members<'a, 'p> {
    /// `places` are those in `text` of the `{`, of the colon and the comma of each member, and of
    /// the `}`. Other places lead to members that mean nothing.
    pub fn new(text: &'a str, places: &'p [usize]) -> Self {
        Self {
            text,
            places,
            is_plain: false,
        }
    }

    /// The same, known to have no escapes in its values, either.
    #[must_use]
    pub fn plain(self) -> Self {
        Self {
            is_plain: true,
            ..self
        }
    }

    /// Whether the object is known to have no escapes at all.
    pub fn is_plain(&self) -> bool {
        self.is_plain
    }

    /// Each of them, in order, also those of one name.
    pub fn iter(&self) -> impl Iterator<Item = Member<'a>> + use<'a, 'p> {
        let (text, places) = (self.text, self.places);
        (0..places.len() / 2).map_while(move |number| {
            let [before, colon, behind] = *places.get(2 * number..)?.first_chunk()?;
            Some(Member {
                text,
                before,
                colon,
                behind,
            })
        })
    }
}

impl<'a> Member<'a> {
    /// The name.
    pub fn name(&self) -> &'a [u8] {
        self.text
            .as_bytes()
            .get(self.before.saturating_add(2)..self.colon.saturating_sub(1))
            .unwrap_or_default()
    }

    /// The text of the value.
    pub fn value(&self) -> &'a str {
        self.text
            .get(self.colon.saturating_add(1)..self.behind)
            .unwrap_or_default()
    }
}

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
            Some(b'"') => Self::Text(text(raw)),
            Some(b'[') => Self::Array(raw),
            Some(b'{') => Self::Object(raw),
            Some(_) => Self::Number(raw),
        }
    }
}

/// The text of a JSON string without its quotes and escapes. A string that holds half of a
/// surrogate pair has no text; it is returned as written.
fn text(raw: &str) -> Cow<'_, str> {
    let inner = raw.get(1..raw.len().saturating_sub(1)).unwrap_or("");
    if memchr::memchr(b'\\', inner.as_bytes()).is_none() {
        return Cow::Borrowed(inner);
    }
    serde_json::from_str::<String>(raw).map_or(Cow::Borrowed(inner), Cow::Owned)
}

/// A JSON value taken apart whole.
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
    /// The members of an object in the order of their first occurrence, each key once.
    Object(Vec<(Cow<'a, str>, Json<'a>)>),
}

impl<'a> Json<'a> {
    /// Parses one JSON value, with nothing but white space around it.
    ///
    /// # Errors
    ///
    /// When the text is not one JSON value.
    pub fn parse(text: &'a str) -> Result<Self, serde_json::Error> {
        Ok(Self::from_accepted(
            serde_json::from_str::<&RawValue>(text)?.get(),
        ))
    }

    /// Takes apart one JSON value that a parser has already accepted.
    pub(crate) fn from_accepted(text: &'a str) -> Self {
        valid::whole(text)
    }

    /// The member of an object with this name.
    pub fn member(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => members
                .iter()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value),
            _ => None,
        }
    }
}

/// The members of the object that `raw` is the text of, each with the text of its value. Of two
/// members with one name the last counts, as it does for CloudWatch Logs (recorded
/// `TestMetricFilter` replies).
///
/// # Errors
///
/// When `raw` is not the text of one object.
pub fn members(raw: &str) -> Result<Vec<(Cow<'_, str>, &str)>, serde_json::Error> {
    let object = serde_json::from_str::<&RawValue>(raw)?.get();
    match object.starts_with('{') {
        true => Ok(members_of_valid(object)),
        false => Err(serde::de::Error::custom("it is no object")),
    }
}

/// The members of an object that a parser has already accepted, as [`members`] has them.
pub(crate) fn members_of_valid(object: &str) -> Vec<(Cow<'_, str>, &str)> {
    let members: Vec<(Cow<'_, str>, &str)> = valid::members(object)
        .map(|(written, value)| (member_name(written), value))
        .collect();
    last_of_each(members)
}

/// The name of a member, without its quotes and escapes.
pub(crate) fn member_name(written: &str) -> Cow<'_, str> {
    let inner = written
        .get(1..written.len().saturating_sub(1))
        .unwrap_or("");
    if memchr::memchr(b'\\', inner.as_bytes()).is_none() {
        return Cow::Borrowed(inner);
    }
    serde_json::from_str::<Key>(written).map_or(Cow::Borrowed(inner), |Key(name)| Cow::Owned(name))
}

/// A key of an object. Half of a surrogate pair in it is replaced, since it has no text.
struct Key(String);

impl<'de> serde::Deserialize<'de> for Key {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_bytes(KeyVisitor)
    }
}

struct KeyVisitor;

impl serde::de::Visitor<'_> for KeyVisitor {
    type Value = Key;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a key")
    }

    fn visit_bytes<E>(self, key: &[u8]) -> Result<Key, E> {
        Ok(Key(String::from_utf8_lossy(key).into_owned()))
    }
}

/// Up to how many members are compared with each other, which is faster than looking them up.
const FEW_MEMBERS: usize = 32;

fn are_distinct<T>(members: &[(Cow<'_, str>, T)]) -> bool {
    if members.len() > FEW_MEMBERS {
        let names: HashSet<&str> = members.iter().map(|(name, _)| name.as_ref()).collect();
        return names.len() == members.len();
    }
    let is_new = |(place, (name, _)): (usize, &(Cow<'_, str>, T))| {
        members
            .iter()
            .take(place)
            .all(|(earlier, _)| earlier != name)
    };
    members.iter().enumerate().all(is_new)
}

/// The members in the order of their first occurrence, each with its last value.
fn last_of_each<T>(members: Vec<(Cow<'_, str>, T)>) -> Vec<(Cow<'_, str>, T)> {
    if are_distinct(&members) {
        return members;
    }
    let mut last: Vec<(Cow<'_, str>, T)> = Vec::new();
    let mut places = HashMap::new();
    for (name, value) in members {
        match places
            .get(&name)
            .and_then(|place: &usize| last.get_mut(*place))
        {
            Some(known) => known.1 = value,
            None => {
                places.insert(name.clone(), last.len());
                last.push((name, value));
            }
        }
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_characters() {
        for written in ["1", "1.0", "1E5", "-0", "123456789012345678901234567890"] {
            assert_eq!(Json::parse(written).ok(), Some(Json::Number(written)));
        }
    }

    #[test]
    fn escapes_are_undone_and_the_last_of_two_keys_counts() {
        let parsed = Json::parse(r#" {"a":1, "\u0061" : "x\u003dy"} "#).ok();
        assert_eq!(
            parsed,
            Some(Json::Object(vec![("a".into(), Json::Text("x=y".into()))]))
        );
    }

    #[test]
    fn the_last_of_two_keys_counts_however_many_there_are() {
        for count in [1, FEW_MEMBERS, FEW_MEMBERS + 1, FEW_MEMBERS + 2, 200] {
            let twice = (0..2).flat_map(|round| (0..count).map(move |number| (number, round)));
            let written: Vec<String> = twice
                .map(|(number, round)| format!("\"{number}\":{round}"))
                .collect();
            let text = format!("{{{}}}", written.join(","));
            let found = members(&text).expect("an object");
            assert_eq!(found.len(), count);
            let is_last = |(number, (name, value)): (usize, &(Cow<'_, str>, &str))| {
                *name == number.to_string() && *value == "1"
            };
            assert!(found.iter().enumerate().all(is_last));
        }
    }

    #[test]
    fn what_nests_too_deep_stands_as_null() {
        fn depth(value: &Json<'_>) -> usize {
            match value {
                Json::Array(elements) => 1 + elements.iter().map(depth).max().unwrap_or(0),
                _ => 0,
            }
        }
        for written in [
            3,
            NESTING_LIMIT,
            NESTING_LIMIT + 1,
            NESTING_LIMIT + 9,
            100_000,
        ] {
            let text = "[".repeat(written) + &"]".repeat(written);
            let parsed = Json::parse(&text).expect("JSON");
            assert_eq!(depth(&parsed), written.min(NESTING_LIMIT + 1));
        }
        assert!(Json::parse(&"[".repeat(9)).is_err());
    }

    #[test]
    fn only_an_object_has_members() {
        for text in [
            "[]",
            "1",
            "null",
            "{",
            "{}x",
            "{\"a\":}",
            "{\"a\" 1}",
            "",
            "{\"\\x\":1}",
        ] {
            assert!(members(text).is_err(), "{text}");
        }
        assert_eq!(members(" { } ").ok(), Some(vec![]));
    }

    #[test]
    fn a_key_with_half_a_surrogate_pair_is_a_key() {
        let found = members(r#"{"\ud800":1,"b":2}"#).expect("an object");
        assert_eq!(
            found.iter().map(|(_, value)| *value).collect::<Vec<_>>(),
            ["1", "2"]
        );
    }

    #[test]
    fn half_a_surrogate_pair_stays_as_written() {
        assert_eq!(
            Shallow::from_accepted(r#""\ud800""#),
            Shallow::Text(r"\ud800".into())
        );
    }
}
