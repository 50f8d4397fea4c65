//! Checking a report folder against its manifest: which files were changed, which are missing, and
//! which were added. The folder may come from anywhere, so nothing outside of it is read, and no
//! link is followed.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::file::{HashingReader, Written, hash_of};
use super::{EVIDENCE, RUN};
use crate::render::json::write_document;
use crate::text::{counted, printable, printable_path};

/// The largest manifest that is read, in bytes. It names every object that holds an attempt, and
/// there may be millions.
const EVIDENCE_LIMIT_BYTES: u64 = 4 << 30;

/// The largest `run.json` that is read, in bytes.
const RUN_LIMIT_BYTES: u64 = 1 << 20;

/// The ends of names of signatures. They are made after the report, of `evidence.json` or
/// `run.json`, and lie beside them.
const SIGNATURES: [&str; 8] = [
    ".asc",
    ".bundle",
    ".cert",
    ".minisig",
    ".pem",
    ".sig",
    ".sigstore.json",
    ".tsr",
];

/// The reason why a folder cannot be checked.
#[derive(Debug, thiserror::Error)]
#[error("cannot check `{}`: {EVIDENCE}: {error}", printable_path(folder))]
pub struct CheckError {
    folder: PathBuf,
    #[source]
    error: io::Error,
}

/// The result of checking a folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FolderCheck {
    /// The folder.
    pub folder: String,
    /// The version of the program that wrote the report.
    pub version: String,
    /// The number of files that the manifest names.
    pub files: u64,
    /// The files that are not as they were recorded, by their names.
    pub differences: Vec<FileDifference>,
}

/// A file that is not as it was recorded.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct FileDifference {
    /// The name.
    pub file: String,
    /// The kind of difference.
    pub kind: DifferenceKind,
    /// A description.
    pub detail: String,
}

/// The kinds of differences.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum DifferenceKind {
    /// The file has other contents than were recorded, or cannot be read.
    Changed,
    /// The file is not there.
    Missing,
    /// The file is not one of the report.
    Added,
    /// The manifest names something that is not a file of the folder. It is not read.
    Refused,
}

/// The part of a manifest that is checked.
#[derive(Deserialize)]
struct CheckedManifest {
    version: String,
    outputs: Vec<NamedFile>,
}

/// A file as the manifest names it.
#[derive(Deserialize)]
struct NamedFile {
    file: String,
    bytes: u64,
    sha256: String,
}

/// The part of `run.json` that is checked.
#[derive(Deserialize)]
struct CheckedRun {
    evidence_sha256: String,
}

/// A check of a folder while it goes on.
struct Checker<'a> {
    folder: &'a Path,
    differences: Vec<FileDifference>,
}

impl FolderCheck {
    /// Checks a folder.
    ///
    /// # Errors
    ///
    /// Returns an error if the folder has no manifest, or one that cannot be read.
    pub fn read(folder: &Path) -> Result<Self, CheckError> {
        let read = read_manifest(folder).and_then(|(manifest, hash)| {
            let mut checker = Checker {
                folder,
                differences: Vec::new(),
            };
            let files = checker.outputs(manifest.outputs);
            checker.run(&hash);
            checker.added(&files)?;
            Ok(checker.finish(manifest.version, files.len()))
        });
        read.map_err(|error| CheckError {
            folder: folder.to_owned(),
            error,
        })
    }

    /// Returns true if every file is as it was recorded.
    pub fn is_as_recorded(&self) -> bool {
        self.differences.is_empty()
    }
}

impl DifferenceKind {
    /// Returns the name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Missing => "missing",
            Self::Added => "added",
            Self::Refused => "refused",
        }
    }
}

impl Checker<'_> {
    fn finish(mut self, version: String, files: usize) -> FolderCheck {
        self.differences.sort();
        FolderCheck {
            folder: self.folder.to_string_lossy().into_owned(),
            version,
            files: files as u64,
            differences: self.differences,
        }
    }

    fn add(&mut self, file: &str, kind: DifferenceKind, detail: impl Into<String>) {
        self.differences.push(FileDifference {
            file: file.to_owned(),
            kind,
            detail: detail.into(),
        });
    }

    /// Checks the files that a manifest names. Returns their names.
    fn outputs(&mut self, outputs: Vec<NamedFile>) -> BTreeSet<String> {
        let mut by_name: BTreeMap<String, Written> = BTreeMap::new();
        for NamedFile {
            file,
            bytes,
            sha256,
        } in outputs
        {
            let recorded = Written { bytes, sha256 };
            // Each file is read once, however often it is named.
            if by_name.insert(file.clone(), recorded).is_some() {
                self.add(&file, DifferenceKind::Refused, "it is named twice");
            }
        }
        for (name, recorded) in &by_name {
            self.output(name, recorded);
        }
        by_name.into_keys().collect()
    }

    fn output(&mut self, name: &str, recorded: &Written) {
        if !is_plain(name) {
            return self.add(name, DifferenceKind::Refused, "it is not a name of a file");
        }
        match self.found(name, recorded) {
            Ok(found) if found == *recorded => {}
            Ok(found) => self.add(name, DifferenceKind::Changed, difference(recorded, &found)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                self.add(name, DifferenceKind::Missing, "it is not there");
            }
            Err(error) => self.add(name, DifferenceKind::Changed, error.to_string()),
        }
    }

    /// Returns the size and the hash of a file. One of another size is not hashed.
    fn found(&self, name: &str, recorded: &Written) -> io::Result<Written> {
        let file = open(self.folder, name)?;
        let bytes = file.metadata()?.len();
        // A file of another size has changed in any case, and may be too large to hash.
        match bytes == recorded.bytes {
            true => hash_of(file.take(bytes)),
            false => Ok(Written {
                bytes,
                sha256: String::new(),
            }),
        }
    }

    /// Checks that `run.json` is that of this manifest.
    fn run(&mut self, evidence_sha256: &str) {
        match read_run(self.folder) {
            Ok(run) if run.evidence_sha256 == evidence_sha256 => {}
            Ok(_) => {
                let detail = format!("{RUN} names another hash of it");
                self.add(EVIDENCE, DifferenceKind::Changed, detail);
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                self.add(RUN, DifferenceKind::Missing, "it is not there");
            }
            Err(error) => self.add(RUN, DifferenceKind::Changed, error.to_string()),
        }
    }

    /// Looks for files that are not of the report.
    fn added(&mut self, files: &BTreeSet<String>) -> io::Result<()> {
        for entry in fs::read_dir(self.folder)? {
            let name = entry?.file_name();
            let name = name.to_string_lossy();
            let is_known = files.contains(&*name) || *name == *EVIDENCE || *name == *RUN;
            if !is_known && !is_signature(&name) {
                self.add(
                    &name,
                    DifferenceKind::Added,
                    "the manifest does not name it",
                );
            }
        }
        Ok(())
    }
}

fn difference(recorded: &Written, found: &Written) -> String {
    match recorded.bytes == found.bytes {
        true => "it has other contents".to_owned(),
        false => {
            let recorded = counted(recorded.bytes, "byte", "bytes");
            format!("it has {} of {recorded}", found.bytes)
        }
    }
}

/// Returns whether a name is that of a file in the folder itself, on every system.
fn is_plain(name: &str) -> bool {
    let mut components = Path::new(name).components();
    let is_one = match (components.next(), components.next()) {
        (Some(Component::Normal(only)), None) => only == OsStr::new(name),
        _ => false,
    };
    is_one && !name.contains(['/', '\\', ':', '\0'])
}

pub(super) fn is_signature(name: &str) -> bool {
    let rest = name
        .strip_prefix(EVIDENCE)
        .or_else(|| name.strip_prefix(RUN));
    rest.is_some_and(|rest| SIGNATURES.contains(&rest))
}

fn read_manifest(folder: &Path) -> io::Result<(CheckedManifest, String)> {
    let file = open(folder, EVIDENCE)?.take(EVIDENCE_LIMIT_BYTES);
    // It is read to its end, or else it is not JSON.
    let mut reader = io::BufReader::new(HashingReader::new(file));
    let manifest = serde_json::from_reader(&mut reader)?;
    Ok((manifest, reader.into_inner().finish().sha256))
}

fn read_run(folder: &Path) -> io::Result<CheckedRun> {
    let file = open(folder, RUN)?.take(RUN_LIMIT_BYTES);
    Ok(serde_json::from_reader(io::BufReader::new(file))?)
}

/// Opens a file of a folder, unless it is a link or something else than a file.
fn open(folder: &Path, name: &str) -> io::Result<File> {
    let file = open_without_link(&folder.join(name))?;
    match file.metadata()?.is_file() {
        true => Ok(file),
        false => Err(io::Error::other("it is not a file")),
    }
}

#[cfg(unix)]
fn open_without_link(path: &Path) -> io::Result<File> {
    use rustix::fs::{Mode, OFlags, open};
    // A pipe that is opened for reading waits for a writer, unless it is asked not to.
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    match open(path, flags, Mode::empty()) {
        Ok(file) => Ok(file.into()),
        Err(rustix::io::Errno::LOOP) => Err(io::Error::other("it is a link")),
        Err(error) => Err(error.into()),
    }
}

#[cfg(not(unix))]
fn open_without_link(path: &Path) -> io::Result<File> {
    match fs::symlink_metadata(path)?.is_symlink() {
        true => Err(io::Error::other("it is a link")),
        false => File::open(path),
    }
}

/// Writes the result of a check, as text or as one JSON object.
///
/// # Errors
///
/// Returns an error if the bytes cannot be written.
pub fn write_check(check: &FolderCheck, as_json: bool, out: &mut dyn io::Write) -> io::Result<()> {
    if as_json {
        return write_document(check, out);
    }
    for difference in &check.differences {
        let (file, detail) = (printable(&difference.file), printable(&difference.detail));
        writeln!(out, "{:<8} {file}: {detail}", difference.kind.name())?;
    }
    let folder = printable(&check.folder);
    let differences = match check.differences.len() {
        0 => {
            let files = counted(check.files, "file is", "files are");
            return writeln!(out, "{folder}: {files} as recorded");
        }
        count => counted(count, "difference", "differences"),
    };
    let files = counted(check.files, "recorded file", "recorded files");
    writeln!(out, "{folder}: {differences} from {files}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_files_in_the_folder_are_plain() {
        for name in ["summary.json", "a b", "é.csv", "...", "-x"] {
            assert!(is_plain(name), "{name}");
        }
        let others = [
            "",
            ".",
            "..",
            "/",
            "/etc/passwd",
            "../x",
            "a/b",
            "a/",
            "./a",
            "a\\b",
            "C:x",
            "a\0b",
        ];
        for name in others {
            assert!(!is_plain(name), "{name}");
        }
    }

    #[test]
    fn signatures_are_of_the_manifest_or_the_run() {
        for name in ["evidence.json.minisig", "run.json.sigstore.json"] {
            assert!(is_signature(name), "{name}");
        }
        for name in [
            "summary.json.sig",
            "evidence.json",
            "evidence.json.exe",
            "x.sig",
        ] {
            assert!(!is_signature(name), "{name}");
        }
    }
}
