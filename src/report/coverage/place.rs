//! The coverage of an account and region.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use super::row::CoverageRow;
use crate::language::Message;

/// The coverage of an account and region.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PlaceCoverage {
    /// The account.
    pub account: String,
    /// The region.
    pub region: String,
    /// The first delivery of an object.
    pub first_object: Option<String>,
    /// The last delivery of an object.
    pub last_object: Option<String>,
    /// The number of days that were requested, or else those from the first to the last object:
    /// those with objects and those without any.
    pub days: u64,
    /// The number of days with objects.
    pub days_with_object: u64,
    /// The number of days without an object.
    pub days_without_object: u64,
    /// The days without an object.
    pub absent: Vec<AbsentDays>,
    /// The hour of the last object, if unusually long nothing follows while other regions of the
    /// account go on.
    pub silent_since: Option<Timestamp>,
    /// The hour of the last record of KMS, if unusually long none follows while other records go
    /// on.
    pub without_kms_since: Option<Timestamp>,
    /// The hour of the last record of a read-only call, if unusually long none follows while other
    /// records go on.
    pub without_reads_since: Option<Timestamp>,
}

/// Days in a row without an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct AbsentDays {
    /// The first day.
    pub first: Date,
    /// The last day.
    pub last: Date,
}

impl PlaceCoverage {
    /// Counts the days of a row.
    pub(super) fn add(&mut self, row: &CoverageRow) {
        self.days += row.days;
        if row.objects > 0 {
            self.days_with_object += row.days;
            return;
        }
        self.days_without_object += row.days;
        self.absent.push(AbsentDays {
            first: row.first_day,
            last: row.last_day,
        });
    }

    /// Returns the account and the region as one text. It is empty where keys do not contain them.
    pub fn name(&self) -> String {
        format!("{} {}", self.account, self.region)
            .trim()
            .to_owned()
    }
}

impl AbsentDays {
    /// Returns the days as text.
    pub(super) fn message(&self) -> Message {
        let first = self.first.to_string();
        if self.first == self.last {
            return Message::verbatim(first);
        }
        Message::range(first, self.last.to_string())
    }
}
