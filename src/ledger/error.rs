//! The errors of ledgers.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::PLAN;
use crate::spool::SpoolError;
use crate::text::{printable, printable_path};

/// The reason why a ledger cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LedgerError {
    /// There is no ledger.
    #[error("there is no ledger in `{}`: it has no {PLAN}", printable_path(.0))]
    Absent(PathBuf),
    /// The folder holds something else.
    #[error("`{}` is neither empty nor a ledger. Choose another folder", printable_path(.0))]
    Foreign(PathBuf),
    /// There is something where a new ledger is to be written.
    #[error(
        "`{}` holds something already. Choose another folder for the new ledger",
        printable_path(.0)
    )]
    Occupied(PathBuf),
    /// The plan cannot be read.
    #[error(
        "cannot read `{}`: {}. Choose another folder, or discard the ledger with --rescan",
        printable_path(path),
        printable(detail)
    )]
    Plan {
        /// The file.
        path: PathBuf,
        /// A description of the error.
        detail: String,
    },
    /// The ledger was scanned for something else.
    #[error(
        "the ledger `{}` cannot be used for this: {}",
        printable_path(path),
        printable(difference)
    )]
    Scope {
        /// The folder.
        path: PathBuf,
        /// The difference, and a way out.
        difference: String,
    },
    /// Another scan is writing.
    #[error(
        "another scan is writing to the ledger `{}`. Wait until it has ended",
        printable_path(.0)
    )]
    Busy(PathBuf),
    /// A part is not as it was written.
    #[error(
        "part `{}` of the ledger is damaged: {}",
        printable_path(part),
        printable(detail)
    )]
    Part {
        /// The folder of the part.
        part: PathBuf,
        /// A description of the damage.
        detail: String,
    },
    /// A part or listing cannot be read, which says nothing of its content.
    #[error(
        "cannot read `{}`: {source}. Try again when it can be read",
        printable_path(path)
    )]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The answer of the operating system.
        source: io::Error,
    },
    /// An object was listed, and no reading of it came back.
    #[error("`{}` was listed, but nothing says what became of it", printable(.0))]
    Lost(String),
    /// A file or folder cannot be used.
    #[error("cannot use `{}`: {source}", printable_path(path))]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The answer of the operating system.
        source: io::Error,
    },
}

impl From<SpoolError> for LedgerError {
    fn from(error: SpoolError) -> Self {
        Self::Io {
            path: error.folder,
            source: error.source,
        }
    }
}

impl LedgerError {
    /// Returns the error of a file or folder that cannot be used.
    pub(super) fn io(path: &Path, source: io::Error) -> Self {
        Self::Io {
            path: path.to_owned(),
            source,
        }
    }

    /// Returns the error of a file of a part that cannot be read.
    pub(super) fn reading(part: &Path, file: &Path, source: io::Error) -> Self {
        if !is_of_content(source.kind()) {
            return Self::Unreadable {
                path: file.to_owned(),
                source,
            };
        }
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        Self::Part {
            part: part.to_owned(),
            detail: format!("{name}: {source}"),
        }
    }

    /// Returns whether the content is not as it was written. All other errors, such as that of a
    /// disk or a network, say nothing of it.
    pub fn is_damage(&self) -> bool {
        matches!(self, Self::Part { .. })
    }
}

/// Returns whether an error of the system shows that a file is not as it was written: it is not
/// there, ends too early, or is no file.
fn is_of_content(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::NotFound
            | ErrorKind::UnexpectedEof
            | ErrorKind::NotADirectory
            | ErrorKind::IsADirectory
    )
}
