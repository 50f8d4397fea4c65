//! Tallies that are kept in memory.

use std::ops::ControlFlow;
use std::sync::{Mutex, PoisonError};

use crate::findings::{ListedObject, Tally, TallySink};

/// The tallies of all objects, merged thread by thread, so that threads do not wait for each other.
#[derive(Debug)]
pub struct Tallies {
    by_thread: Vec<Mutex<Tally>>,
}

impl Tallies {
    /// No tallies yet, with room for those of so many threads.
    pub fn of_threads(threads: usize) -> Self {
        Self {
            by_thread: (0..threads.max(1)).map(|_| Mutex::default()).collect(),
        }
    }

    /// All tallies as one.
    pub fn merged(self) -> Tally {
        let tallies = self.by_thread.into_iter();
        let tallies =
            tallies.map(|tally| tally.into_inner().unwrap_or_else(PoisonError::into_inner));
        let merge = |mut all: Tally, other: Tally| {
            all.merge(other);
            all
        };
        tallies.reduce(merge).unwrap_or_default()
    }
}

impl TallySink for Tallies {
    /// Merges a tally with the others of the same thread. What only a ledger writes down is
    /// dropped.
    fn keep(&self, _: ListedObject<'_>, mut tally: Tally) -> ControlFlow<()> {
        tally.forget_json();
        let thread = rayon::current_thread_index().unwrap_or(0) % self.by_thread.len();
        let Some(slot) = self.by_thread.get(thread) else {
            return ControlFlow::Break(());
        };
        let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
        slot.merge(tally);
        ControlFlow::Continue(())
    }
}
