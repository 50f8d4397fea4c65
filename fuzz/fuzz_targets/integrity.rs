//! Any bytes as a digest, a list of keys, a manifest or the name of a digest.

#![no_main]

#[path = "../../tests/fuzzed/checks/mod.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| checks::integrity::check(bytes));
