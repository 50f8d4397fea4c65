//! What scans have written down: a folder that grows with each scan and is never read twice.
//!
//! ```text
//! DIR/plan.json                what was looked for; every part was scanned for it
//! DIR/parts/part-…/part.json   the files of a part, with their rows and hashes
//! DIR/parts/part-…/*.parquet   objects, attempts, lifecycle, problems, counts
//! DIR/lock                     held by the scan that writes
//! ```
//!
//! A part is written under another name and renamed when it is whole, so that a scan that is
//! stopped at any moment loses the part that it was writing and nothing else. Parts are never
//! changed. An object that was read again, since its content changed or its source had failed,
//! stands in several parts, and the reading that was made last counts.

pub mod check;
mod columns;
pub mod contents;
mod index;
pub mod info;
pub mod merge;
mod part;
mod read;
pub mod scope;
mod tables;
pub mod writer;

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

pub use check::{LedgerCheck, check};
pub use contents::{Contents, RequestedObjects};
pub use info::{Info, info};
pub use merge::merge;
pub use read::Read;
pub use scope::{Purpose, Scope};
pub use writer::{ScanRun, Writer};

/// What was looked for.
const PLAN: &str = "plan.json";

/// The folder of the parts.
const PARTS: &str = "parts";

/// The folder that damaged parts are moved to.
const DAMAGED: &str = "damaged";

/// The file whose lock the scan holds that writes.
const LOCK: &str = "lock";

/// What the lock file says, so that it is no empty object where an archive holds a ledger.
const LOCK_TEXT: &[u8] = b"Held by the scan that writes to this ledger.\n";

/// Why a ledger cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// There is none.
    #[error("there is no ledger in `{0}`: it has no {PLAN}")]
    None(PathBuf),
    /// The folder holds something else.
    #[error("`{0}` is neither empty nor a ledger. Choose another folder")]
    Foreign(PathBuf),
    /// Its plan cannot be read.
    #[error(
        "cannot read `{path}`: {detail}. Choose another folder, or discard the ledger with --rescan"
    )]
    Plan {
        /// The file.
        path: PathBuf,
        /// Why.
        detail: String,
    },
    /// It was scanned for something else.
    #[error("the ledger `{path}` cannot be used for this: {difference}")]
    Scope {
        /// The folder.
        path: PathBuf,
        /// What is different, and what to do.
        difference: String,
    },
    /// Another scan writes to it.
    #[error("another scan is writing to the ledger `{0}`. Wait until it has ended")]
    Busy(PathBuf),
    /// A part is not what its writer left.
    #[error("part `{part}` of the ledger is damaged: {detail}")]
    Part {
        /// The folder of the part.
        part: PathBuf,
        /// What is wrong.
        detail: String,
    },
    /// A file or folder cannot be used.
    #[error("cannot use `{path}`: {error}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The answer of the operating system.
        error: io::Error,
    },
}

/// A ledger that may be read.
#[derive(Clone, Debug)]
pub struct Ledger {
    path: PathBuf,
    scope: Scope,
}

/// A ledger that this process alone writes to. The lock ends with the process, however it ends.
#[derive(Debug)]
pub struct ClaimedLedger {
    ledger: Ledger,
    _lock: File,
}

impl Ledger {
    /// Opens a ledger.
    ///
    /// # Errors
    ///
    /// Returns an error if there is none, or its plan cannot be read.
    pub fn open(path: &Path) -> Result<Self, LedgerError> {
        let plan = path.join(PLAN);
        let text = match fs::read_to_string(&plan) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(LedgerError::None(path.to_owned()));
            }
            Err(error) => return Err(LedgerError::Io { path: plan, error }),
        };
        let scope =
            Scope::parse(&text).map_err(|detail| LedgerError::Plan { path: plan, detail })?;
        Ok(Self {
            path: path.to_owned(),
            scope,
        })
    }

    /// Opens a ledger if there is one.
    ///
    /// # Errors
    ///
    /// Returns an error if the folder holds something else, or its plan cannot be read.
    pub fn find(path: &Path) -> Result<Option<Self>, LedgerError> {
        match Self::open(path) {
            Ok(ledger) => Ok(Some(ledger)),
            Err(LedgerError::None(_)) if is_free(path) => Ok(None),
            Err(LedgerError::None(_)) => Err(LedgerError::Foreign(path.to_owned())),
            Err(error) => Err(error),
        }
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What was looked for.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// Checks that what the ledger holds answers what is asked.
    ///
    /// # Errors
    ///
    /// Returns an error if it does not; says what is different.
    pub fn check_scope(&self, asked: &Scope, purpose: Purpose) -> Result<(), LedgerError> {
        match self.scope.difference(asked, purpose) {
            None => Ok(()),
            Some(difference) => Err(LedgerError::Scope {
                path: self.path.clone(),
                difference,
            }),
        }
    }

    /// The folders of the parts, in the order of their names.
    ///
    /// # Errors
    ///
    /// Returns an error if they cannot be listed.
    pub fn parts(&self) -> Result<Vec<PathBuf>, LedgerError> {
        let folder = self.path.join(PARTS);
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => {
                return Err(LedgerError::Io {
                    path: folder,
                    error,
                });
            }
        };
        let paths = entries
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<io::Result<Vec<_>>>();
        let paths = paths.map_err(|error| LedgerError::Io {
            path: folder,
            error,
        })?;
        let mut parts: Vec<PathBuf> = paths
            .into_iter()
            .filter(|path| part::is_part(path))
            .collect();
        parts.sort();
        Ok(parts)
    }

    /// Makes this process the only one that writes to the ledger at `path`, which is begun where
    /// there is none. What an earlier scan was writing when it was stopped is removed.
    ///
    /// # Errors
    ///
    /// Returns an error if the folder holds something else, another process writes to it, or it was
    /// scanned for something else.
    pub fn claim(path: &Path, scope: &Scope) -> Result<ClaimedLedger, LedgerError> {
        if let Some(ledger) = Self::find(path)? {
            ledger.check_scope(scope, Purpose::Resume)?;
        }
        let lock = lock(path)?;
        let plan = path.join(PLAN);
        if !plan.exists() {
            part::write_plan(&plan, &scope.text())?;
        }
        // Another scan may have begun it before this one had the lock.
        let ledger = Self::open(path)?;
        ledger.check_scope(scope, Purpose::Resume)?;
        part::remove_unfinished(&path.join(PARTS))?;
        Ok(ClaimedLedger {
            ledger,
            _lock: lock,
        })
    }

    /// Checks that what is in a folder may be removed: it is a ledger, of this or another version,
    /// even one whose plan was cut; or there is nothing.
    ///
    /// # Errors
    ///
    /// Returns an error if the folder holds something else.
    pub fn check_clear(path: &Path) -> Result<(), LedgerError> {
        let may_be_cleared = match fs::read(path.join(PLAN)) {
            Ok(plan) if Scope::is_cut(&plan) => {
                holds_only(path, &[PLAN, PARTS, DAMAGED, LOCK, part::UNFINISHED_PLAN])
            }
            Ok(plan) => Scope::is_of_backtrail(&plan),
            Err(_) => is_free(path),
        };
        if may_be_cleared {
            Ok(())
        } else {
            Err(LedgerError::Foreign(path.to_owned()))
        }
    }

    /// Removes what a ledger holds, so that another may be begun in its place.
    ///
    /// # Errors
    ///
    /// Returns an error if the folder holds something else, another process writes to it, or
    /// something cannot be removed.
    pub fn clear(path: &Path) -> Result<(), LedgerError> {
        Self::check_clear(path)?;
        let _lock = lock(path)?;
        for folder in [PARTS, DAMAGED].map(|name| path.join(name)) {
            part::removed(&folder, fs::remove_dir_all(&folder))?;
        }
        let plan = path.join(PLAN);
        part::removed(&plan, fs::remove_file(&plan))
    }
}

impl ClaimedLedger {
    /// The ledger.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Moves a damaged part aside, so that what it held is read again. It is not removed.
    ///
    /// # Errors
    ///
    /// Returns an error if it cannot be moved.
    pub fn set_aside(&self, part: &Path) -> Result<(), LedgerError> {
        let aside = self.ledger.path.join(DAMAGED);
        let moved = || {
            fs::create_dir_all(&aside)?;
            let place = aside.join(part.file_name().unwrap_or_default());
            if place.is_dir() {
                fs::remove_dir_all(&place)?;
            }
            fs::rename(part, place)
        };
        moved().map_err(|error| LedgerError::Io {
            path: part.to_owned(),
            error,
        })
    }
}

/// Whether a ledger may be begun in a folder: it is not there, is empty, or holds what the very
/// first moment of a scan leaves.
fn is_free(path: &Path) -> bool {
    holds_only(path, &[LOCK, part::UNFINISHED_PLAN])
}

/// Whether a folder holds nothing but these, or is not there.
fn holds_only(path: &Path, names: &[&str]) -> bool {
    let is_known = |name: &std::ffi::OsStr| names.iter().any(|known| name == *known);
    match fs::read_dir(path) {
        Ok(mut entries) => {
            entries.all(|entry| entry.is_ok_and(|entry| is_known(&entry.file_name())))
        }
        Err(error) => error.kind() == io::ErrorKind::NotFound,
    }
}

fn lock(path: &Path) -> Result<File, LedgerError> {
    let file = path.join(LOCK);
    let io = |error| LedgerError::Io {
        path: file.clone(),
        error,
    };
    fs::create_dir_all(path).map_err(io)?;
    let lock = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&file)
        .map_err(io)?;
    match lock.try_lock() {
        Ok(()) => {
            fs::write(&file, LOCK_TEXT).map_err(io)?;
            Ok(lock)
        }
        Err(TryLockError::WouldBlock) => Err(LedgerError::Busy(path.to_owned())),
        Err(TryLockError::Error(error)) => Err(io(error)),
    }
}
