//! The arguments of `backtrail config`.

use std::ffi::OsString;

use clap::{Args, Subcommand};

/// The commands of `backtrail config`.
#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Show the configuration files, their settings, and the environment variables that are set
    Show(ShowArguments),
}

/// The options of `backtrail config show`.
#[derive(Args, Debug)]
pub(crate) struct ShowArguments {
    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,

    /// Command to show the value of each option for, such as `audit --ledger nightly`; it is not
    /// run
    #[arg(
        value_name = "COMMAND",
        trailing_var_arg = true,
        allow_hyphen_values = true
    )]
    pub(crate) words: Vec<OsString>,
}
