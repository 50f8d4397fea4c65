//! The writer of the findings of a scan into the parts of a ledger.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::listings::ListingRecord;
use super::open_part::OpenPart;
use super::part::{self, PartManifest};
use super::scanned::ScannedObject;
use super::{ClaimedLedger, Ledger, LedgerError, PARTS, tables};
use crate::findings::{Findings, FindingsSink, ListedObject};
use crate::plan::Plan;
use crate::problem::Problem;
use crate::time::period::TimeRange;

/// The lowest age at which a part is written because of its age.
// At the beginning of a scan, its share of the time would be a few objects.
const AGE_LIMIT: Duration = Duration::from_millis(200);

/// A part is written when it has taken this share of the time of the whole scan, so that a scan
/// that is stopped loses a twentieth of its time, and a long one does not leave thousands of parts.
const AGE_DIVISOR: u32 = 20;

/// One run of a scan.
#[derive(Clone, Debug)]
pub struct ScanRun {
    /// The paths that it was given.
    pub sources: Vec<String>,
    /// The time at which it began.
    pub read_at: Timestamp,
    /// The number of objects that were listed.
    pub objects: u64,
    /// The places that could not be listed.
    pub problems: Vec<Problem>,
}

/// Writes the findings of a scan into the parts of a ledger.
#[derive(Debug)]
pub struct Writer {
    ledger: Ledger,
    folder: PathBuf,
    /// The record of the listing once the scan is finished.
    finished: ListingRecord,
    manifest: PartManifest,
    rules: Vec<String>,
    range: TimeRange,
    read_at: Timestamp,
    begun: Instant,
    state: Mutex<WriterState>,
}

#[derive(Debug)]
struct WriterState {
    open: OpenPart,
    /// The time at which the open part was begun.
    open_since: Instant,
    failed: Option<LedgerError>,
}

impl WriterState {
    fn new() -> Self {
        Self {
            open: OpenPart::default(),
            open_since: Instant::now(),
            failed: None,
        }
    }

    fn take_open(&mut self) -> Vec<ScannedObject> {
        self.open_since = Instant::now();
        self.open.take()
    }
}

/// Returns whether a part of this age is to be written, in a scan of that age.
fn is_old(part: Duration, scan: Duration) -> bool {
    part >= AGE_LIMIT.max(scan / AGE_DIVISOR)
}

impl Writer {
    /// Creates a writer of the findings that this run of a scan makes for a plan.
    ///
    /// # Errors
    ///
    /// Returns an error if the listing cannot be written down.
    pub fn new(ledger: &ClaimedLedger, plan: &Plan, run: ScanRun) -> Result<Self, LedgerError> {
        let ledger = ledger.ledger();
        let listing = ListingRecord::new(run.sources, run.read_at, &run.problems);
        // Until the last part is written, whatever ends the scan.
        let unfinished = listing.clone().with_unfinished_scan(run.objects);
        unfinished.write(ledger.path())?;
        Ok(Self {
            ledger: ledger.clone(),
            finished: listing.with_finished_scan(run.objects),
            folder: ledger.path().join(PARTS),
            manifest: PartManifest::new(ledger.scope()),
            rules: plan.rules.iter().map(|rule| rule.name.clone()).collect(),
            range: plan.selection.range,
            read_at: run.read_at,
            begun: Instant::now(),
            state: Mutex::new(WriterState::new()),
        })
    }

    /// Writes the last part, and records that the scan is finished.
    ///
    /// # Errors
    ///
    /// Returns an error if a part could not be written, this one or an earlier one.
    pub fn finish(self) -> Result<(), LedgerError> {
        let mut state = self.lock();
        if let Some(error) = state.failed.take() {
            return Err(error);
        }
        let last = state.take_open();
        self.write(last)?;
        let finished = self.finished.clone().with_parts(&self.ledger.part_names()?);
        finished.write(self.ledger.path())
    }

    // A thread that panics has added its object or has not, so the others may go on.
    fn lock(&self) -> MutexGuard<'_, WriterState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, mut scanned: Vec<ScannedObject>) -> Result<(), LedgerError> {
        if scanned.is_empty() {
            return Ok(());
        }
        // In order, parts are read as a sequence of keys without being sorted each time.
        scanned.sort_by(|one, other| one.identity.cmp(&other.identity));
        let tables = tables::tables(&scanned, &self.rules, self.range);
        let manifest = self.manifest.with_readings(&scanned);
        part::write(&self.folder, &tables, manifest)?;
        Ok(())
    }

    /// Writes a part that is due. Breaks if it cannot be written.
    fn write_due(&self, due: Vec<ScannedObject>) -> ControlFlow<()> {
        // The thread that finds a part due writes it, without the lock: others fill the next part
        // meanwhile.
        match self.write(due) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                self.lock().failed = Some(error);
                ControlFlow::Break(())
            }
        }
    }

    /// Adds a reading. Returns those of a part that is due; breaks if a part could not be written.
    fn add(&self, object: ScannedObject) -> ControlFlow<(), Option<Vec<ScannedObject>>> {
        let mut state = self.lock();
        if state.failed.is_some() {
            return ControlFlow::Break(());
        }
        state.open.push(object);
        let age = state.open_since.elapsed();
        let is_due = state.open.is_full() || is_old(age, self.begun.elapsed());
        ControlFlow::Continue(is_due.then(|| state.take_open()))
    }
}

impl FindingsSink for Writer {
    /// Adds the findings of an object to the part that is being filled.
    fn keep(&self, listed: ListedObject<'_>, findings: Findings) -> ControlFlow<()> {
        // Readings are numbered by their objects, so one without objects has no number.
        if findings.objects.is_empty() {
            return ControlFlow::Continue(());
        }
        let object = ScannedObject::new(listed, self.read_at, findings);
        match self.add(object)? {
            Some(due) => self.write_due(due),
            None => ControlFlow::Continue(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_written_after_a_twentieth_of_the_scan() {
        let seconds = Duration::from_secs_f64;
        for (part, scan, is_due) in [
            (0.199, 0.199, false),
            (0.2, 0.2, true),
            (0.2, 4.0, true),
            (0.2, 4.1, false),
            (5.0, 100.0, true),
            (4.9, 100.0, false),
        ] {
            let is_due_here = is_old(seconds(part), seconds(scan));
            assert_eq!(is_due_here, is_due, "{part} of {scan}");
        }
    }
}
