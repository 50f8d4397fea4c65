//! The outcome of reading each object.

use std::sync::Arc;

use super::{Finding, SeenRecord, Tally};
use crate::cloudtrail::key::ObjectKey;
use crate::time::period::TimeSpan;

/// The outcome of reading one object. Outcomes are ordered by the names of the objects.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ObjectOutcome {
    /// The key or path, shared with the listing.
    pub object: Arc<str>,
    /// The parts of the key.
    pub key: ObjectKey,
    /// The state in which the object was read.
    pub status: ObjectStatus,
    /// The size in its source, in bytes.
    pub stored_bytes: u64,
    /// The size of its content after decompression, in bytes.
    pub content_bytes: u64,
    /// The number of records by their outcome.
    pub records: RecordCounts,
    /// The times of its records.
    pub time_span: TimeSpan,
}

/// The state in which an object was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ObjectStatus {
    /// Read from the first to the last byte.
    Read,
    /// Read in part: something in it could not be read.
    Damaged,
    /// Not read at all, although it should have been.
    Unreadable,
    /// Left out, for a reason.
    Skipped(SkipReason),
}

/// The reason for which an object was left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SkipReason {
    /// A digest.
    Digest,
    /// Insights events.
    Insight,
    /// Network activity events.
    NetworkActivity,
    /// Aggregated data events.
    Aggregated,
    /// Results of CloudTrail Lake queries.
    Lake,
    /// Another file: neither compressed nor JSON, or JSON without records of CloudTrail.
    Other,
    /// An object of an account that was not requested.
    Account,
    /// An object of a region that was not requested.
    Region,
}

/// The number of records by their outcome. Every value in the place of a record is counted once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct RecordCounts {
    /// Records that at least one rule selected, copies included.
    pub selected: u64,
    /// Records that no rule selected.
    pub unmatched: u64,
    /// Records outside the requested range of time, accounts and regions.
    pub excluded: u64,
    /// Values that are not records.
    pub unparseable: u64,
}

impl SkipReason {
    /// Every reason.
    pub const ALL: [Self; 8] = [
        Self::Digest,
        Self::Insight,
        Self::NetworkActivity,
        Self::Aggregated,
        Self::Lake,
        Self::Other,
        Self::Account,
        Self::Region,
    ];

    /// Returns the name that reports use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Digest => "digest",
            Self::Insight => "insight",
            Self::NetworkActivity => "network-activity",
            Self::Aggregated => "aggregated",
            Self::Lake => "lake-result",
            Self::Other => "not-cloudtrail",
            Self::Account => "other-account",
            Self::Region => "other-region",
        }
    }
}

impl ObjectStatus {
    /// Returns the name that reports use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Damaged => "damaged",
            Self::Unreadable => "unreadable",
            Self::Skipped(_) => "skipped",
        }
    }
}

impl RecordCounts {
    /// Returns true if any record was requested.
    pub fn has_wanted(&self) -> bool {
        self.selected + self.unmatched > 0
    }

    /// Returns the number of all records.
    pub fn total(&self) -> u64 {
        self.selected + self.unmatched + self.excluded + self.unparseable
    }

    /// Adds the counts of `other`.
    pub fn merge(&mut self, other: &Self) {
        self.selected += other.selected;
        self.unmatched += other.unmatched;
        self.excluded += other.excluded;
        self.unparseable += other.unparseable;
    }
}

impl ObjectOutcome {
    /// Counts a record of the object.
    pub fn observe(&mut self, record: &SeenRecord<'_>) {
        if !record.is_inside {
            self.records.excluded += 1;
            return;
        }
        if let Some(time) = record.event_time {
            self.time_span.include(time);
        }
        if record.matched.is_some() {
            self.records.selected += 1;
        } else {
            self.records.unmatched += 1;
        }
    }
}

/// A number that is known at the end of a scan.
impl Finding for u64 {
    fn merge(&mut self, other: Self) {
        *self += other;
    }
}

impl Finding for Vec<ObjectOutcome> {
    fn merge(&mut self, mut other: Self) {
        self.append(&mut other);
    }

    fn put_in_order(&mut self) {
        self.sort_unstable();
    }
}

impl Tally {
    /// Adds the outcome of an object.
    pub fn push_object(&mut self, outcome: ObjectOutcome) {
        // Most tallies hold one object, and there may be millions: growing by doubling would take
        // several times the memory.
        if self.objects.is_empty() {
            self.objects.reserve_exact(1);
        }
        self.objects.push(outcome);
    }

    /// Returns the number of records in all objects, by their outcome.
    pub fn records(&self) -> RecordCounts {
        let mut records = RecordCounts::default();
        for object in &self.objects {
            records.merge(&object.records);
        }
        records
    }

    /// Returns the times of the records in all objects.
    pub fn time_span(&self) -> TimeSpan {
        let mut span = TimeSpan::default();
        for object in &self.objects {
            span.merge(&object.time_span);
        }
        span
    }
}
