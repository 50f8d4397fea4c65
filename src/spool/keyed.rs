//! Rows that have a key.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

/// A row with a key.
pub trait Keyed: Clone + Send + Sync + 'static {
    /// True if one row is kept for each key: the first in order.
    const IS_UNIQUE: bool = false;

    /// A row without its key, as it is written to a temporary file.
    type Rest<'a>: Serialize + Deserialize<'a>;

    /// Returns the key by which rows are ordered.
    fn key(&self) -> &str;

    /// Compares two rows: by their keys, and rows with the same key by what else is in them, so
    /// that their order does not depend on the order in which they came.
    fn compare(&self, other: &Self) -> Ordering {
        self.key().cmp(other.key())
    }

    /// Returns the row without its key.
    fn rest(&self) -> Self::Rest<'_>;

    /// Returns the row of a key.
    ///
    /// # Errors
    ///
    /// Returns a description if there can be no such row.
    fn from_rest(key: &str, rest: Self::Rest<'_>) -> Result<Self, String>;
}

/// The first and the last key of rows in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RowRange {
    /// The first key.
    pub first: String,
    /// The last key.
    pub last: String,
}

impl RowRange {
    /// Extends the range to a key.
    pub fn include(&mut self, key: &str) {
        if *key < *self.first {
            key.clone_into(&mut self.first);
        } else if *key > *self.last {
            key.clone_into(&mut self.last);
        }
    }
}
