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

use compact_str::CompactString;

use self::deliveries::PlaceDeliveries;
use self::requested::RequestedHours;
use super::Report;
use crate::cloudtrail::key::ObjectKey;
use crate::findings::{CountedDay, ObjectCounts, ObjectGroup};
use crate::time::hours::{DayHours, HourSet, hour_number};
use crate::time::period::TimeSpan;

pub use place::{AbsentDays, PlaceCoverage};
pub use row::CoverageRow;
pub use summary::CoverageSummary;

/// An account and a region.
type BorrowedPlace<'a> = (&'a str, &'a str);

/// The coverage of an archive.
pub(super) struct Coverage<'a> {
    requested: RequestedHours,
    places: BTreeMap<BorrowedPlace<'a>, PlaceDeliveries>,
    /// The hours of the objects of each account, by the beginning of their keys.
    roots: BTreeMap<&'a str, BTreeMap<&'a str, HourSet>>,
    /// The times of the events by the account and region in the keys, or by two empty texts.
    events: BTreeMap<BorrowedPlace<'a>, TimeSpan>,
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
        for (group, counts) in report.days.groups() {
            if !group.status.is_skipped() {
                coverage.add(group, counts);
            }
        }
        coverage.add_duplicates(report);
        coverage
    }

    fn add(&mut self, group: &'a ObjectGroup, counts: &ObjectCounts) {
        let place = group.place();
        let events = self.events.entry(place.unwrap_or_default()).or_default();
        events.merge(&counts.events);
        let Some(place) = place else { return };
        match group.day {
            CountedDay::Unknown => {}
            // That the place is absent must be known.
            CountedDay::None => {
                self.places.entry(place).or_default();
            }
            CountedDay::Day(day) => {
                let deliveries = self.places.entry(place).or_default();
                deliveries.add(day, group.status, counts);
                let roots = self.roots.entry(place.0).or_default();
                let hours = roots.entry(&group.root).or_default();
                hours.include_day(day, counts.hours);
            }
        }
    }

    /// Adds the further copies of events to the days of their objects.
    fn add_duplicates(&mut self, report: &Report) {
        let duplicates = DuplicatesByDay::from_report(report);
        for ((account, region), deliveries) in &mut self.places {
            for (day, count) in duplicates.of_place(account, region) {
                deliveries.add_duplicates(*day, *count);
            }
        }
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
    fn last_event(&self, place: BorrowedPlace<'_>) -> Option<i64> {
        self.events.get(&place)?.last().map(hour_number)
    }
}

/// The number of further copies of events by the account, region and day of their objects.
struct DuplicatesByDay(BTreeMap<(CompactString, CompactString), BTreeMap<i32, u64>>);

impl DuplicatesByDay {
    fn from_report(report: &Report) -> Self {
        let late = late_days(report);
        let mut by_place: BTreeMap<_, BTreeMap<i32, u64>> = BTreeMap::new();
        for (object, duplicates) in &report.duplicates_by_object {
            let key = ObjectKey::parse(object);
            let delivery = key.delivery_time.map(|time| DayHours::from_moment(time).0);
            let day = late.get(&**object).copied().or(delivery);
            if let (Some(account), Some(region), Some(day)) = (key.account, key.region, day) {
                let days = by_place.entry((account, region)).or_default();
                *days.entry(day).or_default() += duplicates;
            }
        }
        Self(by_place)
    }

    /// Returns the days of an account and region, each with its number of copies.
    fn of_place(&self, account: &str, region: &str) -> impl Iterator<Item = (&i32, &u64)> {
        let days = self.0.get(&(account.into(), region.into()));
        days.into_iter().flatten()
    }
}

/// Returns the days that objects with selected records count for, of those that count for another
/// day than that of their delivery.
fn late_days(report: &Report) -> BTreeMap<&str, i32> {
    let mut late = BTreeMap::new();
    for (group, _) in report.days.groups() {
        if let (Some(object), CountedDay::Day(day)) = (&group.object, group.day) {
            late.insert(&**object, day);
        }
    }
    late
}
