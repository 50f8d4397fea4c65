//! The verification of an archive: reads its digests and log files, and grades them.

mod error;
mod paths;
mod proofs;
mod read;
mod sorted;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

pub use self::error::VerifyError;
use self::paths::{Paths, Roots};
pub use self::proofs::{ProofOptions, Proofs};
use self::read::{ArchiveReader, ReadDigest, ReadLakeFile};
use self::sorted::Sorted;
use super::{Archive, Progress};
use crate::integrity::{
    FoundDigest, FoundLakeFile, Holdings, Layout, Manifest, ManifestEntry, ObjectName,
    RequestedPlaces, Verification, verify,
};
use crate::report::integrity::AuditedIntegrity;
use crate::scan::{ContentHash, is_skipped};
use crate::source::Object;
use crate::spool::SpoolError;

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
        let sorted = self.sorted()?;
        if sorted.is_empty() {
            return Err(VerifyError::Nothing);
        }
        let graded = self.graded(&sorted, proofs, HashMap::new(), progress);
        let mut verification = graded.verification;
        verification.problems.append(&mut self.problems);
        verification.problems.sort();
        Ok(verification)
    }

    /// Verifies the archive that was scanned, if that is requested. Log files that the scan hashed
    /// are not read again.
    pub(in crate::audit) fn integrity(
        &mut self,
        progress: &Progress<'_>,
    ) -> Result<Option<AuditedIntegrity>, SpoolError> {
        let Some(proofs) = self.audit.proofs.clone() else {
            return Ok(None);
        };
        // They are not needed again, and there may be millions.
        let hashes = self.hashes.take().unwrap_or_default();
        let sorted = self.sorted_where(|object| !is_skipped(&self.audit.plan, object))?;
        let graded = self.graded(&sorted, proofs, hashes.into_map(), progress);
        Ok(Some(graded))
    }

    /// Returns the requested accounts and regions.
    fn requested_places(&self) -> RequestedPlaces {
        RequestedPlaces {
            accounts: self.audit.plan.accounts().clone(),
            regions: self.audit.plan.regions().clone(),
        }
    }

    /// Returns the objects of the archive, sorted.
    fn sorted(&self) -> Result<Sorted, SpoolError> {
        self.sorted_where(|_| true)
    }

    /// Returns the requested objects, sorted.
    fn sorted_where(
        &self,
        is_requested: impl Fn(&Object) -> bool + Sync,
    ) -> Result<Sorted, SpoolError> {
        let mut sorted = Sorted::default();
        self.pool.install(|| {
            for batch in self.objects.all() {
                let batch = batch?;
                let requested = batch.iter().filter(|object| is_requested(object));
                requested.for_each(|object| sorted.add(object));
            }
            Ok(sorted)
        })
    }

    fn graded(
        &self,
        sorted: &Sorted,
        proofs: Proofs,
        known: HashMap<Arc<str>, ContentHash>,
        progress: &Progress<'_>,
    ) -> AuditedIntegrity {
        let reader = ArchiveReader::new(self, progress);
        reader.begin(&[&sorted.digests, &sorted.log_files]);
        let digests = reader.digests(sorted);
        let lake_files = reader.lake_files(&sorted.lake_files);
        // The digests name the places of log files, so they are read before them.
        let paths = self.paths(sorted.digests.iter().chain(&sorted.log_files), &digests);
        let log_files = reader.log_files(&sorted.log_files, known, &paths);
        let problems = reader.end();
        let holdings = Holdings {
            log_files,
            places: self.requested_places(),
            lake_files: found_lake_files(lake_files, &paths),
            ..holdings(proofs, digests, &paths)
        };
        let mut verification = self.pool.install(|| verify(&holdings));
        verification.problems = problems;
        AuditedIntegrity {
            verification,
            names: self.names(sorted, &paths),
        }
    }

    /// Returns the paths of objects, in the layout that the digests describe.
    fn paths<'o>(
        &self,
        objects: impl IntoIterator<Item = &'o Object>,
        digests: &[ReadDigest],
    ) -> Paths<'_> {
        let roots = Roots::new(&self.audit.paths);
        let layout = layout(objects, digests, &roots);
        Paths::new(roots, layout)
    }

    /// Returns the names of the files that are graded, for an audit.
    fn names(&self, sorted: &Sorted, paths: &Paths<'_>) -> BTreeMap<String, ObjectName> {
        // Only an audit has keys of its own, and looks its objects up by them.
        match self.audit.proofs {
            Some(_) => names(sorted.log_files.iter().chain(&sorted.lake_files), paths),
            None => BTreeMap::new(),
        }
    }

    /// Collects the metadata of the digests, in the order of their names.
    ///
    /// # Errors
    ///
    /// Returns an error if there is no digest.
    pub fn collect_metadata(self, progress: &Progress<'_>) -> Result<Manifest, VerifyError> {
        let sorted = self.sorted()?;
        if sorted.digests.is_empty() {
            return Err(VerifyError::NoDigest);
        }
        let reader = ArchiveReader::new(&self, progress);
        reader.begin(&[&sorted.digests]);
        let digests = reader.digests(&sorted);
        reader.end();
        let paths = self.paths(&sorted.digests, &digests);
        let digests = digests.into_iter();
        let entries = digests.flat_map(|digest| entries(digest, &paths));
        Ok(Manifest {
            entries: sorted_entries(entries.collect()),
        })
    }
}

/// Returns the entries with metadata in the order of their names, each once.
fn sorted_entries(mut entries: Vec<ManifestEntry>) -> Vec<ManifestEntry> {
    entries.retain(|entry| !entry.metadata.is_empty());
    entries.sort_by(|a, b| (&a.bucket, &a.key).cmp(&(&b.bucket, &b.key)));
    entries.dedup();
    entries
}

/// Returns the layout of objects that the digests describe.
fn layout<'a>(
    objects: impl IntoIterator<Item = &'a Object>,
    digests: &[ReadDigest],
    roots: &Roots<'_>,
) -> Layout {
    let objects = objects.into_iter();
    let local = objects.filter(|object| object.remote().is_none());
    let mut layout = Layout::for_paths(local.map(|object| roots.below(&object.key)));
    for digest in digests {
        if let Ok(content) = &digest.content {
            layout.add(&content.digest);
        }
    }
    layout
}

/// Returns the names of files by their keys in the source.
fn names<'a>(
    files: impl Iterator<Item = &'a Object>,
    paths: &Paths<'_>,
) -> BTreeMap<String, ObjectName> {
    files
        .map(|file| (file.key.to_string(), paths.name(file)))
        .collect()
}

/// Returns the digests under their names in S3, together with what proves them.
fn holdings(proofs: Proofs, digests: Vec<ReadDigest>, paths: &Paths<'_>) -> Holdings {
    let mut holdings = Holdings {
        keys: proofs.keys,
        signatures: proofs.signatures,
        range: proofs.range,
        ..Holdings::default()
    };
    for digest in digests {
        add_digest(digest, paths, &mut holdings);
    }
    holdings
}

fn found_lake_files(files: Vec<ReadLakeFile>, paths: &Paths<'_>) -> Vec<FoundLakeFile> {
    let found = files.into_iter().map(|file| FoundLakeFile {
        name: paths.name(&file.object),
        content: file.content,
    });
    found.collect()
}

fn add_digest(read: ReadDigest, paths: &Paths<'_>, holdings: &mut Holdings) {
    let name = paths.name(&read.object);
    for metadata in &read.metadata {
        holdings.signatures.add(&name, metadata);
    }
    holdings.digests.push(FoundDigest {
        name,
        content: read.content,
    });
}

/// Returns an entry for each place that has metadata of a digest.
fn entries(read: ReadDigest, paths: &Paths<'_>) -> impl Iterator<Item = ManifestEntry> {
    let name = paths.name(&read.object);
    read.metadata
        .into_iter()
        .map(move |metadata| ManifestEntry {
            bucket: name.bucket.to_string(),
            key: name.key.to_string(),
            metadata,
        })
}
