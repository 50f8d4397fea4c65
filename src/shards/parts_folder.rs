//! The folder of the parts of shards, which many processes write to.
//!
//! A part is written under a name that no other process has, and renamed when it is complete. So
//! two processes may scan the same shard: one of them comes second, and finds the same part.

use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::part::ShardManifest;
use super::{PlacedPart, Shard, ShardError, ShardPart, ShardPlan};
use crate::ledger::OrderedParts;

/// The beginning of the name of a part.
const PREFIX: &str = "shard-";

/// The number of digits of the identifier that are in the name of a part.
// Enough to tell shards apart. The manifest has the whole identifier, which is compared.
const NAME_DIGITS: usize = 20;

/// The beginning of the name of a folder while it is written.
const UNFINISHED: &str = ".writing-";

/// The end of the name of the file whose lock is held while a folder is written.
const LOCK: &str = ".lock";

/// The number of times that a part is moved to its place, where others may be moving theirs.
// A directory cannot be renamed onto one that is not empty, so another part must be moved away
// first, and a process that does the same may put its own there in between.
const TRIES: usize = 5;

/// The folder of the parts of shards.
#[derive(Clone, Debug)]
pub struct PartsFolder {
    path: PathBuf,
}

/// A part that is being written. It is removed unless it is published.
#[derive(Debug)]
pub struct UnfinishedPart {
    folder: PathBuf,
    lock_file: PathBuf,
    // The operating system releases the lock when the process ends, however it ends, so that others
    // know what may be removed.
    lock: Option<File>,
    place: PathBuf,
}

impl PartsFolder {
    /// Returns the folder at a path, which need not exist.
    pub fn new(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
        }
    }

    /// Returns the name of the part of a shard.
    pub fn name(shard: &Shard) -> String {
        let digits = shard.id.get(..NAME_DIGITS).unwrap_or(&shard.id);
        format!("{PREFIX}{digits}")
    }

    /// Returns the place of the part of a shard.
    pub fn place(&self, shard: &Shard) -> PathBuf {
        self.path.join(Self::name(shard))
    }

    /// Creates the folder, and removes what processes were writing there that have ended.
    ///
    /// # Errors
    ///
    /// Returns an error if the folder cannot be written to.
    pub fn prepare(&self) -> Result<(), ShardError> {
        let prepared = fs::create_dir_all(&self.path).and_then(|()| self.remove_abandoned());
        prepared.map_err(|error| ShardError::io(&self.path, error))
    }

    fn remove_abandoned(&self) -> io::Result<()> {
        for entry in fs::read_dir(&self.path)? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if !name.starts_with(UNFINISHED) {
                continue;
            }
            match name.strip_suffix(LOCK) {
                Some(folder) => remove_if_abandoned(&path, &path.with_file_name(folder)),
                None => remove_if_abandoned(&lock_file(&path), &path),
            }
        }
        Ok(())
    }

    /// Begins to write the part of a shard.
    ///
    /// # Errors
    ///
    /// Returns an error if nothing can be written.
    pub fn begin(&self, shard: &Shard) -> Result<UnfinishedPart, ShardError> {
        let begun = self.try_begin(&self.place(shard));
        begun.map_err(|error| ShardError::io(&self.path, error))
    }

    fn try_begin(&self, place: &Path) -> io::Result<UnfinishedPart> {
        let name = place.file_name().unwrap_or_default().to_string_lossy();
        let prefix = format!("{UNFINISHED}{name}-");
        let mut lock_name = tempfile::Builder::new();
        lock_name.prefix(&prefix).suffix(LOCK);
        loop {
            // The lock comes before the folder, so that a folder without one is abandoned.
            let (lock, lock_file) = lock_name.tempfile_in(&self.path)?.keep()?;
            lock.lock()?;
            // Another process may have taken the file for an abandoned one before it was locked.
            if lock_file.exists() {
                return UnfinishedPart::create(lock, lock_file, place);
            }
        }
    }
}

/// Removes a folder, and the file whose lock its writer held, if the writer has ended.
fn remove_if_abandoned(lock_file: &Path, folder: &Path) {
    // What cannot be removed, such as the folder of another user, does no harm.
    match File::open(lock_file).map(|file| (file.try_lock(), file)) {
        Ok((Ok(()), _lock)) => {
            let _ = fs::remove_dir_all(folder);
            let _ = fs::remove_file(lock_file);
        }
        // Its writer goes on, or nobody knows whether it does.
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

impl UnfinishedPart {
    fn create(lock: File, lock_file: PathBuf, place: &Path) -> io::Result<Self> {
        let folder = lock_file.with_extension("");
        fs::create_dir(&folder)?;
        Ok(Self {
            folder,
            lock_file,
            lock: Some(lock),
            place: place.to_owned(),
        })
    }
    /// Returns the folder to write to.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Publishes the part of a shard. If another process was first, its part is the same.
    ///
    /// # Errors
    ///
    /// Returns an error if the part cannot be written, or that of another process cannot be read.
    pub fn publish(
        self,
        plan: &ShardPlan,
        shard: &Shard,
        parts: OrderedParts,
    ) -> Result<ShardPart, ShardError> {
        let manifest = ShardManifest::new(plan, shard, parts);
        let text = manifest.write(&self.folder)?;
        let mut last = io::Error::from(ErrorKind::AlreadyExists);
        for _ in 0..TRIES {
            match fs::rename(&self.folder, &self.place) {
                Ok(()) => return Ok(ShardPart::new(self.place.clone(), manifest, text)),
                Err(error) => last = error,
            }
            if let PlacedPart::Proven(same) = ShardPart::prove(&self.place, plan, shard)? {
                return Ok(same);
            }
            // It is damaged, or an earlier plan's. Another process may replace it at the same time.
            self.set_aside();
        }
        Err(ShardError::io(&self.place, last))
    }

    /// Removes what is in the place of the part. What cannot be removed shows when the part is
    /// renamed.
    fn set_aside(&self) {
        // It is moved first, so that the place never holds half of a part.
        let aside = self.folder.with_extension("replaced");
        if fs::rename(&self.place, &aside).is_ok() {
            let _ = fs::remove_dir_all(&aside);
        }
    }
}

impl Drop for UnfinishedPart {
    fn drop(&mut self) {
        // After it was published, the folder has another name.
        let _ = fs::remove_dir_all(&self.folder);
        let _ = fs::remove_file(&self.lock_file);
        self.lock = None;
    }
}
