//! backtrail audits AWS CloudTrail archives offline: it finds every attempt to use a secret or key
//! that was pending deletion, computes the metric that a CloudWatch metric filter would have made
//! of them, and replays the alarm that would have stood on it.
//!
//! The modules form floors; each imports only from floors below its own. The lower ones are pure:
//! they touch no file, socket, clock, environment, thread or terminal, and build without default
//! features.
//!
//! [`audit`] is where to begin. The modules that are not public may change at any time.

// Floor 0: values.
pub(crate) mod json;
pub mod language;
pub mod problem;
pub mod table;
pub(crate) mod text;
pub mod time;

// Floor 1: the filter language; the records of CloudTrail.
pub mod cloudtrail;
pub mod pattern;

// Floor 2: from records to datapoints.
pub mod metric;

// Floor 3: from datapoints to states.
pub mod alarm;

// Floor 4: what was found, and what it means, as plain values.
pub(crate) mod findings;
pub mod report;

// Floor 5: everything to look for.
pub mod plan;

// Floor 7: options that are given each time; rows of which there may be more than memory should
// hold. Floor 6, the formats of tables, is a part of `table`.
#[cfg(feature = "cli")]
pub(crate) mod configuration;
#[cfg(feature = "cli")]
pub(crate) mod spool;

// Floor 8: from findings to a report; how the bytes of an object are wrapped; what the user
// defined.
#[cfg(feature = "cli")]
pub(crate) mod conclude;
#[cfg(feature = "cli")]
pub(crate) mod container;
#[cfg(feature = "cli")]
pub mod integrity;
#[cfg(feature = "cli")]
pub(crate) mod job;
#[cfg(feature = "cli")]
pub(crate) mod source;

// Floor 9: what is written.
#[cfg(feature = "cli")]
pub(crate) mod ledger;
#[cfg(feature = "cli")]
pub mod render;

// Floor 10: threads, and machines.
#[cfg(feature = "cli")]
pub(crate) mod scan;
#[cfg(feature = "cli")]
pub(crate) mod shards;

// Floor 11: the application.
#[cfg(feature = "cli")]
pub mod audit;

// Floor 12: what the program is given.
#[cfg(feature = "cli")]
pub(crate) mod arguments;

// Floor 13: commands. Public for the program of the same name, which is a crate of its own.
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod cli;

// Not an interface: for the tests, benchmarks and fuzz targets, which are crates of their own.
#[doc(hidden)]
pub mod internals;

/// The examples of the page about the library.
#[cfg(all(doctest, feature = "cli"))]
#[doc = include_str!("../docs/library.md")]
struct LibraryPage;
