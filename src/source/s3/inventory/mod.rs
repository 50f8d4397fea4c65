//! S3 Inventory: lists of the objects of a bucket that S3 writes each day or week (sources, D15).
//!
//! A manifest names the data files and their MD5. Their rows are in no order, and the bucket may
//! have changed since.

mod column;
mod csv;
mod files;
mod format;
mod manifest;
mod parquet;
mod row;

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;
use rayon::prelude::*;

use self::files::InventoryFiles;
use self::manifest::{DataFile, InventoryManifest};
use self::row::{BadRow, InventoryRow, shortened};
use super::keys::{AddressKeys, Sighting};
use super::listing::NOT_KEPT;
use super::{
    Address, InventoryError, InventoryObjects, KeyFilter, RemoteObject, S3Options, object,
};
use crate::problem::{Problem, ProblemKind};
use crate::source::listed::{ListedRow, keep_distinct};
use crate::source::{ListError, Object};
use crate::spool::Spool;

/// An inventory of a bucket.
#[derive(Debug)]
pub struct S3Inventory {
    name: String,
    files: InventoryFiles,
    manifest: InventoryManifest,
    most_objects: u64,
}

impl S3Inventory {
    /// Opens the inventory whose manifest is at a path or an address.
    ///
    /// # Errors
    ///
    /// Returns an error if it cannot be read, or is not the manifest of an inventory that can be
    /// used.
    pub fn open(manifest: &Path, options: &S3Options) -> Result<Self, ListError> {
        let name = manifest.to_string_lossy().into_owned();
        let opened = InventoryFiles::new(manifest, options).and_then(|files| {
            let manifest = InventoryManifest::parse(&files.manifest()?)?;
            Ok((files, manifest))
        });
        match opened {
            Ok((files, manifest)) => Ok(Self {
                name,
                files,
                manifest,
                most_objects: options.max_objects,
            }),
            Err(source) => Err(ListError::inventory(&name, source)),
        }
    }

    /// Returns the path or address of the manifest.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the time at which S3 began to list the bucket.
    pub fn created_at(&self) -> Timestamp {
        self.manifest.created_at
    }

    /// Returns the address of the bucket that is listed.
    pub fn bucket(&self) -> Address {
        Address {
            bucket: self.manifest.bucket.clone(),
            prefix: String::new(),
        }
    }

    /// Returns the objects that a listing of these addresses would find, on the threads of the pool
    /// that this is called in. More than a number of them go to a temporary file.
    ///
    /// # Errors
    ///
    /// Returns an error if an address is of another bucket, or a data file is damaged.
    pub fn list(
        &self,
        addresses: &[Address],
        filter: &KeyFilter,
        memory_rows: usize,
    ) -> Result<InventoryObjects, ListError> {
        let failed = |error| ListError::inventory(&self.name, error);
        let keys = addresses.iter().map(|address| self.keys(address, filter));
        let keys: Result<Vec<AddressKeys>, InventoryError> = keys.collect();
        let intake = RowIntake {
            inventory: self,
            keys: keys.map_err(failed)?,
            found: AtomicU64::default(),
            rows: Spool::with_memory(memory_rows),
        };
        let files = self.manifest.files.par_iter();
        let read = files.try_for_each(|file| intake.read(file));
        if intake.rows.has_failed() {
            // It says why.
            intake.rows.finish()?;
        }
        read.map_err(failed)?;
        intake.finish(memory_rows)
    }

    fn keys(&self, address: &Address, filter: &KeyFilter) -> Result<AddressKeys, InventoryError> {
        match address.bucket == self.manifest.bucket {
            true => Ok(AddressKeys::new(address, filter)),
            false => Err(InventoryError::OtherBucket {
                bucket: self.manifest.bucket.clone(),
                address: address.to_string(),
            }),
        }
    }
}

/// Takes the rows of data files.
struct RowIntake<'a> {
    inventory: &'a S3Inventory,
    keys: Vec<AddressKeys>,
    /// The number of rows that were taken and are not left out later.
    found: AtomicU64,
    rows: Spool<ListedRow>,
}

impl RowIntake<'_> {
    /// Reads a data file.
    fn read(&self, file: &DataFile) -> Result<(), InventoryError> {
        let (name, opened) = self.inventory.files.open(file)?;
        let format = &self.inventory.manifest.format;
        let read = format.read(opened, &mut |row| self.take(row));
        read.map_err(|bad| self.described(name, bad))
    }

    fn described(&self, file: String, BadRow { row, detail }: BadRow) -> InventoryError {
        if self.found.load(Ordering::Relaxed) > self.inventory.most_objects {
            return InventoryError::TooMany(self.inventory.most_objects);
        }
        InventoryError::Row { file, row, detail }
    }

    fn take(&self, row: &InventoryRow<'_>) -> Result<(), String> {
        let bucket = &self.inventory.manifest.bucket;
        if row.bucket != bucket {
            return Err(format!("it is of the bucket `{}`", shortened(row.bucket)));
        }
        row.check()?;
        if !row.is_current() {
            return Ok(());
        }
        let is_kept = match self.see(row.key) {
            Sighting::LeftOut => return Ok(()),
            // Objects that may be left out later do not count yet.
            Sighting::Doubtful => self.keep(row),
            Sighting::Found => {
                let found = self.found.fetch_add(1, Ordering::Relaxed);
                found < self.inventory.most_objects && self.keep(row)
            }
        };
        is_kept.then_some(()).ok_or_else(|| NOT_KEPT.to_owned())
    }

    fn keep(&self, row: &InventoryRow<'_>) -> bool {
        self.rows.push(ListedRow(row.object())).is_continue()
    }

    /// Sees a key at each address, since each learns from it.
    fn see(&self, key: &str) -> Sighting {
        let mut seen = Sighting::LeftOut;
        for address in &self.keys {
            seen = seen.max(address.see(key));
        }
        seen
    }

    /// Returns the objects, without those that turned out to be beside the layout.
    fn finish(self, memory_rows: usize) -> Result<InventoryObjects, ListError> {
        let rows = self.rows.finish()?;
        let objects = Spool::with_memory(memory_rows);
        let counts = keep_distinct(&rows, &|object| self.has(object), &objects)?;
        let most = self.inventory.most_objects;
        if counts.objects > most {
            let error = InventoryError::TooMany(most);
            return Err(ListError::inventory(&self.inventory.name, error));
        }
        let empty = self.keys.iter().filter(|keys| !keys.has_any());
        Ok(InventoryObjects {
            objects: objects.finish()?,
            repeated: counts.repeated,
            problems: empty.map(|keys| nothing_at(keys.address())).collect(),
        })
    }

    /// Returns whether an object is at one of the addresses, after all rows have been seen.
    fn has(&self, object: &Object) -> bool {
        let key = object.remote().map_or("", |remote| &remote.key);
        self.keys.iter().any(|keys| keys.has(key))
    }
}

/// Returns the problem of an address that has no row. The inventory may be of another prefix.
fn nothing_at(address: &Address) -> Problem {
    let detail = "the inventory lists nothing there".to_owned();
    Problem::of_object(address.to_string(), ProblemKind::Missing, detail)
}

impl InventoryRow<'_> {
    fn object(&self) -> Object {
        object::listed(RemoteObject {
            bucket: self.bucket.to_owned(),
            key: self.key.to_owned(),
            etag: self.etag.map(object::quoted),
            stored_bytes: self.stored_bytes,
            storage_class: self.storage_class.map(Into::into),
        })
    }
}
