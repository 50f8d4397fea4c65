//! The rows of the table of coverage.

use jiff::civil::Date;

use crate::time::period::TimeSpan;

/// The coverage of a day with objects, or of the days in a row that have none.
#[derive(Clone, Debug, PartialEq)]
pub struct CoverageRow {
    /// The account.
    pub account: String,
    /// The region.
    pub region: String,
    /// The day of delivery, in UTC; the first one of days in a row.
    pub first_day: Date,
    /// The last of the days.
    pub last_day: Date,
    /// The number of days.
    pub days: u64,
    /// The number of objects that were delivered.
    pub objects: u64,
    /// The number of objects that could not be read in full.
    pub failed: u64,
    /// The number of records in the objects.
    pub records: u64,
    /// The number of selected records that are further copies of an event, such as those that a
    /// second trail delivers.
    pub duplicates: u64,
    /// The times of the events.
    pub events: TimeSpan,
    /// The longest time between the oldest event of an object and its delivery, in seconds.
    pub longest_lag_seconds: Option<i64>,
    /// The number of hours without an object, between the first and the last object of the account
    /// and region, or within the requested range.
    pub hours_without_object: u64,
}

impl CoverageRow {
    /// Returns the state of the days in reports.
    pub fn state(&self) -> &'static str {
        match self.objects {
            0 => "absent",
            _ => "present",
        }
    }
}
