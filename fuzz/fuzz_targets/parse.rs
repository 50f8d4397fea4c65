//! Any bytes as a pattern.

#![no_main]

#[path = "../../tests/fuzzed/checks/mod.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| checks::pattern::parse(bytes));
