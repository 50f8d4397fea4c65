//! Files and folders.

use std::collections::HashSet;
use std::fs::{DirEntry, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use rayon::prelude::*;
use walkdir::WalkDir;

use super::{Listing, Location, Object, SourceError};
use crate::period::to_microsecond;
use crate::problem::{Origin, Problem, ProblemKind};

/// Lists the files at `paths`, folders with all they hold, on the threads of the pool that this is called in; `-` is standard
/// input, and a path that does not exist may have wildcards. Symbolic links are followed; a file that several ways lead to
/// is listed once. `left_out` are folders that are not entered: those that the report and the ledger go to.
///
/// # Errors
///
/// When one of the paths does not exist or cannot be opened, or wildcards fit nothing.
pub fn list(paths: &[PathBuf], left_out: &[&Path]) -> Result<Listing, SourceError> {
    let left_out: Vec<PathBuf> = left_out.iter().filter_map(|path| path.canonicalize().ok()).collect();
    let mut files = Files::default();
    let paths = expanded(paths)?;
    let is_input = |path: &PathBuf| path == Path::new(STANDARD_INPUT);
    for path in paths.iter().filter(|path| !is_input(path)) {
        let metadata = std::fs::metadata(path)
            .map_err(|error| SourceError::Path { path: path.to_string_lossy().into_owned(), error })?;
        match metadata.file_type() {
            kind if kind.is_dir() => {
                files.append(Walk { root: path.canonicalize().ok(), left_out: &left_out }.root(path));
            }
            kind if kind.is_file() => files.file(path.clone(), &metadata, true),
            _ => files.problem(path, &io::Error::other("it is neither a file nor a folder")),
        }
    }
    Ok(files.finish(paths.len(), paths.iter().any(is_input)))
}

/// The path that stands for standard input.
const STANDARD_INPUT: &str = "-";

/// The paths, those with wildcards replaced by the files and folders that fit them. A path that exists is taken as it
/// is.
fn expanded(paths: &[PathBuf]) -> Result<Vec<PathBuf>, SourceError> {
    let mut found = Vec::new();
    for path in paths {
        let wildcards = path.to_str().filter(|text| text.contains(['*', '?', '[']) && !path.exists());
        match wildcards {
            None => found.push(path.clone()),
            Some(pattern) => found.extend(fitting(pattern)?),
        }
    }
    Ok(found)
}

fn fitting(pattern: &str) -> Result<Vec<PathBuf>, SourceError> {
    let error = |detail: String| SourceError::Wildcards { pattern: pattern.to_owned(), detail };
    let paths = glob::glob(pattern).map_err(|wrong| error(wrong.to_string()))?;
    let paths: Vec<PathBuf> = paths.filter_map(Result::ok).collect();
    if paths.is_empty() { Err(error("no file fits these wildcards".to_owned())) } else { Ok(paths) }
}

/// How a folder is walked through: each folder in it by itself, so that threads share them.
struct Walk<'a> {
    /// The folder itself, without links; nothing where it cannot be told.
    root: Option<PathBuf>,
    left_out: &'a [PathBuf],
}

impl Walk<'_> {
    fn root(&self, folder: &Path) -> Files {
        // It may be written in any way, such as `.`, so its name says nothing.
        let is_left_out = self.root.as_ref().is_some_and(|root| self.left_out.contains(root));
        if is_left_out { Files::default() } else { self.folder(folder) }
    }

    fn folder(&self, folder: &Path) -> Files {
        let mut files = Files::default();
        let mut folders = Vec::new();
        match std::fs::read_dir(folder) {
            Ok(entries) => entries.for_each(|entry| match entry {
                Ok(entry) => self.entry(folder, &entry, &mut files, &mut folders),
                Err(error) => files.problem(folder, &error),
            }),
            Err(error) => files.problem(folder, &error),
        }
        let inner = folders.par_iter().map(|folder| self.folder(folder));
        inner.collect::<Vec<_>>().into_iter().for_each(|inner| files.append(inner));
        files
    }

    /// Adds an entry of a folder to the files, or to the folders that must be walked through.
    fn entry(&self, folder: &Path, entry: &DirEntry, files: &mut Files, folders: &mut Vec<PathBuf>) {
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => {
                folders.extend(Some(entry.path()).filter(|path| !self.is_left_out(path)));
            }
            Ok(kind) if kind.is_symlink() => self.link(&entry.path(), files),
            Ok(kind) if kind.is_file() => match entry.metadata() {
                Ok(metadata) => files.entry(folder, entry, &metadata),
                Err(error) => files.problem(&entry.path(), &error),
            },
            Ok(_) => {}
            Err(error) => files.problem(&entry.path(), &error),
        }
    }

    fn is_left_out(&self, folder: &Path) -> bool {
        let is_it =
            |left_out: &PathBuf| left_out.file_name() == folder.file_name() && is_same(folder, left_out);
        self.left_out.iter().any(is_it)
    }

    /// Follows a symbolic link. A link to a folder that it stands in leads to nothing that is not listed anyway.
    fn link(&self, link: &Path, files: &mut Files) {
        files.followed_link = true;
        let (target, folder) =
            (link.canonicalize(), link.parent().and_then(|folder| folder.canonicalize().ok()));
        let stands_in = |target: &PathBuf| folder.as_ref().is_some_and(|folder| folder.starts_with(target));
        let is_walked = |target: &PathBuf| self.root.as_ref().is_some_and(|root| target.starts_with(root));
        if target.is_ok_and(|target| stands_in(&target) && is_walked(&target)) {
            return;
        }
        let entries = WalkDir::new(link).follow_links(true).into_iter();
        let is_left_out = |entry: &walkdir::DirEntry| {
            entry.file_type().is_dir() && self.left_out.iter().any(|left_out| is_same(entry.path(), left_out))
        };
        entries.filter_entry(|entry| !is_left_out(entry)).for_each(|entry| files.linked(entry));
    }
}

fn is_same(folder: &Path, left_out: &Path) -> bool {
    folder.canonicalize().is_ok_and(|path| path == left_out)
}

/// The files that were found.
#[derive(Default)]
struct Files {
    objects: Vec<Object>,
    problems: Vec<Problem>,
    /// Where keys are put together.
    key: String,
    /// Whether a symbolic link was followed, so that several ways may lead to one file.
    followed_link: bool,
}

impl Files {
    fn append(&mut self, mut other: Self) {
        self.objects.append(&mut other.objects);
        self.problems.append(&mut other.problems);
        self.followed_link |= other.followed_link;
    }

    fn file(&mut self, path: PathBuf, metadata: &Metadata, named: bool) {
        let key = key(&path);
        let path = Some(path).filter(|path| path.as_os_str() != key.as_str());
        self.object(key.into(), path, metadata, named);
    }

    /// Adds a file of a folder. There may be millions, so nothing is built that is not kept.
    fn entry(&mut self, folder: &Path, entry: &DirEntry, metadata: &Metadata) {
        let name = entry.file_name();
        let (Some(folder), Some(name), '/') = (folder.to_str(), name.to_str(), std::path::MAIN_SEPARATOR)
        else {
            return self.file(entry.path(), metadata, false);
        };
        self.key.clear();
        self.key.push_str(folder);
        if !folder.ends_with('/') {
            self.key.push('/');
        }
        self.key.push_str(name);
        self.object(Arc::from(self.key.as_str()), None, metadata, false);
    }

    fn object(&mut self, key: Arc<str>, path: Option<PathBuf>, metadata: &Metadata, named: bool) {
        let modified = metadata.modified().ok();
        let modified = modified.and_then(|time| Timestamp::try_from(time).ok().map(to_microsecond));
        let (location, stored_bytes) = (Location::File { path, modified }, metadata.len());
        self.objects.push(Object { key, location, stored_bytes, named });
    }

    /// Adds what a link leads to.
    fn linked(&mut self, entry: Result<walkdir::DirEntry, walkdir::Error>) {
        match entry.and_then(|entry| entry.metadata().map(|metadata| (entry, metadata))) {
            Ok((entry, metadata)) if metadata.is_file() => self.file(entry.into_path(), &metadata, false),
            Ok(_) => {}
            // A loop leads to nothing new.
            Err(error) if error.loop_ancestor().is_some() => {}
            Err(error) => {
                let path = error.path().unwrap_or(Path::new("")).to_owned();
                self.problem(&path, &error);
            }
        }
    }

    fn problem(&mut self, path: &Path, error: &dyn std::error::Error) {
        let origin = Origin { object: key(path), record: None, byte: None };
        self.problems.push(Problem { origin, kind: ProblemKind::Unreadable, detail: error.to_string() });
    }

    /// Sorts the files, drops those that are listed twice, and puts standard input behind them.
    fn finish(mut self, path_count: usize, is_input: bool) -> Listing {
        self.objects.sort_by(|a, b| a.key.cmp(&b.key));
        self.problems.sort();
        if path_count > 1 || self.followed_link {
            let mut seen = HashSet::new();
            self.objects.retain(|object| {
                let path = object.path().and_then(|path| path.canonicalize().ok());
                path.is_none_or(|path| seen.insert(path))
            });
        }
        self.objects.extend(is_input.then(|| Object {
            key: STANDARD_INPUT.into(),
            location: Location::StandardInput,
            stored_bytes: 0,
            named: true,
        }));
        Listing { objects: self.objects, problems: self.problems }
    }
}

/// The path with `/` between its segments, as keys have it. A byte that is not UTF-8 is written as `\xFF`, so that two
/// names are two keys.
fn key(path: &Path) -> String {
    let mut text = String::new();
    for chunk in path.as_os_str().as_encoded_bytes().utf8_chunks() {
        text.push_str(chunk.valid());
        chunk.invalid().iter().for_each(|byte| text.push_str(&format!("\\x{byte:02X}")));
    }
    if std::path::MAIN_SEPARATOR == '/' { text } else { text.replace(std::path::MAIN_SEPARATOR, "/") }
}

/// Reads a file, or standard input where there is none.
///
/// # Errors
///
/// When it cannot be opened or read.
pub fn read_file(path: Option<&Path>) -> io::Result<Vec<u8>> {
    let Some(path) = path else {
        let mut bytes = Vec::new();
        io::Read::read_to_end(&mut io::stdin().lock(), &mut bytes)?;
        return Ok(bytes);
    };
    std::fs::read(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(paths: &[PathBuf], left_out: &[&Path]) -> Vec<String> {
        let listing = list(paths, left_out).expect("the paths exist");
        let name = |object: Object| object.key.rsplit('/').next().map(str::to_owned);
        listing.objects.into_iter().filter_map(name).collect()
    }

    #[test]
    fn wildcards_are_replaced_by_what_fits_them() {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["a.json", "b.json", "b.txt"] {
            std::fs::write(folder.path().join(name), "{}").expect("a file");
        }
        assert_eq!(names(&[folder.path().join("*.json")], &[]), ["a.json", "b.json"]);
        std::fs::write(folder.path().join("[c]*.json"), "{}").expect("a file");
        assert_eq!(names(&[folder.path().join("[c]*.json")], &[]), ["[c]*.json"], "a name is a name");
        let nothing = list(&[folder.path().join("*.csv")], &[]).map_err(|error| error.to_string());
        assert!(nothing.is_err_and(|error| error.ends_with("no file fits these wildcards")));
    }

    #[test]
    fn a_file_is_listed_once_whatever_leads_to_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let inner = folder.path().join("inner");
        std::fs::create_dir(&inner).expect("a folder");
        std::fs::write(inner.join("a.json"), "{}").expect("a file");
        let both = [folder.path().to_owned(), inner.clone()];
        assert_eq!(names(&both, &[]), ["a.json"]);
        assert!(names(&both[..1], &[&inner]).is_empty());
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(&inner, folder.path().join("link")).expect("a link");
            std::os::unix::fs::symlink(folder.path(), inner.join("loop")).expect("a link");
            let listing = list(&both[..1], &[]).expect("the path exists");
            assert_eq!(listing.objects.len(), 1);
            assert!(listing.problems.is_empty(), "a loop hides nothing");
        }
    }
}
