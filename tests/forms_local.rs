//! Files and folders of this machine that are unusual or cannot be read.

#![cfg(unix)]

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::Path;

use serde_json::json;

use crate::program::audit;

/// Writes a log file with three records of their own.
fn write(path: &Path, name: &str) {
    let record = |number: u32| {
        json!({
            "eventTime": "2026-03-02T09:10:00Z", "eventSource": "s.amazonaws.com",
            "eventName": "get", "eventID": format!("{name}{number}"),
        })
    };
    let records: Vec<_> = (0..3).map(record).collect();
    fs::write(path, json!({ "Records": records }).to_string()).unwrap();
}

#[test]
fn files_whose_names_look_alike_are_told_apart_by_a_ledger() {
    let place = tempfile::tempdir().unwrap();
    let archive = place.path().join("archive");
    fs::create_dir(&archive).unwrap();
    write(&archive.join(OsStr::from_bytes(b"\xff.json")), "byte");
    write(&archive.join(OsStr::from_bytes(b"\\xFF.json")), "text");
    let ledger = place.path().join("ledger").display().to_string();
    for options in ["", "--ledger", "--ledger"] {
        let options = match options {
            "" => String::new(),
            option => format!("{option} {ledger}"),
        };
        let run = audit(&format!("--json --pattern get {options}"), &[&archive]);
        let summary = run.json();
        assert_eq!(
            (run.code, &summary["attempts"]),
            (0, &json!(6)),
            "{options}"
        );
        assert_eq!(summary["objects"]["listed"], 2);
    }
    let run = audit(&format!("--json --pattern get --ledger {ledger}"), &[]);
    assert_eq!(run.json()["attempts"], 6);
}

#[test]
fn the_reason_why_nothing_was_read_is_the_true_one() {
    let folder = tempfile::tempdir().unwrap();
    let refusal = |path: &Path| {
        let run = audit("--pattern get", &[path]);
        assert_eq!(run.code, 2);
        run.stderr
    };
    assert!(refusal(folder.path()).contains("no file that holds CloudTrail records was found"));
    symlink("loop", folder.path().join("loop")).unwrap();
    let stderr = refusal(folder.path());
    let place = folder.path().join("loop").display().to_string();
    assert!(
        stderr.contains(&format!("the listing failed for `{place}`: "))
            && !stderr.contains("no file that holds"),
        "{stderr}"
    );
    let stderr = refusal(Path::new("/dev/null"));
    assert!(
        stderr.contains("it is neither a file nor a folder"),
        "{stderr}"
    );
}

#[test]
fn the_limit_of_content_holds_for_files_that_are_not_compressed() {
    let folder = tempfile::tempdir().unwrap();
    let record = |number: usize| {
        format!(
            r#"{{"eventTime":"2026-03-02T09:10:00Z","eventSource":"s","eventName":"get","eventID":"{number}"}}"#
        )
    };
    let records: Vec<String> = (0..13_000).map(record).collect();
    let header = "eventTime,eventSource,eventName,eventID\n".to_owned();
    let row = |number: usize| format!("2026-03-02T09:10:00Z,s.amazonaws.com,get,{number}\n");
    let rows: String = (0..25_000).map(row).collect();
    let forms = [
        (
            "records.json",
            format!(r#"{{"Records":[{}]}}"#, records.join(",")),
        ),
        ("lines.jsonl", records.join("\n")),
        ("array.json", format!("[{}]", records.join(","))),
        ("table.csv", header + &rows),
    ];
    for (name, text) in forms {
        assert!(text.len() > 1 << 20);
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        let run = audit("--json --pattern nothing --max-content 1", &[&path]);
        let summary = run.json();
        assert_eq!(run.code, 3, "{name}");
        let kinds: Vec<_> = summary["problems"].as_array().unwrap().iter().collect();
        assert!(
            kinds.iter().any(|problem| problem["kind"] == "too-large"),
            "{name}: {kinds:?}"
        );
        let run = audit("--json --pattern nothing --max-content 3", &[&path]);
        assert_eq!(run.code, 0, "{name}");
    }
}

#[test]
fn a_folder_that_wildcards_cannot_look_into_is_a_problem() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    use std::os::unix::process::CommandExt;

    let folder = tempfile::tempdir().unwrap();
    let mode = |name: &str, mode: u32| {
        let permissions = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(folder.path().join(name), permissions).unwrap();
    };
    for name in ["open", "closed"] {
        std::fs::create_dir(folder.path().join(name)).unwrap();
        let log = folder.path().join(name).join("a.json");
        std::fs::write(log, "{\"Records\":[{\"eventName\":\"get\"}]}").unwrap();
    }
    mode("", 0o755);
    mode("closed", 0);
    // Another user may not reach the folder that the program was built in.
    let program = folder.path().join("program");
    std::fs::copy(env!("CARGO_BIN_EXE_backtrail"), &program).unwrap();
    let run = |pattern: &str| {
        let mut command = std::process::Command::new(&program);
        command.env("BACKTRAIL_CONFIG", "");
        command.args(["audit", "--json", "--pattern", "get"]);
        command.arg(folder.path().join(pattern)).current_dir("/");
        // The administrator may look into every folder.
        if std::fs::metadata(folder.path()).unwrap().uid() == 0 {
            command.uid(65_534);
        }
        let output = command.output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (
            output.status.code(),
            text(output.stdout),
            text(output.stderr),
        )
    };
    let (code, stdout, stderr) = run("*/*.json");
    assert_eq!(code, Some(3), "{stdout}{stderr}");
    let summary: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    let problems = summary["problems"].as_array().unwrap();
    let is_closed = |problem: &&serde_json::Value| {
        problem["kind"] == "access-denied"
            && problem["object"].as_str().unwrap().ends_with("/closed")
    };
    assert_eq!(problems.iter().filter(is_closed).count(), 1, "{problems:?}");
    assert_eq!(summary["objects"]["listed"], 1);
    let (code, _, stderr) = run("closed/*.json");
    assert!(
        code == Some(2) && stderr.contains("Permission denied"),
        "{stderr}"
    );
    mode("closed", 0o755);
}
