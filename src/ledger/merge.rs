//! The merging of ledgers.

use std::fs;
use std::path::{Path, PathBuf};

use super::contents::{Contents, RequestedObjects};
use super::folder::is_free;
use super::part::{self, PartManifest};
use super::scanned::ScannedObject;
use super::writer::{JSON_LIMIT_BYTES, OBJECTS_LIMIT};
use super::{Ledger, LedgerError, PARTS, PLAN, Purpose, Scope, tables};
use crate::findings::StoredRequest;

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
    Merged::new(&contents(ledgers)?, first.scope())?.write(path)
}

fn contents(ledgers: &[Ledger]) -> Result<Contents, LedgerError> {
    let mut contents = Contents::default();
    for ledger in ledgers {
        contents.look_again(ledger)?;
    }
    contents.whole()
}

/// A ledger that is merged of others.
struct Merged {
    scope: Scope,
    sources: Vec<String>,
    /// The latest reading of each object, in order.
    scanned: Vec<ScannedObject>,
}

impl Merged {
    fn new(contents: &Contents, scope: &Scope) -> Result<Self, LedgerError> {
        let request = StoredRequest::from_scope(scope);
        let mut scanned = Vec::new();
        contents.each(&RequestedObjects::All, &request, |object| {
            scanned.push(object)
        })?;
        // The order of parts depends on that of the ledgers, the order of identities does not.
        scanned.sort_by(|a, b| a.identity.cmp(&b.identity));
        Ok(Self {
            scope: scope.of_this_version(),
            sources: contents.sources(),
            scanned,
        })
    }

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
        self.write_parts(&parts)
    }

    fn write_parts(&self, folder: &Path) -> Result<(), LedgerError> {
        let rules = self.scope.rules.iter().map(|rule| rule.rule.clone());
        let rules: Vec<String> = rules.collect();
        for scanned in in_parts(&self.scanned) {
            let tables = tables::tables(scanned, &rules);
            let manifest = PartManifest::new(&self.scope, self.sources.clone());
            part::write(folder, &tables, manifest)?;
        }
        Ok(())
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

/// Returns the readings of each part.
fn in_parts(scanned: &[ScannedObject]) -> Vec<&[ScannedObject]> {
    let mut parts = Vec::new();
    let (mut begin, mut json_bytes) = (0, 0);
    for (end, object) in (1..).zip(scanned) {
        json_bytes += object.json_bytes();
        let is_full = end - begin >= OBJECTS_LIMIT || json_bytes >= JSON_LIMIT_BYTES;
        if is_full || end == scanned.len() {
            parts.extend(scanned.get(begin..end));
            (begin, json_bytes) = (end, 0);
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::Findings;
    use crate::ledger::Identity;

    #[test]
    fn parts_hold_all_readings_and_none_too_many() {
        let scanned = |number: usize| ScannedObject {
            identity: Identity::example(&number.to_string(), 1),
            findings: Findings::default(),
        };
        let lengths = |count: usize| -> Vec<usize> {
            let scanned: Vec<ScannedObject> = (0..count).map(scanned).collect();
            in_parts(&scanned).iter().map(|part| part.len()).collect()
        };
        assert!(lengths(0).is_empty());
        assert_eq!(lengths(OBJECTS_LIMIT), [OBJECTS_LIMIT]);
        assert_eq!(lengths(OBJECTS_LIMIT + 1), [OBJECTS_LIMIT, 1]);
    }

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
