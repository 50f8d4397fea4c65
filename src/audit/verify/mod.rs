//! The verification of an archive: reads its digests and log files, and grades them.

mod error;
mod paths;
mod read;

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use error::VerifyError;

use self::paths::Paths;
use self::read::{ReadDigest, Reader};
use super::{Archive, Audit, Progress};
use crate::cloudtrail::key::{ObjectKey, ObjectKind};
use crate::integrity::{
    FoundDigest, FoundLogFile, Holdings, KeyRing, Layout, Manifest, ManifestEntry, SIGNATURE_FILE,
    Signatures, Verification, verify,
};
use crate::plan::{Plan, Selection};
use crate::report::integrity::AuditedIntegrity;
use crate::scan::object::is_skipped;
use crate::scan::ContentHash;
use crate::source::Object;
use crate::time::period::TimeRange;

/// The time before the requested one in which log files may have been delivered that the digests of
/// its first hour list, in seconds.
const EARLIER_SECONDS: i64 = 86_400;

/// The ends of the names of files that hold the metadata of another file, after its name.
const SIDECARS: [&str; 2] = [".metadata.json", ".head.json"];

/// What proves an archive beside its digests.
#[derive(Clone, Debug, Default)]
pub struct ProofOptions {
    /// Files with public keys, as `aws cloudtrail list-public-keys` prints them.
    pub keys: Vec<PathBuf>,
    /// Files with the metadata of digests.
    pub metadata: Vec<PathBuf>,
    /// The time to verify, both ends included.
    pub range: TimeRange,
}

/// The keys and signatures that were read.
#[derive(Clone, Debug, Default)]
pub struct Proofs {
    keys: KeyRing,
    signatures: Signatures,
    range: TimeRange,
}

impl ProofOptions {
    /// Reads the keys and signatures.
    ///
    /// # Errors
    ///
    /// Returns an error if a file cannot be read, or is something else.
    pub fn read(&self) -> Result<Proofs, VerifyError> {
        let mut proofs = Proofs {
            range: self.range,
            ..Proofs::default()
        };
        for path in &self.keys {
            let listed = proofs.keys.add_list(&read_file(path)?);
            listed.map_err(|source| VerifyError::Keys {
                path: path.clone(),
                source,
            })?;
        }
        for path in &self.metadata {
            let manifest = Manifest::parse(&read_file(path)?);
            let manifest = manifest.map_err(|source| VerifyError::Metadata {
                path: path.clone(),
                source,
            })?;
            proofs.add(&manifest);
        }
        Ok(proofs)
    }

    /// Returns the plan of an audit that lists what a verification reads.
    ///
    /// # Errors
    ///
    /// Returns an error if the range of time is empty.
    pub fn plan(&self) -> Result<Plan, VerifyError> {
        let selection = Selection {
            range: self.range.starting_earlier_by(EARLIER_SECONDS),
            ..Selection::default()
        };
        self.range.check()?;
        Ok(Plan::new(Vec::new(), selection)?)
    }
}

impl Proofs {
    fn add(&mut self, manifest: &Manifest) {
        for entry in &manifest.entries {
            self.signatures.add(&entry.name(), &entry.metadata);
        }
    }
}

fn read_file(path: &Path) -> Result<Vec<u8>, VerifyError> {
    std::fs::read(path).map_err(|source| VerifyError::File {
        path: path.to_owned(),
        source,
    })
}

/// The objects of an archive, by what a verification does with them.
#[derive(Default)]
struct Sorted {
    digests: Vec<Object>,
    log_files: Vec<Object>,
    sidecars: Vec<Object>,
    /// Query results of CloudTrail Lake, and their signatures.
    lake_files: Vec<Object>,
}

impl Sorted {
    fn new<'a>(objects: impl IntoIterator<Item = &'a Object>) -> Self {
        let mut sorted = Self::default();
        for object in objects {
            if let Some(objects) = sorted.group(&object.key) {
                objects.push(object.clone());
            }
        }
        sorted
    }

    fn is_empty(&self) -> bool {
        let all = [&self.digests, &self.log_files, &self.lake_files];
        all.iter().all(|objects| objects.is_empty())
    }

    fn group(&mut self, key: &str) -> Option<&mut Vec<Object>> {
        if is_lake_file(key) {
            return Some(&mut self.lake_files);
        }
        // CloudTrail marks its folders with objects of their name.
        if key.ends_with('/') || !ObjectKey::is_of_layout(key) {
            return None;
        }
        if SIDECARS.iter().any(|end| key.ends_with(end)) {
            return Some(&mut self.sidecars);
        }
        match ObjectKey::parse(key).kind {
            ObjectKind::Digest => Some(&mut self.digests),
            ObjectKind::Events
            | ObjectKind::Insight
            | ObjectKind::NetworkActivity
            | ObjectKind::Aggregated => Some(&mut self.log_files),
            ObjectKind::Lake | ObjectKind::Other(_) => None,
        }
    }
}

/// Returns whether a file is one of query results, in whatever folder: they are mostly downloaded
/// without the folders.
fn is_lake_file(key: &str) -> bool {
    let name = key.rsplit('/').next().unwrap_or(key);
    let number = name.strip_prefix("result_");
    let number = number.and_then(|rest| rest.strip_suffix(".csv.gz"));
    let is_number = number.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()));
    is_number || name == SIGNATURE_FILE
}

impl Archive<'_> {
    /// Reads the digests and log files of the archive, and grades them.
    ///
    /// # Errors
    ///
    /// Returns an error if there is neither a digest nor a log file.
    pub fn verify(
        mut self,
        proofs: Proofs,
        progress: &Progress<'_>,
    ) -> Result<Verification, VerifyError> {
        let sorted = Sorted::new(self.objects());
        if sorted.is_empty() {
            return Err(VerifyError::Nothing);
        }
        let graded = self.graded(&sorted, proofs, HashMap::new(), progress);
        let mut verification = graded.verification;
        verification.problems.append(&mut self.listing.problems);
        verification.problems.sort();
        Ok(verification)
    }

    /// Verifies the archive that was scanned, if that is requested. Log files that the scan hashed
    /// are not read again.
    pub(in crate::audit) fn integrity(
        &mut self,
        progress: &Progress<'_>,
    ) -> Option<AuditedIntegrity> {
        let proofs = self.audit.proofs.clone()?;
        let hashes = self.hashes.take().unwrap_or_default();
        let objects = self.known.iter().chain(self.objects());
        let requested = objects.filter(|object| !is_skipped(&self.audit.plan, object));
        let sorted = Sorted::new(requested);
        Some(self.graded(&sorted, proofs, hashes.into_map(), progress))
    }

    fn graded(
        &self,
        sorted: &Sorted,
        mut proofs: Proofs,
        known: HashMap<Arc<str>, ContentHash>,
        progress: &Progress<'_>,
    ) -> AuditedIntegrity {
        let reader = Reader::new(self, progress);
        reader.begin(&sorted.digests, &sorted.log_files);
        let mut digests = reader.digests(&sorted.digests);
        reader.sidecars(&sorted.sidecars, &mut digests);
        let log_files = reader.log_files(&sorted.log_files, known);
        let lake_files = reader.lake_files(&sorted.lake_files);
        let problems = reader.end();
        let paths = Paths::new(&self.audit.paths, layout(&digests));
        let lake_files = lake_files.into_iter().map(|file| paths.lake_file(file));
        let mut holdings = Holdings {
            lake_files: lake_files.collect(),
            range: proofs.range,
            ..Holdings::default()
        };
        let mut names = BTreeMap::new();
        for file in log_files {
            let found = named(file.content, &file.object, &paths);
            names.insert(file.object.key.to_string(), found.name.clone());
            holdings.log_files.push(found);
        }
        for digest in digests {
            let name = paths.name(&digest.object);
            proofs.signatures.add(&name, &digest.metadata);
            holdings.digests.push(FoundDigest {
                name,
                content: digest.content,
            });
        }
        holdings.keys = proofs.keys;
        holdings.signatures = proofs.signatures;
        let mut verification = self.pool.install(|| verify(&holdings));
        verification.problems = problems;
        AuditedIntegrity {
            verification,
            names,
        }
    }

    /// Collects the metadata of the digests, in the order of their names.
    ///
    /// # Errors
    ///
    /// Returns an error if there is no digest.
    pub fn collect_metadata(self, progress: &Progress<'_>) -> Result<Manifest, VerifyError> {
        let sorted = Sorted::new(self.objects());
        if sorted.digests.is_empty() {
            return Err(VerifyError::NoDigest);
        }
        let reader = Reader::new(&self, progress);
        reader.begin(&sorted.digests, &[]);
        let mut digests = reader.digests(&sorted.digests);
        reader.sidecars(&sorted.sidecars, &mut digests);
        reader.end();
        let paths = Paths::new(&self.audit.paths, layout(&digests));
        let entries = digests.into_iter().map(|digest| {
            let name = paths.name(&digest.object);
            ManifestEntry {
                bucket: name.bucket.into(),
                key: name.key.into(),
                metadata: digest.metadata,
            }
        });
        let mut entries: Vec<ManifestEntry> = entries.collect();
        entries.retain(|entry| !entry.metadata.is_empty());
        entries.sort_by(|a, b| (&a.bucket, &a.key).cmp(&(&b.bucket, &b.key)));
        Ok(Manifest { entries })
    }
}

/// Returns the layout that the digests describe.
fn layout(digests: &[ReadDigest]) -> Layout {
    let mut layout = Layout::default();
    for content in digests
        .iter()
        .filter_map(|digest| digest.content.as_ref().ok())
    {
        layout.add(&content.digest);
    }
    layout
}

fn named(content: ContentHash, object: &Object, paths: &Paths<'_>) -> FoundLogFile {
    FoundLogFile {
        name: paths.name(object),
        kind: ObjectKey::parse(&object.key).kind,
        content,
    }
}

/// Lists and verifies an archive.
///
/// # Errors
///
/// Returns an error if it cannot be listed, or holds nothing to verify.
pub fn verify_archive(
    audit: &Audit,
    proofs: Proofs,
    progress: &Progress<'_>,
) -> Result<Verification, VerifyError> {
    audit.list()?.verify(proofs, progress)
}
