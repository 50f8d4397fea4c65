//! Folders that are written under a name of their own, and renamed when they are complete.
//!
//! Beside each is a file whose lock is held while the folder is written. The operating system
//! releases the lock when the process ends, however it ends, so that others know what may be
//! removed. On some network file systems other machines do not see the lock, so the name has that
//! of the machine, and no other one removes the folder.

use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// The end of the name of the file whose lock is held while a folder is written.
const LOCK: &str = ".lock";

/// Ends the name of the machine, in which it does not occur.
const SEPARATOR: char = '_';

/// A folder that is being written. It is removed unless it is renamed.
#[derive(Debug)]
pub struct WorkingFolder {
    path: PathBuf,
    lock_file: PathBuf,
    _lock: File,
}

/// Returns the folder in which a path is.
pub fn parent_folder(path: &Path) -> &Path {
    let parent = path.parent();
    // The parent of a bare name is empty, which is not a folder that can be created.
    let parent = parent.filter(|parent| !parent.as_os_str().is_empty());
    parent.unwrap_or(Path::new("."))
}

impl WorkingFolder {
    /// Creates a folder below `parent` with a name that no other has, and that begins with
    /// `prefix`.
    ///
    /// # Errors
    ///
    /// Returns an error if it cannot be created.
    pub fn create(parent: &Path, prefix: &str) -> io::Result<Self> {
        let prefix = own_prefix(prefix);
        let mut names = tempfile::Builder::new();
        names.prefix(&prefix).suffix(LOCK);
        loop {
            // The lock comes before the folder, so that a folder without one is abandoned.
            let lock_file = names.tempfile_in(parent)?;
            unless_unsupported(lock_file.as_file().lock())?;
            // Another process may have taken the file for an abandoned one before it was locked.
            if !lock_file.path().exists() {
                continue;
            }
            let (lock, lock_file) = lock_file.keep()?;
            let created = Self {
                path: lock_file.with_extension(""),
                lock_file,
                _lock: lock,
            };
            fs::create_dir(&created.path)?;
            return Ok(created);
        }
    }

    /// Removes the folders below `parent` whose names begin with `prefix`, and that processes of
    /// this machine were writing which have ended.
    ///
    /// # Errors
    ///
    /// Returns an error if `parent` cannot be listed.
    pub fn remove_abandoned(parent: &Path, prefix: &str) -> io::Result<()> {
        let prefix = own_prefix(prefix);
        for entry in fs::read_dir(parent)? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if !name.starts_with(&prefix) {
                continue;
            }
            match name.strip_suffix(LOCK) {
                Some(folder) => remove_if_abandoned(&path, &path.with_file_name(folder)),
                None => remove_if_abandoned(&lock_file(&path), &path),
            }
        }
        Ok(())
    }

    /// Returns the path.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for WorkingFolder {
    fn drop(&mut self) {
        // After it was renamed, it has another name.
        let _ = fs::remove_dir_all(&self.path);
        let _ = fs::remove_file(&self.lock_file);
    }
}

/// Returns the result of locking a file, which succeeds where the file system has no locks. Nothing
/// that a process leaves there is taken for abandoned.
fn unless_unsupported(locked: io::Result<()>) -> io::Result<()> {
    match locked {
        Err(error) if error.kind() != ErrorKind::Unsupported => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Removes a folder, and the file whose lock its writer held, if the writer has ended.
fn remove_if_abandoned(lock_file: &Path, folder: &Path) {
    // NFS gives a lock that excludes others only to those who may write.
    let opened = File::options().write(true).open(lock_file);
    // What cannot be removed, such as the folder of another user, does no harm.
    match opened.map(|file| (file.try_lock(), file)) {
        Ok((Ok(()), _lock)) => {
            let _ = fs::remove_dir_all(folder);
            let _ = fs::remove_file(lock_file);
        }
        Ok((Err(TryLockError::WouldBlock | TryLockError::Error(_)), _)) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let _ = fs::remove_dir_all(folder);
        }
        Err(_) => {}
    }
}

fn lock_file(folder: &Path) -> PathBuf {
    let mut name = folder.as_os_str().to_owned();
    name.push(LOCK);
    name.into()
}

/// Returns the beginning of the names of this machine.
fn own_prefix(prefix: &str) -> String {
    format!("{prefix}{}{SEPARATOR}", escaped(&machine()))
}

/// Returns the name of this machine.
#[cfg(unix)]
fn machine() -> Vec<u8> {
    rustix::system::uname().nodename().to_bytes().to_vec()
}

/// Returns nothing: the locks of other systems are those of the server, so all machines see them.
#[cfg(not(unix))]
fn machine() -> Vec<u8> {
    Vec::new()
}

/// Returns a name as a part of the name of a file, in which different names stay different.
fn escaped(name: &[u8]) -> String {
    let mut text = String::new();
    for byte in name {
        match byte {
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'-' => text.push(char::from(*byte)),
            _ => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const PREFIX: &str = ".writing-";

    fn folder_at(path: PathBuf) -> PathBuf {
        fs::create_dir(&path).expect("a folder");
        fs::write(path.join("file"), "").expect("a file");
        path
    }

    #[test]
    fn what_ended_processes_left_is_removed_and_what_living_ones_write_is_not() {
        let place = tempfile::tempdir().expect("a folder");
        let own = own_prefix(PREFIX);
        let without_lock = folder_at(place.path().join(format!("{own}a")));
        let killed = folder_at(place.path().join(format!("{own}b")));
        let lock_alone = lock_file(&place.path().join(format!("{own}c")));
        for lock in [&lock_file(&killed), &lock_alone] {
            File::create(lock).expect("a file");
        }
        let living = WorkingFolder::create(place.path(), PREFIX).expect("a folder");
        WorkingFolder::remove_abandoned(place.path(), PREFIX).expect("removed");
        assert!(living.path().exists() && living.lock_file.exists());
        for gone in [&without_lock, &killed, &lock_file(&killed), &lock_alone] {
            assert!(!gone.exists(), "{gone:?}");
        }
        drop(living);
        assert_eq!(fs::read_dir(place.path()).expect("a folder").count(), 0);
    }

    #[test]
    fn what_another_machine_writes_is_never_removed() {
        let place = tempfile::tempdir().expect("a folder");
        let machine = escaped(&machine());
        for other in [
            "another",
            &format!("{machine}-2"),
            &format!("{machine}%2E2"),
        ] {
            // Its lock is not seen here.
            let folder = folder_at(place.path().join(format!("{PREFIX}{other}_a")));
            File::create(lock_file(&folder)).expect("a file");
            WorkingFolder::remove_abandoned(place.path(), PREFIX).expect("removed");
            assert!(folder.exists() && lock_file(&folder).exists(), "{other}");
        }
    }

    #[test]
    fn a_folder_that_was_renamed_stays() {
        let place = tempfile::tempdir().expect("a folder");
        let folder = WorkingFolder::create(place.path(), PREFIX).expect("a folder");
        fs::rename(folder.path(), place.path().join("complete")).expect("renamed");
        drop(folder);
        let left = fs::read_dir(place.path()).expect("a folder");
        let left: Vec<_> = left
            .map(|entry| entry.expect("an entry").file_name())
            .collect();
        assert_eq!(left, ["complete"]);
    }

    #[test]
    fn a_file_system_need_not_have_locks() {
        let locked = |kind: ErrorKind| unless_unsupported(Err(kind.into()));
        assert!(locked(ErrorKind::Unsupported).is_ok());
        assert!(locked(ErrorKind::StorageFull).is_err());
        assert!(unless_unsupported(Ok(())).is_ok());
    }

    #[test]
    fn different_machines_have_different_names() {
        for (name, expected) in [
            ("node-1", "node-1"),
            ("node.1", "node%2E1"),
            ("node_1", "node%5F1"),
            ("../x", "%2E%2E%2Fx"),
            ("%", "%25"),
            ("", ""),
        ] {
            assert_eq!(escaped(name.as_bytes()), expected);
        }
    }
}
