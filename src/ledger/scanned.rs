//! The reading of one object, with its findings.

use std::sync::Arc;

use jiff::Timestamp;

use crate::findings::{ContentTag, Findings, ListedObject};
use crate::problem::ProblemKind;

// Findings are stored by readings and not as one sum, so that an object that is read again, or is
// in two ledgers, counts once.
/// The reading of one object, with its findings.
#[derive(Clone, Debug)]
pub struct ScannedObject {
    /// The content that was read.
    pub identity: Identity,
    /// The findings. Their objects are the object itself or the files of an archive.
    pub findings: Findings,
}

/// The content of an object that was read, and the scan that read it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Identity {
    /// The key or path.
    pub key: Arc<str>,
    /// The start of the scan.
    pub read_at: Timestamp,
    /// The ETag of S3, as it was listed.
    pub etag: Option<String>,
    /// The time at which the file was last modified.
    pub modified_at: Option<Timestamp>,
    /// The size in bytes, as it was listed; 0 where it was not requested.
    pub stored_bytes: u64,
    /// True if the user named the object, false if it was found.
    pub named: bool,
    /// The problem for which it must be read again: its source failed, or the version that read it
    /// does not know its form.
    pub failure: Option<ProblemKind>,
}

/// The identity of a reading, and what its objects add to it.
#[derive(Clone, Debug)]
pub(super) struct StoredIdentity {
    pub(super) identity: Identity,
    /// The size of the object with the key of the reading, in bytes, if it is among its objects.
    pub(super) own_bytes: Option<u64>,
    /// The last name of its objects.
    pub(super) last_name: Arc<str>,
}

impl ScannedObject {
    /// Returns the reading of a listed object by the scan that began at `read_at`.
    pub fn new(listed: ListedObject<'_>, read_at: Timestamp, findings: Findings) -> Self {
        let mut failures = findings.problems.iter().map(|problem| problem.kind);
        let failure = failures.find(|kind| kind.is_of_source() || kind.is_of_form());
        let identity = Identity {
            failure,
            ..Identity::new(listed, read_at)
        };
        Self { identity, findings }
    }

    /// Returns the size of the JSON of the records that are kept, in bytes.
    pub(super) fn json_bytes(&self) -> usize {
        let records = self.findings.kept_records();
        records.map(|record| record.json.len()).sum()
    }
}

impl Identity {
    /// Returns the identity of a listed object that the scan that began at `read_at` could read.
    fn new(listed: ListedObject<'_>, read_at: Timestamp) -> Self {
        let (etag, modified_at) = match listed.tag {
            Some(ContentTag::ETag(etag)) => (Some(etag.to_owned()), None),
            Some(ContentTag::Modified(time)) => (None, Some(time)),
            None => (None, None),
        };
        Self {
            key: listed.key.into(),
            read_at,
            etag,
            modified_at,
            stored_bytes: listed.stored_bytes.unwrap_or_default(),
            named: listed.named,
            failure: None,
        }
    }

    /// Returns the object as it was listed.
    pub fn listed(&self) -> ListedObject<'_> {
        ListedObject {
            key: &self.key,
            tag: self.tag(),
            stored_bytes: Some(self.stored_bytes),
            named: self.named,
        }
    }

    /// Returns whether this content need not be read again.
    pub fn is_final(&self) -> bool {
        self.tag().is_some() && self.failure.is_none()
    }

    /// Returns the rank among the readings of the same key, of which the highest counts: the latest
    /// that the source delivered or, if it never did, the latest failure.
    pub fn rank(&self) -> impl Ord + '_ {
        // The whole identity breaks ties, so that any two readings have an order and merging does
        // not depend on that of the ledgers.
        (self.is_delivered(), self)
    }

    /// Returns whether the source delivered the object. A digest was delivered even if a log file
    /// that it lists is missing, which may not have been so before.
    fn is_delivered(&self) -> bool {
        matches!(self.failure, None | Some(ProblemKind::MissingLogFile))
    }

    fn tag(&self) -> Option<ContentTag<'_>> {
        let etag = self.etag.as_deref().map(ContentTag::ETag);
        etag.or(self.modified_at.map(ContentTag::Modified))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Identity {
        /// Returns the identity of a reading in this second, with an ETag.
        pub(in crate::ledger) fn example(key: &str, second: i64) -> Self {
            let tag = Some(ContentTag::ETag("e"));
            let listed = ListedObject {
                key,
                tag,
                stored_bytes: Some(7),
                named: false,
            };
            Self::new(listed, Timestamp::from_second(second).unwrap_or_default())
        }
    }

    fn listed() -> ListedObject<'static> {
        ListedObject {
            key: "a",
            tag: Some(ContentTag::ETag("e")),
            stored_bytes: Some(7),
            named: false,
        }
    }

    #[test]
    fn what_failed_or_has_no_tag_is_read_again() {
        let mut failed = Identity::example("a", 1);
        failed.failure = Some(ProblemKind::AccessDenied);
        assert!(!failed.is_final());
        let mut untagged = Identity::example("a", 1);
        untagged.etag = None;
        assert!(!untagged.is_final());
    }

    #[test]
    fn the_latest_reading_counts_unless_it_failed() {
        let mut failed = Identity::example("a", 3);
        failed.failure = Some(ProblemKind::Missing);
        let (first, second) = (Identity::example("a", 1), Identity::example("a", 2));
        assert!(first.rank() < second.rank());
        assert!(failed.rank() < first.rank());
        let mut lacking = Identity::example("a", 2);
        lacking.failure = Some(ProblemKind::MissingLogFile);
        assert!(first.rank() < lacking.rank());
        let found = Identity::example("a", 3);
        assert!(lacking.rank() < found.rank());
    }

    #[test]
    fn only_problems_of_the_source_are_failures() {
        let problem = |kind| crate::problem::Problem {
            origin: Default::default(),
            kind,
            detail: String::new(),
        };
        let scanned = |kinds: &[ProblemKind]| {
            let findings = Findings {
                problems: kinds.iter().map(|kind| problem(*kind)).collect(),
                ..Findings::default()
            };
            ScannedObject::new(listed(), Timestamp::UNIX_EPOCH, findings)
        };
        let damaged = scanned(&[ProblemKind::DamagedJson]);
        assert_eq!(damaged.identity.listed(), listed());
        assert!(damaged.identity.is_final());
        let denied = scanned(&[ProblemKind::DamagedJson, ProblemKind::AccessDenied]);
        assert_eq!(denied.identity.failure, Some(ProblemKind::AccessDenied));
    }
}
