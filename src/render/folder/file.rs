//! Files that are written once, with their hashes.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use sha2::{Digest, Sha256};

use super::error::FolderError;
use crate::table::format::WriteError;

/// A writer that hashes what is written.
struct Hashed<W> {
    inner: W,
    hasher: Sha256,
}

impl<W: Write> Write for Hashed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.hasher.update(bytes.get(..written).unwrap_or_default());
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// Creates a file with the contents that `write` writes, and waits until it is stored. Returns the
/// SHA-256 of the contents.
pub(super) fn write_file(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> Result<(), WriteError>,
) -> Result<String, FolderError> {
    try_write_file(path, write).map_err(|error| FolderError::Write {
        path: path.to_owned(),
        error,
    })
}

fn try_write_file(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> Result<(), WriteError>,
) -> Result<String, WriteError> {
    let hashed = Hashed {
        inner: File::create(path)?,
        hasher: Sha256::new(),
    };
    let mut out = BufWriter::new(hashed);
    write(&mut out)?;
    let hashed = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    // After a crash, the new name of a file may be there without its contents.
    hashed.inner.sync_all()?;
    Ok(hexadecimal(&hashed.hasher.finalize()))
}

/// Returns whether a file has contents with this SHA-256.
pub(super) fn has_hash(path: &Path, hash: &str) -> bool {
    let mut hashed = Hashed {
        inner: io::sink(),
        hasher: Sha256::new(),
    };
    let copied = File::open(path).and_then(|mut file| io::copy(&mut file, &mut hashed));
    copied.is_ok() && hexadecimal(&hashed.hasher.finalize()) == hash
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Removes a file, if it is there.
pub(super) fn remove_file(path: &Path) -> Result<(), FolderError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other.map_err(FolderError::at(path)),
    }
}

/// Gives a file its final name.
pub(super) fn rename(from: &Path, to: &Path) -> Result<(), FolderError> {
    fs::rename(from, to).map_err(FolderError::at(to))
}
