//! The arguments of `backtrail evidence`.

use std::path::PathBuf;

use clap::Subcommand;

use super::values::local_folder::{FolderUse, local_folder};

/// The commands of `backtrail evidence`.
#[derive(Debug, Subcommand)]
pub(crate) enum EvidenceCommand {
    /// Check that the files of a report folder are those that `evidence.json` in it names. The exit
    /// code is 1 if a file was changed, is missing, or was added
    Check {
        /// The folder of the report
        #[arg(value_name = "DIR", value_parser = local_folder(FolderUse::Read))]
        folder: PathBuf,

        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
}
