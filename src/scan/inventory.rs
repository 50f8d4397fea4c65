//! The objects of an archive by name, which show whether a log file that a digest lists is there.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::cloudtrail::Deliveries;
use crate::cloudtrail::key::{ObjectKey, ObjectKind};
use crate::integrity::{Digest, ObjectName, without_compression};
use crate::source::Object;
use crate::spool::{RowBatches, SpoolError};

/// The objects of an archive by name.
///
/// The file names of CloudTrail are unique, so a log file counts as present wherever it lies. Only
/// the hashes of names are kept, which takes 16 bytes an object.
#[derive(Debug, Default)]
pub struct Inventory {
    names: HashSet<u64>,
    deliveries: Deliveries,
    /// The deliveries whose names are here, if these are not all.
    known: Option<Deliveries>,
}

impl Inventory {
    /// Takes stock of the objects of an archive.
    ///
    /// # Errors
    ///
    /// Returns an error if the objects cannot be read from their temporary file.
    pub fn new(objects: RowBatches<'_, Object>) -> Result<Self, SpoolError> {
        let mut inventory = Self::default();
        for batch in objects {
            batch?.iter().for_each(|object| inventory.add(&object.key));
        }
        Ok(inventory)
    }

    /// Begins an inventory of an archive with these deliveries, of which only the names of objects
    /// of the `known` ones are added. Nothing is missing among the others.
    pub fn of_some(deliveries: Deliveries, known: Deliveries) -> Self {
        Self {
            names: HashSet::new(),
            deliveries,
            known: Some(known),
        }
    }

    /// Adds the name of an object.
    pub fn add(&mut self, key: &str) {
        let parsed = ObjectKey::parse(key);
        if parsed.kind == ObjectKind::Digest || !self.is_known(&parsed) {
            return;
        }
        self.names.insert(name_hash(key));
        self.deliveries.add(&parsed);
    }

    fn is_known(&self, key: &ObjectKey) -> bool {
        let known = self.known.as_ref();
        known.is_none_or(|known| known.includes(key))
    }

    /// Returns the log files that a digest lists and that are not in the archive, although it has
    /// objects of that account and region from that day or from before and after it. What is
    /// outside of these days was not fetched.
    pub fn missing<'d>(&self, digest: &'d Digest) -> impl Iterator<Item = &'d ObjectName> {
        let names = digest.log_files.iter().map(|file| &file.name);
        names.filter(|name| self.lacks(&name.key))
    }

    fn lacks(&self, key: &str) -> bool {
        let parsed = ObjectKey::parse(key);
        let is_fetched = self.deliveries.includes(&parsed) && self.is_known(&parsed);
        is_fetched && !self.names.contains(&name_hash(key))
    }
}

/// Returns whether a key is that of a digest.
pub fn is_digest(key: &str) -> bool {
    // Parsing every key of an archive without digests would take longer than this search.
    key.contains("CloudTrail-Digest") && ObjectKey::parse(key).kind == ObjectKind::Digest
}

/// Returns the hash of the name of a file, without the extension of its compression.
fn name_hash(key: &str) -> u64 {
    let name = key.rsplit(['/', '\\']).next().unwrap_or(key);
    let mut hasher = DefaultHasher::new();
    // A log file may have been decompressed since it was delivered, or compressed in another way.
    without_compression(name).hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;
    use std::iter;

    use super::*;
    use crate::integrity::{LogFile, Sha256};

    fn inventory(keys: &[&str]) -> Inventory {
        let mut objects = Vec::new();
        for key in keys {
            objects.push(Object::example(key));
        }
        let batches = iter::once(Ok(Cow::Owned(objects)));
        Inventory::new(Box::new(batches)).expect("no temporary file")
    }

    fn key(stamp: &str) -> String {
        let day = format!("{}/{}/{}", &stamp[..4], &stamp[4..6], &stamp[6..8]);
        format!(
            "AWSLogs/111122223333/CloudTrail/eu-west-1/{day}/\
             111122223333_CloudTrail_eu-west-1_{stamp}Z_aBcDeFgHiJkLmNoP.json.gz"
        )
    }

    fn digest(stamps: &[&str]) -> Digest {
        let text = serde_json::json!({
            "digestStartTime": "2026-03-04T00:00:00Z",
            "digestEndTime": "2026-03-04T01:00:00Z",
            "digestS3Bucket": "b",
            "digestS3Object": "k",
            "digestPublicKeyFingerprint": "f",
        });
        let mut digest = Digest::parse(text.to_string().as_bytes()).expect("a digest");
        digest.log_files = stamps
            .iter()
            .map(|stamp| LogFile {
                name: ObjectName::new("b", &key(stamp)),
                hash: Sha256::of_bytes(b""),
            })
            .collect();
        digest
    }

    #[test]
    fn what_is_listed_and_not_there_is_missing() {
        let digest_key = "AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/2026/03/04/\
             111122223333_CloudTrail-Digest_eu-west-1_t_eu-west-1_20260304T010000Z.json.gz";
        let moved = format!(
            "elsewhere/{}",
            key("20260304T0010").rsplit('/').next().unwrap()
        );
        let uncompressed = key("20260305T0005").replace(".gz", "");
        let keys = [digest_key, &key("20260303T2355"), &moved, &uncompressed];
        let taken = inventory(&keys);
        let digest = digest(&[
            "20260302T2350",
            "20260303T2350",
            "20260303T2355",
            "20260304T0005",
            "20260304T0010",
            "20260305T0005",
            "20260306T0005",
        ]);
        let missing: Vec<String> = taken
            .missing(&digest)
            .map(|name| name.key.to_string())
            .collect();
        assert_eq!(missing, [key("20260303T2350"), key("20260304T0005")]);
        assert!(is_digest(digest_key) && !is_digest(&moved));
    }
}
