//! Records that were mapped from another schema.

use super::{Count, ScanFinding, StoredError, StoredPart, StoredTables};

/// The name of these counts in a ledger.
const MAPPED: &str = "mapped";

/// The names of the schemas that records were mapped from.
const OCSF: &str = "ocsf";
const ECS: &str = "ecs";

/// The number of records that were mapped from another schema, which has no place for some of their
/// fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MappedRecords {
    /// Those that were events of OCSF, the schema of Security Lake.
    pub ocsf: u64,
    /// Those that were documents of ECS, the schema of Elastic.
    pub ecs: u64,
}

impl ScanFinding for MappedRecords {
    fn merge(&mut self, other: Self) {
        self.ocsf += other.ocsf;
        self.ecs += other.ecs;
    }

    fn store(tables: &mut StoredTables<'_>) {
        tables.add_counts(|findings, counts| {
            let MappedRecords { ocsf, ecs } = findings.mapped;
            for (schema, records) in [(OCSF, ocsf), (ECS, ecs)] {
                if records > 0 {
                    counts.push(Count::new(MAPPED, schema, records));
                }
            }
        });
    }

    fn restore(part: &mut StoredPart<'_>) -> Result<(), StoredError> {
        part.each_count(MAPPED, |findings, count| {
            let records = match &*count.name {
                OCSF => &mut findings.mapped.ocsf,
                ECS => &mut findings.mapped.ecs,
                other => return Err(StoredError::Count(format!("{MAPPED} from {other}"))),
            };
            *records += count.count;
            Ok(())
        })
    }
}
