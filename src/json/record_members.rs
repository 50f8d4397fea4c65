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
    /// Visits the name of each member and the text of its value, in their order. Of several with
    /// one name, the last one counts.
    #[inline]
    pub fn visit(self, mut visit: impl FnMut(&[u8], &'t str)) {
        match self {
            Self::Known(members) => {
                for member in members.iter() {
                    visit(member.name(), member.value());
                }
            }
            Self::Text(text) => {
                for (written, value) in valid::members(text) {
                    visit(member_name(written).as_bytes(), value);
                }
            }
        }
    }
}
