//! Records of kinds that a trail may exclude.

use super::{OBJECTS, ScanFinding, SeenRecord, StoredError, StoredPart, StoredTables};
use crate::table::schema::TableSchema;

/// The event source of KMS.
const KMS: &str = "kms.amazonaws.com";

/// The number of records of kinds that a trail may exclude.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Activity {
    /// Records of KMS.
    pub kms: u64,
    /// Records of calls that only read.
    pub reads: u64,
}

/// Returns whether a record is of KMS.
#[inline]
pub(super) fn is_of_kms(record: &SeenRecord<'_>) -> bool {
    record.event_source.as_deref() == Some(KMS)
}

impl ScanFinding for Activity {
    fn observe(&mut self, record: &mut SeenRecord<'_>) {
        self.kms += u64::from(is_of_kms(record));
        self.reads += u64::from(record.is_read_only);
    }

    fn merge(&mut self, other: Self) {
        self.kms += other.kms;
        self.reads += other.reads;
    }

    /// Stores the activity of a reading beside the first of its objects.
    fn store(tables: &mut StoredTables<'_>) {
        // A reading has a row for each of its objects. With the numbers in one of them, a sum over
        // all rows is right.
        let mut rows = Vec::new();
        for (_, findings) in tables.numbered() {
            let mut activity = Some(findings.activity);
            rows.extend(findings.objects.iter().map(|_| activity.take()));
        }
        tables.add(OBJECTS, schema().owned_columns(&rows));
    }

    fn restore(part: &mut StoredPart<'_>) -> Result<(), StoredError> {
        part.each_row(
            OBJECTS,
            &schema(),
            || None,
            |findings, activity| {
                findings.activity.merge(activity.unwrap_or_default());
            },
        )
    }
}

fn schema() -> TableSchema<'static, Option<Activity>> {
    TableSchema::<Option<Activity>>::builder()
        .integer("kms_records", |activity| Some(activity.as_ref()?.kms))
        .optional(|activity, kms| {
            activity.get_or_insert_default().kms = kms.unwrap_or(0);
        })
        .integer("read_records", |activity| Some(activity.as_ref()?.reads))
        .optional(|activity, reads| {
            activity.get_or_insert_default().reads = reads.unwrap_or(0);
        })
        .build()
}
