//! The table of steps in the life of secrets and keys: each row is a record, and its row of the
//! report, if it has one, with its source.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::program::audit;

#[derive(Deserialize)]
struct Case {
    id: String,
    source: String,
    record: Value,
    expected: Option<Map<String, Value>>,
}

fn cases() -> Vec<Case> {
    serde_json::from_str(include_str!("conformance/lifecycle/steps.json")).unwrap()
}

/// Returns the rows of the lifecycle of an audit by the ids of their events, and their text.
fn lifecycle(options: &str, paths: &[&Path], out: &Path) -> (BTreeMap<String, Value>, String) {
    let options = format!(
        "--quiet --rule secrets {options} --format json --out {}",
        out.display()
    );
    let run = audit(&options, paths);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    let text = std::fs::read_to_string(out.join("lifecycle.json")).unwrap();
    let rows: Vec<Value> = serde_json::from_str(&text).unwrap();
    let mut by_id = BTreeMap::new();
    for row in rows {
        by_id.insert(row["event_id"].as_str().unwrap().to_owned(), row);
    }
    (by_id, text)
}

fn write_archive(path: &Path) {
    let records: Vec<Value> = cases().into_iter().map(|case| case.record).collect();
    std::fs::write(path, serde_json::json!({ "Records": records }).to_string()).unwrap();
}

#[test]
fn records_are_the_steps_that_the_table_says() {
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("events.json");
    write_archive(&archive);
    let (mut rows, _) = lifecycle("", &[&archive], &folder.path().join("out"));
    for case in cases() {
        assert!(!case.source.is_empty(), "{}", case.id);
        let row = rows.remove(&case.id);
        let Some(expected) = case.expected else {
            assert_eq!(row, None, "{}", case.id);
            continue;
        };
        let row = row.unwrap_or_else(|| panic!("{} is not a step", case.id));
        for (column, value) in expected {
            assert_eq!(row[&column], value, "{}: {column}", case.id);
        }
    }
    assert!(rows.is_empty(), "{rows:?}");
}

#[test]
fn a_ledger_yields_the_same_steps_as_a_scan() {
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("events.json");
    write_archive(&archive);
    let out = |name: &str| folder.path().join(name);
    let ledger = format!("--ledger {}", out("ledger").display());
    let (_, plain) = lifecycle("", &[&archive], &out("plain"));
    let (_, scanned) = lifecycle(&ledger, &[&archive], &out("scanned"));
    let (_, read) = lifecycle(&ledger, &[], &out("read"));
    assert_eq!(scanned, plain);
    assert_eq!(read, plain);
}
