//! Records that an object holds more than once.
//!
//! Search engines and agents keep the text of an event beside the fields that they made of it, so
//! two members of one object may hold the same record. Two elements of an array are two records.

use std::collections::HashMap;

use super::record::{MemberTexts, member, unquoted};
use crate::cloudtrail::record::is_event_id;

/// The records in the objects that are searched, each by what it has in common with its copies.
#[derive(Debug, Default)]
pub(super) struct RecordCopies {
    /// The number of objects that are being searched, one within the other.
    open: usize,
    /// The records that were found in them, in order.
    found: Vec<String>,
    /// The records of earlier members of these objects, each with the number of objects for which
    /// it is counted.
    earlier: HashMap<String, u32>,
}

/// An object whose members are searched.
#[derive(Debug)]
pub(super) struct OpenObject {
    /// The number of records that were found before it.
    start: usize,
    /// The number of records up to the end of the last member.
    counted: usize,
}

impl RecordCopies {
    /// Begins the search in the members of an object.
    pub(super) fn enter(&mut self) -> OpenObject {
        self.open += 1;
        let start = self.found.len();
        OpenObject {
            start,
            counted: start,
        }
    }

    /// Ends the search in a member.
    pub(super) fn end_member(&mut self, object: &mut OpenObject) {
        let of_member = self.found.get(object.counted..).unwrap_or_default();
        for record in of_member {
            *self.earlier.entry(record.clone()).or_default() += 1;
        }
        object.counted = self.found.len();
    }

    /// Ends the search in the members of an object.
    pub(super) fn leave(&mut self, object: &OpenObject) {
        let of_object = self.found.get(object.start..object.counted);
        for record in of_object.unwrap_or_default() {
            forget(&mut self.earlier, record);
        }
        self.close();
    }

    /// Counts an object less. The records are only needed within the outermost one.
    fn close(&mut self) {
        self.open = self.open.saturating_sub(1);
        if self.open == 0 {
            self.found.clear();
        }
    }

    /// Returns true if a value holds one of the records that were found in the objects around it.
    pub(super) fn are_in(&self, value: &str) -> bool {
        let mut found = self.found.iter();
        found.any(|identity| value.contains(unquoted(identity)))
    }

    /// Returns true if a record is not a copy of one that an earlier member of an object around it
    /// holds.
    pub(super) fn is_new(&mut self, members: &MemberTexts<'_>, text: &str) -> bool {
        if self.open == 0 {
            return true;
        }
        // Any number of records may have no identifier, or a sign for none in its place.
        let identifier = member(members, "eventID").filter(|raw| is_event_id(unquoted(raw)));
        let identity = identifier.unwrap_or(text);
        if self.earlier.contains_key(identity) {
            return false;
        }
        self.found.push(identity.to_owned());
        true
    }
}

/// Counts a record for one object less.
fn forget(earlier: &mut HashMap<String, u32>, record: &str) {
    let Some(count) = earlier.get_mut(record) else {
        return;
    };
    *count -= 1;
    if *count == 0 {
        earlier.remove(record);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_another_member_of_an_object_holds_a_copy() {
        let mut copies = RecordCopies::default();
        assert!(
            copies.is_new(&[], "a") && copies.is_new(&[], "a"),
            "no object is open"
        );
        let mut outer = copies.enter();
        let mut inner = copies.enter();
        assert!(
            copies.is_new(&[], "a") && copies.is_new(&[], "a"),
            "in one member"
        );
        copies.end_member(&mut inner);
        assert!(!copies.is_new(&[], "a"));
        let same = [("eventID".into(), "\"x\"")];
        assert!(copies.is_new(&same, "b"));
        copies.end_member(&mut inner);
        copies.leave(&inner);
        assert!(
            copies.is_new(&[], "a"),
            "the member of the outer one has not ended"
        );
        copies.end_member(&mut outer);
        assert!(!copies.is_new(&same, "c"));
        copies.leave(&outer);
        assert!(copies.earlier.is_empty() && copies.found.is_empty());
    }

    #[test]
    fn a_sign_for_no_identifier_makes_no_copies() {
        for identifier in ["null", "\"\"", "\"-\"", "\" \"", "\"null\""] {
            let mut copies = RecordCopies::default();
            let mut object = copies.enter();
            let members = [("eventID".into(), identifier)];
            assert!(copies.is_new(&members, "a"), "{identifier}");
            copies.end_member(&mut object);
            assert!(copies.is_new(&members, "b"), "{identifier}");
            assert!(!copies.is_new(&members, "a"), "{identifier}");
        }
    }
}
