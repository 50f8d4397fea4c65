//! The folder that a report is written to.
//!
//! All files are written under temporary names first and take their place when the report is whole,
//! so a run that stops early leaves the previous report, or none. Files that are not of a report of
//! backtrail are never touched.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::json;
use crate::report::{Report, Summary};
use crate::table::format::{Format, WriteError, write};

/// The folder, inside of the report folder, that files are written to before they take their place.
const PARTIAL: &str = ".backtrail-partial";

/// In [`PARTIAL`]: the names of the files that are about to take their place. It tells a later run
/// that a report whose writer was stopped among the renames is backtrail's own.
const MANIFEST: &str = "manifest";

/// The file that holds the summary, and marks the folder as one of backtrail.
const SUMMARY: &str = "summary.json";

/// A folder that can take a report.
#[derive(Clone, Debug)]
pub struct ReportFolder {
    path: PathBuf,
    formats: BTreeSet<Format>,
    /// The files of earlier reports.
    owned: BTreeSet<String>,
}

/// Why a folder cannot take a report.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// A file of the report would replace one that is not of a report.
    #[error(
        "`{0}` is in the way: it is not part of a report of backtrail. Move it or choose another folder"
    )]
    Foreign(PathBuf),
    /// The folder cannot be used.
    #[error("cannot use the report folder `{path}`: {error}")]
    Folder {
        /// The folder or file.
        path: PathBuf,
        /// The answer of the operating system.
        error: io::Error,
    },
    /// A file cannot be written.
    #[error("cannot write `{path}`: {error}")]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        error: WriteError,
    },
}

impl ReportFolder {
    /// Checks that a report in these formats can be written to `path`, and makes the folder when
    /// there is none.
    ///
    /// # Errors
    ///
    /// When the folder cannot be made, or a foreign file has the name of one of the report's.
    pub fn prepare(path: &Path, formats: &[Format]) -> Result<Self, FolderError> {
        fs::create_dir_all(path).map_err(|error| FolderError::Folder {
            path: path.to_owned(),
            error,
        })?;
        let folder = Self {
            path: path.to_owned(),
            formats: formats.iter().copied().collect(),
            owned: owned(path),
        };
        let foreign = |name: &&String| {
            !folder.owned.contains(*name) && folder.path.join(name).symlink_metadata().is_ok()
        };
        match folder.names().iter().find(foreign) {
            Some(name) => Err(FolderError::Foreign(folder.path.join(name))),
            None => Ok(folder),
        }
    }

    /// The names of the files of the report, the summary last.
    pub fn names(&self) -> Vec<String> {
        let of_table = |table: &str| {
            self.formats
                .iter()
                .map(move |format| format!("{table}.{}", format.extension()))
                .collect()
        };
        let tables: Vec<Vec<String>> = Report::table_names().map(of_table).collect();
        tables
            .into_iter()
            .flatten()
            .chain([SUMMARY.to_owned()])
            .collect()
    }

    /// Writes the report: every file first, then all into their place, the summary last.
    ///
    /// # Errors
    ///
    /// When a file cannot be written. The previous report, if any, is then still there.
    pub fn write(&self, report: &Report, summary: &Summary) -> Result<(), FolderError> {
        let partial = self.path.join(PARTIAL);
        self.io(
            &partial,
            remove_folder(&partial).and_then(|()| fs::create_dir(&partial)),
        )?;
        for table in report.tables() {
            for format in &self.formats {
                let path = partial.join(format!("{}.{}", table.name, format.extension()));
                written(&path, |out| write(*format, &mut table.parts(), out))?;
            }
        }
        written(&partial.join(SUMMARY), |out| {
            json::write_summary(summary, out)
        })?;
        self.commit(&partial)
    }

    fn commit(&self, partial: &Path) -> Result<(), FolderError> {
        let names = self.names();
        let manifest = partial.join(MANIFEST);
        let listed: Vec<&str> = names
            .iter()
            .chain(&self.owned)
            .map(String::as_str)
            .collect();
        written(&manifest, |out| {
            Ok(out.write_all(listed.join("\n").as_bytes())?)
        })?;
        let stale = self
            .owned
            .iter()
            .filter(|name| !names.contains(name))
            .map(|name| self.path.join(name));
        for path in stale {
            self.io(&path, remove_file(&path))?;
        }
        for name in &names {
            let place = self.path.join(name);
            self.io(&place, fs::rename(partial.join(name), &place))?;
        }
        self.io(partial, remove_folder(partial))
    }

    fn io(&self, path: &Path, result: io::Result<()>) -> Result<(), FolderError> {
        result.map_err(|error| FolderError::Folder {
            path: path.to_owned(),
            error,
        })
    }
}

/// The files in a folder that earlier reports of backtrail wrote: those that its summary lists, and
/// those that a stopped run was about to put into place. Only names that a report may have count,
/// whatever the files say.
fn owned(path: &Path) -> BTreeSet<String> {
    let all_formats =
        |table: &str| Format::ALL.map(|format| format!("{table}.{}", format.extension()));
    let possible: BTreeSet<String> = Report::table_names()
        .flat_map(all_formats)
        .chain([SUMMARY.to_owned()])
        .collect();
    let listed = summary_files(&path.join(SUMMARY)).unwrap_or_default();
    let begun = fs::read_to_string(path.join(PARTIAL).join(MANIFEST)).unwrap_or_default();
    listed
        .into_iter()
        .chain(begun.lines().map(str::to_owned))
        .filter(|name| possible.contains(name))
        .collect()
}

/// The files that a summary of backtrail lists; `None` where there is no such summary.
fn summary_files(path: &Path) -> Option<Vec<String>> {
    #[derive(serde::Deserialize)]
    struct Marker {
        generator: String,
        files: Vec<String>,
    }
    let marker: Marker =
        serde_json::from_reader(io::BufReader::new(File::open(path).ok()?)).ok()?;
    (marker.generator == "backtrail").then_some(marker.files)
}

fn written(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<File>) -> Result<(), WriteError>,
) -> Result<(), FolderError> {
    let result = File::create(path)
        .map_err(WriteError::from)
        .and_then(|file| {
            let mut out = BufWriter::new(file);
            write(&mut out)?;
            let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
            Ok(file.sync_all()?)
        });
    result.map_err(|error| FolderError::Write {
        path: path.to_owned(),
        error,
    })
}

fn remove_folder(path: &Path) -> io::Result<()> {
    absent_is_fine(fs::remove_dir_all(path))
}

fn remove_file(path: &Path) -> io::Result<()> {
    absent_is_fine(fs::remove_file(path))
}

fn absent_is_fine(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}
