//! The objects that were found in an archive.

use super::{Digest, ObjectName, PreviousDigest, Sha256};
use crate::cloudtrail::key::ObjectKind;

/// A digest that was found.
#[derive(Clone, Debug)]
pub struct FoundDigest {
    /// The place where it lies.
    pub name: ObjectName,
    /// The content, or the reason why it could not be read.
    pub content: Result<DigestContent, Flaw>,
}

impl FoundDigest {
    /// Returns what the digest says about the one before it.
    pub(super) fn previous(&self) -> Option<&PreviousDigest> {
        self.content.as_ref().ok()?.digest.previous.as_ref()
    }
}

/// The content of a digest.
#[derive(Clone, Debug)]
pub struct DigestContent {
    /// The hash of the content.
    pub hash: Sha256,
    /// The digest.
    pub digest: Digest,
}

/// A log file that was found, or another file that a digest may list.
#[derive(Clone, Debug)]
pub struct FoundLogFile {
    /// The place where it lies.
    pub name: ObjectName,
    /// The kind of log file.
    pub kind: ObjectKind,
    /// The hash of its content.
    pub content: Result<Sha256, Flaw>,
}

/// The reason for which an object has no content that could be compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// Its bytes are not what CloudTrail writes, for this reason: one gzip member and nothing else.
    Damaged(String),
    /// It could not be read, for this reason.
    Unread(String),
}
