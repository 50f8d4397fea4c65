//! The receiver of the findings of each object.

use std::ops::ControlFlow;

use jiff::Timestamp;

use super::{Findings, UseLimit};

/// A receiver of the findings of each object.
pub trait FindingsSink: Sync {
    /// Returns a limit beyond which uses need not be collected, since they would be left out when
    /// the findings are merged.
    fn use_limit(&self) -> UseLimit {
        UseLimit::default()
    }

    /// Takes the findings of an object. Breaks if there is no point in reading more.
    fn keep(&self, listed: ListedObject<'_>, findings: Findings) -> ControlFlow<()>;
}

/// An object as its source listed it. Key, tag and size together identify its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListedObject<'a> {
    /// The key or path.
    pub key: &'a str,
    /// The tag that changes with the content; `None` where the source has no such tag.
    pub tag: Option<ContentTag<'a>>,
    /// The size in bytes, where it was requested.
    pub stored_bytes: Option<u64>,
    /// True if the user named the object, false if it was found. A named object without records is
    /// a problem.
    pub named: bool,
}

/// A tag that changes with the content of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContentTag<'a> {
    /// The ETag of S3, as it was listed.
    ETag(&'a str),
    /// The time at which a file was last modified, in microseconds.
    Modified(Timestamp),
}

impl<'a> ContentTag<'a> {
    /// Returns the ETag; `None` for a time.
    pub fn etag(self) -> Option<&'a str> {
        match self {
            Self::ETag(etag) => Some(etag),
            Self::Modified(_) => None,
        }
    }
}
