//! The deliveries of an account and region, day by day.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::requested::RequestedHours;
use super::row::CoverageRow;
use crate::findings::{ObjectCounts, ObjectStatus};
use crate::time::hours::{HourSet, hour_number, start_of_hour};
use crate::time::period::TimeSpan;

/// The longest gap between two objects whose days count. Names of objects may claim any year.
const GAP_LIMIT_DAYS: i64 = 366;

/// The hours of a day.
const DAY_HOURS: i64 = 24;

/// The deliveries of one account and region.
#[derive(Default)]
pub(super) struct PlaceDeliveries {
    days: BTreeMap<i32, Delivered>,
    /// The times that the objects count for.
    pub(super) times: TimeSpan,
    /// The hours that the objects count for.
    pub(super) hours: HourSet,
}

/// The deliveries of one day.
#[derive(Default)]
struct Delivered {
    objects: u64,
    failed: u64,
    records: u64,
    duplicates: u64,
    events: TimeSpan,
    longest_lag_seconds: Option<i64>,
    hours: HourSet,
}

/// The rows of an account and region, while they are made.
struct DeliveryRows<'a> {
    deliveries: &'a PlaceDeliveries,
    place: (&'a str, &'a str),
    /// The numbers of the first and the last hour in which an object may be expected. Nothing is
    /// known of the hours before and after.
    expected: (i64, i64),
    rows: Vec<CoverageRow>,
}

impl PlaceDeliveries {
    /// Adds objects that count for the day with this number and have this status.
    pub(super) fn add(&mut self, day: i32, status: ObjectStatus, counts: &ObjectCounts) {
        self.times.merge(&counts.times);
        self.hours.include_day(day, counts.hours);
        let delivered = self.days.entry(day).or_default();
        delivered.add(status, counts);
        delivered.hours.include_day(day, counts.hours);
    }

    /// Adds further copies of events to a day with objects.
    pub(super) fn add_duplicates(&mut self, day: i32, duplicates: u64) {
        if let Some(delivered) = self.days.get_mut(&day) {
            delivered.duplicates += duplicates;
        }
    }

    /// Returns a row for each day with objects, and for the days between them without any.
    pub(super) fn rows(&self, place: (&str, &str), requested: &RequestedHours) -> Vec<CoverageRow> {
        let Some(expected) = self.expected(requested) else {
            return Vec::new();
        };
        let mut rows = DeliveryRows {
            deliveries: self,
            place,
            expected,
            rows: Vec::new(),
        };
        rows.add_all(requested);
        rows.rows
    }

    fn expected(&self, requested: &RequestedHours) -> Option<(i64, i64)> {
        let (first, last) = (self.times.first(), self.times.last());
        let first = requested.first.or(first.map(hour_number));
        let first = first.or(requested.last)?;
        let last = requested.last.or(last.map(hour_number));
        Some((first, last.unwrap_or(first).max(first)))
    }
}

impl Delivered {
    fn add(&mut self, status: ObjectStatus, counts: &ObjectCounts) {
        self.objects += counts.objects;
        if status.is_failed() {
            self.failed += counts.objects;
        }
        self.records += counts.records.total();
        self.events.merge(&counts.events);
        self.longest_lag_seconds = self.longest_lag_seconds.max(counts.longest_lag_seconds);
    }
}

impl DeliveryRows<'_> {
    fn add_all(&mut self, requested: &RequestedHours) {
        let mut next = self.expected.0.div_euclid(DAY_HOURS);
        let mut is_between = false;
        for (day, delivered) in &self.deliveries.days {
            let day = i64::from(*day);
            let is_counted = !is_between || requested.is_bounded() || day - next <= GAP_LIMIT_DAYS;
            if next < day && is_counted {
                self.add(next, day - 1, &Delivered::default());
            }
            self.add(day, day, delivered);
            (next, is_between) = (day + 1, true);
        }
        let last = self.expected.1.div_euclid(DAY_HOURS);
        if next <= last {
            self.add(next, last, &Delivered::default());
        }
    }

    fn add(&mut self, first: i64, last: i64, delivered: &Delivered) {
        self.rows.push(CoverageRow {
            account: self.place.0.to_owned(),
            region: self.place.1.to_owned(),
            first_day: date(first),
            last_day: date(last),
            days: (last - first + 1).unsigned_abs(),
            objects: delivered.objects,
            failed: delivered.failed,
            records: delivered.records,
            duplicates: delivered.duplicates,
            events: delivered.events,
            longest_lag_seconds: delivered.longest_lag_seconds,
            hours_without_object: self.missing_hours(first, last, &delivered.hours),
        });
    }

    fn missing_hours(&self, first: i64, last: i64, found: &HourSet) -> u64 {
        let first = self.expected.0.max(first * DAY_HOURS);
        let last = self.expected.1.min(last * DAY_HOURS + DAY_HOURS - 1);
        let expected = (last - first + 1).max(0).unsigned_abs();
        let found = found.numbers().filter(|hour| (first..=last).contains(hour));
        expected - found.count() as u64
    }
}

fn date(day: i64) -> Date {
    let begin = start_of_hour(day.saturating_mul(DAY_HOURS));
    TimeZone::UTC.to_datetime(begin).date()
}
