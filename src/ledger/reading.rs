//! The readings of a part, as they are compared with those of other parts.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::part::Part;
use super::scanned::Identity;
use super::sequence::Keyed;
use super::{LedgerError, tables};
use crate::findings::source_sizes;
use crate::problem::ProblemKind;
use crate::table::schema::{TableSchema, by_name};

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
            let load = |name: &'static str, columns: &[_]| part.table(name, columns);
            let sizes = source_sizes(&load).map_err(|error| part.damaged(error.to_string()))?;
            archives.insert(sizes)
        }
    };
    Ok(sizes.get(key).copied())
}

impl Keyed for Reading {
    fn key(&self) -> &str {
        &self.identity.key
    }

    fn schema() -> TableSchema<'static, Self> {
        TableSchema::<Self>::builder()
            .and([identity_schema(), state_schema(), position_schema()])
            .build()
    }

    fn blank() -> Self {
        Self {
            identity: Identity::blank(),
            source_bytes: None,
            position: Position::default(),
        }
    }
}

fn identity_schema() -> TableSchema<'static, Reading> {
    TableSchema::<Reading>::builder()
        .text("key", |row| Some(&row.identity.key))
        .required(|row, key| row.identity.key = key.into())
        .time("read_at", |row| Some(row.identity.read_at))
        .required(|row, time| row.identity.read_at = time)
        .text("etag", |row| row.identity.etag.as_deref())
        .optional(|row, etag| row.identity.etag = etag)
        .time("modified_at", |row| row.identity.modified_at)
        .optional(|row, time: Option<Timestamp>| row.identity.modified_at = time)
        .build()
}

fn state_schema() -> TableSchema<'static, Reading> {
    TableSchema::<Reading>::builder()
        .integer("stored_bytes", |row| Some(row.identity.stored_bytes))
        .required(|row, bytes| row.identity.stored_bytes = bytes)
        .boolean("named", |row| Some(row.identity.named))
        .required(|row, named| row.identity.named = named)
        .text("failure", |row| Some(row.identity.failure?.name()))
        .try_optional(|row, name| {
            row.identity.failure = match name {
                Some(name) => Some(by_name(ProblemKind::ALL, ProblemKind::name, &name)?),
                None => None,
            };
            Ok(())
        })
        .integer("source_bytes", |row| row.source_bytes)
        .optional(|row, bytes| row.source_bytes = bytes)
        .build()
}

fn position_schema() -> TableSchema<'static, Reading> {
    TableSchema::<Reading>::builder()
        .integer("part", |row| Some(row.position.part as u64))
        .required(|row, part| row.position.part = part as usize)
        .integer("reading", |row| Some(row.position.reading as u64))
        .required(|row, reading| row.position.reading = reading as usize)
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::schema::TableColumns;

    #[test]
    fn a_reading_is_read_from_a_run_as_it_was_written() {
        let mut failed = Identity::example("a", 1);
        failed.failure = Some(ProblemKind::AccessDenied);
        let mut file = Identity::example("b", 2);
        (file.etag, file.named) = (None, true);
        file.modified_at = Some(Timestamp::UNIX_EPOCH);
        let rows = [failed, file].map(|identity| Reading {
            identity,
            source_bytes: Some(9),
            position: Position {
                part: 3,
                reading: 4,
            },
        });
        let schema = Reading::schema();
        let mut columns = TableColumns::new(schema.table("rows", &rows));
        let read = schema.read(&mut columns, Reading::blank).expect("rows");
        assert_eq!(read.len(), 2);
        for (read, row) in read.iter().zip(&rows) {
            assert_eq!(read.identity, row.identity);
            assert_eq!(read.source_bytes, row.source_bytes);
            assert_eq!(read.position, row.position);
        }
    }
}
