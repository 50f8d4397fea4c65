//! The scan of shards, each into one part.

use std::iter;
use std::path::Path;
use std::sync::Arc;

use rayon::ThreadPool;

use super::bucket::{BucketFolder, Buckets, open_plan};
use crate::audit::{AuditError, start_threads};
use crate::container::Limits;
use crate::ledger::{OrderedParts, OrderedWriter};
use crate::plan::Plan;
use crate::scan::Scanner;
use crate::shards::{PartsFolder, PlacedPart, Shard, ShardError, ShardPart, ShardPlan};
use crate::source::s3::S3Options;
use crate::source::{ListedFiles, Object, Source};
use crate::spool::RowBatches;

/// The most objects that are read before the findings of the first of them are written.
const WINDOW_OBJECTS: usize = 16_384;

/// The most bytes that these objects have, unless a single one has more.
const WINDOW_BYTES: u64 = 128 << 20;

/// The options of the scan of shards.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct ShardScanOptions {
    /// The number of worker threads; one for each core where it is not given.
    pub threads: Option<usize>,
    /// The way to reach S3.
    pub s3: S3Options,
    /// True if objects that the source does not deliver are recorded as such. Otherwise their shard
    /// has no part, so that it is scanned again.
    pub gives_up: bool,
}

/// Scans shards of a plan.
pub struct ShardScanner {
    plan: ShardPlan,
    /// The rules of the plan.
    rules: Plan,
    limits: Limits,
    options: ShardScanOptions,
    pool: ThreadPool,
    buckets: Arc<Buckets>,
}

/// The place of the parts of shards.
#[derive(Debug)]
pub struct PartsPlace {
    kind: PlaceKind,
}

#[derive(Debug)]
enum PlaceKind {
    Folder(PartsFolder),
    Bucket(BucketFolder),
}

impl ShardScanner {
    /// Opens a plan to scan its shards.
    ///
    /// # Errors
    ///
    /// Returns an error if the plan cannot be read, or threads cannot be started.
    pub fn open(plan: &Path, options: ShardScanOptions) -> Result<Self, AuditError> {
        let path = plan;
        let buckets = Arc::new(Buckets::new(options.s3.clone()));
        let plan = open_plan(path, &buckets)?;
        let scope = &plan.manifest.scope;
        let rules = scope.scan_plan().map_err(|detail| ShardError::Plan {
            path: path.to_owned(),
            detail,
        })?;
        Ok(Self {
            limits: scope.limits(),
            rules,
            pool: start_threads(options.threads).map_err(ShardError::threads)?,
            plan,
            options,
            buckets,
        })
    }

    /// Returns the plan.
    pub fn plan(&self) -> &ShardPlan {
        &self.plan
    }

    /// Prepares to write parts to a folder, or to one of a bucket.
    ///
    /// # Errors
    ///
    /// Returns an error if the folder cannot be written to.
    pub fn parts_place(&self, path: &Path) -> Result<PartsPlace, ShardError> {
        if let Some(bucket) = BucketFolder::parse(path, &self.buckets) {
            let kind = PlaceKind::Bucket(bucket);
            return Ok(PartsPlace { kind });
        }
        let folder = PartsFolder::new(path);
        folder.prepare()?;
        let kind = PlaceKind::Folder(folder);
        Ok(PartsPlace { kind })
    }

    /// Scans a shard into a part, unless that is there. Returns the part, and whether it was found.
    ///
    /// # Errors
    ///
    /// Returns an error if an object was not delivered this time, or the part cannot be written.
    /// Permanent failures of single objects are recorded in the part instead.
    pub fn scan(&self, shard: &Shard, place: &PartsPlace) -> Result<(ShardPart, bool), ShardError> {
        match &place.kind {
            PlaceKind::Folder(folder) => self.scan_into(shard, folder),
            PlaceKind::Bucket(bucket) => self.scan_into_bucket(shard, bucket),
        }
    }

    fn scan_into_bucket(
        &self,
        shard: &Shard,
        bucket: &BucketFolder,
    ) -> Result<(ShardPart, bool), ShardError> {
        if let Some(part) = bucket.find(&self.plan, shard)? {
            return Ok((part, true));
        }
        // S3 takes whole files, so the part is complete in a folder before it is uploaded.
        let folder = tempfile::tempdir();
        let folder = folder.map_err(|error| ShardError::io(&std::env::temp_dir(), error))?;
        let (part, _) = self.scan_into(shard, &PartsFolder::new(folder.path()))?;
        let part = self.pool.install(|| bucket.upload(shard, part))?;
        Ok((part, false))
    }

    /// Scans a shard into a folder of parts, unless its part is there.
    fn scan_into(
        &self,
        shard: &Shard,
        folder: &PartsFolder,
    ) -> Result<(ShardPart, bool), ShardError> {
        let place = folder.place(shard);
        // One that is damaged is written again.
        if let PlacedPart::Proven(part) = ShardPart::prove(&place, &self.plan, shard)? {
            return Ok((*part, true));
        }
        let objects = self.objects(shard)?;
        let unfinished = folder.begin(shard)?;
        let parts = self.read(shard, &objects, unfinished.folder());
        let parts = parts.map_err(|error| unfinished.explained(error))?;
        if !self.options.gives_up {
            check_delivered(shard, &parts)?;
        }
        let part = unfinished.publish(&self.plan, shard, parts)?;
        Ok((part, false))
    }

    fn objects(&self, shard: &Shard) -> Result<Vec<Object>, ShardError> {
        let folder = &self.plan.manifest.folder;
        let objects = self.plan.objects(shard)?.into_iter();
        Ok(objects.map(|object| object.into_object(folder)).collect())
    }

    /// Reads objects, and writes what is found into parts below a folder.
    fn read(
        &self,
        shard: &Shard,
        objects: &[Object],
        folder: &Path,
    ) -> Result<OrderedParts, ShardError> {
        let writer = self.writer(objects, folder);
        let inventory = self.inventory(shard, objects)?;
        let scanner = Scanner {
            plan: &self.rules,
            limits: &self.limits,
            inventory: &inventory,
            hashes: None,
            sink: &writer,
            done: &|_| (),
        };
        self.scan_windows(&scanner, objects)?;
        Ok(writer.finish()?)
    }

    /// Returns the writer of the findings in objects.
    fn writer(&self, objects: &[Object], folder: &Path) -> OrderedWriter {
        let scope = &self.plan.manifest.scope;
        let keys = objects.iter().map(|object| object.key.clone()).collect();
        // The time of the listing and not the present one: a shard that is scanned twice gives the
        // same part.
        let read_at = self.plan.manifest.listing.listed_at;
        let writer = OrderedWriter::new(folder, scope, &self.rules, keys, read_at);
        writer.ending_at_transient(!self.options.gives_up)
    }

    /// Scans objects in order, some at a time, until the writer takes no more.
    fn scan_windows(&self, scanner: &Scanner<'_>, objects: &[Object]) -> Result<(), ShardError> {
        let places = self.places(objects)?;
        for window in windows(objects) {
            let window = || -> RowBatches<'_, Object> { Box::new(iter::once(Ok(window.into()))) };
            let scan = || scanner.scan(&places, window);
            // The writer returns the reason when it is finished.
            if self.pool.install(scan)?.is_break() {
                break;
            }
        }
        Ok(())
    }

    /// Returns the places that objects are read from.
    fn places(&self, objects: &[Object]) -> Result<Vec<&dyn Source>, ShardError> {
        let mut places: Vec<&dyn Source> = vec![&ListedFiles];
        if objects.iter().any(|object| object.remote().is_some()) {
            places.push(self.buckets.s3()?);
        }
        Ok(places)
    }
}

/// Checks that no object may be delivered another time.
fn check_delivered(shard: &Shard, parts: &OrderedParts) -> Result<(), ShardError> {
    match &parts.first_transient {
        None => Ok(()),
        Some((key, reason)) => Err(ShardError::Transient {
            shard: shard.shard,
            count: parts.transient,
            key: key.clone(),
            reason: reason.clone(),
        }),
    }
}

/// Divides objects into those that are read at a time. Threads begin at several places of a window,
/// so all of its findings may be in memory.
fn windows(mut objects: &[Object]) -> impl Iterator<Item = &[Object]> {
    std::iter::from_fn(move || {
        let (window, rest) = objects.split_at(window_length(objects));
        objects = rest;
        (!window.is_empty()).then_some(window)
    })
}

fn window_length(objects: &[Object]) -> usize {
    let mut bytes: u64 = 0;
    for (number, object) in objects.iter().enumerate().take(WINDOW_OBJECTS) {
        bytes = bytes.saturating_add(object.stored_bytes.unwrap_or_default());
        // A window has at least one object, however large it is.
        if bytes > WINDOW_BYTES && number > 0 {
            return number;
        }
    }
    objects.len().min(WINDOW_OBJECTS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Location;

    fn object(stored_bytes: u64) -> Object {
        Object {
            key: "a".into(),
            location: Location::StandardInput,
            stored_bytes: Some(stored_bytes),
            named: false,
        }
    }

    #[test]
    fn a_window_is_bounded_by_objects_and_bytes() {
        let lengths =
            |objects: &[Object]| -> Vec<usize> { windows(objects).map(<[_]>::len).collect() };
        assert_eq!(lengths(&[]), [0; 0]);
        let small = vec![object(1); WINDOW_OBJECTS + 1];
        assert_eq!(lengths(&small), [WINDOW_OBJECTS, 1]);
        let large = [WINDOW_BYTES + 1, WINDOW_BYTES, 1, WINDOW_BYTES - 1, 1].map(object);
        assert_eq!(lengths(&large), [1, 1, 2, 1]);
    }
}
