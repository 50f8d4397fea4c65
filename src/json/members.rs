//! The members of JSON objects.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use serde_json::value::RawValue;

use super::valid;
use super::value::unquoted;

/// The members of an object that is known to be JSON and to have no escapes in its names.
#[derive(Clone, Copy, Debug)]
pub struct Members<'a, 'p> {
    text: &'a str,
    places: &'p [usize],
    is_plain: bool,
}

/// One member of an object.
#[derive(Clone, Copy, Debug)]
pub struct Member<'a> {
    text: &'a str,
    /// The place of the sign before its name.
    before: usize,
    colon: usize,
    /// The place of the sign after its value.
    after: usize,
}

impl<'a, 'p> Members<'a, 'p> {
    /// Takes the places in `text` of the `{`, of the colon and the comma of each member, and of the
    /// `}`. Other places lead to members that mean nothing.
    pub fn new(text: &'a str, places: &'p [usize]) -> Self {
        Self {
            text,
            places,
            is_plain: false,
        }
    }

    /// Returns the same members, known to have no escapes in their values, either.
    #[must_use]
    pub fn plain(self) -> Self {
        Self {
            is_plain: true,
            ..self
        }
    }

    /// Returns true if the object is known to have no escapes at all.
    pub fn is_plain(&self) -> bool {
        self.is_plain
    }

    /// Iterates over all members in order, including those with the same name.
    pub fn iter(&self) -> impl Iterator<Item = Member<'a>> + use<'a, 'p> {
        let (text, places) = (self.text, self.places);
        // The comma after a value is also the sign before the next name.
        let numbers = 0..places.len() / 2;
        numbers.map_while(move |number| Member::new(text, places.get(2 * number..)?))
    }
}

impl<'a> Member<'a> {
    /// Takes the first of the places of several members.
    fn new(text: &'a str, places: &[usize]) -> Option<Self> {
        let [before, colon, after] = *places.first_chunk()?;
        Some(Self {
            text,
            before,
            colon,
            after,
        })
    }

    /// Returns the name.
    pub fn name(&self) -> &'a [u8] {
        let range = self.before.saturating_add(2)..self.colon.saturating_sub(1);
        self.text.as_bytes().get(range).unwrap_or_default()
    }

    /// Returns the text of the value.
    pub fn value(&self) -> &'a str {
        let range = self.colon.saturating_add(1)..self.after;
        self.text.get(range).unwrap_or_default()
    }
}

/// Returns the members of the object that `raw` is the text of, each with the text of its value. Of
/// two members with one name the last counts, as it does for CloudWatch Logs (recorded
/// `TestMetricFilter` replies).
///
/// # Errors
///
/// Fails if `raw` is not the text of one object.
pub fn members(raw: &str) -> Result<Vec<(Cow<'_, str>, &str)>, serde_json::Error> {
    let object = serde_json::from_str::<&RawValue>(raw)?.get();
    if !object.starts_with('{') {
        return Err(serde::de::Error::custom("it is not an object"));
    }
    Ok(members_of_valid(object))
}

/// Returns the members of an object that a parser has already accepted, as [`members`] does.
pub(crate) fn members_of_valid(object: &str) -> Vec<(Cow<'_, str>, &str)> {
    let members = valid::members(object);
    last_of_each(
        members
            .map(|(written, value)| (member_name(written), value))
            .collect(),
    )
}

/// Returns the name of a member without its quotes and escapes.
pub(crate) fn member_name(written: &str) -> Cow<'_, str> {
    unquoted(written)
}

/// The largest number of members that are compared with each other, which is faster than hashing.
const FEW_MEMBERS: usize = 32;

/// Returns the members in the order of their first occurrence, each with its last value.
pub(super) fn last_of_each<T>(members: Vec<(Cow<'_, str>, T)>) -> Vec<(Cow<'_, str>, T)> {
    // Names are equal in crafted objects only, so the common case costs no memory.
    if are_distinct(&members) {
        members
    } else {
        merged(members)
    }
}

fn are_distinct<T>(members: &[(Cow<'_, str>, T)]) -> bool {
    if members.len() > FEW_MEMBERS {
        let names: HashSet<&str> = members.iter().map(|(name, _)| name.as_ref()).collect();
        return names.len() == members.len();
    }
    let mut earlier = members;
    while let Some(((name, _), rest)) = earlier.split_last() {
        if rest.iter().any(|(other, _)| other == name) {
            return false;
        }
        earlier = rest;
    }
    true
}

fn merged<T>(members: Vec<(Cow<'_, str>, T)>) -> Vec<(Cow<'_, str>, T)> {
    let mut last: Vec<(Cow<'_, str>, T)> = Vec::new();
    let mut places: HashMap<Cow<'_, str>, usize> = HashMap::new();
    for (name, value) in members {
        let place = *places.entry(name.clone()).or_insert(last.len());
        // The place of a new name is the end of the list.
        match last.get_mut(place) {
            Some(known) => known.1 = value,
            None => last.push((name, value)),
        }
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_of_two_names_counts_however_many_there_are() {
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
    fn a_name_with_a_lone_surrogate_is_a_name() {
        let found = members(r#"{"\ud800":1,"b":2}"#).expect("an object");
        assert_eq!(
            found.iter().map(|(_, value)| *value).collect::<Vec<_>>(),
            ["1", "2"]
        );
    }
}
