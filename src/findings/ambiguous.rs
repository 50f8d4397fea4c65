//! Records on which the two readings of a `*` within a value disagree.

use std::collections::BTreeMap;

use super::{Finding, SeenRecord};

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

    /// Returns each rule that has ambiguous records, with their number.
    pub fn all(&self) -> impl Iterator<Item = (usize, u64)> {
        self.by_rule.iter().map(|(rule, records)| (*rule, *records))
    }

    /// Adds to the number of ambiguous records of a rule.
    pub fn add(&mut self, rule: usize, records: u64) {
        *self.by_rule.entry(rule).or_default() += records;
    }
}

impl Finding for AmbiguousRecords {
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
}
