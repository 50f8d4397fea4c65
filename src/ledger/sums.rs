//! The readings of a part in numbers.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::scanned::{Identity, ScannedObject, StoredIdentity};
use crate::spool::RowRange;

/// The readings of a part in numbers, by which a reader knows which parts to open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadingsManifest {
    /// The number of readings.
    pub count: usize,
    /// The number of readings without a tag, whose objects are read again in any case.
    pub without_tag: usize,
    /// The number of failed readings, by the name of their problem.
    pub failed: BTreeMap<String, usize>,
    /// The start of the first and of the last scan.
    pub scans: (Timestamp, Timestamp),
    /// The keys of the objects and of the files of archives.
    pub keys: RowRange,
}

impl ReadingsManifest {
    /// Sums up readings that are about to be written; nothing if there is none.
    pub(super) fn from_scanned(scanned: &[ScannedObject]) -> Option<Self> {
        let mut readings = None;
        for ScannedObject { identity, findings } in scanned {
            let names = findings.objects.iter().map(|object| &*object.object);
            Self::add(&mut readings, identity, names.max());
        }
        readings
    }

    /// Sums up readings of a part; nothing if there is none.
    pub(super) fn from_stored(stored: &[StoredIdentity]) -> Option<Self> {
        let mut readings = None;
        for reading in stored {
            Self::add(&mut readings, &reading.identity, Some(&reading.last_name));
        }
        readings
    }

    /// Returns whether two sums are of the same readings, whichever failures were accepted since.
    pub(super) fn is_of_same_readings(&self, other: &Self) -> bool {
        let facts = |sum: &Self| (sum.count, sum.scans, sum.keys.clone());
        facts(self) == facts(other)
    }

    /// Adds a reading, whose objects have names up to `last_name`.
    fn add(readings: &mut Option<Self>, identity: &Identity, last_name: Option<&str>) {
        let scan = identity.read_at;
        let readings = readings.get_or_insert_with(|| Self {
            count: 0,
            without_tag: 0,
            failed: BTreeMap::new(),
            scans: (scan, scan),
            keys: RowRange {
                first: identity.key.to_string(),
                last: identity.key.to_string(),
            },
        });
        readings.count += 1;
        match identity.failure {
            Some(kind) => *readings.failed.entry(kind.name().to_owned()).or_default() += 1,
            None if identity.is_final() => {}
            None => readings.without_tag += 1,
        }
        readings.scans = (readings.scans.0.min(scan), readings.scans.1.max(scan));
        readings.keys.include(&identity.key);
        last_name
            .into_iter()
            .for_each(|name| readings.keys.include(name));
    }
}
