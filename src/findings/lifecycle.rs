//! Records of steps in the life of a secret or key.

use super::{
    KeptRecord, LifecycleRecord, ScanFinding, SeenRecord, StoredError, StoredPart, StoredTables,
    by_time, kept,
};
use crate::cloudtrail::lifecycle::{Deletion, Names, Step};
use crate::cloudtrail::record::Record;
use crate::table::schema::{TableSchema, by_name};

/// The name of their table in a ledger.
pub const TABLE: &str = "lifecycle";

impl ScanFinding for Vec<LifecycleRecord> {
    fn observe(&mut self, record: &mut SeenRecord<'_>) {
        self.extend(record.lifecycle.take().map(|found| *found));
    }

    fn merge(&mut self, mut other: Self) {
        self.append(&mut other);
    }

    fn put_in_order(&mut self) {
        self.sort_by(by_time);
    }

    fn store(tables: &mut StoredTables<'_>) {
        let found = tables.rows(|findings| &findings.lifecycle);
        tables.add(TABLE, step_schema().columns(found.rows()));
        tables.add(TABLE, found.columns(&kept::schema(true)));
    }

    fn restore(part: &mut StoredPart<'_>) -> Result<(), StoredError> {
        // The JSON is read even if it is not requested, since the deletion and the names are
        // derived from it. A ledger of any version has it, and such records are rare.
        let schema = TableSchema::<LifecycleRecord>::builder()
            .and([step_schema(), kept::schema(true)])
            .build();
        let with_json = part.request.with_json;
        part.each_row(TABLE, &schema, blank, |findings, found| {
            findings.lifecycle.push(with_derived(found, with_json));
        })
    }
}

/// Derives the deletion and the names from the JSON of the record, and drops the JSON if it is not
/// requested.
fn with_derived(mut found: LifecycleRecord, with_json: bool) -> LifecycleRecord {
    if let Ok(record) = Record::parse(&found.record.json) {
        found.deletion = Deletion::from_record(found.step, &record);
        found.names = Names::from_record(&record);
    }
    if !with_json {
        found.record.json = Box::default();
    }
    found
}

fn step_schema() -> TableSchema<'static, LifecycleRecord> {
    TableSchema::<LifecycleRecord>::builder()
        .text("step", |found| Some(found.step.name()))
        .try_required(|found, name| {
            found.step = by_name(Step::ALL, Step::name, &name)?;
            Ok(())
        })
        .build()
}

fn blank() -> LifecycleRecord {
    LifecycleRecord {
        step: Step::Scheduled,
        deletion: Deletion::default(),
        names: Names::default(),
        record: KeptRecord::blank(),
    }
}
