//! The sources of objects: files, folders, standard input, and buckets of S3.
//!
//! A source reads the objects that are its own, as many at once as serves it best, and hands each
//! to a visitor. Retries, reading ahead and asynchronous requests are its own affair.

pub mod disk;
mod error;
mod intake;
mod listed;
mod object_list;
mod read_error;
pub mod s3;

use std::borrow::Cow;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;

pub use disk::{Disk, ListedFiles};
pub use error::ListError;
pub use intake::ObjectBytes;
pub use object_list::{ListedObjects, ObjectList};
pub use read_error::{FailureDetails, ReadError};
pub use s3::{RemoteObject, S3Source};

use crate::container::Limits;
use crate::findings::{ContentTag, ListedObject};

/// A place that objects are read from.
pub trait Source: Sync {
    /// Visits each of the objects that belong to this source once, on the threads of the pool that
    /// this is called in. Ends early when a visit breaks. Objects are taken as they are needed.
    fn read_all(
        &self,
        objects: &mut SourceObjects<'_>,
        options: &ReadOptions<'_>,
        visit: &VisitObject<'_>,
    ) -> ControlFlow<()>;
}

/// Objects, some of them at a time.
pub type SourceObjects<'a> = dyn Iterator<Item = Cow<'a, [Object]>> + Send + 'a;

/// Takes an object, and the means to fetch its bytes.
pub type VisitObject<'a> = dyn Fn(&Object, &mut dyn Fetch) -> ControlFlow<()> + Sync + 'a;

/// The options of [`Source::read_all`].
pub struct ReadOptions<'a> {
    /// The limits of an object.
    pub limits: &'a Limits,
    /// Returns whether the bytes of an object will be fetched. A source reads ahead only objects
    /// that are wanted; the others are visited, too.
    pub is_wanted: &'a (dyn Fn(&Object) -> bool + Sync),
}

/// The bytes of one object, on request.
pub trait Fetch {
    /// Fetches the bytes: all of them, those up to the limit, or the first ones of an object that
    /// holds no records.
    ///
    /// # Errors
    ///
    /// Returns an error if the source cannot deliver them.
    fn fetch(&mut self) -> Result<ObjectBytes, ReadError>;

    /// Fetches the bytes once more, in case they were damaged on their way; nothing where they
    /// would be the same again, or were fetched often enough.
    fn fetch_again(&mut self) -> Option<Result<ObjectBytes, ReadError>> {
        None
    }
}

/// Something that may hold records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// The path or address as text. Bytes of paths that are not UTF-8 are written as `\xFF`, and a
    /// backslash as `\x5C` where it could be mistaken for the beginning of such a byte.
    pub key: Arc<str>,
    /// The place of its bytes.
    pub location: Location,
    /// The size in bytes when it was listed, if that was requested.
    pub stored_bytes: Option<u64>,
    /// True if the user named it, rather than a folder that contains it.
    pub named: bool,
}

/// The place of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// A file.
    File {
        /// The path, if it differs from the key.
        path: Option<PathBuf>,
        /// The time of the last modification, if it was requested and the file system knows it.
        modified: Option<Timestamp>,
    },
    /// The standard input of this process.
    StandardInput,
    /// A bucket of S3.
    Remote(Box<RemoteObject>),
}

impl Object {
    /// Returns the path of a file.
    pub fn path(&self) -> Option<&Path> {
        match &self.location {
            Location::File { path, .. } => Some(path.as_deref().unwrap_or(Path::new(&*self.key))),
            Location::StandardInput | Location::Remote(_) => None,
        }
    }

    /// Returns the object in S3, if it is one.
    pub fn remote(&self) -> Option<&RemoteObject> {
        match &self.location {
            Location::Remote(remote) => Some(remote),
            Location::File { .. } | Location::StandardInput => None,
        }
    }

    /// Returns the size in bytes when it was listed, or the present size of the file.
    pub fn size_bytes(&self) -> Option<u64> {
        if self.stored_bytes.is_some() {
            return self.stored_bytes;
        }
        let metadata = std::fs::metadata(self.path()?).ok()?;
        Some(metadata.len())
    }

    /// Returns the object as it was listed.
    pub fn listed(&self) -> ListedObject<'_> {
        ListedObject {
            key: &self.key,
            tag: self.tag(),
            stored_bytes: self.stored_bytes,
            named: self.named,
        }
    }

    fn tag(&self) -> Option<ContentTag<'_>> {
        match &self.location {
            Location::File { modified, .. } => modified.map(ContentTag::Modified),
            Location::StandardInput => None,
            Location::Remote(remote) => remote.etag.as_deref().map(ContentTag::ETag),
        }
    }
}

/// The facts that are gathered about each file of a folder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Detail {
    /// The name.
    #[default]
    Name,
    /// The name, size and time of modification, which take another call of the system for each
    /// file.
    Size,
}
