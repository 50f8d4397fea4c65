//! One row of uses.

use jiff::Timestamp;

use super::Use;
use super::detail::UseDetail;
use super::hash;
use super::texts::UseTexts;
use crate::cloudtrail::usage::{UseOutcome, UseService};

/// The key of a row, by which rows are kept or left out. Rows of one resource follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RowKey {
    /// The hash of the resource with its account and region.
    pub(super) resource: u64,
    /// The hash of everything by which rows differ.
    pub(super) row: u64,
}

/// One row of uses.
#[derive(Clone, Copy, Debug)]
pub(super) struct UseRow {
    pub(super) key: RowKey,
    pub(super) texts: UseTexts,
    span_number: i64,
    first: Timestamp,
    last: Timestamp,
    pub(super) count: u64,
    service: UseService,
    outcome: UseOutcome,
}

impl UseRow {
    /// Creates the row of uses whose texts are among `all`.
    pub(super) fn new(added: &Use<'_>, texts: UseTexts, all: &str, detail: UseDetail) -> Self {
        let resource = texts.text(0, all).unwrap_or_default();
        let key = RowKey {
            resource: hash::resource(resource, [added.account, added.region]),
            row: 0,
        };
        let mut row = Self {
            key,
            texts,
            span_number: detail.span_number(added.first),
            first: added.first,
            last: added.last,
            count: added.count,
            service: added.service,
            outcome: added.outcome,
        };
        row.key.row = row.hash(all);
        row
    }

    fn hash(&self, all: &str) -> u64 {
        let kinds = (self.service as u64) << 8 | self.outcome as u64;
        let mut seed = hash::of_number(kinds, self.span_number as u64);
        for number in self.texts.length_numbers() {
            seed = hash::of_number(number, seed);
        }
        hash::hash(self.texts.joined(all).as_bytes(), seed)
    }

    /// Gives up detail, down to this one.
    pub(super) fn coarsen(&mut self, detail: UseDetail, all: &str) {
        self.texts.coarsen(detail);
        self.span_number = detail.span_number(self.first);
        self.key.row = self.hash(all);
    }

    /// Adds the uses of another row if it is alike, given the texts of both. Returns whether it is.
    pub(super) fn absorbs(&mut self, all: &str, other: &Self, all_of_other: &str) -> bool {
        if !self.is_like(all, other, all_of_other) {
            return false;
        }
        self.first = self.first.min(other.first);
        self.last = self.last.max(other.last);
        self.count += other.count;
        true
    }

    fn is_like(&self, all: &str, other: &Self, all_of_other: &str) -> bool {
        let kinds = |row: &Self| (row.key, row.span_number, row.service, row.outcome);
        kinds(self) == kinds(other)
            && self.texts.has_lengths_of(other.texts)
            && self.texts.joined(all) == other.texts.joined(all_of_other)
    }

    /// Returns the row with its texts.
    pub(super) fn view(self, all: &str) -> Use<'_> {
        let text = |number| self.texts.text(number, all);
        Use {
            resource: text(0).unwrap_or_default(),
            account: text(1),
            region: text(2),
            service: self.service,
            event_name: text(3).unwrap_or_default(),
            outcome: self.outcome,
            principal: text(4),
            source_ip_address: text(5),
            user_agent: text(6),
            first: self.first,
            last: self.last,
            count: self.count,
        }
    }
}
