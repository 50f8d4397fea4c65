//! The proof of digests: by a signature, or by the digest after them.

use std::cmp::Reverse;
use std::collections::HashMap;

use jiff::Timestamp;
use rayon::prelude::*;

use super::found::{DigestContent, Flaw};
use super::key_ring::SignatureVerdict;
use super::{FoundDigest, Grade, KeyRing, ObjectName, PreviousDigest, Signatures};

/// The proof of a digest, as far as there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DigestProof {
    pub(super) grade: Grade,
    /// The reason, where the grade alone does not say it.
    pub(super) reason: Option<String>,
    /// True if its key is not among those given, and nothing else proves it.
    pub(super) is_key_unknown: bool,
}

impl DigestProof {
    fn new(grade: Grade, reason: impl Into<String>) -> Self {
        Self {
            grade,
            reason: Some(reason.into()),
            is_key_unknown: false,
        }
    }

    fn of_unknown_key(fingerprint: &str) -> Self {
        Self {
            is_key_unknown: true,
            ..Self::new(
                Grade::Unverifiable,
                format!("the key with the fingerprint {fingerprint} is not among those given"),
            )
        }
    }

    fn of_grade(grade: Grade) -> Self {
        Self {
            grade,
            reason: None,
            is_key_unknown: false,
        }
    }
}

/// A digest that describes another one as the digest before it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Successor<'a> {
    /// The number of the digest.
    pub(super) number: usize,
    /// Its description of the digest before it.
    pub(super) previous: &'a PreviousDigest,
}

/// The digests at hand, and which of them describe which.
pub(super) struct Digests<'a> {
    pub(super) found: &'a [FoundDigest],
    successors: HashMap<&'a ObjectName, Vec<Successor<'a>>>,
    /// The numbers of the digests, by the places that they were delivered to and where they lie.
    numbers: HashMap<&'a ObjectName, Vec<usize>>,
}

impl<'a> Digests<'a> {
    pub(super) fn new(found: &'a [FoundDigest]) -> Self {
        let mut successors: HashMap<&ObjectName, Vec<Successor<'_>>> = HashMap::new();
        for (number, found) in found.iter().enumerate() {
            if let Some(previous) = found.previous() {
                let successor = Successor { number, previous };
                successors
                    .entry(&previous.name)
                    .or_default()
                    .push(successor);
            }
        }
        Self {
            found,
            successors,
            numbers: numbers(found),
        }
    }

    /// Returns the digests that were delivered to a place, or lie there.
    pub(super) fn at(&self, name: &ObjectName) -> impl Iterator<Item = &'a FoundDigest> {
        let numbers = self.numbers_at(name).iter();
        numbers.filter_map(|number| self.found.get(*number))
    }

    /// Returns the numbers of the digests that were delivered to a place, or lie there.
    pub(super) fn numbers_at(&self, name: &ObjectName) -> &[usize] {
        self.numbers.get(name).map_or(&[], Vec::as_slice)
    }

    /// Returns whether the digest before a digest is at hand.
    pub(super) fn has_previous(&self, found: &FoundDigest) -> bool {
        let previous = found.previous();
        previous.is_some_and(|previous| self.at(&previous.name).next().is_some())
    }

    /// Returns the digests that describe this one as the digest before them, by the place that it
    /// was delivered to.
    pub(super) fn successors(&self, content: &DigestContent) -> &[Successor<'a>] {
        let successors = self.successors.get(&content.digest.name);
        successors.map_or(&[], Vec::as_slice)
    }

    /// Proves each digest.
    pub(super) fn prove(&self, keys: &KeyRing, signatures: &Signatures) -> Vec<DigestProof> {
        let verdicts = self.found.par_iter();
        let verdicts = verdicts.map(|found| self.verdict(found, keys, signatures));
        let mut proofs = DigestProofs {
            digests: self,
            has_keys: !keys.is_empty(),
            verdicts: verdicts.collect(),
            proofs: vec![None; self.found.len()],
        };
        // Trust goes from a digest to the one before it, so the newest come first.
        for number in self.newest_first() {
            let proof = proofs.prove(number);
            if let Some(place) = proofs.proofs.get_mut(number) {
                *place = Some(proof);
            }
        }
        let unread = || DigestProof::of_grade(Grade::Unverifiable);
        let proofs = proofs.proofs.into_iter();
        proofs.map(|proof| proof.unwrap_or_else(unread)).collect()
    }

    fn newest_first(&self) -> Vec<usize> {
        let mut numbers: Vec<usize> = (0..self.found.len()).collect();
        numbers.sort_by_key(|number| Reverse(self.end(*number)));
        numbers
    }

    fn end(&self, number: usize) -> Option<Timestamp> {
        let content = self.found.get(number)?.content.as_ref().ok()?;
        Some(content.digest.end)
    }

    /// Tries every signature at hand: those in the metadata, and those in later digests.
    fn verdict(
        &self,
        found: &FoundDigest,
        keys: &KeyRing,
        signatures: &Signatures,
    ) -> SignatureVerdict {
        let Ok(content) = &found.content else {
            return SignatureVerdict::NoSignature;
        };
        let kept = signatures.of_file(content.digest.name.file_name());
        let carried = self.successors(content).iter();
        let carried = carried.filter_map(|successor| successor.previous.signature.as_deref());
        let candidates: Vec<&str> = kept.iter().map(String::as_str).chain(carried).collect();
        let text = content.digest.string_to_sign(content.hash);
        keys.verdict(&content.digest.fingerprint, &text, &candidates)
    }
}

fn numbers(found: &[FoundDigest]) -> HashMap<&ObjectName, Vec<usize>> {
    let mut numbers: HashMap<&ObjectName, Vec<usize>> = HashMap::new();
    for (number, found) in found.iter().enumerate() {
        // The digest after one that was moved names the place that it was delivered to.
        let delivered = found.content.as_ref().ok();
        let delivered = delivered.map(|content| &content.digest.name);
        numbers.entry(&found.name).or_default().push(number);
        if let Some(delivered) = delivered.filter(|name| **name != found.name) {
            numbers.entry(delivered).or_default().push(number);
        }
    }
    numbers
}

/// The proofs so far, from the newest digest to the oldest.
struct DigestProofs<'a> {
    digests: &'a Digests<'a>,
    has_keys: bool,
    verdicts: Vec<SignatureVerdict>,
    proofs: Vec<Option<DigestProof>>,
}

impl DigestProofs<'_> {
    fn prove(&self, number: usize) -> DigestProof {
        let Some(found) = self.digests.found.get(number) else {
            return DigestProof::of_grade(Grade::Unverifiable);
        };
        match &found.content {
            Ok(content) => self.prove_content(number, content),
            Err(Flaw::Damaged(reason)) => DigestProof::new(Grade::Modified, reason),
            Err(Flaw::Unread(reason)) => DigestProof::new(Grade::Unverifiable, reason),
        }
    }

    fn prove_content(&self, number: usize, content: &DigestContent) -> DigestProof {
        let verdict = self.verdicts.get(number).copied();
        let verdict = verdict.unwrap_or(SignatureVerdict::NoSignature);
        // A signature of its own is the best proof, and needs no other digest.
        if verdict == SignatureVerdict::Signed {
            return DigestProof::of_grade(Grade::Signed);
        }
        let by_successors = self.proof_by_successors(content);
        by_successors.unwrap_or_else(|| self.proof_by_verdict(verdict, content))
    }

    /// Returns what the keys alone say about a digest.
    fn proof_by_verdict(&self, verdict: SignatureVerdict, content: &DigestContent) -> DigestProof {
        match verdict {
            SignatureVerdict::Signed => DigestProof::of_grade(Grade::Signed),
            SignatureVerdict::NotSigned => DigestProof::new(
                Grade::Modified,
                "no signature at hand is that of its content",
            ),
            SignatureVerdict::NoSignature => {
                DigestProof::new(Grade::HashOnly, "no signature is at hand")
            }
            SignatureVerdict::UnknownKey if self.has_keys => {
                DigestProof::of_unknown_key(&content.digest.fingerprint)
            }
            SignatureVerdict::UnknownKey => DigestProof::new(Grade::HashOnly, "no key was given"),
        }
    }

    /// Returns what later digests say about a digest: a proven one proves it, and any may show that
    /// one of the two was modified.
    fn proof_by_successors(&self, content: &DigestContent) -> Option<DigestProof> {
        let mut is_contradicted = false;
        for successor in self.digests.successors(content) {
            let is_same = successor.previous.hash == content.hash;
            if is_same && self.is_proven(successor.number) {
                return Some(DigestProof::new(
                    Grade::Chained,
                    "the digest after it records its hash",
                ));
            }
            is_contradicted |= !is_same && self.is_consistent(successor.number);
        }
        is_contradicted
            .then(|| DigestProof::new(Grade::Modified, "the digest after it records another hash"))
    }

    fn grade(&self, number: usize) -> Option<Grade> {
        let proof = self.proofs.get(number)?.as_ref()?;
        Some(proof.grade)
    }

    fn is_proven(&self, number: usize) -> bool {
        self.grade(number).is_some_and(Grade::is_proven)
    }

    fn is_consistent(&self, number: usize) -> bool {
        self.grade(number).is_some_and(Grade::is_consistent)
    }
}
