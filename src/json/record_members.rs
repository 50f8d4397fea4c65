//! The members of a record, whether they are known or not.

use super::{Members, member_name, valid};

/// The members of an object that a parser has accepted.
#[derive(Clone, Copy, Debug)]
pub enum RecordMembers<'t> {
    /// They are known.
    Known(Members<'t, 't>),
    /// They must be found in this text.
    Text(&'t str),
}

impl<'t> RecordMembers<'t> {
    /// Returns the texts of the values of the members with these names; of two with one name, of
    /// the last.
    pub fn values<const N: usize>(&self, names: [&str; N]) -> [Option<&'t str>; N] {
        match self {
            Self::Known(members) => members.values(names),
            Self::Text(text) => values_in(text, names),
        }
    }
}

fn values_in<'t, const N: usize>(text: &'t str, names: [&str; N]) -> [Option<&'t str>; N] {
    let mut values = [None; N];
    for (written, value) in valid::members(text) {
        let name = member_name(written);
        if let Some(index) = names.iter().position(|wanted| *wanted == name) {
            values[index] = Some(value);
        }
    }
    values
}
