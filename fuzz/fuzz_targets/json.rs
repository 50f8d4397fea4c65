//! Any bytes as a JSON value, and as records.

#![no_main]

#[path = "../../tests/fuzzed/checks/mod.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| checks::json::check(bytes));
