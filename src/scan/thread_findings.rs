//! The findings of a scan, thread by thread.

use std::mem;
use std::ops::ControlFlow;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::findings::{Findings, FindingsSink, ListedObject, ObjectOutcome, UseLimit};
use crate::spool::{Spool, SpoolError, Spooled};
use crate::time::period::TimeRange;

/// The number of outcomes of a thread that are handed on together. Threads come to objects in long
/// stretches that are in order, and together they are sorted quickly.
const OUTCOMES_TOGETHER: usize = 4_096;

/// The findings of all objects, merged thread by thread, so that threads do not wait for each
/// other.
///
/// Only what adds up stays in memory. The outcomes of objects, each of which a report may list, go
/// to a temporary file where there are many.
#[derive(Debug)]
pub struct ThreadFindings {
    by_thread: Vec<Mutex<Own>>,
    outcomes: Spool<ObjectOutcome>,
    /// The range of the report, for which objects are counted.
    range: TimeRange,
}

/// The findings of one thread.
#[derive(Debug, Default)]
struct Own {
    findings: Findings,
    /// Outcomes that are not handed on yet.
    outcomes: Vec<ObjectOutcome>,
}

/// The findings of a scan.
#[derive(Debug, Default)]
pub struct ScanFindings {
    /// The findings of all objects, which are counted.
    pub findings: Findings,
    /// The outcomes of the objects, in the order of their names.
    pub outcomes: Spooled<ObjectOutcome>,
}

impl ThreadFindings {
    /// Makes room for the findings of this number of threads, for a report on this range, and for
    /// this number of outcomes.
    pub fn new(threads: usize, range: TimeRange, memory_rows: usize) -> Self {
        let threads = 0..threads.max(1);
        Self {
            // Each thread adds to its own, so that none waits for another.
            by_thread: threads.map(|_| Mutex::default()).collect(),
            outcomes: Spool::with_memory(memory_rows),
            range,
        }
    }

    /// Returns what the thread that this is called in found.
    fn own(&self) -> Option<MutexGuard<'_, Own>> {
        // Without a pool there is no index, and any place will do: the lock keeps it correct.
        let thread = rayon::current_thread_index().unwrap_or(0) % self.by_thread.len();
        let own = self.by_thread.get(thread)?;
        Some(own.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Merges the findings of all threads, on the threads of the pool that this is called in.
    ///
    /// # Errors
    ///
    /// Returns an error if the temporary file of outcomes failed.
    pub fn merged(self) -> Result<ScanFindings, SpoolError> {
        let mut merged: Option<Findings> = None;
        for own in self.by_thread {
            let own = own.into_inner().unwrap_or_else(PoisonError::into_inner);
            let Own { findings, outcomes } = own;
            // A temporary file that failed says why at the end.
            let _ = self.outcomes.extend(outcomes);
            match &mut merged {
                Some(merged) => merged.merge(findings),
                // Merging into empty findings would copy those of the first thread.
                None => merged = Some(findings),
            }
        }
        Ok(ScanFindings {
            findings: merged.unwrap_or_default(),
            outcomes: self.outcomes.finish()?,
        })
    }
}

impl FindingsSink for ThreadFindings {
    /// Returns the limit of the same thread, which only falls. That of all threads is no higher.
    fn use_limit(&self) -> UseLimit {
        self.own()
            .map(|own| own.findings.uses.limit())
            .unwrap_or_default()
    }

    /// Merges findings with the others of the same thread. What only a ledger stores is dropped.
    fn keep(&self, _: ListedObject<'_>, mut findings: Findings) -> ControlFlow<()> {
        findings.forget_json();
        let outcomes = mem::take(&mut findings.objects);
        let full = {
            let Some(mut own) = self.own() else {
                return ControlFlow::Break(());
            };
            own.take(findings, outcomes, self.range)
        };
        // Without the lock, since handing on may take a while.
        match full.is_empty() {
            true => ControlFlow::Continue(()),
            false => self.outcomes.extend(full),
        }
    }
}

impl Own {
    /// Takes the findings and outcomes of an object. Returns outcomes to hand on, if there are
    /// enough.
    fn take(
        &mut self,
        findings: Findings,
        outcomes: Vec<ObjectOutcome>,
        range: TimeRange,
    ) -> Vec<ObjectOutcome> {
        for outcome in &outcomes {
            self.findings.days.add(outcome, range);
        }
        self.findings.merge(findings);
        self.outcomes.extend(outcomes);
        match self.outcomes.len() < OUTCOMES_TOGETHER {
            true => Vec::new(),
            false => mem::take(&mut self.outcomes),
        }
    }
}
