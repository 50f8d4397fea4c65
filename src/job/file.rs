//! Reading files that the user wrote.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::fault::Fault;
use super::log_group::UnknownLogGroup;
use crate::text::{printable, printable_path};

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
    let text = match utf_16(&bytes) {
        Some(text) => text,
        None => String::from_utf8(bytes).map_err(|error| JobError::wrong(path, error.into()))?,
    };
    match text.strip_prefix(BYTE_ORDER_MARK) {
        Some(rest) => Ok(rest.to_owned()),
        None => Ok(text),
    }
}

/// Returns the text of a file that begins with the mark of UTF-16, as the shells of Windows write
/// what AWS's tools print.
fn utf_16(bytes: &[u8]) -> Option<String> {
    let (decode, rest): (fn([u8; 2]) -> u16, _) = match bytes {
        [0xff, 0xfe, rest @ ..] => (u16::from_le_bytes, rest),
        [0xfe, 0xff, rest @ ..] => (u16::from_be_bytes, rest),
        _ => return None,
    };
    let (pairs, []) = rest.as_chunks::<2>() else {
        return None;
    };
    let units: Vec<u16> = pairs.iter().map(|pair| decode(*pair)).collect();
    String::from_utf16(&units).ok()
}

fn read_bytes(path: &Path) -> io::Result<Vec<u8>> {
    if path != Path::new("-") {
        return std::fs::read(path);
    }
    let mut bytes = Vec::new();
    io::stdin().read_to_end(&mut bytes)?;
    Ok(bytes)
}
