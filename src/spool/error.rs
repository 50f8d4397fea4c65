//! The error of the temporary file.

use std::io;
use std::path::PathBuf;

use crate::text::printable_path;

/// The reason why rows cannot be kept in a temporary file, or be read from it again.
#[derive(Debug, thiserror::Error)]
#[error(
    "cannot use a temporary file in `{}`: {source}. Another folder can be chosen with the \
     environment variable TMPDIR",
    printable_path(folder)
)]
pub struct SpoolError {
    /// The folder of temporary files.
    pub folder: PathBuf,
    /// The answer of the operating system, or a description of the damage.
    pub source: io::Error,
}

impl SpoolError {
    /// Returns the error of a temporary file.
    pub(super) fn new(source: io::Error) -> Self {
        Self {
            folder: std::env::temp_dir(),
            source,
        }
    }

    /// Returns the error of a temporary file with other content than was written.
    pub(super) fn of_content(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::new(io::Error::other(error))
    }
}
