//! The table `objects`: a row for each object, or file of an archive, that a reading found.

use std::sync::Arc;

use jiff::Timestamp;

use super::{Wanted, column, number};
use crate::cloudtrail::key::ObjectKey;
use crate::findings::{
    Activity, Finding, ObjectOutcome, ObjectStatus, RecordCounts, SkipReason, Tally,
};
use crate::ledger::columns::{Columns, take, take_any};
use crate::ledger::part::Shape;
use crate::ledger::read::{Identity, Read};
use crate::problem::ProblemKind;
use crate::table::Table;
use crate::table::{ColumnKind, ColumnValues};
use crate::time::period::TimeSpan;

/// The name of the table.
pub(super) const NAME: &str = "objects";

/// An object of a reading.
struct Row<'a> {
    reading: usize,
    read: &'a Read,
    outcome: &'a ObjectOutcome,
    /// What holds for the whole reading stands in its first row.
    is_first: bool,
}

fn rows(reads: &[Read]) -> Vec<Row<'_>> {
    let mut rows = Vec::new();
    for (reading, read) in reads.iter().enumerate() {
        let outcomes = read.tally.objects.iter().enumerate();
        rows.extend(outcomes.map(|(place, outcome)| Row {
            reading,
            read,
            outcome,
            is_first: place == 0,
        }));
    }
    rows
}

/// The columns that tell which content was read.
pub(super) fn identity_shape() -> Shape {
    vec![
        ("reading", ColumnKind::Integer),
        ("object_key", ColumnKind::Text),
        ("listed_key", ColumnKind::Text),
        ("etag", ColumnKind::Text),
        ("modified_at", ColumnKind::Time),
        ("stored_bytes", ColumnKind::Integer),
        ("listed_bytes", ColumnKind::Integer),
        ("read_at", ColumnKind::Time),
        ("failure", ColumnKind::Text),
        ("named", ColumnKind::Integer),
    ]
}

/// All columns.
pub(super) fn shape() -> Shape {
    let mut shape = identity_shape();
    shape.extend([
        ("status", ColumnKind::Text),
        ("skip_reason", ColumnKind::Text),
        ("content_bytes", ColumnKind::Integer),
        ("selected", ColumnKind::Integer),
        ("unmatched", ColumnKind::Integer),
        ("excluded", ColumnKind::Integer),
        ("unparseable", ColumnKind::Integer),
        ("first_event", ColumnKind::Time),
        ("last_event", ColumnKind::Time),
        ("kms_records", ColumnKind::Integer),
        ("read_records", ColumnKind::Integer),
    ]);
    shape
}

pub(super) fn table(reads: &[Read]) -> Table<'_> {
    let rows = rows(reads);
    let text = |name, value: fn(&Row<'_>) -> Option<String>| {
        column(name, ColumnValues::text(&rows, value))
    };
    let integer = |name, value: fn(&Row<'_>) -> Option<u64>| {
        column(name, ColumnValues::integer(&rows, value))
    };
    let time = |name, value: fn(&Row<'_>) -> Option<Timestamp>| {
        column(name, ColumnValues::time(&rows, value))
    };
    let count = |name, value: fn(&RecordCounts) -> u64| {
        column(
            name,
            ColumnValues::integer(&rows, |row| Some(value(&row.outcome.records))),
        )
    };
    let columns = vec![
        integer("reading", |row| Some(row.reading as u64)),
        text("object_key", |row| Some(row.outcome.object.to_string())),
        text("listed_key", |row| {
            Some(&row.read.identity.key)
                .filter(|key| **key != row.outcome.object)
                .map(|key| key.to_string())
        }),
        text("etag", |row| row.read.identity.etag.clone()),
        time("modified_at", |row| row.read.identity.modified_at),
        integer("stored_bytes", |row| Some(row.outcome.stored_bytes)),
        integer("listed_bytes", |row| {
            Some(row.read.identity.stored_bytes).filter(|bytes| *bytes != row.outcome.stored_bytes)
        }),
        time("read_at", |row| Some(row.read.identity.read_at)),
        text("failure", |row| {
            row.read.identity.failure.map(|kind| kind.name().to_owned())
        }),
        integer("named", |row| Some(row.read.identity.named.into())),
        text("status", |row| Some(row.outcome.status.name().to_owned())),
        text("skip_reason", |row| match row.outcome.status {
            ObjectStatus::Skipped(reason) => Some(reason.name().to_owned()),
            _ => None,
        }),
        integer("content_bytes", |row| Some(row.outcome.content_bytes)),
        count("selected", |records| records.selected),
        count("unmatched", |records| records.unmatched),
        count("excluded", |records| records.excluded),
        count("unparseable", |records| records.unparseable),
        time("first_event", |row| row.outcome.time_span.first()),
        time("last_event", |row| row.outcome.time_span.last()),
        integer("kms_records", |row| {
            row.is_first.then_some(row.read.tally.activity.kms)
        }),
        integer("read_records", |row| {
            row.is_first.then_some(row.read.tally.activity.reads)
        }),
    ];
    Table {
        name: NAME,
        columns,
    }
}

/// The identity of a row.
struct Identities {
    readings: Vec<Option<u64>>,
    object_keys: Vec<Option<String>>,
    listed_keys: Vec<Option<String>>,
    etags: Vec<Option<String>>,
    modified_at: Vec<Option<Timestamp>>,
    stored_bytes: Vec<Option<u64>>,
    listed_bytes: Vec<Option<u64>>,
    read_at: Vec<Option<Timestamp>>,
    failures: Vec<Option<String>>,
    named: Vec<Option<u64>>,
}

/// A row without its identity.
struct Named {
    reading: usize,
    object: Arc<str>,
    stored_bytes: u64,
    identity: Identity,
}

impl Identities {
    fn of(columns: &mut Columns<'_>) -> Result<Self, String> {
        Ok(Self {
            readings: columns.integers("reading")?,
            object_keys: columns.texts("object_key")?,
            listed_keys: columns.texts("listed_key")?,
            etags: columns.texts("etag")?,
            modified_at: columns.times("modified_at")?,
            stored_bytes: columns.integers("stored_bytes")?,
            listed_bytes: columns.integers("listed_bytes")?,
            read_at: columns.times("read_at")?,
            failures: columns.texts("failure")?,
            named: columns.integers("named")?,
        })
    }

    fn take(&mut self, row: usize) -> Result<Named, String> {
        let object: Arc<str> = take(&mut self.object_keys, row, "object_key")?.into();
        let stored_bytes = take(&mut self.stored_bytes, row, "stored_bytes")?;
        let failure = take_any(&mut self.failures, row).map(|name| {
            let kind = ProblemKind::ALL
                .into_iter()
                .find(|kind| kind.name() == name);
            kind.ok_or_else(|| format!("unknown failure `{name}`"))
        });
        Ok(Named {
            reading: number(take(&mut self.readings, row, "reading")?),
            identity: Identity {
                key: take_any(&mut self.listed_keys, row).map_or_else(|| object.clone(), Arc::from),
                read_at: take(&mut self.read_at, row, "read_at")?,
                etag: take_any(&mut self.etags, row),
                modified_at: take_any(&mut self.modified_at, row),
                stored_bytes: take_any(&mut self.listed_bytes, row).unwrap_or(stored_bytes),
                named: take(&mut self.named, row, "named")? == 1,
                failure: failure.transpose()?,
            },
            object,
            stored_bytes,
        })
    }
}

pub(super) fn identities(table: Table<'_>) -> Result<Vec<Identity>, String> {
    let mut columns = Columns::of(table);
    let rows = columns.rows();
    let mut identities = Identities::of(&mut columns)?;
    let mut found: Vec<Identity> = Vec::new();
    for row in 0..rows {
        let Named {
            reading, identity, ..
        } = identities.take(row)?;
        // The rows of a reading stand together, and readings are numbered in the order of their
        // rows.
        match reading {
            next if next == found.len() => found.push(identity),
            last if last + 1 == found.len() => {}
            _ => return Err(format!("row {row} is out of order")),
        }
    }
    Ok(found)
}

/// Begins each reading that is wanted, with its objects.
pub(super) fn read(table: Table<'_>, reads: &mut Wanted<'_>) -> Result<(), String> {
    let mut columns = Columns::of(table);
    let rows = columns.rows();
    let mut identities = Identities::of(&mut columns)?;
    let (mut statuses, mut reasons) = (columns.texts("status")?, columns.texts("skip_reason")?);
    let mut content_bytes = columns.integers("content_bytes")?;
    let mut records = Records::of(&mut columns)?;
    let (mut first, mut last) = (columns.times("first_event")?, columns.times("last_event")?);
    let (mut kms, mut read_only) = (
        columns.integers("kms_records")?,
        columns.integers("read_records")?,
    );
    reads.reads.resize_with(reads.wanted.len(), || None);
    for row in 0..rows {
        let Named {
            reading,
            object,
            stored_bytes,
            identity,
        } = identities.take(row)?;
        if !reads.is_wanted(reading) {
            continue;
        }
        let status = take(&mut statuses, row, "status")?;
        let mut time_span = TimeSpan::default();
        let edges = [take_any(&mut first, row), take_any(&mut last, row)];
        edges
            .into_iter()
            .flatten()
            .for_each(|edge| time_span.include(edge));
        let outcome = ObjectOutcome {
            key: ObjectKey::parse(&object),
            object,
            status: self::status(&status, take_any(&mut reasons, row))?,
            stored_bytes,
            content_bytes: take(&mut content_bytes, row, "content_bytes")?,
            records: records.take(row)?,
            time_span,
        };
        let Some(slot) = reads.reads.get_mut(reading) else {
            continue;
        };
        let read = slot.get_or_insert_with(|| Read {
            identity,
            tally: Tally::default(),
        });
        let activity = Activity {
            kms: take_any(&mut kms, row).unwrap_or(0),
            reads: take_any(&mut read_only, row).unwrap_or(0),
        };
        read.tally.activity.merge(activity);
        read.tally.push_object(outcome);
    }
    Ok(())
}

fn status(name: &str, reason: Option<String>) -> Result<ObjectStatus, String> {
    let skipped = || {
        SkipReason::ALL
            .into_iter()
            .find(|known| Some(known.name()) == reason.as_deref())
    };
    let known = [
        ObjectStatus::Read,
        ObjectStatus::Damaged,
        ObjectStatus::Unreadable,
    ];
    let status = known
        .into_iter()
        .chain(skipped().map(ObjectStatus::Skipped))
        .find(|status| status.name() == name);
    status.ok_or_else(|| format!("unknown status `{name}`"))
}

/// The columns of the counts of records.
struct Records {
    selected: Vec<Option<u64>>,
    unmatched: Vec<Option<u64>>,
    excluded: Vec<Option<u64>>,
    unparseable: Vec<Option<u64>>,
}

impl Records {
    fn of(columns: &mut Columns<'_>) -> Result<Self, String> {
        Ok(Self {
            selected: columns.integers("selected")?,
            unmatched: columns.integers("unmatched")?,
            excluded: columns.integers("excluded")?,
            unparseable: columns.integers("unparseable")?,
        })
    }

    fn take(&mut self, row: usize) -> Result<RecordCounts, String> {
        Ok(RecordCounts {
            selected: take(&mut self.selected, row, "selected")?,
            unmatched: take(&mut self.unmatched, row, "unmatched")?,
            excluded: take(&mut self.excluded, row, "excluded")?,
            unparseable: take(&mut self.unparseable, row, "unparseable")?,
        })
    }
}
