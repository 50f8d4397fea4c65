//! The public keys at hand.

use std::collections::BTreeMap;

use super::PublicKey;
use super::key_list::{self, KeyListError, PublishedKey};

/// The public keys at hand, by their fingerprints.
#[derive(Clone, Debug, Default)]
pub struct KeyRing {
    keys: BTreeMap<String, Vec<NamedKey>>,
    mislabelled: Vec<MislabelledKey>,
}

/// A key under one of its fingerprints.
#[derive(Clone, Debug)]
struct NamedKey {
    key: PublicKey,
    /// True if the fingerprint is not that of the key, but one that a list states for it.
    is_mislabelled: bool,
}

/// A key with a fingerprint that is not its own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MislabelledKey {
    /// The fingerprint that the list states.
    pub stated: String,
    /// The MD5 of the key.
    pub computed: String,
}

/// The answer of the keys about a text and its signatures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SignatureVerdict {
    /// A key signed it.
    Signed,
    /// The key is at hand, and none of the signatures is its own.
    NotSigned,
    /// The key is at hand, but no signature.
    NoSignature,
    /// The key is not at hand, or not known for sure to be the right one.
    UnknownKey,
}

impl KeyRing {
    /// Adds the keys of a list, as `aws cloudtrail list-public-keys` prints it.
    ///
    /// # Errors
    ///
    /// Returns an error if it is not such a list, or a key cannot be read.
    pub fn add_list(&mut self, text: &[u8]) -> Result<(), KeyListError> {
        for listed in key_list::read(text)? {
            self.add(listed);
        }
        Ok(())
    }

    fn add(&mut self, listed: PublishedKey) {
        let PublishedKey { key, fingerprint } = listed;
        let own = [key.fingerprint(), key.pkcs1_fingerprint()];
        // A list states the wrong fingerprint for a real key of CloudTrail Lake. The digests that
        // name it may still be signed with that key, so it is tried for them, too.
        if let Some(stated) = fingerprint.filter(|stated| !own.contains(stated)) {
            self.mislabelled.push(MislabelledKey {
                stated: stated.clone(),
                computed: key.fingerprint(),
            });
            self.name(stated, &key, true);
        }
        for fingerprint in own {
            self.name(fingerprint, &key, false);
        }
    }

    fn name(&mut self, fingerprint: String, key: &PublicKey, is_mislabelled: bool) {
        let named = self.keys.entry(fingerprint).or_default();
        if !named.iter().any(|known| known.key == *key) {
            named.push(NamedKey {
                key: key.clone(),
                is_mislabelled,
            });
        }
    }

    /// Returns true if there is no key.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Returns the keys whose list states another fingerprint than their own.
    pub fn mislabelled(&self) -> &[MislabelledKey] {
        &self.mislabelled
    }

    /// Returns whether one of the signatures signs a text, with the key of a fingerprint.
    pub(super) fn verdict(
        &self,
        fingerprint: &str,
        text: &str,
        signatures: &[&str],
    ) -> SignatureVerdict {
        let keys = self.keys.get(fingerprint).map_or(&[][..], Vec::as_slice);
        let bytes: Vec<Vec<u8>> = signatures
            .iter()
            .filter_map(|text| signature(text))
            .collect();
        let signs = |named: &NamedKey| bytes.iter().any(|bytes| named.key.verifies(text, bytes));
        if keys.iter().any(signs) {
            return SignatureVerdict::Signed;
        }
        // Without a key that is known to be the right one, a signature that does not fit proves
        // nothing.
        if keys.iter().all(|named| named.is_mislabelled) {
            return SignatureVerdict::UnknownKey;
        }
        match signatures.is_empty() {
            true => SignatureVerdict::NoSignature,
            false => SignatureVerdict::NotSigned,
        }
    }
}

fn signature(text: &str) -> Option<Vec<u8>> {
    hex::decode(text.trim()).ok()
}
