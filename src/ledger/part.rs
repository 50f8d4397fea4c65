//! The folder of one part: its files, and the hashes that prove them.
//!
//! A part is committed by renaming its folder. Before that it has a name that no reader takes for a
//! part; after that it is never changed. The new name is the hash of `part.json`, which has the
//! hash of every table. So whatever happens between writing and renaming, a reader can tell a part
//! that is complete from any other: nothing needs to be flushed to the disk in between. After a
//! power failure, files of a renamed part may be empty or cut; their hashes are then wrong, the
//! part is set aside as damaged, and its objects are read again.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::LedgerError;
use super::scanned::ScannedObject;
use super::scope::{FORMAT, Scope};
use super::sums::ReadingsManifest;
use crate::integrity::Sha256;
use crate::table::format::parquet::{self, Compression};
use crate::table::{ColumnKind, Table};
use crate::text::counted;

/// The beginning of the name of a part.
const PREFIX: &str = "part-";

/// The name of the plan while it is written.
pub(super) const UNFINISHED_PLAN: &str = "plan.writing";

/// The beginning of the name of a folder while it is written.
const UNFINISHED: &str = ".writing-";

/// The file that lists the content of a part.
pub const PART_MANIFEST: &str = "part.json";

/// The number of digits of the hash of a part that are in its name.
// Eighty bits, so that no two parts have the same name by accident.
const NAME_DIGITS: usize = 20;

/// The content of a part.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PartManifest {
    /// The fingerprint of what was looked for.
    pub fingerprint: String,
    /// The version of the program that wrote the part.
    pub version: String,
    /// The format of the part, if it is later than 2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<u32>,
    /// The paths that the scan was given, in a part of format 1. Later ones have them in the
    /// listings of the ledger.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<String>,
    /// The readings of the part in numbers; `None` in a part of format 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub readings: Option<ReadingsManifest>,
    /// The tables. One without rows has no file.
    pub tables: BTreeMap<String, TableManifest>,
}

/// The facts that prove the file of a table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TableManifest {
    /// The number of rows.
    pub rows: usize,
    /// The size in bytes.
    pub bytes: usize,
    /// The SHA-256 of the bytes, in hexadecimal digits.
    pub sha256: String,
}

/// A part on disk.
#[derive(Clone, Debug)]
pub struct Part {
    /// The folder.
    pub path: PathBuf,
    /// The content.
    pub manifest: PartManifest,
}

impl PartManifest {
    /// Returns the manifest of a part that this version of the program writes, before its tables.
    pub(super) fn new(scope: &Scope) -> Self {
        Self {
            fingerprint: scope.fingerprint.clone(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            format: Some(FORMAT),
            sources: Vec::new(),
            readings: None,
            tables: BTreeMap::new(),
        }
    }

    /// Returns the manifest with these readings.
    pub(super) fn with_readings(&self, scanned: &[ScannedObject]) -> Self {
        Self {
            readings: ReadingsManifest::from_scanned(scanned),
            ..self.clone()
        }
    }

    /// Returns whether this version of the program wrote the part.
    pub(super) fn is_of_this_version(&self) -> bool {
        self.version == env!("CARGO_PKG_VERSION")
    }

    /// Checks that the file of each table is in the folder of the part, with its size.
    ///
    /// # Errors
    ///
    /// Returns an error if one is not, or cannot be opened.
    pub(super) fn check_sizes(&self, part: &Path) -> Result<(), LedgerError> {
        for (table, manifest) in &self.tables {
            let path = part.join(file_name(table));
            // A network file system asks the server when a file is opened, and may not before.
            let metadata = File::open(&path).and_then(|file| file.metadata());
            let found = metadata.map_err(|error| LedgerError::reading(part, &path, error))?;
            check_size(table, found.len(), manifest).map_err(|detail| damaged(part, detail))?;
        }
        Ok(())
    }

    /// Returns whether ETags that are an MD5 are in a column of their own.
    pub(super) fn has_md5_column(&self) -> bool {
        self.format.is_some()
    }
}

/// Returns whether a folder has the name of a part.
pub(super) fn is_part(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    name.is_some_and(|name| name.starts_with(PREFIX))
}

impl Part {
    /// Opens a part, after checking that its files are as they were written.
    ///
    /// # Errors
    ///
    /// Returns an error if they are not, or cannot be read, or its content is not known.
    pub fn open(path: &Path) -> Result<Self, LedgerError> {
        let part = Self {
            path: path.to_owned(),
            manifest: read_manifest(path)?,
        };
        // All files are checked before any is used, so that no half of a part is ever counted.
        for (name, manifest) in &part.manifest.tables {
            part.check_file(name, manifest)?;
        }
        Ok(part)
    }

    /// Returns an error that describes damage of this part.
    pub(super) fn damaged(&self, detail: impl Into<String>) -> LedgerError {
        damaged(&self.path, detail)
    }

    /// Reads some columns of a table. A table without a file has no rows.
    ///
    /// # Errors
    ///
    /// Returns an error if it cannot be read, or is not the table that it should be.
    pub(super) fn table(
        &self,
        name: &'static str,
        columns: &[(&'static str, ColumnKind)],
    ) -> Result<Table<'static>, LedgerError> {
        let Some(manifest) = self.manifest.tables.get(name) else {
            return Ok(Table::empty(name, columns));
        };
        let file = file_name(name);
        let table = parquet::read(name, columns, self.bytes(name)?);
        let table = table.map_err(|error| self.damaged(format!("{file}: {error}")))?;
        match (table.rows(), manifest.rows) {
            (rows, expected) if rows == expected => Ok(table),
            (rows, expected) => {
                let expected = counted(expected, "row", "rows");
                Err(self.damaged(format!("{file} has {rows} of {expected}")))
            }
        }
    }

    /// Returns the number of rows of a table.
    pub(super) fn rows(&self, table: &str) -> usize {
        let manifest = self.manifest.tables.get(table);
        manifest.map_or(0, |manifest| manifest.rows)
    }

    /// Returns the size of the tables, in bytes.
    pub(super) fn bytes_of_tables(&self) -> u64 {
        let tables = self.manifest.tables.values();
        tables.map(|table| table.bytes as u64).sum()
    }

    fn bytes(&self, table: &str) -> Result<Vec<u8>, LedgerError> {
        read_file(&self.path, &file_name(table))
    }

    fn check_file(&self, table: &str, manifest: &TableManifest) -> Result<(), LedgerError> {
        let (bytes, file) = (self.bytes(table)?, file_name(table));
        check_size(table, bytes.len() as u64, manifest).map_err(|detail| self.damaged(detail))?;
        match Sha256::of_bytes(&bytes).to_string() == manifest.sha256 {
            true => Ok(()),
            false => {
                let detail = format!("{file} has another hash than when it was written");
                Err(self.damaged(detail))
            }
        }
    }
}

fn check_size(table: &str, found: u64, manifest: &TableManifest) -> Result<(), String> {
    let (file, expected) = (file_name(table), manifest.bytes as u64);
    match found == expected {
        true => Ok(()),
        false => {
            let expected = counted(expected, "byte", "bytes");
            Err(format!("{file} has {found} of {expected}"))
        }
    }
}

fn damaged(part: &Path, detail: impl Into<String>) -> LedgerError {
    LedgerError::Part {
        part: part.to_owned(),
        detail: detail.into(),
    }
}

/// Reads the manifest of a part, which its name proves.
///
/// # Errors
///
/// Returns an error if it cannot be read, or is not as it was written.
pub(super) fn read_manifest(part: &Path) -> Result<PartManifest, LedgerError> {
    let text = read_file(part, PART_MANIFEST)?;
    let manifest = serde_json::from_slice(&text);
    let manifest = manifest.map_err(|error| damaged(part, format!("{PART_MANIFEST}: {error}")))?;
    check_name(part, &text).map_err(|detail| damaged(part, detail))?;
    Ok(manifest)
}

fn read_file(part: &Path, file: &str) -> Result<Vec<u8>, LedgerError> {
    let path = part.join(file);
    fs::read(&path).map_err(|error| LedgerError::reading(part, &path, error))
}

/// Checks that the name of a part is that of this manifest.
fn check_name(part: &Path, manifest: &[u8]) -> Result<(), String> {
    // The name proves the manifest, and the manifest the tables, so no file can be exchanged
    // unnoticed.
    let expected = part_name(manifest);
    match part.file_name() {
        Some(name) if name == expected.as_str() => Ok(()),
        _ => Err(format!(
            "{PART_MANIFEST} was changed: by its hash the part would be `{expected}`"
        )),
    }
}

/// Writes a part below `folder`, and returns its name. The same part written twice is one.
///
/// # Errors
///
/// Returns an error if a file cannot be written.
pub(super) fn write(
    folder: &Path,
    tables: &[Table<'_>],
    mut manifest: PartManifest,
) -> Result<String, LedgerError> {
    let failed = |error| LedgerError::io(folder, error);
    let mut files = Vec::new();
    // Many parts lack some findings, and each file takes time to write and to open.
    for table in tables.iter().filter(|table| table.rows() > 0) {
        let bytes = table_bytes(table).map_err(failed)?;
        let name = table.name.to_owned();
        manifest.tables.insert(name, table_manifest(table, &bytes));
        files.push((file_name(table.name), bytes));
    }
    let text = serde_json::to_vec_pretty(&manifest).map_err(|error| failed(error.into()))?;
    let name = part_name(&text);
    files.push((PART_MANIFEST.to_owned(), text));
    commit(folder, &name, &files)?;
    Ok(name)
}

/// Writes files into an unfinished folder below `folder`, and renames it to `name`.
fn commit(folder: &Path, name: &str, files: &[(String, Vec<u8>)]) -> Result<(), LedgerError> {
    // The name has the hash, so parts that are written at the same time do not share a folder.
    let (unfinished, place) = (
        folder.join(format!("{UNFINISHED}{name}")),
        folder.join(name),
    );
    let committed = write_files(&unfinished, files).and_then(|()| rename(&unfinished, &place));
    committed.map_err(|error| LedgerError::io(&unfinished, error))
}

fn write_files(folder: &Path, files: &[(String, Vec<u8>)]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for (name, bytes) in files {
        fs::write(folder.join(name), bytes)?;
    }
    Ok(())
}

fn rename(unfinished: &Path, place: &Path) -> io::Result<()> {
    // Only the holder of the lock writes, so nobody creates the folder in between. One of the same
    // name has the same content.
    match place.exists() {
        true => fs::remove_dir_all(unfinished),
        false => fs::rename(unfinished, place),
    }
}

fn table_bytes(table: &Table<'_>) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    parquet::write([table], Compression::Zstandard, &mut bytes).map_err(io::Error::other)?;
    Ok(bytes)
}

fn table_manifest(table: &Table<'_>, bytes: &[u8]) -> TableManifest {
    TableManifest {
        rows: table.rows(),
        bytes: bytes.len(),
        sha256: Sha256::of_bytes(bytes).to_string(),
    }
}

/// Writes the plan under another name, and renames it when it is complete.
///
/// # Errors
///
/// Returns an error if it cannot be written.
pub(super) fn write_plan(path: &Path, scope: &Scope) -> Result<(), LedgerError> {
    let unfinished = path.with_file_name(UNFINISHED_PLAN);
    let text = scope.text().map_err(io::Error::from);
    let written = text.and_then(|text| write_synced(&unfinished, &text));
    let renamed = written.and_then(|()| fs::rename(&unfinished, path));
    renamed.map_err(|error| LedgerError::io(path, error))
}

/// Writes a file, and waits until it is stored.
///
/// # Errors
///
/// Returns an error if it cannot be written.
pub(super) fn write_synced(path: &Path, text: &str) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(text.as_bytes())?;
    // Unlike a part, the plan cannot be made again from the archive: if a power failure cut it, the
    // whole ledger would be lost.
    file.sync_all()
}

/// Removes what a stopped scan was writing below `folder`.
///
/// # Errors
///
/// Returns an error if it cannot be removed.
pub(super) fn remove_unfinished(folder: &Path) -> Result<(), LedgerError> {
    let failed = |error| LedgerError::io(folder, error);
    // A ledger that was just created has no parts, and no folder of them.
    fs::create_dir_all(folder).map_err(failed)?;
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        if entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
            removed(&entry.path(), fs::remove_dir_all(entry.path()))?;
        }
    }
    Ok(())
}

/// Returns the result of removing something, which may not have existed.
///
/// # Errors
///
/// Returns an error if it could not be removed.
pub(super) fn removed(path: &Path, result: io::Result<()>) -> Result<(), LedgerError> {
    match result {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(LedgerError::io(path, error)),
        _ => Ok(()),
    }
}

/// Returns the name of the file of a table.
pub(super) fn file_name(table: &str) -> String {
    format!("{table}.parquet")
}

fn part_name(manifest: &[u8]) -> String {
    let hash = Sha256::of_bytes(manifest).to_string();
    format!("{PREFIX}{}", hash.get(..NAME_DIGITS).unwrap_or(&hash))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::schema::TableSchema;

    fn manifest() -> PartManifest {
        PartManifest {
            fingerprint: "f".to_owned(),
            version: "1".to_owned(),
            format: Some(FORMAT),
            sources: vec!["archive".to_owned()],
            readings: None,
            tables: BTreeMap::new(),
        }
    }

    fn schema() -> TableSchema<'static, u64> {
        TableSchema::<u64>::builder()
            .integer("n", |number| Some(*number))
            .required(|number, value| *number = value)
            .build()
    }

    /// Writes a part with a table of three rows and one without rows. Returns its folder.
    fn written(folder: &Path) -> PathBuf {
        let rows = [1, 2, 3];
        let tables = [schema().table("some", &rows), schema().table("none", &[])];
        write(folder, &tables, manifest()).expect("written");
        let mut parts: Vec<_> = fs::read_dir(folder)
            .expect("a folder")
            .map(|entry| entry.expect("an entry").path())
            .collect();
        assert_eq!(parts.len(), 1, "{parts:?}");
        parts.remove(0)
    }

    fn error(path: &Path) -> String {
        Part::open(path).expect_err("damaged").to_string()
    }

    #[test]
    fn a_part_is_read_as_it_was_written() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = written(folder.path());
        assert!(is_part(&path));
        let part = Part::open(&path).expect("a part");
        assert_eq!(part.manifest.tables.len(), 1, "a table without rows");
        let columns = schema().read_columns();
        let some = part.table("some", &columns).expect("a table");
        assert_eq!(some, schema().table("some", &[1, 2, 3]));
        let none = part.table("none", &columns).expect("a table");
        assert_eq!(none, schema().table("none", &[]));
        assert!(part.table("some", &[("m", ColumnKind::Text)]).is_err());
    }

    #[test]
    fn the_same_part_written_twice_is_one() {
        let folder = tempfile::tempdir().expect("a folder");
        assert_eq!(written(folder.path()), written(folder.path()));
    }

    #[test]
    fn every_change_of_a_part_is_damage() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = written(folder.path());
        let (table, text) = (path.join("some.parquet"), path.join(PART_MANIFEST));
        let (bytes, json) = (fs::read(&table), fs::read_to_string(&text));
        let (bytes, json) = (bytes.expect("bytes"), json.expect("a text"));
        let with = |file: &Path, content: &[u8]| fs::write(file, content).expect("written");

        with(&table, &bytes[1..]);
        assert!(
            error(&path).contains("some.parquet has"),
            "{}",
            error(&path)
        );
        let mut flipped = bytes.clone();
        flipped[9] ^= 1;
        with(&table, &flipped);
        assert!(error(&path).contains("another hash"), "{}", error(&path));
        fs::remove_file(&table).expect("removed");
        assert!(error(&path).contains("some.parquet: "), "{}", error(&path));
        with(&table, &bytes);

        with(&text, json.replace("archive", "other").as_bytes());
        assert!(error(&path).contains("was changed"), "{}", error(&path));
        with(&text, b"{");
        assert!(error(&path).contains("part.json: "), "{}", error(&path));
        with(&text, json.as_bytes());
        assert!(Part::open(&path).is_ok());
        let renamed = path.with_file_name("part-0");
        fs::rename(&path, &renamed).expect("renamed");
        assert!(error(&renamed).contains("would be `part-"));
    }

    /// A file that leads to itself cannot be opened, not even by root.
    #[test]
    #[cfg(unix)]
    fn a_file_that_cannot_be_read_is_not_damage() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = written(folder.path());
        let open = Part::open(&path).expect("a part");
        for name in ["some.parquet", PART_MANIFEST] {
            let (file, kept) = (path.join(name), folder.path().join(name));
            fs::rename(&file, &kept).expect("renamed");
            std::os::unix::fs::symlink(&file, &file).expect("a link");
            let error = Part::open(&path).expect_err("unreadable");
            assert!(
                matches!(&error, LedgerError::Unreadable { path, .. } if *path == file),
                "{error}"
            );
            assert!(error.to_string().contains("Try again"), "{error}");
            fs::remove_file(&file).expect("removed");
            fs::rename(&kept, &file).expect("renamed");
        }
        let file = path.join("some.parquet");
        fs::remove_file(&file).expect("removed");
        std::os::unix::fs::symlink(&file, &file).expect("a link");
        let table = open.table("some", &schema().read_columns());
        assert!(
            matches!(table, Err(LedgerError::Unreadable { .. })),
            "{table:?}"
        );
    }

    #[test]
    fn rows_that_the_manifest_does_not_count_are_damage() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut part = Part::open(&written(folder.path())).expect("a part");
        let some = part.manifest.tables.get_mut("some").expect("a table");
        some.rows = 4;
        let error = part.table("some", &schema().read_columns()).unwrap_err();
        let error = error.to_string();
        assert!(error.ends_with("some.parquet has 3 of 4 rows"), "{error}");
    }

    #[test]
    fn only_what_a_stopped_scan_was_writing_is_removed() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = written(folder.path());
        let unfinished = folder.path().join(".writing-part-1");
        fs::create_dir(&unfinished).expect("created");
        fs::write(unfinished.join("some.parquet"), "PAR").expect("written");
        remove_unfinished(folder.path()).expect("removed");
        assert!(path.exists() && !unfinished.exists());
        let absent = fs::remove_dir(&unfinished);
        assert!(removed(&unfinished, absent).is_ok());
    }

    #[test]
    fn a_plan_is_complete_or_has_another_name() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("plan.json");
        let plan = include_str!("../../tests/fixtures/ledger-1/ledger/plan.json");
        write_plan(&path, &Scope::parse(plan).expect("a plan")).expect("written");
        assert_eq!(fs::read_to_string(&path).expect("a plan"), plan);
        assert!(!folder.path().join(UNFINISHED_PLAN).exists());
    }
}
