//! The arguments of `backtrail ledger`.

use std::path::PathBuf;

use clap::Subcommand;

use super::values::local_folder::{FolderUse, local_folder};

/// The commands of `backtrail ledger`.
#[derive(Debug, Subcommand)]
pub(crate) enum LedgerCommand {
    /// Show what ledgers were scanned for, and their content in numbers
    Info {
        /// The folders of the ledgers
        #[arg(required = true, value_name = "DIR")]
        #[arg(value_parser = local_folder(FolderUse::Read))]
        ledgers: Vec<PathBuf>,

        /// Print one JSON object for each ledger
        #[arg(long)]
        json: bool,
    },
    /// Check that ledgers are as they were written
    Check {
        /// The folders of the ledgers
        #[arg(required = true, value_name = "DIR")]
        #[arg(value_parser = local_folder(FolderUse::Read))]
        ledgers: Vec<PathBuf>,
    },
    /// Merge ledgers that were scanned for the same into a new one, in any order
    Merge {
        /// The folders of the ledgers; they stay as they are
        #[arg(required = true, value_name = "DIR")]
        #[arg(value_parser = local_folder(FolderUse::Read))]
        ledgers: Vec<PathBuf>,

        /// The folder of the new ledger
        #[arg(long, value_name = "DIR", value_parser = local_folder(FolderUse::Write))]
        out: PathBuf,
    },
}
