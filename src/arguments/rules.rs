//! The arguments of `backtrail rules`.

use clap::Subcommand;

use crate::audit::NamedRules;

/// The commands of `backtrail rules`.
#[derive(Debug, Subcommand)]
pub(crate) enum RulesCommand {
    /// List all rules and groups of rules
    List {
        /// Print a JSON array with one object for each rule
        #[arg(long)]
        json: bool,
    },
    /// Show a rule, or the rules of a group: pattern, metric, alarm, source and known mistakes
    Show {
        /// Name of a rule or group
        #[arg(value_name = "NAME")]
        name: NamedRules,

        /// Print a JSON array with one object for each rule
        #[arg(long)]
        json: bool,
    },
}
