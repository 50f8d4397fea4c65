//! The ends of a file, by which a table is recognized that was written before.

use crate::table::Table;

/// The first and the last bytes of a file. Those of a small file are the same.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileEnds {
    /// The first bytes.
    pub first: Vec<u8>,
    /// The last bytes.
    pub last: Vec<u8>,
}

/// Returns true if bytes contain the names of all columns of a table.
pub(super) fn has_names(bytes: &[u8], table: &Table<'_>) -> bool {
    let mut names = table.columns.iter().map(|column| column.name);
    names.all(|name| memchr::memmem::find(bytes, name.as_bytes()).is_some())
}
