//! The table of stories: each row is a set of records, and the stories that an audit makes of them.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::program::{audit, beside, sample};

#[derive(Deserialize)]
struct Case {
    id: String,
    source: String,
    records: Vec<Value>,
    stories: Option<Vec<Map<String, Value>>>,
    callers: Option<Vec<Map<String, Value>>>,
    attempts: Option<BTreeMap<String, Map<String, Value>>>,
}

fn cases() -> Vec<Case> {
    serde_json::from_str(include_str!("conformance/lifecycle/stories.json")).unwrap()
}

/// The tables of a report that stories are in, as text.
#[derive(Debug, PartialEq)]
struct Tables {
    stories: String,
    callers: String,
    attempts: String,
}

impl Tables {
    fn read(folder: &Path) -> Self {
        let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
        Self {
            stories: read("stories.json"),
            callers: read("story_callers.json"),
            attempts: read("attempts.json"),
        }
    }
}

fn tables(options: &str, paths: &[&Path], out: &Path) -> Tables {
    let options = format!("--quiet {options} --format json --out {}", out.display());
    let run = audit(&options, paths);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    Tables::read(out)
}

fn write_archive(path: &Path, records: &[Value]) {
    std::fs::write(path, json!({ "Records": records }).to_string()).unwrap();
}

fn rows(text: &str) -> Vec<Value> {
    serde_json::from_str(text).unwrap()
}

/// Returns how rows differ from those that a case expects.
fn differences(id: &str, found: &[Value], expected: &[Map<String, Value>]) -> Vec<String> {
    let mut differences = Vec::new();
    if found.len() != expected.len() {
        differences.push(format!("{id}: {} rows, {found:#?}", found.len()));
    }
    for (found, expected) in found.iter().zip(expected) {
        differences.extend(difference(id, found, expected));
    }
    differences
}

fn difference(id: &str, found: &Value, expected: &Map<String, Value>) -> Vec<String> {
    let columns = expected.iter();
    let wrong = columns.filter(|(column, value)| found.get(column) != Some(value));
    wrong
        .map(|(column, value)| format!("{id}: {column} is {}, not {value}", found[column]))
        .collect()
}

#[test]
fn stories_are_those_of_the_table() {
    let folder = tempfile::tempdir().unwrap();
    let mut wrong = Vec::new();
    for case in cases() {
        assert!(!case.source.is_empty(), "{}", case.id);
        let archive = folder.path().join(format!("{}.json", case.id));
        write_archive(&archive, &case.records);
        let out = folder.path().join(&case.id);
        let tables = tables("--rule secrets,kms", &[&archive], &out);
        if let Some(expected) = &case.stories {
            wrong.extend(differences(&case.id, &rows(&tables.stories), expected));
        }
        if let Some(expected) = &case.callers {
            wrong.extend(differences(&case.id, &rows(&tables.callers), expected));
        }
        for (id, expected) in case.attempts.unwrap_or_default() {
            let attempts = rows(&tables.attempts);
            let found = attempts.iter().find(|row| row["event_id"] == id.as_str());
            wrong.extend(difference(&case.id, found.unwrap(), &expected));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Each record in a file of its own, in reverse, and from a ledger: the stories are the same.
#[test]
fn stories_depend_neither_on_files_nor_on_ledgers() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let case = cases().into_iter().find(|case| case.id == "restored");
    let mut records = case.unwrap().records;
    let other = cases().into_iter().find(|case| case.id == "key");
    records.extend(other.unwrap().records);
    write_archive(&path("one.json"), &records);
    let rule = "--rule secrets,kms";
    let once = tables(rule, &[&path("one.json")], &path("once"));
    std::fs::create_dir(path("many")).unwrap();
    for (number, record) in records.iter().rev().enumerate() {
        let name = format!("many/{number:02}.json");
        write_archive(&path(&name), std::slice::from_ref(record));
    }
    let many = tables(rule, &[&path("many")], &path("of-many"));
    assert_eq!(
        (&many.stories, &many.callers),
        (&once.stories, &once.callers)
    );
    let ledger = format!("{rule} --ledger {}", path("ledger").display());
    assert_eq!(
        tables(&ledger, &[&path("one.json")], &path("scanned")),
        once
    );
    assert_eq!(tables(&ledger, &[], &path("read")), once);
}

/// Returns a value with all names in lower case, as catalogs of tables write them.
fn lower_case(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let members = members.iter();
            let members = members.map(|(name, value)| (name.to_lowercase(), lower_case(value)));
            Value::Object(members.collect())
        }
        Value::Array(elements) => elements.iter().map(lower_case).collect(),
        _ => value.clone(),
    }
}

#[test]
fn names_in_lower_case_give_the_same_stories() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    for case in cases() {
        write_archive(&path("records.json"), &case.records);
        let lines = case.records.iter().map(lower_case);
        let lines: Vec<String> = lines.map(|record| record.to_string()).collect();
        std::fs::write(path("lower.json"), lines.join("\n")).unwrap();
        let [records, lower] = ["records", "lower"].map(|name| {
            let archive = path(&format!("{name}.json"));
            let out = path(&format!("{name}-{}", case.id));
            tables("--rule secrets,kms", &[&archive], &out).stories
        });
        assert_eq!(lower, records, "{}", case.id);
    }
}

/// Without the rule of KMS, the story of the key is made of its uses.
#[test]
fn the_sample_has_its_stories_without_any_option() {
    let run = audit("--quiet --json", &[sample()]);
    let summary = run.json();
    let verdict = |name: &str| {
        let stories = summary["stories"].as_array().unwrap();
        let story = stories.iter().find(|story| story["name"] == name).unwrap();
        (story["verdict_text"].clone(), story["attempts"].clone())
    };
    assert_eq!(
        verdict("prod/billing/database"),
        (
            "still in use when scheduled; restored after 33 attempts in 1 day".into(),
            33.into()
        )
    );
    assert_eq!(
        verdict("legacy/ftp"),
        (
            "deleted while 2 callers still asked for it".into(),
            7.into()
        )
    );
    assert_eq!(
        verdict("0a78b5cd-ecaa-46fc-8339-9698f7e1ef08"),
        (
            "still in use when scheduled; restored after 6 attempts in 1 day".into(),
            6.into()
        )
    );
    let with_kms = audit("--quiet --json --rule secrets,kms", &[sample()]).json();
    assert_eq!(with_kms["stories"], summary["stories"]);
}

/// Many stories, with names that would steer a terminal.
#[test]
fn only_the_most_urgent_stories_are_printed_and_nothing_of_them_steers_the_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("events.json");
    let mut records = Vec::new();
    for number in 0..250 {
        records.push(json!({
            "eventTime": "2026-03-03T10:00:00Z", "eventSource": "secretsmanager.amazonaws.com",
            "eventName": "DeleteSecret", "awsRegion": "eu-west-1",
            "recipientAccountId": "111122223333", "eventID": number.to_string(),
            "requestParameters": { "secretId": format!("\u{1b}[2J\u{202e}{number}") },
        }));
    }
    write_archive(&archive, &records);
    let run = audit("", &[&archive]);
    assert!(!run.stdout.contains("\u{1b}[2J") && !run.stdout.contains('\u{202e}'));
    assert!(
        run.stdout.contains("Stories  250 deletions"),
        "{}",
        run.stdout
    );
    assert!(
        run.stdout
            .contains("… and 245 more; --out DIR writes all of them")
    );
    let summary = audit("--json", &[&archive]).json();
    assert_eq!(summary["stories"].as_array().unwrap().len(), 100);
    assert_eq!(summary["stories_total"], 250);
}

/// The README shows the begin of what is printed.
#[test]
fn the_readme_shows_the_answer_of_the_sample() {
    let readme = std::fs::read_to_string("README.md").unwrap();
    let (_, shown) = readme.split_once("begins:\n\n```text\n").unwrap();
    let (shown, _) = shown.split_once("```").unwrap();
    let run = audit("", &[sample()]);
    assert!(run.stdout.starts_with(shown), "{}", run.stdout);
}

/// The recorded deletions of 2023, if the real data lies beside the project. The calls of three of
/// them are not in it, and the service's own events say that they were forced.
#[test]
fn the_recorded_deletions_were_forced() {
    let test = "the_recorded_deletions_were_forced";
    let Some(real) = beside("shared/real/invictus-ir+aws_dataset", test) else {
        return;
    };
    let summary = audit("--json", &[&real]).json();
    let stories = summary["stories"].as_array().unwrap();
    let scheduled = stories.iter().filter(|story| !story["scheduled"].is_null());
    assert_eq!((stories.len(), scheduled.count()), (20, 17));
    for story in stories {
        assert_eq!(story["verdict_text"], "force-deleted, no way back");
        assert!(story["last_good_use"]["principal"].is_string(), "{story:#}");
    }
}
