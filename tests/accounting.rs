//! What is read, what is left out, what is not of CloudTrail, and what may hold records: an audit
//! tells them apart, and says nothing was lost only where that is so.

use std::path::Path;

use serde_json::{Value, json};

use crate::program::{Run, audit, beside};

const RECORD: &str = r#"{"eventTime":"2026-03-04T09:15:00Z","eventSource":"kms.amazonaws.com","eventName":"Decrypt","eventID":"1"}"#;

const LOG_FILE: &str = "111122223333_CloudTrail_us-east-1_20260304T0915Z_aaaaaaaaaaaaaaaa.json";

const EVERYTHING: &str = "none: everything was read";

/// An archive with one log file, and what a test adds.
struct Archive {
    folder: tempfile::TempDir,
}

impl Archive {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let archive = Self { folder };
        archive.with(LOG_FILE, format!(r#"{{"Records":[{RECORD}]}}"#))
    }

    fn with(self, name: &str, bytes: impl AsRef<[u8]>) -> Self {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
        self
    }

    fn run(&self, arguments: &str) -> Run {
        audit(arguments, &[self.folder.path()])
    }

    fn summary(&self) -> (i32, Value) {
        let run = self.run("--json");
        (run.code, run.json())
    }
}

fn problem_kinds(summary: &Value) -> Vec<&str> {
    let problems = summary["problems"].as_array().unwrap().iter();
    problems
        .map(|problem| problem["kind"].as_str().unwrap())
        .collect()
}

#[test]
fn what_is_known_is_left_out_with_its_reason() {
    let logs = "AWSLogs/111122223333";
    let archive = Archive::new()
        .with(&format!("{logs}/vpcflowlogs/us-east-1/2026/x.log.gz"), "x")
        .with(
            &format!("{logs}/elasticloadbalancing/us-east-1/x.log.gz"),
            "x",
        )
        .with(&format!("{logs}/WAFLogs/us-east-1/x.log.gz"), "x")
        .with(&format!("{logs}/Config/us-east-1/x.json.gz"), "x")
        .with(&format!("{logs}/Config/ConfigWritabilityCheckFile"), "")
        .with(&format!("{logs}/GuardDuty/us-east-1/x.jsonl.gz"), "x")
        .with(&format!("{logs}/vpcdnsquerylogs/vpc-1/x.log.gz"), "x")
        .with("logs/2026-03-02-02-15-00-0123456789ABCDEF", "x")
        .with("aws-logs-write-test", "Permission Check Successful")
        .with("_SUCCESS", "")
        .with("x_$folder$", "")
        .with("._x.json.gz", b"\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X")
        .with(".DS_Store", b"\x00\x00\x00\x01Bud1\x00\x00");
    let (code, summary) = archive.summary();
    assert_eq!(code, 0, "{summary:#}");
    assert_eq!(
        summary["objects"]["skipped_by_reason"],
        json!({
            "vpc-flow-log": 1,
            "load-balancer-log": 1,
            "waf-log": 1,
            "config": 2,
            "guardduty": 1,
            "dns-query-log": 1,
            "s3-access-log": 1,
            "marker": 3,
            "apple-double": 2,
        })
    );
    assert!(archive.run("").stdout.contains(EVERYTHING));
}

#[test]
fn what_is_not_of_cloudtrail_is_counted_by_its_content_with_an_example() {
    let archive = Archive::new()
        .with("a.json", r#"{"files":1}"#)
        .with("b.json", r#"{"a":[1,2]}"#)
        .with(
            "notes.md",
            "{'eventName': 'Decrypt', 'eventSource': 'kms.amazonaws.com'}",
        )
        .with("config.json", "{ // a comment\n}")
        .with("image.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
    let (code, summary) = archive.summary();
    assert_eq!(code, 0, "{summary:#}");
    let found = summary["objects"]["not_cloudtrail"].as_array().unwrap();
    let found: Vec<(&str, u64, &str)> = found
        .iter()
        .map(|content| {
            let example = content["example"].as_str().unwrap();
            (
                content["content"].as_str().unwrap(),
                content["objects"].as_u64().unwrap(),
                Path::new(example).file_name().unwrap().to_str().unwrap(),
            )
        })
        .collect();
    let expected = [
        ("json", 2, "a.json"),
        ("text", 2, "config.json"),
        ("binary", 1, "image.png"),
    ];
    assert_eq!(found, expected);
    let text = archive.run("").stdout;
    assert!(!text.contains(EVERYTHING), "{text}");
    assert!(
        text.contains("2 not of CloudTrail: JSON without records, such as"),
        "{text}"
    );
}

#[test]
fn what_may_hold_records_is_a_problem() {
    let rows: [(&str, &[u8], &str); 7] = [
        // Other names for the same things, in an object that says nothing else.
        (
            "x.json",
            br#"{"rows":{"c":{"EventSource":"kms.amazonaws.com","EventName":"Decrypt"}}}"#,
            "unrecognized-records",
        ),
        (
            "x.txt",
            b"x = {'eventName': 'Decrypt', 'eventSource': 'kms.amazonaws.com'}",
            "unrecognized-records",
        ),
        (
            "x.json",
            br#"{"Records":[{"eventVersion":"1.0"#,
            "damaged-json",
        ),
        ("x.json", br#"{"Records":[{"foo":1}]}"#, "not-a-record"),
        (
            "x.json.gz",
            b"\x93\x00\xff\xfe\x11\x93\x00",
            "not-cloudtrail",
        ),
        ("x.json", b"", "empty"),
        (
            "111122223333_CloudTrail_us-east-1_20260304T0915Z_b.json",
            br#"{"files":1}"#,
            "not-a-record",
        ),
    ];
    for (name, bytes, kind) in rows {
        let archive = Archive::new().with(name, bytes);
        let (code, summary) = archive.summary();
        assert_eq!((code, problem_kinds(&summary)), (3, vec![kind]), "{name}");
        assert!(!archive.run("").stdout.contains(EVERYTHING), "{name}");
    }
}

/// A document is read on as any other document from the place on where it is not written as
/// CloudTrail writes it. Both ways must count the same elements, so that no record is passed over.
#[test]
fn what_is_no_record_hides_no_record_after_it() {
    let records = |numbers: std::ops::Range<usize>| {
        let records = numbers.map(|number| RECORD.replace("\"1\"", &format!("\"{number}\"")));
        records.collect::<Vec<_>>().join(",")
    };
    for other in ["{}", r#"{"a":[1]}"#, r#"{"eventSource":"aws:s3"}"#, "null"] {
        let (first, second) = (records(0..20), records(20..40));
        let document = format!(r#"{{"Records":[{first},{other},{second}, {RECORD}]}}"#);
        let (code, summary) = Archive::new().with(LOG_FILE, document).summary();
        assert_eq!(code, 3, "{other}");
        let records = &summary["records"];
        assert_eq!(
            (&records["unmatched"], &records["unparseable"]),
            (&json!(41), &json!(1)),
            "{other}: {summary:#}"
        );
        assert_eq!(problem_kinds(&summary), ["not-a-record"], "{other}");
    }
}

#[test]
fn a_condition_does_not_hide_that_the_archive_was_not_read_whole() {
    let attempt = RECORD.replace(
        "\"eventID\"",
        r#""errorMessage":"arn:aws:kms:us-east-1:111122223333:key/x is pending deletion.","eventID""#,
    );
    let archive = Archive::new().with("a.json", attempt);
    let run = archive.run("--quiet --rule kms --fail-on attempt");
    assert_eq!((run.code, run.stderr.as_str()), (1, ""));
    let run = archive
        .with("b.json.gz", "")
        .run("--quiet --rule kms --fail-on attempt");
    assert_eq!(run.code, 1);
    assert!(
        run.stderr
            .contains("the archive was not read whole (1 problem)"),
        "{}",
        run.stderr
    );
}

/// Returns the number of objects that a second audit with the same ledger reads.
fn read_again(archive: &Archive) -> u64 {
    let ledger = tempfile::tempdir().unwrap();
    let arguments = format!("--json --ledger {}", ledger.path().join("l").display());
    archive.run(&arguments);
    let again = archive.run(&arguments).json();
    again["problems"].as_array().unwrap().len() as u64
}

#[test]
fn a_ledger_keeps_the_problem_of_a_form_that_is_not_known() {
    let record = br#"{"rows":{"c":{"EventSource":"kms.amazonaws.com","EventName":"Decrypt"}}}"#;
    assert_eq!(read_again(&Archive::new().with("x.json", record)), 1);
}

#[test]
fn archives_that_people_have_are_accounted_for() {
    let Some(cases) = beside("shared/cases/archives", "archives_that_people_have") else {
        return;
    };
    for (name, code, attempts) in [
        ("shared_bucket", 0, 2),
        ("appledouble", 0, 2),
        ("ct", 0, 1),
        ("not_records", 3, 0),
    ] {
        let run = audit("--json", &[&cases.join(name)]);
        let summary = run.json();
        assert_eq!(
            (run.code, summary["attempts"].as_u64()),
            (code, Some(attempts)),
            "{name}: {summary:#}"
        );
    }
}
