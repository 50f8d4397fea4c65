//! Where objects come from: files, folders, standard input, and buckets of S3.

pub mod disk;
mod open;
#[cfg(feature = "s3")]
pub mod s3;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use disk::{list, read_file};
pub use open::announce;

use jiff::Timestamp;

use crate::findings::{ContentTag, ListedObject};
use crate::problem::Problem;

/// Something that may hold records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// The path or address as text; bytes that are not UTF-8 are written as `\xFF`.
    pub key: Arc<str>,
    /// Where it is.
    pub location: Location,
    /// Its size in bytes when it was listed, where that was asked.
    pub stored_bytes: Option<u64>,
    /// Whether it was named by the user rather than found in a folder.
    pub named: bool,
}

/// Where an object is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// A file.
    File {
        /// Its path, where it is another than the key.
        path: Option<PathBuf>,
        /// When it was modified last, where that was asked and the file system says.
        modified: Option<Timestamp>,
    },
    /// What is written to this process.
    StandardInput,
    /// A bucket of S3.
    #[cfg(feature = "s3")]
    Remote(Box<s3::RemoteObject>),
}

impl Object {
    /// The path of a file.
    pub fn path(&self) -> Option<&Path> {
        match &self.location {
            Location::File { path, .. } => Some(path.as_deref().unwrap_or(Path::new(&*self.key))),
            Location::StandardInput => None,
            #[cfg(feature = "s3")]
            Location::Remote(_) => None,
        }
    }

    /// Its size in bytes: when it was listed, or what its file has now.
    pub fn size_bytes(&self) -> Option<u64> {
        let now = || Some(std::fs::metadata(self.path()?).ok()?.len());
        self.stored_bytes.or_else(now)
    }

    /// The object as it was listed.
    pub fn listed(&self) -> ListedObject<'_> {
        let tag = match &self.location {
            Location::File { modified, .. } => modified.map(ContentTag::Modified),
            Location::StandardInput => None,
            #[cfg(feature = "s3")]
            Location::Remote(remote) => remote.etag.as_deref().map(ContentTag::ETag),
        };
        ListedObject {
            key: &self.key,
            tag,
            stored_bytes: self.stored_bytes,
            named: self.named,
        }
    }
}

/// What is asked of each file of a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Its name.
    Name,
    /// Also its size and when it was modified, for which the system must be asked once more for
    /// each.
    Size,
}

/// What was found at the given places.
#[derive(Debug, Default)]
pub struct Listing {
    /// The objects, those of a place in the order of their keys.
    pub objects: Vec<Object>,
    /// Places that could not be looked at.
    pub problems: Vec<Problem>,
}

/// Why places cannot be listed at all.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// A path that was given cannot be opened.
    #[error("cannot open `{path}`: {error}")]
    Path {
        /// The path.
        path: String,
        /// The answer of the operating system.
        error: io::Error,
    },
    /// A path with wildcards that fits no file, or is none.
    #[error("`{pattern}`: {detail}")]
    Wildcards {
        /// The path.
        pattern: String,
        /// Why there is no file.
        detail: String,
    },
    /// A bucket that cannot be reached.
    #[error("cannot list `{address}`: {detail}")]
    Remote {
        /// The address.
        address: String,
        /// Why.
        detail: String,
    },
}
