//! The listings of a ledger: for the paths of each scan, the time of the last one, the places that
//! it could not list, and whether the scan was finished.
//!
//! What a listing missed is in no part, and neither is what a scan that was stopped did not reach.
//! Without this, a report of the ledger alone would take a bucket that denied its listing for an
//! empty one, and some of the archive for all of it.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::part::{self, Part};
use super::{LISTINGS, Ledger, LedgerError};
use crate::integrity::Sha256;
use crate::problem::{Problem, ProblemKind};
use crate::report::BucketInventory;
use crate::table::schema::by_name;

/// The beginning of the name of a listing.
const PREFIX: &str = "listing-";

/// The end of the name of a listing.
const SUFFIX: &str = ".json";

/// The name of a listing while it is written.
const UNFINISHED: &str = ".writing-listing";

/// The way to what a ledger lacks.
const REPEAT: &str = "run an audit of the same paths with --ledger again";

/// The number of digits of the hash of a listing that are in its name.
const NAME_DIGITS: usize = 20;

/// The last listing of some paths, or the last objects of them that an inventory or a list had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListingRecord {
    /// The version of the program that wrote it.
    version: String,
    /// The paths that the scan was given.
    pub sources: Vec<String>,
    /// The start of the scan, or the time of the inventory.
    pub listed_at: Timestamp,
    /// The inventory that the objects were taken from, if they were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inventory: Option<BucketInventory>,
    /// The hash of the list that the objects were taken from, if they were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    list_sha256: Option<String>,
    /// The scan of what was listed. Earlier versions did not record it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    scan: Option<ListedScan>,
    /// The places that could not be listed.
    problems: Vec<ListingProblem>,
}

/// The scan of what was listed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct ListedScan {
    /// True if every object that was listed has a reading.
    finished: bool,
    /// The number of objects that were listed.
    objects: u64,
    /// The names of the parts of the ledger when the scan was finished, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    parts: Vec<String>,
}

/// The paths of a record, and where its objects are from. A record replaces the one with the same
/// identity: what a list or an inventory has says nothing about a listing of the same paths.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct ListingIdentity {
    sources: Vec<String>,
    is_inventory: bool,
    list_sha256: Option<String>,
}

/// A place that could not be listed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct ListingProblem {
    object: String,
    kind: String,
    detail: String,
}

impl ListingRecord {
    /// Returns the record of a listing of these paths.
    pub fn new(sources: Vec<String>, listed_at: Timestamp, problems: &[Problem]) -> Self {
        let mut problems: Vec<ListingProblem> =
            problems.iter().map(ListingProblem::from_problem).collect();
        problems.sort();
        Self {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            sources,
            listed_at,
            inventory: None,
            list_sha256: None,
            scan: None,
            problems,
        }
    }

    /// Returns the record while the scan of this number of objects is not finished.
    #[must_use]
    pub fn with_unfinished_scan(mut self, objects: u64) -> Self {
        self.scan = Some(ListedScan {
            finished: false,
            objects,
            parts: Vec::new(),
        });
        self
    }

    /// Returns the record after the scan of this number of objects, before it is known which parts
    /// the ledger has then.
    #[must_use]
    pub fn with_finished_scan(self, objects: u64) -> Self {
        let mut record = self.with_unfinished_scan(objects);
        if let Some(scan) = &mut record.scan {
            scan.finished = true;
        }
        record
    }

    /// Returns the record of a ledger with these parts.
    #[must_use]
    pub(super) fn with_parts(mut self, parts: &[String]) -> Self {
        if let Some(scan) = self.scan.as_mut().filter(|scan| scan.finished) {
            scan.parts = parts.to_vec();
        }
        self
    }

    /// Returns the record of a ledger that has these parts now. Without one of those that it had,
    /// the scan is as one that was not finished.
    fn settled(mut self, present: &BTreeSet<String>) -> Self {
        if let Some(scan) = self.scan.as_mut() {
            let has_all = scan.parts.iter().all(|part| present.contains(part));
            scan.finished &= has_all;
        }
        self
    }

    /// Returns what the ledger lacks of the objects that were listed, if it has these parts.
    fn lack(&self, present: &BTreeSet<String>) -> Option<String> {
        let scan = self.scan.as_ref()?;
        let objects = scan.objects;
        if !scan.finished {
            return Some(format!(
                "its last scan was not finished, so the ledger may lack any of its {objects} \
                 objects: {REPEAT}"
            ));
        }
        let mut missing = scan.parts.iter().filter(|part| !present.contains(*part));
        let first = missing.next()?;
        let count = missing.count() + 1;
        Some(format!(
            "the ledger lacks {count} of the parts that it had after its last scan, the first one \
             `{first}`: copy the ledger again, or {REPEAT}"
        ))
    }

    /// Returns the problems that the ledger lacks objects that were listed, one for each path, if
    /// it has these parts.
    fn lacks(&self, present: &BTreeSet<String>) -> Vec<Problem> {
        let Some(lack) = self.lack(present) else {
            return Vec::new();
        };
        let problem = |source: &String| {
            Problem::of_object(source.as_str(), ProblemKind::Unaccounted, lack.clone())
        };
        self.sources.iter().map(problem).collect()
    }

    /// Returns the names of the parts that the ledger had after the scan; `None` if the scan was
    /// not finished, or an earlier version did not record them.
    fn named_parts(&self) -> Option<&[String]> {
        let scan = self.scan.as_ref().filter(|scan| scan.finished)?;
        Some(&scan.parts)
    }

    /// Returns the record of objects that were taken from an inventory, at its time.
    #[must_use]
    pub fn from_inventory(mut self, inventory: BucketInventory) -> Self {
        self.listed_at = inventory.created_at;
        self.inventory = Some(inventory);
        self
    }

    /// Returns the record of objects that were taken from a list with this hash.
    #[must_use]
    pub fn from_list(mut self, list_sha256: String) -> Self {
        self.list_sha256 = Some(list_sha256);
        self
    }

    /// Returns the rank among records of the same identity, of which the highest counts.
    fn rank(&self) -> (Timestamp, &Option<ListedScan>, &[ListingProblem]) {
        (self.listed_at, &self.scan, &self.problems)
    }

    fn identity(&self) -> ListingIdentity {
        ListingIdentity {
            sources: self.sources.clone(),
            is_inventory: self.inventory.is_some(),
            list_sha256: self.list_sha256.clone(),
        }
    }

    /// Returns the places that could not be listed.
    pub fn problems(&self) -> impl Iterator<Item = Problem> {
        self.problems.iter().map(ListingProblem::problem)
    }

    /// Writes the record into the folder of a ledger. Earlier ones with the same identity are
    /// removed.
    pub(super) fn write(&self, ledger: &Path) -> Result<(), LedgerError> {
        let folder = ledger.join(LISTINGS);
        self.try_write(&folder)
            .map_err(|error| LedgerError::io(&folder, error))
    }

    fn try_write(&self, folder: &Path) -> io::Result<()> {
        fs::create_dir_all(folder)?;
        let text = serde_json::to_string_pretty(self)? + "\n";
        let place = folder.join(name(text.as_bytes()));
        let unfinished = folder.join(UNFINISHED);
        // Unlike a part, it cannot be made again from the archive.
        part::write_synced(&unfinished, &text)?;
        fs::rename(&unfinished, &place)?;
        let identity = self.identity();
        for path in paths(folder)? {
            if path != place && read_record(&path).is_ok_and(|other| other.identity() == identity) {
                fs::remove_file(path)?;
            }
        }
        Ok(())
    }
}

impl ListingProblem {
    fn from_problem(problem: &Problem) -> Self {
        Self {
            object: problem.origin.object.to_string(),
            kind: problem.kind.name().to_owned(),
            detail: problem.detail.clone(),
        }
    }

    fn problem(&self) -> Problem {
        // Of a kind that a later version has, it is known that something was not listed.
        let kind = by_name(ProblemKind::ALL, ProblemKind::name, &self.kind);
        let kind = kind.unwrap_or(ProblemKind::Unreadable);
        Problem::of_object(&*self.object, kind, self.detail.clone())
    }
}

impl Ledger {
    /// Returns the last listing of the paths of each scan, in the order of the paths.
    ///
    /// # Errors
    ///
    /// Returns an error if one cannot be read, or is not as it was written.
    pub fn listings(&self) -> Result<Vec<ListingRecord>, LedgerError> {
        let mut records = Vec::new();
        for path in self.listing_paths()? {
            records.push(read_record(&path)?);
        }
        Ok(latest(records))
    }

    /// Returns the listings as they are for a ledger that takes over the parts of this one.
    ///
    /// # Errors
    ///
    /// Returns an error if a listing or the names of the parts cannot be read.
    pub fn settled_listings(&self) -> Result<Vec<ListingRecord>, LedgerError> {
        let present = self.part_names()?.into_iter().collect();
        let listings = self.listings()?.into_iter();
        Ok(listings.map(|listing| listing.settled(&present)).collect())
    }

    /// Returns what the ledger lacks of the paths of its scans: places that could not be listed,
    /// and objects that were listed and that are in none of its parts.
    ///
    /// # Errors
    ///
    /// Returns an error if a listing or the names of the parts cannot be read.
    pub fn listing_problems(&self) -> Result<Vec<Problem>, LedgerError> {
        let mut problems = self.lacks()?;
        for listing in self.listings()? {
            problems.extend(listing.problems());
        }
        Ok(problems)
    }

    /// Returns the problems of paths of which the ledger lacks objects that were listed.
    ///
    /// # Errors
    ///
    /// Returns an error if a listing or the names of the parts cannot be read.
    pub fn lacks(&self) -> Result<Vec<Problem>, LedgerError> {
        let present: BTreeSet<String> = self.part_names()?.into_iter().collect();
        let listings = self.listings()?;
        let lacks = listings.iter().flat_map(|listing| listing.lacks(&present));
        Ok(lacks.chain(self.unlisted(&present, &listings)).collect())
    }

    /// Returns the problem that a listing is missing, if there are parts that no scan left.
    fn unlisted(&self, present: &BTreeSet<String>, listings: &[ListingRecord]) -> Option<Problem> {
        // Ledgers of earlier formats may have no listings.
        if !self.scope().is_of_this_format() {
            return None;
        }
        // A scan names all parts of the ledger when it is finished, those of others included.
        let named: Option<Vec<_>> = listings.iter().map(ListingRecord::named_parts).collect();
        let named: BTreeSet<&String> = named?.into_iter().flatten().collect();
        let mut unlisted = present.iter().filter(|part| !named.contains(part));
        let first = unlisted.next()?;
        let count = unlisted.count() + 1;
        let detail = format!(
            "the listing of {count} of its parts is missing, the first one `{first}`, so the \
             ledger may lack objects: copy the ledger again, or {REPEAT}"
        );
        let ledger = self.path().display().to_string();
        Some(Problem::of_object(
            &*ledger,
            ProblemKind::Unaccounted,
            detail,
        ))
    }

    /// Returns the listings that are not as they were written, with their damage.
    ///
    /// # Errors
    ///
    /// Returns an error if the listings cannot be found, or the system cannot read one.
    pub fn damaged_listings(&self) -> Result<Vec<(PathBuf, LedgerError)>, LedgerError> {
        let mut damaged = Vec::new();
        for path in self.listing_paths()? {
            match read_record(&path) {
                Ok(_) => {}
                Err(error) if error.is_damage() => damaged.push((path, error)),
                Err(error) => return Err(error),
            }
        }
        Ok(damaged)
    }

    fn listing_paths(&self) -> Result<Vec<PathBuf>, LedgerError> {
        let folder = self.path().join(LISTINGS);
        paths(&folder).map_err(|error| LedgerError::io(&folder, error))
    }

    /// Returns the paths that scans were given, each once, in order. Parts of format 1 have them in
    /// their manifests.
    ///
    /// # Errors
    ///
    /// Returns an error if a listing cannot be read.
    pub fn sources<'a>(
        &self,
        parts: impl Iterator<Item = &'a Part>,
    ) -> Result<Vec<String>, LedgerError> {
        let of_parts = parts.flat_map(|part| &part.manifest.sources);
        let mut sources: BTreeSet<String> = of_parts.cloned().collect();
        for listing in self.listings()? {
            sources.extend(listing.sources);
        }
        Ok(sources.into_iter().collect())
    }
}

/// Returns the latest record of each identity, in the order of the paths.
pub(super) fn latest(records: Vec<ListingRecord>) -> Vec<ListingRecord> {
    let mut latest: BTreeMap<ListingIdentity, ListingRecord> = BTreeMap::new();
    for record in records {
        let known = latest.get(&record.identity());
        if known.is_none_or(|known| known.rank() < record.rank()) {
            latest.insert(record.identity(), record);
        }
    }
    latest.into_values().collect()
}

/// Returns the files of listings, in the order of their names.
fn paths(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut paths = Vec::new();
    for entry in entries {
        let entry = entry?;
        if is_listing(&entry.file_name()) {
            paths.push(entry.path());
        }
    }
    paths.sort();
    Ok(paths)
}

fn is_listing(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    name.starts_with(PREFIX) && name.ends_with(SUFFIX)
}

fn read_record(path: &Path) -> Result<ListingRecord, LedgerError> {
    let text = fs::read(path).map_err(|error| LedgerError::reading(path, path, error))?;
    parse(path, &text).map_err(|detail| LedgerError::Part {
        part: path.to_owned(),
        detail,
    })
}

fn parse(path: &Path, text: &[u8]) -> Result<ListingRecord, String> {
    let expected = name(text);
    // The name proves the content, as that of a part does.
    if path
        .file_name()
        .is_none_or(|name| name != expected.as_str())
    {
        return Err(format!(
            "it was changed: by its hash it would be `{expected}`"
        ));
    }
    serde_json::from_slice(text).map_err(|error| error.to_string())
}

fn name(text: &[u8]) -> String {
    let hash = Sha256::of_bytes(text).to_string();
    let digits = hash.get(..NAME_DIGITS).unwrap_or(&hash);
    format!("{PREFIX}{digits}{SUFFIX}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::period::timestamp;

    fn record(source: &str, second: i64, problems: &[&str]) -> ListingRecord {
        let problem = |place: &&str| {
            Problem::of_object(*place, ProblemKind::AccessDenied, "denied".to_owned())
        };
        let problems: Vec<Problem> = problems.iter().map(problem).collect();
        ListingRecord::new(vec![source.to_owned()], timestamp(second), &problems)
    }

    fn read_all(folder: &Path) -> Vec<ListingRecord> {
        let paths = paths(&folder.join(LISTINGS)).expect("a folder");
        paths
            .iter()
            .map(|path| read_record(path).expect("a listing"))
            .collect()
    }

    #[test]
    fn the_last_listing_of_the_same_paths_remains() {
        let folder = tempfile::tempdir().expect("a folder");
        for record in [
            record("a", 1, &["a/x"]),
            record("b", 1, &[]),
            record("a", 2, &[]),
        ] {
            record.write(folder.path()).expect("written");
        }
        let mut left = read_all(folder.path());
        left.sort_by(|one, other| one.sources.cmp(&other.sources));
        assert_eq!(left, [record("a", 2, &[]), record("b", 1, &[])]);
    }

    #[test]
    fn of_several_ledgers_the_latest_listing_counts() {
        let records = vec![
            record("a", 1, &["a/x"]),
            record("a", 2, &["a/y"]),
            record("b", 1, &[]),
        ];
        let kept = latest(records.clone());
        assert_eq!(kept, [record("a", 2, &["a/y"]), record("b", 1, &[])]);
        let problems: Vec<Problem> = kept[0].problems().collect();
        assert_eq!(&*problems[0].origin.object, "a/y");
        assert_eq!(problems[0].kind, ProblemKind::AccessDenied);
        assert_eq!(latest(records.into_iter().rev().collect()), kept);
    }

    #[test]
    fn a_listing_an_inventory_and_each_list_have_records_of_their_own() {
        let inventory = BucketInventory {
            manifest: "m".to_owned(),
            created_at: timestamp(1),
        };
        let listed = record("a", 1, &["a/x"]);
        let of_list = |second, hash: &str| record("a", second, &[]).from_list(hash.to_owned());
        let records = vec![
            listed.clone(),
            record("a", 2, &[]).from_inventory(inventory),
            of_list(3, "1"),
            of_list(4, "2"),
            of_list(5, "1"),
        ];
        let kept = latest(records.clone());
        assert_eq!(kept.len(), 4);
        assert!(kept.contains(&listed) && kept.contains(&of_list(5, "1")));
        let folder = tempfile::tempdir().expect("a folder");
        for record in &records {
            record.write(folder.path()).expect("written");
        }
        assert_eq!(latest(read_all(folder.path())), kept);
        assert_eq!(read_all(folder.path()).len(), 4);
    }

    #[test]
    fn a_ledger_lacks_what_a_scan_did_not_finish_and_parts_that_are_gone() {
        let present = ["a", "b"].map(str::to_owned).into_iter().collect();
        let finished = |parts: &[&str]| {
            let parts: Vec<String> = parts.iter().map(|name| (*name).to_owned()).collect();
            record("s", 1, &[]).with_finished_scan(7).with_parts(&parts)
        };
        let whole = finished(&["a", "b"]);
        assert_eq!(whole.lacks(&present), []);
        assert_eq!(whole.clone().settled(&present), whole);
        let gone = finished(&["a", "c", "d"]);
        let lack = &gone.lacks(&present)[0];
        assert_eq!(
            (&*lack.origin.object, lack.kind),
            ("s", ProblemKind::Unaccounted)
        );
        assert!(lack.detail.contains("2 of the parts"), "{}", lack.detail);
        let unfinished = record("s", 1, &[]).with_unfinished_scan(7);
        for unfinished in [unfinished.with_parts(&[]), gone.settled(&present)] {
            let lack = &unfinished.lacks(&present)[0];
            assert!(
                lack.detail.contains("any of its 7 objects"),
                "{}",
                lack.detail
            );
            // Of the same scan, a ledger that has all of it counts before a copy of its beginning.
            let kept = latest(vec![whole.clone(), unfinished]);
            assert_eq!(kept, std::slice::from_ref(&whole));
        }
        // An earlier version says nothing about it.
        assert_eq!(record("s", 1, &[]).lacks(&present), []);
    }

    #[test]
    fn a_listing_that_was_changed_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        record("a", 1, &["a/x"])
            .write(folder.path())
            .expect("written");
        let path = paths(&folder.path().join(LISTINGS))
            .expect("a folder")
            .remove(0);
        let text = fs::read_to_string(&path).expect("a text");
        fs::write(&path, text.replace("a/x", "a/z")).expect("written");
        let error = read_record(&path).expect_err("changed");
        assert!(error.is_damage() && error.to_string().contains("changed"));
    }
}
