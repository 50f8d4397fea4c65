//! The merging of ledgers.
//!
//! A part whose readings all count becomes a part of the new ledger as it is: its files are linked,
//! or copied where the file system cannot link them. Of the others, the readings that count are
//! written into new parts, and so are those of small parts, since many small files take longer to
//! open than to write again.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::contents::Contents;
use super::counted::{CountedPart, CountedReadings};
use super::folder::is_free;
use super::listings::{self, ListingRecord};
use super::part::{self, Part, PartManifest};
use super::scanned::ScannedObject;
use super::writer::{JSON_LIMIT_BYTES, OBJECTS_LIMIT};
use super::{Ledger, LedgerError, PARTS, PLAN, Purpose, Scope, tables};
use crate::findings::StoredRequest;
use crate::time::period::TimeRange;

/// The number of readings below which a part is not taken as it is.
const SMALL_PART: usize = OBJECTS_LIMIT / 8;

/// Merges ledgers of one scope into a new one at `path`: every object once, with its latest
/// reading. The order of the ledgers does not matter, not even to the bytes that are written.
///
/// # Errors
///
/// Returns an error if the ledgers were scanned for different things, a part is damaged, or the new
/// ledger cannot be written.
pub fn merge(ledgers: &[Ledger], path: &Path) -> Result<(), LedgerError> {
    let Some(first) = ledgers.first() else {
        return Err(LedgerError::None(path.to_owned()));
    };
    for ledger in ledgers {
        ledger.check_scope(first.scope(), Purpose::Resume)?;
    }
    if !is_free(path) {
        return Err(LedgerError::Foreign(path.to_owned()));
    }
    let merged = Merged {
        scope: first.scope().of_this_version(),
        listings: all_listings(ledgers)?,
        counted: contents(ledgers)?.select_all()?,
    };
    merged.write(path)
}

fn contents(ledgers: &[Ledger]) -> Result<Contents, LedgerError> {
    let mut contents = Contents::default();
    for ledger in ledgers {
        contents.look_again(ledger)?;
    }
    contents.whole()
}

/// Returns the last listing of the same paths in any of the ledgers.
fn all_listings(ledgers: &[Ledger]) -> Result<Vec<ListingRecord>, LedgerError> {
    let mut records = Vec::new();
    for ledger in ledgers {
        records.extend(ledger.listings()?);
    }
    Ok(listings::latest(records))
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
        let unfinished = unfinished(path)?;
        Ledger::check_clear(&unfinished)?;
        part::removed(&unfinished, fs::remove_dir_all(&unfinished))?;
        self.write_files(&unfinished)?;
        // An empty folder may be there, and not every system renames onto it.
        part::removed(path, fs::remove_dir_all(path))?;
        fs::rename(&unfinished, path).map_err(|error| LedgerError::io(&unfinished, error))
    }

    fn write_files(&self, folder: &Path) -> Result<(), LedgerError> {
        let parts = folder.join(PARTS);
        fs::create_dir_all(&parts).map_err(|error| LedgerError::io(folder, error))?;
        // The plan first: by it, a later merge knows that what a stopped one left may be removed.
        part::write_plan(&folder.join(PLAN), &self.scope.text())?;
        for listing in &self.listings {
            listing.write(folder)?;
        }
        self.write_parts(&parts)
    }

    fn write_parts(&self, folder: &Path) -> Result<(), LedgerError> {
        let mut writer = PartWriter::new(folder, &self.scope);
        for part in self.in_order() {
            if part.is_whole() && part.contents.readings.count >= SMALL_PART {
                adopt(&part.contents.part, folder)?;
            } else if !part.is_empty() {
                writer.add(part)?;
            }
        }
        writer.finish()
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

/// Takes a part as it is.
fn adopt(part: &Part, folder: &Path) -> Result<(), LedgerError> {
    let name = part.path.file_name().unwrap_or_default();
    let place = folder.join(name);
    let linked = link_folder(&part.path, &place);
    linked.map_err(|error| LedgerError::io(&part.path, error))
}

fn link_folder(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let place = to.join(entry.file_name());
        // The files of a part are never changed, so that both ledgers can have the same.
        if fs::hard_link(entry.path(), &place).is_err() {
            fs::copy(entry.path(), &place)?;
        }
    }
    Ok(())
}

/// Writes readings of parts that are not adopted into parts of the usual size.
struct PartWriter<'a> {
    folder: &'a Path,
    manifest: PartManifest,
    rules: Vec<String>,
    range: TimeRange,
    request: StoredRequest,
    /// The readings that are not written yet, all of one version.
    readings: Vec<ScannedObject>,
    json_bytes: usize,
}

impl<'a> PartWriter<'a> {
    fn new(folder: &'a Path, scope: &Scope) -> Self {
        let rules: BTreeSet<String> = scope.rules.iter().map(|rule| rule.rule.clone()).collect();
        Self {
            folder,
            manifest: PartManifest::new(scope),
            rules: rules.into_iter().collect(),
            range: TimeRange {
                start: scope.from,
                end: scope.to,
            },
            request: StoredRequest::from_scope(scope),
            readings: Vec::new(),
            json_bytes: 0,
        }
    }

    /// Adds the readings of a part that count.
    fn add(&mut self, counted: &CountedPart) -> Result<(), LedgerError> {
        let part = &counted.contents.part;
        if part.manifest.version != self.manifest.version && !self.readings.is_empty() {
            self.write()?;
        }
        // A later version reads again what the version of a part could not.
        self.manifest.version.clone_from(&part.manifest.version);
        let found = tables::each_wanted(part, &counted.wanted, &self.request)?;
        let identities = tables::stored_identities(part)?
            .into_iter()
            .zip(&counted.wanted);
        let wanted = identities.filter(|(_, is_wanted)| **is_wanted);
        for ((stored, _), findings) in wanted.zip(found) {
            let scanned = ScannedObject {
                identity: stored.identity,
                findings,
            };
            self.json_bytes += scanned.json_bytes();
            self.readings.push(scanned);
            if self.readings.len() >= OBJECTS_LIMIT || self.json_bytes >= JSON_LIMIT_BYTES {
                self.write()?;
            }
        }
        Ok(())
    }

    fn write(&mut self) -> Result<(), LedgerError> {
        let mut readings = std::mem::take(&mut self.readings);
        self.json_bytes = 0;
        readings.sort_by(|one, other| one.identity.cmp(&other.identity));
        let tables = tables::tables(&readings, &self.rules, self.range);
        let manifest = self.manifest.with_readings(&readings);
        part::write(self.folder, &tables, manifest)
    }

    fn finish(mut self) -> Result<(), LedgerError> {
        match self.readings.is_empty() {
            true => Ok(()),
            false => self.write(),
        }
    }
}

/// Returns the name that the ledger has while it is written.
fn unfinished(path: &Path) -> Result<PathBuf, LedgerError> {
    let Some(name) = path.file_name() else {
        return Err(LedgerError::Foreign(path.to_owned()));
    };
    let name = name.to_string_lossy();
    Ok(path.with_file_name(format!(".{name}.backtrail-merging")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ledger_has_another_name_while_it_is_written() {
        let name = unfinished(Path::new("out/all")).expect("a name");
        assert_eq!(name, Path::new("out/.all.backtrail-merging"));
        assert!(unfinished(Path::new("/")).is_err());
    }

    #[test]
    fn nothing_is_merged_into_a_folder_with_other_content() {
        let folder = tempfile::tempdir().expect("a folder");
        let none = merge(&[], folder.path());
        assert!(matches!(none, Err(LedgerError::None(_))), "{none:?}");
        let ledger = Ledger::open(Path::new("tests/fixtures/ledger-1/ledger")).expect("a ledger");
        std::fs::write(folder.path().join("mine"), "").expect("written");
        let foreign = merge(&[ledger], folder.path());
        assert!(
            matches!(foreign, Err(LedgerError::Foreign(_))),
            "{foreign:?}"
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
