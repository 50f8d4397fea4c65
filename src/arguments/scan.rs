//! The arguments of `backtrail scan`.

use std::path::PathBuf;

use clap::{Args, value_parser};

use super::groups::s3::ConnectionArguments;
use crate::audit::{ShardChoice, ShardScanOptions, parse_threads};

/// The options of `backtrail scan`.
#[derive(Args, Debug)]
pub(crate) struct ScanArguments {
    /// Folder of the plan, which `backtrail plan` writes, or its copy at `s3://BUCKET/PREFIX`
    #[arg(long, value_name = "PLAN")]
    pub(crate) plan: PathBuf,

    /// Shard to scan: its number, counted from 0, or its id; `-` for those on standard input, one
    /// in each line; `auto` for the index of this task in an array of AWS Batch, Kubernetes, SLURM
    /// or Cloud Run
    #[arg(long, value_name = "SHARD")]
    pub(crate) shard: ShardChoice,

    /// Number of tasks that share the shards: task N scans the shards N, N + TASKS and so on
    #[arg(long, value_name = "TASKS", value_parser = value_parser!(u32).range(1..))]
    pub(crate) of: Option<u32>,

    /// Folder of the parts, which all tasks may share, or `s3://BUCKET/PREFIX`
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,

    /// Record objects that their source did not deliver, rather than end with exit code 75 without
    /// a part
    #[arg(long)]
    pub(crate) give_up: bool,

    /// Number of worker threads [default: one for each core]
    #[arg(long, value_name = "NUMBER", value_parser = parse_threads)]
    pub(crate) threads: Option<usize>,

    #[command(flatten)]
    pub(crate) connection: ConnectionArguments,
}

impl ScanArguments {
    /// Returns the options of the scans.
    pub(crate) fn options(&self) -> ShardScanOptions {
        let mut options = ShardScanOptions::default();
        options.threads = self.threads;
        options.s3 = self.connection.options();
        options.gives_up = self.give_up;
        options
    }
}
