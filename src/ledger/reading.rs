//! The readings of a part, as they are compared with those of other parts.

use std::collections::HashMap;
use std::sync::Arc;

use super::part::Part;
use super::scanned::Identity;
use super::{LedgerError, tables};
use crate::findings::source_sizes;

/// A reading, and its position in the ledger.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The content that was read.
    pub identity: Identity,
    /// The size in the source when it was read, in bytes, if that is known.
    pub source_bytes: Option<u64>,
    pub(super) position: Position,
}

/// The position of a reading in a ledger.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Position {
    /// The number of the part.
    pub(super) part: usize,
    /// The number of the reading in the part.
    pub(super) reading: usize,
}

/// Returns the readings of the part with this number, in the order of their keys.
///
/// # Errors
///
/// Returns an error if the part is damaged.
pub(super) fn readings(part: &Part, number: usize) -> Result<Vec<Reading>, LedgerError> {
    let rows = tables::identities(part)?;
    let mut archives = None;
    let mut readings = Vec::with_capacity(rows.len());
    for (reading, row) in rows.into_iter().enumerate() {
        let source_bytes = match row.own_bytes {
            Some(bytes) => Some(bytes),
            None => archive_size(part, &mut archives, &row.identity.key)?,
        };
        readings.push(Reading {
            identity: row.identity,
            source_bytes,
            position: Position {
                part: number,
                reading,
            },
        });
    }
    // A part of format 1 is in the order in which its scan came to the objects.
    readings.sort_by(|one, other| one.identity.key.cmp(&other.identity.key));
    Ok(readings)
}

/// Returns the size of an archive, of which only the files are objects.
fn archive_size(
    part: &Part,
    archives: &mut Option<HashMap<Arc<str>, u64>>,
    key: &str,
) -> Result<Option<u64>, LedgerError> {
    // Archives are rare, so their sizes are loaded when the first one comes.
    let sizes = match archives {
        Some(sizes) => sizes,
        None => {
            let sizes = source_sizes(&tables::loader(part));
            let sizes = sizes.map_err(|error| tables::failed(part, error))?;
            archives.insert(sizes)
        }
    };
    Ok(sizes.get(key).copied())
}
