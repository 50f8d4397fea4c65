//! Records that rules selected.

use super::{Finding, KeptRecord, SeenRecord, by_time};
use crate::metric::{Measurement, NoSample};

/// The records that at least one rule selected, copies included.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Matches {
    /// Those in the requested range.
    pub inside: Vec<MatchedRecord>,
    /// Those before it, which only the alarm sees. They count as excluded.
    pub earlier: Vec<MatchedRecord>,
}

/// A record that at least one rule selected.
#[derive(Clone, Debug, PartialEq)]
pub struct MatchedRecord {
    /// The selections by each of these rules, in the order of the numbers of the rules.
    pub matches: Vec<Match>,
    /// The record.
    pub record: KeptRecord,
}

/// One rule's selection of a record.
#[derive(Clone, Debug, PartialEq)]
pub struct Match {
    /// The number of the rule in the plan.
    pub rule: usize,
    /// The sample that the record adds to the rule's metric, or the reason for none.
    pub measured: Result<Measurement, NoSample>,
}

impl MatchedRecord {
    /// Returns true if the rule of this number selected the record.
    pub fn is_selected_by(&self, rule: usize) -> bool {
        self.matches.iter().any(|matching| matching.rule == rule)
    }
}

impl AsRef<KeptRecord> for MatchedRecord {
    fn as_ref(&self) -> &KeptRecord {
        &self.record
    }
}

impl AsMut<KeptRecord> for MatchedRecord {
    fn as_mut(&mut self) -> &mut KeptRecord {
        &mut self.record
    }
}

impl Matches {
    /// Returns all records, those in the requested range first.
    pub fn all(&self) -> impl Iterator<Item = &MatchedRecord> {
        self.inside.iter().chain(&self.earlier)
    }

    /// Returns all records as [`Matches::all`] does.
    pub(super) fn all_mut(&mut self) -> impl Iterator<Item = &mut MatchedRecord> {
        self.inside.iter_mut().chain(&mut self.earlier)
    }
}

impl Finding for Matches {
    fn observe(&mut self, record: &mut SeenRecord<'_>) {
        self.inside
            .extend(record.matched.take().map(|found| *found));
    }

    fn observe_earlier(&mut self, record: &mut SeenRecord<'_>) {
        self.earlier
            .extend(record.matched.take().map(|found| *found));
    }

    fn merge(&mut self, mut other: Self) {
        self.inside.append(&mut other.inside);
        self.earlier.append(&mut other.earlier);
    }

    fn put_in_order(&mut self) {
        self.inside.sort_by(by_time);
        self.earlier.sort_by(by_time);
    }
}
