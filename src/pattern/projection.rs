//! Projections: only the fields of a JSON object that somebody requested.
//!
//! A record of CloudTrail has about a hundred fields, a pattern names two. A projection is the tree
//! of the named ones; reading a record with it keeps their texts. The whole record is checked to be
//! JSON.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;
use smallvec::{SmallVec, smallvec};

use crate::json::{Members, Shallow, member_name, valid};
use crate::text::by_name::ByName;

/// The fields to keep, each with the number of its slot.
#[derive(Clone, Debug, Default)]
pub struct Projection {
    root: FieldNode,
    slots: usize,
}

/// The texts that a projection kept of one object, by slot.
#[derive(Clone, Debug)]
pub struct Slots<'a> {
    text: &'a str,
    /// True if the object is known to have no escapes.
    is_plain: bool,
    texts: SmallVec<[Option<&'a str>; INLINE_SLOTS]>,
}

/// The most slots that need no memory of their own: enough for the fields that are read of every
/// record.
const INLINE_SLOTS: usize = 12;

impl<'a> Slots<'a> {
    fn new(text: &'a str, is_plain: bool, count: usize) -> Self {
        let texts = match count {
            // Copying a whole array is faster than filling a part of it.
            0..=INLINE_SLOTS => SmallVec::from_buf([None; INLINE_SLOTS]),
            _ => smallvec![None; count],
        };
        Self {
            text,
            is_plain,
            texts,
        }
    }

    fn set(&mut self, slot: Option<usize>, text: Option<&'a str>) {
        if let Some(slot) = slot {
            self.texts[slot] = text;
        }
    }

    /// Returns the text of the whole object.
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// Returns the text of the JSON value in the field with this slot, or `None` when the object
    /// has no such field.
    pub fn get(&self, slot: usize) -> Option<&'a str> {
        self.texts.get(slot).copied().flatten()
    }

    /// Returns whether the object is known to have no escapes, so that every string in it is
    /// written as it is.
    pub fn is_plain(&self) -> bool {
        self.is_plain
    }

    /// Returns the value in the field with this slot, taken apart one level deep.
    pub fn value(&self, slot: usize) -> Option<Shallow<'a>> {
        let raw = self.get(slot)?;
        // Without escapes, a string need not be searched for them.
        match unquoted(raw) {
            Some(text) if self.is_plain => Some(Shallow::Text(Cow::Borrowed(text))),
            _ => Some(Shallow::from_accepted(raw)),
        }
    }

    /// Returns the string in the field with this slot, without its quotes and escapes; `None` for
    /// a value that is not a string, and for an empty string.
    pub fn string(&self, slot: usize) -> Option<Cow<'a, str>> {
        match self.value(slot)? {
            Shallow::Text(text) if !text.is_empty() => Some(text),
            _ => None,
        }
    }
}

fn unquoted(raw: &str) -> Option<&str> {
    raw.strip_prefix('"')?.strip_suffix('"')
}

/// The parts of a value to keep: itself, or members of it.
#[derive(Clone, Debug, Default)]
struct FieldNode {
    slot: Option<usize>,
    children: ByName<FieldNode>,
}

impl Projection {
    /// Adds the field that the member names in `path` lead to, and returns its slot. The same path
    /// has the same slot.
    pub fn add<'p>(&mut self, path: impl IntoIterator<Item = &'p str>) -> usize {
        let mut node = &mut self.root;
        for name in path {
            node = node.children.get_or_default(name);
        }
        *node.slot.get_or_insert_with(|| {
            self.slots += 1;
            self.slots - 1
        })
    }

    /// Returns the member names that lead to the field with this slot; `None` for an unknown slot.
    pub fn path(&self, slot: usize) -> Option<Vec<&str>> {
        self.root.path(slot)
    }

    /// Returns the same projection of the fields with these slots alone.
    #[must_use]
    pub fn only(&self, slots: &BTreeSet<usize>) -> Self {
        let count = slots.last().map_or(0, |last| last + 1);
        Self {
            root: self.root.only(slots),
            slots: count.min(self.slots),
        }
    }

    /// Reads the fields of the one object that `text` is.
    ///
    /// # Errors
    ///
    /// Returns an error if `text` is not one JSON object.
    pub fn read<'a>(&self, text: &'a str) -> Result<Slots<'a>, serde_json::Error> {
        let mut slots = self.empty_slots(text, false);
        let mut deserializer = serde_json::Deserializer::from_str(text);
        // Anything but an object is refused here, and by `end` any text after it.
        deserializer.deserialize_map(ObjectVisitor {
            node: &self.root,
            slots: &mut slots,
        })?;
        deserializer.end()?;
        Ok(slots)
    }

    /// Reads the fields of an object whose members are known already.
    pub fn read_members<'a>(&self, text: &'a str, members: Members<'a, '_>) -> Slots<'a> {
        let mut slots = self.empty_slots(text, members.is_plain());
        // Members come in their order, so that the last of several with one name counts.
        for member in members.iter() {
            if let Some(node) = self.root.children.get(member.name()) {
                node.replace(member.value(), &mut slots);
            }
        }
        slots
    }

    /// Returns the slots of an object whose members are not read yet.
    fn empty_slots<'a>(&self, text: &'a str, is_plain: bool) -> Slots<'a> {
        let mut slots = Slots::new(text, is_plain, self.slots);
        slots.set(self.root.slot, Some(text.trim_ascii()));
        slots
    }
}

impl FieldNode {
    /// Keeps a value instead of that of an earlier member of the same name, since the last one
    /// counts.
    #[inline]
    fn replace<'a>(&self, raw: &'a str, slots: &mut Slots<'a>) {
        // Nearly all fields of a record are read as they are, and have nothing else to forget.
        if self.children.is_empty() {
            return slots.set(self.slot, Some(raw));
        }
        self.clear(slots);
        slots.set(self.slot, Some(raw));
        if raw.starts_with('{') {
            self.keep_members(raw, slots);
        }
    }

    fn keep_members<'a>(&self, raw: &'a str, slots: &mut Slots<'a>) {
        for (name, value) in valid::members(raw) {
            if let Some(node) = self.child(name) {
                node.replace(value, slots);
            }
        }
    }

    /// Returns the node of a member by its name, as it is written.
    fn child(&self, written: &str) -> Option<&Self> {
        self.children.get(member_name(written).as_bytes())
    }

    fn path(&self, slot: usize) -> Option<Vec<&str>> {
        if self.slot == Some(slot) {
            return Some(Vec::new());
        }
        self.children.iter().find_map(|(name, node)| {
            let mut path = node.path(slot)?;
            path.insert(0, name);
            Some(path)
        })
    }

    fn only(&self, slots: &BTreeSet<usize>) -> Self {
        let mut less = Self {
            slot: self.slot.filter(|slot| slots.contains(slot)),
            ..Self::default()
        };
        // The slots keep their numbers, since programs refer to them.
        for (name, node) in self.children.iter() {
            let node = node.only(slots);
            if node.is_needed() {
                *less.children.get_or_default(name) = node;
            }
        }
        less
    }

    fn is_needed(&self) -> bool {
        self.slot.is_some() || !self.children.is_empty()
    }

    /// Forgets an earlier value, which may have had members that the later one lacks.
    fn clear(&self, slots: &mut Slots<'_>) {
        slots.set(self.slot, None);
        self.children.iter().for_each(|(_, node)| node.clear(slots));
    }
}

/// Reads the members of an object into slots.
struct ObjectVisitor<'n, 's, 'a> {
    node: &'n FieldNode,
    slots: &'s mut Slots<'a>,
}

impl<'de> Visitor<'de> for ObjectVisitor<'_, '_, 'de> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        // Names are taken as they are written. Read as bytes, characters would pass in them that
        // must not be in a string; read as text, a lone surrogate would not.
        while let Some(written) = map.next_key::<&RawValue>()? {
            match self.node.child(written.get()) {
                None => drop(map.next_value::<IgnoredAny>()?),
                Some(node) => node.replace(map.next_value::<&RawValue>()?.get(), self.slots),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<'a>(paths: &[&[&str]], text: &'a str) -> Option<Vec<Option<&'a str>>> {
        let mut projection = Projection::default();
        let slots: Vec<usize> = paths
            .iter()
            .map(|path| projection.add(path.iter().copied()))
            .collect();
        let read = projection.read(text).ok()?;
        Some(slots.into_iter().map(|slot| read.get(slot)).collect())
    }

    #[test]
    fn fields_keep_their_text() {
        let text = r#"{ "a" : {"b":1.0,"c":[1, 2]}, "d":"\u003d", "e":null }"#;
        let paths: [&[&str]; 5] = [&["a", "b"], &["a"], &["d"], &["e"], &["f"]];
        let expected = vec![
            Some("1.0"),
            Some(r#"{"b":1.0,"c":[1, 2]}"#),
            Some(r#""\u003d""#),
            Some("null"),
            None,
        ];
        assert_eq!(read(&paths, text), Some(expected));
    }

    #[test]
    fn the_last_of_two_equal_keys_counts_with_all_below_it() {
        assert_eq!(
            read(&[&["a", "b"]], r#"{"a":{"b":1},"\u0061":{"c":2}}"#),
            Some(vec![None])
        );
        assert_eq!(
            read(&[&["a", "b"]], r#"{"a":{"b":1},"a":3}"#),
            Some(vec![None])
        );
        assert_eq!(read(&[&["a"]], r#"{"a":1,"a":2}"#), Some(vec![Some("2")]));
    }

    #[test]
    fn fewer_fields_keep_their_slots() {
        let mut projection = Projection::default();
        let paths: [&[&str]; 4] = [&["a", "b"], &["a", "c"], &["d"], &["e", "f"]];
        let slots: Vec<usize> = paths
            .iter()
            .map(|path| projection.add(path.iter().copied()))
            .collect();
        let names: Vec<_> = slots.iter().map(|slot| projection.path(*slot)).collect();
        assert_eq!(names, paths.map(|path| Some(path.to_vec())));
        assert_eq!(projection.path(4), None);
        let less = projection.only(&[slots[1], slots[2]].into());
        let read = less
            .read(r#"{"a":{"b":1,"c":2},"d":3,"e":{"f":4}}"#)
            .expect("an object");
        let texts: Vec<_> = slots.iter().map(|slot| read.get(*slot)).collect();
        assert_eq!(texts, [None, Some("2"), Some("3"), None]);
        assert_eq!(less.path(slots[3]), None);
    }

    #[test]
    fn strings_lose_their_quotes_and_escapes() {
        let text = r#"{"a":"\u003d","b":"","c":1,"d":"x","e":["y"],"f":{"g":"h"}}"#;
        let mut projection = Projection::default();
        let slots: Vec<usize> = ["a", "b", "c", "d", "e", "f"]
            .into_iter()
            .map(|name| projection.add([name]))
            .collect();
        let read = projection.read(text).expect("an object");
        let strings: Vec<_> = slots.iter().map(|slot| read.string(*slot)).collect();
        assert_eq!(
            strings,
            [Some("=".into()), None, None, Some("x".into()), None, None]
        );
    }

    #[test]
    fn the_field_with_the_last_of_many_slots_can_be_the_only_one() {
        let names: Vec<String> = (0..=INLINE_SLOTS)
            .map(|number| format!("f{number}"))
            .collect();
        let mut projection = Projection::default();
        for name in &names {
            projection.add([name.as_str()]);
        }
        let only = projection.only(&[INLINE_SLOTS].into());
        let read = only.read(r#"{"f0":1,"f12":2}"#).expect("an object");
        assert_eq!((read.get(0), read.get(INLINE_SLOTS)), (None, Some("2")));
    }

    #[test]
    fn values_without_escapes_are_those_of_the_text() {
        let text = r#"{"a":"x","b":1}"#;
        let mut projection = Projection::default();
        let [a, b] = ["a", "b"].map(|name| projection.add([name]));
        // The places of the signs around the names and values.
        let places = [0, 4, 8, 12, 14];
        let read = projection.read_members(text, Members::new(text, &places).plain());
        assert!(read.is_plain());
        assert_eq!(read.string(a), Some("x".into()));
        assert_eq!(read.value(a), Some(Shallow::Text("x".into())));
        assert_eq!(read.value(b), Some(Shallow::Number("1")));
    }

    #[test]
    fn only_one_whole_object_is_read() {
        for text in [
            "",
            "[]",
            "1",
            "{} x",
            "{\"a\":}",
            "{\"b\":[1,}",
            "{",
            "{\"b\n\":1}",
            "{\"b\":\"\n\"}",
        ] {
            assert_eq!(read(&[&["a"]], text), None, "{text}");
        }
    }
}
