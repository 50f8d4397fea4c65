//! The contents of each object that a ledger holds, by the key of the object.

use std::collections::HashMap;
use std::sync::Arc;

use smallvec::SmallVec;

use super::scanned::Identity;

// There may be ten million of these, so they are small.
/// The position of a reading in a ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Position {
    /// The number of the part.
    pub(super) part: u32,
    /// The number of the reading in the part.
    pub(super) reading: u32,
}

/// The positions of the readings of each object, by its key.
#[derive(Debug, Default)]
pub(super) struct Index {
    // Most objects are read once, so that their positions fit in the entry itself.
    by_key: HashMap<Arc<str>, SmallVec<[Position; 2]>>,
}

impl Index {
    /// Makes room for this number of further objects.
    pub(super) fn reserve(&mut self, objects: usize) {
        self.by_key.reserve(objects);
    }

    /// Adds the readings of the part with this number.
    pub(super) fn add(&mut self, part: u32, identities: &[Identity]) {
        for (reading, identity) in (0..).zip(identities) {
            let positions = self.by_key.entry(identity.key.clone()).or_default();
            positions.push(Position { part, reading });
        }
    }

    /// Returns the positions of the readings of an object.
    pub(super) fn find(&self, key: &str) -> &[Position] {
        self.by_key.get(key).map_or(&[], SmallVec::as_slice)
    }

    /// Returns the positions of the readings of each object.
    pub(super) fn all(&self) -> impl Iterator<Item = &[Position]> {
        self.by_key.values().map(SmallVec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::Identity;

    #[test]
    fn each_key_has_its_readings_in_the_order_of_parts() {
        let mut index = Index::default();
        index.add(0, &[Identity::example("a", 1), Identity::example("b", 1)]);
        index.add(1, &[Identity::example("a", 2)]);
        let position = |part, reading| Position { part, reading };
        assert_eq!(index.find("a"), [position(0, 0), position(1, 0)]);
        assert_eq!(index.find("b"), [position(0, 1)]);
        assert_eq!(index.find("c"), []);
        assert_eq!(index.all().map(<[Position]>::len).sum::<usize>(), 3);
    }
}
