//! The folders that are created for a report, and that nobody needs without one.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::PARTIAL;
use super::lock::LOCK;

/// The folders that were created for a report. Those that are still empty are removed with it.
#[derive(Clone, Debug)]
pub struct NewFolder {
    folder: PathBuf,
    /// The innermost comes first.
    created: Vec<PathBuf>,
}

impl NewFolder {
    /// Creates a folder, and those that it is in, as far as they do not exist.
    pub(super) fn create(folder: &Path) -> io::Result<Self> {
        let missing = folder.ancestors().take_while(|part| is_missing(part));
        let created = missing.map(Path::to_owned).collect();
        fs::create_dir_all(folder)?;
        Ok(Self {
            folder: folder.to_owned(),
            created,
        })
    }

    /// Removes what a run leaves that ends before it has written anything.
    pub fn remove_if_empty(&self) {
        let partial = self.folder.join(PARTIAL);
        // A folder in which there is anything else stays, and what cannot be removed is in nobody's
        // way.
        let _ = fs::remove_file(partial.join(LOCK));
        let _ = fs::remove_dir(partial);
        self.remove_created();
    }

    // The inner ones come first, and one with anything in it is not removed.
    fn remove_created(&self) {
        for folder in &self.created {
            let _ = fs::remove_dir(folder);
        }
    }
}

/// Removes what was created and is still empty, when the report folder is no longer needed.
#[derive(Debug)]
pub(super) struct NewFolderGuard(pub(super) NewFolder);

impl Drop for NewFolderGuard {
    fn drop(&mut self) {
        self.0.remove_created();
    }
}

fn is_missing(folder: &Path) -> bool {
    !folder.as_os_str().is_empty() && folder.symlink_metadata().is_err()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_new_and_empty_folders_are_removed() {
        let outer = tempfile::tempdir().expect("a folder");
        let inner = outer.path().join("a/b");
        NewFolder::create(&inner)
            .expect("folders")
            .remove_if_empty();
        assert!(outer.path().exists() && !outer.path().join("a").exists());
        let new = NewFolder::create(&inner).expect("folders");
        fs::write(inner.join("file"), "").expect("a file");
        new.remove_if_empty();
        assert!(inner.join("file").exists());
        fs::remove_file(inner.join("file")).expect("the file");
        NewFolder::create(&inner)
            .expect("folders")
            .remove_if_empty();
        assert!(inner.exists(), "it was there before");
    }
}
