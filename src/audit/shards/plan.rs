//! The planning of shards.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::audit::archive::Archive;
use crate::audit::{Audit, AuditError};
use crate::ledger::{ListingRecord, Scope};
use crate::shards::{PlanDraft, PlanManifest, ShardError, ShardLimits};
use crate::time::period::to_microsecond;

/// The options of a plan.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct ShardPlanOptions {
    /// The limits of a shard.
    pub limits: ShardLimits,
    /// The place that objects are taken from.
    pub objects_from: ObjectsFrom,
}

/// The place that the objects of a plan are taken from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ObjectsFrom {
    /// The paths of the audit, which are listed.
    #[default]
    Paths,
    /// An inventory of S3, by the path or address of its manifest. Paths select the objects of it
    /// that are taken; without any, all are.
    Inventory(PathBuf),
    /// A list of objects, by its path; `-` is standard input. A path, if there is one, is the
    /// bucket of keys without one.
    List(PathBuf),
}

impl ShardPlanOptions {
    /// Creates the options of a plan.
    pub fn new(limits: ShardLimits, objects_from: ObjectsFrom) -> Self {
        Self {
            limits,
            objects_from,
        }
    }
}

impl Audit {
    /// Lists the objects of the archive, and writes a plan at `path` that divides those that the
    /// ledger does not know into shards.
    ///
    /// # Errors
    ///
    /// Returns an error if a path cannot be listed, the ledger was scanned for something else or is
    /// damaged, or the plan cannot be written.
    pub fn plan_shards(
        &self,
        path: &Path,
        options: &ShardPlanOptions,
    ) -> Result<PlanManifest, AuditError> {
        let scope = self.shard_scope()?;
        let target = PlanTarget {
            path,
            limits: options.limits,
            scope: &scope,
        };
        match &options.objects_from {
            ObjectsFrom::Paths => self.plan_paths(target),
            ObjectsFrom::Inventory(manifest) => self.plan_inventory(manifest, target),
            ObjectsFrom::List(list) => self.plan_list(list, target),
        }
    }

    fn plan_paths(&self, target: PlanTarget<'_>) -> Result<PlanManifest, AuditError> {
        // Before the listing, so that no object is newer than its reading.
        let listed_at = to_microsecond(Timestamp::now());
        let archive = self.list()?;
        let listing = ListingRecord::new(self.given_sources(), listed_at, &archive.problems);
        target.write(archive, listing)
    }

    /// Returns the scope of scans of the shards.
    fn shard_scope(&self) -> Result<Scope, AuditError> {
        if self.paths.iter().any(|path| path == Path::new("-")) {
            return Err(ShardError::StandardInput.into());
        }
        if self.plan.has_groups_of_defaults() {
            return Err(AuditError::GroupsOfDefaults);
        }
        let scope = Scope::from_plan(&self.plan, &self.limits).map_err(AuditError::Plan)?;
        // A scan makes its plan of the scope, so one that cannot is found out now.
        scope.scan_plan().map_err(AuditError::Plan)?;
        Ok(scope)
    }
}

/// The place of a new plan, and what it is for.
#[derive(Clone, Copy)]
pub(super) struct PlanTarget<'a> {
    path: &'a Path,
    limits: ShardLimits,
    scope: &'a Scope,
}

impl PlanTarget<'_> {
    /// Writes a plan of the objects of an archive.
    ///
    /// # Errors
    ///
    /// Returns an error if the ledger is damaged, or the plan cannot be written.
    pub(super) fn write(
        self,
        archive: Archive<'_>,
        listing: ListingRecord,
    ) -> Result<PlanManifest, AuditError> {
        let folder = std::env::current_dir().map_err(|source| AuditError::Path {
            path: ".".into(),
            source,
        })?;
        let draft = PlanDraft::begin(self.path, self.limits, self.scope, listing, folder)?;
        archive.add_to(draft)
    }
}

impl Archive<'_> {
    /// Adds the objects to a plan, and completes it.
    fn add_to(mut self, mut draft: PlanDraft) -> Result<PlanManifest, AuditError> {
        for batch in self.objects.unread() {
            for object in batch?.iter() {
                draft.add(object)?;
            }
        }
        // After the others, whose digests decide which known objects the plan needs.
        for batch in self.objects.known() {
            for object in batch?.iter() {
                draft.add_known(object)?;
            }
        }
        let ledger = self.ledger.take();
        let parts = ledger.map(|ledger| ledger.sound_parts()).transpose()?;
        Ok(draft.finish(parts)?)
    }
}
