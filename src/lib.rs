//! backtrail audits AWS CloudTrail archives offline: it finds every attempt to use a secret or key that was pending
//! deletion, computes the metric that a CloudWatch metric filter would have made of them, and replays the alarm that
//! would have stood on it.
//!
//! The modules form floors; each imports only from floors below its own. The lower ones are pure: they touch no
//! file, socket, clock, environment, thread or terminal, and build without default features.

// Floor 0: values.
mod by_name;
pub mod json;
pub mod key;
pub mod period;
pub mod problem;
pub mod record;
pub mod span;
pub mod text;
pub mod underline;

// Floor 1: the filter language; the story of a resource.
pub mod lifecycle;
pub mod pattern;

// Floor 2: what a record is evidence of; from records to datapoints.
pub mod evidence;
pub mod metric;

// Floor 3: from datapoints to states.
pub mod alarm;

// Floor 4: partial results and conclusions.
pub mod report;
pub mod tally;

// Floor 5: everything to look for.
pub mod plan;

// Floor 6: tables in files.
#[cfg(feature = "cli")]
pub mod parquet;

// Floor 7: the edges.
#[cfg(feature = "cli")]
pub mod container;
#[cfg(feature = "cli")]
pub mod job;
#[cfg(feature = "cli")]
pub mod source;

// Floor 8: what is written.
#[cfg(feature = "cli")]
pub mod ledger;
#[cfg(feature = "cli")]
pub mod render;

// Floor 9: threads.
#[cfg(feature = "cli")]
pub mod scan;

// Floor 10: commands.
#[cfg(feature = "cli")]
pub mod cli;
