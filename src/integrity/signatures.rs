//! The signatures of digests, which S3 keeps beside the objects.

use std::collections::BTreeMap;

use super::ObjectName;

/// The names of metadata, as S3 answers with them and as headers spell them.
const SIGNATURE: [&str; 2] = ["signature", "x-amz-meta-signature"];

/// The metadata that users and services give to an object, by name.
pub type ObjectMetadata = BTreeMap<String, String>;

/// The signatures of digests, by the file name of the digest.
///
/// A signature proves itself, whoever carries it, and the file names of digests are unique. So
/// neither the bucket nor the folder matters, and a copy elsewhere may lend its signature.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Signatures {
    by_file_name: BTreeMap<String, Vec<String>>,
}

impl Signatures {
    /// Adds the signature in the metadata of an object, if it has one.
    pub fn add(&mut self, name: &ObjectName, metadata: &ObjectMetadata) {
        let signature = SIGNATURE.iter().find_map(|key| metadata.get(*key));
        let Some(signature) = signature else { return };
        let known = self.by_file_name.entry(name.file_name().to_owned());
        let known = known.or_default();
        if !known.contains(signature) {
            known.push(signature.clone());
        }
    }

    /// Adds the signatures of others.
    pub fn append(&mut self, other: Self) {
        for (name, signatures) in other.by_file_name {
            self.by_file_name
                .entry(name)
                .or_default()
                .extend(signatures);
        }
    }

    /// Returns the signatures of a digest with this file name.
    pub(super) fn of_file(&self, file_name: &str) -> &[String] {
        let signatures = self.by_file_name.get(file_name);
        signatures.map_or(&[], Vec::as_slice)
    }
}
