//! Reading files that the user wrote.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::fault::Fault;
use super::log_group::UnknownLogGroup;
use crate::text::encoding::in_utf_8;
use crate::text::{printable, printable_path};

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
    /// A value is given for a parameter that no template has.
    #[error("no template has a parameter `{}`{}", printable(name), suggestion(similar.as_deref()))]
    UnknownParameter {
        /// The name.
        name: String,
        /// The parameter that was probably meant.
        similar: Option<String>,
    },
}

fn suggestion(similar: Option<&str>) -> String {
    match similar {
        Some(similar) => format!("; did you mean `{}`?", printable(similar)),
        None => String::new(),
    }
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
    String::from_utf8(in_utf_8(bytes)).map_err(|error| JobError::wrong(path, error.into()))
}

fn read_bytes(path: &Path) -> io::Result<Vec<u8>> {
    if path != Path::new("-") {
        return std::fs::read(path);
    }
    let mut bytes = Vec::new();
    io::stdin().read_to_end(&mut bytes)?;
    Ok(bytes)
}
