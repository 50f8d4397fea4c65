//! The making of a plan from objects in the order of their keys, of which only those of one shard
//! are in memory.

use std::path::{Path, PathBuf};
use std::{fs, io, mem};

use serde::Serialize;
use tempfile::TempDir;

use super::beside::folder_beside;
use super::plan::{KNOWN, PLAN, PlanTexts, SHARDS};
use super::write::write_below;
use super::{KnownKeys, PlanManifest, PlannedLedger, PlannedObject, Shard, ShardError, object};
use crate::cloudtrail::Deliveries;
use crate::cloudtrail::key::{ObjectKey, ObjectKind};
use crate::ledger::{ListingRecord, Scope};
use crate::source::{Object, RemoteObject};

/// The limits of a shard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShardLimits {
    /// The most objects.
    pub objects: u64,
    /// The most bytes, unless a single object has more.
    pub bytes: u64,
}

impl Default for ShardLimits {
    fn default() -> Self {
        Self {
            objects: 100_000,
            bytes: 1 << 30,
        }
    }
}

/// A plan that is being made.
#[derive(Debug)]
pub struct PlanDraft {
    place: PathBuf,
    /// The folder of the plan until it is complete. It is removed if that never happens.
    folder: TempDir,
    limits: ShardLimits,
    manifest: PlanManifest,
    open: OpenShard,
    texts: PlanTexts,
    /// The deliveries of the digests.
    digests: Deliveries,
    last_key: Option<String>,
    known: OpenKnown,
}

/// The shard that is being filled.
#[derive(Debug, Default)]
struct OpenShard {
    objects: Vec<PlannedObject>,
    bytes: u64,
    digests: u64,
    deliveries: Deliveries,
}

/// The objects that a ledger knows, as far as they are not written.
#[derive(Debug, Default)]
struct OpenKnown {
    objects: Vec<PlannedObject>,
    deliveries: Deliveries,
    /// The deliveries whose objects are kept, once they are known.
    window: Option<Deliveries>,
    files: usize,
    count: u64,
}

impl PlanDraft {
    /// Begins a plan at `path` for what is looked for and was listed. Paths that are not absolute
    /// begin in `folder`.
    ///
    /// # Errors
    ///
    /// Returns an error if there is something at the path, or nothing can be written there.
    pub fn begin(
        path: &Path,
        limits: ShardLimits,
        scope: &Scope,
        listing: ListingRecord,
        folder: PathBuf,
    ) -> Result<Self, ShardError> {
        if !is_free(path) {
            return Err(ShardError::Occupied(path.to_owned()));
        }
        Ok(Self {
            place: path.to_owned(),
            folder: folder_beside(path, ".plan-")?,
            limits,
            manifest: PlanManifest::new(scope, listing, folder),
            open: OpenShard::default(),
            texts: PlanTexts::default(),
            digests: Deliveries::default(),
            last_key: None,
            known: OpenKnown::default(),
        })
    }

    /// Adds an object that is to be read. Objects come in the order of their keys, each once.
    ///
    /// # Errors
    ///
    /// Returns an error if the object cannot be planned, or nothing can be written.
    pub fn add(&mut self, object: &Object) -> Result<(), ShardError> {
        self.check_order(&object.key)?;
        let planned = PlannedObject::from_object(object)?;
        if !self.open.has_room_for(&planned, self.limits) {
            self.close_shard()?;
        }
        self.last_key = Some(object.key.to_string());
        let is_archived = object.remote().is_some_and(RemoteObject::is_archived);
        self.manifest.archived += u64::from(is_archived);
        let key = ObjectKey::parse(&planned.key);
        if key.kind == ObjectKind::Digest {
            self.digests.add(&key);
        }
        self.open.add(planned, &key);
        Ok(())
    }

    // The parts of one scan are not compared, so a key that came twice would count twice.
    fn check_order(&self, key: &str) -> Result<(), ShardError> {
        match self.last_key.as_deref() {
            Some(last) if last >= key => Err(ShardError::Order(key.to_owned())),
            _ => Ok(()),
        }
    }

    /// Adds an object that a ledger knows, after all that are to be read. It is kept if a digest
    /// may list it.
    ///
    /// # Errors
    ///
    /// Returns an error if nothing can be written.
    pub fn add_known(&mut self, object: &Object) -> Result<(), ShardError> {
        self.known.count += 1;
        if self.digests.is_empty() {
            return Ok(());
        }
        let key = ObjectKey::parse(&object.key);
        self.known.deliveries.add(&key);
        // A digest lists what was delivered within the hour before it.
        let window = self
            .known
            .window
            .get_or_insert_with(|| self.digests.with_neighbouring_days());
        if !window.includes(&key) {
            return Ok(());
        }
        self.known.objects.push(PlannedObject::from_object(object)?);
        match self.known.objects.len() as u64 >= self.limits.objects {
            true => self.close_known(),
            false => Ok(()),
        }
    }

    /// Completes the plan. The parts of the ledger whose objects it leaves out, if there is one,
    /// have these names.
    ///
    /// # Errors
    ///
    /// Returns an error if it cannot be written.
    pub fn finish(mut self, ledger: Option<Vec<String>>) -> Result<PlanManifest, ShardError> {
        self.close_shard()?;
        self.finish_known()?;
        let count = self.known.count;
        self.manifest.ledger = ledger.map(|parts| PlannedLedger::new(count, parts));
        self.manifest.add_hashes(&self.texts);
        // The manifest comes last: it has the hashes of the other files.
        self.write(SHARDS, self.texts.shards.as_bytes())?;
        if let Some(known) = &self.texts.known {
            self.write(KNOWN, known.as_bytes())?;
        }
        // The folder is renamed only when all is in it, so nobody ever opens half of a plan.
        let text = serde_json::to_string_pretty(&self.manifest);
        let text = text.map_err(|error| self.failed(error.into()))? + "\n";
        self.write(PLAN, text.as_bytes())?;
        self.publish()?;
        Ok(self.manifest)
    }

    fn publish(&mut self) -> Result<(), ShardError> {
        let own = self.folder.path();
        // An empty folder may be there, and not every system renames onto it.
        let _ = fs::remove_dir(&self.place);
        fs::rename(own, &self.place).map_err(|error| ShardError::io(&self.place, error))?;
        self.folder.disable_cleanup(true);
        Ok(())
    }

    fn close_shard(&mut self) -> Result<(), ShardError> {
        let open = mem::take(&mut self.open);
        let Some(shard) = open.shard(&self.manifest) else {
            return Ok(());
        };
        let bytes = object::to_bytes(&open.objects);
        let bytes = bytes.map_err(|detail| ShardError::plan(&self.place, detail))?;
        self.write(&shard.keys_file(), &bytes)?;
        self.manifest.shards += 1;
        self.manifest.objects += shard.objects;
        self.manifest.bytes = self.manifest.bytes.saturating_add(shard.bytes);
        let line = line(&shard).map_err(|error| self.failed(error))?;
        self.texts.shards.push_str(&line);
        Ok(())
    }

    /// Writes the known objects that are kept.
    fn close_known(&mut self) -> Result<(), ShardError> {
        let objects = mem::take(&mut self.known.objects);
        if objects.is_empty() {
            return Ok(());
        }
        let file = KnownKeys::file_name(self.known.files);
        self.known.files += 1;
        let bytes = object::to_bytes(&objects);
        let bytes = bytes.map_err(|detail| ShardError::plan(&self.place, detail))?;
        self.write(&file, &bytes)?;
        let keys = objects.iter().map(|object| &*object.key);
        self.push_known(Some(file), keys.collect())
    }

    fn finish_known(&mut self) -> Result<(), ShardError> {
        self.close_known()?;
        if !self.known.deliveries.is_empty() {
            let all = mem::take(&mut self.known.deliveries);
            self.push_known(None, all)?;
        }
        Ok(())
    }

    fn push_known(
        &mut self,
        file: Option<String>,
        deliveries: Deliveries,
    ) -> Result<(), ShardError> {
        let line = line(&KnownKeys { file, deliveries }).map_err(|error| self.failed(error))?;
        self.texts.known.get_or_insert_default().push_str(&line);
        Ok(())
    }

    /// Writes a file of the plan.
    fn write(&self, file: &str, bytes: &[u8]) -> Result<(), ShardError> {
        write_below(self.folder.path(), file, bytes)
    }

    fn failed(&self, error: io::Error) -> ShardError {
        ShardError::io(&self.place, error)
    }
}

impl OpenShard {
    fn has_room_for(&self, object: &PlannedObject, limits: ShardLimits) -> bool {
        let bytes = self.bytes.saturating_add(object.stored_bytes());
        let objects = self.objects.len() as u64;
        // An object that is larger than the limit has a shard of its own.
        objects == 0 || (objects < limits.objects && bytes <= limits.bytes)
    }

    fn add(&mut self, object: PlannedObject, key: &ObjectKey) {
        self.bytes = self.bytes.saturating_add(object.stored_bytes());
        match key.kind {
            ObjectKind::Digest => self.digests += 1,
            _ => self.deliveries.add(key),
        }
        self.objects.push(object);
    }

    /// Returns the line of the shard, which is the next one of a plan.
    fn shard(&self, plan: &PlanManifest) -> Option<Shard> {
        let (first, last) = (self.objects.first()?, self.objects.last()?);
        let keys_sha256 = object::contents_sha256(&self.objects);
        Some(Shard {
            shard: plan.shards,
            id: Shard::identifier(&plan.scope.fingerprint, &keys_sha256),
            objects: self.objects.len() as u64,
            bytes: self.bytes,
            first_key: first.key.to_string(),
            last_key: last.key.to_string(),
            keys_sha256,
            digests: self.digests,
            deliveries: self.deliveries.clone(),
        })
    }
}

/// Returns a value as a line of JSON.
fn line(value: &impl Serialize) -> io::Result<String> {
    Ok(serde_json::to_string(value)? + "\n")
}

/// Returns whether a folder may be created at a path: there is nothing, or an empty folder.
fn is_free(path: &Path) -> bool {
    match fs::read_dir(path) {
        Ok(mut entries) => entries.next().is_none(),
        Err(_) => !path.exists(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::Timestamp;

    use super::*;
    use crate::container::Limits;
    use crate::plan::{Job, Plan, Selection};
    use crate::shards::{PlanFolder, ShardPlan};

    #[test]
    fn sizes_that_no_archive_has_add_up_to_the_largest_number() {
        let plan = Plan::new(vec![Job::custom("x")], Selection::default()).expect("a plan");
        let scope = Scope::from_plan(&plan, &Limits::default()).expect("a scope");
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("plan");
        let listing = ListingRecord::new(vec!["a".to_owned()], Timestamp::UNIX_EPOCH, &[]);
        let limits = ShardLimits::default();
        let draft = PlanDraft::begin(&path, limits, &scope, listing, folder.path().to_owned());
        let mut draft = draft.expect("a draft");
        for key in ["a", "b", "c"] {
            let object = Object {
                stored_bytes: Some(i64::MAX as u64),
                ..Object::example(key)
            };
            draft.add(&object).expect("an object");
        }
        assert_eq!(draft.finish(None).expect("a plan").bytes, u64::MAX);
        // The totals are compared with the shards.
        let opened = ShardPlan::open(Arc::new(PlanFolder::new(&path))).expect("a plan");
        assert_eq!(opened.shards.len(), 3);
    }
}
