//! The hours in which there are records of kinds that a trail may exclude, by account and region.

use std::collections::BTreeMap;

use compact_str::CompactString;
use jiff::Timestamp;
use smallvec::SmallVec;

use super::activity::is_of_kms;
use super::stored::reading_schema;
use super::{ScanFinding, SeenRecord, StoredError, StoredPart, StoredTables};
use crate::cloudtrail::key::ObjectKey;
use crate::table::schema::{TableSchema, by_name};
use crate::time::hours::{DayHours, HourSet, start_of_hour};

/// The name of their table in a ledger.
const TABLE: &str = "call_times";

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

    /// Returns the hours as rows of a ledger.
    fn rows(&self) -> Vec<HourRow> {
        let mut rows = Vec::new();
        for (place, hours) in &self.folded() {
            rows.extend(hour_rows(place, CallKind::Kms, &hours.kms));
            rows.extend(hour_rows(place, CallKind::Read, &hours.reads));
        }
        rows
    }

    fn restore_row(&mut self, row: HourRow) {
        let hours = self.by_place.entry(row.place).or_default();
        match row.kind {
            CallKind::Kms => hours.kms.include(row.hour),
            CallKind::Read => hours.reads.include(row.hour),
        }
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

impl ScanFinding for CallTimes {
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
        let (mut readings, mut rows) = (Vec::new(), Vec::new());
        for (reading, findings) in tables.numbered() {
            let found = findings.call_times.rows();
            readings.extend(found.iter().map(|_| reading));
            rows.extend(found);
        }
        tables.add(TABLE, reading_schema().owned_columns(&readings));
        tables.add(TABLE, schema().owned_columns(&rows));
    }

    // A part that an earlier version wrote has no such table, and is read as one without rows.
    fn restore(part: &mut StoredPart<'_>) -> Result<(), StoredError> {
        part.each_row(TABLE, &schema(), HourRow::default, |findings, row| {
            findings.call_times.restore_row(row);
        })
    }
}

/// The kinds of records that a trail may exclude.
#[derive(Clone, Copy, Debug, Default)]
enum CallKind {
    #[default]
    Kms,
    Read,
}

impl CallKind {
    const ALL: [Self; 2] = [Self::Kms, Self::Read];

    fn name(self) -> &'static str {
        match self {
            Self::Kms => "kms",
            Self::Read => "read",
        }
    }
}

/// An hour with records of one kind, as a ledger stores it.
#[derive(Clone, Debug, Default)]
struct HourRow {
    place: PlaceName,
    kind: CallKind,
    hour: Timestamp,
}

fn hour_rows(place: &PlaceName, kind: CallKind, hours: &HourSet) -> impl Iterator<Item = HourRow> {
    hours.numbers().map(move |hour| HourRow {
        place: place.clone(),
        kind,
        hour: start_of_hour(hour),
    })
}

fn schema() -> TableSchema<'static, HourRow> {
    TableSchema::<HourRow>::builder()
        .text("account", |row| Some(&row.place.0))
        .required(|row, account| row.place.0 = account.into())
        .text("region", |row| Some(&row.place.1))
        .required(|row, region| row.place.1 = region.into())
        .text("kind", |row| Some(row.kind.name()))
        .try_required(|row, name| {
            row.kind = by_name(CallKind::ALL, CallKind::name, &name)?;
            Ok(())
        })
        .time("hour", |row| Some(row.hour))
        .required(|row, hour| row.hour = hour)
        .build()
}
