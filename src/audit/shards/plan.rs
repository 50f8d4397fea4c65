//! The planning of shards.

use std::path::Path;

use jiff::Timestamp;

use crate::audit::archive::Archive;
use crate::audit::{Audit, AuditError};
use crate::ledger::{ListingRecord, Scope};
use crate::shards::{PlanDraft, PlanManifest, ShardError, ShardLimits};
use crate::time::period::to_microsecond;

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
        limits: ShardLimits,
    ) -> Result<PlanManifest, AuditError> {
        let scope = self.shard_scope()?;
        // Before the listing, so that no object is newer than its reading.
        let listed_at = to_microsecond(Timestamp::now());
        let archive = self.list()?;
        let problems = &archive.problems;
        let listing = ListingRecord::new(self.given_sources(), listed_at, problems);
        let folder = std::env::current_dir().map_err(|source| AuditError::Path {
            path: ".".into(),
            source,
        })?;
        let draft = PlanDraft::begin(path, limits, &scope, listing, folder)?;
        archive.add_to(draft)
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

impl Archive<'_> {
    /// Adds the objects to a plan, and completes it.
    fn add_to(mut self, mut draft: PlanDraft) -> Result<PlanManifest, AuditError> {
        for batch in self.objects.unread() {
            for object in batch?.iter() {
                draft.add(object)?;
            }
        }
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
