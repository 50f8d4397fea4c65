//! A shard of a plan.

use serde::{Deserialize, Serialize};

use crate::cloudtrail::Deliveries;
use crate::integrity::Sha256;

/// The format of the parts of shards. It changes when the parts of the same objects have other
/// content.
const PART_FORMAT: u32 = 1;

/// A line of `shards.jsonl`: objects of neighbouring keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shard {
    /// The number, counted from zero.
    pub shard: usize,
    /// The identifier: the hash of what is looked for, of the format of the parts, and of the key,
    /// size and ETag of each object.
    pub id: String,
    /// The number of objects.
    pub objects: u64,
    /// Their size in bytes.
    pub bytes: u64,
    /// The first key.
    pub first_key: String,
    /// The last key.
    pub last_key: String,
    /// The hash of the key, size and ETag of each object.
    pub keys_sha256: String,
    /// The number of objects that are digests.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub digests: u64,
    /// The days of the deliveries.
    #[serde(default, skip_serializing_if = "Deliveries::is_empty")]
    pub deliveries: Deliveries,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
pub(super) fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl Shard {
    /// Returns the identifier of the shard with these keys in a plan with this fingerprint.
    pub(super) fn identifier(fingerprint: &str, keys_sha256: &str) -> String {
        let text = format!("{PART_FORMAT}\n{fingerprint}\n{keys_sha256}\n");
        Sha256::of_bytes(text.as_bytes()).to_string()
    }

    /// Returns whether the shard has this number, and the identifier of its keys in a plan with
    /// this fingerprint.
    pub(super) fn is_numbered(&self, number: usize, fingerprint: &str) -> bool {
        self.shard == number && self.id == Self::identifier(fingerprint, &self.keys_sha256)
    }

    /// Returns the name of the file with its objects, below the folder of the plan.
    pub(super) fn keys_file(&self) -> String {
        format!("keys/{}.parquet", self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_depends_on_what_is_looked_for_and_where() {
        let id = Shard::identifier("f", "k");
        assert_eq!(id.len(), 64);
        assert_eq!(id, Shard::identifier("f", "k"));
        assert_ne!(id, Shard::identifier("g", "k"));
        assert_ne!(id, Shard::identifier("f", "l"));
    }

    #[test]
    fn a_shard_without_digests_does_not_mention_them() {
        let shard = Shard {
            shard: 0,
            id: "i".to_owned(),
            objects: 1,
            bytes: 2,
            first_key: "a".to_owned(),
            last_key: "b".to_owned(),
            keys_sha256: "k".to_owned(),
            digests: 0,
            deliveries: Deliveries::default(),
        };
        let text = serde_json::to_string(&shard).expect("a text");
        assert!(text.ends_with(r#""keys_sha256":"k"}"#), "{text}");
        assert_eq!(
            serde_json::from_str::<Shard>(&text).expect("a shard"),
            shard
        );
    }
}
