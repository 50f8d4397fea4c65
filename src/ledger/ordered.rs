//! The writer of readings into parts that depend on nothing but the readings: whichever thread is
//! first, they are written in the order of their keys, and cut by their number and size alone.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use super::open_part::OpenPart;
use super::part::{self, PartManifest};
use super::scanned::ScannedObject;
use super::{LedgerError, Scope, tables};
use crate::findings::{Findings, FindingsSink, ListedObject};
use crate::plan::Plan;
use crate::problem::Problem;
use crate::time::period::TimeRange;

/// Writes the readings of a list of objects into parts below a folder.
#[derive(Debug)]
pub struct OrderedWriter {
    folder: PathBuf,
    manifest: PartManifest,
    rules: Vec<String>,
    range: TimeRange,
    read_at: Timestamp,
    /// The keys of the objects, in order.
    keys: Vec<Arc<str>>,
    /// True if the scan ends at a reading that another attempt may repeat with success.
    ends_at_transient: bool,
    state: Mutex<OrderedState>,
}

/// The parts that were written, and their readings in numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrderedParts {
    /// The names of the parts, in the order of their keys.
    pub names: Vec<String>,
    /// The number of objects that were not read in full.
    pub objects_failed: u64,
    /// The number of records.
    pub records: u64,
    /// The number of records that a rule selected.
    pub attempts: u64,
    /// The number of objects whose source may deliver them another time.
    pub transient: u64,
    /// The first of these objects, with the reason.
    pub first_transient: Option<(String, String)>,
}

#[derive(Debug, Default)]
struct OrderedState {
    /// Readings that came before their turn, by the number of their object.
    waiting: BTreeMap<usize, ScannedObject>,
    /// The number of the next object.
    next: usize,
    open: OpenPart,
    /// The number of the open part.
    number: usize,
    /// The names of the parts that are written, by their numbers.
    written: BTreeMap<usize, String>,
    sums: OrderedParts,
    failed: Option<LedgerError>,
}

/// A part that is full, and its number.
type DuePart = (usize, Vec<ScannedObject>);

impl OrderedParts {
    fn add(&mut self, object: &ScannedObject) {
        let findings = &object.findings;
        let mut outcomes = findings.objects.iter();
        self.objects_failed += u64::from(outcomes.any(|outcome| outcome.status.is_failed()));
        let records = findings.records();
        self.records += records.total();
        self.attempts += records.selected;
        let mut problems = findings.problems.iter();
        if let Some(problem) = problems.find(|problem| problem.kind.is_transient()) {
            self.add_transient(object, problem);
        }
    }

    fn add_transient(&mut self, object: &ScannedObject, problem: &Problem) {
        self.transient += 1;
        let reason = || (object.identity.key.to_string(), problem.detail.clone());
        self.first_transient.get_or_insert_with(reason);
    }
}

impl OrderedState {
    /// Takes a reading, and returns the parts that are full.
    fn take(&mut self, number: usize, object: ScannedObject) -> Vec<DuePart> {
        self.waiting.insert(number, object);
        let mut due = Vec::new();
        while let Some(object) = self.waiting.remove(&self.next) {
            self.next += 1;
            self.sums.add(&object);
            self.open.push(object);
            if self.open.is_full() {
                due.extend(self.take_open());
            }
        }
        due
    }

    fn take_open(&mut self) -> Option<DuePart> {
        let scanned = self.open.take();
        if scanned.is_empty() {
            return None;
        }
        let number = self.number;
        self.number += 1;
        Some((number, scanned))
    }

    /// Takes the last part, unless another could not be written.
    fn take_last(&mut self) -> Result<Option<DuePart>, LedgerError> {
        match self.failed.take() {
            Some(error) => Err(error),
            None => Ok(self.take_open()),
        }
    }

    // Readings still wait if the scan ended before an earlier one, and count all the same.
    fn into_parts(self) -> OrderedParts {
        let mut parts = self.sums;
        self.waiting.values().for_each(|object| parts.add(object));
        parts.names = self.written.into_values().collect();
        parts
    }

    fn has_transient(&self) -> bool {
        let mut waiting = self.waiting.values();
        self.sums.transient > 0 || waiting.any(ScannedObject::is_transient)
    }
}

impl ScannedObject {
    /// Returns whether another attempt may read the object with success.
    fn is_transient(&self) -> bool {
        let mut problems = self.findings.problems.iter();
        problems.any(|problem| problem.kind.is_transient())
    }
}

impl OrderedWriter {
    /// Creates a writer of the readings of the objects with these keys, which are in order, by a
    /// scan for a plan that counts as begun at `read_at`.
    pub fn new(
        folder: &Path,
        scope: &Scope,
        plan: &Plan,
        keys: Vec<Arc<str>>,
        read_at: Timestamp,
    ) -> Self {
        Self {
            folder: folder.to_owned(),
            manifest: PartManifest::new(scope),
            rules: plan.rules.iter().map(|rule| rule.name.clone()).collect(),
            range: plan.selection.range,
            read_at,
            keys,
            ends_at_transient: false,
            state: Mutex::default(),
        }
    }

    /// Ends the scan at the first reading that another attempt may repeat with success: its parts
    /// are not wanted then.
    #[must_use]
    pub fn ending_at_transient(self, ends_at_transient: bool) -> Self {
        Self {
            ends_at_transient,
            ..self
        }
    }

    /// Writes the last part. The numbers are complete only if every object has a reading; the
    /// others have transient failures only.
    ///
    /// # Errors
    ///
    /// Returns an error if a part could not be written, or an object has no reading although
    /// nothing ended the scan.
    pub fn finish(self) -> Result<OrderedParts, LedgerError> {
        let last = self.lock().take_last()?;
        if let Some((number, scanned)) = last {
            let name = self.write(scanned)?;
            self.lock().written.insert(number, name);
        }
        let state = self.state.into_inner();
        let state = state.unwrap_or_else(PoisonError::into_inner);
        let next = state.next;
        let parts = state.into_parts();
        match self.keys.get(next) {
            // A scan that a transient failure ended early has not come to every object.
            Some(lost) if parts.transient == 0 => Err(LedgerError::Lost(lost.to_string())),
            _ => Ok(parts),
        }
    }

    fn lock(&self) -> MutexGuard<'_, OrderedState> {
        // A thread that panics has added its object or has not, so the others may go on.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, scanned: Vec<ScannedObject>) -> Result<String, LedgerError> {
        let tables = tables::tables(&scanned, &self.rules, self.range);
        let manifest = self.manifest.with_readings(&scanned);
        part::write(&self.folder, &tables, manifest)
    }

    /// Writes parts that are full. Breaks if one cannot be written.
    fn write_due(&self, due: Vec<DuePart>) -> ControlFlow<()> {
        // Without the lock, so that others fill the next part meanwhile.
        for (number, scanned) in due {
            let written = self.write(scanned);
            let mut state = self.lock();
            match written {
                Ok(name) => _ = state.written.insert(number, name),
                Err(error) => {
                    state.failed = Some(error);
                    return ControlFlow::Break(());
                }
            }
        }
        ControlFlow::Continue(())
    }
}

impl FindingsSink for OrderedWriter {
    /// Adds the findings of an object to its part.
    fn keep(&self, listed: ListedObject<'_>, findings: Findings) -> ControlFlow<()> {
        let number = self.keys.binary_search_by(|key| (**key).cmp(listed.key));
        // An object that was not listed is in no part; that it was read is an error elsewhere.
        let Ok(number) = number else {
            return ControlFlow::Continue(());
        };
        let object = ScannedObject::new(listed, self.read_at, findings);
        let due = {
            let mut state = self.lock();
            let due = state.take(number, object);
            if state.failed.is_some() || (self.ends_at_transient && state.has_transient()) {
                return ControlFlow::Break(());
            }
            due
        };
        self.write_due(due)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::container::Limits;
    use crate::findings::{ContentTag, ObjectOutcome};
    use crate::ledger::open_part::OBJECTS_LIMIT;
    use crate::plan::{Job, Selection};
    use crate::problem::{Origin, Problem, ProblemKind};

    fn listed(key: &str) -> ListedObject<'_> {
        ListedObject {
            key,
            tag: Some(ContentTag::ETag("e")),
            stored_bytes: Some(7),
            named: false,
        }
    }

    fn findings(key: &str, problem: Option<ProblemKind>) -> Findings {
        let mut findings = Findings::default();
        findings.objects.push(ObjectOutcome {
            object: key.into(),
            ..ObjectOutcome::default()
        });
        findings.problems.extend(problem.map(|kind| Problem {
            origin: Origin::default(),
            kind,
            detail: "as asked".to_owned(),
        }));
        findings
    }

    fn keys(count: usize) -> Vec<Arc<str>> {
        (0..count)
            .map(|number| format!("{number:06}").into())
            .collect()
    }

    fn writer(folder: &Path, count: usize) -> OrderedWriter {
        let plan = Plan::new(vec![Job::custom("x")], Selection::default()).expect("a plan");
        let scope = Scope::from_plan(&plan, &Limits::default()).expect("a scope");
        OrderedWriter::new(folder, &scope, &plan, keys(count), Timestamp::UNIX_EPOCH)
    }

    /// Writes readings in this order of their numbers.
    fn written(order: impl Iterator<Item = usize>, count: usize) -> OrderedParts {
        let folder = tempfile::tempdir().expect("a folder");
        let (writer, keys) = (writer(folder.path(), count), keys(count));
        for number in order {
            let key = &keys[number];
            assert!(writer.keep(listed(key), findings(key, None)).is_continue());
        }
        writer.finish().expect("written")
    }

    #[test]
    fn parts_are_the_same_in_whatever_order_readings_come() {
        let count = OBJECTS_LIMIT + 3;
        let forwards = written(0..count, count);
        assert_eq!(forwards.names.len(), 2);
        assert_eq!(written((0..count).rev(), count), forwards);
        let halves = (0..count / 2).map(|number| number * 2);
        let others = (0..count).filter(|number| number % 2 == 1 || number / 2 >= count / 2);
        assert_eq!(written(halves.chain(others), count), forwards);
    }

    #[test]
    fn an_object_without_a_reading_is_an_error() {
        let folder = tempfile::tempdir().expect("a folder");
        let writer = writer(folder.path(), 2);
        let _ = writer.keep(listed("000000"), findings("000000", None));
        let lost = writer.finish();
        assert!(
            matches!(&lost, Err(LedgerError::Lost(key)) if key == "000001"),
            "{lost:?}"
        );
    }

    #[test]
    fn a_scan_may_end_at_a_transient_failure() {
        let unavailable = findings("000001", Some(ProblemKind::Unavailable));
        let denied = findings("000000", Some(ProblemKind::AccessDenied));
        for ends in [true, false] {
            let folder = tempfile::tempdir().expect("a folder");
            let writer = writer(folder.path(), 2).ending_at_transient(ends);
            let kept = writer.keep(listed("000001"), unavailable.clone());
            assert_eq!(kept.is_break(), ends);
            if !ends {
                assert!(writer.keep(listed("000000"), denied.clone()).is_continue());
            }
            let parts = writer.finish().expect("numbers");
            assert_eq!(parts.transient, 1);
            let first = ("000001".to_owned(), "as asked".to_owned());
            assert_eq!(parts.first_transient, Some(first));
            assert_eq!(parts.names.is_empty(), ends);
        }
    }
}
