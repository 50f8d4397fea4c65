//! The application: an audit lists the objects of an archive, scans them, and concludes.
//!
//! ```
//! use backtrail::audit::Audit;
//! use backtrail::plan::built_in::select;
//! use backtrail::plan::{BuiltInRule, Plan, Selection};
//!
//! let rules = select("secrets").into_iter().flatten();
//! let plan = Plan::new(rules.map(BuiltInRule::job).collect(), Selection::default())?;
//! let report = Audit::new(plan, ["samples/archive"]).report()?;
//! for attempt in &report.attempts {
//!     println!("{:?} {:?}", attempt.event.event_time, attempt.event.event_id);
//! }
//! assert_eq!(report.attempts.len(), 42);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`Audit::list`], [`Archive::scan`] and [`Scanned::report`] are the steps of it; a callback
//! receives their progress ([`ProgressEvent`]). [`Scanned::sweep`] tries out thresholds on what was
//! found.

mod archive;
mod condition;
mod definitions;
mod error;
mod gone;
mod ledger;
mod ledgers;
mod listing;
mod named_rules;
mod objects;
mod output_folder;
mod progress;
pub mod replay;
mod replay_output;
mod rules;
mod scanned;
mod shards;
mod size;
mod sweep;
mod verify;
mod warnings;

use std::path::PathBuf;

use rayon::{ThreadPool, ThreadPoolBuilder};

pub use archive::Archive;
pub use condition::ReportCondition;
pub use error::{AuditError, ThreadsError};
pub use ledger::{LedgerOptions, completed_selection};
pub use ledgers::Ledgers;
pub use named_rules::{NamedRules, UnknownRule};
pub use progress::{Progress, ProgressEvent};
pub use replay_output::ReplayOutputError;
pub use rules::RuleRequest;
pub use scanned::Scanned;
pub use shards::{
    ObjectsFrom, PartsPlace, ShardMerge, ShardPlanOptions, ShardScanOptions, ShardScanner,
    merge_shards,
};
pub(crate) use shards::{ShardChoice, TaskShards};
pub use size::{InvalidSize, parse_size};
pub use sweep::{Candidate, Past, Sweep, backtest};
pub use verify::{ProofOptions, Proofs, VerifyError};

// The options, errors and inputs of an audit are made in modules that are not public.
pub use crate::conclude::UnknownResource;
pub(crate) use crate::conclude::resources_named;
pub use crate::container::Limits;
pub use crate::job::export::{
    AlarmChanges, EmailAddress, Export, ExportError, ExportFormat, ExportOptions,
    InvalidEmailAddress, InvalidLogGroupName, LogGroupName, export,
};
pub use crate::job::{
    DefinedAlarm, DefinedComposite, DefinitionOptions, Definitions, Fault, FaultCause, FaultPlace,
    JobError, RecordedHistory, Samples, TemplateParameters, UnknownLogGroup, read_all_definitions,
    read_definitions, read_history, read_incidents, read_samples,
};
pub use crate::ledger::{Info, Ledger, LedgerCheck, LedgerError, Purpose, Scope};
pub use crate::shards::{
    MergeOutcome, PlanLine, PlanManifest, Shard, ShardError, ShardLimits, ShardLine, ShardPart,
    ShardPlan, UnprovenPart,
};
pub use crate::source::s3::{
    InvalidEndpoint, InvalidLateDays, InventoryError, RequestCounts, S3Options, parse_endpoint,
    parse_late_days,
};
pub use crate::source::{Detail, ListError, Object, ReadError};
use crate::spool::MEMORY_ROWS;
pub use crate::spool::SpoolError;

use crate::plan::Plan;
use crate::report::Report;

/// An audit of an archive.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Audit {
    /// The rules to look for, and the records that count.
    pub plan: Plan,
    /// Files, folders, wildcards, addresses in S3, and `-` for standard input. Without any, the
    /// report covers everything that the ledger holds.
    pub paths: Vec<PathBuf>,
    /// The limits of each object.
    pub limits: Limits,
    /// The number of worker threads; one for each core where it is not given.
    pub threads: Option<usize>,
    /// The ledger to save the findings in.
    pub ledger: Option<LedgerOptions>,
    /// The way to reach S3.
    pub s3: S3Options,
    /// The folder of the report, which is not part of the archive.
    pub output: Option<PathBuf>,
    /// The keys and signatures by which the archive is verified, if it is.
    pub proofs: Option<Proofs>,
    /// The facts that are gathered about each file. With a ledger, that includes the size in any
    /// case.
    pub detail: Detail,
    /// The number of listed objects, and of outcomes, that are kept in memory. What is more goes to
    /// temporary files, and the report is the same.
    pub memory_rows: usize,
}

impl Audit {
    /// Creates an audit of these paths, with the default options.
    pub fn new(plan: Plan, paths: impl IntoIterator<Item = impl Into<PathBuf>>) -> Self {
        Self {
            plan,
            paths: paths.into_iter().map(Into::into).collect(),
            limits: Limits::default(),
            threads: None,
            ledger: None,
            s3: S3Options::default(),
            output: None,
            proofs: None,
            detail: Detail::default(),
            memory_rows: MEMORY_ROWS,
        }
    }

    /// Lists, scans and concludes.
    ///
    /// # Errors
    ///
    /// Returns an error if a path cannot be listed, there is nothing to audit, the ledger cannot be
    /// used, or threads cannot be started. What is wrong with single objects is part of the report
    /// instead.
    pub fn report(&self) -> Result<Report, AuditError> {
        self.list()?.scan(&|_| ())?.report()
    }
}

/// A text that is not a number of worker threads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write a number of threads between 1 and 1024")]
pub struct InvalidThreads;

/// Parses a number of worker threads.
///
/// # Errors
///
/// Returns an error if the text is not a number between 1 and 1024.
pub fn parse_threads(text: &str) -> Result<usize, InvalidThreads> {
    match text.parse() {
        Ok(number @ 1..=1024) => Ok(number),
        _ => Err(InvalidThreads),
    }
}

/// Starts this number of worker threads, or one for each core.
///
/// # Errors
///
/// Returns an error if they cannot be started.
pub fn start_threads(number: Option<usize>) -> Result<ThreadPool, ThreadsError> {
    // Zero leaves the number to rayon: one for each processor, or `RAYON_NUM_THREADS`.
    let pool = ThreadPoolBuilder::new().num_threads(number.unwrap_or(0));
    pool.build()
        .map_err(|source| ThreadsError { number, source })
}
