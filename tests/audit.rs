//! The main job on the sample archive, whose answer is written in its README.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::program::{Colours, Run, audit, backtrail, report_files, run, sample};

fn count(value: &Value, pointer: &str) -> u64 {
    value
        .pointer(pointer)
        .and_then(Value::as_u64)
        .unwrap_or_else(|| panic!("no number at {pointer}: {value:#}"))
}

fn summary(arguments: &str) -> Value {
    audit(&format!("--json {arguments}"), &[sample()]).json()
}

fn attempts(arguments: &str) -> u64 {
    count(&summary(arguments), "/attempts")
}

#[test]
fn the_story_of_the_sample_is_found() {
    let run = audit("--json --rule all", &[sample()]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    let summary = run.json();
    assert_eq!(count(&summary, "/objects/listed"), 53);
    assert_eq!(count(&summary, "/objects/read"), 50);
    assert_eq!(
        summary.pointer("/objects/skipped_by_reason"),
        Some(&json!({"digest": 2, "insight": 1}))
    );
    assert_eq!(count(&summary, "/records/total"), 418);
    assert_eq!(count(&summary, "/records/duplicate"), 3);
    assert_eq!(count(&summary, "/rules/0/attempts"), 42);
    assert_eq!(count(&summary, "/rules/1/attempts"), 6);
    let top = &summary["rules"][0]["by_principal"][0];
    assert_eq!(
        (&top["name"], &top["attempts"]),
        (
            &json!("arn:aws:iam::111122223333:role/billing-batch"),
            &json!(31)
        )
    );
    let named: Vec<&Value> = summary["rules"][0]["by_target"]
        .as_array()
        .unwrap()
        .iter()
        .map(|group| &group["name"])
        .collect();
    assert!(
        named.contains(&&json!("legacy/ftp")) && named.contains(&&json!("=cmd|' /C calc'!A0")),
        "{named:?}"
    );
}

/// The objects and records are counted here by other means, so that none can be lost unnoticed.
#[test]
fn every_object_and_record_is_accounted_for() {
    let summary = summary("--rule all --from 2026-03-03 --account 111122223333");
    let objects = objects(&Path::new(env!("CARGO_MANIFEST_DIR")).join(sample()));
    let number = |pointer: &str| count(&summary, pointer) as usize;
    assert_eq!(number("/objects/listed"), objects.len());
    let read: Vec<Vec<Value>> = objects
        .iter()
        .filter(|(key, _)| key.starts_with("AWSLogs/111122223333/CloudTrail/"))
        .map(|(_, text)| records(text))
        .collect();
    assert_eq!(number("/objects/read"), read.len());
    assert_eq!(number("/objects/skipped"), objects.len() - read.len());
    assert_eq!(number("/objects/failed"), 0);
    let read = read.concat();
    assert_eq!(number("/records/total"), read.len());
    let is_early = |record: &&Value| record["eventTime"].as_str() < Some("2026-03-03");
    let excluded = read.iter().filter(is_early).count();
    assert_eq!(number("/records/excluded"), excluded);
    let others = ["matched", "unmatched", "duplicate", "unparseable"];
    let others = others.map(|name| number(&format!("/records/{name}")));
    assert_eq!(others.iter().sum::<usize>(), read.len() - excluded);
    assert!(excluded > 0 && others[0] > 0, "{summary:#}");
}

/// The records of a log file.
fn records(text: &str) -> Vec<Value> {
    let log_file: Value = serde_json::from_str(text).unwrap();
    log_file["Records"].as_array().unwrap().clone()
}

#[test]
fn the_selection_is_half_open() {
    // The first refused read of `legacy/ftp` happened at 02:30:04, the second at 02:30:34.
    assert_eq!(attempts("--to 2026-03-02T02:30:04Z"), 0);
    assert_eq!(attempts("--to 2026-03-02T02:30:05Z"), 1);
    assert_eq!(attempts("--from 2026-03-02T02:30:04Z --to 2026-03-03"), 2);
    assert_eq!(attempts("--from 2026-03-02T02:30:05Z --to 2026-03-03"), 1);
}

#[test]
fn accounts_and_regions_are_selected() {
    assert_eq!(attempts("--account 444455556666"), 7);
    assert_eq!(
        attempts("--account 111122223333 --account 444455556666"),
        42
    );
    assert_eq!(attempts("--region eu-west-1"), 7);
    assert_eq!(attempts("--region us-east-1 --account 111122223333"), 35);
}

#[test]
fn an_alarm_sees_what_happened_before_the_range() {
    // The reads of 02:30 keep the alarm on until 02:46:30, so an alarm that is created at 02:40
    // goes off at once.
    let summary = summary("--from 2026-03-02T02:40:00Z --to 2026-03-02T04:00:00Z");
    assert_eq!(count(&summary, "/attempts"), 0);
    assert_eq!(count(&summary, "/records/excluded"), 418);
    assert_eq!(
        summary["rules"][0]["alarm"]["episodes"][0]["start"],
        "2026-03-02T02:40:30Z"
    );
    assert_eq!(
        summary["rules"][0]["alarm"]["episodes"][0]["end"],
        "2026-03-02T02:46:30Z"
    );
}

#[test]
fn what_happened_before_the_range_is_excluded() {
    let summary = summary("--from 2026-03-03T09:40:00Z --to 2026-03-03T12:00:00Z");
    assert!(
        summary["first_event"].as_str() >= Some("2026-03-03T09:40:00Z"),
        "{summary:#}"
    );
    assert!(
        summary["last_event"].as_str() < Some("2026-03-03T12:00:00Z"),
        "{summary:#}"
    );
    // What one audit leaves out because it is too early, the other keeps.
    let wide = self::summary("--from 2026-03-03T09:40:00Z")
        .pointer("/records/excluded")
        .cloned();
    let before = self::summary("--to 2026-03-03T09:40:00Z");
    assert_eq!(wide, Some(json!(418 - count(&before, "/records/excluded"))));
    assert!(count(&summary, "/attempts") > 0);
}

#[test]
fn the_metric_counts_every_attempt_once() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().to_str().unwrap();
    assert_eq!(
        audit(&format!("--rule all --quiet --out {out}"), &[sample()]).code,
        0
    );
    let mut reader = csv::Reader::from_path(folder.path().join("metric.csv")).unwrap();
    let rows: Vec<std::collections::HashMap<String, String>> =
        reader.deserialize().map(Result::unwrap).collect();
    let sum = |name: &str| -> f64 {
        rows.iter()
            .filter(|row| row["metric_name"] == name)
            .map(|row| row["sum"].parse::<f64>().unwrap())
            .sum()
    };
    assert_eq!(
        (
            sum("AttemptsToAccessDeletedSecrets"),
            sum("KMSKeyPendingDeletionErrorCount")
        ),
        (42.0, 6.0)
    );
    for row in &rows {
        let start: jiff::Timestamp = row["period_start"].parse().unwrap();
        assert_eq!(
            (start.as_second() % 300, row["period_seconds"].as_str()),
            (0, "300")
        );
    }
}

#[test]
fn copies_count_when_they_are_asked_for() {
    assert_eq!(attempts("--keep-duplicates"), 45);
}

#[test]
fn a_pattern_of_ones_own_is_evaluated() {
    let custom =
        |pattern: &str| backtrail(["audit", "--json", "--pattern", pattern, "samples/archive"]);
    assert_eq!(
        count(
            &custom("{ $.eventName = DeleteSecret }").json(),
            "/attempts"
        ),
        1
    );
    assert_eq!(
        count(
            &custom("{ ($.eventName = \"Get*\") && ($.errorCode = *Exception) }").json(),
            "/attempts"
        ),
        46
    );
    assert_eq!(
        count(
            &custom("\"marked for deletion\" -GetSecretValue").json(),
            "/attempts"
        ),
        1
    );
    let wrong = custom("{ $.eventName == DeleteSecret }");
    assert_eq!(wrong.code, 2);
    assert!(
        wrong.stderr.contains("                ^^") && wrong.stderr.contains("write `=`"),
        "{}",
        wrong.stderr
    );
}

#[test]
fn a_requested_time_that_may_cut_off_stories_is_an_assumption() {
    let value = |options: &str| {
        let summary = audit(&format!("--json {options}"), &[sample()]).json();
        let assumptions = summary["assumptions"].as_array().unwrap();
        let mut requested = assumptions
            .iter()
            .filter(|assumption| assumption["name"] == "requested time");
        requested.next().map(|found| found["value"].clone())
    };
    assert_eq!(value(""), None);
    assert_eq!(
        value("--from 2026-03-03 --to 2026-03-04").unwrap(),
        "from 2026-03-03T00:00:00Z, before 2026-03-04T00:00:00Z"
    );
    // There is no story that it could cut off.
    assert_eq!(value("--to 2026-03-02T00:00:00Z"), None);
}

#[test]
fn conditions_decide_the_exit_code() {
    let code = |arguments: &str| audit(arguments, &[sample()]).code;
    assert_eq!(code("--fail-on attempt"), 1);
    assert_eq!(code("--fail-on story"), 1);
    assert_eq!(code("--fail-on alarm"), 1);
    assert_eq!(code("--fail-on alarm --threshold 100"), 0);
    assert_eq!(code("--fail-on attempt,alarm --to 2026-03-02"), 0);
    assert_eq!(code("--fail-on story --to 2026-03-02"), 0);
    // A key, which the default rule does not count, and calls after a deletion, which none does.
    let key = "--account 444455556666 --region us-east-1";
    let late = "--rule deletion --account 444455556666 --region eu-west-1 --from 2026-03-04T05:00Z";
    for part in [key, late] {
        assert_eq!(code(&format!("{part} --fail-on attempt")), 0, "{part}");
        assert_eq!(code(&format!("{part} --fail-on story")), 1, "{part}");
    }
}

#[test]
fn a_wrong_path_leaves_no_report_folder() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("report");
    assert_eq!(
        audit(
            &format!("--out {}", out.display()),
            &[Path::new("no/such/folder")]
        )
        .code,
        2
    );
    assert!(!out.exists());
}

#[test]
fn wrong_use_is_explained_before_anything_is_read() {
    let rows: [(&[&str], &str); 9] = [
        (&["audit", "no/such/folder"], "cannot open `no/such/folder`"),
        (&["audit"], "PATH"),
        (
            &[
                "audit",
                "--from",
                "2026-03-03",
                "--to",
                "2026-03-03",
                "samples/archive",
            ],
            "time range is empty",
        ),
        (
            &["audit", "--from", "soon", "samples/archive"],
            "2026-03-04T09:15:00Z",
        ),
        (
            &["audit", "--period", "45", "samples/archive"],
            "a period of 45 seconds does not exist",
        ),
        (
            &["audit", "--threshold", "nan", "samples/archive"],
            "not a finite number",
        ),
        (
            &["audit", "--account", "12", "samples/archive"],
            "twelve digits",
        ),
        (&["audit", "--trheads", "2", "samples/archive"], "--threads"),
        (&["audit", "src"], "no file that holds CloudTrail records"),
    ];
    for (arguments, expected) in rows {
        let Run {
            code,
            stdout,
            stderr,
        } = backtrail(arguments);
        assert_eq!((code, stdout.as_str()), (2, ""), "{arguments:?}: {stderr}");
        assert!(stderr.contains(expected), "{arguments:?}: {stderr}");
    }
}

#[test]
fn the_number_of_threads_changes_no_byte() {
    let folder = tempfile::tempdir().unwrap();
    let report = |threads: &str| {
        let out = folder.path().join(threads);
        let run = audit(
            &format!("--rule all --threads {threads} --out {}", out.display()),
            &[sample()],
        );
        (
            run.stdout
                .lines()
                .take_while(|line| !line.starts_with("The report"))
                .collect::<Vec<_>>()
                .join("\n"),
            report_files(&out),
        )
    };
    assert_eq!(report("1"), report("4"));
}

/// One record of the sample has a coloured user agent and a formula for a secret.
#[test]
fn nothing_in_a_log_reaches_the_terminal_or_a_spreadsheet() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().to_str().unwrap();
    let pattern = "{ $.userAgent = \"*curl*\" }";
    let arguments = [
        "audit",
        "samples/archive",
        "--out",
        out,
        "--rule",
        "secrets",
    ];
    let dimension = ["--pattern", pattern, "--dimension", "Agent=$.userAgent"];
    let run = run(arguments.into_iter().chain(dimension), Colours::Always, b"");
    assert!(
        run.stdout.contains("\u{1b}["),
        "colours are on: {}",
        run.stdout
    );
    assert!(!run.stdout.contains("\u{1b}[31mcurl"), "{}", run.stdout);
    let table = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    let attempts = table("attempts.csv");
    assert!(
        attempts.contains("'=cmd|' /C calc'!A0") && !attempts.contains(",=cmd"),
        "{attempts}"
    );
    for text in [attempts, table("metric.csv")] {
        assert!(
            text.contains(r"\u{1b}[31mcurl") && !text.contains('\u{1b}'),
            "{text}"
        );
    }
}

#[test]
fn the_summary_for_a_person_says_what_the_json_says() {
    let text = audit("", &[sample()]).stdout;
    for expected in [
        "53 listed = 50 read + 3 skipped (2 digest, 1 insight) + 0 failed",
        "42 attempts to read a secret pending deletion",
        "AttemptsToAccessDeletedSecretsAlarm",
        "10 episodes in ALARM",
        "none: everything was read",
    ] {
        assert!(text.contains(expected), "{expected} is not in\n{text}");
    }
}

/// The keys of the objects below a folder, with their text.
fn objects(folder: &Path) -> BTreeMap<PathBuf, String> {
    let mut objects = BTreeMap::new();
    for entry in walkdir::WalkDir::new(folder)
        .into_iter()
        .map(Result::unwrap)
    {
        if !entry.file_type().is_file() {
            continue;
        }
        let key = entry.path().strip_prefix(folder).unwrap().to_owned();
        let mut text = String::new();
        let file = std::fs::File::open(entry.path()).unwrap();
        flate2::read::MultiGzDecoder::new(file)
            .read_to_string(&mut text)
            .unwrap();
        objects.insert(key, text);
    }
    objects
}

#[test]
fn the_generator_writes_the_sample() {
    let folder = tempfile::tempdir().unwrap();
    crate::generator::write_archive(folder.path()).unwrap();
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join(sample());
    assert!(
        objects(folder.path()) == objects(&sample),
        "run `cargo run --example generate-samples`"
    );
}

/// The signed sample is the same byte for byte: compressed, signed, and what is beside it.
#[test]
fn the_generator_writes_the_signed_sample() {
    let folder = tempfile::tempdir().unwrap();
    crate::generator::write_signed(folder.path()).unwrap();
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    assert!(
        objects(&folder.path().join("signed")) == objects(&samples.join("signed")),
        "run `cargo run --example generate-samples`"
    );
    for name in ["signed-keys.json", "signed-metadata.jsonl"] {
        let written = std::fs::read_to_string(folder.path().join(name)).unwrap();
        assert_eq!(
            written,
            std::fs::read_to_string(samples.join(name)).unwrap()
        );
    }
}

#[test]
fn episodes_that_depend_on_the_clock_are_marked() {
    let episodes = |clock: &str| {
        let summary = audit(&format!("--json --clock {clock}"), &[sample()]).json();
        assert_eq!(summary["assumptions"][0]["value"], clock);
        assert_eq!(
            summary["attempts"], 42,
            "the clock moves samples, not attempts"
        );
        summary["rules"][0]["alarm"]["episodes"]
            .as_array()
            .unwrap()
            .clone()
    };
    let (event, shifted, delivery) = (
        episodes("event"),
        episodes("shift=300s"),
        episodes("delivery"),
    );
    assert_eq!([event.len(), shifted.len(), delivery.len()], [10; 3]);
    assert_eq!(event[0]["start"], "2026-03-02T02:31:30Z");
    assert_eq!(shifted[0]["start"], "2026-03-02T02:36:30Z");
    // One object was delivered a day late.
    let sensitive =
        |episodes: &[serde_json::Value]| -> Vec<(serde_json::Value, serde_json::Value)> {
            let sensitive = episodes
                .iter()
                .filter(|episode| episode["vanishes_under"] != serde_json::json!([]));
            sensitive
                .map(|episode| (episode["start"].clone(), episode["vanishes_under"].clone()))
                .collect()
        };
    assert_eq!(
        sensitive(&event),
        [(
            "2026-03-03T20:15:30Z".into(),
            serde_json::json!(["delivery"])
        )]
    );
    assert_eq!(sensitive(&delivery)[0].0, "2026-03-04T22:21:30Z");
    let run = audit("--clock logs", &[sample()]);
    assert!(
        run.code == 2 && run.stderr.contains("there is no clock `logs`"),
        "{}",
        run.stderr
    );
}

/// A refused read at 02:30:10, which its log group had at `logged`.
fn refused(logged: &str) -> String {
    let record = serde_json::json!({
        "eventVersion": "1.08", "eventTime": "2026-03-02T02:30:10Z", "eventSource": "secretsmanager.amazonaws.com",
        "eventName": "GetSecretValue", "awsRegion": "us-east-1", "errorCode": "InvalidRequestException",
        "errorMessage": "You can't perform this operation on the secret because it was marked for deletion.",
        "requestParameters": { "secretId": "s" }, "eventID": "e", "recipientAccountId": "111122223333",
        "userIdentity": { "type": "Root", "accountId": "111122223333" },
    });
    format!("{logged} {record}\n")
}

#[test]
fn the_clock_of_a_log_group_is_the_true_minute() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("000000"),
        refused("2026-03-02T02:44:58.123Z"),
    )
    .unwrap();
    let start = |clock: &str| {
        let summary = audit(
            &format!("--json --clock {clock} --from 2026-03-02"),
            &[folder.path()],
        )
        .json();
        assert_eq!(summary["attempts"], 1);
        let episode = &summary["rules"][0]["alarm"]["episodes"][0];
        (
            episode["start"].clone(),
            summary["assumptions"][0]["value"].clone(),
        )
    };
    assert_eq!(
        start("event"),
        (Value::from("2026-03-02T02:31:30Z"), Value::from("event"))
    );
    assert_eq!(
        start("log"),
        (Value::from("2026-03-02T02:45:30Z"), Value::from("log"))
    );
    let report = folder.path().join("report");
    audit(
        &format!("--out {} --format csv", report.display()),
        &[folder.path()],
    );
    let table = std::fs::read_to_string(report.join("attempts.csv")).unwrap();
    assert!(table.contains("2026-03-02T02:44:58.123"), "{table}");
    let summary = audit("--json --clock log", &[sample()]).json();
    let value = "log; 42 of 42 matches have no time of a log group and count when they happened";
    assert_eq!(summary["assumptions"][0]["value"], value);
}

#[test]
fn the_steps_towards_deletion_are_a_table_whatever_the_rule() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().display();
    assert_eq!(
        audit(
            &format!("--quiet --rule aws-root-activity --format json --out {out}"),
            &[sample()]
        )
        .code,
        0
    );
    let table: Value =
        serde_json::from_slice(&std::fs::read(folder.path().join("lifecycle.json")).unwrap())
            .unwrap();
    let row = |row: &Value| {
        let text = |column: &str| row[column].as_str().unwrap().to_owned();
        (text("step"), text("event_name"), text("event_time"))
    };
    let rows: Vec<_> = table.as_array().unwrap().iter().map(row).collect();
    let expected = [
        ("created", "CreateSecret", "2026-03-02T08:10:12Z"),
        ("scheduled", "DeleteSecret", "2026-03-03T09:15:00Z"),
        ("scheduled", "ScheduleKeyDeletion", "2026-03-03T15:00:40Z"),
        (
            "deletion-started",
            "StartSecretVersionDelete",
            "2026-03-04T05:42:10Z",
        ),
        ("deleted", "EndSecretVersionDelete", "2026-03-04T05:42:11Z"),
        ("restored", "RestoreSecret", "2026-03-04T08:02:00Z"),
        (
            "restored",
            "CancelSecretVersionDelete",
            "2026-03-04T08:02:01Z",
        ),
        ("restored", "CancelKeyDeletion", "2026-03-04T09:19:10Z"),
        ("restored", "CancelKeyDeletion", "2026-03-04T09:20:15Z"),
        ("enabled", "EnableKey", "2026-03-04T09:20:50Z"),
    ];
    assert_eq!(
        rows,
        expected.map(|(step, name, time)| (step.to_owned(), name.to_owned(), time.to_owned()))
    );
}
