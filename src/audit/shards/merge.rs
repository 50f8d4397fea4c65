//! The merging of the parts of shards.

use std::path::PathBuf;
use std::sync::Arc;

use super::bucket::{BucketFolder, Buckets, open_plan};
use crate::audit::{AuditError, start_threads};
use crate::shards::{MergeOutcome, PartsFolder, PartsMerge, ShardError, folder_beside};
use crate::source::s3::S3Options;

/// The parts of a plan, and the ledger that they become.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct ShardMerge {
    /// The plan: a folder, or one of a bucket.
    pub plan: PathBuf,
    /// The parts: a folder, or one of a bucket.
    pub parts: PathBuf,
    /// The ledger whose objects the plan leaves out.
    pub base: Option<PathBuf>,
    /// The new ledger.
    pub out: PathBuf,
    /// The way to reach S3.
    pub s3: S3Options,
}

/// Merges the parts of all shards of a plan into a ledger.
///
/// # Errors
///
/// Returns an error if the plan or a bucket cannot be read, the base is another ledger, or the new
/// one cannot be written.
pub fn merge_shards(merge: &ShardMerge) -> Result<MergeOutcome, AuditError> {
    let buckets = Arc::new(Buckets::new(merge.s3.clone()));
    let plan = open_plan(&merge.plan, &buckets)?;
    let pool = start_threads(None).map_err(ShardError::threads)?;
    // Before anything is downloaded, since there may be much.
    let begun = pool.install(|| PartsMerge::new(&plan, merge.base.as_deref(), &merge.out))?;
    let Some(bucket) = BucketFolder::parse(&merge.parts, &buckets) else {
        return Ok(pool.install(|| begun.merge(&PartsFolder::new(&merge.parts)))?);
    };
    // Beside the ledger, so that it can have the same files.
    let copies = folder_beside(&merge.out, ".parts-")?;
    bucket.download(&plan, copies.path())?;
    Ok(pool.install(|| begun.merge(&PartsFolder::new(copies.path())))?)
}
