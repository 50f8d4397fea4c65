//! What a scan finds, on its way into the parts of a ledger.

use std::mem;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::part::{self, PartFacts};
use super::read::Read;
use super::{ClaimedLedger, LedgerError, PARTS, tables};
use crate::findings::{ListedObject, Tally, TallySink};
use crate::plan::Plan;

/// How many objects a part holds at most, so that what waits to be written fits in some megabytes.
pub(super) const OBJECTS_LIMIT: usize = 4_096;

/// How much JSON of kept records a part holds at most, in bytes.
pub(super) const JSON_LIMIT_BYTES: usize = 32 << 20;

/// How old a part becomes at least before it is written for its age.
const YOUNGEST: Duration = Duration::from_millis(200);

/// A part is written when it is older than this part of the whole scan: a scan that is stopped
/// loses a twentieth of its time, and a long one does not leave thousands of parts.
const AGE_DIVISOR: u32 = 20;

/// One run of a scan.
#[derive(Clone, Debug)]
pub struct ScanRun {
    /// What it was asked to read.
    pub sources: Vec<String>,
    /// When it began.
    pub read_at: Timestamp,
}

/// Writes what a scan finds into the parts of a ledger.
#[derive(Debug)]
pub struct Writer {
    folder: PathBuf,
    facts: PartFacts,
    rules: Vec<String>,
    read_at: Timestamp,
    begun: Instant,
    state: Mutex<State>,
}

/// The part that is being filled.
#[derive(Debug)]
struct State {
    reads: Vec<Read>,
    json_bytes: usize,
    begun: Instant,
    failed: Option<LedgerError>,
}

impl State {
    fn new() -> Self {
        Self {
            reads: Vec::new(),
            json_bytes: 0,
            begun: Instant::now(),
            failed: None,
        }
    }
}

impl Writer {
    /// A writer of what this run of a scan finds for a plan.
    pub fn new(ledger: &ClaimedLedger, plan: &Plan, run: ScanRun) -> Self {
        let scope = ledger.ledger().scope();
        Self {
            folder: ledger.ledger().path().join(PARTS),
            facts: PartFacts {
                fingerprint: scope.fingerprint.clone(),
                version: env!("CARGO_PKG_VERSION").to_owned(),
                sources: run.sources,
                tables: Default::default(),
            },
            rules: plan.rules.iter().map(|rule| rule.name.clone()).collect(),
            read_at: run.read_at,
            begun: Instant::now(),
            state: Mutex::new(State::new()),
        }
    }

    /// Writes the last part.
    ///
    /// # Errors
    ///
    /// Returns an error if a part could not be written, this one or an earlier one.
    pub fn finish(self) -> Result<(), LedgerError> {
        let state = mem::replace(&mut *self.state(), State::new());
        match state.failed {
            Some(error) => Err(error),
            None => self.write(&state.reads),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, reads: &[Read]) -> Result<(), LedgerError> {
        if reads.is_empty() {
            return Ok(());
        }
        part::write(
            &self.folder,
            &tables::of_reads(reads, &self.rules),
            self.facts.clone(),
        )
    }

    fn is_due(&self, state: &State) -> bool {
        let age = state.begun.elapsed();
        state.reads.len() >= OBJECTS_LIMIT
            || state.json_bytes >= JSON_LIMIT_BYTES
            || age >= YOUNGEST.max(self.begun.elapsed() / AGE_DIVISOR)
    }

    /// Adds a reading; answers a part that is due.
    fn add(&self, read: Read) -> Result<Option<Vec<Read>>, ()> {
        let mut state = self.state();
        if state.failed.is_some() {
            return Err(());
        }
        state.json_bytes += read.json_bytes();
        state.reads.push(read);
        if !self.is_due(&state) {
            return Ok(None);
        }
        Ok(Some(mem::replace(&mut *state, State::new()).reads))
    }
}

impl TallySink for Writer {
    /// Adds the tally of an object to the part that is being filled. The thread that finds it due
    /// writes it.
    fn keep(&self, listed: ListedObject<'_>, tally: Tally) -> ControlFlow<()> {
        // The number of a reading is that of its rows, so there is none without.
        if tally.objects.is_empty() {
            return ControlFlow::Continue(());
        }
        let due = match self.add(Read::new(listed, self.read_at, tally)) {
            Ok(Some(due)) => due,
            Ok(None) => return ControlFlow::Continue(()),
            Err(()) => return ControlFlow::Break(()),
        };
        match self.write(&due) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                self.state().failed = Some(error);
                ControlFlow::Break(())
            }
        }
    }
}
