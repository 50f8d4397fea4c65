//! The objects of an archive, and their scan.

use jiff::Timestamp;
use rayon::ThreadPool;

use super::ledger::{OpenLedger, Recalled};
use super::objects::ArchiveObjects;
use super::scanned::Scanned;
use super::{Audit, AuditError, Progress, ProgressEvent};
use crate::findings::{FindingsSink, ObjectOutcome};
use crate::ledger::{LedgerError, ScanRun};
use crate::problem::Problem;
use crate::report::{ObjectBatches, Objects, OutcomeBatches};
use crate::scan::{ContentHashes, ListedKeys, ScanFindings, Scanner, ThreadFindings, settle};
use crate::source::s3::RequestCounts;
use crate::source::{Disk, Object, S3Source, Source};
use crate::spool::{RowBatches, SpoolError, Spooled};
use crate::time::period::to_microsecond;

/// The objects of an archive, and the way to them.
pub struct Archive<'a> {
    pub(super) audit: &'a Audit,
    pub(super) pool: ThreadPool,
    pub(super) objects: ArchiveObjects,
    /// Places that could not be listed.
    pub(super) problems: Vec<Problem>,
    pub(super) ledger: Option<OpenLedger>,
    pub(super) disk: Option<Disk>,
    pub(super) s3: Option<S3Source>,
    /// The hashes of what the scan reads, if it is verified.
    pub(super) hashes: Option<ContentHashes>,
}

impl<'a> Archive<'a> {
    /// Has those digests read again that may list what is no longer there, though the ledger knows
    /// them. Only a listing of everything shows what is gone, not a list of some objects.
    ///
    /// # Errors
    ///
    /// Returns an error if the ledger cannot be read.
    pub(super) fn read_digests_of_gone(&mut self) -> Result<(), AuditError> {
        let objects = &mut self.objects;
        if let Some(ledger) = self.ledger.as_ref().filter(|_| objects.knows_digest()) {
            let gone = self.pool.install(|| ledger.gone(objects.contents()))?;
            self.pool.install(|| objects.read_again(&gone))?;
        }
        Ok(())
    }

    /// Returns the objects that will be read, some of them at a time, with their sizes if the audit
    /// requests them.
    pub fn objects(&self) -> RowBatches<'_, Object> {
        self.objects.unread()
    }

    /// Returns the number of requests to S3 that the listing took, and of those that reading will
    /// take; nothing without an address in S3.
    pub fn requests(&self) -> Option<RequestCounts> {
        Some(RequestCounts {
            get: self.objects.unread_in_numbers().requests,
            ..self.s3.as_ref()?.requests()
        })
    }

    /// Returns the paths as they were given. Without any, they are those that the scans of the
    /// ledger were given.
    fn sources(&self) -> Result<Vec<String>, LedgerError> {
        match &self.ledger {
            Some(ledger) if self.audit.paths.is_empty() => ledger.sources(),
            _ => Ok(self.audit.given_sources()),
        }
    }

    /// Scans every object that the ledger does not know, and adds the findings of those that it
    /// knows.
    ///
    /// # Errors
    ///
    /// Returns an error if the ledger cannot be read or written.
    pub fn scan(mut self, progress: &Progress<'_>) -> Result<Scanned<'a>, AuditError> {
        let sources = self.sources()?;
        let mut recalled = match self.ledger.take() {
            None => self.scan_in_memory(progress)?,
            Some(ledger) if self.audit.paths.is_empty() => self.recall(ledger)?,
            Some(ledger) => self.scan_into(ledger, progress)?,
        };
        recalled.findings.problems.append(&mut self.problems);
        // After the scan, which has hashed most of what is verified.
        let integrity = self.integrity(progress)?;
        Ok(Scanned {
            plan: &self.audit.plan,
            recalled,
            integrity,
            sources,
            pool: self.pool,
        })
    }

    /// Scans every object, and keeps the findings in memory.
    fn scan_in_memory(&self, progress: &Progress<'_>) -> Result<Recalled, SpoolError> {
        let range = self.audit.plan.selection.range;
        let threads = self.pool.current_num_threads();
        let sink = ThreadFindings::new(threads, range, self.audit.memory_rows);
        self.read(&sink, progress)?;
        self.pool.install(|| {
            let ScanFindings {
                mut findings,
                outcomes,
            } = sink.merged()?;
            let listed = ListedKeys::new(self.objects.all());
            let settled = settle(listed, &findings, &outcomes)?;
            findings.listed = settled.listed;
            findings.problems.extend(settled.problems);
            Ok(Recalled {
                inputs: settled.inputs,
                objects: Objects::new(SpooledOutcomes(outcomes)),
                inventories: Vec::new(),
                findings,
            })
        })
    }

    /// Recalls everything that the ledger holds.
    fn recall(&self, ledger: OpenLedger) -> Result<Recalled, AuditError> {
        let plan = &self.audit.plan;
        Ok(self.pool.install(|| ledger.everything(plan))?)
    }

    /// Scans the objects that the ledger does not know, and recalls the findings of all.
    fn scan_into(
        &self,
        mut ledger: OpenLedger,
        progress: &Progress<'_>,
    ) -> Result<Recalled, AuditError> {
        let known = self.objects.number_of_known();
        let listed = self.objects.number();
        if listed == 0 {
            // A ledger is neither begun nor discarded for nothing.
            return Ok(Recalled::of_nothing());
        }
        let writer = ledger.writer(&self.audit.plan, self.run(), progress)?;
        self.read(&writer, progress)?;
        writer.finish()?;
        if known > 0 {
            progress(ProgressEvent::Known { known, listed });
        }
        self.recall_listed(ledger)
    }

    /// Returns the present run of the scan.
    fn run(&self) -> ScanRun {
        ScanRun {
            sources: self.audit.given_sources(),
            read_at: to_microsecond(Timestamp::now()),
            objects: self.objects.number() as u64,
            problems: self.problems.clone(),
        }
    }

    /// Recalls what the ledger holds of the listed objects.
    fn recall_listed(&self, ledger: OpenLedger) -> Result<Recalled, AuditError> {
        let plan = &self.audit.plan;
        Ok(self.pool.install(|| ledger.listed(plan, &self.objects))?)
    }

    /// Reads every object that the ledger does not know.
    fn read(&self, sink: &dyn FindingsSink, progress: &Progress<'_>) -> Result<(), SpoolError> {
        let unread = self.objects.unread_in_numbers();
        progress(ProgressEvent::Begun {
            objects: unread.objects,
            bytes: unread.bytes,
        });
        self.announce_requests(progress);
        self.pool.install(|| self.scan_unread(sink, progress))?;
        progress(ProgressEvent::Ended);
        let requests = self.s3.as_ref().map(S3Source::requests);
        if let Some(requests) = requests.filter(|requests| requests.repeated > 0) {
            progress(ProgressEvent::Repeated(requests));
        }
        Ok(())
    }

    fn scan_unread(
        &self,
        sink: &dyn FindingsSink,
        progress: &Progress<'_>,
    ) -> Result<(), SpoolError> {
        if self.objects.unread_in_numbers().objects == 0 {
            return Ok(());
        }
        let inventory = self.objects.inventory()?;
        let scanner = Scanner {
            plan: &self.audit.plan,
            limits: &self.audit.limits,
            inventory: &inventory,
            hashes: self.hashes.as_ref(),
            sink,
            done: &|bytes| progress(ProgressEvent::Scanned { bytes }),
        };
        // A ledger that ends the scan early says why when it is finished.
        let _ = scanner.scan(&self.places(), || self.objects.unread())?;
        Ok(())
    }

    /// Announces the meter of the requests to S3, if there are any.
    pub(super) fn announce_requests(&self, progress: &Progress<'_>) {
        let meters = self.s3.iter().map(S3Source::meter);
        meters.for_each(|meter| progress(ProgressEvent::Requesting(&meter)));
    }

    /// Returns the places that objects are read from.
    pub(super) fn places(&self) -> Vec<&dyn Source> {
        let mut places: Vec<&dyn Source> = Vec::new();
        if let Some(disk) = &self.disk {
            places.push(disk);
        }
        if let Some(s3) = &self.s3 {
            places.push(s3);
        }
        places
    }
}

/// The outcomes of a scan.
struct SpooledOutcomes(Spooled<ObjectOutcome>);

impl ObjectBatches for SpooledOutcomes {
    fn batches(&self) -> OutcomeBatches<'_> {
        let batches = self.0.batches();
        Box::new(batches.map(|batch| Ok(batch?.into_owned())))
    }
}
