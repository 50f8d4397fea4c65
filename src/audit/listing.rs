//! The listing of an archive: files, and objects in S3.

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rayon::ThreadPool;

use super::archive::Archive;
use super::ledger::OpenLedger;
use super::objects::ArchiveObjects;
use super::{Audit, AuditError, start_threads};
use crate::problem::Problem;
use crate::scan::ContentHashes;
use crate::source::s3::{Address, KeyFilter, split};
use crate::source::{Detail, Disk, ListError, Object, ReadError, S3Source, disk};
use crate::spool::{Spool, Spooled};
use crate::time::period::DAY_SECONDS;

/// The objects that were listed, and the source that reads them.
#[derive(Debug, Default)]
pub(super) struct Listing {
    /// The objects.
    pub(super) objects: Spooled<Object>,
    /// The places that could not be listed.
    pub(super) problems: Vec<Problem>,
    /// The files, if there may be any.
    pub(super) disk: Option<Disk>,
    /// The buckets, if they are needed.
    pub(super) s3: Option<S3Source>,
}

impl Audit {
    /// Lists the objects of the archive. Nothing is read or written yet.
    ///
    /// # Errors
    ///
    /// Returns an error if a path cannot be listed, the ledger was scanned for something else, or
    /// threads cannot be started.
    pub fn list(&self) -> Result<Archive<'_>, AuditError> {
        let mut archive = self.list_with(|pool| self.list_places(pool))?;
        archive.read_digests_of_gone()?;
        Ok(archive)
    }

    /// Returns the archive of what `list` lists, after the ledger was opened.
    ///
    /// # Errors
    ///
    /// Returns an error if the listing fails, the ledger was scanned for something else, or threads
    /// cannot be started.
    pub(super) fn list_with(
        &self,
        list: impl FnOnce(&ThreadPool) -> Result<Listing, AuditError>,
    ) -> Result<Archive<'_>, AuditError> {
        let pool = start_threads(self.threads)?;
        // Before the listing, which may take long: a ledger of something else is refused at once.
        let ledger = OpenLedger::open(self, &pool)?;
        let listing = list(&pool)?;
        let known = ledger.as_ref().map(OpenLedger::known);
        let objects = pool.install(|| ArchiveObjects::new(listing.objects, known))?;
        Ok(Archive {
            audit: self,
            pool,
            objects,
            problems: listing.problems,
            ledger,
            disk: listing.disk,
            s3: listing.s3,
            hashes: self.proofs.as_ref().map(|_| ContentHashes::default()),
        })
    }

    /// Lists files and buckets.
    fn list_places(&self, pool: &ThreadPool) -> Result<Listing, AuditError> {
        let (paths, addresses) = split(&self.paths)?;
        self.check_output(&paths)?;
        let left_out = self.left_out();
        let objects = Arc::new(Spool::with_memory(self.memory_rows));
        let list = || disk::list(&paths, &left_out, self.detail(), &objects);
        let mut problems = pool.install(list)?;
        let s3 = self.list_buckets(&addresses, &objects, &mut problems)?;
        Ok(Listing {
            objects: pool.install(|| objects.finish())?,
            problems,
            disk: (!paths.is_empty()).then_some(Disk),
            s3,
        })
    }

    /// Returns the folders that are not part of the archive.
    // Inside of the archive, they would be listed as parts of it by the next audit.
    fn left_out(&self) -> Vec<&Path> {
        let ledger = self.ledger.as_ref().map(|ledger| ledger.path.as_path());
        self.output.as_deref().into_iter().chain(ledger).collect()
    }

    /// Returns the facts to gather about each file: a ledger recognizes it by its size and time.
    fn detail(&self) -> Detail {
        match self.ledger {
            Some(_) => Detail::Size,
            None => self.detail,
        }
    }

    /// Lists the objects at addresses in S3, and adds the places that cannot be listed to the
    /// problems.
    fn list_buckets(
        &self,
        addresses: &[Address],
        objects: &Arc<Spool<Object>>,
        problems: &mut Vec<Problem>,
    ) -> Result<Option<S3Source>, ListError> {
        let Some(first) = addresses.first() else {
            return Ok(None);
        };
        let s3 = S3Source::connect(&self.s3).map_err(|source| ListError::Client {
            address: first.to_string(),
            source,
        })?;
        let filter = self.key_filter();
        for address in addresses {
            let listed = s3.list(address, &filter, objects);
            if objects.has_failed() {
                // It says why.
                objects.finish()?;
            }
            problems.extend(listed.map_err(|error| bucket_error(address, error))?);
        }
        Ok(Some(s3))
    }

    /// Returns the filter of keys in S3. Objects are delivered after their events, mostly within
    /// minutes.
    pub(super) fn key_filter(&self) -> KeyFilter {
        let mut range = self.plan.observed_range();
        if self.proofs.is_some() {
            // The digest of the first hour lists what was delivered from up to an hour before.
            range = range.starting_earlier_by(DAY_SECONDS);
        }
        // The date in a key is that of the delivery, which may be later than the event.
        let late = jiff::Span::new().days(self.s3.late_days);
        KeyFilter {
            accounts: self.plan.accounts().clone(),
            regions: self.plan.regions().clone(),
            first: range.start.map(date),
            last: range.end.map(|end| date(end).saturating_add(late)),
        }
    }

    /// Returns the paths as they were given.
    pub(super) fn given_sources(&self) -> Vec<String> {
        let paths = self.paths.iter();
        paths
            .map(|path| path.to_string_lossy().into_owned())
            .collect()
    }
}

fn date(time: Timestamp) -> Date {
    TimeZone::UTC.to_datetime(time).date()
}

fn bucket_error(address: &Address, source: ReadError) -> ListError {
    ListError::Bucket {
        address: address.to_string(),
        source,
    }
}
