//! The summary that is narrowed to one secret or key.

use serde_json::{Value, json};

use crate::program::{audit, report_files, sample};

const NAME: &str = "prod/billing/database";
const ARN: &str =
    "arn:aws:secretsmanager:us-east-1:111122223333:secret:prod/billing/database-Xo5w0K";

fn narrowed(name: &str) -> Value {
    let run = audit(&format!("--json --secret {name}"), &[sample()]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{name}");
    run.json()
}

/// The user of the only resource with this principal.
fn user<'v>(summary: &'v Value, principal: &str) -> &'v Value {
    let users = summary["resources"][0]["users"].as_array().unwrap();
    let named = |user: &&Value| user["principal"].as_str().unwrap().ends_with(principal);
    users.iter().find(named).unwrap()
}

#[test]
fn a_name_an_arn_and_a_part_of_one_mean_the_same() {
    let by_name = narrowed(NAME);
    assert_eq!(by_name["resources"].as_array().unwrap().len(), 1);
    assert_eq!(by_name["resources"][0]["resource"], ARN);
    assert_eq!(by_name["stories_total"], 1);
    assert_eq!(narrowed(ARN), by_name);
    assert_eq!(narrowed("PROD/BILL"), by_name);
    assert_eq!(
        by_name["answer"],
        "The secret prod/billing/database was still requested while pending deletion or after it: \
         it was restored."
    );
}

#[test]
fn uses_are_before_during_and_after_the_deletion() {
    let summary = narrowed(NAME);
    let batch = user(&summary, "role/billing-batch");
    assert_eq!(batch["source_ip_address"], "192.0.2.35");
    assert!(batch["user_agent"].as_str().unwrap().starts_with("Boto3/"));
    assert_eq!(
        batch["during"],
        json!({
            "first": "2026-03-03T09:32:11Z", "last": "2026-03-03T20:14:35Z",
            "calls": 31, "refused": 31,
        })
    );
    let before = &batch["before"];
    assert_eq!(before["last"], "2026-03-03T08:01:27Z");
    assert_eq!(before["refused"], 0);
    assert!(batch["after"]["first"].as_str().unwrap() > "2026-03-04T08:02:00Z");
    let steps = summary["resources"][0]["steps"].as_array().unwrap();
    let scheduled = steps.iter().find(|step| step["step"] == "scheduled");
    let program = scheduled.unwrap()["user_agent"].as_str();
    assert!(
        program.is_some_and(|program| !program.is_empty()),
        "{steps:?}"
    );
    let steps: Vec<&str> = steps
        .iter()
        .map(|step| step["step"].as_str().unwrap())
        .collect();
    assert!(
        steps.contains(&"scheduled") && steps.contains(&"restored"),
        "{steps:?}"
    );
}

#[test]
fn only_a_refusal_because_of_a_deletion_shows_that_one_was_scheduled() {
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("events.json");
    let marked =
        "You can't perform this operation on the secret because it was marked for deletion.";
    for (code, message, period) in [
        (
            "ResourceNotFoundException",
            "Secrets Manager can't find it.",
            "before",
        ),
        ("AccessDenied", "You are not authorized.", "before"),
        ("InvalidRequestException", marked, "during"),
    ] {
        let record = json!({
            "eventVersion": "1.11", "eventTime": "2026-03-05T02:30:00Z",
            "eventSource": "secretsmanager.amazonaws.com", "eventName": "GetSecretValue",
            "awsRegion": "eu-west-1", "recipientAccountId": "111122223333",
            "requestParameters": {"secretId": "typo"}, "errorCode": code, "errorMessage": message,
        });
        std::fs::write(&archive, json!({"Records": [record]}).to_string()).unwrap();
        let summary = audit("--json --secret typo", &[&archive]).json();
        let user = &summary["resources"][0]["users"][0];
        assert_eq!(user[period]["refused"], 1, "{code}: {user}");
    }
}

/// Attempts are also uses, and count once.
#[test]
fn no_call_counts_twice() {
    let summary = narrowed(NAME);
    let users = summary["resources"][0]["users"].as_array().unwrap();
    let calls = users
        .iter()
        .map(|user| user["during"]["calls"].as_u64().unwrap_or(0));
    let story = &summary["stories"][0];
    let missed = story["missed"].as_object().unwrap().values();
    let missed: u64 = missed.map(|count| count.as_u64().unwrap()).sum();
    assert_eq!(
        calls.sum::<u64>(),
        story["attempts"].as_u64().unwrap() + missed
    );
}

#[test]
fn the_terminal_shows_everyone_with_first_and_last_use() {
    let run = audit(&format!("--secret {NAME}"), &[sample()]);
    let words = run.words();
    for expected in [
        "About secret arn:aws:secretsmanager:us-east-1:111122223333:secret:prod/billing/",
        "from 192.0.2.35 with Boto3/",
        "31 calls, 31 refused, from 2026-03-03T09:32:11Z to 2026-03-03T20:14:35Z",
        "DeleteSecret",
    ] {
        assert!(words.contains(expected), "{expected}: {}", run.stdout);
    }
    assert!(!words.contains("legacy/ftp"), "{}", run.stdout);
}

#[test]
fn several_matches_are_all_shown() {
    let summary = narrowed("arn:aws:");
    let resources = summary["resources"].as_array().unwrap();
    assert!(resources.len() > 1, "{summary:#}");
    let run = audit("--secret arn:aws:", &[sample()]);
    assert!(run.stdout.matches("About  ").count() > 1, "{}", run.stdout);
}

#[test]
fn a_name_that_is_not_in_the_archive_is_an_error_with_near_ones() {
    let run = audit("--secret prod/biling/databse", &[sample()]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    assert!(
        run.stderr.contains("did you mean `prod/billing/database`"),
        "{}",
        run.stderr
    );
    let run = audit("--secret zzzzzzzzzzzzzzzzzzzzzzzzzzzzz", &[sample()]);
    assert_eq!(run.code, 2);
    assert!(!run.stderr.contains("did you mean"), "{}", run.stderr);
    assert_eq!(audit("--secret=", &[sample()]).code, 2);
}

/// The name can be looked up only after the scan, but before anything is written.
#[test]
fn a_name_that_is_not_in_the_archive_leaves_no_report() {
    let folder = tempfile::tempdir().unwrap();
    let (out, ledger) = (folder.path().join("out"), folder.path().join("ledger"));
    let options = format!("--secret zzzzzzzzzzzzzzzz --out {}", out.display());
    let run = audit(&options, &[sample()]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    assert!(!run.stderr.contains("note:"), "{}", run.stderr);
    assert!(!out.exists());
    let options = format!("{options} --ledger {}", ledger.display());
    let run = audit(&options, &[sample()]);
    assert!(
        run.stderr.contains("the ledger keeps this scan"),
        "{}",
        run.stderr
    );
    assert_eq!((run.code, out.exists(), ledger.exists()), (2, false, true));
}

#[test]
fn the_report_folder_is_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let report = |name: &str, options: &str| {
        let out = folder.path().join(name);
        let options = format!("--out {} {options}", out.display());
        assert_eq!(audit(&options, &[sample()]).code, 0);
        let mut files = report_files(&out);
        // The manifest has the options of the run.
        files.remove(std::path::Path::new("evidence.json"));
        files
    };
    assert_eq!(
        report("all", ""),
        report("one", &format!("--secret {NAME}"))
    );
}
