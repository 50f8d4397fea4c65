//! The stored objects that hold kept records, and the archives, whose files have the other
//! outcomes.

use std::collections::HashMap;
use std::sync::Arc;

use super::{LoadTable, ScanFinding, StoredError, StoredPart, StoredTables, stored_rows};
use crate::table::schema::TableSchema;

/// The name of their table in a ledger.
const TABLE: &str = "sources";

/// An object as it is stored: one that holds kept records, or an archive.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct SourceObject {
    /// The key or path.
    pub object: Arc<str>,
    /// The size in its source, in bytes.
    pub stored_bytes: u64,
    /// The ETag of S3, as it was listed.
    pub etag: Option<Box<str>>,
    /// The SHA-256 of the stored bytes, in hexadecimal digits; `None` if the object holds no kept
    /// record, or was not read to its end.
    pub sha256: Option<Box<str>>,
}

impl ScanFinding for Vec<SourceObject> {
    fn merge(&mut self, mut other: Self) {
        self.append(&mut other);
    }

    fn put_in_order(&mut self) {
        self.sort_unstable();
    }

    fn store(tables: &mut StoredTables<'_>) {
        let rows = tables.rows(|findings| &findings.sources);
        tables.add(TABLE, rows.columns(&schema()));
    }

    // A part that an earlier version wrote has no such table, and is read as one without rows.
    fn restore(part: &mut StoredPart<'_>) -> Result<(), StoredError> {
        part.each_row(
            TABLE,
            &schema(),
            SourceObject::default,
            |findings, found| {
                findings.sources.push(found);
            },
        )
    }
}

/// Returns the sizes of the stored objects of a part, by their keys.
///
/// # Errors
///
/// Returns an error if the table is not as it should be.
pub fn source_sizes(load: &LoadTable<'_>) -> Result<HashMap<Arc<str>, u64>, StoredError> {
    let rows = stored_rows(load, TABLE, &schema(), SourceObject::default)?;
    let sizes = rows
        .into_iter()
        .map(|(_, found)| (found.object, found.stored_bytes));
    Ok(sizes.collect())
}

fn schema() -> TableSchema<'static, SourceObject> {
    TableSchema::<SourceObject>::builder()
        .text("object_key", |found| Some(&found.object))
        .required(|found, key| found.object = key.into())
        .integer("stored_bytes", |found| Some(found.stored_bytes))
        .required(|found, bytes| found.stored_bytes = bytes)
        .text("etag", |found| found.etag.as_deref())
        .optional(|found, etag| found.etag = etag.map(String::into_boxed_str))
        .text("sha256", |found| found.sha256.as_deref())
        .optional(|found, hash| found.sha256 = hash.map(String::into_boxed_str))
        .build()
}
