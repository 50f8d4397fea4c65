//! The accounts and regions of records.

use std::collections::BTreeSet;

use super::{Count, ObjectDays, ScanFinding, SeenRecord, StoredError, StoredPart, StoredTables};

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
    pub fn with_keys(mut self, days: &ObjectDays) -> Self {
        for (group, counts) in days.groups() {
            if counts.with_requested > 0 {
                remember(&mut self.accounts, group.account.as_deref());
                remember(&mut self.regions, group.region.as_deref());
            }
        }
        self
    }
}

impl ScanFinding for Places {
    fn observe(&mut self, record: &mut SeenRecord<'_>) {
        remember(&mut self.accounts, record.account.as_deref());
        remember(&mut self.regions, record.region.as_deref());
    }

    fn merge(&mut self, other: Self) {
        // Mostly one name of many that are known. `append` would build the whole set again.
        self.accounts.extend(other.accounts);
        self.regions.extend(other.regions);
    }

    fn store(tables: &mut StoredTables<'_>) {
        tables.add_counts(|findings, counts| {
            let Places { accounts, regions } = &findings.places;
            counts.extend(accounts.iter().map(|name| Count::new(ACCOUNT, name, 1)));
            counts.extend(regions.iter().map(|name| Count::new(REGION, name, 1)));
        });
    }

    fn restore(part: &mut StoredPart<'_>) -> Result<(), StoredError> {
        part.each_count(ACCOUNT, |findings, count| {
            findings.places.accounts.insert(count.name);
            Ok(())
        })?;
        part.each_count(REGION, |findings, count| {
            findings.places.regions.insert(count.name);
            Ok(())
        })
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
