//! The outcome of reading each object.

use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;

use super::{Findings, ScanFinding, SeenRecord, StoredError, StoredPart, StoredTables};
use crate::cloudtrail::OtherLog;
use crate::cloudtrail::key::ObjectKey;
use crate::table::schema::{TableSchema, by_name};
use crate::time::period::TimeSpan;

/// The name of the table of objects in a ledger. The ledger adds columns of its own to it.
pub const OBJECTS: &str = "objects";

/// The outcome of reading one object. Outcomes are ordered by the names of the objects.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ObjectStatus {
    /// Read from the first to the last byte.
    #[default]
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
#[non_exhaustive]
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
    /// A log of another service in the same bucket.
    OtherLog(OtherLog),
    /// An object without content that only marks something, or that a service wrote to see whether
    /// it may.
    Marker,
    /// A file that macOS left beside others.
    AppleDouble,
    /// A table of a report or a ledger of backtrail, whose rows were made of records.
    OwnTable,
    /// Something else than records of CloudTrail.
    NotCloudTrail(ForeignContent),
    /// An object of an account that was not requested.
    Account,
    /// An object of a region that was not requested.
    Region,
}

/// The content of an object that is not of CloudTrail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ForeignContent {
    /// JSON.
    Json,
    /// A table.
    Table,
    /// Another text.
    Text,
    /// Anything else.
    Binary,
    /// Unknown: an earlier version that scanned the object did not record it.
    Unknown,
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
    /// Returns every reason.
    pub fn all() -> impl Iterator<Item = Self> {
        let own = [
            Self::Digest,
            Self::Insight,
            Self::NetworkActivity,
            Self::Aggregated,
            Self::Lake,
            Self::Marker,
            Self::AppleDouble,
            Self::OwnTable,
            Self::Account,
            Self::Region,
        ];
        let logs = OtherLog::ALL.into_iter().map(Self::OtherLog);
        let contents = ForeignContent::ALL.into_iter().map(Self::NotCloudTrail);
        own.into_iter().chain(logs).chain(contents)
    }

    /// Returns the name that reports use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Digest => "digest",
            Self::Insight => "insight",
            Self::NetworkActivity => "network-activity",
            Self::Aggregated => "aggregated",
            Self::Lake => "lake-result",
            Self::OtherLog(log) => log.name(),
            Self::Marker => "marker",
            Self::AppleDouble => "apple-double",
            Self::OwnTable => "backtrail-table",
            Self::NotCloudTrail(_) => "not-cloudtrail",
            Self::Account => "other-account",
            Self::Region => "other-region",
        }
    }

    /// Returns the name that ledgers use, which each reason has for itself.
    pub fn stored_name(self) -> &'static str {
        match self {
            Self::NotCloudTrail(ForeignContent::Json) => "not-cloudtrail/json",
            Self::NotCloudTrail(ForeignContent::Table) => "not-cloudtrail/table",
            Self::NotCloudTrail(ForeignContent::Text) => "not-cloudtrail/text",
            Self::NotCloudTrail(ForeignContent::Binary) => "not-cloudtrail/binary",
            reason => reason.name(),
        }
    }
}

impl ForeignContent {
    /// Every content.
    pub const ALL: [Self; 5] = [
        Self::Json,
        Self::Table,
        Self::Text,
        Self::Binary,
        Self::Unknown,
    ];

    /// Returns the name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Table => "table",
            Self::Text => "text",
            Self::Binary => "binary",
            Self::Unknown => "unknown",
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

    /// Returns true if the object was left out.
    pub fn is_skipped(self) -> bool {
        matches!(self, Self::Skipped(_))
    }

    /// Returns true if the object should have been read in full and was not.
    pub fn is_failed(self) -> bool {
        matches!(self, Self::Damaged | Self::Unreadable)
    }

    /// Returns true if the object is not of CloudTrail.
    pub(super) fn is_foreign(self) -> bool {
        matches!(self, Self::Skipped(SkipReason::NotCloudTrail(_)))
    }

    /// Returns the name of the reason for which the object was left out, if it was.
    pub fn skip_reason(self) -> Option<&'static str> {
        match self {
            Self::Skipped(reason) => Some(reason.name()),
            Self::Read | Self::Damaged | Self::Unreadable => None,
        }
    }

    /// Returns the reason of a skipped object, as ledgers name it.
    pub(crate) fn stored_skip_reason(self) -> Option<&'static str> {
        match self {
            Self::Skipped(reason) => Some(reason.stored_name()),
            Self::Read | Self::Damaged | Self::Unreadable => None,
        }
    }

    /// Sets the status of this name. That of a skipped object lacks its reason yet.
    pub(crate) fn set(&mut self, name: &str) -> Result<(), String> {
        let skipped = Self::Skipped(SkipReason::Digest);
        let all = [Self::Read, Self::Damaged, Self::Unreadable, skipped];
        *self = by_name(all, Self::name, name)?;
        Ok(())
    }

    pub(crate) fn set_skip_reason(&mut self, name: Option<&str>) -> Result<(), String> {
        if let Self::Skipped(reason) = self {
            let name = name.ok_or("a skipped object has no reason")?;
            *reason = by_name(SkipReason::all(), SkipReason::stored_name, name)?;
        }
        Ok(())
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

    /// Returns true if there are records, and none of them was requested.
    pub fn are_all_excluded(&self) -> bool {
        self.excluded > 0 && self.excluded == self.total()
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
        self.include_time(record.event_time);
        if record.matched.is_some() {
            self.records.selected += 1;
        } else {
            self.records.unmatched += 1;
        }
    }

    fn include_time(&mut self, time: Option<Timestamp>) {
        if let Some(time) = time {
            self.time_span.include(time);
        }
    }

    fn set_key(&mut self, key: String) {
        self.key = ObjectKey::parse(&key);
        self.object = key.into();
    }
}

/// A number that is known at the end of a scan.
impl ScanFinding for u64 {
    fn merge(&mut self, other: Self) {
        *self += other;
    }
}

impl ScanFinding for Vec<ObjectOutcome> {
    fn merge(&mut self, mut other: Self) {
        self.append(&mut other);
    }

    fn put_in_order(&mut self) {
        self.sort_unstable();
    }

    fn store(tables: &mut StoredTables<'_>) {
        tables.add_rows(OBJECTS, &schema(), |findings| &findings.objects);
    }

    fn restore(part: &mut StoredPart<'_>) -> Result<(), StoredError> {
        // Together, objects are counted, and their outcomes read by those who list them.
        if part.is_merged {
            return Ok(());
        }
        part.each_row(OBJECTS, &schema(), Default::default, Findings::push_object)
    }
}

/// Returns the columns of an object in a ledger.
pub fn schema() -> TableSchema<'static, ObjectOutcome> {
    TableSchema::<ObjectOutcome>::builder()
        .text("object_key", |object| Some(&object.object))
        .required(ObjectOutcome::set_key)
        .integer("stored_bytes", |object| Some(object.stored_bytes))
        .required(|object, bytes| object.stored_bytes = bytes)
        .and([status_schema(), record_schema(), time_schema()])
        .build()
}

fn status_schema() -> TableSchema<'static, ObjectOutcome> {
    TableSchema::<ObjectOutcome>::builder()
        .text("status", |object| Some(object.status.name()))
        .try_required(|object, name| object.status.set(&name))
        .text("skip_reason", |object| object.status.stored_skip_reason())
        .try_optional(|object, name| object.status.set_skip_reason(name.as_deref()))
        .integer("content_bytes", |object| Some(object.content_bytes))
        .required(|object, bytes| object.content_bytes = bytes)
        .build()
}

fn record_schema() -> TableSchema<'static, ObjectOutcome> {
    TableSchema::<ObjectOutcome>::builder()
        .integer("selected", |object| Some(object.records.selected))
        .required(|object, records| object.records.selected = records)
        .integer("unmatched", |object| Some(object.records.unmatched))
        .required(|object, records| object.records.unmatched = records)
        .integer("excluded", |object| Some(object.records.excluded))
        .required(|object, records| object.records.excluded = records)
        .integer("unparseable", |object| Some(object.records.unparseable))
        .required(|object, records| object.records.unparseable = records)
        .build()
}

fn time_schema() -> TableSchema<'static, ObjectOutcome> {
    TableSchema::<ObjectOutcome>::builder()
        .time("first_event", |object| object.time_span.first())
        .optional(ObjectOutcome::include_time)
        .time("last_event", |object| object.time_span.last())
        .optional(ObjectOutcome::include_time)
        .build()
}

impl Findings {
    /// Adds the outcome of an object.
    pub fn push_object(&mut self, outcome: ObjectOutcome) {
        // Most findings are of one object, and there may be millions. Growing by doubling would
        // take several times the memory.
        if self.objects.is_empty() {
            self.objects.reserve_exact(1);
        }
        self.objects.push(outcome);
    }

    /// Returns the number of records in the objects that are not counted yet, by their outcome.
    pub fn records(&self) -> RecordCounts {
        let mut records = RecordCounts::default();
        for object in &self.objects {
            records.merge(&object.records);
        }
        records
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(selected: u64, unmatched: u64, excluded: u64, unparseable: u64) -> RecordCounts {
        RecordCounts {
            selected,
            unmatched,
            excluded,
            unparseable,
        }
    }

    #[test]
    fn each_outcome_of_records_is_added_up() {
        let mut sum = counts(1, 2, 4, 8);
        sum.merge(&counts(16, 32, 64, 128));
        assert_eq!(sum, counts(17, 34, 68, 136));
        assert_eq!(sum.total(), 255);
    }

    #[test]
    fn all_records_are_excluded_if_there_are_any_and_none_other() {
        for (records, expected) in [
            (counts(0, 0, 0, 0), false),
            (counts(0, 0, 2, 0), true),
            (counts(1, 0, 2, 0), false),
            (counts(0, 1, 2, 0), false),
            (counts(0, 0, 2, 1), false),
        ] {
            assert_eq!(records.are_all_excluded(), expected, "{records:?}");
        }
    }

    #[test]
    fn what_was_not_read_in_full_has_failed() {
        for (status, is_failed) in [
            (ObjectStatus::Read, false),
            (ObjectStatus::Damaged, true),
            (ObjectStatus::Unreadable, true),
            (ObjectStatus::Skipped(SkipReason::Marker), false),
        ] {
            assert_eq!(status.is_failed(), is_failed, "{status:?}");
        }
    }
}
