//! What an archive covers: for each account, region and day of delivery, what was there, and what
//! was not.

use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;

use crate::findings::{Activity, ObjectOutcome, ObjectStatus};
use crate::time::period::TimeSpan;

/// The longest gap whose days are told one by one. Names of objects may claim any year.
const GAP_LIMIT_DAYS: i32 = 366;

/// What there is of one day.
#[derive(Clone, Debug, PartialEq)]
pub struct CoverageDay {
    /// The account.
    pub account: String,
    /// The region.
    pub region: String,
    /// The day of delivery, in UTC.
    pub day: Date,
    /// How many objects were delivered.
    pub objects: u64,
    /// How many of them could not be read whole.
    pub failed: u64,
    /// How many records they hold.
    pub records: u64,
    /// How many of the selected ones are further copies of an event, as those are that a second
    /// trail delivers.
    pub duplicates: u64,
    /// The times of their events.
    pub events: TimeSpan,
    /// How long the oldest event of an object waited for its delivery at most, in seconds.
    pub longest_lag_seconds: Option<i64>,
    /// How many hours of the day have no object, between the first and the last object of the
    /// account and region.
    pub hours_without_object: u8,
}

/// What an archive covers, in short.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CoverageSummary {
    /// How many days of accounts and regions lie between their first and their last object.
    pub days: u64,
    /// How many of them have no object.
    pub days_without_object: u64,
    /// How many hours have none, those of such days included.
    pub hours_without_object: u64,
    /// How many records are of KMS; a trail can exclude them.
    pub kms_records: u64,
    /// How many records are of calls that only read; a trail can exclude them.
    pub read_records: u64,
    /// What a trail seems to exclude, for a person.
    pub warnings: Vec<String>,
}

/// What was delivered in one account and region, by day.
#[derive(Default)]
struct Stream {
    days: BTreeMap<Date, Delivered>,
}

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

/// The days between the first and the last object of each account and region. Objects whose key
/// does not say where and when they were delivered are in none.
///
/// `duplicates_by_object` tells how many of the selected records of an object are further copies of
/// an event.
pub fn coverage(
    objects: &[ObjectOutcome],
    duplicates_by_object: &BTreeMap<String, u64>,
) -> Vec<CoverageDay> {
    let mut streams: BTreeMap<(&str, &str), Stream> = BTreeMap::new();
    for object in objects
        .iter()
        .filter(|object| !matches!(object.status, ObjectStatus::Skipped(_)))
    {
        let key = &object.key;
        let place = key.account.as_deref().zip(key.region.as_deref());
        if let Some((place, delivery)) = place.zip(key.delivery_time) {
            let time = TimeZone::UTC.to_datetime(delivery);
            let day = streams
                .entry(place)
                .or_default()
                .days
                .entry(time.date())
                .or_default();
            day.add(object, time.hour());
            day.duplicates += duplicates_by_object
                .get(&*object.object)
                .copied()
                .unwrap_or(0);
        }
    }
    streams
        .iter()
        .flat_map(|((account, region), stream)| stream.days(account, region))
        .collect()
}

impl Delivered {
    fn add(&mut self, object: &ObjectOutcome, hour: i8) {
        self.objects += 1;
        self.failed += u64::from(matches!(
            object.status,
            ObjectStatus::Damaged | ObjectStatus::Unreadable
        ));
        self.records += object.records.total();
        self.events.merge(&object.time_span);
        self.hours.insert(hour);
        let oldest = object.time_span.first().zip(object.key.delivery_time);
        let lag = oldest.map(|(event, delivery)| delivery.as_second() - event.as_second());
        self.longest_lag_seconds = self.longest_lag_seconds.max(lag);
    }
}

impl Stream {
    fn days(&self, account: &str, region: &str) -> Vec<CoverageDay> {
        let mut found = Vec::new();
        let mut expected: Option<Date> = None;
        for (day, delivered) in &self.days {
            let gap = expected
                .and_then(|expected| expected.until(*day).ok())
                .map_or(0, |span| span.get_days());
            let missing = (0..gap).filter(|_| gap <= GAP_LIMIT_DAYS);
            let missing =
                missing.filter_map(|days| expected?.checked_add(i64::from(days).days()).ok());
            let none = Delivered::default();
            found.extend(missing.map(|day| self.row(account, region, day, &none)));
            found.push(self.row(account, region, *day, delivered));
            expected = day.tomorrow().ok();
        }
        found
    }

    fn row(&self, account: &str, region: &str, day: Date, delivered: &Delivered) -> CoverageDay {
        CoverageDay {
            account: account.to_owned(),
            region: region.to_owned(),
            day,
            objects: delivered.objects,
            failed: delivered.failed,
            records: delivered.records,
            duplicates: delivered.duplicates,
            events: delivered.events,
            longest_lag_seconds: delivered.longest_lag_seconds,
            hours_without_object: self.hours_without_object(day, delivered),
        }
    }

    /// The hours of a day without object; those before the first object of all and behind the last
    /// are none.
    fn hours_without_object(&self, day: Date, delivered: &Delivered) -> u8 {
        let edge = |edge: Option<(&Date, &Delivered)>| edge.is_some_and(|(first, _)| *first == day);
        let first = delivered
            .hours
            .first()
            .filter(|_| edge(self.days.first_key_value()))
            .copied()
            .unwrap_or(0);
        let last = delivered
            .hours
            .last()
            .filter(|_| edge(self.days.last_key_value()))
            .copied()
            .unwrap_or(23);
        let missing = (first..=last)
            .filter(|hour| !delivered.hours.contains(hour))
            .count();
        u8::try_from(missing).unwrap_or(24)
    }
}

impl CoverageSummary {
    /// The summary of days, and of what kinds of record there were among the `records` that were
    /// looked at.
    pub(super) fn new(days: &[CoverageDay], activity: Activity, records: u64) -> Self {
        let mut warnings = Vec::new();
        if records > 0 && activity.kms == 0 {
            warnings.push(
                "there is no record of KMS at all: the trail may exclude them, or nothing used a key"
                    .to_owned(),
            );
        }
        if records > 0 && activity.reads == 0 {
            warnings.push(
                "there is no record of a call that only reads: the trail may exclude them, and with them every read of a \
                 secret"
                    .to_owned(),
            );
        }
        Self {
            days: days.len() as u64,
            days_without_object: days.iter().filter(|day| day.objects == 0).count() as u64,
            hours_without_object: days
                .iter()
                .map(|day| u64::from(day.hours_without_object))
                .sum(),
            kms_records: activity.kms,
            read_records: activity.reads,
            warnings,
        }
    }
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
    fn days_and_hours_without_objects_are_told() {
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
