//! What has been seen so far: partial results that merge.
//!
//! Each worker owns a tally. Merging is associative and free of order up to the order of the lists, which the
//! conclusion sorts by value.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::evidence::Evidence;
use crate::key::ObjectKey;
use crate::period::TimeSpan;
use crate::problem::{Origin, Problem};

/// Everything that some part of a scan found.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// One entry for each object that was listed.
    pub objects: Vec<ObjectOutcome>,
    /// The records that at least one rule selected, copies included.
    pub selected: Vec<Selected>,
    /// The selected records before the range that was asked for, which only the alarm sees. They count as excluded.
    pub earlier: Vec<Selected>,
    /// What could not be read.
    pub problems: Vec<Problem>,
    /// How many records went which way.
    pub records: RecordCounts,
    /// The times of the records that were looked at.
    pub time_span: TimeSpan,
    /// The accounts of those records.
    pub accounts: BTreeSet<String>,
    /// The regions of those records.
    pub regions: BTreeSet<String>,
}

/// How many records went which way. Every value found in the place of a record is counted once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RecordCounts {
    /// Selected by at least one rule, copies included.
    pub selected: u64,
    /// Selected by none.
    pub unmatched: u64,
    /// Left out by the time range, account or region that was asked for.
    pub excluded: u64,
    /// No record could be read from it.
    pub unparseable: u64,
}

/// A record that at least one rule selected.
#[derive(Clone, Debug, PartialEq)]
pub struct Selected {
    /// The numbers of the rules in the plan, ascending.
    pub rules: Vec<usize>,
    /// When the event happened; nothing when the record does not say.
    pub event_time: Option<Timestamp>,
    /// The identifier that copies of the event share.
    pub event_id: Option<String>,
    /// Where the record stands.
    pub origin: Origin,
    /// What the record says.
    pub evidence: Evidence,
}

/// What became of one object.
#[derive(Clone, Debug, PartialEq)]
pub struct ObjectOutcome {
    /// The key or path.
    pub object: String,
    /// What the key says.
    pub key: ObjectKey,
    /// Whether it was read.
    pub status: ObjectStatus,
    /// Its size in its source, in bytes.
    pub stored_bytes: u64,
    /// The size of what it holds, after decompression, in bytes.
    pub content_bytes: u64,
    /// How many records went which way.
    pub records: RecordCounts,
    /// The times of its records.
    pub time_span: TimeSpan,
}

/// Whether an object was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ObjectStatus {
    /// From the first to the last byte.
    Read,
    /// In part: something in it could not be read.
    Damaged,
    /// Not at all, although it should have been.
    Unreadable,
    /// Not looked at or left out, for a reason.
    Skipped(SkipReason),
}

/// Why an object was left out.
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
    /// Of an account that was not asked for.
    Account,
    /// Of a region that was not asked for.
    Region,
}

impl SkipReason {
    /// The name that reports use.
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
    /// The name that reports use.
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
    /// How many there were.
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

impl Tally {
    /// Adds everything that `other` found.
    #[must_use]
    pub fn merge(mut self, mut other: Self) -> Self {
        self.objects.append(&mut other.objects);
        self.selected.append(&mut other.selected);
        self.earlier.append(&mut other.earlier);
        self.problems.append(&mut other.problems);
        self.records.merge(&other.records);
        self.time_span.merge(&other.time_span);
        self.accounts.append(&mut other.accounts);
        self.regions.append(&mut other.regions);
        self
    }
}
