//! All integration tests in one binary, so that they link once.

#![allow(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic
)]

/// The program that writes the sample archive.
#[allow(dead_code)]
#[path = "../samples/generate.rs"]
mod generator;

mod accounting;
mod alarm_commands;
mod alarm_properties;
mod audit;
mod backtest;
mod conformance_alarm;
mod conformance_metric;
mod conformance_pattern;
mod containers;
mod damaged;
mod documents;
mod fuzzed;
mod jobs;
mod ledger;
#[cfg(target_os = "linux")]
mod memory;
mod parity;
mod pattern_commands;
mod pattern_texts;
mod pictures;
mod program;
mod properties;
mod real_archives;
mod report_folder;
mod rules;
#[cfg(feature = "s3")]
mod s3;
mod terminal;
mod tidy;
