//! The folder that a report is written to.
//!
//! All files are first written under temporary names, and renamed once the report is complete. A
//! run that stops early leaves the previous report, or none. Files that are not part of a report
//! of backtrail are never touched.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::json;
use crate::report::{Report, Summary};
use crate::table::format::{Format, WriteError, write};
use crate::text::printable_path;

/// The folder within the report folder that files are written to before they are renamed.
const PARTIAL: &str = ".backtrail-partial";

/// The file in [`PARTIAL`] with the names of the files that are about to be renamed. If a run was
/// stopped in between, it shows the next one that these files are backtrail's own.
const MANIFEST: &str = "manifest";

/// The file that contains the summary, and marks the folder as one of backtrail.
const SUMMARY: &str = "summary.json";

/// A folder that can take a report.
#[derive(Clone, Debug)]
pub struct ReportFolder {
    path: PathBuf,
    formats: BTreeSet<Format>,
    /// The files of earlier reports.
    owned: BTreeSet<String>,
}

/// The reason why a folder cannot take a report.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FolderError {
    /// A file of the report would replace one that is not part of a report.
    #[error(
        "`{}` is in the way: it is not part of a report of backtrail. Move it or choose another \
         folder",
        printable_path(.0)
    )]
    Foreign(PathBuf),
    /// The folder cannot be used.
    #[error("cannot use the report folder `{}`: {error}", printable_path(path))]
    Folder {
        /// The folder or file.
        path: PathBuf,
        /// The error of the operating system.
        #[source]
        error: io::Error,
    },
    /// A file cannot be written.
    #[error("cannot write `{}`: {error}", printable_path(path))]
    Write {
        /// The file.
        path: PathBuf,
        /// The reason.
        #[source]
        error: WriteError,
    },
}

impl FolderError {
    /// Returns a function that adds a path to an error of the operating system.
    fn at(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        |error| Self::Folder { path, error }
    }
}

impl ReportFolder {
    /// Checks that a report in these formats can be written to a folder, which is created if it
    /// does not exist.
    ///
    /// # Errors
    ///
    /// Returns an error if the folder cannot be created, or a foreign file has the name of a file
    /// of the report.
    pub fn prepare(path: &Path, formats: &[Format]) -> Result<Self, FolderError> {
        fs::create_dir_all(path).map_err(FolderError::at(path))?;
        let folder = Self {
            path: path.to_owned(),
            formats: formats.iter().copied().collect(),
            owned: owned(path),
        };
        for name in folder.names() {
            // A link counts as a file, wherever it leads.
            let place = folder.path.join(&name);
            if !folder.owned.contains(&name) && place.symlink_metadata().is_ok() {
                return Err(FolderError::Foreign(place));
            }
        }
        Ok(folder)
    }

    /// Returns the names of the files of the report, the summary last.
    pub fn names(&self) -> Vec<String> {
        let formats: Vec<Format> = self.formats.iter().copied().collect();
        file_names(&formats)
    }

    /// Writes the report with its summary, and returns the summary.
    ///
    /// # Errors
    ///
    /// Those of [`ReportFolder::write`].
    pub fn write_summarized(&self, report: &Report) -> Result<Summary, FolderError> {
        let mut summary = Summary::from_report(report);
        summary.files = self.names();
        self.write(report, &summary)?;
        Ok(summary)
    }

    /// Writes the report: first all files, then their final names, the summary last.
    ///
    /// # Errors
    ///
    /// Returns an error if a file cannot be written. The previous report, if any, is then still
    /// there.
    pub fn write(&self, report: &Report, summary: &Summary) -> Result<(), FolderError> {
        let partial = self.path.join(PARTIAL);
        // A run that was stopped may have left it.
        remove_folder(&partial)?;
        fs::create_dir(&partial).map_err(FolderError::at(&partial))?;
        self.write_tables(report, &partial)?;
        write_file(&partial.join(SUMMARY), |out| {
            Ok(json::write_summary(summary, out)?)
        })?;
        self.commit(&partial)
    }

    fn write_tables(&self, report: &Report, partial: &Path) -> Result<(), FolderError> {
        for table in report.tables() {
            for format in &self.formats {
                let path = partial.join(file_name(table.name, *format));
                write_file(&path, |out| write(*format, &mut table.batches(), out))?;
            }
        }
        Ok(())
    }

    /// Gives the files their final names, and removes those of earlier reports that this one does
    /// not have.
    fn commit(&self, partial: &Path) -> Result<(), FolderError> {
        let names = self.names();
        self.write_manifest(&names, partial)?;
        for stale in self.owned.iter().filter(|name| !names.contains(name)) {
            remove_file(&self.path.join(stale))?;
        }
        // The summary comes last: as long as it is missing, or still the old one, the manifest
        // tells which files are backtrail's own.
        for name in &names {
            let place = self.path.join(name);
            fs::rename(partial.join(name), &place).map_err(FolderError::at(&place))?;
        }
        remove_folder(partial)
    }

    fn write_manifest(&self, names: &[String], partial: &Path) -> Result<(), FolderError> {
        let all: Vec<&str> = names
            .iter()
            .chain(&self.owned)
            .map(String::as_str)
            .collect();
        let text = all.join("\n");
        write_file(&partial.join(MANIFEST), |out| {
            Ok(out.write_all(text.as_bytes())?)
        })
    }
}

/// Returns the names of the files of a report in these formats, the summary last.
fn file_names(formats: &[Format]) -> Vec<String> {
    let mut names = Vec::new();
    for table in Report::table_names() {
        names.extend(formats.iter().map(|format| file_name(table, *format)));
    }
    names.push(SUMMARY.to_owned());
    names
}

fn file_name(table: &str, format: Format) -> String {
    format!("{table}.{}", format.extension())
}

/// Returns the files in a folder that earlier reports of backtrail wrote: those that its summary
/// lists, and those that a stopped run was about to rename.
fn owned(path: &Path) -> BTreeSet<String> {
    let mut listed = summary_files(&path.join(SUMMARY)).unwrap_or_default();
    let manifest = fs::read_to_string(path.join(PARTIAL).join(MANIFEST)).unwrap_or_default();
    listed.extend(manifest.lines().map(str::to_owned));
    // Either list could name any file, so only names that a report may have count.
    let possible = file_names(&Format::ALL);
    listed.retain(|name| possible.contains(name));
    listed.into_iter().collect()
}

/// Returns the files that a summary of backtrail lists.
fn summary_files(path: &Path) -> Option<Vec<String>> {
    #[derive(serde::Deserialize)]
    struct Marker {
        generator: String,
        files: Vec<String>,
    }
    let file = BufReader::new(File::open(path).ok()?);
    let marker: Marker = serde_json::from_reader(file).ok()?;
    (marker.generator == "backtrail").then_some(marker.files)
}

/// Creates a file with the contents that `write` writes, and waits until it is stored.
fn write_file(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<File>) -> Result<(), WriteError>,
) -> Result<(), FolderError> {
    try_write_file(path, write).map_err(|error| FolderError::Write {
        path: path.to_owned(),
        error,
    })
}

fn try_write_file(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<File>) -> Result<(), WriteError>,
) -> Result<(), WriteError> {
    let mut out = BufWriter::new(File::create(path)?);
    write(&mut out)?;
    let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    // After a crash, the new name of a file may be there without its contents.
    Ok(file.sync_all()?)
}

fn remove_folder(path: &Path) -> Result<(), FolderError> {
    unless_absent(fs::remove_dir_all(path)).map_err(FolderError::at(path))
}

fn remove_file(path: &Path) -> Result<(), FolderError> {
    unless_absent(fs::remove_file(path)).map_err(FolderError::at(path))
}

fn unless_absent(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}
