//! The verification of an archive.

use std::collections::{BTreeSet, HashSet};

use jiff::Timestamp;
use rayon::prelude::*;

use super::chain::{Chain, chains, name_of};
use super::digest_proof::{DigestProof, Digests};
use super::extension::without_compression;
use super::hours::HoursByPlace;
use super::lake;
use super::links::{Links, finding};
use super::log_proof::{ListedLogFiles, LogProof, LogProver, ProvenDigest};
use super::notes::notes;
use super::survey::Survey;
use super::window::Window;
use super::{
    ChainName, FindingKind, FoundDigest, FoundLakeFile, FoundLogFile, Gap, Grade, GradedKind,
    GradedObject, IntegrityFinding, KeyRing, ObjectName, RequestedPlaces, Signatures, Verification,
};
use crate::cloudtrail::key::{ObjectKey, ObjectKind};
use crate::time::period::{TimeRange, TimeSpan};

/// Everything that a verification goes by.
#[derive(Clone, Debug, Default)]
pub struct Holdings {
    /// The digests of the archive.
    pub digests: Vec<FoundDigest>,
    /// The log files of the archive, and other files that digests may list.
    pub log_files: Vec<FoundLogFile>,
    /// Query results of CloudTrail Lake, and their signatures.
    pub lake_files: Vec<FoundLakeFile>,
    /// The public keys.
    pub keys: KeyRing,
    /// The signatures of digests that were kept beside them.
    pub signatures: Signatures,
    /// The requested time, both ends included: digests whose hours touch it, and all that they
    /// list.
    pub range: TimeRange,
    /// The requested accounts and regions. The log files of others are not among those at hand,
    /// but their digests are, since the chains of a trail are compared with each other.
    pub places: RequestedPlaces,
}

/// Grades every object by the digests, and finds what they leave out.
pub fn verify(holdings: &Holdings) -> Verification {
    let digests = Digests::new(&holdings.digests);
    let proofs = digests.prove(&holdings.keys, &holdings.signatures);
    let chains = chains(&digests, &proofs);
    let buckets = holdings.names().map(|name| &*name.bucket);
    let verifier = Verifier {
        holdings,
        survey: Survey {
            chains: &chains,
            span: holdings.span(&chains),
        },
        digests: &digests,
        proofs: &proofs,
        is_of_places: holdings.are_of_places(),
        buckets: buckets.collect(),
    };
    verifier.verify()
}

impl Holdings {
    fn names(&self) -> impl Iterator<Item = &ObjectName> {
        let digests = self.digests.iter().map(|found| &found.name);
        digests.chain(self.log_files.iter().map(|found| &found.name))
    }

    /// Returns of each digest whether it is of the requested accounts and regions.
    fn are_of_places(&self) -> Vec<bool> {
        let digests = self.digests.par_iter();
        digests
            .map(|found| self.places.include_digest(found))
            .collect()
    }

    /// Returns the first and the last minute of the archive, as far as they were requested.
    fn span(&self, chains: &[Chain]) -> TimeSpan {
        let mut span = TimeSpan::default();
        let covered = chains.iter().flat_map(Chain::bounds);
        for moment in self.slots().chain(covered) {
            span.include(moment);
        }
        within(span, self.range)
    }

    /// Returns the minutes in the names of log files.
    fn slots(&self) -> impl Iterator<Item = Timestamp> {
        let events = self.log_files.iter();
        let events = events.filter(|file| file.kind == ObjectKind::Events);
        events.filter_map(|file| ObjectKey::parse(&file.name.key).delivery_time)
    }
}

/// Returns the part of a span that is in a range, both ends included.
fn within(span: TimeSpan, range: TimeRange) -> TimeSpan {
    let mut part = TimeSpan::default();
    if let (Some(first), Some(last)) = (span.first(), span.last()) {
        let first = range.start.map_or(first, |start| first.max(start));
        let last = range.end.map_or(last, |end| last.min(end));
        if first <= last {
            part.include(first);
            part.include(last);
        }
    }
    part
}

struct Verifier<'a> {
    holdings: &'a Holdings,
    survey: Survey<'a>,
    digests: &'a Digests<'a>,
    proofs: &'a [DigestProof],
    /// Of each digest, whether it is of the requested accounts and regions.
    is_of_places: Vec<bool>,
    /// The buckets in the archive.
    buckets: HashSet<&'a str>,
}

impl<'a> Verifier<'a> {
    fn verify(&self) -> Verification {
        let gaps = self.gaps();
        let mut objects: Vec<GradedObject> = self.graded_digests().collect();
        objects.extend(self.missing_digests(&gaps));
        objects.extend(self.graded_log_files());
        let lake = lake::grade(&self.holdings.lake_files, &self.holdings.keys);
        objects.extend(lake.objects);
        let mut findings = self.findings();
        findings.extend(lake.findings);
        // All threads sort here. The later sort on one thread then finds them in order.
        objects.par_sort_unstable();
        let mut verification = Verification {
            objects,
            gaps,
            findings,
            ..Verification::default()
        };
        verification.notes = notes(&verification, &self.holdings.keys);
        verification.finish()
    }

    fn gaps(&self) -> Vec<Gap> {
        let range = self.holdings.range;
        let mut chains: Vec<&Chain> = self.survey.chains.iter().collect();
        if !self.holdings.places.are_all() {
            let requested: HashSet<ChainName> = self
                .proven()
                .filter_map(|proven| name_of(proven.found))
                .collect();
            chains.retain(|chain| requested.contains(&chain.name));
        }
        let gaps = chains.into_iter();
        gaps.flat_map(|chain| self.survey.gaps(chain, range))
            .collect()
    }

    /// Returns the digests of the requested accounts and regions with their proofs.
    fn proven(&self) -> impl Iterator<Item = ProvenDigest<'a>> {
        let range = self.holdings.range;
        let digests = self.holdings.digests.iter().zip(self.proofs);
        let digests = digests.zip(&self.is_of_places);
        let digests = digests.filter(|(_, is_of_places)| **is_of_places);
        digests.map(move |((found, proof), _)| ProvenDigest {
            found,
            proof,
            is_requested: is_requested(found, range),
        })
    }

    fn graded_digests(&self) -> impl Iterator<Item = GradedObject> {
        self.proven().map(|proven| {
            let (grade, reason) = match proven.is_requested {
                true => (proven.proof.grade, proven.proof.reason.clone()),
                false => (Grade::NotChecked, None),
            };
            GradedObject {
                name: proven.found.name.clone(),
                kind: GradedKind::Digest,
                grade,
                moved_from: self.moved_from(proven).cloned(),
                reason,
            }
        })
    }

    /// Returns the place that a digest was delivered to, if it lies elsewhere. A bucket that was
    /// copied under another name has moved none of its objects.
    fn moved_from(&self, proven: ProvenDigest<'a>) -> Option<&'a ObjectName> {
        let content = proven.found.content.as_ref().ok();
        let delivered = &content.filter(|_| proven.is_requested)?.digest.name;
        let lies = &proven.found.name;
        // It may have been compressed in another way since.
        let is_same_key = without_compression(&delivered.key) == without_compression(&lies.key);
        let is_same_bucket = delivered.bucket == lies.bucket;
        let is_copy = !self.buckets.contains(&*delivered.bucket);
        let is_there = is_same_key && (is_same_bucket || is_copy);
        // The place in a digest that was modified proves nothing.
        let is_moved = !is_there && proven.proof.grade.is_consistent();
        is_moved.then_some(delivered)
    }

    /// Returns the digests that others describe and that were found nowhere, unless they are older
    /// than everything that was fetched.
    fn missing_digests(&self, gaps: &[Gap]) -> Vec<GradedObject> {
        let proven = self.proven();
        let missing = proven.filter_map(|proven| self.missing_before(proven, gaps));
        let missing: BTreeSet<&ObjectName> = missing.collect();
        let missing = missing.into_iter();
        missing
            .map(|name| missing_object(name, GradedKind::Digest))
            .collect()
    }

    /// Returns the digest before a valid one, if it is missing at the end of a gap.
    fn missing_before(&self, proven: ProvenDigest<'a>, gaps: &[Gap]) -> Option<&'a ObjectName> {
        let content = proven.found.content.as_ref().ok();
        let content = content.filter(|_| proven.proof.grade.is_consistent())?;
        let previous = content.digest.previous.as_ref()?;
        let chain = name_of(proven.found)?;
        let ends = |gap: &Gap| gap.to == content.digest.start && gap.chain == chain;
        let is_missing = !self.digests.has_previous(proven.found) && gaps.iter().any(ends);
        is_missing.then_some(&previous.name)
    }

    fn graded_log_files(&self) -> Vec<GradedObject> {
        let listed = ListedLogFiles::new(self.proven(), &self.holdings.places, &self.buckets);
        let hours = HoursByPlace::new(self.survey.chains, |chain| self.survey.open(chain));
        let not_requested = self.not_requested();
        let prover = LogProver {
            listed: &listed,
            not_requested: &not_requested,
            hours: &hours,
            range: self.holdings.range,
        };
        let files = self.holdings.log_files.par_iter();
        let proofs: Vec<LogProof<'_>> = files.map(|file| prover.prove(file)).collect();
        let proven = self.holdings.log_files.par_iter().zip(&proofs);
        let objects = proven.map(|(file, proof)| graded(file, proof));
        let mut objects: Vec<GradedObject> = objects.collect();
        let missing = prover.missing(&proofs).into_iter();
        objects.extend(missing.map(|name| missing_object(name, GradedKind::Log)));
        objects.extend(
            listed
                .of_other_places()
                .iter()
                .map(|name| not_checked(name)),
        );
        objects
    }

    /// Returns the log files that digests outside of the requested range list.
    fn not_requested(&self) -> HashSet<&'a ObjectName> {
        let outside = self.proven().filter(|proven| !proven.is_requested);
        let contents = outside.filter_map(|proven| proven.found.content.as_ref().ok());
        let files = contents.flat_map(|content| &content.digest.log_files);
        files.map(|file| &file.name).collect()
    }

    fn findings(&self) -> Vec<IntegrityFinding> {
        let links = Links {
            digests: self.digests,
            proofs: self.proofs,
            keys: &self.holdings.keys,
            signatures: &self.holdings.signatures,
        };
        let mut findings = Vec::new();
        for proven in self.proven().filter(|proven| proven.is_requested) {
            findings.extend(unknown_key(proven));
            findings.extend(links.broken(proven));
        }
        findings
    }
}

/// Returns whether the hour of a digest touches the requested range.
fn is_requested(found: &FoundDigest, range: TimeRange) -> bool {
    super::chain::window_of(found).is_none_or(|window: Window| window.touches(range))
}

fn unknown_key(proven: ProvenDigest<'_>) -> Option<IntegrityFinding> {
    let content = proven.found.content.as_ref().ok();
    let content = content.filter(|_| proven.proof.is_key_unknown)?;
    let detail = format!("fingerprint {}", content.digest.fingerprint);
    Some(finding(FindingKind::UnknownKey, proven, detail))
}

fn missing_object(name: &ObjectName, kind: GradedKind) -> GradedObject {
    GradedObject {
        name: name.clone(),
        kind,
        grade: Grade::Missing,
        moved_from: None,
        reason: None,
    }
}

/// Returns a log file of an account or region that is not requested.
fn not_checked(name: &ObjectName) -> GradedObject {
    GradedObject {
        grade: Grade::NotChecked,
        ..missing_object(name, GradedKind::Log)
    }
}

fn graded(file: &FoundLogFile, proof: &LogProof<'_>) -> GradedObject {
    GradedObject {
        name: file.name.clone(),
        kind: GradedKind::Log,
        grade: proof.grade,
        moved_from: proof.moved_from.cloned(),
        reason: proof.reason.map(str::to_owned),
    }
}
