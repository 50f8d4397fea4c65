//! Records of steps in the life of a secret or key.

use super::{
    Finding, KeptRecord, LifecycleRecord, Readings, RestoredReadings, SeenRecord, StoredError,
    StoredReader, StoredRequest, StoredTables, by_time, kept,
};
use crate::cloudtrail::lifecycle::Step;
use crate::table::schema::{TableSchema, by_name};

/// The name of their table in a ledger.
const TABLE: &str = "lifecycle";

impl Finding for Vec<LifecycleRecord> {
    fn observe(&mut self, record: &mut SeenRecord<'_>) {
        self.extend(record.lifecycle.take().map(|found| *found));
    }

    fn merge(&mut self, mut other: Self) {
        self.append(&mut other);
    }

    fn put_in_order(&mut self) {
        self.sort_by(by_time);
    }

    fn store<'a>(readings: &Readings<'a>, tables: &mut StoredTables<'a>) {
        let rows = readings.rows(|tally| &tally.lifecycle);
        tables.add(TABLE, rows.columns(&schema(true)));
    }

    fn restore(
        tables: &mut StoredReader<'_>,
        readings: &mut RestoredReadings<'_>,
        request: &StoredRequest,
    ) -> Result<(), StoredError> {
        for (reading, found) in tables.rows(TABLE, &schema(request.with_json), blank)? {
            if let Some(tally) = readings.find(reading)? {
                tally.lifecycle.push(found);
            }
        }
        Ok(())
    }
}

fn schema(with_json: bool) -> TableSchema<'static, LifecycleRecord> {
    TableSchema::<LifecycleRecord>::builder()
        .text("step", |found| Some(found.step.name()))
        .try_required(|found, name| {
            found.step = by_name(Step::ALL, Step::name, &name)?;
            Ok(())
        })
        .and([kept::schema(with_json)])
        .build()
}

fn blank() -> LifecycleRecord {
    LifecycleRecord {
        step: Step::Scheduled,
        record: KeptRecord::blank(),
    }
}
