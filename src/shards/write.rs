//! Files below a folder, in folders of their own.

use std::path::Path;
use std::{fs, io};

use super::ShardError;

/// Writes a file below a folder, after the folders that it is in.
///
/// # Errors
///
/// Returns an error if it cannot be written.
pub fn write_below(folder: &Path, file: &str, bytes: &[u8]) -> Result<(), ShardError> {
    let path = folder.join(file);
    write_with_folder(&path, bytes).map_err(|error| ShardError::io(&path, error))
}

fn write_with_folder(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, bytes)
}
