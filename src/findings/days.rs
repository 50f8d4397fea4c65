//! The objects of an archive in numbers, by place, day and outcome.
//!
//! An archive may have hundreds of millions of objects. All that the sums and the coverage of a
//! report need of them adds up, so a report holds these numbers, and passes through the objects
//! themselves only where each of them is listed.

use std::collections::BTreeMap;
use std::sync::Arc;

use compact_str::CompactString;
use jiff::Timestamp;

use super::{Findings, ObjectOutcome, ObjectStatus, RecordCounts, ScanFinding};
use crate::time::hours::DayHours;
use crate::time::period::{TimeRange, TimeSpan};

/// The end of the part of a key that is different for each trail or copy of an archive.
const LAYOUT: &str = "AWSLogs/";

/// Objects in numbers, by place, day and outcome.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ObjectDays {
    groups: BTreeMap<ObjectGroup, ObjectCounts>,
}

/// The properties that the objects of a group share.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct ObjectGroup {
    /// The account in the keys.
    pub account: Option<CompactString>,
    /// The region in the keys.
    pub region: Option<CompactString>,
    /// The beginning of the keys, which is different for each trail or copy of an archive. It is
    /// empty for objects that count for no day.
    pub root: CompactString,
    /// The day that the objects count for.
    pub day: CountedDay,
    /// The state in which the objects were read.
    pub status: ObjectStatus,
    /// The name of the object, if it holds selected records and counts for another day than that of
    /// its delivery. Each such object is a group of its own.
    pub object: Option<Arc<str>>,
}

/// The day that an object counts for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum CountedDay {
    /// Unknown: the key does not contain the time of delivery, or the object was left out.
    #[default]
    Unknown,
    /// None: the object was delivered outside of the requested range, or all of its records are
    /// outside of it.
    None,
    /// The day with this number since the epoch, in UTC.
    Day(i32),
}

/// The objects of a group in numbers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ObjectCounts {
    /// The number of objects.
    pub objects: u64,
    /// The number of objects that hold requested records.
    pub with_requested: u64,
    /// The size in the source, in bytes.
    pub stored_bytes: u64,
    /// The size after decompression, in bytes.
    pub content_bytes: u64,
    /// The number of records by their outcome.
    pub records: RecordCounts,
    /// The times of the records.
    pub events: TimeSpan,
    /// The times that the objects count for.
    pub times: TimeSpan,
    /// The hours of the day that the objects count for.
    pub hours: DayHours,
    /// The longest time between the oldest event of an object and its delivery, in seconds.
    pub longest_lag_seconds: Option<i64>,
    /// The first of the objects in the order of their names, for those that are not of CloudTrail.
    pub example: Option<Arc<str>>,
}

impl ObjectDays {
    /// Counts objects for a report on this range.
    pub fn new<'a>(objects: impl IntoIterator<Item = &'a ObjectOutcome>, range: TimeRange) -> Self {
        let mut days = Self::default();
        for object in objects {
            days.add(object, range);
        }
        days
    }

    /// Counts an object for a report on this range.
    pub fn add(&mut self, object: &ObjectOutcome, range: TimeRange) {
        let time = object.counted_time(range);
        let group = ObjectGroup::new(object, time);
        self.groups.entry(group).or_default().add(object, time);
    }

    /// Adds a group.
    pub fn add_group(&mut self, group: ObjectGroup, counts: ObjectCounts) {
        self.groups.entry(group).or_default().merge(counts);
    }

    /// Adds the numbers of other objects.
    pub fn merge(&mut self, other: Self) {
        if self.groups.is_empty() {
            self.groups = other.groups;
            return;
        }
        for (group, counts) in other.groups {
            self.add_group(group, counts);
        }
    }

    /// Returns the groups in order, each with its numbers.
    pub fn groups(&self) -> impl Iterator<Item = (&ObjectGroup, &ObjectCounts)> {
        self.groups.iter()
    }

    /// Returns the number of objects with such a state.
    pub fn count(&self, is_counted: impl Fn(ObjectStatus) -> bool) -> u64 {
        let groups = self.groups.iter();
        let counted = groups.filter(|(group, _)| is_counted(group.status));
        counted.map(|(_, counts)| counts.objects).sum()
    }

    /// Returns the number of records by their outcome.
    pub fn records(&self) -> RecordCounts {
        let mut records = RecordCounts::default();
        for counts in self.groups.values() {
            records.merge(&counts.records);
        }
        records
    }

    /// Returns the times of the records.
    pub fn events(&self) -> TimeSpan {
        let mut events = TimeSpan::default();
        for counts in self.groups.values() {
            events.merge(&counts.events);
        }
        events
    }
}

// The numbers of objects are made of their outcomes, after the scan or by a ledger.
impl ScanFinding for ObjectDays {
    fn merge(&mut self, other: Self) {
        Self::merge(self, other);
    }
}

impl Findings {
    /// Moves the objects into the numbers of a report on this range, and returns them.
    pub fn count_objects(&mut self, range: TimeRange) -> Vec<ObjectOutcome> {
        let objects = std::mem::take(&mut self.objects);
        self.days.merge(ObjectDays::new(&objects, range));
        objects
    }
}

impl ObjectGroup {
    /// Returns the group of an object that counts for this time.
    fn new(object: &ObjectOutcome, time: Option<Timestamp>) -> Self {
        let day = object.counted_day(time);
        let is_counted = matches!(day, CountedDay::Day(_));
        Self {
            account: object.key.account.clone(),
            region: object.key.region.clone(),
            root: match is_counted {
                true => root(&object.object).into(),
                false => CompactString::default(),
            },
            day,
            status: object.status,
            object: object.is_late(time).then(|| object.object.clone()),
        }
    }

    /// Returns the account and the region, if the keys contain both.
    pub fn place(&self) -> Option<(&str, &str)> {
        Some((self.account.as_deref()?, self.region.as_deref()?))
    }
}

impl ObjectCounts {
    /// Adds an object that counts for this time.
    fn add(&mut self, object: &ObjectOutcome, time: Option<Timestamp>) {
        self.objects += 1;
        self.with_requested += u64::from(object.records.has_wanted());
        self.add_bytes(object.stored_bytes, object.content_bytes);
        self.records.merge(&object.records);
        self.events.merge(&object.time_span);
        if let Some(time) = time {
            self.times.include(time);
            self.hours |= DayHours::from_moment(time).1;
            self.longest_lag_seconds = self.longest_lag_seconds.max(object.lag_seconds());
        }
        if object.status.is_foreign() {
            self.include_example(&object.object);
        }
    }

    // Sizes may be claims of a listing, so their sum may be any.
    fn add_bytes(&mut self, stored_bytes: u64, content_bytes: u64) {
        self.stored_bytes = self.stored_bytes.saturating_add(stored_bytes);
        self.content_bytes = self.content_bytes.saturating_add(content_bytes);
    }

    fn include_example(&mut self, name: &Arc<str>) {
        if self.example.as_ref().is_none_or(|example| name < example) {
            self.example = Some(name.clone());
        }
    }

    fn merge(&mut self, other: Self) {
        self.objects += other.objects;
        self.with_requested += other.with_requested;
        self.add_bytes(other.stored_bytes, other.content_bytes);
        self.records.merge(&other.records);
        self.events.merge(&other.events);
        self.times.merge(&other.times);
        self.hours |= other.hours;
        self.longest_lag_seconds = self.longest_lag_seconds.max(other.longest_lag_seconds);
        if let Some(example) = &other.example {
            self.include_example(example);
        }
    }
}

impl ObjectOutcome {
    /// Returns the time that the object counts for in a report on this range; nothing if it shows
    /// nothing of the range.
    fn counted_time(&self, range: TimeRange) -> Option<Timestamp> {
        if self.status.is_skipped() {
            return None;
        }
        let delivery = self.key.delivery_time?;
        match range.contains(delivery) {
            true => self.shows(range).then_some(delivery),
            false => self.last_wanted_event(),
        }
    }

    // Events of the last minutes are delivered after the end of the range. Their object shows that
    // their day is there.
    fn last_wanted_event(&self) -> Option<Timestamp> {
        let last = self.time_span.last();
        last.filter(|_| self.records.has_wanted())
    }

    // The first object of a range often holds the last events before it. It does not show that
    // anything of the range is there.
    fn shows(&self, range: TimeRange) -> bool {
        let is_given = range.start.is_some() || range.end.is_some();
        !is_given || !self.records.are_all_excluded()
    }

    /// Returns the day of the time that the object counts for.
    fn counted_day(&self, time: Option<Timestamp>) -> CountedDay {
        match (time, self.key.delivery_time) {
            (Some(time), _) => CountedDay::Day(DayHours::from_moment(time).0),
            (None, Some(_)) if !self.status.is_skipped() => CountedDay::None,
            (None, _) => CountedDay::Unknown,
        }
    }

    /// Returns whether the object holds selected records and counts for another time than that of
    /// its delivery.
    fn is_late(&self, time: Option<Timestamp>) -> bool {
        time.is_some() && time != self.key.delivery_time && self.records.selected > 0
    }

    /// Returns the time between the oldest event of the object and its delivery, in seconds.
    fn lag_seconds(&self) -> Option<i64> {
        let oldest = self.time_span.first()?;
        Some(self.key.delivery_time?.as_second() - oldest.as_second())
    }
}

/// Returns the beginning of a key that is different for each trail or copy of an archive.
fn root(key: &str) -> &str {
    let end = key.rfind(LAYOUT).unwrap_or(0);
    key.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloudtrail::key::ObjectKey;
    use crate::findings::SkipReason;

    const KEY: &str = "copy/AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/04/\
         111122223333_CloudTrail_eu-west-1_20260304T0915Z_aBcDeFgHiJkLmNoP.json.gz";

    fn time(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    fn object(selected: u64) -> ObjectOutcome {
        let mut object = ObjectOutcome {
            object: KEY.into(),
            key: ObjectKey::parse(KEY),
            stored_bytes: 10,
            content_bytes: 70,
            ..ObjectOutcome::default()
        };
        object.records.selected = selected;
        object.time_span.include(time("2026-03-04T09:10:00Z"));
        object
    }

    fn range(start: &str, end: &str) -> TimeRange {
        TimeRange {
            start: Some(time(start)),
            end: Some(time(end)),
        }
    }

    fn groups(days: &ObjectDays) -> Vec<(&ObjectGroup, &ObjectCounts)> {
        days.groups().collect()
    }

    #[test]
    fn objects_of_a_day_are_one_group() {
        let days = ObjectDays::new(&[object(1), object(0)], TimeRange::default());
        let [(group, counts)] = groups(&days)[..] else {
            panic!("one group: {days:?}");
        };
        assert_eq!(group.place(), Some(("111122223333", "eu-west-1")));
        assert_eq!((&*group.root, &group.object), ("copy/", &None));
        assert_eq!(group.day, CountedDay::Day(20_516));
        assert_eq!((counts.objects, counts.with_requested), (2, 1));
        assert_eq!((counts.stored_bytes, counts.content_bytes), (20, 140));
        assert_eq!(counts.longest_lag_seconds, Some(300));
        assert_eq!(counts.times.first(), Some(time("2026-03-04T09:15:00Z")));
        assert_eq!(days.records().selected, 1);
        assert_eq!(days.events().first(), Some(time("2026-03-04T09:10:00Z")));
    }

    #[test]
    fn an_object_delivered_after_the_range_counts_for_its_last_event() {
        let until = range("2026-03-01T00:00:00Z", "2026-03-04T09:12:00Z");
        let days = ObjectDays::new(&[object(1), object(0)], until);
        let [(none, _), (late, counts)] = groups(&days)[..] else {
            panic!("two groups: {days:?}");
        };
        assert_eq!((none.day, &*none.root), (CountedDay::None, ""));
        assert_eq!(late.object.as_deref(), Some(KEY));
        assert_eq!(late.day, CountedDay::Day(20_516));
        assert_eq!(counts.times.last(), Some(time("2026-03-04T09:10:00Z")));
    }

    #[test]
    fn an_object_of_excluded_records_counts_for_no_day_of_a_range() {
        let mut earlier = object(0);
        earlier.records.excluded = 3;
        let days = ObjectDays::new([&earlier], TimeRange::default());
        assert_eq!(groups(&days)[0].0.day, CountedDay::Day(20_516));
        let both = range("2026-03-04T09:12:00Z", "2026-03-05T00:00:00Z");
        let from = TimeRange { end: None, ..both };
        let until = TimeRange {
            start: None,
            ..both
        };
        for range in [both, from, until] {
            let days = ObjectDays::new([&earlier], range);
            assert_eq!(groups(&days)[0].0.day, CountedDay::None, "{range:?}");
        }
    }

    #[test]
    fn a_late_object_without_selected_records_is_one_of_many() {
        let mut unmatched = object(0);
        unmatched.records.unmatched = 1;
        let until = range("2026-03-01T00:00:00Z", "2026-03-04T09:12:00Z");
        let days = ObjectDays::new([&unmatched], until);
        let (group, _) = groups(&days)[0];
        assert_eq!((group.day, &group.object), (CountedDay::Day(20_516), &None));
    }

    #[test]
    fn what_was_left_out_counts_for_no_day() {
        let content = SkipReason::NotCloudTrail(crate::findings::ForeignContent::Text);
        let foreign = |name: &str| ObjectOutcome {
            object: name.into(),
            status: ObjectStatus::Skipped(content),
            ..object(0)
        };
        let days = ObjectDays::new(&[foreign("b"), foreign("a")], TimeRange::default());
        let [(group, counts)] = groups(&days)[..] else {
            panic!("one group: {days:?}");
        };
        assert_eq!(group.day, CountedDay::Unknown);
        assert_eq!(counts.example.as_deref(), Some("a"));
        assert_eq!(days.count(ObjectStatus::is_skipped), 2);
        assert_eq!(days.count(|status| status == ObjectStatus::Read), 0);
    }

    #[test]
    fn the_numbers_of_parts_are_those_of_the_whole() {
        let mut damaged = object(0);
        damaged.status = ObjectStatus::Damaged;
        let objects = [object(1), damaged, object(2), object(0)];
        let whole = ObjectDays::new(&objects, TimeRange::default());
        for cut in 0..=objects.len() {
            let (one, other) = objects.split_at(cut);
            let mut merged = ObjectDays::new(one, TimeRange::default());
            merged.merge(ObjectDays::new(other, TimeRange::default()));
            assert_eq!(merged, whole, "cut at {cut}");
        }
    }
}
