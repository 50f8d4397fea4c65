//! The answer of an audit in one sentence, and the commands that restore what is pending deletion.

use std::path::PathBuf;
use std::process::Command;

use serde_json::{Value, json};

use crate::program::{audit, backtrail, sample};

/// An archive of one file.
struct Archive {
    folder: tempfile::TempDir,
}

impl Archive {
    fn new(records: &[Value]) -> Self {
        let archive = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        archive.write("events.json", &json!({ "Records": records }).to_string());
        archive
    }

    fn path(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.folder.path().join(name), text).unwrap();
    }

    fn summary(&self, options: &str) -> Value {
        audit(&format!("--json {options}"), &[&self.path()]).json()
    }

    fn answer(&self, options: &str) -> String {
        self.summary(options)["answer"].as_str().unwrap().to_owned()
    }
}

fn event(time: &str, source: &str, name: &str, request: Value) -> Value {
    json!({
        "eventTime": time, "eventSource": source, "eventName": name, "awsRegion": "eu-west-1",
        "recipientAccountId": "111122223333", "eventID": format!("{time} {name} {request}"),
        "userIdentity": { "type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/a" },
        "sourceIPAddress": "192.0.2.1", "userAgent": "aws-cli/2", "requestParameters": request,
    })
}

const SECRETS: &str = "secretsmanager.amazonaws.com";

fn secret(name: &str) -> Value {
    json!({ "secretId": name })
}

fn delete(name: &str) -> Value {
    let mut event = event(
        "2026-03-03T10:00:00Z",
        SECRETS,
        "DeleteSecret",
        secret(name),
    );
    event["requestParameters"]["recoveryWindowInDays"] = json!(7);
    event
}

fn restore(name: &str) -> Value {
    event(
        "2026-03-03T12:00:00Z",
        SECRETS,
        "RestoreSecret",
        secret(name),
    )
}

fn read(name: &str) -> Value {
    let mut event = event(
        "2026-03-03T11:00:00Z",
        SECRETS,
        "GetSecretValue",
        secret(name),
    );
    event["errorCode"] = json!("InvalidRequestException");
    event["errorMessage"] =
        json!("You can't perform this operation on the secret because it was marked for deletion.");
    event
}

fn schedule_key(id: &str) -> Value {
    let request = json!({ "keyId": id, "pendingWindowInDays": 7 });
    event(
        "2026-03-03T10:00:00Z",
        "kms.amazonaws.com",
        "ScheduleKeyDeletion",
        request,
    )
}

#[test]
fn the_answer_of_the_sample_comes_first() {
    let run = audit("--json", &[sample()]);
    let first = run.stdout.lines().nth(1).unwrap();
    assert_eq!(
        first,
        "  \"answer\": \"5 secrets and keys were still requested while pending deletion or after \
         it; the most urgent is the secret legacy/ftp: it is deleted.\","
    );
}

#[test]
fn the_answer_is_one_sentence_for_each_archive() {
    let other = event(
        "2026-03-03T12:00:00Z",
        "s3.amazonaws.com",
        "GetObject",
        json!({}),
    );
    for (records, expected) in [
        (
            vec![other.clone()],
            "Nobody used a secret or key that was pending deletion.",
        ),
        (
            vec![delete("a"), other.clone()],
            "Nobody used the 1 secret whose deletion was scheduled.",
        ),
        (
            vec![delete("a"), schedule_key("k"), other],
            "Nobody used any of the 2 secrets and keys whose deletion was scheduled.",
        ),
        (
            vec![delete("a"), read("a")],
            "The secret a is pending deletion and still requested: it can be restored until \
             2026-03-10T10:00:00Z.",
        ),
        (
            vec![delete("a"), read("a"), delete("b"), read("b"), restore("b")],
            "2 secrets were still requested while pending deletion or after it; 1 can still be \
             restored; the most urgent is the secret a: it can be restored until \
             2026-03-10T10:00:00Z.",
        ),
        (
            vec![delete("b"), read("b"), restore("b")],
            "The secret b was still requested while pending deletion or after it: it was restored.",
        ),
    ] {
        assert_eq!(Archive::new(&records).answer(""), expected);
    }
}

/// States take effect some time after they are set, and what is used then is needed.
#[test]
fn a_use_that_succeeds_after_the_scheduling_is_a_request() {
    let mut good = read("a");
    for member in ["errorCode", "errorMessage"] {
        good.as_object_mut().unwrap().remove(member);
    }
    let archive = Archive::new(&[delete("a"), good]);
    assert_eq!(
        archive.answer(""),
        "The secret a is pending deletion and still requested: it can be restored until \
         2026-03-10T10:00:00Z."
    );
    let run = audit("--fail-on story", &[&archive.path()]);
    assert_eq!(run.code, 1);
    assert!(
        run.stdout.contains("1 call that still succeeded"),
        "{}",
        run.stdout
    );
    let run = audit("--json --secret a", &[&archive.path()]);
    let during = &run.json()["resources"][0]["users"][0]["during"];
    assert_eq!(
        (&during["calls"], &during["refused"]),
        (&json!(1), &json!(0))
    );
}

/// Of the uses of one hour, only the first and the last have a time.
#[test]
fn a_last_use_of_which_only_the_earliest_time_is_known_has_no_other() {
    let good = |time: &str| event(time, SECRETS, "GetSecretValue", secret("a"));
    let uses = [
        "2026-03-03T09:40:00Z",
        "2026-03-03T09:50:00Z",
        "2026-03-03T09:55:00Z",
    ];
    let mut scheduled = delete("a");
    scheduled["eventTime"] = json!("2026-03-03T09:52:00Z");
    let mut records: Vec<Value> = uses.map(good).into();
    records.push(scheduled);
    let archive = Archive::new(&records);
    let story = &archive.summary("")["stories"][0];
    let used = &story["last_good_use"];
    assert_eq!(
        (&used["at"], &story["last_good_use_not_before"]),
        (&Value::Null, &json!(uses[0]))
    );
    let page = audit("--secret a", &[&archive.path()]).stdout;
    assert!(page.contains(" or later by "), "{page}");
}

/// CloudTrail leaves out request parameters that are too large, and tables may have no column for
/// them. Somebody was refused all the same.
#[test]
fn attempts_that_name_no_secret_are_in_the_answer() {
    let omitted = json!({ "omitted": true, "originalSize": 200_000, "reason": "too large" });
    for (request, deleted) in [(omitted, None), (Value::Null, Some(delete("b")))] {
        let mut refused = read("a");
        refused["requestParameters"] = request;
        let records: Vec<Value> = deleted.into_iter().chain([refused]).collect();
        let archive = Archive::new(&records);
        let expected = "1 attempt was refused because the secret was pending deletion, and the \
             record does not name which.";
        assert_eq!(archive.answer(""), expected);
        let paths = [archive.path()];
        let paths: Vec<&std::path::Path> = paths.iter().map(PathBuf::as_path).collect();
        let printed = audit("", &paths).words();
        assert!(printed.starts_with(expected), "{printed}");
        assert!(!printed.contains("Nobody"), "{printed}");
        let korean = audit("--lang ko", &paths).words();
        assert!(korean.contains("거부되었지만"), "{korean}");
        assert_eq!(audit("--quiet --fail-on attempt", &paths).code, 1);
        assert_eq!(audit("--quiet --fail-on story", &paths).code, 1);
    }
    let table = Archive::new(&[]);
    let message = "the secret because it was marked for deletion.";
    let row = format!("GetSecretValue,InvalidRequestException,{message}\n");
    let rows: String = (0..2)
        .map(|minute| format!("2026-03-02T02:0{minute}:00Z,{SECRETS},{row}"))
        .collect();
    let header = "eventTime,eventSource,eventName,errorCode,errorMessage\n";
    table.write("events.csv", &format!("{header}{rows}"));
    assert_eq!(
        table.answer(""),
        "2 attempts were refused because the secret was pending deletion, and the records do not \
         name which."
    );
}

/// A name without an ARN means a secret of one account and region, whichever of its records say so.
#[test]
fn one_secret_has_one_story_wherever_its_place_is_written() {
    let folder = "account=111122223333/region=eu-west-1";
    let other = "AWSLogs/444455556666/CloudTrail/us-east-1/2026/03/03";
    for (folder, lacks) in [
        (folder, ["recipientAccountId", "awsRegion"].as_slice()),
        (".", &["recipientAccountId"]),
        (other, &[]),
    ] {
        let archive = Archive::new(&[]);
        let mut refused = read("a");
        refused["userIdentity"]["accountId"] = json!("111122223333");
        for name in lacks {
            refused.as_object_mut().unwrap().remove(*name);
        }
        std::fs::create_dir_all(archive.path().join(folder)).unwrap();
        archive.write(&format!("{folder}/x.json"), &refused.to_string());
        let summary = archive.summary("");
        assert_eq!(summary["stories_total"], 1, "{folder}");
        let story = &summary["stories"][0];
        assert_eq!(story["account"], "111122223333", "{folder}");
        assert_eq!(story["region"], "eu-west-1", "{folder}");
        let out = tempfile::tempdir().unwrap();
        let options = format!(
            "--quiet --alarm-scope region --out {}",
            out.path().display()
        );
        assert_eq!(audit(&options, &[&archive.path()]).code, 0);
        for table in ["attempts.csv", "alarm_history.csv"] {
            let text = std::fs::read_to_string(out.path().join(table)).unwrap();
            assert!(text.contains("111122223333,eu-west-1"), "{folder}: {text}");
        }
    }
}

/// An export that leaves out the request has no secret, whatever the name of its file.
#[test]
fn of_copies_of_an_event_the_one_that_names_the_secret_counts() {
    let archive = Archive::new(&[]);
    let refused = read("a");
    let mut poorer = refused.clone();
    poorer.as_object_mut().unwrap().remove("requestParameters");
    for (first, second) in [(&refused, &poorer), (&poorer, &refused)] {
        archive.write("1.json", &first.to_string());
        archive.write("2.json", &second.to_string());
        let summary = archive.summary("");
        assert_eq!(summary["attempts"], 1);
        assert_eq!(summary["records"]["duplicate"], 1);
        assert_eq!(summary["stories"][0]["name"], "a");
        assert_eq!(summary["stories_total"], 1);
    }
}

#[test]
fn an_event_time_that_cannot_be_read_is_a_problem() {
    let mut event = event("March", "s3.amazonaws.com", "GetObject", json!({}));
    event["eventID"] = json!("1");
    let run = audit("--json", &[&Archive::new(&[event]).path()]);
    assert_eq!(run.json()["problems"][0]["kind"], "no-event-time");
    assert_eq!(run.code, 3);
}

/// Some pipelines write every number with a fraction.
#[test]
fn a_window_is_a_whole_number_however_it_is_written() {
    for (days, end) in [
        (json!(7.0), "until 2026-03-10T10:00:00Z."),
        (json!(7.5), "restored."),
    ] {
        let mut deletion = delete("a");
        deletion["requestParameters"]["recoveryWindowInDays"] = days;
        let answer = Archive::new(&[deletion, read("a")]).answer("");
        assert!(answer.ends_with(end), "{answer}");
    }
}

#[test]
fn a_selection_without_records_has_no_answer() {
    let archive = Archive::new(&[delete("a"), read("a")]);
    assert_eq!(
        archive.answer("--account 444455556666"),
        "No record is in the selection, so the archive does not say who used what."
    );
}

#[test]
fn what_could_not_be_read_is_a_doubt() {
    let archive = Archive::new(&[delete("a")]);
    archive.write("broken.json", "{\"Records\":[{\"eventName\":");
    assert_eq!(
        archive.answer(""),
        "Nobody used the 1 secret whose deletion was scheduled, but 1 object could not be read in \
         full, so this is not proven."
    );
    let archive = Archive::new(&[delete("a"), read("a"), json!("no record")]);
    assert_eq!(
        archive.answer(""),
        "The secret a is pending deletion and still requested: it can be restored until \
         2026-03-10T10:00:00Z, but 1 object could not be read in full, so there may be more."
    );
}

#[test]
fn what_is_pending_has_a_command_that_restores_it() {
    let arn = "arn:aws:kms:us-east-1:111122223333:key/mrk-1";
    let archive = Archive::new(&[
        delete("prod/db"),
        read("prod/db"),
        schedule_key(arn),
        delete("back"),
        restore("back"),
        delete("$(touch pwned)"),
    ]);
    let summary = archive.summary("");
    let command = |name: &str| {
        let stories = summary["stories"].as_array().unwrap();
        let story = stories.iter().find(|story| story["name"] == name);
        story.unwrap()["restore_command"].clone()
    };
    assert_eq!(
        command("prod/db"),
        "aws secretsmanager restore-secret --secret-id prod/db --region eu-west-1"
    );
    assert_eq!(
        command("mrk-1"),
        format!("aws kms cancel-key-deletion --key-id {arn} --region us-east-1")
    );
    assert_eq!(command("back"), Value::Null);
    assert_eq!(command("$(touch pwned)"), Value::Null);
}

/// Checks that a shell makes the words of the command out of its lines.
fn check_command(text: &str, arn: &str, columns: usize) {
    let (_, after) = text.split_once("  restore    ").unwrap();
    // The lines of the command end where one is not continued.
    let mut script = String::new();
    for line in after.lines() {
        script += &format!("{line}\n");
        if !line.ends_with('\\') {
            break;
        }
    }
    let script = script.replacen("aws", "printf '%s\\n'", 1);
    let printed = Command::new("sh").args(["-c", &script]).output().unwrap();
    let found = String::from_utf8(printed.stdout).unwrap();
    let words = [
        "secretsmanager",
        "restore-secret",
        "--secret-id",
        arn,
        "--region",
        "eu-west-1",
    ];
    let expected = words.map(|word| format!("{word}\n"));
    assert_eq!(found.split_whitespace().count(), words.len(), "{text}");
    assert_eq!(found, expected.concat(), "{text}");
    assert!(
        text.lines().all(|line| line.chars().count() <= columns),
        "{text}"
    );
    let words: Vec<&str> = text.split_whitespace().collect();
    let remark = "It stays disabled until you enable it.";
    assert!(words.join(" ").contains(remark), "{text}");
}

/// The command is in the summary as lines that a shell puts together again.
#[test]
fn the_command_can_be_copied_from_the_terminal() {
    let arn = format!(
        "arn:aws:secretsmanager:eu-west-1:111122223333:secret:{}-AbCdEf",
        "long/".repeat(12)
    );
    let archive = Archive::new(&[delete(&arn), read(&arn), schedule_key("1234abcd")]);
    for columns in [40, 80, 120] {
        let text = audit(&format!("--width {columns}"), &[&archive.path()]).stdout;
        check_command(&text, &arn, columns);
    }
    let archive = Archive::new(&[delete("a b"), read("a b")]);
    let words = audit("", &[&archive.path()]).words();
    let remark = "It can still be restored, but the archive has no name of it that a command takes";
    assert!(words.contains(remark), "{words}");
}

#[test]
fn what_is_past_its_window_has_no_command() {
    let later = event(
        "2026-03-11T10:00:00Z",
        "s3.amazonaws.com",
        "GetObject",
        json!({}),
    );
    let summary = Archive::new(&[delete("a"), read("a"), later]).summary("");
    assert_eq!(summary["stories"][0]["verdict"], "window-ended");
    assert_eq!(summary["stories"][0]["restore_command"], Value::Null);
    let answer = summary["answer"].as_str().unwrap();
    assert!(
        answer.contains("its recovery window ended at 2026-03-10T10:00:00Z"),
        "{answer}"
    );
}

/// A name that would set the colour of a terminal is shown in the answer, escaped.
#[test]
fn a_hostile_name_in_the_answer_is_harmless() {
    let answer = Archive::new(&[delete("a\u{1b}[31m"), read("a\u{1b}[31m")]).answer("");
    assert!(answer.contains(r"a\u{1b}[31m"), "{answer}");
    let long = "x".repeat(100_000);
    let answer = Archive::new(&[delete(&long), read(&long)]).answer("");
    assert!(answer.len() < 400 && answer.contains("x…"), "{answer}");
}

/// Each question of the README has a command, and a text that the command prints.
#[test]
fn the_five_questions_of_the_readme_are_answered() {
    let readme = std::fs::read_to_string("README.md").unwrap();
    let mut count = 0;
    for line in readme
        .lines()
        .filter(|line| line.contains("? | `backtrail audit "))
    {
        let texts: Vec<&str> = line.split('`').collect();
        let [_, command, _, answer, _] = texts.as_slice() else {
            panic!("{line}");
        };
        let command = command.replace("~/archive", "samples/archive");
        let run = backtrail(command.split_whitespace().skip(1));
        assert_eq!(run.code, 0, "{command}: {}", run.stderr);
        assert!(run.words().contains(answer), "{command}: {}", run.stdout);
        count += 1;
    }
    assert_eq!(count, 5);
}
