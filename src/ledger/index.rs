//! The contents that a ledger knows or a listing has, as a sorted list of digests.

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::scanned::Identity;
use crate::findings::{ContentTag, ListedObject};

/// The digest of a content: the first half of the SHA-256 of key, tag, size and manner of naming.
/// Names come from others, who could choose two with the same value of a weaker hash, so that one
/// of the objects would never be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ContentDigest([u8; 16]);

/// A set of contents. It takes 16 bytes for each.
#[derive(Clone, Debug, Default)]
pub struct ContentSet {
    sorted: Vec<ContentDigest>,
}

impl ContentSet {
    /// Returns the set of the contents of readings that need not be read again.
    pub(super) fn of_final(parts: Vec<Vec<ContentDigest>>) -> Self {
        let mut digests = Vec::with_capacity(parts.iter().map(Vec::len).sum());
        // Part by part, so that each is given back before the next is copied.
        for part in parts {
            digests.extend(part);
        }
        Self::from_digests(digests)
    }

    /// Returns the set of the contents with these digests, on the threads of the pool that this is
    /// called in.
    pub fn from_digests(mut sorted: Vec<ContentDigest>) -> Self {
        sorted.par_sort_unstable();
        Self { sorted }
    }

    /// Returns whether a content is in the set.
    pub fn contains(&self, content: &ContentDigest) -> bool {
        self.sorted.binary_search(content).is_ok()
    }
}

/// Returns the digests of the contents that need not be read again.
pub(super) fn final_digests<'a>(
    identities: impl Iterator<Item = &'a Identity>,
) -> Vec<ContentDigest> {
    let finals = identities.filter(|identity| identity.is_final());
    finals
        .map(|identity| ContentDigest::new(identity.listed()))
        .collect()
}

impl ContentDigest {
    /// Returns the digest of the content of a listed object.
    pub fn new(listed: ListedObject<'_>) -> Self {
        let mut hasher = Sha256::new();
        add_content(&mut hasher, listed);
        let hash: [u8; 32] = hasher.finalize().into();
        let mut digest = [0; 16];
        digest.copy_from_slice(&hash[..16]);
        Self(digest)
    }
}

fn add_content(hasher: &mut Sha256, listed: ListedObject<'_>) {
    // The length keeps a key apart from what follows it.
    hasher.update((listed.key.len() as u64).to_le_bytes());
    hasher.update(listed.key);
    hasher.update(listed.stored_bytes.unwrap_or_default().to_le_bytes());
    hasher.update([u8::from(listed.named)]);
    match listed.tag {
        None => hasher.update([0]),
        Some(ContentTag::ETag(etag)) => {
            hasher.update([1]);
            hasher.update((etag.len() as u64).to_le_bytes());
            hasher.update(etag);
        }
        Some(ContentTag::Modified(time)) => {
            hasher.update([2]);
            hasher.update(time.as_microsecond().to_le_bytes());
        }
    }
}

/// The hash of contents in the order of their keys.
#[derive(Clone, Debug, Default)]
pub struct ContentsHash {
    hasher: Sha256,
}

impl ContentsHash {
    /// Adds the content of the next object.
    pub fn add(&mut self, listed: ListedObject<'_>) {
        add_content(&mut self.hasher, listed);
    }

    /// Returns the SHA-256 of all contents, in hexadecimal digits.
    pub fn finish(self) -> String {
        hex::encode(self.hasher.finalize())
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::problem::ProblemKind;

    #[test]
    fn a_content_is_known_by_key_tag_size_and_naming() {
        let known = Identity::example("a", 1);
        let set = ContentSet::of_final(vec![final_digests([&known].into_iter())]);
        let contains = |listed| set.contains(&ContentDigest::new(listed));
        let listed = known.listed();
        assert!(contains(listed));
        let tag = Some(ContentTag::ETag("f"));
        let time = Some(ContentTag::Modified(Timestamp::UNIX_EPOCH));
        for other in [
            ListedObject { key: "b", ..listed },
            ListedObject { tag, ..listed },
            ListedObject {
                tag: time,
                ..listed
            },
            ListedObject {
                tag: None,
                ..listed
            },
            ListedObject {
                stored_bytes: Some(8),
                ..listed
            },
            ListedObject {
                named: true,
                ..listed
            },
        ] {
            assert!(!contains(other), "{other:?}");
        }
    }

    #[test]
    fn contents_have_another_hash_in_another_order() {
        let hash = |keys: &[&str]| {
            let mut hash = ContentsHash::default();
            for key in keys {
                hash.add(Identity::example(key, 1).listed());
            }
            hash.finish()
        };
        assert_eq!(hash(&["a", "b"]), hash(&["a", "b"]));
        assert_ne!(hash(&["a", "b"]), hash(&["b", "a"]));
        assert_ne!(hash(&["a", "b"]), hash(&["ab"]));
    }

    #[test]
    fn what_failed_or_has_no_tag_is_not_known() {
        let mut failed = Identity::example("a", 1);
        failed.failure = Some(ProblemKind::AccessDenied);
        let mut untagged = Identity::example("b", 1);
        untagged.etag = None;
        assert!(final_digests([&failed, &untagged].into_iter()).is_empty());
        let both = [failed.listed(), untagged.listed()];
        let both = both.map(ContentDigest::new);
        let set = ContentSet::from_digests(both.to_vec());
        assert!(both.iter().all(|listed| set.contains(listed)));
    }
}
