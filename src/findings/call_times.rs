//! The hours in which there are records of kinds that a trail may exclude, by account and region.

use std::collections::BTreeMap;

use compact_str::CompactString;
use jiff::Timestamp;
use smallvec::SmallVec;

use super::activity::is_of_kms;
use super::{Count, Finding, SeenRecord, StoredError, StoredPart, StoredTables};
use crate::cloudtrail::key::ObjectKey;
use crate::time::hours::{DayHours, HourSet, start_of_hour};

/// The name of hours with records of KMS among the counts of a ledger.
const KMS_HOUR: &str = "kms-hour";

/// The name of hours with records of read-only calls among the counts of a ledger.
const READ_HOUR: &str = "read-hour";

/// The hours in which there are records of kinds that a trail may exclude, by account and region.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallTimes {
    /// The days of the present file, of which the account and region are added at its end.
    present: SmallVec<[CallDay; 1]>,
    /// The days of files that have ended.
    // Almost every object is one file of one day, and there may be millions, so it needs no memory
    // of its own until it is merged with others.
    ended: SmallVec<[(PlaceName, CallDay); 1]>,
    /// The hours by the account and region in the names of objects. Where a name does not contain
    /// both, they are empty.
    pub by_place: BTreeMap<PlaceName, CallHours>,
}

/// An account and a region.
type PlaceName = (CompactString, CompactString);

/// The hours of one day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct CallDay {
    day: i32,
    kms: DayHours,
    reads: DayHours,
}

/// The hours of one account and region.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallHours {
    /// The hours with records of KMS.
    pub kms: HourSet,
    /// The hours with records of calls that only read.
    pub reads: HourSet,
}

impl CallTimes {
    /// Ends the present file, whose key this is.
    pub fn end_file(&mut self, key: &ObjectKey) {
        if self.present.is_empty() {
            return;
        }
        let place = place(key);
        let days = self.present.drain(..);
        self.ended.extend(days.map(|day| (place.clone(), day)));
    }

    /// Returns the day of a record in the present file.
    fn day(&mut self, day: i32) -> Option<&mut CallDay> {
        if self.present.last().is_none_or(|last| last.day != day) {
            self.present.push(CallDay {
                day,
                ..CallDay::default()
            });
        }
        self.present.last_mut()
    }

    /// Adds the days of files that have ended to those of their account and region.
    fn fold(&mut self, ended: impl IntoIterator<Item = (PlaceName, CallDay)>) {
        for (place, day) in ended {
            self.by_place.entry(place).or_default().add(day);
        }
    }

    /// Returns the hours by account and region.
    fn folded(&self) -> BTreeMap<PlaceName, CallHours> {
        let mut folded = Self {
            by_place: self.by_place.clone(),
            ..Self::default()
        };
        folded.fold(self.ended.iter().cloned());
        folded.by_place
    }

    fn counts(&self) -> Vec<Count> {
        let mut counts = Vec::new();
        for ((account, region), hours) in &self.folded() {
            let name = format!("{account} {region}");
            counts.extend(hour_counts(KMS_HOUR, &name, &hours.kms));
            counts.extend(hour_counts(READ_HOUR, &name, &hours.reads));
        }
        counts
    }

    fn restored(&mut self, name: &str) -> &mut CallHours {
        let (account, region) = name.split_once(' ').unwrap_or_default();
        let place = (account.into(), region.into());
        self.by_place.entry(place).or_default()
    }
}

/// Returns the account and region in a key, or two empty texts if it does not contain both.
fn place(key: &ObjectKey) -> PlaceName {
    match (&key.account, &key.region) {
        (Some(account), Some(region)) => (account.clone(), region.clone()),
        _ => Default::default(),
    }
}

impl CallHours {
    fn add(&mut self, hours: CallDay) {
        self.kms.include_day(hours.day, hours.kms);
        self.reads.include_day(hours.day, hours.reads);
    }

    fn merge(&mut self, other: &Self) {
        self.kms.merge(&other.kms);
        self.reads.merge(&other.reads);
    }
}

impl Finding for CallTimes {
    fn observe(&mut self, record: &mut SeenRecord<'_>) {
        let Some(time) = record.event_time else {
            return;
        };
        let is_of_kms = is_of_kms(record);
        if !is_of_kms && !record.is_read_only {
            return;
        }
        let (number, hour) = DayHours::from_moment(time);
        let Some(day) = self.day(number) else { return };
        if is_of_kms {
            day.kms |= hour;
        }
        if record.is_read_only {
            day.reads |= hour;
        }
    }

    fn merge(&mut self, other: Self) {
        self.fold(other.ended);
        for (place, hours) in other.by_place {
            self.by_place.entry(place).or_default().merge(&hours);
        }
    }

    fn put_in_order(&mut self) {
        let ended = std::mem::take(&mut self.ended);
        self.fold(ended);
    }

    fn store(tables: &mut StoredTables<'_>) {
        tables.add_counts(|findings, counts| counts.extend(findings.call_times.counts()));
    }

    fn restore(part: &mut StoredPart<'_>) -> Result<(), StoredError> {
        part.each_count(KMS_HOUR, |findings, count| {
            let hour = hour(KMS_HOUR, &count)?;
            findings.call_times.restored(&count.name).kms.include(hour);
            Ok(())
        })?;
        part.each_count(READ_HOUR, |findings, count| {
            let hour = hour(READ_HOUR, &count)?;
            findings
                .call_times
                .restored(&count.name)
                .reads
                .include(hour);
            Ok(())
        })
    }
}

fn hour_counts(kind: &'static str, name: &str, hours: &HourSet) -> Vec<Count> {
    let hours = hours.numbers().map(start_of_hour);
    let count = |hour| Count {
        minute: Some(hour),
        ..Count::new(kind, name, 1)
    };
    hours.map(count).collect()
}

fn hour(kind: &'static str, count: &Count) -> Result<Timestamp, StoredError> {
    count.minute.ok_or(StoredError::Minute(kind))
}
