//! The part of a shard: a folder with the parts of a ledger, and what proves that they are those of
//! the shard.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Shard, ShardError, ShardPlan};
use crate::integrity::Sha256;
use crate::ledger::{ContentsHash, LedgerError, OrderedParts, check_sizes, prove_part};
use crate::text::counted;

/// The file with the numbers of a shard. A folder without it is not a part.
// It comes last, on disk as in a bucket, so that nothing looks like a part before it is one.
const MANIFEST: &str = "shard.json";

/// The content of `shard.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ShardManifest {
    /// The version of the program that scanned the shard.
    version: String,
    id: String,
    fingerprint: String,
    /// The time at which the plan was made, which tells it from other plans.
    planned_at: Timestamp,
    objects: u64,
    keys_sha256: String,
    objects_failed: u64,
    records: u64,
    attempts: u64,
    /// The number of objects that were not delivered, and were given up.
    given_up: u64,
    /// The names of the parts of a ledger, in the order of their keys.
    parts: Vec<String>,
}

/// The part of a shard, as it was found or written.
#[derive(Clone, Debug)]
pub struct ShardPart {
    path: PathBuf,
    manifest: ShardManifest,
    /// The manifest as it is in its file.
    text: Vec<u8>,
    sha256: String,
}

/// What is in the place of the part of a shard.
#[derive(Clone, Debug)]
pub enum PlacedPart {
    /// The part, which is proven to hold every object of the shard.
    Proven(Box<ShardPart>),
    /// A part that is damaged or of something else, as described.
    Damaged(String),
    /// Nothing.
    Missing,
}

/// The reason why a part is not proven.
#[derive(Debug)]
enum NotProven {
    /// It is damaged or of something else, as described.
    Damaged(String),
    /// It cannot be read, which says nothing of its content.
    Unreadable(ShardError),
}

/// A line that says where the part of a shard is, with its numbers.
#[derive(Clone, Debug, Serialize)]
pub struct ShardLine<'a> {
    /// The number of the shard.
    pub shard: usize,
    /// Its identifier.
    pub id: &'a str,
    /// The place of the part.
    pub part: String,
    /// The hash of its manifest, which has the hashes of everything in it.
    pub sha256: &'a str,
    /// The number of objects.
    pub objects: u64,
    /// The number of objects that were not read in full.
    pub objects_failed: u64,
    /// The number of records.
    pub records: u64,
    /// The number of records that a rule selected.
    pub attempts: u64,
    /// True if the part was there already.
    pub found: bool,
}

impl From<LedgerError> for NotProven {
    fn from(error: LedgerError) -> Self {
        match error.is_damage() {
            true => Self::Damaged(error.to_string()),
            false => Self::Unreadable(error.into()),
        }
    }
}

impl ShardManifest {
    /// Returns the manifest of the shard of a plan with these parts.
    pub(super) fn new(plan: &ShardPlan, shard: &Shard, parts: OrderedParts) -> Self {
        Self {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            id: shard.id.clone(),
            fingerprint: plan.manifest.scope.fingerprint.clone(),
            planned_at: plan.manifest.planned_at(),
            objects: shard.objects,
            keys_sha256: shard.keys_sha256.clone(),
            objects_failed: parts.objects_failed,
            records: parts.records,
            attempts: parts.attempts,
            given_up: parts.transient,
            parts: parts.names,
        }
    }

    /// Writes the manifest of a part, which has all of its files then. Returns it as it is written.
    ///
    /// # Errors
    ///
    /// Returns an error if it cannot be written.
    pub(super) fn write(&self, folder: &Path) -> Result<Vec<u8>, ShardError> {
        let path = folder.join(MANIFEST);
        let text = serde_json::to_vec_pretty(self).map_err(io::Error::from);
        let written = text.and_then(|mut text| {
            text.push(b'\n');
            fs::write(&path, &text).map(|()| text)
        });
        written.map_err(|error| ShardError::io(&path, error))
    }

    /// Checks that this is the manifest of a shard of a plan.
    fn check(&self, plan: &ShardPlan, shard: &Shard) -> Result<(), String> {
        if !self.is_of_shard(plan, shard) {
            return Err("it is the part of another shard".to_owned());
        }
        // Names become paths.
        if !self.parts.iter().all(|name| is_part_name(name)) {
            return Err(format!("{MANIFEST} names something that is not a part"));
        }
        // Digests were compared with the objects of the plan that the part was scanned for, and
        // what was not read then may be read now.
        let is_of_plan = self.planned_at == plan.manifest.planned_at();
        match (is_of_plan, shard.digests, self.objects_failed) {
            (true, ..) | (_, 0, 0) => Ok(()),
            (_, 0, _) => Err("it has objects that failed, and is of another plan".to_owned()),
            _ => Err("it has digests, and is of another plan".to_owned()),
        }
    }

    fn is_of_shard(&self, plan: &ShardPlan, shard: &Shard) -> bool {
        self.id == shard.id
            && self.fingerprint == plan.manifest.scope.fingerprint
            && self.keys_sha256 == shard.keys_sha256
            && self.objects == shard.objects
    }
}

fn file_names(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    Ok(names)
}

fn is_part_name(name: &str) -> bool {
    let digits = name.strip_prefix("part-");
    digits.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

impl ShardPart {
    /// The name of the file that comes last.
    pub const MANIFEST: &str = MANIFEST;

    /// Opens the part of a shard in a folder, and proves that it holds every object of the shard,
    /// as it was written.
    ///
    /// # Errors
    ///
    /// Returns an error if the part cannot be read, so that it may be whole.
    pub fn prove(path: &Path, plan: &ShardPlan, shard: &Shard) -> Result<PlacedPart, ShardError> {
        let manifest = path.join(MANIFEST);
        let text = match fs::read(&manifest) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Ok(match path.exists() {
                    true => PlacedPart::Damaged(format!("{MANIFEST}: {error}")),
                    false => PlacedPart::Missing,
                });
            }
            Err(error) => return Err(ShardError::io(&manifest, error)),
        };
        match Self::proven(path, &text, plan, shard) {
            Ok(part) => Ok(PlacedPart::Proven(Box::new(part))),
            Err(NotProven::Damaged(detail)) => Ok(PlacedPart::Damaged(detail)),
            Err(NotProven::Unreadable(error)) => Err(error),
        }
    }

    fn proven(
        path: &Path,
        text: &[u8],
        plan: &ShardPlan,
        shard: &Shard,
    ) -> Result<Self, NotProven> {
        let part = Self::parse(path.to_owned(), text, plan, shard);
        let part = part.map_err(NotProven::Damaged)?;
        part.prove_parts(shard)?;
        Ok(part)
    }

    /// Reads the manifest of the part of a shard at `path`, whose other files are not looked at.
    ///
    /// # Errors
    ///
    /// Returns an error if it is damaged or of something else; describes it.
    pub fn parse(
        path: PathBuf,
        text: &[u8],
        plan: &ShardPlan,
        shard: &Shard,
    ) -> Result<Self, String> {
        let manifest = serde_json::from_slice(text);
        let manifest: ShardManifest =
            manifest.map_err(|error| format!("{MANIFEST} is damaged: {error}"))?;
        manifest.check(plan, shard)?;
        Ok(Self::new(path, manifest, text.to_vec()))
    }

    /// Proves that the parts hold the objects of a shard, and nothing else.
    fn prove_parts(&self, shard: &Shard) -> Result<(), NotProven> {
        let (mut contents, mut readings, mut records) = (ContentsHash::default(), 0, 0);
        for path in self.ledger_parts() {
            let proof = prove_part(&path, &self.manifest.fingerprint, &mut contents)?;
            readings += proof.readings;
            records += proof.records;
        }
        if (readings, records) != (self.manifest.objects, self.manifest.records) {
            return Err(NotProven::Damaged(format!(
                "its parts have {} and {}, and {MANIFEST} others",
                counted(readings, "object", "objects"),
                counted(records, "record", "records")
            )));
        }
        match contents.finish() == shard.keys_sha256 {
            true => Ok(()),
            false => {
                let detail = "its objects are not those of the shard";
                Err(NotProven::Damaged(detail.to_owned()))
            }
        }
    }

    /// Checks that every file which the manifest names is there with its size.
    ///
    /// # Errors
    ///
    /// Returns an error if one is not, or cannot be read.
    pub(super) fn check_files(&self) -> Result<(), ShardError> {
        for part in self.ledger_parts() {
            check_sizes(&part).map_err(|error| match error.is_damage() {
                true => ShardError::Vanished(part),
                false => error.into(),
            })?;
        }
        Ok(())
    }

    /// Returns the folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the same part in another place.
    #[must_use]
    pub fn moved_to(self, path: PathBuf) -> Self {
        Self { path, ..self }
    }

    /// Returns the text of the manifest.
    pub fn manifest_text(&self) -> &[u8] {
        &self.text
    }

    /// Returns the names of the parts, which a ledger can have.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.manifest.parts.iter().map(String::as_str)
    }

    /// Returns the files of the parts, below the folder.
    ///
    /// # Errors
    ///
    /// Returns an error if a folder cannot be read.
    pub fn files(&self) -> Result<Vec<String>, ShardError> {
        let mut files = Vec::new();
        for name in self.names() {
            let folder = self.path.join(name);
            let found = file_names(&folder).map_err(|error| ShardError::io(&folder, error))?;
            files.extend(found.iter().map(|file| format!("{name}/{file}")));
        }
        Ok(files)
    }

    /// Returns the folders of the parts of a ledger that it consists of.
    pub fn ledger_parts(&self) -> impl Iterator<Item = PathBuf> {
        self.manifest.parts.iter().map(|name| self.path.join(name))
    }

    /// Returns the line about the part of a shard.
    pub fn line<'a>(&'a self, shard: &'a Shard, found: bool) -> ShardLine<'a> {
        ShardLine {
            shard: shard.shard,
            id: &shard.id,
            part: self.path.to_string_lossy().into_owned(),
            sha256: &self.sha256,
            objects: self.manifest.objects,
            objects_failed: self.manifest.objects_failed,
            records: self.manifest.records,
            attempts: self.manifest.attempts,
            found,
        }
    }

    /// Returns the part at a path, with this manifest and its text.
    pub(super) fn new(path: PathBuf, manifest: ShardManifest, text: Vec<u8>) -> Self {
        Self {
            path,
            manifest,
            sha256: Sha256::of_bytes(&text).to_string(),
            text,
        }
    }
}
