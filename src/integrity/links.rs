//! The links between digests: what each one says about the one before it.

use super::digest_proof::{DigestProof, Digests};
use super::key_ring::SignatureVerdict;
use super::log_proof::ProvenDigest;
use super::{DigestContent, FindingKind, IntegrityFinding, KeyRing, PreviousDigest, Signatures};

/// Everything by which links are checked.
pub(super) struct Links<'a> {
    pub(super) digests: &'a Digests<'a>,
    pub(super) proofs: &'a [DigestProof],
    pub(super) keys: &'a KeyRing,
    pub(super) signatures: &'a Signatures,
}

impl<'a> Links<'a> {
    /// Compares what a valid digest says about the digest before it with that one.
    pub(super) fn broken(&self, proven: ProvenDigest<'_>) -> Vec<IntegrityFinding> {
        let mut findings = Vec::new();
        let content = proven.found.content.as_ref().ok();
        let content = content.filter(|_| proven.proof.grade.is_consistent());
        let Some(previous) = content.and_then(|content| content.digest.previous.as_ref()) else {
            return findings;
        };
        // Several files may have this name, such as copies in different folders.
        for number in self.digests.numbers_at(&previous.name) {
            if let Some(found) = self.consistent(*number) {
                findings.extend(broken_hash(previous, found, proven));
                findings.extend(self.broken_signature(previous, found, proven));
            }
        }
        findings
    }

    /// Returns the content of a digest against which nothing speaks.
    fn consistent(&self, number: usize) -> Option<&'a DigestContent> {
        let proof = self.proofs.get(number)?;
        let found = self.digests.found.get(number)?;
        let content = found.content.as_ref().ok();
        content.filter(|_| proof.grade.is_consistent())
    }

    fn broken_signature(
        &self,
        previous: &PreviousDigest,
        found: &DigestContent,
        proven: ProvenDigest<'_>,
    ) -> Option<IntegrityFinding> {
        let signature = previous.signature.as_deref().unwrap_or_default();
        let digest = &found.digest;
        let text = digest.string_to_sign(found.hash);
        let verdict = self.keys.verdict(&digest.fingerprint, &text, &[signature]);
        let detail = match verdict {
            SignatureVerdict::Signed => return None,
            SignatureVerdict::NotSigned | SignatureVerdict::NoSignature => {
                "it records one that does not sign it"
            }
            // Without the key, the two can only be compared.
            SignatureVerdict::UnknownKey if self.is_kept(digest.name.file_name(), signature) => {
                return None;
            }
            SignatureVerdict::UnknownKey => "it records another one than the metadata",
        };
        let kind = FindingKind::PreviousSignature;
        Some(finding(kind, proven, detail.to_owned()))
    }

    /// Returns whether a signature is the one in the metadata of a digest, if there is any.
    fn is_kept(&self, file_name: &str, signature: &str) -> bool {
        let kept = self.signatures.of_file(file_name);
        kept.is_empty() || kept.iter().any(|kept| is_same(kept, signature))
    }
}

fn broken_hash(
    previous: &PreviousDigest,
    found: &DigestContent,
    proven: ProvenDigest<'_>,
) -> Option<IntegrityFinding> {
    if found.hash == previous.hash {
        return None;
    }
    let detail = format!("it records {}, and that has {}", previous.hash, found.hash);
    Some(finding(FindingKind::PreviousHash, proven, detail))
}

/// Returns a finding in a digest.
pub(super) fn finding(
    kind: FindingKind,
    proven: ProvenDigest<'_>,
    detail: String,
) -> IntegrityFinding {
    IntegrityFinding {
        kind,
        object: proven.found.name.clone(),
        detail,
    }
}

fn is_same(one: &str, other: &str) -> bool {
    one.trim().eq_ignore_ascii_case(other.trim())
}
