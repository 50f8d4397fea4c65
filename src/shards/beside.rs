//! Temporary folders beside what they are for: a folder is only renamed, and a file only linked,
//! within a file system.

use std::path::Path;
use std::{fs, io};

use tempfile::TempDir;

use super::ShardError;
use crate::ledger::parent_folder;

/// Creates a folder beside a path, with this beginning of its name. It is removed when it is
/// dropped.
///
/// # Errors
///
/// Returns an error if it cannot be created.
pub fn folder_beside(path: &Path, prefix: &str) -> Result<TempDir, ShardError> {
    let parent = parent_folder(path);
    create_in(parent, prefix).map_err(|error| ShardError::io(parent, error))
}

fn create_in(parent: &Path, prefix: &str) -> io::Result<TempDir> {
    fs::create_dir_all(parent)?;
    tempfile::Builder::new().prefix(prefix).tempdir_in(parent)
}
