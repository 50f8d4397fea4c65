//! Work on shards: an archive is planned once, its shards are scanned on any machine, and their
//! parts are merged.

mod bucket;
mod choice;
mod inventory;
mod listed;
mod merge;
mod plan;
mod scan;

pub(crate) use choice::{ShardChoice, TaskShards};
pub use merge::{ShardMerge, merge_shards};
pub use plan::{ObjectsFrom, ShardPlanOptions};
pub use scan::{PartsPlace, ShardScanOptions, ShardScanner};
