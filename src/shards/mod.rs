//! Shards: the objects of an archive, listed once and divided, so that many machines can scan them.
//!
//! ```text
//! PLAN/plan.json              what is looked for, the listing, and totals; written last
//! PLAN/shards.jsonl           one line for each shard
//! PLAN/keys/<id>.parquet      the objects of a shard, in the order of their keys
//! PLAN/known.jsonl            if digests are planned: the objects that a ledger knows already
//! PLAN/known/<number>.parquet
//! PARTS/shard-<id>/shard.json the numbers of a shard that was scanned, and its parts
//! PARTS/shard-<id>/part-…     its parts, as a ledger has them
//! ```
//!
//! Shards do not overlap, and each is named by what it holds. So whichever machine scans a shard,
//! however often, it writes the same bytes under the same name, and a merge takes the parts as they
//! are.

mod beside;
mod draft;
mod error;
mod known;
mod merge;
mod object;
mod part;
mod parts_folder;
mod plan;
mod shard;
mod write;

pub use beside::folder_beside;
pub use draft::{PlanDraft, ShardLimits};
pub use error::ShardError;
pub use known::KnownKeys;
pub use merge::{MergeOutcome, PartsMerge, UnprovenPart};
pub use object::PlannedObject;
pub use part::{PlacedPart, ShardLine, ShardPart};
pub use parts_folder::PartsFolder;
pub use plan::{PlanFiles, PlanFolder, PlanLine, PlanManifest, PlannedLedger, ShardPlan};
pub use shard::Shard;
pub use write::write_below;
