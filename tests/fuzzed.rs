//! The seeds of the fuzz targets, and every input that once broke a check.

mod checks;

use std::path::Path;

/// Runs a check on every file below a folder of `tests/fuzzed/`, and returns how many there were.
fn run(folder: &str, check: fn(&[u8])) -> usize {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fuzzed")
        .join(folder);
    let files = std::fs::read_dir(path)
        .unwrap()
        .map(|entry| std::fs::read(entry.unwrap().path()).unwrap());
    files.map(|bytes| check(&bytes)).count()
}

#[test]
fn seeds_and_regressions_of_the_fuzz_targets_hold() {
    assert!(run("seeds/parse", checks::parse) >= 40);
    assert!(run("seeds/evaluate", checks::evaluate) >= 24);
    assert!(run("regressions/parse", checks::parse) >= 1);
    run("regressions/evaluate", checks::evaluate);
}
