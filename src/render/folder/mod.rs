//! The folder that a report is written to.
//!
//! All files are first written under temporary names, and renamed once the report is complete. A
//! run that stops early leaves the previous report, or none. The summary is renamed last and holds
//! the hashes of all tables, so tables of different runs cannot pass for one report. The manifest
//! `evidence.json` has the hashes of all files, the summary included, and `run.json` that of the
//! manifest. Files that are not part of a report of backtrail are never touched.

mod backtest;
pub mod check;
mod command_line;
mod dictionary;
mod document;
mod error;
mod evidence;
mod file;
mod format;
mod kind;
mod lock;
mod new_folder;
mod run;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use walkdir::WalkDir;

pub use command_line::CommandLine;
pub use document::{Document, DocumentChoice};
pub use error::FolderError;
pub use format::ReportFormat;
pub use kind::ReportKind;
pub use new_folder::NewFolder;

use self::dictionary::write_dictionary;
use self::document::DocumentInput;
use self::evidence::EvidenceManifest;
use self::file::{WrittenFiles, add_file, has_hash, remove_file, rename, write_file};
use self::lock::{FolderLock, LOCK};
use self::new_folder::NewFolderGuard;
use self::run::Run;
use super::findings::FindingFormat;
use super::json;
use crate::container::Limits;
use crate::language::Words;
use crate::report::finding::ReportFindings;
use crate::report::summary::FindingsSummary;
use crate::report::{Report, Summary};
use crate::table::format::{CsvFor, Format, write_stored};

/// The folder within the report folder that files are written to before they are renamed.
const PARTIAL: &str = ".backtrail-partial";

/// The file in [`PARTIAL`] with the names of the files that are about to be renamed. If a run was
/// stopped in between, it shows the next one that these files are backtrail's own.
const MANIFEST: &str = "manifest";

/// The name of the manifest while it is written.
const UNFINISHED_MANIFEST: &str = "manifest.unfinished";

/// The file that contains the summary, and marks the folder as one of backtrail.
const SUMMARY: &str = "summary.json";

/// The file that describes the columns of the tables.
const DICTIONARY: &str = "data-dictionary.md";

/// The file with the hashes of all files and inputs.
const EVIDENCE: &str = "evidence.json";

/// The file that says when, where and by whom the report was written.
const RUN: &str = "run.json";

/// The table with a row for each object.
const OBJECTS: &str = "objects";

/// The largest number of objects of which the table is written without being requested. In CSV,
/// such a table takes about 3 GB.
const OBJECTS_LIMIT: u64 = 10_000_000;

/// Returns whether a table is written without being requested in a report on this number of
/// objects.
fn is_usual(table: &str, objects: u64) -> bool {
    table != OBJECTS || objects <= OBJECTS_LIMIT
}

/// The options of a report in a folder.
#[derive(Clone, Debug)]
pub struct FolderOptions<'a> {
    /// The kind of report.
    pub kind: ReportKind,
    /// The formats of the tables and of findings for other systems.
    pub formats: &'a [ReportFormat],
    /// The names of the tables, if not the usual ones are requested.
    pub tables: &'a [String],
    /// The programs that are to read CSV.
    pub csv_for: CsvFor,
    /// The documents, each once.
    pub documents: &'a [Document],
    /// The limits of objects, which the manifest names.
    pub limits: Limits,
    /// The command that makes the report.
    pub command: Option<CommandLine>,
}

/// A folder that can take a report. No other process writes one to it meanwhile.
#[derive(Debug)]
pub struct ReportFolder {
    path: PathBuf,
    kind: ReportKind,
    formats: BTreeSet<ReportFormat>,
    /// The names of the tables; empty if the usual ones are written.
    requested_tables: BTreeSet<String>,
    csv_for: CsvFor,
    documents: Vec<Document>,
    /// The limits of objects, which the manifest names.
    limits: Limits,
    /// The command that makes the report.
    command: Option<CommandLine>,
    /// The time at which the folder was prepared.
    started_at: Timestamp,
    /// The files of earlier reports.
    owned: BTreeSet<String>,
    // The lock is dropped first, since only an empty folder can be removed.
    _lock: FolderLock,
    new: NewFolderGuard,
}

impl ReportFolder {
    /// Checks that a report with these options can be written to a folder, which is created if it
    /// does not exist.
    ///
    /// # Errors
    ///
    /// Returns an error if the folder cannot be created, another process writes to it, or a foreign
    /// file has the name of a file of the report.
    pub fn prepare(path: &Path, options: FolderOptions<'_>) -> Result<Self, FolderError> {
        let new = NewFolder::create(path).map_err(FolderError::creating(path))?;
        let lock = FolderLock::claim(path, &path.join(PARTIAL))?;
        let folder = Self {
            path: path.to_owned(),
            kind: options.kind,
            formats: options.formats.iter().copied().collect(),
            requested_tables: options.tables.iter().cloned().collect(),
            csv_for: options.csv_for,
            documents: options.documents.to_vec(),
            limits: options.limits,
            command: options.command,
            started_at: Timestamp::now(),
            owned: owned(path, options.kind),
            _lock: lock,
            new: NewFolderGuard(new),
        };
        // The number of objects is not known yet, so each table may be among the files.
        let tables = folder.requested(|_| true);
        folder.check_free(&folder.names(&tables, &folder.usual_findings()))?;
        Ok(folder)
    }

    /// Prepares the folder that is named, if one is.
    ///
    /// # Errors
    ///
    /// Those of [`ReportFolder::prepare`].
    pub fn prepare_if_named(
        path: Option<&Path>,
        options: FolderOptions<'_>,
    ) -> Result<Option<Self>, FolderError> {
        path.map(|path| Self::prepare(path, options)).transpose()
    }

    /// Returns a file in a folder, or below it, that is not of a report of backtrail, if there is
    /// one.
    ///
    /// # Errors
    ///
    /// Returns an error if the folder cannot be listed.
    pub fn foreign_file(path: &Path) -> io::Result<Option<PathBuf>> {
        let mut own = owned(path, ReportKind::Audit);
        own.extend(owned(path, ReportKind::Backtest));
        for entry in WalkDir::new(path).min_depth(1).sort_by_file_name() {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy();
            let is_own = match entry.depth() {
                1 => own.contains(&*name) || check::is_signature(&name),
                2 => entry.path().parent() == Some(&path.join(PARTIAL)) && may_be_partial(&name),
                _ => false,
            };
            if !is_own && !entry.file_type().is_dir() {
                return Ok(Some(entry.into_path()));
            }
        }
        Ok(None)
    }

    /// Returns what to remove if the run ends before there is a report.
    pub fn new_folder(&self) -> NewFolder {
        self.new.0.clone()
    }

    /// Checks that no foreign file has one of these names.
    fn check_free(&self, names: &[String]) -> Result<(), FolderError> {
        for name in names {
            // A link counts as a file, wherever it leads.
            let place = self.path.join(name);
            if !self.owned.contains(name) && place.symlink_metadata().is_ok() {
                return Err(self.in_the_way(name, place));
            }
        }
        Ok(())
    }

    fn in_the_way(&self, name: &str, place: PathBuf) -> FolderError {
        let other = self.kind.other();
        match owned(&self.path, other).contains(name) {
            true => FolderError::OtherReport {
                path: place,
                command: other.command(),
            },
            false => FolderError::Foreign(place),
        }
    }

    fn tables(&self) -> Vec<Format> {
        let formats = self.formats.iter();
        formats.filter_map(|format| format.tables()).collect()
    }

    fn findings(&self) -> Vec<FindingFormat> {
        let formats = self.formats.iter();
        formats.filter_map(|format| format.findings()).collect()
    }

    /// Returns the names of the files of findings, unless there are more findings than one file
    /// holds.
    fn usual_findings(&self) -> Vec<String> {
        let formats = self.findings().into_iter();
        formats
            .map(|format| format.file_name().to_owned())
            .collect()
    }

    /// Returns the names of the tables that are written: those that were requested, or else the
    /// usual ones.
    fn requested(&self, is_usual: impl Fn(&str) -> bool) -> Vec<&'static str> {
        let mut tables = self.kind.tables();
        tables.retain(|table| match self.requested_tables.is_empty() {
            true => is_usual(table),
            false => self.requested_tables.contains(*table),
        });
        tables
    }

    /// Returns the names of the tables of a report that are written.
    fn tables_of(&self, report: &Report) -> Vec<&'static str> {
        let objects = report.days.count(|_| true);
        self.requested(|table| is_usual(table, objects))
    }

    /// Returns the names of the tables that are not written, where none was requested.
    fn left_out(&self, tables: &[&str]) -> Vec<&'static str> {
        if !self.requested_tables.is_empty() {
            return Vec::new();
        }
        let names = Report::table_names();
        names.filter(|name| !tables.contains(name)).collect()
    }

    /// Returns the names of the files of the report with these tables and these files of findings,
    /// the summary last.
    fn names(&self, tables: &[&str], findings: &[String]) -> Vec<String> {
        let (formats, documents) = (self.tables(), &self.documents);
        self.kind.file_names(tables, &formats, documents, findings)
    }

    /// Writes the report if a folder is named, and returns the summary in any case.
    ///
    /// # Errors
    ///
    /// Those of [`ReportFolder::write`].
    pub fn write_if_named(
        folder: Option<Self>,
        report: &Report,
        words: &Words,
    ) -> Result<Summary, FolderError> {
        match folder {
            Some(folder) => folder.write_summarized(report, words),
            None => Ok(Summary::from_report(report)),
        }
    }

    /// Writes the report with its summary, and returns the summary.
    ///
    /// # Errors
    ///
    /// Those of [`ReportFolder::write`].
    pub fn write_summarized(&self, report: &Report, words: &Words) -> Result<Summary, FolderError> {
        let mut summary = Summary::from_report(report);
        self.write(report, &mut summary, words)?;
        Ok(summary)
    }

    /// Writes the report: first all files, then their final names, the summary last. Adds the files
    /// and their hashes to the summary. The documents are in the language of the words.
    ///
    /// # Errors
    ///
    /// Returns an error if a file cannot be written, in which case the previous report, if any, is
    /// still there; or if it cannot be renamed, in which case there is no summary.
    pub fn write(
        &self,
        report: &Report,
        summary: &mut Summary,
        words: &Words,
    ) -> Result<(), FolderError> {
        let partial = self.path.join(PARTIAL);
        // A run that was stopped may have left files.
        clear(&partial, &[LOCK, MANIFEST])?;
        let mut files = self.write_tables(report, &partial)?;
        let findings = self.write_findings(report, summary, &partial, &mut files)?;
        let tables = self.tables_of(report);
        summary.files = self.names(&tables, &findings);
        summary.tables_left_out = self.left_out(&tables);
        let input = DocumentInput {
            report,
            summary,
            words,
        };
        self.write_documents(&input, &mut files)?;
        summary.sha256 = hashes(&files);
        add_file(&mut files, &partial, SUMMARY, |out| {
            Ok(json::write_summary(summary, out)?)
        })?;
        self.write_evidence(report, &partial, &mut files)?;
        self.commit(&partial, &files, &summary.files)
    }

    fn write_tables(&self, report: &Report, partial: &Path) -> Result<WrittenFiles, FolderError> {
        let mut files = WrittenFiles::new();
        let tables = self.tables_of(report);
        for table in report.tables().filter(|table| tables.contains(&table.name)) {
            for format in self.tables() {
                add_file(&mut files, partial, &file_name(table.name, format), |out| {
                    write_stored(format, self.csv_for, &mut table.batches(), out)
                })?;
            }
        }
        add_file(&mut files, partial, DICTIONARY, |out| {
            write_dictionary(report, &tables, &self.findings(), out)
        })?;
        Ok(files)
    }

    /// Writes the findings if they are requested, and adds their numbers to the summary. Returns
    /// the names of their files.
    fn write_findings(
        &self,
        report: &Report,
        summary: &mut Summary,
        partial: &Path,
        files: &mut WrittenFiles,
    ) -> Result<Vec<String>, FolderError> {
        let formats = self.findings();
        if formats.is_empty() {
            return Ok(Vec::new());
        }
        let found = ReportFindings::from_report(report);
        let mut numbers = FindingsSummary::new(&found);
        let mut names = Vec::new();
        for format in formats {
            let written = write_finding_files(format, &found, partial, files)?;
            if format == FindingFormat::Asff {
                numbers.add_imports(&written);
            }
            names.extend(written);
        }
        summary.findings = Some(numbers);
        Ok(names)
    }

    fn write_documents(
        &self,
        input: &DocumentInput<'_>,
        files: &mut WrittenFiles,
    ) -> Result<(), FolderError> {
        let partial = self.path.join(PARTIAL);
        let documents = self.documents.iter();
        documents
            .copied()
            .try_for_each(|document| document.write(input, &partial, files))
    }

    /// Writes the manifest of the files so far, and the run that wrote it.
    fn write_evidence(
        &self,
        report: &Report,
        partial: &Path,
        files: &mut WrittenFiles,
    ) -> Result<(), FolderError> {
        let evidence = EvidenceManifest::new(report, &self.limits, &self.formats, files);
        let evidence = write_file(&partial.join(EVIDENCE), |out| evidence.write(out))?;
        let run = Run::new(self.started_at, self.command.as_ref(), &evidence.sha256);
        let run = write_file(&partial.join(RUN), |out| run.write(out))?;
        files.insert(EVIDENCE.to_owned(), evidence);
        files.insert(RUN.to_owned(), run);
        Ok(())
    }

    /// Gives the files their final names, and removes those of earlier reports that this one does
    /// not have.
    fn commit(
        &self,
        partial: &Path,
        files: &WrittenFiles,
        names: &[String],
    ) -> Result<(), FolderError> {
        // A foreign file may have come since the folder was prepared.
        self.check_free(names)?;
        self.write_manifest(files, partial)?;
        // First, so that the old summary is never beside a new table.
        if self.owned.contains(SUMMARY) {
            remove_file(&self.path.join(SUMMARY))?;
        }
        for stale in self.owned.iter().filter(|name| !names.contains(name)) {
            remove_file(&self.path.join(stale))?;
        }
        // Last comes the summary: as long as it is missing, the manifest tells which files are
        // backtrail's own.
        for name in names {
            rename(&partial.join(name), &self.path.join(name))?;
        }
        clear(partial, &[LOCK])
    }

    /// Writes the names of the files of earlier reports, and those of this one with their hashes:
    /// a file of another content that has such a name is not backtrail's own.
    fn write_manifest(&self, files: &WrittenFiles, partial: &Path) -> Result<(), FolderError> {
        let unfinished = partial.join(UNFINISHED_MANIFEST);
        write_file(&unfinished, |out| {
            for name in &self.owned {
                writeln!(out, "{name}")?;
            }
            for (name, written) in files {
                writeln!(out, "{name} {}", written.sha256)?;
            }
            Ok(())
        })?;
        rename(&unfinished, &partial.join(MANIFEST))
    }
}

/// Writes the files of findings in a format. Returns their names.
fn write_finding_files(
    format: FindingFormat,
    found: &ReportFindings<'_>,
    partial: &Path,
    files: &mut WrittenFiles,
) -> Result<Vec<String>, FolderError> {
    let mut names = Vec::new();
    for file in format.files(&found.findings) {
        add_file(files, partial, &file.name, |out| Ok(file.write(out)?))?;
        names.push(file.name);
    }
    Ok(names)
}

/// Returns the hashes of files.
fn hashes(files: &WrittenFiles) -> BTreeMap<String, String> {
    let files = files.iter();
    files
        .map(|(name, written)| (name.clone(), written.sha256.clone()))
        .collect()
}

fn file_name(table: &str, format: Format) -> String {
    format!("{table}.{}", format.extension())
}

/// Returns the files in a folder that earlier reports of backtrail wrote: those that its summary
/// lists, and those that a stopped run was about to rename.
fn owned(path: &Path, kind: ReportKind) -> BTreeSet<String> {
    let mut listed = summary_files(&path.join(SUMMARY), kind).unwrap_or_default();
    let manifest = fs::read_to_string(path.join(PARTIAL).join(MANIFEST)).unwrap_or_default();
    let renamed = manifest.lines().filter_map(|line| owned_file(path, line));
    listed.extend(renamed.map(str::to_owned));
    // Either list could name any file, so only names that a report may have count.
    listed.retain(|name| kind.may_name(name));
    listed.into_iter().collect()
}

/// Returns whether a file in [`PARTIAL`] may be one that a run left.
fn may_be_partial(name: &str) -> bool {
    let kinds = [ReportKind::Audit, ReportKind::Backtest];
    let is_listed = [LOCK, MANIFEST, UNFINISHED_MANIFEST].contains(&name);
    is_listed || kinds.iter().any(|kind| kind.may_name(name))
}

/// Returns the file that a line of the manifest names, unless it has other contents than the line
/// says.
fn owned_file<'a>(folder: &Path, line: &'a str) -> Option<&'a str> {
    let Some((name, hash)) = line.split_once(' ') else {
        return Some(line);
    };
    has_hash(&folder.join(name), hash).then_some(name)
}

/// Returns the files that a summary of backtrail lists, if it is of this kind of report.
fn summary_files(path: &Path, kind: ReportKind) -> Option<Vec<String>> {
    #[derive(serde::Deserialize)]
    struct Marker {
        generator: String,
        kind: Option<String>,
        files: Vec<String>,
    }
    let file = BufReader::new(File::open(path).ok()?);
    let marker: Marker = serde_json::from_reader(file).ok()?;
    let is_own = marker.generator == "backtrail" && marker.kind.as_deref() == kind.mark();
    is_own.then_some(marker.files)
}

/// Removes the files of a folder except these.
fn clear(folder: &Path, kept: &[&str]) -> Result<(), FolderError> {
    let entries = fs::read_dir(folder).map_err(FolderError::at(folder))?;
    for entry in entries {
        let entry = entry.map_err(FolderError::at(folder))?;
        let is_kept = kept.iter().any(|name| entry.file_name() == *name);
        if !is_kept {
            remove_file(&entry.path())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_very_many_objects_must_be_requested() {
        assert!(is_usual(OBJECTS, OBJECTS_LIMIT));
        assert!(!is_usual(OBJECTS, OBJECTS_LIMIT + 1));
        assert!(is_usual("coverage", OBJECTS_LIMIT + 1));
        assert!(Report::table_names().any(|name| name == OBJECTS));
    }
}
