//! The names of the objects of an archive.

use std::borrow::Cow;
use std::path::PathBuf;

use crate::cloudtrail::key::ObjectKey;
use crate::integrity::{FoundLogFile, Layout, ObjectName};
use crate::scan::ContentHash;
use crate::source::Object;

/// The paths that were given.
pub(super) struct Roots<'a> {
    roots: Vec<RootPath<'a>>,
}

/// A path that was given.
struct RootPath<'a> {
    path: &'a str,
    /// The name of the folder, however its path is written.
    name: String,
}

/// The way from the objects of an archive to their names in S3.
pub(super) struct Paths<'a> {
    roots: Roots<'a>,
    layout: Layout,
}

impl<'a> Roots<'a> {
    pub(super) fn new(paths: &'a [PathBuf]) -> Self {
        let paths = paths.iter().filter_map(|path| path.to_str());
        let root = |path| RootPath {
            path,
            name: folder_name(path),
        };
        Self {
            roots: paths.map(root).collect(),
        }
    }

    /// Returns the path of a file below the folder that was given for it, or else all of it, with
    /// `/` between its segments.
    pub(super) fn below<'p>(&self, path: &'p str) -> Cow<'p, str> {
        match with_slashes(path) {
            Cow::Borrowed(path) => Cow::Borrowed(self.split(path).1),
            Cow::Owned(path) => Cow::Owned(self.split(&path).1.to_owned()),
        }
    }

    /// Splits a path into the name of the folder that was given for it and the path below that.
    fn split<'p>(&self, path: &'p str) -> (&str, &'p str) {
        let roots = self.roots.iter();
        let below = roots.filter_map(|root| Some((&*root.name, below(root.path, path)?)));
        // Of folders within each other, the inner one was given for its files.
        let nearest = below.min_by_key(|(_, below)| below.len());
        nearest.unwrap_or(("", path))
    }
}

impl<'a> Paths<'a> {
    pub(super) fn new(roots: Roots<'a>, layout: Layout) -> Self {
        Self { roots, layout }
    }

    /// Returns a log file under its name.
    pub(super) fn log_file(&self, object: &Object, content: ContentHash) -> FoundLogFile {
        FoundLogFile {
            name: self.name(object),
            kind: ObjectKey::parse(&object.key).kind,
            content,
        }
    }

    /// Returns the name of an object: of one in S3, its own.
    pub(super) fn name(&self, object: &Object) -> ObjectName {
        if let Some(remote) = object.remote() {
            return ObjectName::new(&remote.bucket, &remote.key);
        }
        let path = with_slashes(&object.key);
        let (folder, below) = self.roots.split(&path);
        self.layout.name(folder, below)
    }
}

/// Returns a path with `/` between its segments.
fn with_slashes(path: &str) -> Cow<'_, str> {
    match path.contains('\\') {
        true => Cow::Owned(path.replace('\\', "/")),
        false => Cow::Borrowed(path),
    }
}

/// Returns the part of a path below a folder.
fn below<'p>(root: &str, path: &'p str) -> Option<&'p str> {
    let root = root.trim_end_matches('/');
    let below = path.strip_prefix(root)?.strip_prefix('/')?;
    Some(below).filter(|below| !below.is_empty())
}

/// Returns the name of a folder, however its path is written.
fn folder_name(root: &str) -> String {
    let folder = PathBuf::from(root);
    // A path such as `.` has a name only once it is resolved.
    let whole = folder.canonicalize().unwrap_or(folder);
    let name = whole.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}
