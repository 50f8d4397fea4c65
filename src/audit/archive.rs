//! The objects of an archive, from their listing to the findings.

use std::collections::BTreeMap;
use std::mem;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rayon::ThreadPool;
use rayon::prelude::*;

use super::ledger::OpenLedger;
use super::{Audit, AuditError, Event, Progress, start_threads};
use crate::cloudtrail::key::{ObjectKey, ObjectKind};
use crate::conclude::conclude;
use crate::findings::{ObjectStatus, Tally, TallySink};
use crate::ledger::Run;
use crate::plan::Plan;
use crate::report::Report;
use crate::scan::{Accounting, InMemory, Scanner};
use crate::source::s3::{Address, KeyFilter, Requests, split};
use crate::source::{Detail, Disk, ListError, Listing, Object, S3Source, Source, disk};
use crate::time::period::to_microsecond;

/// The objects of an archive, and the way to them.
pub struct Archive<'a> {
    audit: &'a Audit,
    pool: ThreadPool,
    /// The objects that must be read.
    listing: Listing,
    /// The objects whose findings the ledger has.
    known: Vec<Object>,
    ledger: Option<OpenLedger>,
    s3: Option<S3Source>,
}

impl Audit {
    /// Lists the objects of the archive. Nothing is read or written yet.
    ///
    /// # Errors
    ///
    /// If a path cannot be listed, the ledger was scanned for something else, or threads cannot
    /// be started.
    pub fn list(&self) -> Result<Archive<'_>, AuditError> {
        let pool = start_threads(self.threads)?;
        let ledger = OpenLedger::open(self, &pool)?;
        let (paths, addresses) = split(&self.paths)?;
        let ledger_path = self.ledger.as_ref().map(|ledger| ledger.path.as_path());
        let left_out: Vec<_> = self
            .output
            .as_deref()
            .into_iter()
            .chain(ledger_path)
            .collect();
        let mut listing = pool.install(|| disk::list(&paths, &left_out, self.detail()))?;
        let s3 = self.list_buckets(&addresses, &mut listing)?;
        let mut archive = Archive {
            audit: self,
            pool,
            listing,
            known: Vec::new(),
            ledger,
            s3,
        };
        archive.leave_out_known();
        Ok(archive)
    }

    /// Returns the facts to gather about each file: a ledger recognizes it by its size and time.
    fn detail(&self) -> Detail {
        match self.ledger {
            Some(_) => Detail::Size,
            None => self.detail,
        }
    }

    /// Adds the objects at addresses in S3 to a listing.
    fn list_buckets(
        &self,
        addresses: &[Address],
        listing: &mut Listing,
    ) -> Result<Option<S3Source>, ListError> {
        let Some(first) = addresses.first() else {
            return Ok(None);
        };
        let s3 = S3Source::connect(&self.s3).map_err(|error| bucket_error(first, error))?;
        let filter = self.key_filter();
        for address in addresses {
            let listed = s3.list(address, &filter);
            let listed = listed.map_err(|error| bucket_error(address, error))?;
            listing.objects.extend(listed.objects);
            listing.problems.extend(listed.problems);
        }
        listing.objects.sort_by(|a, b| a.key.cmp(&b.key));
        listing.objects.dedup_by(|a, b| a.key == b.key);
        Ok(Some(s3))
    }

    /// Returns the filter of keys in S3. Objects are delivered after their events, mostly within
    /// minutes.
    fn key_filter(&self) -> KeyFilter {
        let range = self.plan.observed_range();
        let date = |time: Timestamp| TimeZone::UTC.to_datetime(time).date();
        let late = jiff::Span::new().days(self.s3.late_days);
        KeyFilter {
            accounts: self.plan.accounts().clone(),
            regions: self.plan.regions().clone(),
            first: range.start.map(date),
            last: range.end.map(|end| date(end).saturating_add(late)),
        }
    }

    /// Returns the paths as they were given.
    fn given_sources(&self) -> Vec<String> {
        let paths = self.paths.iter();
        paths
            .map(|path| path.to_string_lossy().into_owned())
            .collect()
    }
}

fn bucket_error(address: &Address, source: crate::source::ReadError) -> ListError {
    ListError::Bucket {
        address: address.to_string(),
        source,
    }
}

impl<'a> Archive<'a> {
    /// Leaves out the objects that the ledger knows.
    fn leave_out_known(&mut self) {
        let Some(ledger) = &self.ledger else { return };
        let objects = mem::take(&mut self.listing.objects);
        let are_known: Vec<bool> = self.pool.install(|| {
            let objects = objects.par_iter();
            objects.map(|object| ledger.knows(object)).collect()
        });
        for (object, is_known) in objects.into_iter().zip(are_known) {
            match is_known {
                true => self.known.push(object),
                false => self.listing.objects.push(object),
            }
        }
    }

    /// Returns the objects that will be read, with their sizes if [`Audit::detail`] requests them.
    pub fn objects(&self) -> &[Object] {
        &self.listing.objects
    }

    /// Returns the number of requests to S3 that the listing took, and of those that reading will
    /// take; nothing without an address in S3.
    pub fn requests(&self) -> Option<Requests> {
        let s3 = self.s3.as_ref()?;
        let is_read = |object: &&Object| {
            object.remote().is_some() && ObjectKey::parse(&object.key).kind == ObjectKind::Events
        };
        Some(Requests {
            get: self.objects().iter().filter(is_read).count() as u64,
            ..s3.requests()
        })
    }

    /// Returns the paths as they were given. Without any, they are those that the scans of the
    /// ledger were given.
    fn sources(&self) -> Vec<String> {
        match &self.ledger {
            Some(ledger) if self.audit.paths.is_empty() => ledger.sources(),
            _ => self.audit.given_sources(),
        }
    }

    /// Scans every object that the ledger does not know, and adds the findings of those that it
    /// knows.
    ///
    /// # Errors
    ///
    /// If the ledger cannot be read or written.
    pub fn scan(mut self, progress: &Progress<'_>) -> Result<Scanned<'a>, AuditError> {
        let sources = self.sources();
        let (mut findings, accounting) = match self.ledger.take() {
            None => self.scan_in_memory(progress),
            Some(ledger) if self.audit.paths.is_empty() => self.recall(ledger)?,
            Some(ledger) => self.scan_into(ledger, progress)?,
        };
        self.pool.install(|| accounting.settle(&mut findings));
        findings.problems.append(&mut self.listing.problems);
        Ok(Scanned {
            plan: &self.audit.plan,
            findings,
            sources,
            pool: self.pool,
        })
    }

    /// Scans every object, and keeps the findings in memory.
    fn scan_in_memory(&mut self, progress: &Progress<'_>) -> (Tally, Accounting) {
        let sink = InMemory::for_threads(self.pool.current_num_threads());
        self.read(&sink, progress);
        // Of the listing, which may be large, only the keys are kept while findings are merged.
        let objects = mem::take(&mut self.listing.objects).into_iter();
        let accounting = Accounting::new(objects.map(|object| object.key));
        (sink.merged(), accounting)
    }

    /// Recalls everything that the ledger holds.
    fn recall(&self, ledger: OpenLedger) -> Result<(Tally, Accounting), AuditError> {
        let accounting = Accounting::new(ledger.keys());
        let plan = &self.audit.plan;
        let findings = self.pool.install(|| ledger.everything(plan))?;
        Ok((findings, accounting))
    }

    /// Scans the objects that the ledger does not know, and recalls the findings of all.
    fn scan_into(
        &self,
        mut ledger: OpenLedger,
        progress: &Progress<'_>,
    ) -> Result<(Tally, Accounting), AuditError> {
        let (known, unread) = (self.known.len(), self.objects().len());
        if known + unread == 0 {
            // A ledger is neither begun nor discarded for nothing.
            return Ok(Default::default());
        }
        let plan = &self.audit.plan;
        let run = Run {
            sources: self.audit.given_sources(),
            read_at: to_microsecond(Timestamp::now()),
        };
        let writer = ledger.writer(plan, run, progress)?;
        self.read(&writer, progress);
        writer.finish()?;
        if known > 0 {
            let listed = known + unread;
            progress(Event::Known { known, listed });
        }
        let objects = || self.known.iter().chain(self.objects());
        let findings = self.pool.install(|| ledger.listed(plan, objects()))?;
        let accounting = Accounting::new(objects().map(|object| object.key.clone()));
        Ok((findings, accounting))
    }

    /// Reads every object that the ledger does not know.
    fn read(&self, sink: &dyn TallySink, progress: &Progress<'_>) {
        let sizes = self
            .objects()
            .iter()
            .filter_map(|object| object.stored_bytes);
        progress(Event::Begun {
            objects: self.objects().len(),
            bytes: sizes.sum(),
        });
        let scanner = Scanner {
            plan: &self.audit.plan,
            limits: &self.audit.limits,
            sink,
            done: &|bytes| progress(Event::Scanned { bytes }),
        };
        let mut sources: Vec<&dyn Source> = vec![&Disk];
        if let Some(s3) = &self.s3 {
            sources.push(s3);
        }
        // A ledger that ends the scan early says why when it is finished.
        let _ = self.pool.install(|| scanner.scan(&sources, self.objects()));
        progress(Event::Ended);
        let requests = self.s3.as_ref().map(S3Source::requests);
        if let Some(requests) = requests.filter(|requests| requests.repeated > 0) {
            progress(Event::Repeated(requests));
        }
    }
}

/// The findings of a scan.
pub struct Scanned<'a> {
    pub(super) plan: &'a Plan,
    pub(super) findings: Tally,
    pub(super) sources: Vec<String>,
    pub(super) pool: ThreadPool,
}

impl Scanned<'_> {
    /// Returns whether everything was read in full.
    pub fn is_complete(&self) -> bool {
        self.findings.problems.is_empty()
    }

    /// Concludes a report.
    ///
    /// # Errors
    ///
    /// If no object was read.
    pub fn report(self) -> Result<Report, AuditError> {
        self.check_read()?;
        let Self {
            plan,
            findings,
            sources,
            pool,
        } = self;
        Ok(pool.install(|| conclude(plan, findings, sources)))
    }

    /// Checks that there is an object that was not skipped.
    fn check_read(&self) -> Result<(), AuditError> {
        let mut skipped: BTreeMap<&str, u64> = BTreeMap::new();
        for object in &self.findings.objects {
            if let ObjectStatus::Skipped(reason) = object.status {
                *skipped.entry(reason.name()).or_default() += 1;
            }
        }
        if skipped.values().sum::<u64>() < self.findings.listed {
            return Ok(());
        }
        let sources = self.sources.iter().map(|source| format!("`{source}`"));
        let skipped = skipped
            .iter()
            .map(|(reason, count)| format!("{count} {reason}"));
        let skipped: Vec<String> = skipped.collect();
        Err(AuditError::Nothing {
            sources: sources.collect::<Vec<_>>().join(", "),
            skipped: match skipped.is_empty() {
                true => String::new(),
                false => format!("; skipped: {}", skipped.join(", ")),
            },
        })
    }
}
