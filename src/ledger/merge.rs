//! The merging of ledgers.
//!
//! A part whose readings all count becomes a part of the new ledger as it is: its files are linked,
//! or copied where the file system cannot link them. Of the others, the readings that count are
//! written into new parts, and so are those of small parts, since many small files take longer to
//! open than to write again.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::contents::LedgerContents;
use super::counted::{CountedPart, CountedReadings};
use super::folder::{check_free, is_free};
use super::listings::{self, ListingRecord};
use super::open_part::OBJECTS_LIMIT;
use super::part::{self, PartManifest};
use super::scanned::ScannedObject;
use super::working_folder::parent_folder;
use super::{Ledger, LedgerError, PARTS, PLAN, Purpose, Scope, WorkingFolder, tables};
use crate::findings::StoredRequest;

/// The number of readings below which a part is not taken as it is.
const SMALL_PART: usize = OBJECTS_LIMIT / 8;

/// The beginning of the name of a ledger while it is written.
const UNFINISHED: &str = ".backtrail-merging-";

/// The size of the tables up to which several parts become one, in bytes.
// The findings of these parts are in memory together while they are written again.
const BYTES_LIMIT: u64 = 8 << 20;

/// Merges ledgers of one scope into a new one at `path`: every object once, with its latest
/// reading. The order of the ledgers does not matter, not even to the bytes that are written.
///
/// # Errors
///
/// Returns an error if the ledgers were scanned for different things, a part is damaged, there is
/// something else at `path`, or the new ledger cannot be written.
pub fn merge(ledgers: &[Ledger], path: &Path) -> Result<(), LedgerError> {
    let Some(first) = ledgers.first() else {
        return Err(LedgerError::Absent(path.to_owned()));
    };
    for ledger in ledgers {
        ledger.check_scope(first.scope(), Purpose::Resume)?;
    }
    check_free(path)?;
    let counted = contents(ledgers)?.select_all()?;
    let mut records = settled_listings(ledgers)?;
    records.extend(counted.parts.iter().filter_map(listing_in_part));
    let merged = Merged {
        scope: first.scope().of_this_version(),
        listings: listings::latest(records),
        counted,
    };
    merged.write(path)
}

fn contents(ledgers: &[Ledger]) -> Result<LedgerContents, LedgerError> {
    let mut contents = LedgerContents::default();
    for ledger in ledgers {
        contents.look_again(ledger)?;
    }
    contents.whole()
}

fn settled_listings(ledgers: &[Ledger]) -> Result<Vec<ListingRecord>, LedgerError> {
    let mut records = Vec::new();
    for ledger in ledgers {
        records.extend(ledger.settled_listings()?);
    }
    Ok(records)
}

/// Returns the listing of the paths that a part of format 1 names, whose ledger has no listings.
fn listing_in_part(part: &CountedPart) -> Option<ListingRecord> {
    let sources = &part.contents.part.manifest.sources;
    let (_, last_scan) = part.contents.readings.scans;
    let is_named = !sources.is_empty();
    is_named.then(|| ListingRecord::new(sources.clone(), last_scan, &[]))
}

/// A ledger that is merged of others.
struct Merged {
    scope: Scope,
    listings: Vec<ListingRecord>,
    counted: CountedReadings,
}

impl Merged {
    /// Writes the ledger next to its place, and renames it when it is complete.
    fn write(&self, path: &Path) -> Result<(), LedgerError> {
        create(path, &self.scope, &self.listings, &|parts| {
            self.write_parts(parts)
        })
    }

    fn write_parts(&self, folder: &Path) -> Result<(), LedgerError> {
        let in_order = self.in_order();
        for part in in_order.iter().filter(|part| is_adopted(part)) {
            adopt(&part.contents.part.path, folder)?;
        }
        let rewriter = Rewriter::new(folder, &self.scope);
        let groups = groups(&in_order);
        let written = groups.par_iter().map(|parts| rewriter.write(parts));
        // All of them, so that of several errors it is always the first that is returned.
        let written: Vec<Result<(), LedgerError>> = written.collect();
        written.into_iter().collect()
    }

    /// Returns the parts in the order of their keys, whichever ledger they are of.
    fn in_order(&self) -> Vec<&CountedPart> {
        let mut parts: Vec<&CountedPart> = self.counted.parts.iter().collect();
        parts.sort_by_key(|part| {
            (
                &part.contents.readings.keys,
                part.contents.part.path.file_name(),
            )
        });
        parts
    }
}

/// Creates a ledger of parts that are taken as they are: those of these folders, each name once, as
/// it is the hash of the content. Their readings of an object are not compared; of several, the
/// latest counts when the ledger is read.
///
/// # Errors
///
/// Returns an error if there is something else at `path`, or the ledger cannot be written.
pub fn adopt_parts(
    path: &Path,
    scope: &Scope,
    listings: Vec<ListingRecord>,
    parts: &[PathBuf],
) -> Result<(), LedgerError> {
    check_free(path)?;
    let listings = listings::latest(listings);
    let mut names = BTreeSet::new();
    let mut parts: Vec<&PathBuf> = parts.iter().collect();
    parts.retain(|part| names.insert(part.file_name()));
    create(path, &scope.of_this_version(), &listings, &|folder| {
        let adopted = parts.par_iter().map(|part| adopt(part, folder));
        adopted.collect()
    })
}

/// Creates a ledger whose parts `write_parts` writes. It is written next to its place, and renamed
/// when it is complete. What merges were writing there that were killed is removed.
fn create(
    path: &Path,
    scope: &Scope,
    listings: &[ListingRecord],
    write_parts: &dyn Fn(&Path) -> Result<(), LedgerError>,
) -> Result<(), LedgerError> {
    let unfinished = begin_beside(path)?;
    let folder = unfinished.path();
    let parts = folder.join(PARTS);
    fs::create_dir(&parts).map_err(|error| LedgerError::io(&parts, error))?;
    part::write_plan(&folder.join(PLAN), scope)?;
    write_parts(&parts)?;
    let names = Ledger::open(folder)?.part_names()?;
    for listing in listings {
        listing.clone().with_parts(&names).write(folder)?;
    }
    publish(folder, path)
}

/// Creates a folder beside the place of a ledger, so that it can be renamed.
fn begin_beside(path: &Path) -> Result<WorkingFolder, LedgerError> {
    if path.file_name().is_none() {
        return Err(LedgerError::Foreign(path.to_owned()));
    }
    let parent = parent_folder(path);
    let begun = fs::create_dir_all(parent)
        .and_then(|()| WorkingFolder::remove_abandoned(parent, UNFINISHED))
        .and_then(|()| WorkingFolder::create(parent, UNFINISHED));
    begun.map_err(|error| LedgerError::io(parent, error))
}

/// Moves a complete ledger to its place. Another merge may have been first, whose ledger stays.
fn publish(folder: &Path, place: &Path) -> Result<(), LedgerError> {
    // No system renames onto a folder that is not empty.
    if fs::rename(folder, place).is_ok() {
        return Ok(());
    }
    Ledger::vacate(place)?;
    fs::rename(folder, place).map_err(|error| match is_free(place) {
        true => LedgerError::io(place, error),
        false => LedgerError::Occupied(place.to_owned()),
    })
}

/// Takes a part as it is.
fn adopt(part: &Path, folder: &Path) -> Result<(), LedgerError> {
    let name = part.file_name().unwrap_or_default();
    let place = folder.join(name);
    let linked = link_folder(part, &place);
    linked.map_err(|error| LedgerError::io(part, error))
}

fn link_folder(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let place = to.join(entry.file_name());
        // The files of a part are never changed, so that both ledgers can have the same.
        match fs::hard_link(entry.path(), &place) {
            Ok(()) => {}
            // It may be the same file already, which a copy onto itself would empty.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => return Err(error),
            Err(_) => copy_new(&entry.path(), &place)?,
        }
    }
    Ok(())
}

/// Copies a file to a place where there is none.
fn copy_new(from: &Path, to: &Path) -> io::Result<()> {
    let (mut from, mut to) = (File::open(from)?, File::create_new(to)?);
    io::copy(&mut from, &mut to).map(|_| ())
}

/// Returns whether a part becomes one of the new ledger as it is.
fn is_adopted(part: &CountedPart) -> bool {
    part.is_whole() && part.contents.readings.count >= SMALL_PART
}

/// Returns the parts that are written as one: neighbours whose readings that count are no more than
/// a part holds, all of one version.
fn groups<'p>(in_order: &[&'p CountedPart]) -> Vec<Vec<&'p CountedPart>> {
    let mut groups = Vec::new();
    let mut open = PartGroup::default();
    for part in in_order.iter().filter(|part| !part.is_empty()) {
        // A part that is taken as it is ends the group, so that another merge finds the same ones.
        if is_adopted(part) || !open.has_room_for(part) {
            groups.push(std::mem::take(&mut open).parts);
        }
        if !is_adopted(part) {
            open.add(part);
        }
    }
    groups.push(open.parts);
    groups
}

/// Parts that are written as one.
#[derive(Default)]
struct PartGroup<'p> {
    parts: Vec<&'p CountedPart>,
    readings: usize,
    bytes: u64,
}

impl<'p> PartGroup<'p> {
    fn has_room_for(&self, counted: &CountedPart) -> bool {
        let part = &counted.contents.part;
        let mut own = self.parts.iter().map(|own| &own.contents.part);
        own.all(|own| own.manifest.version == part.manifest.version)
            && self.readings + counted.counted() <= OBJECTS_LIMIT
            && self.bytes + part.bytes_of_tables() <= BYTES_LIMIT
    }

    fn add(&mut self, counted: &'p CountedPart) {
        self.readings += counted.counted();
        self.bytes += counted.contents.part.bytes_of_tables();
        self.parts.push(counted);
    }
}

/// Writes the readings of parts that count into new parts.
struct Rewriter<'a> {
    folder: &'a Path,
    scope: &'a Scope,
    rules: Vec<String>,
    request: StoredRequest,
}

impl<'a> Rewriter<'a> {
    fn new(folder: &'a Path, scope: &'a Scope) -> Self {
        Self {
            folder,
            scope,
            rules: scope.rules.iter().map(|rule| rule.rule.clone()).collect(),
            request: StoredRequest::from_scope(scope),
        }
    }

    /// Writes the readings of a group of parts that count as one part.
    fn write(&self, group: &[&CountedPart]) -> Result<(), LedgerError> {
        let Some(first) = group.first() else {
            return Ok(());
        };
        let mut readings = Vec::new();
        for part in group {
            self.add(part, &mut readings)?;
        }
        readings.sort_by(|one, other| one.identity.cmp(&other.identity));
        let tables = tables::tables(&readings, &self.rules, self.scope.range());
        let mut manifest = PartManifest::new(self.scope).with_readings(&readings);
        // A later version reads again what the version of a part could not.
        let version = &first.contents.part.manifest.version;
        manifest.version.clone_from(version);
        part::write(self.folder, &tables, manifest)?;
        Ok(())
    }

    fn add(
        &self,
        counted: &CountedPart,
        readings: &mut Vec<ScannedObject>,
    ) -> Result<(), LedgerError> {
        let part = &counted.contents.part;
        let found = tables::each_wanted(part, &counted.wanted, &self.request)?;
        let identities = tables::stored_identities(part)?.into_iter();
        let wanted = identities
            .zip(&counted.wanted)
            .filter(|(_, is_wanted)| **is_wanted);
        for ((stored, _), findings) in wanted.zip(found) {
            readings.push(ScannedObject {
                identity: stored.identity,
                findings,
            });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::LOCK;
    use crate::ledger::part::UNFINISHED_PLAN;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).expect("a folder");
        let names = entries.map(|entry| entry.expect("an entry").file_name());
        let mut names: Vec<String> = names
            .map(|name| name.to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    /// Writes a ledger at a path, after `meanwhile`.
    fn create_after(path: &Path, meanwhile: &dyn Fn()) -> Result<(), LedgerError> {
        let ledger = Ledger::open(Path::new("tests/fixtures/ledger-2")).expect("a ledger");
        create(path, ledger.scope(), &[], &|_| {
            meanwhile();
            Ok(())
        })
    }

    #[test]
    fn of_two_merges_into_one_place_the_first_to_end_stays() {
        let folder = tempfile::tempdir().expect("a folder");
        let out = folder.path().join("out");
        let second = create_after(&out, &|| {
            assert_eq!(names(folder.path()).len(), 2, "a folder and its lock");
            create_after(&out, &|| ()).expect("the first to end");
            fs::write(out.join(PARTS).join("first"), "").expect("written");
        });
        assert!(
            matches!(second, Err(LedgerError::Occupied(_))),
            "{second:?}"
        );
        assert!(out.join(PARTS).join("first").exists());
        assert_eq!(names(folder.path()), ["out"], "nothing else is left");
        assert!(create_after(Path::new("/"), &|| ()).is_err());
    }

    #[test]
    fn a_ledger_takes_the_place_of_what_a_stopped_scan_left() {
        let folder = tempfile::tempdir().expect("a folder");
        let out = folder.path().join("out");
        for left in [&[][..], &[LOCK], &[LOCK, UNFINISHED_PLAN]] {
            fs::create_dir(&out).expect("a folder");
            for name in left {
                fs::write(out.join(name), "").expect("written");
            }
            create_after(&out, &|| ()).expect("written");
            assert_eq!(names(&out), [PARTS, PLAN], "{left:?}");
            fs::remove_dir_all(&out).expect("removed");
        }
        fs::create_dir(&out).expect("a folder");
        let scan = fs::File::create(out.join(LOCK)).expect("a file");
        scan.lock().expect("a lock");
        let busy = create_after(&out, &|| ());
        assert!(matches!(busy, Err(LedgerError::Busy(_))), "{busy:?}");
        assert_eq!(names(&out), [LOCK], "a scan has just begun");
    }

    #[test]
    fn what_comes_to_the_place_of_a_ledger_stays() {
        let folder = tempfile::tempdir().expect("a folder");
        let out = folder.path().join("out");
        let occupied = create_after(&out, &|| {
            fs::create_dir(&out).expect("a folder");
            fs::write(out.join("mine"), "").expect("written");
        });
        assert!(
            matches!(occupied, Err(LedgerError::Occupied(_))),
            "{occupied:?}"
        );
        assert_eq!(names(&out), ["mine"]);
    }

    #[test]
    fn nothing_is_merged_into_a_folder_with_other_content() {
        let folder = tempfile::tempdir().expect("a folder");
        let none = merge(&[], folder.path());
        assert!(matches!(none, Err(LedgerError::Absent(_))), "{none:?}");
        let ledger = Ledger::open(Path::new("tests/fixtures/ledger-1/ledger")).expect("a ledger");
        std::fs::write(folder.path().join("mine"), "").expect("written");
        let occupied = merge(&[ledger], folder.path());
        assert!(
            matches!(occupied, Err(LedgerError::Occupied(_))),
            "{occupied:?}"
        );
    }

    #[test]
    fn a_part_that_comes_twice_is_taken_once_and_stays_whole() {
        let folder = tempfile::tempdir().expect("a folder");
        let ledger = Ledger::open(Path::new("tests/fixtures/ledger-2")).expect("a ledger");
        let part = ledger.parts().expect("parts").remove(0);
        let name = part.file_name().expect("a name");
        // Two folders with the same files, as a ledger and the parts that it adopted.
        let (one, other) = (folder.path().join("1"), folder.path().join("2"));
        for copy in [&one, &other] {
            link_folder(&part, &copy.join(name)).expect("linked");
        }
        let out = folder.path().join("out");
        let parts = [one.join(name), other.join(name)];
        adopt_parts(&out, ledger.scope(), Vec::new(), &parts).expect("adopted");
        for path in [part.clone(), one.join(name), out.join(PARTS).join(name)] {
            part::Part::open(&path).expect("a whole part");
        }
        // Not even the same file is written over.
        let again = link_folder(&part, &one.join(name));
        assert!(again.is_err_and(|error| error.kind() == ErrorKind::AlreadyExists));
        part::Part::open(&part).expect("a whole part");
        let occupied = adopt_parts(&out, ledger.scope(), Vec::new(), &parts);
        assert!(
            matches!(occupied, Err(LedgerError::Occupied(_))),
            "{occupied:?}"
        );
    }

    #[test]
    fn a_merged_ledger_holds_each_object_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let ledger = Ledger::open(Path::new("tests/fixtures/ledger-1/ledger")).expect("a ledger");
        let out = folder.path().join("out");
        merge(&[ledger.clone(), ledger.clone()], &out).expect("merged");
        let merged = Ledger::open(&out).expect("a ledger");
        let [own, other] = [&ledger, &merged].map(crate::ledger::info);
        let (own, other) = (own.expect("numbers"), other.expect("numbers"));
        assert_eq!(own.objects, other.objects);
        assert_eq!(own.records, other.records);
    }
}
