//! The files at the given paths.

use std::collections::HashSet;
use std::error::Error;
use std::fs::{DirEntry, FileType, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use rayon::prelude::*;
use walkdir::WalkDir;

use crate::problem::{Origin, Problem, ProblemKind};
use crate::source::{Detail, ListError, Listing, Location, Object};
use crate::time::period::to_microsecond;

/// The path that means standard input.
const STANDARD_INPUT: &str = "-";

/// Lists the files at `paths`, folders with everything below them, on the threads of the pool that
/// this is called in; `-` is standard input, and a path that does not exist may have wildcards.
/// Symbolic links are followed; a file that several ways lead to is listed once. Folders that are
/// `left_out` are not entered: those of the report and the ledger.
///
/// # Errors
///
/// Returns an error if one of the paths does not exist or cannot be opened, or wildcards match
/// nothing.
pub fn list(paths: &[PathBuf], left_out: &[&Path], detail: Detail) -> Result<Listing, ListError> {
    let left_out = left_out.iter().filter_map(|path| path.canonicalize().ok());
    let left_out: Vec<PathBuf> = left_out.collect();
    let (input, paths): (Vec<_>, Vec<_>) = expanded(paths)?.into_iter().partition(is_input);
    let mut files = Files::default();
    for path in &paths {
        files.append(listed_at(path, &left_out, detail)?);
    }
    // A walk through a single folder without links meets no file twice.
    if paths.len() > 1 || files.followed_link {
        files.drop_copies();
    }
    let mut listing = files.finish();
    // After the files, wherever its key would be sorted.
    listing
        .objects
        .extend(input.first().map(|_| standard_input()));
    Ok(listing)
}

fn is_input(path: &PathBuf) -> bool {
    path == Path::new(STANDARD_INPUT)
}

/// Lists the file or folder at a path.
fn listed_at(path: &Path, left_out: &[PathBuf], detail: Detail) -> Result<Files, ListError> {
    let metadata = std::fs::metadata(path).map_err(|source| ListError::Path {
        path: path.to_string_lossy().into_owned(),
        source,
    })?;
    if metadata.is_dir() {
        let walk = Walk {
            root: path.canonicalize().ok(),
            left_out,
            detail,
        };
        return Ok(walk.folders_from(path));
    }
    let mut files = Files::default();
    if metadata.is_file() {
        files.add(path.to_owned(), Some(&metadata), true);
    } else {
        files.add_problem(path, &io::Error::other("it is neither a file nor a folder"));
    }
    Ok(files)
}

/// Replaces paths with wildcards by the files and folders that match them. A path that exists is
/// taken as it is.
fn expanded(paths: &[PathBuf]) -> Result<Vec<PathBuf>, ListError> {
    let mut expanded = Vec::new();
    for path in paths {
        match path.to_str() {
            Some(text) if text.contains(['*', '?', '[']) && !path.exists() => {
                expanded.extend(matching(text)?);
            }
            _ => expanded.push(path.clone()),
        }
    }
    Ok(expanded)
}

/// Returns the files and folders that match wildcards.
fn matching(pattern: &str) -> Result<Vec<PathBuf>, ListError> {
    let error = |detail: String| ListError::Wildcards {
        pattern: pattern.to_owned(),
        detail,
    };
    let paths = glob::glob(pattern).map_err(|invalid| error(invalid.to_string()))?;
    let paths: Vec<PathBuf> = paths.filter_map(Result::ok).collect();
    if paths.is_empty() {
        return Err(error("no file matches these wildcards".to_owned()));
    }
    Ok(paths)
}

/// A walk through a folder, level by level. The threads share the folders of a level.
struct Walk<'a> {
    /// The folder itself, without links, if that can be found out.
    root: Option<PathBuf>,
    left_out: &'a [PathBuf],
    detail: Detail,
}

/// The content of one folder.
#[derive(Default)]
struct Folder {
    files: Files,
    folders: Vec<PathBuf>,
}

impl Walk<'_> {
    /// Lists all files below a folder.
    fn folders_from(&self, root: &Path) -> Files {
        let mut files = Files::default();
        // The root may be written in any way, such as `.`, so its name says nothing.
        if self
            .root
            .as_ref()
            .is_some_and(|root| self.left_out.contains(root))
        {
            return files;
        }
        let mut level = vec![root.to_owned()];
        while !level.is_empty() {
            let folders: Vec<Folder> = level.par_iter().map(|path| self.folder(path)).collect();
            level.clear();
            for folder in folders {
                files.append(folder.files);
                level.extend(folder.folders);
            }
        }
        files
    }

    /// Lists the files and folders in a folder.
    fn folder(&self, path: &Path) -> Folder {
        let mut folder = Folder::default();
        if let Err(error) = self.read_folder(path, &mut folder) {
            folder.files.add_problem(path, &error);
        }
        folder.sort();
        folder
    }

    fn read_folder(&self, path: &Path, folder: &mut Folder) -> io::Result<()> {
        for entry in std::fs::read_dir(path)? {
            match entry {
                Ok(entry) => self.add_entry(path, &entry, folder),
                // The entries after it may still be read.
                Err(error) => folder.files.add_problem(path, &error),
            }
        }
        Ok(())
    }

    /// Adds an entry to the content of its folder.
    fn add_entry(&self, path: &Path, entry: &DirEntry, folder: &mut Folder) {
        match entry.file_type() {
            Ok(kind) => self.add_entry_of_kind(kind, path, entry, folder),
            Err(error) => folder.files.add_problem(&entry.path(), &error),
        }
    }

    fn add_entry_of_kind(
        &self,
        kind: FileType,
        path: &Path,
        entry: &DirEntry,
        folder: &mut Folder,
    ) {
        if kind.is_dir() {
            let inner = entry.path();
            if !self.is_left_out(&inner) {
                folder.folders.push(inner);
            }
        } else if kind.is_symlink() {
            self.follow(&entry.path(), &mut folder.files);
        } else if kind.is_file() {
            let metadata = self.metadata(entry);
            folder.files.add_entry(path, entry, metadata.as_ref());
        }
    }

    /// Returns the metadata of a file, if it is requested. A file whose metadata cannot be read is
    /// listed all the same.
    fn metadata(&self, entry: &DirEntry) -> Option<Metadata> {
        match self.detail {
            Detail::Name => None,
            // Reading the file will say what is wrong.
            Detail::Size => entry.metadata().ok(),
        }
    }

    fn is_left_out(&self, folder: &Path) -> bool {
        self.left_out.iter().any(|other| is_same(folder, other))
    }

    /// Lists the files that a symbolic link leads to, unless the walk meets them anyway or they are
    /// left out.
    fn follow(&self, link: &Path, files: &mut Files) {
        files.followed_link = true;
        let entries = WalkDir::new(link).follow_links(true).into_iter();
        for entry in entries.filter_entry(|entry| !self.is_known(entry)) {
            files.add_linked(entry);
        }
    }

    fn is_known(&self, entry: &walkdir::DirEntry) -> bool {
        let can_lead_back = entry.path_is_symlink() || entry.file_type().is_dir();
        can_lead_back && self.leads_to_known_folder(entry.path())
    }

    /// Returns whether a path leads into the folder of the walk, or into one that is left out.
    fn leads_to_known_folder(&self, path: &Path) -> bool {
        path.canonicalize()
            .is_ok_and(|path| self.is_in_known_folder(&path))
    }

    fn is_in_known_folder(&self, path: &Path) -> bool {
        let mut known = self.root.iter().chain(self.left_out);
        known.any(|folder| path.starts_with(folder))
    }
}

impl Folder {
    /// Sorts the content, since a list that is sorted in stretches is sorted faster as a whole.
    fn sort(&mut self) {
        self.files
            .objects
            .sort_unstable_by(|a, b| a.key.cmp(&b.key));
        self.folders.sort_unstable();
    }
}

fn is_same(folder: &Path, other: &Path) -> bool {
    // Comparing names first saves a call of the system for almost every folder.
    folder.file_name() == other.file_name() && leads_to(folder, other)
}

fn leads_to(folder: &Path, other: &Path) -> bool {
    folder.canonicalize().is_ok_and(|path| path == *other)
}

/// Files that were listed.
#[derive(Default)]
struct Files {
    objects: Vec<Object>,
    problems: Vec<Problem>,
    /// The memory in which keys are built.
    key: String,
    /// True if a symbolic link was followed, so that several ways may lead to one file.
    followed_link: bool,
}

impl Files {
    fn append(&mut self, mut other: Self) {
        self.objects.append(&mut other.objects);
        self.problems.append(&mut other.problems);
        self.followed_link |= other.followed_link;
    }

    /// Adds a file.
    fn add(&mut self, path: PathBuf, metadata: Option<&Metadata>, named: bool) {
        let key = key(&path);
        // A path that its key spells out is not kept twice, as there may be millions.
        let is_other = path.as_os_str() != key.as_str();
        let path = is_other.then_some(path);
        self.objects.push(file(key.into(), path, metadata, named));
    }

    /// Adds a file of a folder. There may be millions, so nothing is built that is not kept.
    fn add_entry(&mut self, folder: &Path, entry: &DirEntry, metadata: Option<&Metadata>) {
        let name = entry.file_name();
        let (Some(folder), Some(name), '/') =
            (folder.to_str(), name.to_str(), std::path::MAIN_SEPARATOR)
        else {
            return self.add(entry.path(), metadata, false);
        };
        self.build_key(folder, name);
        if needs_escape(&self.key) {
            return self.add(entry.path(), metadata, false);
        }
        let key = Arc::from(self.key.as_str());
        self.objects.push(file(key, None, metadata, false));
    }

    /// Builds the key of a file of a folder.
    fn build_key(&mut self, folder: &str, name: &str) {
        self.key.clear();
        self.key.push_str(folder);
        if !folder.ends_with('/') {
            self.key.push('/');
        }
        self.key.push_str(name);
    }

    /// Adds a file that a link leads to.
    fn add_linked(&mut self, entry: Result<walkdir::DirEntry, walkdir::Error>) {
        let with_metadata = entry.and_then(|entry| Ok((entry.metadata()?, entry)));
        match with_metadata {
            Ok((metadata, entry)) if metadata.is_file() => {
                self.add(entry.into_path(), Some(&metadata), false);
            }
            Ok(_) => {}
            // A loop leads to nothing new.
            Err(error) if error.loop_ancestor().is_some() => {}
            Err(error) => self.add_problem(error.path().unwrap_or(Path::new("")), &error),
        }
    }

    fn add_problem(&mut self, path: &Path, error: &(dyn Error + 'static)) {
        self.problems.push(Problem {
            origin: origin(path),
            kind: kind(error),
            detail: error.to_string(),
        });
    }

    /// Keeps one of the paths that lead to the same file: the one that was named, or else the first
    /// by its key.
    fn drop_copies(&mut self) {
        // True is greater than false, so the flags change sides for named files to come first.
        self.objects
            .sort_by(|a, b| (b.named, &a.key).cmp(&(a.named, &b.key)));
        let mut seen = HashSet::new();
        self.objects.retain(|object| {
            let path = object.path().and_then(|path| path.canonicalize().ok());
            path.is_none_or(|path| seen.insert(path))
        });
    }

    /// Sorts the files.
    fn finish(mut self) -> Listing {
        self.problems.sort();
        self.objects.par_sort_unstable_by(|a, b| a.key.cmp(&b.key));
        Listing {
            objects: self.objects,
            problems: self.problems,
        }
    }
}

fn file(key: Arc<str>, path: Option<PathBuf>, metadata: Option<&Metadata>, named: bool) -> Object {
    let modified = modified(metadata);
    Object {
        key,
        location: Location::File { path, modified },
        stored_bytes: metadata.map(Metadata::len),
        named,
    }
}

fn standard_input() -> Object {
    Object {
        key: STANDARD_INPUT.into(),
        location: Location::StandardInput,
        stored_bytes: None,
        named: true,
    }
}

/// Returns the kind of problem of a place that cannot be listed.
fn kind(error: &(dyn Error + 'static)) -> ProblemKind {
    match io_error(error).map(io::Error::kind) {
        Some(io::ErrorKind::PermissionDenied) => ProblemKind::AccessDenied,
        _ => ProblemKind::Unreadable,
    }
}

fn origin(path: &Path) -> Origin {
    Origin {
        object: key(path),
        record: None,
        byte: None,
    }
}

/// Returns the error of the system, which a walk through folders wraps in one of its own.
fn io_error<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a io::Error> {
    let walked = error.downcast_ref().and_then(walkdir::Error::io_error);
    walked.or(error.downcast_ref())
}

/// Returns the time of the last modification, as precisely as tables keep it.
fn modified(metadata: Option<&Metadata>) -> Option<Timestamp> {
    let time = metadata?.modified().ok()?;
    Timestamp::try_from(time).ok().map(to_microsecond)
}

/// Returns the path with `/` between its segments, as keys have it. A byte that is not UTF-8 is
/// written as `\xFF`. In a path that has such a byte, or text that looks like one, a backslash is
/// written as `\x5C`, so that different names have different keys.
fn key(path: &Path) -> String {
    let bytes = path.as_os_str().as_encoded_bytes();
    let is_escaped = path.to_str().is_none_or(needs_escape);
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        match is_escaped && !has_backslash_as_separator() {
            true => text.push_str(&chunk.valid().replace('\\', "\\x5C")),
            false => text.push_str(chunk.valid()),
        }
        for byte in chunk.invalid() {
            text.push_str(&format!("\\x{byte:02X}"));
        }
    }
    if std::path::MAIN_SEPARATOR == '/' {
        return text;
    }
    text.replace(std::path::MAIN_SEPARATOR, "/")
}

/// Returns whether a text has something that looks like an escaped byte. Ordinary paths have no
/// backslash at all.
fn needs_escape(text: &str) -> bool {
    if has_backslash_as_separator() {
        return false;
    }
    let mut escapes = text.match_indices("\\x");
    escapes.any(|(start, sign)| has_hex_digits(text, start + sign.len()))
}

fn has_hex_digits(text: &str, start: usize) -> bool {
    let digits = text.as_bytes().get(start..start + 2);
    digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
}

const fn has_backslash_as_separator() -> bool {
    std::path::MAIN_SEPARATOR == '\\'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(paths: &[PathBuf], left_out: &[&Path]) -> Vec<String> {
        let listing = list(paths, left_out, Detail::Name).expect("the paths exist");
        // Both list the same files.
        let whole = list(paths, left_out, Detail::Size).expect("the paths exist");
        assert!(
            whole
                .objects
                .iter()
                .all(|object| object.stored_bytes.is_some())
        );
        let key = |object: &Object| object.key.clone();
        assert!(
            listing
                .objects
                .iter()
                .map(key)
                .eq(whole.objects.iter().map(key))
        );
        assert_eq!(listing.problems, whole.problems);
        let name = |object: Object| object.key.rsplit('/').next().map(str::to_owned);
        listing.objects.into_iter().filter_map(name).collect()
    }

    #[test]
    fn wildcards_are_replaced_by_what_matches_them() {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["a.json", "b.json", "b.txt"] {
            std::fs::write(folder.path().join(name), "{}").expect("a file");
        }
        assert_eq!(
            names(&[folder.path().join("*.json")], &[]),
            ["a.json", "b.json"]
        );
        std::fs::write(folder.path().join("[c]*.json"), "{}").expect("a file");
        assert_eq!(
            names(&[folder.path().join("[c]*.json")], &[]),
            ["[c]*.json"],
            "a name is a name"
        );
        let nothing = list(&[folder.path().join("*.csv")], &[], Detail::Name)
            .map_err(|error| error.to_string());
        assert!(nothing.is_err_and(|error| error.ends_with("no file matches these wildcards")));
    }

    #[test]
    #[cfg(unix)]
    fn different_names_have_different_keys() {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt;

        let key = |bytes: &[u8]| key(Path::new(OsStr::from_bytes(bytes)));
        let rows: [(&[u8], &str); 7] = [
            (b"a/b.json", "a/b.json"),
            ("a/\u{e9}".as_bytes(), "a/\u{e9}"),
            (b"a\\b", "a\\b"),
            (b"a\\xyz", "a\\xyz"),
            (b"a\xff", "a\\xFF"),
            (b"a\\xFF", "a\\x5CxFF"),
            (b"\\\xff\\xFF", "\\x5C\\xFF\\x5CxFF"),
        ];
        for (name, expected) in rows {
            assert_eq!(key(name), expected);
        }
    }

    #[test]
    #[cfg(unix)]
    fn files_are_found_by_their_paths_whatever_their_keys() {
        use std::os::unix::ffi::OsStrExt;

        let folder = tempfile::tempdir().expect("a folder");
        let names: [&[u8]; 3] = [b"\xff.json", b"\\xFF.json", b"\\x5CxFF.json"];
        for name in names {
            let path = folder.path().join(std::ffi::OsStr::from_bytes(name));
            std::fs::write(path, name).expect("a file");
        }
        let listing = list(&[folder.path().to_owned()], &[], Detail::Name).expect("a listing");
        let content = |object: &Object| std::fs::read(object.path().expect("a path"));
        let contents: Vec<Vec<u8>> = listing
            .objects
            .iter()
            .map(|object| content(object).expect("a file"))
            .collect();
        assert_eq!(contents.len(), 3);
        assert!(names.iter().all(|name| contents.contains(&name.to_vec())));
    }

    #[test]
    fn a_place_that_may_not_be_read_is_a_problem_of_its_own_kind() {
        let denied = io::Error::from(io::ErrorKind::PermissionDenied);
        assert_eq!(kind(&denied), ProblemKind::AccessDenied);
        assert_eq!(kind(&io::Error::other("else")), ProblemKind::Unreadable);
        let folder = tempfile::tempdir().expect("a folder");
        let gone = WalkDir::new(folder.path().join("gone")).into_iter().next();
        let gone = gone.and_then(Result::err).expect("an error");
        assert_eq!(kind(&gone), ProblemKind::Unreadable);
    }

    #[test]
    fn folders_may_nest_as_deep_as_paths_reach() {
        let folder = tempfile::tempdir().expect("a folder");
        let deep = folder.path().join("a/".repeat(1500));
        std::fs::create_dir_all(&deep).expect("folders");
        std::fs::write(deep.join("b.json"), "{}").expect("a file");
        assert_eq!(names(&[folder.path().to_owned()], &[]), ["b.json"]);
        // Removing them all at once would open as many.
        std::fs::remove_file(deep.join("b.json")).expect("the file");
        let inner = deep.ancestors().take_while(|path| *path != folder.path());
        inner.for_each(|path| std::fs::remove_dir(path).expect("an empty folder"));
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
            let listing = list(&both[..1], &[], Detail::Size).expect("the path exists");
            assert_eq!(listing.objects.len(), 1);
            assert!(listing.problems.is_empty(), "a loop hides nothing");
            let elsewhere = tempfile::tempdir().expect("a folder");
            std::fs::write(elsewhere.path().join("b.json"), "{}").expect("a file");
            std::os::unix::fs::symlink(folder.path(), elsewhere.path().join("back"))
                .expect("a link");
            std::os::unix::fs::symlink(elsewhere.path(), folder.path().join("there"))
                .expect("a link");
            assert_eq!(
                names(&both[..1], &[]),
                ["a.json", "b.json"],
                "with what links lead to, each once"
            );
            let named = [folder.path().join("link/a.json"), folder.path().to_owned()];
            let listing = list(&named, &[], Detail::Size).expect("the paths exist");
            let of_name = |name: &str| {
                listing
                    .objects
                    .iter()
                    .filter(|object| object.key.ends_with(name))
                    .count()
            };
            assert_eq!((of_name("a.json"), of_name("b.json")), (1, 1));
            assert!(
                listing.objects.iter().any(|object| object.named),
                "what was named stays so"
            );
        }
    }
}
