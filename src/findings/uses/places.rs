//! The places of rows by their keys.

use super::row::RowKey;

/// The number of places that are remembered. It is a power of two, so that the last bits of a hash
/// choose one.
// There are several for each row, so that few rows take the place of another.
const PLACES: usize = 4 * super::MAX_USES;

/// A place that is not known. No list of rows is as long.
const UNKNOWN: u32 = u32::MAX;

/// The places of rows by their keys. Of rows whose hashes have the same last bits, the latest one
/// known.
///
/// Objects of one hour hold the same uses again and again. Those that are found here need not be
/// copied and put in order before they become one.
#[derive(Clone, Default)]
pub(super) struct RowPlaces {
    by_key: Vec<u32>,
}

impl RowPlaces {
    /// Returns a place where the row with this key may be.
    pub(super) fn place(&self, key: RowKey) -> Option<usize> {
        let place = *self.by_key.get(slot(key))?;
        (place != UNKNOWN).then_some(place as usize)
    }

    /// Remembers the place of a row.
    pub(super) fn set(&mut self, key: RowKey, place: usize) {
        // Uses of one object have no places yet, and need none.
        if self.by_key.is_empty() {
            self.by_key.resize(PLACES, UNKNOWN);
        }
        if let Some(known) = self.by_key.get_mut(slot(key)) {
            *known = u32::try_from(place).unwrap_or(UNKNOWN);
        }
    }

    /// Forgets all places, since the rows are elsewhere now.
    pub(super) fn forget(&mut self) {
        self.by_key.clear();
    }
}

/// Returns the number of the place for a key.
fn slot(key: RowKey) -> usize {
    (key.row as usize) % PLACES
}
