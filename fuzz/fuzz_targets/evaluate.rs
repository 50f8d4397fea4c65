//! Any bytes as a pattern, a zero, and an event.

#![no_main]

#[path = "../../tests/fuzzed/checks/mod.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| checks::pattern::evaluate(bytes));
