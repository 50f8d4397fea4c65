//! Records on which the two readings of a `*` within a value disagree.

use std::collections::BTreeMap;

use super::{Count, ScanFinding, SeenRecord, StoredError, StoredPart, StoredTables};

/// The name of these counts in a ledger.
const AMBIGUOUS: &str = "ambiguous";

/// The number of records that each rule, by its number, would answer differently under the other
/// reading of a `*` within a value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AmbiguousRecords {
    by_rule: BTreeMap<usize, u64>,
}

impl AmbiguousRecords {
    /// Returns the number of ambiguous records of a rule.
    pub fn of_rule(&self, rule: usize) -> u64 {
        self.by_rule.get(&rule).copied().unwrap_or(0)
    }

    /// Adds to the number of ambiguous records of a rule.
    fn add(&mut self, rule: usize, records: u64) {
        *self.by_rule.entry(rule).or_default() += records;
    }
}

impl ScanFinding for AmbiguousRecords {
    fn observe(&mut self, record: &mut SeenRecord<'_>) {
        for rule in &record.ambiguous {
            self.add(*rule, 1);
        }
    }

    fn merge(&mut self, other: Self) {
        for (rule, records) in other.by_rule {
            self.add(rule, records);
        }
    }

    fn store(tables: &mut StoredTables<'_>) {
        let rules = tables.rules();
        tables.add_counts(|findings, counts| {
            for (rule, records) in &findings.ambiguous.by_rule {
                counts.push(Count::new(AMBIGUOUS, rules.name(*rule), *records));
            }
        });
    }

    fn restore(part: &mut StoredPart<'_>) -> Result<(), StoredError> {
        let request = part.request;
        part.each_count(AMBIGUOUS, |findings, count| {
            if let Some(rule) = request.rule(&count.name) {
                findings.ambiguous.add(rule, count.count);
            }
            Ok(())
        })
    }
}
