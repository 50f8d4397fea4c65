//! Reading files that the user wrote.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// The mark that some editors write at the beginning of UTF-8.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// The reason for which a file that the user wrote cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// The file cannot be read.
    #[error("cannot read {}: {error}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The error of the system.
        #[source]
        error: io::Error,
    },
    /// The content of the file is wrong.
    #[error("{}: {detail}", path.display())]
    Wrong {
        /// The file.
        path: PathBuf,
        /// The error in it, with its line if known.
        detail: String,
    },
}

impl JobError {
    fn unreadable(path: &Path, error: io::Error) -> Self {
        let path = path.to_owned();
        Self::Unreadable { path, error }
    }

    pub(super) fn wrong(path: &Path, detail: String) -> Self {
        let path = path.to_owned();
        Self::Wrong { path, detail }
    }
}

/// Reads a whole file, or standard input for `-`, as text.
pub(super) fn read_text(path: &Path) -> Result<String, JobError> {
    let bytes = read_bytes(path).map_err(|error| JobError::unreadable(path, error))?;
    let text = decode(bytes).map_err(|detail| JobError::wrong(path, detail))?;
    match text.strip_prefix(BYTE_ORDER_MARK) {
        Some(rest) => Ok(rest.to_owned()),
        None => Ok(text),
    }
}

fn decode(bytes: Vec<u8>) -> Result<String, String> {
    String::from_utf8(bytes).map_err(|error| {
        let byte = error.utf8_error().valid_up_to();
        format!("the text is not UTF-8 at byte {byte}")
    })
}

fn read_bytes(path: &Path) -> io::Result<Vec<u8>> {
    if path != Path::new("-") {
        return std::fs::read(path);
    }
    let mut bytes = Vec::new();
    io::stdin().read_to_end(&mut bytes)?;
    Ok(bytes)
}
