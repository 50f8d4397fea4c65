//! Several ledgers to one.

use std::fs;
use std::path::Path;

use super::contents::{Contents, RequestedObjects};
use super::part::{self, PartFacts};
use super::read::Read;
use super::tables::{self, Taken};
use super::writer::{JSON_LIMIT_BYTES, OBJECTS_LIMIT};
use super::{Ledger, LedgerError, PARTS, PLAN, Purpose, Scope, is_free};

/// Merges ledgers of one scope into a new one at `path`: every object once, with the reading that
/// was made last. The order of the ledgers does not matter, not even to the bytes that are written.
///
/// # Errors
///
/// Returns an error if the ledgers were scanned for different things, a part is damaged, or the new
/// ledger cannot be written.
pub fn merge(ledgers: &[Ledger], path: &Path) -> Result<(), LedgerError> {
    let Some(first) = ledgers.first() else {
        return Err(LedgerError::None(path.to_owned()));
    };
    ledgers
        .iter()
        .try_for_each(|ledger| ledger.check_scope(first.scope(), Purpose::Resume))?;
    if !is_free(path) {
        return Err(LedgerError::Foreign(path.to_owned()));
    }
    let mut contents = Contents::default();
    ledgers
        .iter()
        .try_for_each(|ledger| contents.look_again(ledger))?;
    let contents = contents.whole()?;
    let mut reads = Vec::new();
    contents.each(
        &RequestedObjects::All,
        &Taken::whole(first.scope()),
        |read| reads.push(read),
    )?;
    reads.sort_by(|a, b| a.identity.cmp(&b.identity));
    write(&reads, first.scope(), contents.sources(), path)
}

/// Writes a ledger beside its place, and renames it when it is whole.
fn write(
    reads: &[Read],
    scope: &Scope,
    sources: Vec<String>,
    path: &Path,
) -> Result<(), LedgerError> {
    let name = path
        .file_name()
        .ok_or_else(|| LedgerError::Foreign(path.to_owned()))?;
    let unfinished = path.with_file_name(format!(".{}.backtrail-merging", name.to_string_lossy()));
    Ledger::check_clear(&unfinished)?;
    part::removed(&unfinished, fs::remove_dir_all(&unfinished))?;
    let failed = |error| LedgerError::Io {
        path: unfinished.clone(),
        error,
    };
    fs::create_dir_all(unfinished.join(PARTS)).map_err(failed)?;
    let scope = scope.of_this_version();
    let rules: Vec<String> = scope.rules.iter().map(|rule| rule.rule.clone()).collect();
    let facts = PartFacts {
        fingerprint: scope.fingerprint.clone(),
        version: scope.version.clone(),
        sources,
        tables: Default::default(),
    };
    // The plan first: it tells a later merge that what a stopped one left may be removed.
    part::write_plan(&unfinished.join(PLAN), &scope.text())?;
    for reads in in_parts(reads) {
        part::write(
            &unfinished.join(PARTS),
            &tables::of_reads(reads, &rules),
            facts.clone(),
        )?;
    }
    if path.exists() {
        fs::remove_dir_all(path).map_err(failed)?;
    }
    fs::rename(&unfinished, path).map_err(failed)
}

/// The readings of each part.
fn in_parts(reads: &[Read]) -> Vec<&[Read]> {
    let mut parts = Vec::new();
    let (mut begin, mut json_bytes) = (0, 0);
    for (place, read) in reads.iter().enumerate() {
        json_bytes += read.json_bytes();
        let end = place + 1;
        if end - begin >= OBJECTS_LIMIT || json_bytes >= JSON_LIMIT_BYTES || end == reads.len() {
            parts.extend(reads.get(begin..end));
            (begin, json_bytes) = (end, 0);
        }
    }
    parts
}
