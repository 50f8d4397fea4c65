//! The fields to read of a record, in stages.
//!
//! Each field that is read costs time. All records are counted, for which the fields of the head
//! are enough. A few more rule out most rules: those of the choice. Only a record that a rule could
//! still select is read as a whole. Nearly all records match nothing, so nearly all are done after
//! the choice.
//!
//! The stages share one numbering of slots, in which those that a stage does not read are empty.
//! A filter cannot tell such a slot from a field that does not exist, so it must not be asked
//! before its slots are read. That holds because the choice includes every slot of the rules that
//! it does not rule out by itself ([`Candidates::slots`]), and all others wait for the whole.

use std::collections::BTreeSet;

use super::candidates::Candidates;
use super::head::HeadSlots;
use crate::metric::CompiledFilter;
use crate::pattern::Projection;

/// The fields to read of a record, by stage.
#[derive(Clone, Debug)]
pub(super) struct ReadingStages {
    /// The fields that are counted.
    pub(super) head: Stage,
    /// The head, and the fields that choose the candidates among the rules.
    pub(super) choice: Stage,
    /// The head, and all fields that the rules name.
    pub(super) whole: Projection,
}

/// The fields of one stage.
#[derive(Clone, Debug)]
pub(super) struct Stage {
    /// For records whose object names no account.
    with_caller: Projection,
    /// For all others.
    without_caller: Projection,
}

impl ReadingStages {
    /// Creates the stages from the projection of all fields.
    pub(super) fn new(
        whole: Projection,
        head: &HeadSlots,
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
    fn new(whole: &Projection, head: &HeadSlots, others: &BTreeSet<usize>) -> Self {
        // Both forms are made once, so that no record pays for the choice between them.
        let only = |has_caller: bool| {
            let mut slots = others.clone();
            slots.extend(head.slots(has_caller));
            whole.only(&slots)
        };
        Self {
            with_caller: only(true),
            without_caller: only(false),
        }
    }

    /// Returns the fields to read of a record whose account is known, or not, before it is read.
    #[inline]
    pub(super) fn projection(&self, is_account_known: bool) -> &Projection {
        if is_account_known {
            &self.without_caller
        } else {
            &self.with_caller
        }
    }
}
