//! The order of changes within one second.

use std::collections::VecDeque;

use super::change::ResourceChange;
use super::state::{DeletionState, Fit};
use super::transition::Transition;

/// The changes of one second, from which the next is taken that fits the state.
///
/// CloudTrail writes whole seconds. A caller who restores a secret and deletes it again within one
/// second leaves two records of the same time, in an order that only their meaning shows.
pub(super) struct Second {
    // One queue for each kind: to look through the kinds for each change, and not through all
    // changes, keeps a second with very many of them cheap.
    queues: [VecDeque<ResourceChange>; Transition::KINDS],
}

impl Second {
    /// Returns the changes of one second, which must be in the order of their values.
    pub(super) fn new(changes: impl IntoIterator<Item = ResourceChange>) -> Self {
        let mut queues = std::array::from_fn(|_| VecDeque::new());
        for change in changes {
            let queue: Option<&mut VecDeque<ResourceChange>> =
                queues.get_mut(change.transition.kind());
            if let Some(queue) = queue {
                queue.push_back(change);
            }
        }
        Self { queues }
    }

    /// Takes the change that fits the state best, and of those the first in the order of kinds.
    pub(super) fn next_after(&mut self, state: DeletionState) -> Option<ResourceChange> {
        let mut best: Option<(Fit, &mut VecDeque<ResourceChange>)> = None;
        for queue in &mut self.queues {
            let Some(change) = queue.front() else {
                continue;
            };
            let fit = state.after(change.transition).fit;
            if best.as_ref().is_none_or(|(best, _)| fit < *best) {
                best = Some((fit, queue));
            }
        }
        let (_, queue) = best?;
        queue.pop_front()
    }
}
