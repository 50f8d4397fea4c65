//! The reasons why places cannot be listed.

use std::io;

use super::ReadError;
use super::s3::InventoryError;
use crate::problem::ProblemKind;
use crate::spool::SpoolError;
use crate::text::printable;

/// The reason why a place cannot be listed at all.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ListError {
    /// A path that was given cannot be opened.
    #[error("cannot open `{}`: {source}", printable(path))]
    Path {
        /// The path.
        path: String,
        /// The answer of the operating system.
        source: io::Error,
    },
    /// A path with wildcards that match no file, or are invalid.
    #[error("`{}`: {detail}", printable(pattern))]
    Wildcards {
        /// The path.
        pattern: String,
        /// A description.
        detail: String,
    },
    /// There are many objects, and the temporary file for them failed.
    #[error(transparent)]
    Spool(#[from] SpoolError),
    /// An address that names no bucket.
    #[error(
        "cannot list `{}`: it names no bucket; write s3://BUCKET or s3://BUCKET/PREFIX",
        printable(.0)
    )]
    Address(String),
    /// A bucket that cannot be listed.
    #[error("cannot list `{}`: {}{source}", printable(address), advice(source))]
    Bucket {
        /// The address.
        address: String,
        /// The answer of S3.
        source: ReadError,
    },
    /// Nothing in S3 can be read.
    #[error("cannot list `{}`: {source}", printable(address))]
    Client {
        /// The first address.
        address: String,
        /// The reason, such as missing credentials.
        source: ReadError,
    },
    /// A list of objects that cannot be used.
    #[error(
        "cannot use the list `{}`{}: {}",
        printable(list),
        in_line(*line),
        printable(detail)
    )]
    ObjectList {
        /// The name of the list.
        list: String,
        /// The number of the line, counted from one. It is zero for the whole list.
        line: u64,
        /// A description.
        detail: String,
    },
    /// An inventory of S3 that cannot be used.
    #[error("cannot use the inventory `{}`: {source}", printable(manifest))]
    Inventory {
        /// The path or address of its manifest.
        manifest: String,
        /// The reason.
        source: Box<InventoryError>,
    },
}

impl ListError {
    /// Returns the error of the inventory with a manifest.
    pub fn inventory(manifest: &str, source: InventoryError) -> Self {
        Self::Inventory {
            manifest: manifest.to_owned(),
            source: Box::new(source),
        }
    }
}

/// The beginnings of answers to credentials that are wrong or have expired.
const WRONG_KEYS: [&str; 5] = [
    "ExpiredToken",
    "InvalidAccessKeyId",
    "InvalidToken",
    "SignatureDoesNotMatch",
    "TokenRefreshRequired",
];

/// Returns what to do about a bucket that cannot be listed, before what S3 says.
fn advice(error: &ReadError) -> &'static str {
    let answer = error.to_string();
    if WRONG_KEYS.iter().any(|code| answer.starts_with(code)) {
        return "check the credentials, or choose others with --profile; S3 says: ";
    }
    match error.kind() {
        ProblemKind::AccessDenied => {
            "allow `s3:ListBucket`, or choose other credentials with --profile; S3 says: "
        }
        ProblemKind::Missing => {
            "check the name of the bucket, --aws-region and --endpoint-url; S3 says: "
        }
        _ => "",
    }
}

fn in_line(line: u64) -> String {
    match line {
        0 => String::new(),
        line => format!(", line {line}"),
    }
}
