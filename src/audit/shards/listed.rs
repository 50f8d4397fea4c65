//! Plans of objects that something else than backtrail listed.

use std::fs::File;
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rayon::ThreadPool;

use super::plan::PlanTarget;
use crate::audit::listing::Listing;
use crate::audit::{Audit, AuditError};
use crate::ledger::ListingRecord;
use crate::problem::{Problem, ProblemKind};
use crate::report::BucketInventory;
use crate::shards::PlanManifest;
use crate::source::s3::{Address, InventoryError, InventoryObjects, S3Inventory, split};
use crate::source::{ListError, ListedObjects, ObjectList};
use crate::text::counted;
use crate::time::period::to_microsecond;

/// The path that means standard input, and its name.
const STANDARD_INPUT: &str = "-";
const STANDARD_INPUT_NAME: &str = "standard input";

/// The description of wrong paths beside a list.
const ONE_PLACE: &str = "beside a list, give no path, or the bucket of keys that have none";

impl Audit {
    /// Writes a plan of the objects of an inventory of S3.
    ///
    /// # Errors
    ///
    /// Returns an error if the inventory is damaged or lists another bucket, or the plan cannot be
    /// written.
    pub(super) fn plan_inventory(
        &self,
        manifest: &Path,
        target: PlanTarget<'_>,
    ) -> Result<PlanManifest, AuditError> {
        let inventory = S3Inventory::open(manifest, &self.s3)?;
        let audit = self.of_bucket(&inventory);
        let addresses = audit.addresses(&inventory)?;
        let mut repeated = 0;
        let mut archive = audit.list_with(|pool| {
            let listed = audit.list_inventory(pool, &inventory, &addresses)?;
            repeated = listed.repeated;
            Ok(Listing {
                objects: listed.objects,
                problems: listed.problems,
                ..Listing::default()
            })
        })?;
        archive.problems.extend(repeated_keys(&inventory, repeated));
        let time = inventory.created_at();
        let listing = ListingRecord::new(audit.given_sources(), time, &archive.problems);
        let listing = listing.from_inventory(BucketInventory {
            manifest: inventory.name().to_owned(),
            created_at: time,
        });
        target.write(archive, listing)
    }

    /// Writes a plan of the objects of a list.
    ///
    /// # Errors
    ///
    /// Returns an error if the list cannot be read, there are paths of something else, or the plan
    /// cannot be written.
    pub(super) fn plan_list(
        &self,
        list: &Path,
        target: PlanTarget<'_>,
    ) -> Result<PlanManifest, AuditError> {
        let name = list_name(list);
        let place = self.place_of_keys(&name)?;
        let mut audit = self.clone();
        if audit.paths.is_empty() {
            audit.paths = vec![PathBuf::from(&name)];
        }
        // Before the list is read, so that no object is newer than its reading.
        let listed_at = to_microsecond(Timestamp::now());
        let source = ObjectList {
            name: &name,
            place: place.as_ref(),
            s3: &audit.s3,
            memory_rows: audit.memory_rows,
        };
        let mut sha256 = String::new();
        let archive = audit.list_with(|pool| {
            let listed = read_list(pool, list, &source)?;
            sha256 = listed.sha256;
            Ok(Listing {
                objects: listed.objects,
                problems: listed.problems,
                ..Listing::default()
            })
        })?;
        let listing = ListingRecord::new(audit.given_sources(), listed_at, &archive.problems);
        target.write(archive, listing.from_list(sha256))
    }

    /// Returns the place of keys without a bucket, which is the only path.
    fn place_of_keys(&self, list: &str) -> Result<Option<Address>, ListError> {
        let (files, addresses) = split(&self.paths)?;
        match (files.as_slice(), addresses.as_slice()) {
            ([], []) => Ok(None),
            ([], [address]) => Ok(Some(address.clone())),
            _ => Err(ListError::ObjectList {
                list: list.to_owned(),
                line: 0,
                detail: ONE_PLACE.to_owned(),
            }),
        }
    }

    /// Returns the same audit, of the whole bucket of an inventory if it has no paths.
    fn of_bucket(&self, inventory: &S3Inventory) -> Self {
        let mut audit = self.clone();
        if audit.paths.is_empty() {
            let bucket = inventory.bucket().to_string();
            audit.paths = vec![PathBuf::from(bucket.trim_end_matches('/'))];
        }
        audit
    }

    /// Returns the paths as addresses.
    fn addresses(&self, inventory: &S3Inventory) -> Result<Vec<Address>, ListError> {
        let (files, addresses) = split(&self.paths)?;
        match files.first() {
            None => Ok(addresses),
            Some(file) => {
                let file = file.to_string_lossy().into_owned();
                let error = InventoryError::NotAddress(file);
                Err(ListError::inventory(inventory.name(), error))
            }
        }
    }

    fn list_inventory(
        &self,
        pool: &ThreadPool,
        inventory: &S3Inventory,
        addresses: &[Address],
    ) -> Result<InventoryObjects, ListError> {
        let filter = self.key_filter();
        pool.install(|| inventory.list(addresses, &filter, self.memory_rows))
    }
}

/// Returns the problem of rows with keys of other rows. An inventory has one row for each object,
/// so one of them may be of other content.
fn repeated_keys(inventory: &S3Inventory, rows: u64) -> Option<Problem> {
    if rows == 0 {
        return None;
    }
    let repeated = counted(rows, "row has", "rows have");
    let detail = format!("{repeated} the key of another row, and one row of each key counts");
    let kind = ProblemKind::Contradictory;
    Some(Problem::of_object(inventory.name(), kind, detail))
}

fn list_name(list: &Path) -> String {
    match list == Path::new(STANDARD_INPUT) {
        true => STANDARD_INPUT_NAME.to_owned(),
        false => list.to_string_lossy().into_owned(),
    }
}

/// Reads a list, on the threads of a pool.
fn read_list(
    pool: &ThreadPool,
    list: &Path,
    source: &ObjectList<'_>,
) -> Result<ListedObjects, ListError> {
    match list == Path::new(STANDARD_INPUT) {
        true => pool.install(|| source.read(io::stdin().lock())),
        false => {
            let file = open_list(list, source.name)?;
            pool.install(|| source.read(file))
        }
    }
}

fn open_list(list: &Path, name: &str) -> Result<BufReader<File>, ListError> {
    let path = name.to_owned();
    let opened = File::open(list).map_err(|source| ListError::Path { path, source });
    opened.map(BufReader::new)
}
