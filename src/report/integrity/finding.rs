//! What contradicts beside the grades of objects and the gaps of chains.

use serde::Serialize;

use super::ObjectName;

/// Something that is wrong although the object it was found in has its grade.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct IntegrityFinding {
    /// The kind of finding.
    pub kind: FindingKind,
    /// The object that it was found in.
    #[serde(flatten)]
    pub object: ObjectName,
    /// A description: expected and found values.
    pub detail: String,
}

/// The kinds of findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FindingKind {
    /// A digest records another hash for the digest before it than that one has.
    PreviousHash,
    /// A digest records another signature for the digest before it than the one that proves it.
    PreviousSignature,
    /// A digest is signed with a key that is not among those given, and nothing else proves it.
    UnknownKey,
}

impl FindingKind {
    /// Returns what the finding means, for a person.
    pub fn words(self) -> &'static str {
        match self {
            Self::PreviousHash => "the link to the digest before it is broken: another hash",
            Self::PreviousSignature => {
                "the link to the digest before it is broken: another signature"
            }
            Self::UnknownKey => "signed with a key that was not given",
        }
    }
}
