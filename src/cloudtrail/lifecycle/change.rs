//! A change of a secret or key at a time.

use std::sync::Arc;

use jiff::Timestamp;

use super::transition::Transition;

/// A change of a secret or key at a time.
///
/// Changes of one time are ordered by their kind and their event, so that the order in which
/// records arrive does not matter.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ResourceChange {
    /// The time of the event.
    pub at: Timestamp,
    /// The change.
    pub transition: Transition,
    /// The identifier of the event, if the record has one.
    pub event_id: Option<Arc<str>>,
}
