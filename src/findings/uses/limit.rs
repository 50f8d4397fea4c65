//! The limit beyond which uses are not kept.

use super::detail::UseDetail;
use super::row::RowKey;

/// The limit beyond which uses are left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UseLimit {
    /// The detail in which uses are kept.
    pub(super) detail: UseDetail,
    /// The key from which on rows are left out; `None` if all of them are kept.
    pub(super) evicted_from: Option<RowKey>,
}

impl UseLimit {
    /// Returns whether a row is kept.
    pub(super) fn keeps(self, key: RowKey) -> bool {
        self.evicted_from.is_none_or(|from| key < from)
    }

    /// Returns whether rows of a resource are kept, at least some of them.
    pub(super) fn may_keep(self, resource: u64) -> bool {
        self.evicted_from
            .is_none_or(|from| resource <= from.resource)
    }

    pub(super) fn evicts_more_than(self, other: Self) -> bool {
        self.evicted_from.is_some_and(|from| other.keeps(from))
    }
}
