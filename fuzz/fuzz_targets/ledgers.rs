//! Any bytes as the tables of a part of a ledger.

#![no_main]

#[path = "../../tests/fuzzed/checks/mod.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| checks::ledger::check(bytes));
