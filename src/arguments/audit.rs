//! The arguments of `backtrail audit`.

use clap::Args;

use super::groups::alarm::AlarmArguments;
use super::groups::archive::{ArchiveArguments, ReadArguments};
use super::groups::output::OutputArguments;
use super::groups::proofs::IntegrityArguments;
use super::groups::rules::RuleArguments;

/// The options of `backtrail audit`.
#[derive(Args, Debug)]
pub(crate) struct AuditArguments {
    #[command(flatten)]
    pub(crate) archive: ArchiveArguments,

    #[command(flatten)]
    pub(crate) rules: RuleArguments,

    #[command(flatten)]
    pub(crate) alarm: AlarmArguments,

    #[command(flatten)]
    pub(crate) integrity: IntegrityArguments,

    #[command(flatten)]
    pub(crate) output: OutputArguments,

    /// Print the number of objects and bytes for each account, region and month, and read none of
    /// them
    #[arg(long, conflicts_with_all = ["json", "out"])]
    pub(crate) dry_run: bool,

    #[command(flatten)]
    pub(crate) read: ReadArguments,
}
