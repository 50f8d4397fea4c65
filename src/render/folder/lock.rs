//! The lock of a report folder: one process at a time writes to it.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::error::FolderError;

/// The file whose lock the process holds that writes.
pub(super) const LOCK: &str = "lock";

/// The number of times that a lock file is opened that another process removes meanwhile.
const TRIES: u32 = 100;

/// The right of this process to write to a report folder. It ends with the process, however that
/// ends.
#[derive(Debug)]
pub(super) struct FolderLock {
    /// The folder that the lock file is in, which is removed with it.
    folder: PathBuf,
    _file: File,
}

impl FolderLock {
    /// Locks the report folder `report` with a file in `folder`, which is created.
    ///
    /// # Errors
    ///
    /// Returns an error if another process holds the lock, or the file cannot be created.
    pub(super) fn claim(report: &Path, folder: &Path) -> Result<Self, FolderError> {
        for _ in 0..TRIES {
            let file = try_open(folder).map_err(FolderError::at(folder))?;
            let Some(file) = file else { continue };
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Err(FolderError::Busy(report.to_owned())),
                // Some network file systems have no locks. The hashes in the summary then show
                // whether two reports were mixed.
                Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {}
                Err(TryLockError::Error(error)) => return Err(FolderError::at(folder)(error)),
            }
            // A lock file that its last owner has removed meanwhile locks nothing.
            if is_at(&file, &folder.join(LOCK)) {
                return Ok(Self {
                    folder: folder.to_owned(),
                    _file: file,
                });
            }
        }
        Err(FolderError::Busy(report.to_owned()))
    }
}

impl Drop for FolderLock {
    fn drop(&mut self) {
        // Another process may take its place at once. What cannot be removed is in nobody's way,
        // and a folder is only removed when it is empty.
        let _ = fs::remove_file(self.folder.join(LOCK));
        let _ = fs::remove_dir(&self.folder);
    }
}

/// Opens the lock file; nothing where its folder was just removed.
fn try_open(folder: &Path) -> io::Result<Option<File>> {
    match fs::create_dir(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let mut options = File::options();
    options.create(true).truncate(false).write(true);
    match options.open(folder.join(LOCK)) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Returns whether a path leads to an open file.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    let (open, present) = (file.metadata(), fs::metadata(path));
    open.ok().map(identity) == present.ok().map(identity)
}

/// Returns what distinguishes a file from all others.
#[cfg(unix)]
fn identity(metadata: fs::Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt;
    (metadata.dev(), metadata.ino())
}

/// Returns whether a path leads to an open file. Elsewhere, an open file keeps its name.
#[cfg(not(unix))]
fn is_at(_: &File, path: &Path) -> bool {
    path.exists()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_process_at_a_time_has_the_lock() {
        let report = tempfile::tempdir().expect("a folder");
        let folder = report.path().join("partial");
        let lock = FolderLock::claim(report.path(), &folder).expect("a lock");
        let other = FolderLock::claim(report.path(), &folder);
        assert!(matches!(other, Err(FolderError::Busy(_))));
        drop(lock);
        assert!(!folder.exists());
        let lock = FolderLock::claim(report.path(), &folder).expect("a lock");
        fs::write(folder.join("manifest"), "").expect("a file");
        drop(lock);
        assert!(folder.join("manifest").exists(), "what else is there stays");
        assert!(FolderLock::claim(report.path(), &folder).is_ok());
    }

    #[test]
    #[cfg(unix)]
    fn a_lock_file_that_was_removed_locks_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(LOCK);
        let old = File::create(&path).expect("a file");
        assert!(is_at(&old, &path));
        fs::remove_file(&path).expect("the file");
        assert!(!is_at(&old, &path));
        File::create(&path).expect("a file");
        assert!(!is_at(&old, &path));
    }
}
