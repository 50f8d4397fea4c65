//! Records that were mapped from another schema.

use super::{Count, Finding, StoredError, StoredPart, StoredTables};

/// The name of these counts in a ledger.
const MAPPED: &str = "mapped";

/// The name of the schema that records were mapped from.
const OCSF: &str = "ocsf";

/// The number of records that were mapped from another schema, which has no place for some of their
/// fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MappedRecords {
    /// Those that were events of OCSF, the schema of Security Lake.
    pub ocsf: u64,
}

impl Finding for MappedRecords {
    fn merge(&mut self, other: Self) {
        self.ocsf += other.ocsf;
    }

    fn store(tables: &mut StoredTables<'_>) {
        tables.add_counts(|findings, counts| {
            let records = findings.mapped.ocsf;
            if records > 0 {
                counts.push(Count::new(MAPPED, OCSF, records));
            }
        });
    }

    fn restore(part: &mut StoredPart<'_>) -> Result<(), StoredError> {
        part.each_count(MAPPED, |findings, count| {
            findings.mapped.ocsf += count.count;
            Ok(())
        })
    }
}
