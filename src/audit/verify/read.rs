//! Reading digests and log files on all threads.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::iter;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};

use super::paths::Paths;
use super::sorted::{Sorted, digest_key, sidecar_keys};
use crate::audit::{Archive, Progress, ProgressEvent};
use crate::container::{ContentBytes, Limits, give_back};
use crate::integrity::{
    Digest, DigestContent, Flaw, FoundLogFile, LakeContent, LakeSignature, Manifest,
    ObjectMetadata, SIGNATURE_FILE, Sha256,
};
use crate::problem::{Problem, ProblemKind};
use crate::scan::{ContentHash, hashed_content};
use crate::source::disk::user_attribute;
use crate::source::{Fetch, Object, ObjectBytes, ReadError, ReadOptions};

/// The names of the metadata that CloudTrail gives to a digest.
const METADATA: [&str; 3] = [
    "signature",
    "signature-algorithm",
    "backfill-generation-timestamp",
];

/// A digest that was read.
pub(super) struct ReadDigest {
    pub(super) object: Object,
    pub(super) content: Result<DigestContent, Flaw>,
    /// The metadata of each place that has some, its own first.
    pub(super) metadata: Vec<ObjectMetadata>,
}

/// A file of query results that was read, or their signature.
pub(super) struct ReadLakeFile {
    pub(super) object: Object,
    pub(super) content: Result<LakeContent, Flaw>,
}

/// The reading of an archive for its verification.
pub(super) struct ArchiveReader<'a> {
    archive: &'a Archive<'a>,
    limits: &'a Limits,
    progress: &'a Progress<'a>,
    problems: Mutex<Vec<Problem>>,
}

impl<'a> ArchiveReader<'a> {
    pub(super) fn new(archive: &'a Archive<'a>, progress: &'a Progress<'a>) -> Self {
        Self {
            archive,
            limits: &archive.audit.limits,
            progress,
            problems: Mutex::default(),
        }
    }

    /// Announces the lists of objects that will be read.
    pub(super) fn begin(&self, lists: &[&[Object]]) {
        let objects = lists.iter().copied().flatten();
        let sizes = objects.filter_map(|object| object.stored_bytes);
        (self.progress)(ProgressEvent::Begun {
            objects: lists.iter().map(|list| list.len()).sum(),
            bytes: sizes.fold(0, u64::saturating_add),
        });
        self.archive.announce_requests(self.progress);
    }

    /// Announces the end, and returns what could not be read.
    pub(super) fn end(self) -> Vec<Problem> {
        (self.progress)(ProgressEvent::Ended);
        self.problems
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads the digests, and the files that hold their metadata.
    pub(super) fn digests(&self, sorted: &Sorted) -> Vec<ReadDigest> {
        let mut digests = self.each(&sorted.digests, |object, fetch| self.digest(object, fetch));
        self.sidecars(&sorted.sidecars, &mut digests);
        digests
    }

    /// Reads the log files whose hashes are not known.
    pub(super) fn log_files(
        &self,
        objects: &[Object],
        mut known: HashMap<Arc<str>, ContentHash>,
        paths: &Paths<'_>,
    ) -> Vec<FoundLogFile> {
        // Without hashes nothing is left out, and the list need not be copied.
        if known.is_empty() {
            return self.unknown_log_files(objects, paths);
        }
        let mut files = Vec::new();
        let mut unread = Vec::new();
        for object in objects {
            match known.remove(&object.key) {
                Some(content) => {
                    if let Err(Flaw::Unread(detail)) = &content {
                        self.keep_problem(object, ProblemKind::TooLarge, detail.clone());
                    }
                    self.passed(object);
                    files.push(paths.log_file(object, content));
                }
                None => unread.push(object.clone()),
            }
        }
        files.extend(self.unknown_log_files(&unread, paths));
        files
    }

    fn unknown_log_files(&self, objects: &[Object], paths: &Paths<'_>) -> Vec<FoundLogFile> {
        self.each(objects, |object, fetch| {
            paths.log_file(object, self.content_hash(object, fetch))
        })
    }

    fn content_hash(&self, object: &Object, fetch: &mut dyn Fetch) -> ContentHash {
        let (content, _) = self.content(object, fetch)?;
        let hash = Sha256::of_bytes(&content);
        give_back(content);
        Ok(hash)
    }

    /// Adds the metadata in files beside digests. Files beside anything else prove nothing.
    fn sidecars(&self, objects: &[Object], digests: &mut [ReadDigest]) {
        let read = self.each(&beside(objects, digests), |object, fetch| {
            Some((object.key.to_string(), self.sidecar(object, fetch)?))
        });
        let mut read: HashMap<String, ObjectMetadata> = read.into_iter().flatten().collect();
        for digest in digests {
            let keys = sidecar_keys(&digest.object.key);
            digest
                .metadata
                .extend(keys.filter_map(|key| read.remove(&key)));
        }
    }

    /// Reads the metadata in a file beside a digest. Why it cannot be read is kept.
    fn sidecar(&self, object: &Object, fetch: &mut dyn Fetch) -> Option<ObjectMetadata> {
        let (kind, detail) = match fetch.fetch() {
            Ok(fetched) => match only_metadata(&fetched.bytes) {
                Ok(metadata) => return Some(metadata),
                Err(detail) => (ProblemKind::DamagedJson, detail),
            },
            Err(error) => (error.kind(), error.to_string()),
        };
        self.keep_problem(object, kind, format!("it proves no digest: {detail}"));
        None
    }

    /// Reads query results and their signatures.
    pub(super) fn lake_files(&self, objects: &[Object]) -> Vec<ReadLakeFile> {
        self.each(objects, |object, fetch| ReadLakeFile {
            object: object.clone(),
            content: self.lake_content(object, fetch),
        })
    }

    fn lake_content(&self, object: &Object, fetch: &mut dyn Fetch) -> Result<LakeContent, Flaw> {
        let stored = match fetch.fetch() {
            Ok(fetched) => fetched.bytes,
            Err(error) => return Err(self.unread(object, error.kind(), error.to_string())),
        };
        if !object.key.ends_with(SIGNATURE_FILE) {
            // A signature has the hash of the file as it is stored, compressed.
            return Ok(LakeContent::Results(Sha256::of_bytes(&stored)));
        }
        let signature = LakeSignature::parse(&stored);
        let signature = signature.map_err(|error| Flaw::Damaged(error.to_string()))?;
        Ok(LakeContent::Signature(signature))
    }

    fn digest(&self, object: &Object, fetch: &mut dyn Fetch) -> ReadDigest {
        let mut metadata = attributes(object);
        let content = self.content(object, fetch);
        let content = content.and_then(|(content, of_s3)| {
            metadata.extend(of_s3);
            digest_content(&content)
        });
        ReadDigest {
            object: object.clone(),
            content,
            metadata: vec![metadata],
        }
    }

    /// Reads the content of an object, and the metadata that S3 keeps beside it.
    fn content(
        &self,
        object: &Object,
        fetch: &mut dyn Fetch,
    ) -> Result<(ContentBytes, HashMap<String, String>), Flaw> {
        let mut content = self.unpacked(object, fetch.fetch());
        // The checksum of the compression reveals damage in transit.
        while matches!(content, Err(Flaw::Damaged(_)))
            && let Some(again) = fetch.fetch_again()
        {
            content = self.unpacked(object, again);
        }
        self.passed(object);
        content
    }

    /// Announces that an object is done.
    fn passed(&self, object: &Object) {
        (self.progress)(ProgressEvent::Scanned {
            bytes: object.stored_bytes.unwrap_or_default(),
        });
    }

    fn unpacked(
        &self,
        object: &Object,
        fetched: Result<ObjectBytes, ReadError>,
    ) -> Result<(ContentBytes, HashMap<String, String>), Flaw> {
        let fetched = match fetched {
            Ok(fetched) => fetched,
            Err(error) => return Err(self.unread(object, error.kind(), error.to_string())),
        };
        match hashed_content(fetched.bytes, self.limits) {
            Ok(content) => Ok((content, fetched.metadata)),
            Err(Flaw::Unread(detail)) => Err(self.unread(object, ProblemKind::TooLarge, detail)),
            Err(damaged) => Err(damaged),
        }
    }

    /// Keeps the reason for which an object could not be read.
    fn unread(&self, object: &Object, kind: ProblemKind, detail: String) -> Flaw {
        self.keep_problem(object, kind, detail.clone());
        Flaw::Unread(detail)
    }

    fn keep_problem(&self, object: &Object, kind: ProblemKind, detail: String) {
        let problem = Problem::of_object(object.key.clone(), kind, detail);
        let mut problems = self.problems.lock().unwrap_or_else(PoisonError::into_inner);
        problems.push(problem);
    }

    /// Reads objects on all threads.
    fn each<T: Send>(
        &self,
        objects: &[Object],
        read: impl Fn(&Object, &mut dyn Fetch) -> T + Sync,
    ) -> Vec<T> {
        let all = Mutex::new(Vec::with_capacity(objects.len()));
        let options = ReadOptions {
            limits: self.limits,
            is_wanted: &|_| true,
        };
        self.archive.pool.install(|| {
            // Each source reads the objects that it holds, and passes over those of the others.
            for source in self.archive.places() {
                // No visit ends the reading early.
                let mut all_at_once = iter::once(Cow::Borrowed(objects));
                let _ = source.read_all(&mut all_at_once, &options, &|object, fetch| {
                    let one = read(object, fetch);
                    all.lock().unwrap_or_else(PoisonError::into_inner).push(one);
                    ControlFlow::Continue(())
                });
            }
        });
        all.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns the objects that are beside digests.
fn beside(objects: &[Object], digests: &[ReadDigest]) -> Vec<Object> {
    let digests: HashSet<&str> = digests.iter().map(|digest| &*digest.object.key).collect();
    let is_beside = |key: &str| digest_key(key).is_some_and(|digest| digests.contains(digest));
    let beside = objects.iter().filter(|object| is_beside(&object.key));
    beside.cloned().collect()
}

/// Returns the metadata of the only object that a file describes.
fn only_metadata(bytes: &[u8]) -> Result<ObjectMetadata, String> {
    let manifest = Manifest::parse(bytes).map_err(|error| error.to_string())?;
    match <[_; 1]>::try_from(manifest.entries) {
        Ok([entry]) => Ok(entry.metadata),
        Err(entries) => Err(format!("it describes {} objects, not one", entries.len())),
    }
}

/// Returns the metadata of S3 that was kept with a file.
fn attributes(object: &Object) -> ObjectMetadata {
    let Some(path) = object.path() else {
        return ObjectMetadata::new();
    };
    let kept = METADATA.into_iter();
    let kept = kept.filter_map(|name| Some((name.to_owned(), user_attribute(path, name)?)));
    kept.collect()
}

fn digest_content(content: &[u8]) -> Result<DigestContent, Flaw> {
    match Digest::parse(content) {
        Ok(digest) => Ok(DigestContent {
            hash: Sha256::of_bytes(content),
            digest,
        }),
        Err(error) => Err(Flaw::Damaged(error.to_string())),
    }
}
