//! The coverage of an archive: for each account, region and day of delivery, the objects that are
//! there, and the hours without any.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde::Serialize;

use crate::findings::{Activity, ObjectOutcome, ObjectStatus};
use crate::time::period::TimeSpan;

/// The longest gap whose days have entries of their own. Names of objects may claim any year.
const GAP_LIMIT_DAYS: i32 = 366;

/// The hours of a day.
const LAST_HOUR: i8 = 23;

const WITHOUT_KMS: &str = "there is no record of KMS at all: the trail may exclude them, or \
    nothing used a key";

const WITHOUT_READS: &str = "there is no record of a read-only call: the trail may exclude them, \
    and with them every read of a secret";

/// The coverage of one day.
#[derive(Clone, Debug, PartialEq)]
pub struct CoverageDay {
    /// The account.
    pub account: String,
    /// The region.
    pub region: String,
    /// The day of delivery, in UTC.
    pub day: Date,
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
    /// and region.
    pub hours_without_object: u8,
}

/// The coverage of an archive in numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CoverageSummary {
    /// The number of days between the first and the last object, counted for each account and
    /// region.
    pub days: u64,
    /// The number of days without an object.
    pub days_without_object: u64,
    /// The number of hours without an object, including those of days without one.
    pub hours_without_object: u64,
    /// The number of records of KMS, which a trail can exclude.
    pub kms_records: u64,
    /// The number of records of read-only calls, which a trail can exclude.
    pub read_records: u64,
    /// The kinds of records that the trail seems to exclude, as warnings.
    pub warnings: Vec<String>,
}

/// An account and a region.
type Place<'a> = (&'a str, &'a str);

/// The deliveries of one account and region, by day.
#[derive(Default)]
struct Deliveries {
    days: BTreeMap<Date, Delivered>,
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
    hours: BTreeSet<i8>,
}

/// Returns the days between the first and the last object of each account and region. Objects whose
/// key does not contain the place and time of their delivery do not count.
///
/// `duplicates_by_object` is the number of selected records of an object that are further copies of
/// an event.
pub fn coverage(
    objects: &[ObjectOutcome],
    duplicates_by_object: &BTreeMap<String, u64>,
) -> Vec<CoverageDay> {
    let mut places: BTreeMap<Place<'_>, Deliveries> = BTreeMap::new();
    for object in objects {
        let Some((place, delivery)) = delivered_at(object) else {
            continue;
        };
        let days = &mut places.entry(place).or_default().days;
        let day = days.entry(delivery.date()).or_default();
        day.add(object, delivery.hour());
        day.duplicates += duplicates_by_object.get(&*object.object).unwrap_or(&0);
    }
    let mut days = Vec::new();
    for (place, deliveries) in &places {
        days.extend(deliveries.days(*place));
    }
    days
}

/// Returns the place and the time of the delivery of an object, unless it was skipped.
fn delivered_at(object: &ObjectOutcome) -> Option<(Place<'_>, DateTime)> {
    if matches!(object.status, ObjectStatus::Skipped(_)) {
        return None;
    }
    let key = &object.key;
    let place = (key.account.as_deref()?, key.region.as_deref()?);
    Some((place, TimeZone::UTC.to_datetime(key.delivery_time?)))
}

impl Delivered {
    fn add(&mut self, object: &ObjectOutcome, hour: i8) {
        let is_failed = matches!(
            object.status,
            ObjectStatus::Damaged | ObjectStatus::Unreadable
        );
        self.objects += 1;
        self.failed += u64::from(is_failed);
        self.records += object.records.total();
        self.events.merge(&object.time_span);
        self.hours.insert(hour);
        self.longest_lag_seconds = self.longest_lag_seconds.max(lag_seconds(object));
    }

    /// Returns the number of hours without an object, from the first to the last of these hours.
    fn missing_hours(&self, first: i8, last: i8) -> u8 {
        let missing = (first..=last).filter(|hour| !self.hours.contains(hour));
        missing.count() as u8
    }
}

/// Returns the time between the oldest event of an object and its delivery.
fn lag_seconds(object: &ObjectOutcome) -> Option<i64> {
    let oldest = object.time_span.first()?;
    Some(object.key.delivery_time?.as_second() - oldest.as_second())
}

impl Deliveries {
    fn days(&self, place: Place<'_>) -> Vec<CoverageDay> {
        let mut days = Vec::new();
        let mut previous = None;
        for (day, delivered) in &self.days {
            for missing in days_between(previous, *day) {
                days.push(self.coverage_day(place, missing, &Delivered::default()));
            }
            days.push(self.coverage_day(place, *day, delivered));
            previous = Some(*day);
        }
        days
    }

    fn coverage_day(&self, place: Place<'_>, day: Date, delivered: &Delivered) -> CoverageDay {
        let (first, last) = self.expected_hours(day);
        CoverageDay {
            account: place.0.to_owned(),
            region: place.1.to_owned(),
            day,
            objects: delivered.objects,
            failed: delivered.failed,
            records: delivered.records,
            duplicates: delivered.duplicates,
            events: delivered.events,
            longest_lag_seconds: delivered.longest_lag_seconds,
            hours_without_object: delivered.missing_hours(first, last),
        }
    }

    /// Returns the first and the last hour of a day in which an object may be expected. Nothing is
    /// known of the hours before the first object of all and after the last.
    fn expected_hours(&self, day: Date) -> (i8, i8) {
        let mut hours = (0, LAST_HOUR);
        if let Some((first, delivered)) = self.days.first_key_value()
            && *first == day
        {
            hours.0 = delivered.hours.first().copied().unwrap_or(0);
        }
        if let Some((last, delivered)) = self.days.last_key_value()
            && *last == day
        {
            hours.1 = delivered.hours.last().copied().unwrap_or(LAST_HOUR);
        }
        hours
    }
}

/// Returns the days between two days, unless they are too many.
fn days_between(previous: Option<Date>, next: Date) -> Vec<Date> {
    let mut days = Vec::new();
    let Some(mut day) = previous.and_then(|day| day.tomorrow().ok()) else {
        return days;
    };
    let gap = next.since(day).map_or(0, |gap| gap.get_days());
    while gap <= GAP_LIMIT_DAYS && day < next {
        days.push(day);
        match day.tomorrow() {
            Ok(tomorrow) => day = tomorrow,
            Err(_) => break,
        }
    }
    days
}

impl CoverageSummary {
    /// Summarizes days. `records` is the number of records in the selection, of which `activity`
    /// counts the kinds that a trail may exclude.
    pub(super) fn new(days: &[CoverageDay], activity: Activity, records: u64) -> Self {
        let without_object = days.iter().filter(|day| day.objects == 0).count();
        let hours = days.iter().map(|day| u64::from(day.hours_without_object));
        Self {
            days: days.len() as u64,
            days_without_object: without_object as u64,
            hours_without_object: hours.sum(),
            kms_records: activity.kms,
            read_records: activity.reads,
            warnings: match records {
                // Without any record, those of KMS are missing for no other reason.
                0 => Vec::new(),
                _ => warnings(activity),
            },
        }
    }
}

fn warnings(activity: Activity) -> Vec<String> {
    let mut warnings = Vec::new();
    if activity.kms == 0 {
        warnings.push(WITHOUT_KMS.to_owned());
    }
    if activity.reads == 0 {
        warnings.push(WITHOUT_READS.to_owned());
    }
    warnings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloudtrail::key::ObjectKey;
    use crate::findings::{RecordCounts, SkipReason};

    fn object(stamp: &str, event: &str, status: ObjectStatus) -> ObjectOutcome {
        let name = format!("111122223333_CloudTrail_eu-west-1_{stamp}_x.json.gz");
        let mut time_span = TimeSpan::default();
        time_span.include(event.parse().expect("a time"));
        let records = RecordCounts {
            unmatched: 5,
            ..RecordCounts::default()
        };
        let key = ObjectKey::parse(&name);
        ObjectOutcome {
            object: name.into(),
            key,
            status,
            stored_bytes: 1,
            content_bytes: 1,
            records,
            time_span,
        }
    }

    #[test]
    fn days_and_hours_without_objects_are_counted() {
        let read = ObjectStatus::Read;
        let days = coverage(
            &[
                object("20260302T2205Z", "2026-03-02T22:00:00Z", read),
                object(
                    "20260302T2230Z",
                    "2026-03-02T21:30:00Z",
                    ObjectStatus::Damaged,
                ),
                object("20260304T0305Z", "2026-03-04T03:00:00Z", read),
                object("20260304T0105Z", "2026-03-01T01:05:00Z", read),
                object(
                    "20260309T0105Z",
                    "2026-03-01T01:05:00Z",
                    ObjectStatus::Skipped(SkipReason::Digest),
                ),
            ],
            &BTreeMap::new(),
        );
        let rows: Vec<_> = days
            .iter()
            .map(|day| {
                (
                    day.day.day(),
                    day.objects,
                    day.failed,
                    day.records,
                    day.longest_lag_seconds,
                    day.hours_without_object,
                )
            })
            .collect();
        let three_days = Some(3 * 86_400);
        // Of the first day, the hours 22 and 23; of the last, the hours 0 to 3.
        assert_eq!(
            rows,
            [
                (2, 2, 1, 10, Some(3600), 1),
                (3, 0, 0, 0, None, 24),
                (4, 2, 0, 10, three_days, 2)
            ]
        );
        let summary = CoverageSummary::new(&days, Activity { kms: 0, reads: 7 }, 20);
        assert_eq!(
            (
                summary.days,
                summary.days_without_object,
                summary.hours_without_object
            ),
            (3, 1, 27)
        );
        assert_eq!(summary.warnings.len(), 1);
    }

    #[test]
    fn names_that_claim_any_year_make_no_endless_gap() {
        let read = ObjectStatus::Read;
        let days = coverage(
            &[
                object("20130101T0005Z", "2026-03-02T22:00:00Z", read),
                object("99990101T2305Z", "2026-03-02T22:00:00Z", read),
            ],
            &BTreeMap::new(),
        );
        assert_eq!(days.len(), 2);
    }
}
