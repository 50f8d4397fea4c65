//! Records that rules selected.

use super::kept::MatchedRecord;
use super::{Finding, SeenRecord, by_time};

/// The records that at least one rule selected, copies included.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Matches {
    /// Those in the requested range.
    pub inside: Vec<MatchedRecord>,
    /// Those before it, which only the alarm sees. They count as excluded.
    pub earlier: Vec<MatchedRecord>,
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
