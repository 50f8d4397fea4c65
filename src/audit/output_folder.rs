//! The folder of the report, where it is within the archive.
//!
//! It is left out of the archive, or each audit would read what the last one wrote. So it must hold
//! nothing else, which would be left out in silence.

use std::io;
use std::path::{Path, PathBuf};

use super::{Audit, AuditError};
use crate::render::folder::ReportFolder;

impl Audit {
    /// Checks that the folder of the report holds no file of the archive at these paths.
    ///
    /// # Errors
    ///
    /// Returns an error if it does, or if the folder cannot be listed.
    pub(super) fn check_output(&self, paths: &[PathBuf]) -> Result<(), AuditError> {
        let Some(folder) = &self.output else {
            return Ok(());
        };
        match file_of_archive(folder, paths) {
            Ok(None) => Ok(()),
            Ok(Some(file)) => Err(AuditError::InArchive {
                report: folder.clone(),
                file,
            }),
            Err(source) => Err(AuditError::Path {
                path: folder.clone(),
                source,
            }),
        }
    }
}

/// Returns a file of the archive at these paths that is in the folder of the report.
fn file_of_archive(folder: &Path, paths: &[PathBuf]) -> io::Result<Option<PathBuf>> {
    // A folder that is not there yet holds nothing.
    let Ok(place) = folder.canonicalize() else {
        return Ok(None);
    };
    match paths.iter().any(|path| holds(path, &place)) {
        true => ReportFolder::foreign_file(folder),
        false => Ok(None),
    }
}

/// Returns whether a path, or one that its wildcards match, leads to a folder that this folder is
/// or is in.
fn holds(path: &Path, folder: &Path) -> bool {
    let leads_there = |path: &Path| {
        let place = path.canonicalize();
        place.is_ok_and(|place| folder.starts_with(place))
    };
    if path.exists() {
        return leads_there(path);
    }
    let matching = path.to_str().and_then(|pattern| glob::glob(pattern).ok());
    let mut matching = matching.into_iter().flatten().flatten();
    matching.any(|path| leads_there(&path))
}
