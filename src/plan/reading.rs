//! Which fields of a record to read, in stages: most records need only the first.

use std::collections::BTreeSet;

use super::candidates::Candidates;
use super::observe::Head;
use crate::metric::CompiledFilter;
use crate::pattern::Projection;

/// The fields to read of a record. All stages have the same slots.
#[derive(Clone, Debug)]
pub(super) struct Reading {
    /// What is counted of every record.
    pub(super) head: Stage,
    /// What chooses the rules to ask, with the head.
    pub(super) choice: Stage,
    /// All that the rules name, with the head.
    pub(super) whole: Projection,
}

/// One stage.
#[derive(Clone, Debug)]
pub(super) struct Stage {
    /// For records whose account nothing else tells.
    with_caller: Projection,
    /// For the others.
    without_caller: Projection,
}

impl Reading {
    /// `whole` has the fields of the head, of the filters and of the candidates.
    pub(super) fn new(
        whole: Projection,
        head: &Head,
        candidates: &Candidates,
        filters: &[CompiledFilter],
    ) -> Self {
        let choice = candidates.slots(filters);
        Self {
            head: Stage::new(&whole, head, &BTreeSet::new()),
            choice: Stage::new(&whole, head, &choice),
            whole,
        }
    }
}

impl Stage {
    fn new(whole: &Projection, head: &Head, others: &BTreeSet<usize>) -> Self {
        let slots = |has_caller: bool| {
            head.slots(has_caller)
                .chain(others.iter().copied())
                .collect()
        };
        Self {
            with_caller: whole.only(&slots(true)),
            without_caller: whole.only(&slots(false)),
        }
    }

    /// The fields of a record whose account is known, or not, before it is read.
    pub(super) fn projection(&self, is_account_known: bool) -> &Projection {
        if is_account_known {
            &self.without_caller
        } else {
            &self.with_caller
        }
    }
}
