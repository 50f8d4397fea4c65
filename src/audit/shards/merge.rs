//! The merging of the parts of shards.

use std::path::Path;

use crate::audit::{AuditError, start_threads};
use crate::shards::{MergeOutcome, PartsFolder, ShardPlan, merge_parts};

/// Merges the parts of all shards of a plan into a ledger at `out`, with the ledger `base` whose
/// objects the plan leaves out.
///
/// # Errors
///
/// Returns an error if the plan cannot be read, the base is another ledger, or the new one cannot
/// be written.
pub fn merge_shards(
    plan: &Path,
    parts: &PartsFolder,
    base: Option<&Path>,
    out: &Path,
) -> Result<MergeOutcome, AuditError> {
    let pool = start_threads(None)?;
    let plan = ShardPlan::open(plan)?;
    Ok(pool.install(|| merge_parts(&plan, parts, base, out))?)
}
