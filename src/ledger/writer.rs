//! The writer of the findings of a scan into the parts of a ledger.

use std::mem;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::listings::ListingRecord;
use super::part::{self, PartManifest};
use super::scanned::ScannedObject;
use super::{ClaimedLedger, LedgerError, PARTS, tables};
use crate::findings::{Findings, FindingsSink, ListedObject};
use crate::plan::Plan;
use crate::problem::Problem;
use crate::time::period::TimeRange;

/// The largest number of objects in a part, so that what waits to be written takes some megabytes.
pub(super) const OBJECTS_LIMIT: usize = 4_096;

/// The largest size of the JSON of kept records in a part, in bytes.
pub(super) const JSON_LIMIT_BYTES: usize = 32 << 20;

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
    /// The places that could not be listed.
    pub problems: Vec<Problem>,
}

/// Writes the findings of a scan into the parts of a ledger.
#[derive(Debug)]
pub struct Writer {
    folder: PathBuf,
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
    failed: Option<LedgerError>,
}

/// The part that is being filled.
#[derive(Debug)]
struct OpenPart {
    scanned: Vec<ScannedObject>,
    json_bytes: usize,
    begun: Instant,
}

impl OpenPart {
    fn new() -> Self {
        Self {
            scanned: Vec::new(),
            json_bytes: 0,
            begun: Instant::now(),
        }
    }

    fn push(&mut self, object: ScannedObject) {
        self.json_bytes += object.json_bytes();
        self.scanned.push(object);
    }

    fn is_full(&self) -> bool {
        self.scanned.len() >= OBJECTS_LIMIT || self.json_bytes >= JSON_LIMIT_BYTES
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
        listing.write(ledger.path())?;
        let open = OpenPart::new();
        Ok(Self {
            folder: ledger.path().join(PARTS),
            manifest: PartManifest::new(ledger.scope()),
            rules: plan.rules.iter().map(|rule| rule.name.clone()).collect(),
            range: plan.selection.range,
            read_at: run.read_at,
            begun: Instant::now(),
            state: Mutex::new(WriterState { open, failed: None }),
        })
    }

    /// Writes the last part.
    ///
    /// # Errors
    ///
    /// Returns an error if a part could not be written, this one or an earlier one.
    pub fn finish(self) -> Result<(), LedgerError> {
        let mut state = self.lock();
        if let Some(error) = state.failed.take() {
            return Err(error);
        }
        let last = mem::take(&mut state.open.scanned);
        self.write(last)
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
    fn write_due(&self, due: OpenPart) -> ControlFlow<()> {
        // The thread that finds a part due writes it, without the lock: others fill the next part
        // meanwhile.
        match self.write(due.scanned) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                self.lock().failed = Some(error);
                ControlFlow::Break(())
            }
        }
    }

    /// Adds a reading. Returns a part that is due; breaks if a part could not be written.
    fn add(&self, object: ScannedObject) -> ControlFlow<(), Option<OpenPart>> {
        let mut state = self.lock();
        if state.failed.is_some() {
            return ControlFlow::Break(());
        }
        state.open.push(object);
        let open = &state.open;
        let is_due = open.is_full() || is_old(open.begun.elapsed(), self.begun.elapsed());
        let due = is_due.then(|| mem::replace(&mut state.open, OpenPart::new()));
        ControlFlow::Continue(due)
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
    use crate::ledger::Identity;

    fn object() -> ScannedObject {
        ScannedObject {
            identity: Identity::example("a", 1),
            findings: Findings::default(),
        }
    }

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

    #[test]
    fn a_part_is_full_at_its_limits() {
        let mut part = OpenPart::new();
        for _ in 1..OBJECTS_LIMIT {
            part.push(object());
        }
        assert!(!part.is_full());
        part.push(object());
        assert!(part.is_full());
        let mut part = OpenPart::new();
        part.json_bytes = JSON_LIMIT_BYTES - 1;
        assert!(!part.is_full());
        part.json_bytes += 1;
        assert!(part.is_full());
    }
}
