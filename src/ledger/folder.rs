//! The folder of a ledger.

use std::ffi::OsStr;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::part::{UNFINISHED_PLAN, is_part};
use super::{LOCK, LedgerError, PARTS, PLAN, Purpose, Scope};

/// A ledger that may be read.
#[derive(Clone, Debug)]
pub struct Ledger {
    path: PathBuf,
    scope: Scope,
}

impl Ledger {
    /// Opens a ledger.
    ///
    /// # Errors
    ///
    /// Returns an error if there is none, or its plan cannot be read.
    pub fn open(path: &Path) -> Result<Self, LedgerError> {
        let plan = path.join(PLAN);
        match Scope::parse(&read_plan(path, &plan)?) {
            Ok(scope) => Ok(Self {
                path: path.to_owned(),
                scope,
            }),
            Err(detail) => Err(LedgerError::Plan { path: plan, detail }),
        }
    }

    /// Opens a ledger if there is one.
    ///
    /// # Errors
    ///
    /// Returns an error if the folder holds something else, or its plan cannot be read.
    pub fn find(path: &Path) -> Result<Option<Self>, LedgerError> {
        match Self::open(path) {
            Ok(ledger) => Ok(Some(ledger)),
            Err(LedgerError::Absent(_)) if is_free(path) => Ok(None),
            Err(LedgerError::Absent(_)) => Err(LedgerError::Foreign(path.to_owned())),
            Err(error) => Err(error),
        }
    }

    /// Returns the folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the scope: the rules, range and limits of the scan.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// Checks that the ledger holds what is requested.
    ///
    /// # Errors
    ///
    /// Returns an error if it does not; the error says what is different.
    pub fn check_scope(&self, requested: &Scope, purpose: Purpose) -> Result<(), LedgerError> {
        match self.scope.difference(requested, purpose) {
            None => Ok(()),
            Some(difference) => Err(LedgerError::Scope {
                path: self.path.clone(),
                difference,
            }),
        }
    }

    /// Returns the folders of the parts, in the order of their names.
    ///
    /// # Errors
    ///
    /// Returns an error if they cannot be listed.
    pub fn parts(&self) -> Result<Vec<PathBuf>, LedgerError> {
        let folder = self.path.join(PARTS);
        let mut parts = match entries(&folder) {
            Ok(paths) => paths,
            Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(LedgerError::io(&folder, error)),
        };
        parts.retain(|path| is_part(path));
        // Systems list a folder in any order, and the first damage of all is reported.
        parts.sort();
        Ok(parts)
    }

    /// Returns the names of the folders of the parts, in order.
    ///
    /// # Errors
    ///
    /// Returns an error if they cannot be listed.
    pub fn part_names(&self) -> Result<Vec<String>, LedgerError> {
        Ok(part_names(&self.parts()?))
    }
}

/// Returns the names of the folders of parts.
pub fn part_names<'p>(parts: impl IntoIterator<Item = &'p PathBuf>) -> Vec<String> {
    let names = parts.into_iter().filter_map(|part| part.file_name());
    names
        .map(|name| name.to_string_lossy().into_owned())
        .collect()
}

fn read_plan(folder: &Path, plan: &Path) -> Result<String, LedgerError> {
    fs::read_to_string(plan).map_err(|error| match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => LedgerError::Absent(folder.to_owned()),
        _ => LedgerError::io(plan, error),
    })
}

fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder)? {
        paths.push(entry?.path());
    }
    Ok(paths)
}

/// Returns whether a ledger may be created in a folder: the folder does not exist, is empty, or
/// holds only what the first moment of a scan leaves.
pub(super) fn is_free(path: &Path) -> bool {
    holds_only(path, &[LOCK, UNFINISHED_PLAN])
}

/// Checks that a new ledger can be created at a path.
///
/// # Errors
///
/// Returns an error if there is something already.
pub fn check_free(path: &Path) -> Result<(), LedgerError> {
    match is_free(path) {
        true => Ok(()),
        false => Err(LedgerError::Occupied(path.to_owned())),
    }
}

/// Returns whether a folder holds nothing but files of these names, or does not exist.
pub(super) fn holds_only(path: &Path, names: &[&str]) -> bool {
    let is_known = |name: &OsStr| names.iter().any(|known| name == *known);
    match fs::read_dir(path) {
        Err(error) => error.kind() == ErrorKind::NotFound,
        Ok(mut entries) => {
            entries.all(|entry| entry.is_ok_and(|entry| is_known(&entry.file_name())))
        }
    }
}
