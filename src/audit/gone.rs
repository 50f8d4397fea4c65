//! What a ledger knows and what is no longer in the archive.
//!
//! A digest that the ledger knows is not read again, and so would not say that a log file that it
//! lists was deleted since. Reading all digests of an archive each night would take long, so only
//! those are read again that may list what is gone.

use std::collections::HashSet;

use compact_str::CompactString;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::cloudtrail::key::{ObjectKey, ObjectKind};

/// The end of the names of digests of log files that missed their own digest, which may be those of
/// any day before.
const BACKFILL: &str = "_backfill.json";

/// The deliveries of log files that are no longer listed.
#[derive(Debug, Default)]
pub(super) struct GoneDeliveries {
    days: HashSet<(CompactString, CompactString, Date)>,
    places: HashSet<(CompactString, CompactString)>,
}

impl GoneDeliveries {
    /// Adds an object that is no longer listed, if its key names account, region and time. A digest
    /// lists no file of another name.
    pub(super) fn add(&mut self, key: &str) {
        let key = ObjectKey::parse(key);
        let day = day(&key);
        if let (Some(account), Some(region), Some(day)) = (key.account, key.region, day)
            && key.kind != ObjectKind::Digest
        {
            self.places.insert((account.clone(), region.clone()));
            self.days.insert((account, region, day));
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.days.is_empty()
    }

    /// Returns whether a digest may list an object that is gone: it is of the same day or, as it is
    /// delivered after the end of its hour, of the next one.
    pub(super) fn may_be_listed_by(&self, digest: &str) -> bool {
        let key = ObjectKey::parse(digest);
        let day = day(&key);
        let (Some(account), Some(region), Some(day)) = (key.account, key.region, day) else {
            return true;
        };
        if digest.trim_end_matches(".gz").ends_with(BACKFILL) {
            return self.places.contains(&(account, region));
        }
        let days = [Some(day), day.yesterday().ok()].into_iter().flatten();
        let mut keys = days.map(|day| (account.clone(), region.clone(), day));
        keys.any(|key| self.days.contains(&key))
    }
}

/// Returns the day of the delivery of an object.
fn day(key: &ObjectKey) -> Option<Date> {
    let time = key.delivery_time?;
    Some(TimeZone::UTC.to_datetime(time).date())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_file_may_be_in_the_digests_of_its_day_and_the_next() {
        let log = |stamp: &str| format!("111122223333_CloudTrail_eu-west-1_{stamp}_a.json.gz");
        let digest = |region: &str, end: &str| {
            format!("111122223333_CloudTrail-Digest_{region}_trail_eu-west-1_{end}.json.gz")
        };
        let mut gone = GoneDeliveries::default();
        gone.add(&digest("eu-west-1", "20260303T100000Z"));
        gone.add("other.json");
        assert!(gone.is_empty());
        gone.add(&log("20260303T2355Z"));
        for (region, end, may_be_listed) in [
            ("eu-west-1", "20260303T235900Z", true),
            ("eu-west-1", "20260304T005900Z", true),
            ("eu-west-1", "20260305T005900Z", false),
            ("eu-west-1", "20260302T235900Z", false),
            ("us-east-1", "20260303T235900Z", false),
            ("eu-west-1", "20260305T005900Z_backfill", true),
            ("us-east-1", "20260305T005900Z_backfill", false),
        ] {
            let digest = digest(region, end);
            assert_eq!(gone.may_be_listed_by(&digest), may_be_listed, "{digest}");
        }
    }
}
