//! The contents that a ledger knows or a listing has, as a sorted list of digests.

use std::collections::BTreeSet;
use std::ops::Range;

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::scanned::Identity;
use crate::findings::{ContentTag, ListedObject};

/// The number of digests in a set for each of their beginnings that is looked up.
const DIGESTS_PER_BEGINNING: usize = 4;

/// The digest of a content: the first half of the SHA-256 of key, tag, size and manner of naming.
/// Names come from others, who could choose two with the same value of a weaker hash, so that one
/// of the objects would never be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ContentDigest([u8; 16]);

/// A set of contents. It takes 17 bytes for each.
#[derive(Clone, Debug, Default)]
pub struct ContentSet {
    sorted: Vec<ContentDigest>,
    /// For each beginning of digests in order, the position of the first digest that begins so or
    /// with a later one.
    // In a long list, each step of a binary search waits for memory. Nearly all steps are saved by
    // looking up where digests with the same beginning are.
    starts: Vec<u32>,
}

impl ContentSet {
    /// Returns the set of the contents of final readings, but for those that were superseded.
    pub(super) fn of_final(
        parts: Vec<Vec<ContentDigest>>,
        superseded: &BTreeSet<ContentDigest>,
    ) -> Self {
        let mut digests = Vec::with_capacity(parts.iter().map(Vec::len).sum());
        // Part by part, so that each is given back before the next is copied.
        for part in parts {
            let known = part.into_iter();
            digests.extend(known.filter(|digest| !superseded.contains(digest)));
        }
        Self::from_digests(digests)
    }

    /// Returns the set of the contents with these digests, on the threads of the pool that this is
    /// called in.
    pub fn from_digests(mut sorted: Vec<ContentDigest>) -> Self {
        sorted.par_sort_unstable();
        let starts = starts(&sorted);
        Self { sorted, starts }
    }

    /// Returns whether a content is in the set.
    pub fn contains(&self, content: &ContentDigest) -> bool {
        // Whoever chooses names can give many digests one beginning, so these are searched, too.
        let alike = self.sorted.get(self.range_of(content));
        alike.is_some_and(|alike| alike.binary_search(content).is_ok())
    }

    /// Returns the positions of the digests that begin as this one does.
    fn range_of(&self, content: &ContentDigest) -> Range<usize> {
        let beginning = content.beginning(self.starts.len());
        let start = |beginning: usize| self.starts.get(beginning).map(|start| *start as usize);
        let end = start(beginning + 1).unwrap_or(self.sorted.len());
        start(beginning).unwrap_or(end)..end
    }
}

/// Returns for each beginning the position of the first of these sorted digests that begins so or
/// with a later one.
fn starts(sorted: &[ContentDigest]) -> Vec<u32> {
    let Ok(count) = u32::try_from(sorted.len()) else {
        // More than four billion are searched as a whole.
        return vec![0];
    };
    let beginnings = sorted.len() / DIGESTS_PER_BEGINNING + 1;
    let mut starts = Vec::with_capacity(beginnings);
    for (position, digest) in (0..count).zip(sorted) {
        let passed = digest.beginning(beginnings) + 1;
        if starts.len() < passed {
            starts.resize(passed, position);
        }
    }
    starts.resize(beginnings, count);
    starts
}

/// Returns the digests of the contents that need not be read again.
pub(super) fn final_digests<'a>(
    identities: impl Iterator<Item = &'a Identity>,
) -> Vec<ContentDigest> {
    final_identities(identities)
        .map(|identity| ContentDigest::new(identity.listed()))
        .collect()
}

/// Returns the readings whose contents need not be read again.
pub(super) fn final_identities<'a>(
    identities: impl Iterator<Item = &'a Identity>,
) -> impl Iterator<Item = &'a Identity> {
    identities.filter(|identity| identity.is_final())
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

    /// Returns the number of the beginning of this digest, if there are so many of them. Digests in
    /// order have numbers in order, and each number is as frequent as another.
    fn beginning(&self, beginnings: usize) -> usize {
        let [first, second, third, fourth, ..] = self.0;
        let bits = u32::from_be_bytes([first, second, third, fourth]);
        ((u64::from(bits) * beginnings as u64) >> u32::BITS) as usize
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
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;
    use crate::problem::ProblemKind;

    #[test]
    fn a_content_is_known_by_key_tag_size_and_naming() {
        let known = Identity::example("a", 1);
        let digests = final_digests([&known].into_iter());
        let set = ContentSet::of_final(vec![digests], &BTreeSet::new());
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

    /// Returns a digest that begins and ends with these numbers.
    fn digest(beginning: u32, end: u8) -> ContentDigest {
        let mut bytes = [0; 16];
        bytes[..4].copy_from_slice(&beginning.to_be_bytes());
        bytes[15] = end;
        ContentDigest(bytes)
    }

    proptest! {
        #[test]
        fn a_set_contains_its_digests_and_no_other(
            digests in vec((0..4_u32, any::<u8>(), 0..3_u8), 0..60),
            others in vec((0..4_u32, any::<u8>(), 0..3_u8), 0..60),
        ) {
            // Some share their beginnings, as those of names that were chosen for it would.
            let digest = |(high, low, end): &(u32, u8, u8)| {
                digest(high.rotate_right(2) | u32::from(*low >> 6), *end)
            };
            let digests: Vec<ContentDigest> = digests.iter().map(digest).collect();
            let set = ContentSet::from_digests(digests.clone());
            for other in digests.iter().copied().chain(others.iter().map(digest)) {
                prop_assert_eq!(set.contains(&other), digests.contains(&other));
            }
        }
    }

    #[test]
    fn a_set_contains_the_first_and_the_last_digest_there_can_be() {
        let all = [digest(0, 0), digest(u32::MAX, u8::MAX)];
        assert!(!ContentSet::default().contains(&all[0]));
        for some in [&all[..0], &all[..1], &all[1..], &all[..]] {
            let set = ContentSet::from_digests(some.to_vec());
            for digest in &all {
                assert_eq!(set.contains(digest), some.contains(digest));
            }
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
