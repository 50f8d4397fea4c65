//! `backtrail plan`: list an archive and divide it into shards.

use std::error::Error;
use std::io;
use std::path::PathBuf;

use clap::builder::Resettable::Reset;
use clap::{Args, value_parser};

use super::exit::Exit;
use super::local_folder::{FolderUse, local_folder};
use crate::audit::{
    AlarmArguments, Audit, LedgerOptions, ObjectsFrom, ReadingArguments, RuleArguments,
    SelectionArguments, ShardLimits, ShardPlanOptions, parse_size,
};
use crate::render::console::{print, warn};
use crate::source::Detail;

/// The options of `backtrail plan`.
#[derive(Args, Debug)]
pub(super) struct PlanArguments {
    /// Files or folders of CloudTrail objects, in the layout of S3 or flat; wildcards;
    /// `s3://BUCKET/PREFIX`
    #[arg(required_unless_present_any = ["inventory", "objects_from"], value_name = "PATH")]
    #[arg(help_heading = Reset)]
    paths: Vec<PathBuf>,

    /// Take the objects from this inventory of S3 instead of listing the bucket: the path or
    /// address of its manifest.json. PATH selects what is taken of it
    #[arg(long, value_name = "MANIFEST")]
    inventory: Option<PathBuf>,

    /// Take the objects from this list instead of listing anything: in each line a path, an
    /// address, or JSON with Key, Size and ETag; `-` is standard input. PATH is the bucket of keys
    /// without one
    #[arg(long, value_name = "FILE", conflicts_with = "inventory")]
    objects_from: Option<PathBuf>,

    /// Folder of the new plan
    #[arg(long, value_name = "PLAN", value_parser = local_folder(FolderUse::Write))]
    out: PathBuf,

    /// Maximum number of objects of a shard
    #[arg(long, value_name = "NUMBER", default_value_t = ShardLimits::default().objects)]
    #[arg(value_parser = value_parser!(u64).range(1..=10_000_000))]
    shard_objects: u64,

    /// Maximum size of the objects of a shard, such as 256MiB; a single object may be larger
    #[arg(long, value_name = "SIZE", default_value = "1GiB", value_parser = parse_size)]
    shard_bytes: u64,

    /// Leave out the objects that this ledger knows; `backtrail merge` adds them with --base
    #[arg(long, value_name = "DIR", value_parser = local_folder(FolderUse::Read))]
    ledger: Option<PathBuf>,

    #[command(flatten)]
    selection: SelectionArguments,

    #[command(flatten)]
    rules: RuleArguments,

    #[command(flatten)]
    alarm: AlarmArguments,

    #[command(flatten)]
    reading: ReadingArguments,
}

/// Runs the command.
pub(super) fn run(arguments: &PlanArguments) -> Result<Exit, Box<dyn Error>> {
    let PlanArguments {
        rules, selection, ..
    } = arguments;
    let plan = arguments.alarm.plan(rules, selection, None, &warn)?;
    warn(&rules.request().pattern_warnings());
    let mut audit = Audit::new(plan, &arguments.paths);
    arguments.reading.apply(&mut audit);
    audit.ledger = arguments.ledger.as_ref().map(LedgerOptions::new);
    // Shards are divided by the sizes of their objects.
    audit.detail = Detail::Size;
    audit.output = Some(arguments.out.clone());
    let manifest = audit.plan_shards(&arguments.out, &arguments.options())?;
    let line = serde_json::to_string(&manifest.line(&arguments.out))?;
    print::<io::Error>(|out| writeln!(out, "{line}"))?;
    warn(&manifest.warnings());
    let mut problems = manifest.listing.problems();
    Ok(Exit::from_completeness(problems.next().is_none()))
}

impl PlanArguments {
    fn options(&self) -> ShardPlanOptions {
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
