//! The table of ways in which an archive may be incomplete or tampered with: each row is made and
//! signed here, and has the right answer with its source.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::bucket::{Bucket, Plan};
use super::verify;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    id: String,
    source: String,
    #[serde(default)]
    plan: Plan,
    #[serde(default)]
    deeds: Vec<String>,
    #[serde(default)]
    keys: Keys,
    #[serde(default = "is_given")]
    metadata: bool,
    #[serde(default)]
    arguments: Vec<String>,
    expected: Answer,
}

/// The keys that are given.
#[derive(Clone, Copy, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
enum Keys {
    #[default]
    All,
    None,
    First,
    Second,
    /// The list states a fingerprint that no digest names.
    OtherFingerprint,
    /// The list states the fingerprint of each key for the other one.
    SwappedFingerprints,
    /// The list states the fingerprint of the first key for the second one, and has no other.
    WrongKey,
    /// The list states none.
    NoFingerprint,
    /// The keys are published in the other encoding, with the fingerprint of PKCS #1.
    Spki,
    /// The list is called as in the user guide, and its times are numbers in quotes.
    GuideSpelling,
}

/// What a verification says. Times leave out the day, and chains the account.
#[derive(Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
struct Answer {
    exit: i32,
    /// The grade of every object that `grades` does not name.
    rest: String,
    grades: BTreeMap<String, String>,
    /// The places of delivery of objects that lie elsewhere.
    moved: BTreeMap<String, String>,
    gaps: Vec<String>,
    findings: Vec<String>,
    notes: Vec<String>,
}

fn is_given() -> bool {
    true
}

fn cases() -> Vec<Case> {
    serde_json::from_str(include_str!("../conformance/integrity/chains.json")).unwrap()
}

impl Keys {
    fn list(self, bucket: &mut Bucket) -> String {
        match self {
            Self::None | Self::All => {}
            Self::First => drop(bucket.keys.pop()),
            Self::Second => drop(bucket.keys.remove(0)),
            Self::OtherFingerprint => bucket.keys[0]["Fingerprint"] = json!("0".repeat(32)),
            Self::SwappedFingerprints => {
                let first = bucket.keys[0]["Fingerprint"].clone();
                bucket.keys[0]["Fingerprint"] = bucket.keys[1]["Fingerprint"].clone();
                bucket.keys[1]["Fingerprint"] = first;
            }
            Self::WrongKey => {
                bucket.keys[1]["Fingerprint"] = bucket.keys[0]["Fingerprint"].clone();
                bucket.keys.remove(0);
            }
            Self::NoFingerprint => {
                for key in &mut bucket.keys {
                    key.as_object_mut().unwrap().remove("Fingerprint");
                }
            }
            Self::Spki => bucket.publish_as_spki(false),
            Self::GuideSpelling => {
                for key in &mut bucket.keys {
                    key["ValidityStartTime"] = json!("1436317441.0");
                }
                return json!({ "publicKeyList": bucket.keys }).to_string();
            }
        }
        bucket.key_list()
    }
}

/// The answer for a case, in the short names of the table.
fn answer(case: &Case) -> Answer {
    answer_from_files(case, String::into_bytes)
}

/// The answer for a case whose keys and metadata are in files of this encoding.
fn answer_from_files(case: &Case, encode: fn(String) -> Vec<u8>) -> Answer {
    let mut bucket = Bucket::new(&case.plan);
    for deed in &case.deeds {
        bucket.tamper(deed);
    }
    let folder = tempfile::tempdir().unwrap();
    let (keys, metadata) = (
        folder.path().join("keys.json"),
        folder.path().join("metadata.jsonl"),
    );
    std::fs::write(&keys, encode(case.keys.list(&mut bucket))).unwrap();
    std::fs::write(&metadata, encode(bucket.manifest())).unwrap();
    let source = folder.path().join("buckets");
    bucket.write(&source);
    let mut arguments = vec!["--json"];
    if case.keys != Keys::None {
        arguments.extend(["--keys", keys.to_str().unwrap()]);
    }
    if case.metadata {
        arguments.extend(["--metadata", metadata.to_str().unwrap()]);
    }
    arguments.extend(case.arguments.iter().map(String::as_str));
    let run = verify(&source, &arguments);
    assert_eq!(run.stderr, "", "{}", case.id);
    let result = run.json();
    check_counts(&case.id, &result);
    Answer {
        exit: run.code,
        ..shortened(&bucket, &case.expected.rest, &result)
    }
}

/// The counts are those of the objects.
fn check_counts(id: &str, result: &Value) {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for object in result["objects"].as_array().unwrap() {
        *counts.entry(object["grade"].as_str().unwrap()).or_default() += 1;
    }
    assert_eq!(json!(counts), result["counts"], "{id}");
}

fn shortened(bucket: &Bucket, rest: &str, result: &Value) -> Answer {
    let text = |value: &Value, name: &str| value[name].as_str().unwrap().to_owned();
    let mut answer = Answer {
        rest: rest.to_owned(),
        ..Answer::default()
    };
    for object in result["objects"].as_array().unwrap() {
        let short = bucket.short(&text(object, "bucket"), &text(object, "key"));
        if let Some(from) = object["moved_from"].as_str() {
            let (from, key) = from.split_once('/').unwrap();
            answer.moved.insert(short.clone(), bucket.short(from, key));
        }
        let grade = text(object, "grade");
        if grade != rest {
            answer.grades.insert(short, grade);
        }
    }
    for gap in result["gaps"].as_array().unwrap() {
        let end = if gap["explained"] == true {
            " explained"
        } else {
            ""
        };
        let clock = |name| text(gap, name).replace("2026-03-03T", "");
        let chain = text(gap, "chain").replace("111122223333/", "");
        let kind = text(gap, "kind");
        answer.gaps.push(format!(
            "{chain} {kind} {} {}{end}",
            clock("from"),
            clock("to")
        ));
    }
    for finding in result["findings"].as_array().unwrap() {
        let short = bucket.short(&text(finding, "bucket"), &text(finding, "key"));
        answer
            .findings
            .push(format!("{} {short}", text(finding, "kind")));
    }
    for note in result["notes"].as_array().unwrap() {
        answer.notes.push(note.as_str().unwrap().to_owned());
    }
    answer
}

#[test]
fn tampering_is_found_as_the_table_says() {
    let mut wrong = Vec::new();
    let cases = cases();
    for case in &cases {
        assert!(!case.source.is_empty(), "{}", case.id);
        let mut found = answer(case);
        // A row need not repeat the words of a note, only begin as it does.
        for (note, expected) in found.notes.iter_mut().zip(&case.expected.notes) {
            if note.starts_with(expected) {
                note.clone_from(expected);
            }
        }
        if found != case.expected {
            let found = serde_json::to_string(&found).unwrap();
            wrong.push(format!("{{\"id\": {:?}, \"expected\": {found}}}", case.id));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        cases.len(),
        wrong.join("\n")
    );
}

/// The shells of Windows write what AWS's tools print in UTF-16, and its editors a mark before
/// UTF-8.
#[test]
fn keys_and_metadata_are_read_in_the_encodings_of_windows() {
    let cases = cases();
    let is_plain = |case: &&Case| case.keys == Keys::All && case.metadata && case.deeds.is_empty();
    let case = cases.iter().find(is_plain).unwrap();
    let expected = answer(case);
    let utf_16: fn(String) -> Vec<u8> = |text| {
        let units = text.encode_utf16().flat_map(u16::to_le_bytes);
        [0xff, 0xfe].into_iter().chain(units).collect()
    };
    let marked: fn(String) -> Vec<u8> = |text| format!("\u{feff}{text}").into_bytes();
    for encode in [utf_16, marked] {
        assert_eq!(answer_from_files(case, encode), expected);
    }
}
