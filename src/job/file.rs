//! Reading files that the user wrote.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::fault::Fault;
use super::log_group::UnknownLogGroup;
use crate::text::printable_path;

/// The mark that some editors write at the beginning of UTF-8.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// The reason for which a file that the user wrote cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JobError {
    /// The file cannot be read.
    #[error("cannot read {}: {error}", printable_path(path))]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The error of the system.
        #[source]
        error: io::Error,
    },
    /// The content of the file is wrong.
    #[error("{}: {fault}", printable_path(path))]
    Wrong {
        /// The file.
        path: PathBuf,
        /// The error in it.
        #[source]
        fault: Fault,
    },
    /// No metric filter is of a log group that was chosen.
    #[error(transparent)]
    LogGroup(#[from] UnknownLogGroup),
}

impl JobError {
    fn unreadable(path: &Path, error: io::Error) -> Self {
        let path = path.to_owned();
        Self::Unreadable { path, error }
    }

    pub(super) fn wrong(path: &Path, fault: Fault) -> Self {
        let path = path.to_owned();
        Self::Wrong { path, fault }
    }
}

/// Reads a whole file, or standard input for `-`, as text.
pub(super) fn read_text(path: &Path) -> Result<String, JobError> {
    let bytes = read_bytes(path).map_err(|error| JobError::unreadable(path, error))?;
    let text = String::from_utf8(bytes).map_err(|error| JobError::wrong(path, error.into()))?;
    match text.strip_prefix(BYTE_ORDER_MARK) {
        Some(rest) => Ok(rest.to_owned()),
        None => Ok(text),
    }
}

fn read_bytes(path: &Path) -> io::Result<Vec<u8>> {
    if path != Path::new("-") {
        return std::fs::read(path);
    }
    let mut bytes = Vec::new();
    io::stdin().read_to_end(&mut bytes)?;
    Ok(bytes)
}
