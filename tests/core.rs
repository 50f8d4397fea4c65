//! The tests of the core. They build without the rest of the program, so that a change of the core
//! is tested within seconds.

#![allow(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic
)]

mod generated;

mod alarm_properties;
mod conformance_alarm;
mod conformance_math;
mod conformance_pattern;
mod conformance_reason;
mod conformance_statistic;
mod lifecycles;
mod pattern_texts;
mod pictures;
mod properties;
