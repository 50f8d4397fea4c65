//! Which contents of each object a ledger holds.

use std::collections::HashMap;
use std::sync::Arc;

use smallvec::SmallVec;

use super::read::Identity;

/// Where a reading stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// The number of its part.
    pub(super) part: u32,
    /// Its number in the part.
    pub(super) reading: u32,
}

/// The places of the readings of each object, by its key.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// Most objects are read once.
    by_key: HashMap<Arc<str>, SmallVec<[Place; 2]>>,
}

impl Index {
    /// Makes room for so many further objects.
    pub(super) fn reserve(&mut self, objects: usize) {
        self.by_key.reserve(objects);
    }

    /// Adds the readings of the part with this number.
    pub(super) fn add(&mut self, part: u32, identities: &[Identity]) {
        for (reading, identity) in (0..).zip(identities) {
            self.by_key
                .entry(identity.key.clone())
                .or_default()
                .push(Place { part, reading });
        }
    }

    /// The places of the readings of an object.
    pub(super) fn of(&self, key: &str) -> &[Place] {
        self.by_key.get(key).map_or(&[], SmallVec::as_slice)
    }

    /// Returns the keys of all objects, in any order.
    pub(super) fn keys(&self) -> impl Iterator<Item = &Arc<str>> {
        self.by_key.keys()
    }

    /// The places of the readings of each object.
    pub(super) fn all(&self) -> impl Iterator<Item = &[Place]> {
        self.by_key.values().map(SmallVec::as_slice)
    }
}
