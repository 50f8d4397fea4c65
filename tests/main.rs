//! The integration tests that need the whole program, in one binary, so that they link once. Those of
//! the core are in `core.rs`.

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
mod answer;
mod audit;
mod audit_picture;
mod backtest;
mod backtest_advice;
mod command_line;
mod configuration;
mod conformance_lifecycle;
mod conformance_metric;
mod container_properties;
mod containers;
mod coverage;
mod damaged;
mod documents;
mod evidence;
mod findings_formats;
mod forged;
mod forms_containers;
mod forms_json;
mod forms_local;
#[cfg(feature = "s3")]
mod forms_s3;
mod forms_tables;
mod fuzzed;
mod generated;
mod identity;
mod interruption;
#[cfg(feature = "s3")]
mod inventory;
mod job_export;

mod jobs;
mod language;
mod ledger;
#[cfg(target_os = "linux")]
mod memory;
mod objects_from;
mod one_resource;
mod page;
mod parity;
mod pattern_commands;
mod program;
mod real_archives;
mod relative_times;
mod report_folder;
mod rules;
#[cfg(feature = "s3")]
mod s3;
#[cfg(feature = "s3")]
mod s3_pace;
mod selection;
mod shards;
#[cfg(feature = "s3")]
mod shards_s3;
#[cfg(all(feature = "s3", target_os = "linux"))]
mod shards_spark;
mod spool;
mod stories;
mod summary_schema;
mod sweep_properties;
mod templates;
mod terminal;
mod terminal_widths;
mod ticket;
mod tidy;
mod uses;
mod verified_audit;
mod verify;
mod wrong_options;
