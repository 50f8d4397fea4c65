//! The arguments of `backtrail man`.

use std::path::PathBuf;

use clap::Args;

use super::values::local_folder::{FolderUse, local_folder};

/// The arguments of `backtrail man`.
#[derive(Args, Debug)]
pub(crate) struct ManArguments {
    /// Write the page of the program and one for each command into this folder, instead of printing
    /// the page of the program
    #[arg(long, value_name = "DIR", value_parser = local_folder(FolderUse::Write))]
    pub(crate) out: Option<PathBuf>,
}
