//! The objects of an archive, and their scan.

use std::mem;

use jiff::Timestamp;
use rayon::ThreadPool;
use rayon::prelude::*;

use super::ledger::{OpenLedger, Recalled};
use super::scanned::Scanned;
use super::{Audit, AuditError, Event, Progress};
use crate::cloudtrail::key::{ObjectKey, ObjectKind};
use crate::findings::FindingsSink;
use crate::ledger::{LedgerError, ScanRun};
use crate::report::Objects;
use crate::scan::{Accounting, ContentHashes, InMemory, Inventory, ListedKey, Scanner};
use crate::source::s3::Requests;
use crate::source::{Disk, Listing, Object, S3Source, Source};
use crate::time::period::to_microsecond;

/// The objects of an archive, and the way to them.
pub struct Archive<'a> {
    pub(super) audit: &'a Audit,
    pub(super) pool: ThreadPool,
    /// The objects that must be read.
    pub(super) listing: Listing,
    /// The objects whose findings the ledger has.
    pub(super) known: Vec<Object>,
    pub(super) ledger: Option<OpenLedger>,
    pub(super) s3: Option<S3Source>,
    /// The hashes of what the scan reads, if it is verified.
    pub(super) hashes: Option<ContentHashes>,
}

impl<'a> Archive<'a> {
    /// Leaves out the objects that the ledger knows.
    pub(super) fn leave_out_known(&mut self) {
        let Some(ledger) = &self.ledger else { return };
        let objects = mem::take(&mut self.listing.objects).into_par_iter();
        (self.known, self.listing.objects) = self
            .pool
            .install(|| objects.partition(|object| ledger.knows(object)));
    }

    /// Returns the objects that will be read, with their sizes if the audit requests them.
    pub fn objects(&self) -> &[Object] {
        &self.listing.objects
    }

    /// Returns the number of requests to S3 that the listing took, and of those that reading will
    /// take; nothing without an address in S3.
    pub fn requests(&self) -> Option<Requests> {
        let s3 = self.s3.as_ref()?;
        let is_read = |object: &&Object| {
            let kind = ObjectKey::parse(&object.key).kind;
            object.remote().is_some() && matches!(kind, ObjectKind::Events | ObjectKind::Digest)
        };
        Some(Requests {
            get: self.objects().iter().filter(is_read).count() as u64,
            ..s3.requests()
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
            None => self.scan_in_memory(progress),
            Some(ledger) if self.audit.paths.is_empty() => self.recall(ledger)?,
            Some(ledger) => self.scan_into(ledger, progress)?,
        };
        let problems = &mut self.listing.problems;
        recalled.findings.problems.append(problems);
        let integrity = self.integrity(progress);
        Ok(Scanned {
            plan: &self.audit.plan,
            recalled,
            integrity,
            sources,
            pool: self.pool,
        })
    }

    /// Scans every object, and keeps the findings in memory.
    fn scan_in_memory(&mut self, progress: &Progress<'_>) -> Recalled {
        let sink = InMemory::for_threads(self.pool.current_num_threads());
        self.read(&sink, progress);
        // Of the listing, which may be large, only the keys are kept while findings are merged,
        // unless a verification needs it.
        let accounting = match &self.audit.proofs {
            Some(_) => Accounting::new(self.objects().iter().map(ListedKey::from_object)),
            None => {
                let objects = mem::take(&mut self.listing.objects).into_iter();
                Accounting::new(objects.map(|object| ListedKey::from_object(&object)))
            }
        };
        let (mut findings, range) = (sink.merged(), self.audit.plan.selection.range);
        self.pool.install(|| accounting.settle(&mut findings));
        Recalled {
            inputs: accounting.inputs(&findings),
            objects: Objects::new(findings.count_objects(range)),
            findings,
        }
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
        let (known, unread) = (self.known.len(), self.objects().len());
        if known + unread == 0 {
            // A ledger is neither begun nor discarded for nothing.
            return Ok(Recalled::of_nothing());
        }
        let writer = ledger.writer(&self.audit.plan, self.run(), progress)?;
        self.read(&writer, progress);
        writer.finish()?;
        if known > 0 {
            let listed = known + unread;
            progress(Event::Known { known, listed });
        }
        self.recall_listed(ledger)
    }

    /// Returns the present run of the scan.
    fn run(&self) -> ScanRun {
        ScanRun {
            sources: self.audit.given_sources(),
            read_at: to_microsecond(Timestamp::now()),
            problems: self.listing.problems.clone(),
        }
    }

    /// Recalls what the ledger holds of the listed objects.
    fn recall_listed(&self, ledger: OpenLedger) -> Result<Recalled, AuditError> {
        let plan = &self.audit.plan;
        let objects: Vec<&Object> = self.known.iter().chain(self.objects()).collect();
        Ok(self.pool.install(|| ledger.listed(plan, &objects))?)
    }

    /// Reads every object that the ledger does not know.
    fn read(&self, sink: &dyn FindingsSink, progress: &Progress<'_>) {
        progress(self.begun());
        self.announce_requests(progress);
        let objects = self.known.iter().chain(self.objects());
        let inventory = Inventory::new(objects.map(|object| &*object.key));
        let scanner = Scanner {
            plan: &self.audit.plan,
            limits: &self.audit.limits,
            inventory: &inventory,
            hashes: self.hashes.as_ref(),
            sink,
            done: &|bytes| progress(Event::Scanned { bytes }),
        };
        let scan = || scanner.scan(&self.places(), self.objects());
        // A ledger that ends the scan early says why when it is finished.
        let _ = self.pool.install(scan);
        progress(Event::Ended);
        let requests = self.s3.as_ref().map(S3Source::requests);
        if let Some(requests) = requests.filter(|requests| requests.repeated > 0) {
            progress(Event::Repeated(requests));
        }
    }

    /// Announces the meter of the requests to S3, if there are any.
    pub(super) fn announce_requests(&self, progress: &Progress<'_>) {
        let meters = self.s3.iter().map(S3Source::meter);
        meters.for_each(|meter| progress(Event::Requesting(&meter)));
    }

    fn begun(&self) -> Event<'_> {
        let sizes = self.objects().iter().map(|object| object.stored_bytes);
        Event::Begun {
            objects: self.objects().len(),
            bytes: sizes.flatten().fold(0, u64::saturating_add),
        }
    }

    /// Returns the places that objects are read from.
    pub(super) fn places(&self) -> Vec<&dyn Source> {
        let mut places: Vec<&dyn Source> = vec![&Disk];
        if let Some(s3) = &self.s3 {
            places.push(s3);
        }
        places
    }
}
