//! The arguments of `backtrail pattern`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// The commands of `backtrail pattern`.
#[derive(Debug, Subcommand)]
pub(crate) enum PatternCommand {
    /// Check a pattern as AWS does, and warn about common mistakes
    Check(CheckArguments),
    /// Test a pattern on events, as TestMetricFilter does
    Test(TestArguments),
    /// Explain a pattern in words, and why an event matches it or not
    Explain(ExplainArguments),
}

/// The arguments of `backtrail pattern check`.
#[derive(Args, Debug)]
pub(crate) struct CheckArguments {
    /// Filter pattern; it may begin with `-`
    #[arg(allow_hyphen_values = true)]
    pub(crate) pattern: String,

    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

/// The arguments of `backtrail pattern test`.
#[derive(Args, Debug)]
pub(crate) struct TestArguments {
    /// Filter pattern; it may begin with `-`
    #[arg(allow_hyphen_values = true)]
    pub(crate) pattern: String,

    /// File of events: CloudTrail objects in any form that an audit reads, or one raw event per
    /// line; `-` for standard input
    #[arg(value_name = "FILE", default_value = "-")]
    pub(crate) file: PathBuf,

    /// Read the file as a JSON array of strings, one per event
    #[arg(long)]
    pub(crate) events_json: bool,

    /// Print one JSON object per event: {"event":N,"match":true|false,"extracted":{...}}
    #[arg(long)]
    pub(crate) json: bool,

    /// Exit with code 1 if no event matched
    #[arg(long, value_enum, value_name = "CONDITION")]
    pub(crate) fail_on: Option<MatchCondition>,
}

/// A condition on the events that a pattern matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum MatchCondition {
    /// No event matched
    NoMatch,
}

/// The arguments of `backtrail pattern explain`.
#[derive(Args, Debug)]
pub(crate) struct ExplainArguments {
    /// Filter pattern; it may begin with `-`
    #[arg(allow_hyphen_values = true)]
    pub(crate) pattern: String,

    /// Event whose answer to explain: its text, or a file that `pattern test` reads; `-` for
    /// standard input
    #[arg(value_name = "EVENT", allow_hyphen_values = true)]
    pub(crate) event: Option<String>,

    /// Number of the event in the file, as `pattern test` counts them
    #[arg(long, value_name = "N", requires = "event")]
    pub(crate) number: Option<u64>,

    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,

    /// Exit with code 1 if the event does not match
    #[arg(long, value_enum, value_name = "CONDITION", requires = "event")]
    pub(crate) fail_on: Option<MatchCondition>,
}
