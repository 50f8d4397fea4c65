//! The arguments of `backtrail merge`.

use std::path::PathBuf;

use clap::Args;

use super::groups::s3::ConnectionArguments;
use super::values::local_folder::{FolderUse, local_folder};
use crate::audit::ShardMerge;

/// The options of `backtrail merge`.
#[derive(Args, Debug)]
pub(crate) struct MergeArguments {
    /// Folder of the plan, which `backtrail plan` writes, or its copy at `s3://BUCKET/PREFIX`
    #[arg(long, value_name = "PLAN")]
    plan: PathBuf,

    /// Folder of the parts, which `backtrail scan` writes, or `s3://BUCKET/PREFIX`
    #[arg(long, value_name = "DIR")]
    parts: PathBuf,

    /// Ledger whose objects the plan leaves out; it stays as it is
    #[arg(long, value_name = "DIR", value_parser = local_folder(FolderUse::Read))]
    base: Option<PathBuf>,

    /// Folder of the new ledger
    #[arg(long, value_name = "DIR", value_parser = local_folder(FolderUse::Write))]
    out: PathBuf,

    #[command(flatten)]
    connection: ConnectionArguments,
}

impl MergeArguments {
    /// Returns the merge.
    pub(crate) fn merge(&self) -> ShardMerge {
        let mut merge = ShardMerge::default();
        merge.plan.clone_from(&self.plan);
        merge.parts.clone_from(&self.parts);
        merge.base.clone_from(&self.base);
        merge.out.clone_from(&self.out);
        merge.s3 = self.connection.options();
        merge
    }
}
