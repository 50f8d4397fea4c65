//! What comes from outside never steers the terminal: every command runs, with colours, over files
//! whose every text tries to.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::program::{Colours, Run, files, run};

/// A text that sets the title of a terminal, clears it, turns around its line, hides text, and
/// looks like an error of the program: in its colour, and on a line of its own.
const HOSTILE: &str =
    "pwn\u{1b}]0;title\u{7}\u{9b}2J\u{202e}\r\u{1b}[8m\u{1b}[31merror: forged\nforged";

/// The control sequences of the program's own styles.
const STYLES: [&str; 7] = [
    "\u{1b}[0m",
    "\u{1b}[1m",
    "\u{1b}[4m",
    "\u{1b}[31m",
    "\u{1b}[32m",
    "\u{1b}[33m",
    "\u{1b}[90m",
];

/// Checks that a run printed the hostile text, and that none of it had an effect.
fn assert_harmless(command: &str, run: &Run) {
    for text in [&run.stdout, &run.stderr] {
        assert!(
            !text.contains("\u{1b}[31merror: forged"),
            "{command}: a colour from outside: {text:?}"
        );
        let plain = STYLES
            .iter()
            .fold(text.clone(), |text, style| text.replace(style, ""));
        let steers = |sign: char| (sign.is_control() && sign != '\n') || sign == '\u{202e}';
        let found = plain.find(steers);
        assert_eq!(found, None, "{command}: {:?}", plain.get(found.unwrap()..));
    }
    for text in [&run.stdout, &run.stderr] {
        assert!(
            !text.lines().any(|line| line.starts_with("forged")),
            "{command}: a line from outside: {text}"
        );
    }
    assert!(
        run.stdout.contains("pwn") || run.stderr.contains("pwn"),
        "{command} printed nothing from outside: {}{}",
        run.stdout,
        run.stderr
    );
}

/// A folder of hostile files.
struct Outside {
    folder: tempfile::TempDir,
}

impl Outside {
    fn new() -> Self {
        let outside = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        let archive = outside.path("archive");
        fs::create_dir(&archive).unwrap();
        let records = json!({ "Records": [record(json!("e1")), record(json!(null)), HOSTILE] });
        fs::write(archive.join(format!("{HOSTILE}.json")), records.to_string()).unwrap();
        let broken = format!("{{\"Records\":[{},{HOSTILE}", record(json!("e2")));
        fs::write(archive.join(format!("broken {HOSTILE}.json")), broken).unwrap();
        outside.write("job.json", &job());
        outside.write(&format!("job{HOSTILE}.json"), &job());
        outside.write(
            "wrong.json",
            &json!({ "MetricAlarms": [{ "AlarmName": HOSTILE }] }),
        );
        outside.write("named.json", &json!({ "metricFilters": [wrong_filter()] }));
        outside.write(
            "rule.json",
            &json!({ "CompositeAlarms": [wrong_composite()] }),
        );
        outside.write("template.json", &template());
        outside.write("wrong-history.json", &wrong_history());
        outside.write("alarms.json", &alarms());
        outside.write("history.json", &history());
        fs::write(outside.path("samples.csv"), samples()).unwrap();
        fs::write(outside.path(&format!("events{HOSTILE}.log")), events()).unwrap();
        outside
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, value: &Value) {
        fs::write(self.path(name), value.to_string()).unwrap();
    }

    /// Runs a command line of which the words that begin with `@` are files of this folder, and
    /// `!` is the hostile text.
    fn run(&self, line: &str) -> Run {
        let word = |word: &str| -> OsString {
            match word.strip_prefix('@') {
                Some(name) => self.path(&name.replace('!', HOSTILE)).into(),
                None => OsStr::new(&word.replace('!', HOSTILE)).to_owned(),
            }
        };
        run(line.split_whitespace().map(word), Colours::Always, b"")
    }

    /// Runs a command line and checks what it printed.
    fn check(&self, line: &str) -> Run {
        let run = self.run(line);
        assert_harmless(line, &run);
        run
    }
}

/// A record that is selected, and says nothing harmless.
fn record(id: Value) -> Value {
    let text = |name: &str| format!("{name} {HOSTILE}");
    json!({
        "eventTime": if id.is_null() { json!(HOSTILE) } else { json!("2026-03-01T00:00:00Z") },
        "eventID": id, "eventSource": text("source"), "eventName": text("name"),
        "awsRegion": text("region"), "recipientAccountId": text("account"),
        "errorCode": text("code"), "errorMessage": text("message"), "userAgent": text("agent"),
        "requestParameters": { "secretId": text("secret") },
        "userIdentity": { "type": text("type"), "arn": text("arn"), "userName": text("user") },
    })
}

/// A job whose names are as hostile as AWS lets them be, which takes no colon there, and only ASCII
/// without control characters in the names of dimensions.
fn job() -> Value {
    let hostile = HOSTILE.replace(':', "");
    json!({ "metricFilters": [{
        "filterName": format!("filter {hostile}"),
        "filterPattern": "{ $.errorCode = \"*pwn*\" }",
        "metricTransformations": [{
            "metricName": format!("metric {hostile}"), "metricNamespace": format!("space {hostile}"),
            "metricValue": "1", "dimensions": { "dimension ,\\ pwn": "$.userAgent" },
        }],
        "creationTime": 1_772_323_200_000_u64, "logGroupName": HOSTILE,
    }] })
}

fn wrong_filter() -> Value {
    let mut filter = job()["metricFilters"][0].clone();
    filter["metricTransformations"][0]["metricNamespace"] = json!(HOSTILE);
    filter
}

fn wrong_composite() -> Value {
    json!({ "AlarmName": HOSTILE, "AlarmRule": HOSTILE })
}

fn template() -> Value {
    let properties = json!({ "AlarmName": { "Ref": HOSTILE } });
    let alarm = json!({ "Type": "AWS::CloudWatch::Alarm", "Properties": properties });
    json!({ "Resources": { HOSTILE: alarm } })
}

fn wrong_history() -> Value {
    json!({ "AlarmHistoryItems": [{
        "AlarmName": HOSTILE, "AlarmType": "MetricAlarm", "Timestamp": HOSTILE,
        "HistoryItemType": "ConfigurationUpdate",
    }] })
}

fn alarms() -> Value {
    let text = |name: &str| format!("{name} {HOSTILE}");
    let metric = json!({
        "AlarmName": HOSTILE, "AlarmDescription": text("description"), "ActionsEnabled": true,
        "AlarmArn": format!("arn:aws:cloudwatch:us-east-1:111122223333:alarm:{HOSTILE}"),
        "AlarmActions": [format!("arn:aws:sns:us-east-1:111122223333:{HOSTILE}")],
        "MetricName": "m", "Namespace": text("space"), "Statistic": "Sum", "Dimensions": [],
        "Period": 60, "EvaluationPeriods": 1, "Threshold": 1.0,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold", "TreatMissingData": "notBreaching",
    });
    let rule = format!("ALARM(\"{HOSTILE}\")");
    let composite = json!({
        "AlarmName": text("composite"), "AlarmRule": rule, "ActionsEnabled": true,
        "AlarmArn": format!("arn:aws:cloudwatch:us-east-1:111122223333:alarm:{}", text("composite")),
        "AlarmActions": [format!("arn:aws:sns:us-east-1:111122223333:{HOSTILE}")],
    });
    let orphan =
        json!({ "AlarmName": text("orphan"), "AlarmRule": format!("ALARM(\"no {HOSTILE}\")") });
    json!({ "MetricAlarms": [metric], "CompositeAlarms": [composite, orphan] })
}

fn history() -> Value {
    json!({ "AlarmHistoryItems": [{
        "AlarmName": HOSTILE, "AlarmType": "MetricAlarm", "Timestamp": "2026-03-01T00:01:30Z",
        "HistoryItemType": "ConfigurationUpdate", "HistorySummary": HOSTILE,
        "HistoryData": json!({ "version": "1.0", "type": HOSTILE }).to_string(),
    }] })
}

fn samples() -> String {
    format!(
        "timestamp,value,metric\n2026-03-01T00:00:00Z,1,m\n2026-03-01T00:00:00Z,1,\"{HOSTILE}\"\n"
    )
}

fn events() -> String {
    let event = json!({ "a": HOSTILE, "b": 1 });
    format!("{event}\n{}\n", HOSTILE.replace('\n', " "))
}

#[test]
fn an_audit_of_hostile_logs_is_harmless() {
    let outside = Outside::new();
    for line in [
        "audit @archive --job @job.json",
        "audit @archive --job @job.json --json",
        "audit @archive --job @job.json --rule cis,all --pattern pwn",
        "audit @archive --job @job.json --out @out!",
        "audit @archive --job @job.json --ledger @ledger!",
        "audit @archive --job @job.json --ledger @ledger! --json",
        "audit --ledger @ledger! --region !",
        "ledger info @ledger!",
        "ledger info @ledger! --json",
        "ledger check @ledger!",
        "ledger merge @ledger! @ledger! --out @ledger!",
        "backtest @archive --job @job.json --threshold 1..3 --known @no!",
    ] {
        outside.check(line);
    }
}

#[test]
fn a_replay_of_hostile_alarms_is_harmless() {
    let outside = Outside::new();
    let replay = "alarm replay --definition @alarms.json --samples @samples.csv";
    for options in [
        "",
        "--json",
        "--output history",
        "--output notifications",
        "--at 2026-03-01T00:01:00Z",
        "--at 2026-03-01T00:01:00Z --json",
        "--check-against @history.json",
        "--check-against @history.json --json",
    ] {
        outside.check(&format!("{replay} {options}"));
    }
    // A job file keeps its text, byte by byte, where it does not go to a terminal.
    let job = outside.run("job import @alarms.json @job.json");
    let steers = |sign: char| sign.is_ascii_control() && sign != '\n';
    assert!(
        job.stdout.contains("pwn") && !job.stdout.contains(steers),
        "{}",
        job.stdout
    );
}

#[test]
fn hostile_patterns_and_events_are_harmless() {
    let outside = Outside::new();
    for line in [
        "pattern check !",
        "pattern check {$.a=\"!\"&&$.b!=1} --json",
        "pattern check \"!",
        "pattern check {$.a=\"!\"&&$.b!=1}",
        "pattern check {$.a=!}",
        "pattern check [a=!,b]",
        "pattern check -- [a!]",
        "pattern test [a,b,...] @events!.log",
        "pattern test [a,b,...] @events!.log --json",
        "pattern test ! @no!",
        "pattern test pwn @events!.log --events-json",
        "pattern explain {$.a=\"!\"} {\"a\":\"pwn\\u001b[8m\"}",
        "pattern explain {$.a=\"!\"} {\"a\":\"pwn\\u001b[8m\"} --json",
        "pattern explain pwn !",
    ] {
        outside.check(line);
    }
}

#[test]
fn errors_that_quote_hostile_texts_are_harmless() {
    let outside = Outside::new();
    for line in [
        "!",
        "audit --!",
        "audit @no!",
        "audit @archive --rule !",
        "audit @archive --job @wrong.json",
        "audit @archive --job @no!",
        "audit @archive --job @named.json",
        "audit @archive --job @rule.json",
        "audit @archive --job @template.json",
        "audit @archive --ledger @events!.log",
        "audit @archive --out @out! --ledger @out!",
        "audit @!",
        "audit @!*",
        "audit @archive --from !",
        "audit @archive --account !",
        "audit @archive --pattern pwn --dimension !",
        "audit @archive --pattern pwn --unit !",
        "audit @archive --out @events!.log/!",
        "audit s3://!",
        "backtest @archive --threshold !",
        "alarm replay --definition @wrong.json --samples @samples.csv",
        "alarm replay --definition @rule.json --samples @samples.csv",
        "alarm replay --definition @alarms.json --samples @samples.csv \
         --check-against @wrong-history.json",
        "alarm replay --definition @job!.json --samples @samples.csv",
        "backtest @archive --pattern pwn --out @no!/table.csv",
        "alarm replay --definition @alarms.json --samples @events!.log",
        "alarm replay --definition @alarms.json --samples @samples.csv --initial-state !",
        "metric statistics --samples @events!.log --period 60 --statistic Sum",
        "metric statistics --samples @samples.csv --period 60 --statistic !",
        "metric statistics --samples @no! --period 60 --statistic Sum",
        "job import @events!.log",
        "rules show !",
        "ledger check @no!",
    ] {
        outside.check(line);
    }
}

#[test]
fn json_that_reaches_a_terminal_keeps_its_value() {
    let outside = Outside::new();
    let run = outside.check("audit @archive --pattern pwn --json");
    let principal = &run.json()["rules"][0]["by_principal"][0]["name"];
    assert_eq!(*principal, format!("arn {HOSTILE}"));
}

/// Whoever opens the table with a pager sees what is there, and no effect of it.
#[test]
fn a_table_for_shells_holds_no_control_characters() {
    let outside = Outside::new();
    outside.check("audit @archive --pattern pwn --out @out");
    let table = &files(&outside.path("out"))[Path::new("attempts.csv")];
    let table = String::from_utf8(table.clone()).unwrap();
    assert!(table.contains("pwn"), "{table}");
    let steers = |sign: char| (sign.is_control() && sign != '\n') || sign == '\u{202e}';
    assert_eq!(table.find(steers), None, "{table:?}");
}

/// One file writes to the terminal, and puts a guard before it.
#[test]
fn nothing_else_prints() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for entry in walkdir::WalkDir::new(&source)
        .into_iter()
        .map(Result::unwrap)
    {
        let path = entry.path();
        if path.ends_with("render/console.rs") || !path.is_file() {
            continue;
        }
        let text = fs::read_to_string(path).unwrap();
        let is_code = |line: &&str| !line.trim_start().starts_with("//");
        let code: Vec<&str> = text.lines().filter(is_code).collect();
        let text = code.join("\n");
        for print in [
            "print!(",
            "println!(",
            "stdout().",
            "stderr().lock",
            "AutoStream",
        ] {
            assert!(!text.contains(print), "{}: {print}", path.display());
        }
    }
}
