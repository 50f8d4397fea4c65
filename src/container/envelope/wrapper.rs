//! An object that may wrap records, and what it wraps.

use std::borrow::Cow;

use crate::container::record_text::RecordText;
use crate::json::members;

/// An object that may wrap records.
pub(super) struct Wrapper<'a> {
    /// The text of the object.
    pub(super) raw: &'a str,
    members: Vec<(Cow<'a, str>, &'a str)>,
}

/// The content of a wrapper.
pub(super) enum Wrapped<'a> {
    /// Any number of records that were taken out of strings or deeper objects.
    Records(Vec<RecordText<'a>>),
    /// A value in the document that is a record or wraps records.
    Value(&'a str),
    /// A text from a string, of an object that is a record or wraps records.
    Text(String),
    /// Something else.
    Foreign,
}

impl<'a> Wrapper<'a> {
    /// Reads the members of an object; returns nothing for another value.
    pub(super) fn new(raw: &'a str) -> Option<Self> {
        // Errors say nothing here: a value that is not an object wraps nothing.
        let members = members(raw).ok()?;
        Some(Self { raw, members })
    }

    /// Returns the members, each with the text of its value.
    pub(super) fn members(&self) -> &[(Cow<'a, str>, &'a str)] {
        &self.members
    }

    /// Returns the text of a member.
    pub(super) fn member(&self, name: &str) -> Option<&'a str> {
        let (_, value) = self.members.iter().find(|(key, _)| key == name)?;
        Some(value)
    }

    /// Returns true if the object has members with all of these names.
    pub(super) fn has(&self, names: &[&str]) -> bool {
        names.iter().all(|name| self.member(name).is_some())
    }

    /// Returns the string in a member of a member.
    pub(super) fn inner_string(&self, outer: &str, name: &str) -> Option<String> {
        let inner = Self::new(self.member(outer)?)?;
        string(inner.member(name)?)
    }
}

/// Returns the text of a JSON string.
pub(super) fn string(raw: &str) -> Option<String> {
    serde_json::from_str(raw).ok()
}
