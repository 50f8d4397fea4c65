//! The seeds of the fuzz targets, and every input that once broke a check.

pub mod checks;

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
fn seeds_and_regressions_of_patterns_hold() {
    assert!(run("seeds/parse", checks::pattern::parse) >= 40);
    assert!(run("seeds/evaluate", checks::pattern::evaluate) >= 24);
    assert!(run("regressions/parse", checks::pattern::parse) >= 1);
    run("regressions/evaluate", checks::pattern::evaluate);
}

#[test]
fn seeds_and_regressions_of_files_hold() {
    assert!(run("seeds/json", checks::json::check) >= 12);
    assert!(run("seeds/containers", checks::container::check) >= 20);
    assert!(run("seeds/ledgers", checks::ledger::check) >= 3);
    assert!(run("seeds/integrity", checks::integrity::check) >= 7);
    assert!(run("regressions/json", checks::json::check) >= 1);
    assert!(run("regressions/ledgers", checks::ledger::check) >= 1);
    run("regressions/integrity", checks::integrity::check);
    run("regressions/containers", checks::container::check);
}

/// The seeds of containers and ledgers must reach what they are seeds for.
#[test]
fn every_container_and_ledger_among_the_seeds_is_read() {
    for name in ["whole", "empty"] {
        assert!(checks::ledger::is_sound(&seed("ledgers", name)), "{name}");
    }
    assert!(!checks::ledger::is_sound(&seed("ledgers", "cut")));
    assert_eq!(checks::container::records(&seed("containers", "gzip")), 2);
}

fn seed(target: &str, name: &str) -> Vec<u8> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzzed/seeds");
    std::fs::read(root.join(target).join(name)).unwrap()
}
