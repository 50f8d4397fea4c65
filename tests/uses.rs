//! The table of uses of secrets and keys: each row is a record, the uses that it documents, and the
//! built-in rules on deletions that select it, with its source.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use backtrail::audit::{Audit, LedgerOptions};
use backtrail::plan::built_in::select;
use backtrail::plan::{BuiltInRule, Plan, Selection};
use backtrail::report::{Report, Summary, Use};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::program::audit;

#[derive(Deserialize)]
struct Case {
    id: String,
    source: String,
    record: Value,
    /// The secrets and keys that are used, with the outcome.
    uses: Vec<(String, String)>,
    /// The rules that select the record.
    rules: Vec<String>,
    principal: Option<String>,
}

fn cases() -> Vec<Case> {
    serde_json::from_str(include_str!("conformance/lifecycle/uses.json")).unwrap()
}

/// Returns the record of a case, whose user agent and event are named after the case.
fn record(case: &Case) -> Value {
    let mut record = case.record.clone();
    record["userAgent"] = case.id.as_str().into();
    record["eventID"] = case.id.as_str().into();
    record
}

/// Writes the records of all cases to several files of the layout of CloudTrail, or to one file
/// with a record on each line.
fn write_archive(folder: &Path, is_in_lines: bool) -> PathBuf {
    let records: Vec<Value> = cases().iter().map(record).collect();
    let path = folder.join("archive");
    std::fs::create_dir_all(&path).unwrap();
    if is_in_lines {
        let lines = records.iter().map(|record| format!("{record}\n"));
        std::fs::write(path.join("events.jsonl"), lines.collect::<String>()).unwrap();
        return path;
    }
    for (number, records) in records.chunks(5).enumerate() {
        let name = format!("111122223333_CloudTrail_eu-west-1_20260303T10{number:02}Z_a.json");
        let text = json!({ "Records": records }).to_string();
        std::fs::write(path.join(name), text).unwrap();
    }
    path
}

fn plan(rules: &str) -> Plan {
    let rules = select(rules).unwrap().into_iter();
    Plan::new(rules.map(BuiltInRule::job).collect(), Selection::default()).unwrap()
}

fn report(paths: &[&Path], ledger: Option<&Path>, threads: usize) -> Report {
    let mut audit = Audit::new(plan("deletion"), paths);
    audit.threads = Some(threads);
    audit.ledger = ledger.map(LedgerOptions::new);
    audit.report().unwrap()
}

/// Returns the resources and outcomes of uses by the ids of their cases.
fn by_case(report: &Report) -> BTreeMap<String, Vec<(String, String)>> {
    let mut found: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for row in report.uses.all() {
        let outcome = row.outcome.name().to_owned();
        let uses = found.entry(row.user_agent.unwrap().to_owned()).or_default();
        uses.push((row.resource.to_owned(), outcome));
    }
    found.values_mut().for_each(|uses| uses.sort());
    found
}

fn check(report: &Report) {
    let mut found = by_case(report);
    for case in cases() {
        assert!(!case.source.is_empty(), "{}", case.id);
        let uses = found.remove(&case.id).unwrap_or_default();
        assert_eq!(uses, case.uses, "{}", case.id);
    }
    assert!(found.is_empty(), "{found:?}");
    for row in report.uses.all() {
        assert_eq!(row.account, Some("111122223333"));
        assert_eq!((row.region, row.count), (Some("eu-west-1"), 1));
        assert_eq!(row.source_ip_address, Some("192.0.2.1"));
    }
}

#[test]
fn records_are_the_uses_that_the_table_says() {
    let folder = tempfile::tempdir().unwrap();
    let archive = write_archive(folder.path(), false);
    check(&report(&[&archive], None, 2));
    // The same records are found in another way, without their members.
    let folder = tempfile::tempdir().unwrap();
    let archive = write_archive(folder.path(), true);
    check(&report(&[&archive], None, 1));
}

#[test]
fn rules_on_deletions_select_the_records_that_the_table_says() {
    let folder = tempfile::tempdir().unwrap();
    let archive = write_archive(folder.path(), false);
    let report = report(&[&archive], None, 1);
    let mut selected: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for attempt in report.attempts {
        let id = attempt.event.event_id.unwrap();
        selected
            .entry(id)
            .or_default()
            .push(attempt.rule.to_string());
    }
    for case in cases() {
        let rules = selected.remove(&case.id).unwrap_or_default();
        assert_eq!(rules, case.rules, "{}", case.id);
    }
}

#[test]
fn principals_are_those_of_the_evidence() {
    let folder = tempfile::tempdir().unwrap();
    let archive = write_archive(folder.path(), false);
    let report = report(&[&archive], None, 1);
    let principal = |id: &str| {
        let mut rows = report.uses.all();
        let row = rows.find(|row: &Use<'_>| row.user_agent == Some(id));
        row.unwrap().principal.map(str::to_owned)
    };
    for case in cases() {
        if case.principal.is_some() {
            assert_eq!(principal(&case.id), case.principal, "{}", case.id);
        }
    }
    for attempt in &report.attempts {
        let id = attempt.event.event_id.as_deref().unwrap();
        let evidence = attempt.event.evidence.text("principal");
        assert_eq!(principal(id).as_deref(), evidence, "{id}");
    }
}

#[test]
fn a_ledger_yields_the_same_uses_as_a_scan() {
    let folder = tempfile::tempdir().unwrap();
    let archive = write_archive(folder.path(), false);
    let ledger = folder.path().join("ledger");
    let plain = report(&[&archive], None, 2);
    let scanned = report(&[&archive], Some(&ledger), 2);
    let read = report(&[], Some(&ledger), 1);
    assert_eq!(scanned.uses, plain.uses);
    assert_eq!(read.uses, plain.uses);
    assert_eq!(Summary::from_report(&read).uses.warnings, []);
}

#[test]
fn uses_in_a_ledger_of_an_earlier_program_are_not_known() {
    let options = "--rule secrets --from 2026-03-04T09:00:00Z";
    let ledger = "--ledger tests/fixtures/ledger-1/ledger";
    let run = audit(&format!("{ledger} {options}"), &[]);
    let words = "the uses of secrets and keys in 2 objects are not known";
    assert!(run.words().contains(words), "{}", run.stdout);
}

#[test]
fn too_many_uses_are_said() {
    let folder = tempfile::tempdir().unwrap();
    let mut lines = String::new();
    let many = 20_000;
    for number in 0..many {
        lines += &json!({
            "eventTime": "2026-03-03T10:00:00Z",
            "eventSource": "kms.amazonaws.com",
            "eventName": "Decrypt",
            "requestParameters": { "keyId": format!("key-{number}") },
            "sourceIPAddress": "192.0.2.1",
        })
        .to_string();
        lines.push('\n');
    }
    for (number, part) in lines.as_bytes().chunks(lines.len() / 7).enumerate() {
        // Records that are cut in two are problems, and no uses.
        std::fs::write(folder.path().join(format!("{number}.jsonl")), part).unwrap();
    }
    let one = report(&[folder.path()], None, 1);
    let two = report(&[folder.path()], None, 2);
    assert_eq!(one.uses, two.uses);
    let uses = Summary::from_report(&one).uses;
    assert_eq!(
        (uses.kept + uses.omitted, uses.detail),
        (uses.total, "caller")
    );
    assert!(uses.kept == 8_192 && uses.total > many - 20, "{uses:?}");
    assert_eq!(uses.warnings.len(), 2);
}
