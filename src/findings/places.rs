//! The accounts and regions of records.

use std::collections::BTreeSet;

use super::{
    Count, Finding, ObjectOutcome, Readings, RestoredReadings, SeenRecord, StoredError,
    StoredReader, StoredRequest, StoredTables,
};

/// The name of accounts among the counts of a ledger.
const ACCOUNT: &str = "account";

/// The name of regions among the counts of a ledger.
const REGION: &str = "region";

/// Accounts and regions. A scan collects those that only records name; [`Places::with_keys`] adds
/// those that the keys of objects name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    /// The accounts.
    pub accounts: BTreeSet<String>,
    /// The regions.
    pub regions: BTreeSet<String>,
}

impl Places {
    /// Adds the accounts and regions in the keys of the objects that hold requested records.
    #[must_use]
    pub fn with_keys(mut self, objects: &[ObjectOutcome]) -> Self {
        for object in objects {
            if object.records.has_wanted() {
                remember(&mut self.accounts, object.key.account.as_deref());
                remember(&mut self.regions, object.key.region.as_deref());
            }
        }
        self
    }
}

impl Finding for Places {
    fn observe(&mut self, record: &mut SeenRecord<'_>) {
        remember(&mut self.accounts, record.account.as_deref());
        remember(&mut self.regions, record.region.as_deref());
    }

    fn merge(&mut self, other: Self) {
        // Mostly one name of many that are known. `append` would build the whole set again.
        self.accounts.extend(other.accounts);
        self.regions.extend(other.regions);
    }

    fn store<'a>(readings: &Readings<'a>, tables: &mut StoredTables<'a>) {
        for (reading, tally) in readings.numbered() {
            for account in &tally.places.accounts {
                tables.add_count(reading, Count::new(ACCOUNT, account, 1));
            }
            for region in &tally.places.regions {
                tables.add_count(reading, Count::new(REGION, region, 1));
            }
        }
    }

    fn restore(
        tables: &mut StoredReader<'_>,
        readings: &mut RestoredReadings<'_>,
        _request: &StoredRequest,
    ) -> Result<(), StoredError> {
        for (reading, count) in tables.take_counts(ACCOUNT)? {
            if let Some(tally) = readings.find(reading)? {
                tally.places.accounts.insert(count.name);
            }
        }
        for (reading, count) in tables.take_counts(REGION)? {
            if let Some(tally) = readings.find(reading)? {
                tally.places.regions.insert(count.name);
            }
        }
        Ok(())
    }
}

/// Adds a name to a set that mostly holds it already, so that it is rarely copied.
fn remember(names: &mut BTreeSet<String>, name: Option<&str>) {
    if let Some(name) = name
        && !names.contains(name)
    {
        names.insert(name.to_owned());
    }
}
