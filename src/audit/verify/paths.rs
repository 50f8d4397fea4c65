//! The names of the objects of an archive.

use std::borrow::Cow;
use std::path::PathBuf;

use crate::cloudtrail::key::ObjectKey;
use crate::integrity::{FoundLogFile, Layout, ObjectName};
use crate::scan::ContentHash;
use crate::source::Object;

/// The way from the objects of an archive to their names in S3.
pub(super) struct Paths<'a> {
    /// The paths that were given.
    roots: Vec<Root<'a>>,
    layout: Layout,
}

/// A path that was given.
struct Root<'a> {
    path: &'a str,
    /// The name of the folder, however its path is written.
    name: String,
}

impl<'a> Paths<'a> {
    pub(super) fn new(roots: &'a [PathBuf], layout: Layout) -> Self {
        let roots = roots.iter().filter_map(|root| root.to_str());
        let root = |path| Root {
            path,
            name: folder_name(path),
        };
        Self {
            roots: roots.map(root).collect(),
            layout,
        }
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
        let roots = self.roots.iter();
        let below = roots.filter_map(|root| Some((root, below(root.path, &path)?)));
        match below.min_by_key(|(_, below)| below.len()) {
            Some((root, below)) => self.layout.name(&root.name, below),
            None => self.layout.name("", &path),
        }
    }
}

/// Returns the part of a path below the folder that was given for it, or else all of it.
pub(super) fn below_roots<'p>(roots: &[PathBuf], path: &'p str) -> &'p str {
    let roots = roots.iter().filter_map(|root| root.to_str());
    let below = roots.filter_map(|root| below(root, path));
    below.min_by_key(|below| below.len()).unwrap_or(path)
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
    let whole = folder.canonicalize().unwrap_or(folder);
    let name = whole.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}
