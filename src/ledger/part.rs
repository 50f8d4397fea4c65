//! The folder of one part: its files, and what tells whether they are what was written.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::LedgerError;
use super::scope::hexadecimal;
use crate::table::ColumnKind;
use crate::table::Table;
use crate::table::parquet;

/// What the name of a part begins with.
const PREFIX: &str = "part-";

/// The name that the plan has while it is written.
pub(super) const UNFINISHED_PLAN: &str = "plan.writing";

/// What the name of a folder begins with that is being written.
const UNFINISHED: &str = ".writing-";

/// The file that tells what belongs to a part.
const FACTS: &str = "part.json";

/// How much of the hash of a part stands in its name.
const NAME_DIGITS: usize = 20;

/// What belongs to a part.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PartFacts {
    /// The fingerprint of what was looked for.
    pub fingerprint: String,
    /// The version of the program that wrote it.
    pub version: String,
    /// What the scan was asked to read.
    pub sources: Vec<String>,
    /// Its tables; one without rows has no file.
    pub tables: BTreeMap<String, TableFacts>,
}

/// What the file of a table must be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TableFacts {
    /// How many rows.
    pub rows: usize,
    /// How many bytes.
    pub bytes: usize,
    /// The SHA-256 of the bytes, in hexadecimal digits.
    pub sha256: String,
}

/// The columns of a table, with their kinds.
pub(super) type Shape = Vec<(&'static str, ColumnKind)>;

/// A part on disk.
#[derive(Clone, Debug)]
pub struct Part {
    /// Its folder.
    pub path: PathBuf,
    /// What belongs to it.
    pub facts: PartFacts,
}

/// Whether a folder has the name of a part.
pub(super) fn is_part(path: &Path) -> bool {
    path.file_name()
        .and_then(|name| name.to_str())
        .is_some_and(|name| name.starts_with(PREFIX))
}

impl Part {
    /// Opens a part, after it was seen that its files are those that were written.
    ///
    /// # Errors
    ///
    /// Returns an error if they are not, or it does not say what belongs to it.
    pub fn open(path: &Path) -> Result<Self, LedgerError> {
        let damaged = |detail: String| LedgerError::Part {
            part: path.to_owned(),
            detail,
        };
        let text =
            fs::read(path.join(FACTS)).map_err(|error| damaged(format!("{FACTS}: {error}")))?;
        let facts: PartFacts =
            serde_json::from_slice(&text).map_err(|error| damaged(format!("{FACTS}: {error}")))?;
        let expected = name(&text);
        if path
            .file_name()
            .is_none_or(|found| found != expected.as_str())
        {
            return Err(damaged(format!(
                "{FACTS} was changed: by its hash it would be `{expected}`"
            )));
        }
        let part = Self {
            path: path.to_owned(),
            facts,
        };
        part.facts
            .tables
            .iter()
            .try_for_each(|(name, facts)| part.check_file(name, facts))?;
        Ok(part)
    }

    /// An error that says what is wrong with this part.
    pub(super) fn damaged(&self, detail: impl Into<String>) -> LedgerError {
        LedgerError::Part {
            part: self.path.clone(),
            detail: detail.into(),
        }
    }

    /// Reads a table, some of its columns or all. A table without file has no rows.
    ///
    /// # Errors
    ///
    /// Returns an error if it cannot be read as the table that it should be.
    pub(super) fn table(
        &self,
        name: &'static str,
        shape: &Shape,
    ) -> Result<Table<'static>, LedgerError> {
        let Some(facts) = self.facts.tables.get(name) else {
            return Ok(Table::empty(name, shape));
        };
        let bytes = self.bytes(name)?;
        let table = parquet::read(name, shape, bytes);
        let table = table.map_err(|error| self.damaged(format!("{}: {error}", file_name(name))))?;
        match table.rows() == facts.rows {
            true => Ok(table),
            false => Err(self.damaged(format!(
                "{} has {} rows of {}",
                file_name(name),
                table.rows(),
                facts.rows
            ))),
        }
    }

    fn bytes(&self, table: &str) -> Result<Vec<u8>, LedgerError> {
        let file = file_name(table);
        fs::read(self.path.join(&file)).map_err(|error| self.damaged(format!("{file}: {error}")))
    }

    fn check_file(&self, table: &str, facts: &TableFacts) -> Result<(), LedgerError> {
        let (bytes, file) = (self.bytes(table)?, file_name(table));
        if bytes.len() != facts.bytes {
            return Err(self.damaged(format!(
                "{file} has {} bytes of {}",
                bytes.len(),
                facts.bytes
            )));
        }
        match hexadecimal(&Sha256::digest(&bytes)) == facts.sha256 {
            true => Ok(()),
            false => Err(self.damaged(format!(
                "{file} is not what was written: its hash is another"
            ))),
        }
    }
}

/// Writes a part below `folder`: under another name first, renamed when it is whole. The name is
/// the hash of what belongs to it, so the same part written twice is one.
///
/// # Errors
///
/// Returns an error if a file cannot be written.
pub(super) fn write(
    folder: &Path,
    tables: &[Table<'_>],
    mut facts: PartFacts,
) -> Result<(), LedgerError> {
    let mut files = Vec::new();
    for table in tables.iter().filter(|table| table.rows() > 0) {
        let mut bytes = Vec::new();
        parquet::write([table], &mut bytes).map_err(|error| LedgerError::Io {
            path: folder.to_owned(),
            error: io::Error::other(error),
        })?;
        let sha256 = hexadecimal(&Sha256::digest(&bytes));
        let rows = table.rows();
        facts.tables.insert(
            table.name.to_owned(),
            TableFacts {
                rows,
                bytes: bytes.len(),
                sha256,
            },
        );
        files.push((file_name(table.name), bytes));
    }
    let text = serde_json::to_vec_pretty(&facts).map_err(|error| LedgerError::Io {
        path: folder.to_owned(),
        error: error.into(),
    })?;
    let name = name(&text);
    files.push((FACTS.to_owned(), text));
    let unfinished = folder.join(format!("{UNFINISHED}{name}"));
    let written = || {
        fs::create_dir_all(&unfinished)?;
        files
            .iter()
            .try_for_each(|(name, bytes)| fs::write(unfinished.join(name), bytes))?;
        let place = folder.join(&name);
        if place.exists() {
            fs::remove_dir_all(&unfinished)
        } else {
            fs::rename(&unfinished, place)
        }
    };
    written().map_err(|error| LedgerError::Io {
        path: unfinished.clone(),
        error,
    })
}

/// Writes the plan under another name, and renames it when it is whole and on the disk: it has no
/// hash beside it that would tell what a power failure cut.
///
/// # Errors
///
/// Returns an error if it cannot be written.
pub(super) fn write_plan(path: &Path, text: &str) -> Result<(), LedgerError> {
    let unfinished = path.with_file_name(UNFINISHED_PLAN);
    let written = || {
        let mut file = File::create(&unfinished)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&unfinished, path)
    };
    written().map_err(|error| LedgerError::Io {
        path: path.to_owned(),
        error,
    })
}

/// Removes what a stopped scan was writing below `folder`.
///
/// # Errors
///
/// Returns an error if it cannot be removed.
pub(super) fn remove_unfinished(folder: &Path) -> Result<(), LedgerError> {
    let failed = |error| LedgerError::Io {
        path: folder.to_owned(),
        error,
    };
    fs::create_dir_all(folder).map_err(failed)?;
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        if name.starts_with(UNFINISHED) {
            removed(&path, fs::remove_dir_all(&path))?;
        }
    }
    Ok(())
}

/// What came of removing something: that it was not there is fine.
///
/// # Errors
///
/// Returns an error if it could not be removed.
pub(super) fn removed(path: &Path, result: io::Result<()>) -> Result<(), LedgerError> {
    match result {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(LedgerError::Io {
            path: path.to_owned(),
            error,
        }),
        _ => Ok(()),
    }
}

fn file_name(table: &str) -> String {
    format!("{table}.parquet")
}

fn name(facts: &[u8]) -> String {
    let hash = hexadecimal(&Sha256::digest(facts));
    format!("{PREFIX}{}", hash.get(..NAME_DIGITS).unwrap_or(&hash))
}
