//! Records in tables and in other schemas: as Athena, Security Lake, Steampipe, Tailpipe and others
//! keep them.

use std::path::Path;

use serde_json::{Value, json};

use crate::program::{Run, audit, beside};

/// The records of this number, of which every other one, from the first on, is an attempt.
fn records(count: u32) -> Vec<Value> {
    (0..count).map(record).collect()
}

fn record(number: u32) -> Value {
    let mut record = json!({
        "eventVersion": "1.11",
        "eventTime": format!("2026-03-02T02:{number:02}:00Z"),
        "eventSource": "secretsmanager.amazonaws.com",
        "eventName": "GetSecretValue",
        "awsRegion": "us-east-1",
        "sourceIPAddress": "198.51.100.7",
        "userAgent": "aws-sdk-go/1.44",
        "requestParameters": {"secretId": "app/db"},
        "requestID": format!("r-{number}"),
        "eventID": format!("{number:032}"),
        "readOnly": true,
        "eventType": "AwsApiCall",
        "managementEvent": true,
        "recipientAccountId": "111122223333",
        "eventCategory": "Management",
        "userIdentity": {
            "type": "AssumedRole",
            "principalId": "AROAEXAMPLE:job",
            "arn": "arn:aws:sts::111122223333:assumed-role/job/run",
            "accountId": "111122223333",
            "accessKeyId": "ASIAEXAMPLE",
            "sessionContext": {
                "sessionIssuer": {"arn": "arn:aws:iam::111122223333:role/job"},
                "attributes": {
                    "creationDate": "2026-03-02T01:00:00Z", "mfaAuthenticated": "false",
                },
            },
        },
    });
    if number.is_multiple_of(2) {
        record["errorCode"] = "InvalidRequestException".into();
        record["errorMessage"] = "You can't perform this operation on the secret because it was \
             marked for deletion."
            .into();
    }
    record
}

/// The numbers of records and attempts of a run, and its exit code.
fn counts(run: &Run) -> (u64, u64, i32) {
    let summary = run.json();
    let number = |pointer: &str| summary.pointer(pointer).and_then(Value::as_u64).unwrap();
    (number("/records/total"), number("/attempts"), run.code)
}

/// The rows of a table of a report on files with these names and contents.
fn table(name: &str, files: &[(&str, &[u8])]) -> (Vec<Value>, Run) {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        let path = folder.path().join("archive").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
    let report = folder.path().join("report");
    let arguments = format!("--json --out {} --format json", report.display());
    let run = audit(&arguments, &[&folder.path().join("archive")]);
    let text = std::fs::read_to_string(report.join(format!("{name}.json")));
    let rows = serde_json::from_str(&text.unwrap_or_else(|_| panic!("{}", run.stderr)));
    (rows.unwrap(), run)
}

/// Checks that the attempts of the four records are found in a file, with the evidence that the
/// records themselves give.
#[track_caller]
fn check(name: &str, content: &[u8]) {
    let lines: Vec<String> = records(4).iter().map(Value::to_string).collect();
    let (expected, _) = table("attempts", &[("a.json", lines.join("\n").as_bytes())]);
    let (found, run) = table("attempts", &[(name, content)]);
    assert_eq!(counts(&run), (4, 2, 0), "{}{}", run.stdout, run.stderr);
    let evidence = |attempts: &[Value]| -> Vec<Value> {
        let attempts = attempts.iter().cloned().map(|mut attempt| {
            let columns = attempt.as_object_mut().unwrap();
            for place in ["object", "record", "byte"] {
                columns.remove(place);
            }
            attempt
        });
        attempts.collect()
    };
    assert_eq!(evidence(&found), evidence(&expected), "{name}");
}

fn kinds(run: &Run) -> Vec<String> {
    let summary = run.json();
    let problems = summary["problems"].as_array().cloned().unwrap_or_default();
    let kind = |problem: &Value| problem["kind"].as_str().unwrap().to_owned();
    problems.iter().map(kind).collect()
}

fn case(name: &str) -> Option<std::path::PathBuf> {
    beside(&format!("shared/cases/archives/{name}"), name)
}

#[test]
fn every_table_and_schema_is_read() {
    for name in [
        "ocsf",
        "athena_unload_json",
        "steampipe_json",
        "tailpipe",
        "pq_records",
        "hive_part",
        "lake_api_eventjson",
    ] {
        let Some(folder) = case(name) else {
            return;
        };
        let run = audit("--json", &[&folder]);
        assert_eq!(counts(&run), (4, 2, 0), "{name}: {}", run.stdout);
    }
}
