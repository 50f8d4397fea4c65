//! The coverage of an archive in numbers.

use jiff::Timestamp;
use serde::Serialize;

use super::place::PlaceCoverage;
use super::silence::silent_since;
use super::warnings::warnings;
use super::{BorrowedPlace, Coverage};
use crate::findings::CallHours;
use crate::language::Message;
use crate::report::Report;
use crate::time::hours::{HourSet, start_of_hour};

/// The coverage of an archive in numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CoverageSummary {
    /// The number of days that were requested, or else those between the first and the last object,
    /// counted for each account and region.
    pub days: u64,
    /// The number of days without an object.
    pub days_without_object: u64,
    /// The number of hours without an object, including those of days without one.
    pub hours_without_object: u64,
    /// The number of records of KMS, which a trail can exclude.
    pub kms_records: u64,
    /// The number of records of read-only calls, which a trail can exclude.
    pub read_records: u64,
    /// The coverage of each account and region.
    pub places: Vec<PlaceCoverage>,
    /// The things that seem to be missing.
    pub warnings: Vec<Message>,
}

impl CoverageSummary {
    /// Summarizes the coverage of a report.
    pub(in crate::report) fn from_report(report: &Report) -> Self {
        let coverage = Coverage::from_report(report);
        let mut summary = Self {
            kms_records: report.scan.activity.kms,
            read_records: report.scan.activity.reads,
            ..Self::default()
        };
        summary.add_days(&coverage);
        summary.add_calls(&coverage, report);
        summary.warnings = warnings(report, &coverage, &summary.places);
        summary
    }

    fn add_days(&mut self, coverage: &Coverage<'_>) {
        for (place, deliveries) in &coverage.places {
            let mut found = coverage.place(*place);
            for row in deliveries.rows(*place, &coverage.requested) {
                self.hours_without_object += row.hours_without_object;
                found.add(&row);
            }
            self.days += found.days;
            self.days_without_object += found.days_without_object;
            self.places.push(found);
        }
    }

    /// Adds since when records of KMS and of read-only calls are missing.
    fn add_calls(&mut self, coverage: &Coverage<'_>, report: &Report) {
        for ((account, region), hours) in &report.scan.call_times.by_place {
            let Some(end) = coverage.last_event((account, region)) else {
                continue;
            };
            self.add_silence(coverage, (account, region), SilentCalls::new(hours, end));
        }
    }

    fn add_silence(
        &mut self,
        coverage: &Coverage<'_>,
        place: BorrowedPlace<'_>,
        silent: SilentCalls,
    ) {
        if silent.is_empty() {
            return;
        }
        let mut places = self.places.iter_mut();
        let found = places.find(|found| (&*found.account, &*found.region) == place);
        match found {
            Some(found) => silent.add_to(found),
            None => {
                let mut found = coverage.place(place);
                silent.add_to(&mut found);
                self.places.push(found);
            }
        }
    }
}

/// The hours since which records of KMS and of read-only calls are missing, if they are.
struct SilentCalls {
    kms: Option<Timestamp>,
    reads: Option<Timestamp>,
}

impl SilentCalls {
    fn new(hours: &CallHours, end: i64) -> Self {
        Self {
            kms: silence(&hours.kms, end),
            reads: silence(&hours.reads, end),
        }
    }

    fn is_empty(&self) -> bool {
        self.kms.is_none() && self.reads.is_none()
    }

    fn add_to(self, place: &mut PlaceCoverage) {
        place.without_kms_since = self.kms;
        place.without_reads_since = self.reads;
    }
}

impl Coverage<'_> {
    /// Returns the coverage of a place before its days are counted.
    fn place(&self, place: BorrowedPlace<'_>) -> PlaceCoverage {
        let deliveries = self.places.get(&place);
        let times = deliveries
            .map(|deliveries| deliveries.times)
            .unwrap_or_default();
        let end = self.end_of_account(place.0);
        PlaceCoverage {
            account: place.0.to_owned(),
            region: place.1.to_owned(),
            first_object: times.first().map(|time| time.to_string()),
            last_object: times.last().map(|time| time.to_string()),
            silent_since: deliveries.and_then(|found| silence(&found.hours, end?)),
            ..PlaceCoverage::default()
        }
    }
}

/// Returns the last hour of a set, if nothing in it is unusually long before the hour `end`.
fn silence(hours: &HourSet, end: i64) -> Option<Timestamp> {
    let since = silent_since(hours, end)?;
    Some(start_of_hour(since))
}
