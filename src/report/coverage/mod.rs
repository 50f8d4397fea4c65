//! The coverage of an archive: for each account, region and day of delivery, the objects that are
//! there, and the days and hours without any.

mod deliveries;
mod place;
mod requested;
mod row;
mod silence;
mod summary;
mod warnings;

use std::collections::BTreeMap;

use jiff::Timestamp;

use self::deliveries::Deliveries;
use self::requested::RequestedHours;
use super::Report;
use crate::findings::{ObjectOutcome, ObjectStatus};
use crate::time::hours::{HourSet, hour_number};
use crate::time::period::TimeSpan;

pub use place::{AbsentDays, PlaceCoverage};
pub use row::CoverageRow;
pub use summary::CoverageSummary;

/// The end of the part of a key that is different for each trail or copy of an archive.
const LAYOUT: &str = "AWSLogs/";

/// An account and a region.
type Place<'a> = (&'a str, &'a str);

/// The coverage of an archive.
pub(super) struct Coverage<'a> {
    requested: RequestedHours,
    places: BTreeMap<Place<'a>, Deliveries>,
    /// The hours of the objects of each account, by the beginning of their keys.
    roots: BTreeMap<&'a str, BTreeMap<&'a str, HourSet>>,
    /// The times of the events by the account and region in the keys, or by two empty texts.
    events: BTreeMap<Place<'a>, TimeSpan>,
}

impl<'a> Coverage<'a> {
    /// Finds the coverage of a report. Objects whose key does not contain the place and time of
    /// their delivery show nothing.
    pub(super) fn from_report(report: &'a Report) -> Self {
        let mut coverage = Self {
            requested: RequestedHours::from_range(report.scan.requested),
            places: BTreeMap::new(),
            roots: BTreeMap::new(),
            events: BTreeMap::new(),
        };
        for object in &report.objects {
            if !matches!(object.status, ObjectStatus::Skipped(_)) {
                coverage.add(object, report.duplicates(object));
            }
        }
        coverage
    }

    fn add(&mut self, object: &'a ObjectOutcome, duplicates: u64) {
        let place = place(object);
        let events = self.events.entry(place.unwrap_or_default()).or_default();
        events.merge(&object.time_span);
        let (Some(place), Some(_)) = (place, object.key.delivery_time) else {
            return;
        };
        // Also for an object that does not count: that its place is absent must be known.
        let deliveries = self.places.entry(place).or_default();
        let Some(time) = self.requested.counted_time(object) else {
            return;
        };
        deliveries.add(object, duplicates, time);
        self.add_to_root(place.0, object, time);
    }

    fn add_to_root(&mut self, account: &'a str, object: &'a ObjectOutcome, time: Timestamp) {
        let roots = self.roots.entry(account).or_default();
        roots.entry(root(&object.object)).or_default().include(time);
    }

    /// Returns the rows of the table.
    pub(super) fn rows(&self) -> Vec<CoverageRow> {
        let mut rows = Vec::new();
        for (place, deliveries) in &self.places {
            rows.extend(deliveries.rows(*place, &self.requested));
        }
        rows
    }

    /// Returns the number of the last hour with an object, in any region of an account.
    fn end_of_account(&self, account: &str) -> Option<i64> {
        let roots = self.roots.get(account)?;
        roots.values().filter_map(HourSet::last).max()
    }

    /// Returns the number of the last hour with an event in an account and region.
    fn last_event(&self, place: Place<'_>) -> Option<i64> {
        self.events.get(&place)?.last().map(hour_number)
    }
}

fn place(object: &ObjectOutcome) -> Option<Place<'_>> {
    let key = &object.key;
    Some((key.account.as_deref()?, key.region.as_deref()?))
}

/// Returns the beginning of a key that is different for each trail or copy of an archive.
fn root(key: &str) -> &str {
    let end = key.rfind(LAYOUT).unwrap_or(0);
    key.get(..end).unwrap_or_default()
}
