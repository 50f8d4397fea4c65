//! The reasons why an audit cannot be done.

use std::io;
use std::path::PathBuf;

use super::named_rules::UnknownRule;
use crate::alarm::definition::configuration::AlarmConfigurationError;
use crate::job::JobError;
use crate::ledger::LedgerError;
use crate::shards::ShardError;
use crate::source::ListError;
use crate::spool::SpoolError;
use crate::text::{counted, printable, printable_path};

/// The reason why an audit cannot be done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuditError {
    /// A path cannot be listed.
    #[error(transparent)]
    List(#[from] ListError),
    /// There are many objects, and the temporary file for them failed.
    #[error(transparent)]
    Spool(#[from] SpoolError),
    /// The ledger cannot be used.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The plan cannot be recorded in a ledger.
    #[error("{}", printable(.0))]
    Plan(String),
    /// The rules of a ledger are not all built in.
    #[error(
        "the ledger was scanned for `{}`, which is not built in, with the pattern {}: give it \
         again, with --pattern or --job",
        printable(rule),
        printable(pattern)
    )]
    RecordedRule {
        /// The name of the rule.
        rule: String,
        /// The filter pattern.
        pattern: String,
    },
    /// A job file cannot be read.
    #[error(transparent)]
    Job(#[from] JobError),
    /// The job files define no metric filter.
    #[error("the job has no metric filter, so there is nothing to look for")]
    NoMetricFilter,
    /// A log group is chosen, but no metric filter names any.
    #[error("--log-group chooses among the metric filters of --job: give a job file")]
    LogGroupWithoutJob,
    /// No rule has a name.
    #[error(transparent)]
    Rule(#[from] UnknownRule),
    /// A ledger does not hold the default values of each group of alarms.
    #[error(
        "a ledger holds the default values of the whole archive, not of each account or region: \
         leave out --ledger, or --alarm-scope"
    )]
    GroupsOfDefaults,
    /// Standard input cannot be recorded in a ledger.
    #[error("standard input cannot be recognized later, so it cannot be recorded in a ledger")]
    StandardInput,
    /// The folders of the report and of the ledger are one, or one contains the other.
    #[error(
        "the report `{}` and the ledger `{}` must be in separate folders",
        printable_path(report),
        printable_path(ledger)
    )]
    Nested {
        /// The folder of the report.
        report: PathBuf,
        /// The folder of the ledger.
        ledger: PathBuf,
    },
    /// The folder of the report is within the archive, and holds files of it.
    #[error(
        "the folder of the report, `{}`, is within the archive, and is not read: it holds `{}`, \
         which is of no report. Give --out a folder of its own",
        printable_path(report),
        printable_path(file)
    )]
    InArchive {
        /// The folder of the report.
        report: PathBuf,
        /// A file in it.
        file: PathBuf,
    },
    /// A path cannot be resolved.
    #[error("cannot use `{}`: {source}", printable_path(path))]
    Path {
        /// The path.
        path: PathBuf,
        /// The answer of the operating system.
        source: io::Error,
    },
    /// A plan, a shard or a part of one cannot be used.
    #[error(transparent)]
    Shard(#[from] ShardError),
    /// The worker threads cannot be started.
    #[error(transparent)]
    Threads(#[from] ThreadsError),
    /// An alarm of a sweep is invalid.
    #[error(transparent)]
    Alarm(#[from] AlarmConfigurationError),
    /// No object holds records.
    #[error(
        "there is no object to audit in {}: {}{skipped}",
        printable(sources),
        printable(reason)
    )]
    Nothing {
        /// The paths that were listed.
        sources: String,
        /// The reason: the first place that could not be listed, if there is one.
        reason: String,
        /// The number of objects that were skipped, by the reason.
        skipped: String,
    },
}

/// The reason why the worker threads cannot be started.
#[derive(Debug, thiserror::Error)]
#[error("cannot start {}: {source}", match .number {
    None => "a thread for each core".to_owned(),
    Some(number) => counted(*number, "thread", "threads"),
})]
pub struct ThreadsError {
    pub(super) number: Option<usize>,
    pub(super) source: rayon::ThreadPoolBuildError,
}
