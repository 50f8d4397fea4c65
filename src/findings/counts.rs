//! Findings that are no more than numbers by name, as a ledger stores them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::table::schema::TableSchema;

/// The name of their table in a ledger.
pub(super) const TABLE: &str = "counts";

/// A number that a finding has counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// The name of what is counted, which no two findings share.
    pub kind: Cow<'static, str>,
    /// The account, region, rule or the like.
    pub name: String,
    /// The minute, for what is counted by the minute.
    pub minute: Option<Timestamp>,
    /// The number.
    pub count: u64,
}

impl Count {
    /// Returns a count that is not by the minute.
    pub fn new(kind: &'static str, name: &str, count: u64) -> Self {
        Self {
            kind: Cow::Borrowed(kind),
            name: name.to_owned(),
            minute: None,
            count,
        }
    }
}

/// The counts of a part with the numbers of their readings, by what they count.
pub(super) type StoredCounts = BTreeMap<String, Vec<(u64, Count)>>;

pub(super) fn schema() -> TableSchema<'static, Count> {
    TableSchema::<Count>::builder()
        .text("counted", |count| Some(&count.kind))
        .required(|count, kind| count.kind = Cow::Owned(kind))
        .text("name", |count| Some(&count.name))
        .required(|count, name| count.name = name)
        .time("minute", |count| count.minute)
        .optional(|count, minute| count.minute = minute)
        .integer("count", |count| Some(count.count))
        .required(|count, number| count.count = number)
        .build()
}
