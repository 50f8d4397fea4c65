//! Any bytes as an object of an archive.

#![no_main]

#[path = "../../tests/fuzzed/checks/mod.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(
    // A fuzzer ends at every panic, but those of the readers of Parquet are caught.
    init: backtrail::table::format::parquet::silence_panics(),
    |bytes: &[u8]| checks::container::check(bytes)
);
