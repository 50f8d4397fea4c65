//! The contents that later readings of the same objects replaced.
//!
//! A file may come back as it was, as from a backup. Its content was read once, but the latest
//! reading is of another one, so a report of the ledger alone would go on without it. Such a
//! content is therefore not known, and is read again.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use rayon::prelude::*;

use super::index::{ContentDigest, final_digests, final_identities};
use super::part::Part;
use super::scanned::Identity;
use super::{LedgerError, tables};

/// The hash of a key. Keys with the same hash are looked at once more, and told apart then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct KeyHash(u64);

/// The final readings of a part, whose objects need not be read again.
#[derive(Debug, Default)]
pub(super) struct FinalReadings {
    /// The digests of their contents.
    pub(super) digests: Vec<ContentDigest>,
    /// The hashes of their keys, in the same order. Empty where no other part has one of the keys.
    pub(super) keys: Vec<KeyHash>,
}

impl FinalReadings {
    /// Reads the final readings of a part, with their keys if other parts may have them, too.
    ///
    /// # Errors
    ///
    /// Returns an error if the part is damaged or cannot be read.
    pub(super) fn from_part(part: &Part, is_contested: bool) -> Result<Self, LedgerError> {
        let stored = tables::identities(part)?;
        let identities = || stored.iter().map(|stored| &stored.identity);
        Ok(Self {
            digests: final_digests(identities()),
            keys: match is_contested {
                true => final_identities(identities()).map(KeyHash::new).collect(),
                false => Vec::new(),
            },
        })
    }

    /// Returns whether one of the keys is among these, which are in order.
    fn has_any(&self, keys: &[KeyHash]) -> bool {
        self.keys.iter().any(|key| keys.binary_search(key).is_ok())
    }
}

impl KeyHash {
    fn new(identity: &Identity) -> Self {
        let mut hasher = DefaultHasher::new();
        identity.key.hash(&mut hasher);
        Self(hasher.finish())
    }
}

/// Returns the keys that several readings have, in order.
pub(super) fn repeated_keys(readings: &[FinalReadings]) -> Vec<KeyHash> {
    let keys = readings.iter().flat_map(|readings| &readings.keys);
    let mut keys: Vec<KeyHash> = keys.copied().collect();
    keys.par_sort_unstable();
    let groups = keys.chunk_by(PartialEq::eq);
    let repeated = groups.filter(|group| group.len() > 1);
    repeated
        .filter_map(|group| group.first().copied())
        .collect()
}

/// Returns the contents of objects with these keys that are not those of the latest reading.
///
/// # Errors
///
/// Returns an error if a part is damaged or cannot be read.
pub(super) fn superseded<'a>(
    keys: &[KeyHash],
    parts: impl Iterator<Item = (&'a Part, &'a FinalReadings)>,
) -> Result<BTreeSet<ContentDigest>, LedgerError> {
    let mut repeated = Vec::new();
    for (part, _) in parts.filter(|(_, readings)| readings.has_any(keys)) {
        let identities = tables::identities(part)?.into_iter();
        let identities = identities.map(|stored| stored.identity);
        repeated.extend(identities.filter(|identity| {
            identity.is_final() && keys.binary_search(&KeyHash::new(identity)).is_ok()
        }));
    }
    Ok(replaced(repeated))
}

/// Returns the contents of these final readings that are not those of the latest reading.
fn replaced(mut readings: Vec<Identity>) -> BTreeSet<ContentDigest> {
    readings.sort_unstable_by(|one, other| {
        let by_key = one.key.cmp(&other.key);
        by_key.then_with(|| other.read_at.cmp(&one.read_at))
    });
    let mut replaced = BTreeSet::new();
    for of_object in readings.chunk_by(|one, other| one.key == other.key) {
        let latest = of_object.first().map(|latest| latest.read_at);
        let is_latest = |reading: &&Identity| Some(reading.read_at) == latest;
        let digest = |reading: &Identity| ContentDigest::new(reading.listed());
        let present: BTreeSet<ContentDigest> =
            of_object.iter().filter(is_latest).map(digest).collect();
        let all = of_object.iter().map(digest);
        replaced.extend(all.filter(|content| !present.contains(content)));
    }
    replaced
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::period::timestamp;

    fn reading(key: &str, etag: &str, second: i64) -> Identity {
        Identity {
            etag: Some(etag.to_owned()),
            read_at: timestamp(second),
            ..Identity::example(key, 1)
        }
    }

    fn digests(readings: &[&Identity]) -> BTreeSet<ContentDigest> {
        let digests = readings.iter();
        digests
            .map(|reading| ContentDigest::new(reading.listed()))
            .collect()
    }

    #[test]
    fn only_the_content_of_the_latest_reading_is_present() {
        let [first, other] = ["x", "y"].map(|etag| reading("a", etag, 1));
        let second = reading("a", "z", 2);
        let restored = reading("a", "x", 3);
        let alone = reading("b", "x", 1);
        let both = vec![second.clone(), alone.clone(), first.clone()];
        assert_eq!(replaced(both), digests(&[&first]));
        let back = vec![first.clone(), second.clone(), restored];
        assert_eq!(replaced(back), digests(&[&second]));
        // One scan may come to an object by two paths.
        assert_eq!(replaced(vec![first, other, alone]), BTreeSet::new());
    }

    #[test]
    fn keys_of_several_readings_are_found() {
        let keys = |names: &[&str]| FinalReadings {
            keys: names
                .iter()
                .map(|name| KeyHash::new(&reading(name, "x", 1)))
                .collect(),
            ..FinalReadings::default()
        };
        let parts = [keys(&["a", "b"]), keys(&["c", "b"])];
        let repeated = repeated_keys(&parts);
        assert_eq!(repeated, [KeyHash::new(&reading("b", "y", 2))]);
        assert!(parts[1].has_any(&repeated) && !keys(&["a", "c"]).has_any(&repeated));
    }
}
