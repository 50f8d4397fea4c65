//! The reasons why an inventory of S3 cannot be used.

use std::io;

use super::options::FEWER_OBJECTS;
use crate::source::ReadError;
use crate::text::{counted, printable};

/// The reason why an inventory of S3 cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InventoryError {
    /// The file is not a manifest.
    #[error("it is not a manifest of S3 Inventory: {}", printable(.0))]
    Manifest(String),
    /// The data files have a format that is not read.
    #[error(
        "its data files are {}, which backtrail does not read: choose Parquet or CSV in the \
         inventory configuration, or leave out --inventory, so that the bucket is listed",
        printable(.0)
    )]
    Format(String),
    /// The data files lack a column.
    #[error(
        "it has no {0}, by which an object is recognized: add Size and ETag to the fields of the \
         inventory configuration, or leave out --inventory, so that the bucket is listed"
    )]
    Column(&'static str),
    /// A path is not an address in S3.
    #[error("it lists objects in S3, and `{}` is not an address in S3", printable(.0))]
    NotAddress(String),
    /// An address is of another bucket.
    #[error(
        "it lists the bucket `{}`, and `{}` is in another one",
        printable(bucket),
        printable(address)
    )]
    OtherBucket {
        /// The bucket that the inventory lists.
        bucket: String,
        /// The address.
        address: String,
    },
    /// A file is not there.
    #[error(
        "`{}` is not there; old inventories are often deleted, so choose a later one",
        printable(.0)
    )]
    Missing(String),
    /// A file is not as it was written.
    #[error(
        "`{}` is damaged: its MD5 is {found}, not {}. Copy it again, or choose another inventory",
        printable(file),
        printable(expected)
    )]
    Checksum {
        /// The file.
        file: String,
        /// The MD5 that it should have.
        expected: String,
        /// The MD5 that it has.
        found: String,
    },
    /// A row of a data file cannot be read.
    #[error("`{}`{}: {}", printable(file), in_row(*row), printable(detail))]
    Row {
        /// The file.
        file: String,
        /// The number of the row, counted from one. It is zero where no row can be read.
        row: u64,
        /// A description.
        detail: String,
    },
    /// There are more objects than the limit.
    #[error("it lists more than {}; {FEWER_OBJECTS}", counted(*.0, "object", "objects"))]
    TooMany(u64),
    /// S3 does not deliver a file.
    #[error("cannot read `{}`: {source}", printable(file))]
    Read {
        /// The address.
        file: String,
        /// The answer of S3.
        source: ReadError,
    },
    /// A file cannot be read, or a temporary file cannot be written.
    #[error("cannot read `{}`: {source}", printable(file))]
    Io {
        /// The file.
        file: String,
        /// The answer of the operating system.
        source: io::Error,
    },
    /// S3 cannot be reached.
    #[error(transparent)]
    Connection(#[from] ReadError),
}

fn in_row(row: u64) -> String {
    match row {
        0 => String::new(),
        row => format!(", row {row}"),
    }
}
