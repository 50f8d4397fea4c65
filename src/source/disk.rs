//! Files and folders.

use std::collections::HashSet;
use std::fs::{DirEntry, File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use rayon::prelude::*;
use walkdir::WalkDir;

use super::open::open;
use super::{Detail, Listing, Location, Object, SourceError};
use crate::problem::{Origin, Problem, ProblemKind};
use crate::time::period::to_microsecond;

/// Lists the files at `paths`, folders with all they hold, on the threads of the pool that this is
/// called in; `-` is standard input, and a path that does not exist may have wildcards. Symbolic
/// links are followed; a file that several ways lead to is listed once. `left_out` are folders that
/// are not entered: those that the report and the ledger go to.
///
/// # Errors
///
/// When one of the paths does not exist or cannot be opened, or wildcards fit nothing.
pub fn list(paths: &[PathBuf], left_out: &[&Path], detail: Detail) -> Result<Listing, SourceError> {
    let left_out: Vec<PathBuf> = left_out
        .iter()
        .filter_map(|path| path.canonicalize().ok())
        .collect();
    let mut files = Files::default();
    let paths = expanded(paths)?;
    let is_input = |path: &PathBuf| path == Path::new(STANDARD_INPUT);
    for path in paths.iter().filter(|path| !is_input(path)) {
        let metadata = std::fs::metadata(path).map_err(|error| SourceError::Path {
            path: path.to_string_lossy().into_owned(),
            error,
        })?;
        match metadata.file_type() {
            kind if kind.is_dir() => {
                files.append(
                    Walk {
                        root: path.canonicalize().ok(),
                        left_out: &left_out,
                        detail,
                    }
                    .root(path),
                );
            }
            kind if kind.is_file() => files.file(path.clone(), Some(&metadata), true),
            _ => files.problem(path, &io::Error::other("it is neither a file nor a folder")),
        }
    }
    Ok(files.finish(paths.len(), paths.iter().any(is_input)))
}

/// The path that stands for standard input.
const STANDARD_INPUT: &str = "-";

/// The paths, those with wildcards replaced by the files and folders that fit them. A path that
/// exists is taken as it is.
fn expanded(paths: &[PathBuf]) -> Result<Vec<PathBuf>, SourceError> {
    let mut found = Vec::new();
    for path in paths {
        let wildcards = path
            .to_str()
            .filter(|text| text.contains(['*', '?', '[']) && !path.exists());
        match wildcards {
            None => found.push(path.clone()),
            Some(pattern) => found.extend(fitting(pattern)?),
        }
    }
    Ok(found)
}

fn fitting(pattern: &str) -> Result<Vec<PathBuf>, SourceError> {
    let error = |detail: String| SourceError::Wildcards {
        pattern: pattern.to_owned(),
        detail,
    };
    let paths = glob::glob(pattern).map_err(|wrong| error(wrong.to_string()))?;
    let paths: Vec<PathBuf> = paths.filter_map(Result::ok).collect();
    if paths.is_empty() {
        Err(error("no file fits these wildcards".to_owned()))
    } else {
        Ok(paths)
    }
}

/// How a folder is walked through: level by level, each folder of a level by itself, so that
/// threads share them.
struct Walk<'a> {
    /// The folder itself, without links; nothing where it cannot be told.
    root: Option<PathBuf>,
    left_out: &'a [PathBuf],
    detail: Detail,
}

impl Walk<'_> {
    fn root(&self, folder: &Path) -> Files {
        // It may be written in any way, such as `.`, so its name says nothing.
        let is_left_out = self
            .root
            .as_ref()
            .is_some_and(|root| self.left_out.contains(root));
        let mut level = if is_left_out {
            Vec::new()
        } else {
            vec![folder.to_owned()]
        };
        let mut files = Files::default();
        while !level.is_empty() {
            let found: Vec<(Files, Vec<PathBuf>)> =
                level.par_iter().map(|folder| self.folder(folder)).collect();
            level.clear();
            for (own, folders) in found {
                files.append(own);
                level.extend(folders);
            }
        }
        files
    }

    /// The files in a folder, and the folders.
    fn folder(&self, folder: &Path) -> (Files, Vec<PathBuf>) {
        let mut files = Files::default();
        let mut folders = Vec::new();
        match std::fs::read_dir(folder) {
            Ok(entries) => entries.for_each(|entry| match entry {
                Ok(entry) => self.entry(folder, &entry, &mut files, &mut folders),
                Err(error) => files.problem(folder, &error),
            }),
            Err(error) => files.problem(folder, &error),
        }
        // What is in order in part is put in order the faster.
        files.objects.sort_unstable_by(|a, b| a.key.cmp(&b.key));
        folders.sort_unstable();
        (files, folders)
    }

    /// Adds an entry of a folder to the files, or to the folders that must be walked through.
    fn entry(
        &self,
        folder: &Path,
        entry: &DirEntry,
        files: &mut Files,
        folders: &mut Vec<PathBuf>,
    ) {
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => {
                folders.extend(Some(entry.path()).filter(|path| !self.is_left_out(path)));
            }
            Ok(kind) if kind.is_symlink() => self.link(&entry.path(), files),
            Ok(kind) if kind.is_file() => {
                // Whatever is asked, the same files are listed. Reading one of which nothing is
                // told will tell why.
                let asked = (self.detail == Detail::Size)
                    .then(|| entry.metadata().ok())
                    .flatten();
                files.entry(folder, entry, asked.as_ref());
            }
            Ok(_) => {}
            Err(error) => files.problem(&entry.path(), &error),
        }
    }

    fn is_left_out(&self, folder: &Path) -> bool {
        let is_it = |left_out: &PathBuf| {
            left_out.file_name() == folder.file_name() && is_same(folder, left_out)
        };
        self.left_out.iter().any(is_it)
    }

    /// Follows a symbolic link. Where it leads to what is walked through anyway, or is left out,
    /// there is nothing to follow.
    fn link(&self, link: &Path, files: &mut Files) {
        files.followed_link = true;
        let entries = WalkDir::new(link).follow_links(true).into_iter();
        entries
            .filter_entry(|entry| !self.is_known(entry))
            .for_each(|entry| files.linked(entry));
    }

    fn is_known(&self, entry: &walkdir::DirEntry) -> bool {
        let is_within = |path: &Path| {
            self.root
                .iter()
                .chain(self.left_out)
                .any(|folder| path.starts_with(folder))
        };
        let can_lead_back = entry.path_is_symlink() || entry.file_type().is_dir();
        can_lead_back
            && entry
                .path()
                .canonicalize()
                .is_ok_and(|path| is_within(&path))
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

    fn file(&mut self, path: PathBuf, metadata: Option<&Metadata>, named: bool) {
        let key = key(&path);
        let path = Some(path).filter(|path| path.as_os_str() != key.as_str());
        self.object(key.into(), path, metadata, named);
    }

    /// Adds a file of a folder. There may be millions, so nothing is built that is not kept.
    fn entry(&mut self, folder: &Path, entry: &DirEntry, metadata: Option<&Metadata>) {
        let name = entry.file_name();
        let (Some(folder), Some(name), '/') =
            (folder.to_str(), name.to_str(), std::path::MAIN_SEPARATOR)
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

    fn object(
        &mut self,
        key: Arc<str>,
        path: Option<PathBuf>,
        metadata: Option<&Metadata>,
        named: bool,
    ) {
        let modified = metadata.and_then(|metadata| metadata.modified().ok());
        let modified = modified.and_then(|time| Timestamp::try_from(time).ok().map(to_microsecond));
        let (location, stored_bytes) = (
            Location::File { path, modified },
            metadata.map(Metadata::len),
        );
        self.objects.push(Object {
            key,
            location,
            stored_bytes,
            named,
        });
    }

    /// Adds what a link leads to.
    fn linked(&mut self, entry: Result<walkdir::DirEntry, walkdir::Error>) {
        match entry.and_then(|entry| entry.metadata().map(|metadata| (entry, metadata))) {
            Ok((entry, metadata)) if metadata.is_file() => {
                self.file(entry.into_path(), Some(&metadata), false)
            }
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
        let origin = Origin {
            object: key(path),
            record: None,
            byte: None,
        };
        self.problems.push(Problem {
            origin,
            kind: ProblemKind::Unreadable,
            detail: error.to_string(),
        });
    }

    /// Keeps one of the files that are the same: the one that was named, or else the first by its
    /// key.
    fn drop_copies(&mut self) {
        self.objects
            .sort_by(|a, b| (b.named, &a.key).cmp(&(a.named, &b.key)));
        let mut seen = HashSet::new();
        self.objects.retain(|object| {
            let path = object.path().and_then(|path| path.canonicalize().ok());
            path.is_none_or(|path| seen.insert(path))
        });
    }

    /// Sorts the files, drops those that are listed twice, and puts standard input behind them.
    fn finish(mut self, path_count: usize, is_input: bool) -> Listing {
        self.problems.sort();
        if path_count > 1 || self.followed_link {
            self.drop_copies();
        }
        self.objects.par_sort_unstable_by(|a, b| a.key.cmp(&b.key));
        self.objects.extend(is_input.then(|| Object {
            key: STANDARD_INPUT.into(),
            location: Location::StandardInput,
            stored_bytes: None,
            named: true,
        }));
        Listing {
            objects: self.objects,
            problems: self.problems,
        }
    }
}

/// The path with `/` between its segments, as keys have it. A byte that is not UTF-8 is written as
/// `\xFF`, so that two names are two keys.
fn key(path: &Path) -> String {
    let mut text = String::new();
    for chunk in path.as_os_str().as_encoded_bytes().utf8_chunks() {
        text.push_str(chunk.valid());
        chunk
            .invalid()
            .iter()
            .for_each(|byte| text.push_str(&format!("\\x{byte:02X}")));
    }
    if std::path::MAIN_SEPARATOR == '/' {
        text
    } else {
        text.replace(std::path::MAIN_SEPARATOR, "/")
    }
}

/// More than most files of an archive have.
const USUAL_BYTES: usize = 16 << 10;

/// Reads a file to its end, without asking the system first how much that is, which a file by
/// itself would do.
fn read_rest(file: File, mut bytes: Vec<u8>) -> io::Result<Vec<u8>> {
    file.take(u64::MAX).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Reads a file that had so many bytes when it was listed, if that is known, or standard input
/// where there is none.
///
/// # Errors
///
/// When it cannot be opened or read.
pub fn read_file(path: Option<&Path>, stored_bytes: Option<u64>) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let Some(path) = path else {
        io::stdin().lock().read_to_end(&mut bytes)?;
        return Ok(bytes);
    };
    let mut file = open(path)?;
    let Some(stored_bytes) = stored_bytes else {
        bytes.reserve(USUAL_BYTES);
        return read_rest(file, bytes);
    };
    let size = usize::try_from(stored_bytes).map_err(|_| io::ErrorKind::OutOfMemory)?;
    bytes.try_reserve_exact(size)?;
    bytes.resize(size, 0);
    match file.read_exact(&mut bytes) {
        // What was added since.
        Ok(()) => read_rest(file, bytes),
        // It has become shorter.
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            drop(bytes);
            std::fs::read(path)
        }
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(paths: &[PathBuf], left_out: &[&Path]) -> Vec<String> {
        let listing = list(paths, left_out, Detail::Name).expect("the paths exist");
        // Whatever is asked, the same files are listed.
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
    fn a_file_is_read_whole_however_large_it_was_when_it_was_listed() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a");
        for size in [0, 1, 31, 32, 9_000] {
            std::fs::write(&path, vec![b'x'; size]).expect("a file");
            for listed in [0, 1, size.saturating_sub(1), size, size + 1, 2 * size] {
                let read = read_file(Some(&path), Some(listed as u64)).expect("a file");
                assert_eq!(read, vec![b'x'; size], "{listed}");
            }
        }
        assert!(read_file(Some(&path), Some(u64::MAX)).is_err());
        assert!(read_file(Some(folder.path()), Some(0)).is_err());
    }

    #[test]
    fn wildcards_are_replaced_by_what_fits_them() {
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
        assert!(nothing.is_err_and(|error| error.ends_with("no file fits these wildcards")));
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
