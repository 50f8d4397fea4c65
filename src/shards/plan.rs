//! A plan: what is looked for, and the shards of what was listed.

use std::fmt::Debug;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::object;
use super::shard::is_zero;
use super::{KnownKeys, PlannedObject, Shard, ShardError};
use crate::integrity::Sha256;
use crate::ledger::{ListingRecord, Scope};
use crate::time::period::to_microsecond;

/// The file with what is looked for.
pub(super) const PLAN: &str = "plan.json";

/// The file with the shards.
pub(super) const SHARDS: &str = "shards.jsonl";

/// The file with the objects that a ledger knows.
pub(super) const KNOWN: &str = "known.jsonl";

/// The kind of plan, which tells it from that of a ledger.
const KIND: &str = "shards";

/// The format of plans.
const FORMAT: u32 = 1;

/// The content of `plan.json`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PlanManifest {
    kind: String,
    format: u32,
    /// The version of the program that made the plan.
    version: String,
    /// The time at which the plan was made. Unlike that of the listing, it differs between plans of
    /// the same inventory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    planned_at: Option<Timestamp>,
    /// The rules, range and limits of the scan, with their fingerprint.
    pub scope: Scope,
    /// The paths as they were given, the time at which they were listed, and the places that could
    /// not be listed.
    pub listing: ListingRecord,
    /// The folder in which the plan was made, which paths that are not absolute begin in.
    pub folder: PathBuf,
    /// The number of shards.
    pub shards: usize,
    /// The number of objects in them.
    pub objects: u64,
    /// Their size in bytes.
    pub bytes: u64,
    /// The number of objects in storage classes from which they must be restored to be read.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub archived: u64,
    /// The ledger whose objects are left out, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ledger: Option<PlannedLedger>,
    shards_sha256: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    known_sha256: Option<String>,
}

/// The ledger whose objects a plan leaves out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedLedger {
    /// The number of objects that were listed and left out.
    pub objects: u64,
    /// The hash of the names of its parts.
    pub parts_sha256: String,
}

/// A line that says where a plan is, with its numbers. The order of its fields is that of the line.
#[derive(Clone, Debug, Serialize)]
pub struct PlanLine {
    /// The number of objects in storage classes from which they must be restored to be read.
    pub archived: u64,
    /// The size of the objects in bytes.
    pub bytes: u64,
    /// The number of objects that are left out, since a ledger knows them.
    pub known: u64,
    /// The number of objects.
    pub objects: u64,
    /// The folder of the plan.
    pub plan: String,
    /// The number of shards.
    pub shards: usize,
}

/// The lines of the files of a plan, as they are written.
#[derive(Debug, Default)]
pub(super) struct PlanTexts {
    pub(super) shards: String,
    pub(super) known: Option<String>,
}

/// The first fields of `plan.json`.
#[derive(Deserialize)]
struct PlanMarker {
    kind: Option<String>,
    format: Option<u32>,
}

/// The files of a plan, wherever it is.
pub trait PlanFiles: Debug + Send + Sync {
    /// Reads a file; nothing if there is none.
    ///
    /// # Errors
    ///
    /// Returns an error if it cannot be read.
    fn read(&self, file: &str) -> Result<Option<Vec<u8>>, ShardError>;

    /// Returns the place of the plan.
    fn path(&self) -> PathBuf;
}

/// The folder of a plan.
#[derive(Clone, Debug)]
pub struct PlanFolder {
    path: PathBuf,
}

impl PlanFolder {
    /// Returns the folder at a path.
    pub fn new(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
        }
    }
}

impl PlanFiles for PlanFolder {
    fn read(&self, file: &str) -> Result<Option<Vec<u8>>, ShardError> {
        let path = self.path.join(file);
        match fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) => match error.kind() {
                ErrorKind::NotFound | ErrorKind::NotADirectory => Ok(None),
                _ => Err(ShardError::io(&path, error)),
            },
        }
    }

    fn path(&self) -> PathBuf {
        self.path.clone()
    }
}

/// A plan that was made.
#[derive(Clone, Debug)]
pub struct ShardPlan {
    files: Arc<dyn PlanFiles>,
    /// The content of `plan.json`.
    pub manifest: PlanManifest,
    /// The shards, by their numbers.
    pub shards: Vec<Shard>,
}

impl PlannedLedger {
    /// Returns a ledger with parts of these names, of which this number of objects is left out.
    pub fn new(objects: u64, mut parts: Vec<String>) -> Self {
        parts.sort();
        Self {
            objects,
            parts_sha256: Sha256::of_bytes(parts.join("\n").as_bytes()).to_string(),
        }
    }
}

impl PlanManifest {
    /// Returns the record of the listing once every shard was scanned.
    pub(super) fn finished_listing(&self) -> ListingRecord {
        let known = self.ledger.as_ref().map_or(0, |ledger| ledger.objects);
        self.listing
            .clone()
            .with_finished_scan(self.objects + known)
    }

    /// Returns the manifest of a plan without shards.
    pub(super) fn new(scope: &Scope, listing: ListingRecord, folder: PathBuf) -> Self {
        Self {
            kind: KIND.to_owned(),
            format: FORMAT,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            planned_at: Some(to_microsecond(Timestamp::now())),
            scope: scope.of_this_version(),
            listing,
            folder,
            shards: 0,
            objects: 0,
            bytes: 0,
            archived: 0,
            ledger: None,
            shards_sha256: String::new(),
            known_sha256: None,
        }
    }

    /// Returns the line that says that the plan is in this folder.
    pub fn line(&self, folder: &Path) -> PlanLine {
        PlanLine {
            archived: self.archived,
            bytes: self.bytes,
            known: self.ledger.as_ref().map_or(0, |ledger| ledger.objects),
            objects: self.objects,
            plan: folder.to_string_lossy().into_owned(),
            shards: self.shards,
        }
    }

    /// Returns the time at which the plan was made, or listed if only that is known.
    pub(super) fn planned_at(&self) -> Timestamp {
        self.planned_at.unwrap_or(self.listing.listed_at)
    }

    /// Adds the hashes of the other files.
    pub(super) fn add_hashes(&mut self, texts: &PlanTexts) {
        self.shards_sha256 = Sha256::of_bytes(texts.shards.as_bytes()).to_string();
        let known = texts.known.as_ref();
        self.known_sha256 = known.map(|known| Sha256::of_bytes(known.as_bytes()).to_string());
    }

    /// Reads the manifest of a plan.
    fn parse(text: &[u8]) -> Result<Self, String> {
        // Before the rest is read, of which another format may have other fields.
        let marker: PlanMarker = serde_json::from_slice(text).map_err(|error| error.to_string())?;
        if marker.kind.as_deref() != Some(KIND) {
            return Err("it is not a plan of `backtrail plan`".to_owned());
        }
        if marker.format != Some(FORMAT) {
            return Err(format!(
                "this version of backtrail reads plans of format {FORMAT}"
            ));
        }
        let manifest: Self = serde_json::from_slice(text).map_err(|error| error.to_string())?;
        // The scope proves itself by its fingerprint.
        let scope = manifest.scope.text().map_err(|error| error.to_string())?;
        Scope::parse(&scope)?;
        Ok(manifest)
    }
}

impl ShardPlan {
    /// Opens a plan.
    ///
    /// # Errors
    ///
    /// Returns an error if there is none, or it is not as it was written.
    pub fn open(files: Arc<dyn PlanFiles>) -> Result<Self, ShardError> {
        let manifest = PlanManifest::parse(&read(&*files, PLAN)?);
        let mut plan = Self {
            manifest: manifest.map_err(|detail| ShardError::plan(&files.path(), detail))?,
            files,
            shards: Vec::new(),
        };
        plan.shards = plan.lines(SHARDS, &plan.manifest.shards_sha256)?;
        match plan.has_totals_of_shards() {
            true => Ok(plan),
            false => Err(plan.failed("its totals and identifiers are not those of its shards")),
        }
    }

    /// Returns the error of this plan.
    fn failed(&self, detail: impl ToString) -> ShardError {
        ShardError::plan(&self.files.path(), detail)
    }

    /// Returns the shard with a number or an identifier.
    ///
    /// # Errors
    ///
    /// Returns an error if there is none.
    pub fn shard(&self, name: &str) -> Result<&Shard, ShardError> {
        let by_id = || self.shards.iter().find(|shard| shard.id == name);
        let by_number = || self.shards.get(name.parse::<usize>().ok()?);
        by_id()
            .or_else(by_number)
            .ok_or_else(|| ShardError::NoShard {
                shard: name.to_owned(),
                shards: self.shards.len(),
            })
    }

    /// Returns the objects of a shard, in the order of their keys.
    ///
    /// # Errors
    ///
    /// Returns an error if they are not those that were planned.
    pub fn objects(&self, shard: &Shard) -> Result<Vec<PlannedObject>, ShardError> {
        let file = shard.keys_file();
        let objects = self.read_objects(&file)?;
        match object::contents_sha256(&objects) == shard.keys_sha256 {
            true => Ok(objects),
            false => Err(self.failed(format!("{file} was changed"))),
        }
    }

    /// Returns the objects in a file of the plan.
    ///
    /// # Errors
    ///
    /// Returns an error if the file cannot be read.
    pub fn read_objects(&self, file: &str) -> Result<Vec<PlannedObject>, ShardError> {
        let objects = object::from_bytes(read(&*self.files, file)?);
        objects.map_err(|detail| self.failed(format!("{file}: {detail}")))
    }

    /// Returns the lines about the objects that a ledger knows, if digests may list them.
    ///
    /// # Errors
    ///
    /// Returns an error if they are not as they were written.
    pub fn known(&self) -> Result<Vec<KnownKeys>, ShardError> {
        match &self.manifest.known_sha256 {
            Some(hash) => self.known_lines(hash),
            None => Ok(Vec::new()),
        }
    }

    fn known_lines(&self, hash: &str) -> Result<Vec<KnownKeys>, ShardError> {
        let known: Vec<KnownKeys> = self.lines(KNOWN, hash)?;
        let mut files = known.iter().filter_map(|keys| keys.file.as_deref());
        match files.all(KnownKeys::is_file_name) {
            true => Ok(known),
            false => Err(self.failed(format!("{KNOWN} names a file that is not one of the plan"))),
        }
    }

    fn has_totals_of_shards(&self) -> bool {
        let numbers = |number: fn(&Shard) -> u64| self.shards.iter().map(number);
        // Sizes come from others, and lines may claim anything.
        let sum = |number| numbers(number).fold(0, u64::saturating_add);
        let mut numbered = self.shards.iter().enumerate();
        let fingerprint = &self.manifest.scope.fingerprint;
        // Identifiers become names of files and folders.
        numbered.all(|(number, shard)| shard.is_numbered(number, fingerprint))
            && self.shards.len() == self.manifest.shards
            && sum(|shard| shard.objects) == self.manifest.objects
            && sum(|shard| shard.bytes) == self.manifest.bytes
    }

    /// Reads a file of lines of JSON, which must have this hash.
    fn lines<T: DeserializeOwned>(&self, file: &str, hash: &str) -> Result<Vec<T>, ShardError> {
        let failed = |detail: String| self.failed(format!("{file} {detail}"));
        let bytes = read(&*self.files, file)?;
        if Sha256::of_bytes(&bytes).to_string() != hash {
            return Err(failed("was changed".to_owned()));
        }
        parse_lines(&bytes).map_err(|error| failed(format!("is damaged: {error}")))
    }
}

/// Reads a file of a plan, which must be there.
fn read(plan: &dyn PlanFiles, file: &str) -> Result<Vec<u8>, ShardError> {
    // The other files are named by the manifest, so one that is not there is damage.
    let missing = || ShardError::plan(&plan.path(), format!("it has no {file}"));
    plan.read(file)?.ok_or_else(missing)
}

fn parse_lines<T: DeserializeOwned>(text: &[u8]) -> serde_json::Result<Vec<T>> {
    let lines = serde_json::Deserializer::from_slice(text);
    lines.into_iter().collect()
}
