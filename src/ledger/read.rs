//! One reading of one object.

use std::sync::Arc;

use jiff::Timestamp;

use crate::findings::{ContentTag, ListedObject, Tally};
use crate::problem::ProblemKind;

/// One reading of one object, with all that it held.
#[derive(Clone, Debug)]
pub struct Read {
    /// Which content was read, and when.
    pub identity: Identity,
    /// What it held; the object itself, or the files of an archive, are among it.
    pub tally: Tally,
}

/// Which content of an object was read, and when.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Identity {
    /// The key or path.
    pub key: Arc<str>,
    /// When the scan began that read it.
    pub read_at: Timestamp,
    /// The ETag of S3, as it was listed.
    pub etag: Option<String>,
    /// When the file was modified last.
    pub modified_at: Option<Timestamp>,
    /// Its size in bytes, as it was listed; 0 where that was not asked.
    pub stored_bytes: u64,
    /// Whether it was named by the user rather than found.
    pub named: bool,
    /// How its source failed to give it, so that it must be read again.
    pub failure: Option<ProblemKind>,
}

impl Read {
    /// The reading of a listed object.
    pub fn new(listed: ListedObject<'_>, read_at: Timestamp, tally: Tally) -> Self {
        let mut failures = tally.problems.iter().map(|problem| problem.kind);
        let (etag, modified_at) = match listed.tag {
            Some(ContentTag::ETag(etag)) => (Some(etag.to_owned()), None),
            Some(ContentTag::Modified(time)) => (None, Some(time)),
            None => (None, None),
        };
        let identity = Identity {
            key: listed.key.into(),
            read_at,
            etag,
            modified_at,
            stored_bytes: listed.stored_bytes.unwrap_or_default(),
            named: listed.named,
            failure: failures.find(|kind| kind.is_of_source()),
        };
        Self { identity, tally }
    }

    /// How much JSON of kept records it holds, in bytes.
    pub(super) fn json_bytes(&self) -> usize {
        let records = self.tally.kept_records();
        records.map(|record| record.json.len()).sum()
    }
}

impl Identity {
    /// Whether it is this content that is listed. Without a tag, nobody knows.
    pub fn is(&self, listed: ListedObject<'_>) -> bool {
        let is_size = self.stored_bytes == listed.stored_bytes.unwrap_or_default();
        let is_content = is_size && self.tag() == listed.tag;
        is_content && self.named == listed.named && *self.key == *listed.key
    }

    /// Whether this content need not be read again.
    pub fn is_final(&self) -> bool {
        self.tag().is_some() && self.failure.is_none()
    }

    /// Where it stands among the readings of its key: the last one that the source gave counts, and
    /// where it never gave one, the last failure. An order of all readings, so that merging is free
    /// of order.
    pub fn rank(&self) -> impl Ord + '_ {
        (self.failure.is_none(), self)
    }

    fn tag(&self) -> Option<ContentTag<'_>> {
        let etag = self.etag.as_deref().map(ContentTag::ETag);
        etag.or(self.modified_at.map(ContentTag::Modified))
    }
}
