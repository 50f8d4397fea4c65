//! The arguments of `backtrail plan`.

use std::path::PathBuf;

use clap::builder::Resettable::Reset;
use clap::{Args, value_parser};

use super::groups::alarm::AlarmArguments;
use super::groups::reading::ReadingArguments;
use super::groups::rules::RuleArguments;
use super::groups::selection::SelectionArguments;
use super::values::local_folder::{FolderUse, local_folder};
use crate::audit::{ObjectsFrom, ShardLimits, ShardPlanOptions, parse_size};

/// The options of `backtrail plan`.
#[derive(Args, Debug)]
pub(crate) struct PlanArguments {
    /// Files or folders of CloudTrail objects, in the layout of S3 or flat; wildcards;
    /// `s3://BUCKET/PREFIX`
    #[arg(required_unless_present_any = ["inventory", "objects_from"], value_name = "PATH")]
    #[arg(help_heading = Reset)]
    pub(crate) paths: Vec<PathBuf>,

    /// Take the objects from this inventory of S3 instead of listing the bucket: the path or
    /// address of its manifest.json. PATH selects what is taken of it
    #[arg(long, value_name = "MANIFEST")]
    pub(crate) inventory: Option<PathBuf>,

    /// Take the objects from this list instead of listing anything: in each line a path, an
    /// address, or JSON with Key, Size and ETag; `-` is standard input. PATH is the bucket of keys
    /// without one
    #[arg(long, value_name = "FILE", conflicts_with = "inventory")]
    pub(crate) objects_from: Option<PathBuf>,

    /// Folder of the new plan
    #[arg(long, value_name = "PLAN", value_parser = local_folder(FolderUse::Write))]
    pub(crate) out: PathBuf,

    /// Maximum number of objects of a shard
    #[arg(long, value_name = "NUMBER", default_value_t = ShardLimits::default().objects)]
    #[arg(value_parser = value_parser!(u64).range(1..=10_000_000))]
    pub(crate) shard_objects: u64,

    /// Maximum size of the objects of a shard, such as 256MiB; a single object may be larger
    #[arg(long, value_name = "SIZE", default_value = "1GiB", value_parser = parse_size)]
    pub(crate) shard_bytes: u64,

    /// Leave out the objects that this ledger knows; `backtrail merge` adds them with --base
    #[arg(long, value_name = "DIR", value_parser = local_folder(FolderUse::Read))]
    pub(crate) ledger: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) selection: SelectionArguments,

    #[command(flatten)]
    pub(crate) rules: RuleArguments,

    #[command(flatten)]
    pub(crate) alarm: AlarmArguments,

    #[command(flatten)]
    pub(crate) reading: ReadingArguments,
}

impl PlanArguments {
    /// Returns the limits of shards, and where the objects are named.
    pub(crate) fn options(&self) -> ShardPlanOptions {
        let limits = ShardLimits {
            objects: self.shard_objects,
            bytes: self.shard_bytes,
        };
        ShardPlanOptions::new(limits, self.objects_from())
    }

    fn objects_from(&self) -> ObjectsFrom {
        match (&self.inventory, &self.objects_from) {
            (Some(manifest), _) => ObjectsFrom::Inventory(manifest.clone()),
            (None, Some(list)) => ObjectsFrom::List(list.clone()),
            (None, None) => ObjectsFrom::Paths,
        }
    }
}
