//! The arguments of `backtrail completions`.

use clap::Args;
use clap_complete::Shell;

/// The arguments of `backtrail completions`.
#[derive(Args, Debug)]
pub(crate) struct CompletionsArguments {
    /// Shell for which to write the script
    #[arg(value_enum)]
    pub(crate) shell: Shell,
}
