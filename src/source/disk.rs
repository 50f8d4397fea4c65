//! Files and folders.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use walkdir::WalkDir;

use super::{Listing, Location, Object, SourceError};
use crate::period::to_microsecond;
use crate::problem::{Origin, Problem, ProblemKind};

/// Lists the files at `paths`, folders with all they hold; `-` is standard input, and a path that does not exist may have
/// wildcards. Symbolic links are followed; a file that several ways
/// lead to is listed once. `left_out` are folders that are not entered: those that the report and the ledger go to.
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
        let named = metadata.is_file();
        let entries = WalkDir::new(path).follow_links(true).into_iter();
        let kept =
            entries.filter_entry(|entry| !left_out.iter().any(|left_out| is_left_out(entry, left_out)));
        kept.for_each(|entry| files.add(entry, named));
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

fn is_left_out(entry: &walkdir::DirEntry, left_out: &Path) -> bool {
    let same_name = entry.file_name() == left_out.file_name().unwrap_or(OsStr::new(""));
    // The root of a walk may be written in any way, such as `.`, so its name says nothing.
    (same_name || entry.depth() == 0)
        && entry.file_type().is_dir()
        && entry.path().canonicalize().is_ok_and(|path| path == left_out)
}

/// The files that were found.
#[derive(Default)]
struct Files {
    files: Vec<(PathBuf, Object)>,
    problems: Vec<Problem>,
    /// Whether a symbolic link was followed, so that several ways may lead to one file.
    followed_link: bool,
}

impl Files {
    fn add(&mut self, entry: Result<walkdir::DirEntry, walkdir::Error>, named: bool) {
        self.followed_link |= entry.as_ref().is_ok_and(walkdir::DirEntry::path_is_symlink);
        let file = entry.and_then(|entry| entry.metadata().map(|metadata| (entry, metadata)));
        match file {
            Ok((entry, metadata)) if metadata.is_file() => {
                let (key, stored_bytes) = (key(entry.path()), metadata.len());
                let path = entry.into_path();
                let modified = metadata
                    .modified()
                    .ok()
                    .and_then(|time| Timestamp::try_from(time).ok().map(to_microsecond));
                let location = Location::File { path: path.clone(), modified };
                self.files.push((path, Object { key, location, stored_bytes, named }));
            }
            Ok(_) => {}
            // A link to a folder that it stands in leads to nothing that is not listed anyway.
            Err(error) if error.loop_ancestor().is_some() => {}
            Err(error) => {
                let object = error.path().map_or_else(String::new, key);
                let origin = Origin { object, record: None, byte: None };
                let (kind, detail) = (ProblemKind::Unreadable, error.to_string());
                self.problems.push(Problem { origin, kind, detail });
            }
        }
    }

    /// Sorts the files, drops those that are listed twice, and puts standard input behind them.
    fn finish(mut self, path_count: usize, is_input: bool) -> Listing {
        // Comparing paths part by part would be slow.
        self.files.sort_by(|(_, a), (_, b)| a.key.cmp(&b.key));
        if path_count > 1 || self.followed_link {
            let mut seen = HashSet::new();
            self.files.retain(|(path, _)| path.canonicalize().map_or(true, |path| seen.insert(path)));
        }
        let input = is_input.then(|| Object {
            key: STANDARD_INPUT.to_owned(),
            location: Location::StandardInput,
            stored_bytes: 0,
            named: true,
        });
        let objects = self.files.into_iter().map(|(_, object)| object).chain(input).collect();
        Listing { objects, problems: self.problems }
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
