//! Findings that are kept in memory.

use std::ops::ControlFlow;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::findings::{Findings, FindingsSink, ListedObject, UseLimit};

/// The findings of all objects, merged thread by thread, so that threads do not wait for each
/// other.
#[derive(Debug)]
pub struct InMemory {
    by_thread: Vec<Mutex<Findings>>,
}

impl InMemory {
    /// Makes room for the findings of this number of threads.
    pub fn for_threads(threads: usize) -> Self {
        let threads = 0..threads.max(1);
        Self {
            by_thread: threads.map(|_| Mutex::default()).collect(),
        }
    }

    /// Returns the findings of the thread that this is called in.
    fn own(&self) -> Option<MutexGuard<'_, Findings>> {
        // Without a pool there is no index, and any place will do: the lock keeps it correct.
        let thread = rayon::current_thread_index().unwrap_or(0) % self.by_thread.len();
        let own = self.by_thread.get(thread)?;
        Some(own.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Merges the findings of all threads.
    pub fn merged(self) -> Findings {
        let mut merged: Option<Findings> = None;
        for findings in self.by_thread {
            let findings = findings
                .into_inner()
                .unwrap_or_else(PoisonError::into_inner);
            match &mut merged {
                Some(merged) => merged.merge(findings),
                // Merging into empty findings would copy those of the first thread.
                None => merged = Some(findings),
            }
        }
        merged.unwrap_or_default()
    }
}

impl FindingsSink for InMemory {
    /// Returns the limit of the same thread, which only falls. That of all threads is no higher.
    fn use_limit(&self) -> UseLimit {
        self.own().map(|own| own.uses.limit()).unwrap_or_default()
    }

    /// Merges findings with the others of the same thread. What only a ledger stores is dropped.
    fn keep(&self, _: ListedObject<'_>, mut findings: Findings) -> ControlFlow<()> {
        findings.forget_json();
        let Some(mut own) = self.own() else {
            return ControlFlow::Break(());
        };
        own.merge(findings);
        ControlFlow::Continue(())
    }
}
