//! The merging of the parts of all shards into a ledger, which takes them as they are.

use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde::Serialize;

use super::{PartsFolder, PlacedPart, PlannedLedger, Shard, ShardError, ShardPart, ShardPlan};
use crate::ledger::{
    Ledger, ListingRecord, Purpose, adopt_parts, check_free, check_part, part_names,
};

const NO_BASE: &str = "the plan leaves out the objects of a ledger: give it with --base, so that \
                       they are merged, too";

const FURTHER_BASE: &str = "the plan leaves out no objects of a ledger: leave out --base, or merge \
                            the ledgers afterwards";

const OTHER_BASE: &str = "the ledger of --base has other parts than when the plan was made: give \
                          that ledger as it was, or make the plan again";

/// The result of a merge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MergeOutcome {
    /// Every shard has its part, and the ledger was written.
    Complete,
    /// Some shards have none, and nothing was written.
    Incomplete(Vec<UnprovenPart>),
}

/// A shard whose part is not proven.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UnprovenPart {
    /// The number of the shard.
    pub shard: usize,
    /// Its identifier.
    pub id: String,
    /// True if there is a part.
    pub damaged: bool,
    /// A description.
    pub detail: String,
}

/// The merging of the parts of all shards of a plan into a ledger, with the parts of the ledger
/// whose objects the plan leaves out.
pub struct PartsMerge<'a> {
    plan: &'a ShardPlan,
    base: Base,
    out: &'a Path,
}

impl<'a> PartsMerge<'a> {
    /// Begins to merge into a ledger at `out`, on the threads of the pool that this is called in.
    /// Nothing is written yet.
    ///
    /// # Errors
    ///
    /// Returns an error if there is something at `out`, or the ledger that the plan leaves out the
    /// objects of is not given or is another one.
    pub fn new(
        plan: &'a ShardPlan,
        base: Option<&Path>,
        out: &'a Path,
    ) -> Result<Self, ShardError> {
        check_free(out)?;
        let base = Base::open(plan, base)?;
        Ok(Self { plan, base, out })
    }

    /// Merges the parts in a folder, on the threads of the pool that this is called in.
    ///
    /// # Errors
    ///
    /// Returns an error if a part cannot be read, or the ledger cannot be written.
    pub fn merge(self, folder: &PartsFolder) -> Result<MergeOutcome, ShardError> {
        let placed = placed_parts(self.plan, folder);
        let mut parts = self.base.parts;
        let mut unproven = Vec::new();
        for (shard, placed) in self.plan.shards.iter().zip(placed) {
            match placed? {
                PlacedPart::Proven(part) => parts.extend(part.ledger_parts()),
                PlacedPart::Damaged(detail) => unproven.push(UnprovenPart::damaged(shard, detail)),
                PlacedPart::Missing => unproven.push(UnprovenPart::missing(shard)),
            }
        }
        if !unproven.is_empty() {
            return Ok(MergeOutcome::Incomplete(unproven));
        }
        // Nothing is written before each shard has its part, so the scan of the plan is finished.
        let mut listings = self.base.listings;
        listings.push(self.plan.manifest.finished_listing());
        adopt_parts(self.out, &self.plan.manifest.scope, listings, &parts)?;
        Ok(MergeOutcome::Complete)
    }
}

/// Looks for the parts of all shards, so that of several errors it is always the first that is
/// returned.
fn placed_parts(plan: &ShardPlan, folder: &PartsFolder) -> Vec<Result<PlacedPart, ShardError>> {
    let shards = plan.shards.par_iter();
    let placed = shards.map(|shard| ShardPart::prove(&folder.place(shard), plan, shard));
    placed.collect()
}

impl UnprovenPart {
    fn damaged(shard: &Shard, detail: String) -> Self {
        Self {
            shard: shard.shard,
            id: shard.id.clone(),
            damaged: true,
            detail,
        }
    }

    fn missing(shard: &Shard) -> Self {
        Self {
            damaged: false,
            ..Self::damaged(shard, "there is no part".to_owned())
        }
    }
}

/// The parts and listings of the ledger whose objects a plan leaves out.
#[derive(Default)]
struct Base {
    parts: Vec<PathBuf>,
    listings: Vec<ListingRecord>,
}

impl Base {
    /// Opens the ledger at a path, if one is given.
    fn open(plan: &ShardPlan, path: Option<&Path>) -> Result<Self, ShardError> {
        match (&plan.manifest.ledger, path) {
            (None, None) => Ok(Self::default()),
            // The first time, there is no ledger yet.
            (Some(planned), None) if planned.objects == 0 => Ok(Self::default()),
            (Some(_), None) => Err(ShardError::Base(NO_BASE)),
            (None, Some(_)) => Err(ShardError::Base(FURTHER_BASE)),
            (Some(planned), Some(path)) => Self::read(plan, path)?.check_plan(planned),
        }
    }

    fn read(plan: &ShardPlan, path: &Path) -> Result<Self, ShardError> {
        match Ledger::find(path)? {
            Some(ledger) => Self::from_ledger(plan, &ledger),
            None => Ok(Self::default()),
        }
    }

    fn from_ledger(plan: &ShardPlan, ledger: &Ledger) -> Result<Self, ShardError> {
        ledger.check_scope(&plan.manifest.scope, Purpose::Resume)?;
        Ok(Self {
            listings: ledger.settled_listings()?,
            parts: check_sound(ledger.parts()?)?,
        })
    }

    /// Checks that the parts are those that were there when the plan was made.
    fn check_plan(self, planned: &PlannedLedger) -> Result<Self, ShardError> {
        match PlannedLedger::new(planned.objects, part_names(&self.parts)) == *planned {
            true => Ok(self),
            false => Err(ShardError::Base(OTHER_BASE)),
        }
    }
}

/// Checks that the parts of a ledger are as they were written.
fn check_sound(parts: Vec<PathBuf>) -> Result<Vec<PathBuf>, ShardError> {
    parts.par_iter().try_for_each(|part| check_part(part))?;
    Ok(parts)
}
