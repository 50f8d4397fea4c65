//! Files that are being listed.

use std::error::Error;
use std::fs::{DirEntry, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;

use super::key::{key, needs_escape};
use crate::problem::{Origin, Problem, ProblemKind};
use crate::source::read_error::is_transient;
use crate::source::{Location, Object};
use crate::spool::Spool;
use crate::time::period::to_microsecond;

/// The path that means standard input.
pub(super) const STANDARD_INPUT: &str = "-";

/// The number of files that are listed before they are handed on together.
const FILES_TOGETHER: usize = 1_024;

/// Files that are being listed.
pub(super) struct FileListing<'a> {
    objects: &'a Spool<Object>,
    /// Files that are not handed on yet.
    waiting: Vec<Object>,
    /// The memory in which keys are built.
    key: String,
    pub(super) found: ListingFacts,
}

/// Facts about a list beside its files.
#[derive(Debug, Default)]
pub(super) struct ListingFacts {
    /// Places that could not be listed.
    pub(super) problems: Vec<Problem>,
    /// True if a symbolic link was followed, so that several ways may lead to one file.
    pub(super) followed_link: bool,
}

impl ListingFacts {
    pub(super) fn append(&mut self, other: Self) {
        self.problems.extend(other.problems);
        self.followed_link |= other.followed_link;
    }
}

impl<'a> FileListing<'a> {
    /// Begins a list whose files go to a spool.
    pub(super) fn new(objects: &'a Spool<Object>) -> Self {
        Self {
            objects,
            waiting: Vec::new(),
            key: String::new(),
            found: ListingFacts::default(),
        }
    }

    /// Ends the list. Returns what was found beside the files.
    pub(super) fn finish(mut self) -> ListingFacts {
        self.hand_on();
        self.found
    }

    fn push(&mut self, object: Object) {
        self.waiting.push(object);
        if self.waiting.len() == FILES_TOGETHER {
            self.hand_on();
        }
    }

    fn hand_on(&mut self) {
        // A temporary file that failed says why when the listing is finished.
        let _ = self.objects.extend(self.waiting.drain(..));
    }

    /// Adds a file.
    pub(super) fn add(&mut self, path: PathBuf, metadata: Option<&Metadata>, named: bool) {
        let key = key(&path);
        // A path that its key spells out is not kept twice, as there may be millions.
        let is_other = path.as_os_str() != key.as_str();
        let path = is_other.then_some(path);
        self.push(file(key.into(), path, metadata, named));
    }

    /// Adds a file of a folder. There may be millions, so nothing is built that is not kept.
    pub(super) fn add_entry(
        &mut self,
        folder: &Path,
        entry: &DirEntry,
        metadata: Option<&Metadata>,
    ) {
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
        self.push(file(key, None, metadata, false));
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
    pub(super) fn add_linked(&mut self, entry: Result<walkdir::DirEntry, walkdir::Error>) {
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

    pub(super) fn add_problem(&mut self, path: &Path, error: &(dyn Error + 'static)) {
        self.found.problems.push(Problem {
            origin: origin(path),
            kind: kind(error),
            detail: error.to_string(),
        });
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

pub(super) fn standard_input() -> Object {
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
        Some(kind) if is_transient(kind) => ProblemKind::Unavailable,
        _ => ProblemKind::Unreadable,
    }
}

fn origin(path: &Path) -> Origin {
    Origin {
        object: key(path).into(),
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
pub(super) fn modified(metadata: Option<&Metadata>) -> Option<Timestamp> {
    let time = metadata?.modified().ok()?;
    Timestamp::try_from(time).ok().map(to_microsecond)
}

#[cfg(test)]
mod tests {
    use walkdir::WalkDir;

    use super::*;

    #[test]
    fn a_place_that_may_not_be_read_is_a_problem_of_its_own_kind() {
        let denied = io::Error::from(io::ErrorKind::PermissionDenied);
        assert_eq!(kind(&denied), ProblemKind::AccessDenied);
        let late = io::Error::from(io::ErrorKind::TimedOut);
        assert_eq!(kind(&late), ProblemKind::Unavailable);
        assert_eq!(kind(&io::Error::other("else")), ProblemKind::Unreadable);
        let folder = tempfile::tempdir().expect("a folder");
        let gone = WalkDir::new(folder.path().join("gone")).into_iter().next();
        let gone = gone.and_then(Result::err).expect("an error");
        assert_eq!(kind(&gone), ProblemKind::Unreadable);
    }
}
