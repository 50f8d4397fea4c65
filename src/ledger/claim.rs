//! Ledgers that one process alone writes to.

use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind, Write};
use std::path::Path;

use super::folder::{Ledger, check_free, holds_only, is_free};
use super::part::{self, UNFINISHED_PLAN};
use super::{DAMAGED, LISTINGS, LOCK, LedgerError, PARTS, PLAN, Purpose, Scope};

/// The content of the lock file, so that it is not an empty object where an archive contains the
/// ledger.
const LOCK_TEXT: &[u8] = b"Held by the scan that writes to this ledger.\n";

/// A ledger that this process alone writes to.
#[derive(Debug)]
pub struct ClaimedLedger {
    ledger: Ledger,
    // The operating system releases the lock when the process ends, however it ends, so a scan that
    // was killed leaves no lock that a person must remove.
    _lock: File,
}

impl Ledger {
    /// Makes this process the only one that writes to the ledger at `path`, which is created if
    /// there is none. What an earlier scan was writing when it was stopped is removed.
    ///
    /// # Errors
    ///
    /// Returns an error if the folder holds something else, another process is writing, or the
    /// ledger was scanned for something else.
    pub fn claim(path: &Path, scope: &Scope) -> Result<ClaimedLedger, LedgerError> {
        // Nothing is written, not even a lock, into the folder of something else.
        if let Some(ledger) = Self::find(path)? {
            ledger.check_scope(scope, Purpose::Resume)?;
        }
        let lock = lock(path)?;
        write_missing_plan(path, scope)?;
        // Another scan may have created the ledger, for something else, before this one had the
        // lock. Only what is read under the lock is sure to stay.
        let ledger = Self::open(path)?;
        ledger.check_scope(scope, Purpose::Resume)?;
        if !ledger.scope().is_of_this_format() {
            // An older program must not take the parts that will be added for damaged ones.
            part::write_plan(&path.join(PLAN), scope)?;
        }
        part::remove_unfinished(&path.join(PARTS))?;
        Ok(ClaimedLedger {
            ledger,
            _lock: lock,
        })
    }

    /// Checks that the content of a folder may be removed: it is a ledger, of this or another
    /// version, even one whose plan was cut; or there is nothing.
    ///
    /// # Errors
    ///
    /// Returns an error if the folder holds something else.
    pub fn check_clear(path: &Path) -> Result<(), LedgerError> {
        match may_be_cleared(path) {
            true => Ok(()),
            false => Err(LedgerError::Foreign(path.to_owned())),
        }
    }

    /// Removes the content of a ledger, so that another may be created in its place.
    ///
    /// # Errors
    ///
    /// Returns an error if the folder holds something else, another process is writing, or
    /// something cannot be removed.
    pub fn clear(path: &Path) -> Result<(), LedgerError> {
        Self::check_clear(path)?;
        let _lock = lock(path)?;
        for folder in [PARTS, LISTINGS, DAMAGED].map(|name| path.join(name)) {
            part::removed(&folder, fs::remove_dir_all(&folder))?;
        }
        // The plan is removed last: as long as it is there, the rest is known to be a ledger's.
        let plan = path.join(PLAN);
        part::removed(&plan, fs::remove_file(&plan))
    }

    /// Removes the folder at the place of a new ledger, if there is one, with what the first moment
    /// of a scan leaves.
    ///
    /// # Errors
    ///
    /// Returns an error if the folder holds something else, or a scan has just begun there.
    pub(super) fn vacate(path: &Path) -> Result<(), LedgerError> {
        check_free(path)?;
        if !path.exists() {
            return Ok(());
        }
        let _lock = lock(path)?;
        // Another process may have written a ledger before this one had the lock.
        check_free(path)?;
        for name in [UNFINISHED_PLAN, LOCK] {
            let file = path.join(name);
            part::removed(&file, fs::remove_file(&file))?;
        }
        match fs::remove_dir(path) {
            Err(error) if error.kind() == ErrorKind::DirectoryNotEmpty => {
                Err(LedgerError::Occupied(path.to_owned()))
            }
            result => part::removed(path, result),
        }
    }
}

impl ClaimedLedger {
    /// Returns the ledger.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Moves a damaged part out of the way, so that its objects are read again. It is not removed.
    ///
    /// # Errors
    ///
    /// Returns an error if it cannot be moved.
    pub fn set_aside(&self, part: &Path) -> Result<(), LedgerError> {
        let aside = self.ledger.path().join(DAMAGED);
        let moved = move_into(part, &aside);
        moved.map_err(|error| LedgerError::io(part, error))
    }
}

fn may_be_cleared(path: &Path) -> bool {
    match fs::read(path.join(PLAN)) {
        // A plan that was cut does not say whose it is, but only a ledger has these files alone.
        Ok(plan) if Scope::is_cut(&plan) => holds_only(
            path,
            &[PLAN, PARTS, LISTINGS, DAMAGED, LOCK, UNFINISHED_PLAN],
        ),
        Ok(plan) => Scope::is_of_backtrail(&plan),
        Err(_) => is_free(path),
    }
}

fn write_missing_plan(folder: &Path, scope: &Scope) -> Result<(), LedgerError> {
    let plan = folder.join(PLAN);
    // The plan comes before any part, since only the plan says what a part was scanned for.
    match plan.exists() {
        true => Ok(()),
        false => part::write_plan(&plan, scope),
    }
}

fn move_into(part: &Path, folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let place = folder.join(part.file_name().unwrap_or_default());
    // The same part may have been set aside before, and copied back since.
    if place.is_dir() {
        fs::remove_dir_all(&place)?;
    }
    fs::rename(part, place)
}

fn lock(path: &Path) -> Result<File, LedgerError> {
    let place = path.join(LOCK);
    let failed = |error| LedgerError::io(&place, error);
    let mut file = lock_file(path, &place).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => {
            write_text(&mut file).map_err(failed)?;
            Ok(file)
        }
        Err(TryLockError::WouldBlock) => Err(LedgerError::Busy(path.to_owned())),
        Err(TryLockError::Error(error)) => Err(failed(error)),
    }
}

/// Writes the text of the lock file through the handle that holds the lock. On Windows, no other
/// handle may write to it, not even one of this process.
fn write_text(lock: &mut File) -> io::Result<()> {
    lock.set_len(0)?;
    lock.write_all(LOCK_TEXT)
}

fn lock_file(folder: &Path, place: &Path) -> io::Result<File> {
    fs::create_dir_all(folder)?;
    // Another process may hold the lock, so the file keeps its text.
    let mut options = File::options();
    options.create(true).truncate(false).write(true).open(place)
}
