//! The hours in which there are records of kinds that a trail may exclude, by account and region.

use std::collections::BTreeMap;

use compact_str::CompactString;
use jiff::Timestamp;

use super::activity::is_of_kms;
use super::{Count, Finding, SeenRecord, StoredError, StoredPart, StoredTables};
use crate::cloudtrail::key::ObjectKey;
use crate::time::hours::{HourSet, start_of_hour};

/// The name of hours with records of KMS among the counts of a ledger.
const KMS_HOUR: &str = "kms-hour";

/// The name of hours with records of read-only calls among the counts of a ledger.
const READ_HOUR: &str = "read-hour";

/// The hours in which there are records of kinds that a trail may exclude, by account and region.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallTimes {
    /// The hours of the present file, of which the account and region are added at its end.
    present: CallHours,
    /// The hours by the account and region in the names of objects. Where a name does not contain
    /// both, they are empty.
    pub by_place: BTreeMap<(CompactString, CompactString), CallHours>,
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
        let hours = std::mem::take(&mut self.present);
        if !hours.is_empty() {
            self.by_place.entry(place(key)).or_default().merge(&hours);
        }
    }

    fn counts(&self) -> Vec<Count> {
        let mut counts = Vec::new();
        for ((account, region), hours) in &self.by_place {
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
fn place(key: &ObjectKey) -> (CompactString, CompactString) {
    match (&key.account, &key.region) {
        (Some(account), Some(region)) => (account.clone(), region.clone()),
        _ => Default::default(),
    }
}

impl CallHours {
    fn is_empty(&self) -> bool {
        self.kms.is_empty() && self.reads.is_empty()
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
        if is_of_kms(record) {
            self.present.kms.include(time);
        }
        if record.is_read_only {
            self.present.reads.include(time);
        }
    }

    fn merge(&mut self, other: Self) {
        for (place, hours) in other.by_place {
            self.by_place.entry(place).or_default().merge(&hours);
        }
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
