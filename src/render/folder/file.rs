//! Files that are written once, with their hashes.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, ErrorKind, Read, Write};
use std::path::Path;

use sha2::{Digest, Sha256};

use super::error::FolderError;
use crate::table::format::WriteError;

/// A writer that hashes and counts what is written.
struct Hashed<W> {
    inner: W,
    hasher: Sha256,
    bytes: u64,
}

/// The size and hash of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Written {
    /// The size in bytes.
    pub(super) bytes: u64,
    /// The SHA-256 in hexadecimal digits.
    pub(super) sha256: String,
}

/// The sizes and hashes of files, by their names.
pub(super) type WrittenFiles = BTreeMap<String, Written>;

impl<W> Hashed<W> {
    fn new(inner: W) -> Self {
        Self {
            inner,
            hasher: Sha256::new(),
            bytes: 0,
        }
    }

    fn finish(self) -> Written {
        Written {
            bytes: self.bytes,
            sha256: hex::encode(self.hasher.finalize()),
        }
    }
}

impl<W: Write> Write for Hashed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.hasher.update(bytes.get(..written).unwrap_or_default());
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// A reader that hashes what is read.
pub(super) struct HashingReader<R> {
    inner: R,
    hashed: Hashed<io::Sink>,
}

impl<R> HashingReader<R> {
    pub(super) fn new(inner: R) -> Self {
        Self {
            inner,
            hashed: Hashed::new(io::sink()),
        }
    }

    /// Returns the size and the hash of what was read.
    pub(super) fn finish(self) -> Written {
        self.hashed.finish()
    }
}

impl<R: Read> Read for HashingReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.hashed
            .write_all(buffer.get(..read).unwrap_or_default())?;
        Ok(read)
    }
}

/// Creates a file with the contents that `write` writes, and waits until it is stored. Returns the
/// size and the SHA-256 of the contents.
pub(super) fn write_file(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> Result<(), WriteError>,
) -> Result<Written, FolderError> {
    try_write_file(path, write).map_err(|error| FolderError::Write {
        path: path.to_owned(),
        error,
    })
}

/// Writes a file of this name into a folder, and adds it to the files.
pub(super) fn add_file(
    files: &mut WrittenFiles,
    folder: &Path,
    name: &str,
    write: impl FnOnce(&mut dyn Write) -> Result<(), WriteError>,
) -> Result<(), FolderError> {
    let written = write_file(&folder.join(name), write)?;
    files.insert(name.to_owned(), written);
    Ok(())
}

fn try_write_file(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> Result<(), WriteError>,
) -> Result<Written, WriteError> {
    let mut out = BufWriter::new(Hashed::new(File::create(path)?));
    write(&mut out)?;
    let hashed = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    // After a crash, the new name of a file may be there without its contents.
    hashed.inner.sync_all()?;
    Ok(hashed.finish())
}

/// Returns whether a file has contents with this SHA-256.
pub(super) fn has_hash(path: &Path, hash: &str) -> bool {
    let read = File::open(path).and_then(hash_of);
    read.is_ok_and(|read| read.sha256 == hash)
}

/// Reads to the end, and returns the size and the hash of what was read.
///
/// # Errors
///
/// Returns an error if the reader fails.
pub(super) fn hash_of(mut reader: impl Read) -> io::Result<Written> {
    let mut hashed = Hashed::new(io::sink());
    io::copy(&mut reader, &mut hashed)?;
    Ok(hashed.finish())
}

/// Removes a file, if it is there.
pub(super) fn remove_file(path: &Path) -> Result<(), FolderError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        other => other.map_err(FolderError::at(path)),
    }
}

/// Gives a file its final name.
pub(super) fn rename(from: &Path, to: &Path) -> Result<(), FolderError> {
    fs::rename(from, to).map_err(FolderError::at(to))
}
