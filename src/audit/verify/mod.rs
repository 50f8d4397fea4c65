//! The verification of an archive: reads its digests and log files, and grades them.

mod error;
mod paths;
mod proofs;
mod read;
mod sorted;

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::Arc;

use rayon::prelude::*;

pub use self::error::VerifyError;
use self::paths::{Paths, below_roots};
pub use self::proofs::{ProofOptions, Proofs};
use self::read::{Contents, ReadDigest, ReadLogFile, Reader};
use self::sorted::Sorted;
use super::{Archive, Progress};
use crate::cloudtrail::key::ObjectKey;
use crate::integrity::{
    FoundDigest, FoundLogFile, Holdings, Layout, Manifest, ManifestEntry, ObjectName, Verification,
    verify,
};
use crate::report::integrity::AuditedIntegrity;
use crate::scan::ContentHash;
use crate::scan::object::is_skipped;

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
        proofs: Proofs,
        known: HashMap<Arc<str>, ContentHash>,
        progress: &Progress<'_>,
    ) -> AuditedIntegrity {
        let reader = Reader::new(self, progress);
        let contents = reader.contents(sorted, known);
        let problems = reader.end();
        let paths = Paths::new(&self.audit.paths, layout(&contents, &self.audit.paths));
        // Only an audit has keys of its own, and looks its objects up by them.
        let names = match self.audit.proofs {
            Some(_) => names(&contents.log_files, &paths),
            None => BTreeMap::new(),
        };
        let mut verification = self.pool.install(|| {
            let holdings = holdings(contents, proofs, &paths);
            verify(&holdings)
        });
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
        let mut sorted = Sorted::new(self.objects());
        if sorted.digests.is_empty() {
            return Err(VerifyError::NoDigest);
        }
        sorted.log_files.clear();
        sorted.lake_files.clear();
        let reader = Reader::new(&self, progress);
        let contents = reader.contents(&sorted, HashMap::new());
        reader.end();
        let paths = Paths::new(&self.audit.paths, layout(&contents, &self.audit.paths));
        let digests = contents.digests.into_iter();
        let mut entries: Vec<ManifestEntry> = digests.map(|digest| entry(digest, &paths)).collect();
        entries.retain(|entry| !entry.metadata.is_empty());
        entries.sort_by(|a, b| (&a.bucket, &a.key).cmp(&(&b.bucket, &b.key)));
        Ok(Manifest { entries })
    }
}

/// Returns the layout that the digests describe.
fn layout(contents: &Contents, roots: &[PathBuf]) -> Layout {
    let digests = contents.digests.iter().map(|digest| &digest.object);
    let log_files = contents.log_files.iter().map(|file| &file.object);
    let local = digests
        .chain(log_files)
        .filter(|object| object.remote().is_none());
    let mut layout = Layout::for_paths(local.map(|object| below_roots(roots, &object.key)));
    for digest in &contents.digests {
        if let Ok(content) = &digest.content {
            layout.add(&content.digest);
        }
    }
    layout
}

/// Returns the names of log files by their keys in the source.
fn names(files: &[ReadLogFile], paths: &Paths<'_>) -> BTreeMap<String, ObjectName> {
    let mut names = BTreeMap::new();
    for file in files {
        names.insert(file.object.key.to_string(), paths.name(&file.object));
    }
    names
}

/// Returns what was read, under its names in S3, together with what proves it.
fn holdings(contents: Contents, proofs: Proofs, paths: &Paths<'_>) -> Holdings {
    let mut holdings = Holdings {
        keys: proofs.keys,
        signatures: proofs.signatures,
        range: proofs.range,
        ..Holdings::default()
    };
    for digest in contents.digests {
        add_digest(digest, paths, &mut holdings);
    }
    let log_files = contents.log_files.into_par_iter();
    holdings.log_files = log_files.map(|file| named(file, paths)).collect();
    for file in contents.lake_files {
        holdings.lake_files.push(paths.lake_file(file));
    }
    holdings
}

fn add_digest(read: ReadDigest, paths: &Paths<'_>, holdings: &mut Holdings) {
    let name = paths.name(&read.object);
    holdings.signatures.add(&name, &read.metadata);
    holdings.digests.push(FoundDigest {
        name,
        content: read.content,
    });
}

fn entry(read: ReadDigest, paths: &Paths<'_>) -> ManifestEntry {
    let name = paths.name(&read.object);
    ManifestEntry {
        bucket: name.bucket.into(),
        key: name.key.into(),
        metadata: read.metadata,
    }
}

fn named(file: ReadLogFile, paths: &Paths<'_>) -> FoundLogFile {
    FoundLogFile {
        name: paths.name(&file.object),
        kind: ObjectKey::parse(&file.object.key).kind,
        content: file.content,
    }
}
