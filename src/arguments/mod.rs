//! The arguments of the program: one file a command, the groups of options that several have, and
//! the values that need a parser of their own.

pub(crate) mod alarm;
pub(crate) mod audit;
pub(crate) mod backtest;
pub(crate) mod completions;
pub(crate) mod config;
pub(crate) mod evidence;
pub(crate) mod groups;
pub(crate) mod help;
pub(crate) mod job;
pub(crate) mod ledger;
pub(crate) mod man;
pub(crate) mod merge;
pub(crate) mod metric;
pub(crate) mod pattern;
pub(crate) mod plan;
pub(crate) mod report;
pub(crate) mod rules;
pub(crate) mod scan;
mod values;
pub(crate) mod verify;
mod version;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::error::{ContextKind, ContextValue};
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::render::console::Colors;
use crate::text::printable;

/// The name of the program.
pub(crate) const NAME: &str = "backtrail";

/// Audits AWS CloudTrail archives offline.
///
/// Finds every attempt to use a secret or key that was pending deletion, computes the metric that a
/// CloudWatch metric filter would have published, and replays the alarm that would have watched it.
#[derive(Debug, Parser)]
#[command(
    name = NAME,
    version,
    max_term_width = 110,
    arg_required_else_help = true
)]
pub(crate) struct Cli {
    /// Show colours: on a terminal unless NO_COLOR is set, or as CLICOLOR_FORCE says; always; never
    #[arg(long, value_enum, value_name = "WHEN", default_value_t, global = true)]
    pub(crate) color: Colors,

    /// Read options that the command line does not give from this file, instead of backtrail.toml
    /// beside the ledger and in the user's folder of configurations
    #[arg(long, value_name = "FILE", global = true)]
    config: Option<PathBuf>,

    /// Show all causes of an error
    #[arg(long, global = true)]
    pub(crate) verbose: bool,

    /// Read no configuration file
    #[arg(long, global = true, conflicts_with = "config")]
    no_config: bool,

    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The commands of the program.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Read an archive, find the attempts, replay the alarm, write the report
    Audit(Box<audit::AuditArguments>),
    /// Try out thresholds, periods and M of N on the past
    Backtest(Box<backtest::BacktestArguments>),
    /// Check report folders against their manifests
    #[command(subcommand)]
    Evidence(evidence::EvidenceCommand),
    /// Replay alarms over your own samples
    #[command(subcommand)]
    Alarm(alarm::AlarmCommand),
    /// Write the outputs of an audit again from a ledger, without the archive. A time, account or
    /// region must be that of its scans
    Report(Box<report::ReportArguments>),
    /// Import definitions of AWS as job files, and export rules and jobs for deployment
    #[command(subcommand)]
    Job(job::JobCommand),
    /// Inspect, check and merge ledgers, which scans write with --ledger
    #[command(subcommand)]
    Ledger(ledger::LedgerCommand),
    /// Merge the parts that scans of a plan wrote into a ledger, if none is missing
    Merge(merge::MergeArguments),
    /// Compute the statistics of your own samples
    #[command(subcommand)]
    Metric(metric::MetricCommand),
    /// Check, test and explain CloudWatch Logs filter patterns
    #[command(subcommand)]
    Pattern(pattern::PatternCommand),
    /// List an archive and divide it into shards, which many machines can scan
    Plan(Box<plan::PlanArguments>),
    /// List and show the built-in rules
    #[command(subcommand)]
    Rules(rules::RulesCommand),
    /// Scan shards of a plan, each into a part
    Scan(Box<scan::ScanArguments>),
    /// Verify the integrity of an archive by the digests of CloudTrail
    Verify(Box<verify::VerifyArguments>),
    /// Print a script that completes commands and options in a shell
    Completions(completions::CompletionsArguments),
    /// Show the configuration files, and where the value of each option comes from
    #[command(subcommand)]
    Config(config::ConfigCommand),
    /// Print the manual page, or write those of all commands
    Man(man::ManArguments),
}

impl Cli {
    /// Returns the words that choose the configuration file of a command.
    pub(crate) fn globals(&self) -> Vec<OsString> {
        if self.no_config {
            return vec!["--no-config".into()];
        }
        let file = self.config.as_ref();
        file.map_or_else(Vec::new, |file| vec!["--config".into(), file.into()])
    }
}

/// Returns the commands and options of the program.
pub(crate) fn command() -> clap::Command {
    help::with_examples(Cli::command().long_version(version::long()))
}

/// Parses the arguments of the program. A message about wrong arguments quotes them, so it is made
/// from what can be printed of them.
pub(crate) fn parsed(arguments: &[OsString]) -> Result<Cli, clap::Error> {
    parsed_from(arguments).map_err(|answer| {
        let shown = arguments
            .iter()
            .map(|argument| printable(&argument.to_string_lossy()));
        // The message may have been printed whole, but the run has failed all the same.
        parsed_from(shown).err().unwrap_or(answer)
    })
}

fn parsed_from(
    arguments: impl IntoIterator<Item = impl Into<OsString> + Clone>,
) -> Result<Cli, clap::Error> {
    let matches = command().try_get_matches_from(arguments);
    let matches = matches.map_err(without_wrong_tips)?;
    Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut command()))
}

/// Removes the tip to pass an unknown option as a value, which would make it the name of a file.
fn without_wrong_tips(mut answer: clap::Error) -> clap::Error {
    let tips = answer.remove(ContextKind::Suggested);
    if let Some(ContextValue::StyledStrs(mut tips)) = tips {
        tips.retain(|tip| !tip.to_string().contains(" as a value, use "));
        if !tips.is_empty() {
            answer.insert(ContextKind::Suggested, ContextValue::StyledStrs(tips));
        }
    }
    answer
}

#[cfg(test)]
mod tests {
    use clap::{Arg, ValueHint};

    use super::*;

    /// The names of values that are paths.
    const PATH_NAMES: [&str; 7] = [
        "DIR", "FILE", "FILE|DIR", "MANIFEST", "PATH", "PLAN", "SOURCE",
    ];

    /// Returns whether the value of an argument has a hint, as a path has and nothing else.
    fn is_hinted(argument: &Arg) -> bool {
        argument.get_value_hint() != ValueHint::Unknown
    }

    fn is_named_as_path(argument: &Arg) -> bool {
        let mut names = argument.get_value_names().unwrap_or_default().iter();
        names.any(|name| PATH_NAMES.contains(&name.as_str()))
    }

    /// Asserts that the arguments of a command, and of those that are part of it, have the hint
    /// that their names promise. By the hint, a path of a configuration file is known as one.
    fn assert_hints(command: &clap::Command) {
        let arguments = command.get_arguments();
        for argument in arguments.filter(|argument| argument.get_action().takes_values()) {
            assert_eq!(
                is_hinted(argument),
                is_named_as_path(argument),
                "{} {argument}: name the value of a path {PATH_NAMES:?} and give it a hint",
                command.get_name()
            );
        }
        command.get_subcommands().for_each(assert_hints);
    }

    #[test]
    fn paths_and_nothing_else_have_the_hint_of_paths() {
        let mut program = command();
        program.build();
        assert_hints(&program);
    }
}
