//! Findings in the tables of a part of a ledger: what is common to the way there and the way back.
//!
//! A part of a ledger holds the findings of several readings of objects, numbered in their order.
//! A finding stores its rows with the number of their reading, in a table of its own or, if it is
//! no more than numbers by name, as [`Count`](super::Count)s.

use std::collections::HashMap;
use std::error::Error;

use jiff::Timestamp;

use crate::table::schema::{SchemaError, TableSchema};
use crate::time::period::TimeRange;

/// The reason why a table cannot be loaded, which whoever loads it knows.
pub type LoadError = Box<dyn Error + Send + Sync>;

/// An error in the tables of a part.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoredError {
    /// A table cannot be loaded.
    #[error("{0}")]
    Load(LoadError),
    /// A table is not as its schema says.
    #[error("{table}: {source}")]
    Table {
        /// The name of the table.
        table: &'static str,
        /// The error.
        source: SchemaError,
    },
    /// A row belongs to a reading that the part does not have.
    #[error("there is no reading {0}")]
    Reading(u64),
    /// There are counts that no finding stores.
    #[error("unknown count `{0}`")]
    Count(String),
    /// The limit of uses is not one.
    #[error("`{0}` is not a limit of uses")]
    Limit(String),
    /// A count lacks its minute.
    #[error("a count of `{0}` has no minute")]
    Minute(&'static str),
}

/// The findings that are requested of a ledger.
#[derive(Clone, Debug)]
pub struct StoredRequest {
    /// The numbers of the requested rules, by their names.
    pub rules: HashMap<String, usize>,
    /// The requested event times.
    pub range: TimeRange,
    /// The requested event times and, before them, those that only alarms see.
    pub observed_range: TimeRange,
    /// True if the JSON of records is requested.
    pub with_json: bool,
}

impl StoredRequest {
    /// Returns the number of a rule; `None` if the rule is not requested.
    pub(super) fn rule(&self, name: &str) -> Option<usize> {
        self.rules.get(name).copied()
    }

    /// Returns true for the time of an event in the requested range. A record without a time is in
    /// every range.
    pub(super) fn is_inside(&self, time: Option<Timestamp>) -> bool {
        time.is_none_or(|time| self.range.contains(time))
    }

    /// Returns true for the time of an event that alarms see.
    pub(super) fn is_observed(&self, time: Option<Timestamp>) -> bool {
        time.is_none_or(|time| self.observed_range.contains(time))
    }
}

/// The column with the number of the reading, which every table of a part has.
pub(super) fn reading_schema() -> TableSchema<'static, u64> {
    TableSchema::<u64>::builder()
        .integer("reading", |number| Some(*number))
        .required(|number, reading| *number = reading)
        .build()
}
