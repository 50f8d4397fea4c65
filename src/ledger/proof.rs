//! The proof that a part holds the readings of certain objects.

use std::path::Path;

use super::part::{self, Part, PartManifest, file_name};
use super::{ContentsHash, LedgerError, days, tables};

/// The numbers of a part whose files are as they were written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PartProof {
    /// The number of readings.
    pub readings: u64,
    /// The number of records.
    pub records: u64,
}

/// Checks every hash of a part and adds the objects of its readings to a hash, in their order.
///
/// # Errors
///
/// Returns an error if the part is damaged or cannot be read, or was scanned for something else
/// than a plan with this fingerprint.
pub fn prove_part(
    path: &Path,
    fingerprint: &str,
    contents: &mut ContentsHash,
) -> Result<PartProof, LedgerError> {
    let part = Part::open(path)?;
    if part.manifest.fingerprint != fingerprint {
        return Err(part.damaged("it was scanned for something else"));
    }
    let identities = tables::stored_identities(&part)?;
    for stored in &identities {
        contents.add(stored.identity.listed());
    }
    let days = days::read(&part)?;
    Ok(PartProof {
        readings: identities.len() as u64,
        records: days.records().total(),
    })
}

/// Checks every hash of a part.
///
/// # Errors
///
/// Returns an error if the part is damaged or cannot be read.
pub fn check_part(path: &Path) -> Result<(), LedgerError> {
    Part::open(path).map(|_| ())
}

/// Checks that every file of a part is there with its size.
///
/// # Errors
///
/// Returns an error if one is not, or cannot be read.
pub fn check_sizes(path: &Path) -> Result<(), LedgerError> {
    part::read_manifest(path)?.check_sizes(path)
}

/// Returns the names of the files of a part with this manifest beside it, none if it is damaged.
pub fn files_of_tables(manifest: &[u8]) -> Vec<String> {
    let Ok(manifest) = serde_json::from_slice::<PartManifest>(manifest) else {
        return Vec::new();
    };
    // Names become paths.
    let is_name = |name: &&String| {
        name.bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
    };
    let tables = manifest.tables.keys().filter(is_name);
    tables.map(|table| file_name(table)).collect()
}
