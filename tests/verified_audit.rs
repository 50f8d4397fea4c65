//! Digests in an audit: what they list must be there, and on request they prove what is searched.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::program::{Run, audit, backtrail, report_files};

/// The options of a verification. The last one ends the list of files before the paths.
const VERIFY: &str =
    "--keys samples/signed-keys.json --metadata samples/signed-metadata.jsonl --verify";

/// A copy of the signed sample.
struct Archive {
    folder: tempfile::TempDir,
}

impl Archive {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        copy(Path::new("samples/signed"), &folder.path().join("signed"));
        Self { folder }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("signed")
    }

    /// The log file of a slot.
    fn log_file(&self, slot: &str) -> PathBuf {
        let day = "AWSLogs/111122223333/CloudTrail/us-east-1/2026/03/03";
        let files = fs::read_dir(self.path().join(day)).unwrap();
        let mut paths = files.map(|file| file.unwrap().path());
        paths
            .find(|path| path.to_str().unwrap().contains(slot))
            .unwrap()
    }

    /// Copies of all attempts, which name another secret and fill more fields than these.
    fn forged_attempts(&self) -> String {
        let files = log_files(&self.path().join("AWSLogs/111122223333/CloudTrail"));
        let records = files.iter().flat_map(|path| records(path));
        let attempts = records.filter(|record| {
            let message = record["errorMessage"].as_str();
            message.is_some_and(|message| message.contains("marked for deletion"))
        });
        let forged = attempts.map(|mut record| {
            record["requestParameters"] = json!({"secretId": "other/harmless"});
            record["vpcEndpointId"] = json!("vpce-1");
            record["sharedEventID"] = json!("11111111-1111-4111-8111-111111111111");
            record
        });
        json!({"Records": forged.collect::<Vec<_>>()}).to_string()
    }

    fn audit(&self, arguments: &str) -> Run {
        audit(arguments, &[&self.path()])
    }

    /// The grades in the attempts of a report, without repetitions.
    fn grades(&self, arguments: &str) -> Vec<String> {
        let out = self.folder.path().join("report");
        let arguments = format!("{arguments} --quiet --format json --out {}", out.display());
        self.audit(&arguments);
        let attempts = fs::read_to_string(out.join("attempts.json")).unwrap();
        let attempts: Vec<serde_json::Value> = serde_json::from_str(&attempts).unwrap();
        let grades = attempts.iter().map(|row| row["integrity"].to_string());
        let mut grades: Vec<String> = grades.collect();
        grades.sort();
        grades.dedup();
        grades
    }
}

/// The log files below a folder.
fn log_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let files = paths.flat_map(|path| match path.is_dir() {
        true => log_files(&path),
        false => vec![path],
    });
    files.collect()
}

/// The records of a log file.
fn records(path: &Path) -> Vec<serde_json::Value> {
    let file = fs::File::open(path).unwrap();
    let text = std::io::read_to_string(flate2::read::GzDecoder::new(file)).unwrap();
    let file: serde_json::Value = serde_json::from_str(&text).unwrap();
    file["Records"].as_array().unwrap().clone()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (path, to) = (
            entry.as_ref().unwrap().path(),
            to.join(entry.unwrap().file_name()),
        );
        match path.is_dir() {
            true => copy(&path, &to),
            false => fs::write(to, fs::read(path).unwrap()).unwrap(),
        }
    }
}

#[test]
fn an_audit_says_how_much_is_proven() {
    let archive = Archive::new();
    let summary = archive.audit(&format!("--json {VERIFY}")).json();
    let integrity = &summary["integrity"];
    assert_eq!(integrity["outcome"], "proven");
    assert_eq!(
        (&integrity["proven_log_files"], &integrity["log_files"]),
        (&json!(18), &json!(18))
    );
    assert_eq!(archive.grades(VERIFY), ["\"signed\""]);
    assert_eq!(archive.grades(""), ["null"]);
    assert_eq!(archive.audit("--json").json()["integrity"], json!(null));
}

#[test]
fn an_attempt_in_a_file_that_was_changed_is_marked() {
    let archive = Archive::new();
    let path = archive.log_file("T0935Z");
    let mut bytes = fs::read(&path).unwrap();
    // A second gzip member, which the audit reads, too.
    bytes.extend(bytes.clone());
    fs::write(path, bytes).unwrap();
    assert_eq!(archive.grades(VERIFY), ["\"modified\"", "\"signed\""]);
    let run = archive.audit(&format!("--fail-on integrity {VERIFY}"));
    assert_eq!(run.code, 1);
    assert!(run.stdout.contains("something is wrong"), "{}", run.stdout);
    assert!(run.stdout.contains("17 of 18 log files"), "{}", run.stdout);
    assert_eq!(archive.audit(VERIFY).code, 0, "everything was read");
}

#[test]
fn a_file_that_was_added_replaces_no_proven_event() {
    let archive = Archive::new();
    let honest = archive.audit("--json").json();
    let forged = archive.forged_attempts();
    fs::write(archive.path().join("A.json"), forged).unwrap();
    assert_eq!(archive.grades(VERIFY), ["\"signed\""]);
    let summary = archive.audit(&format!("--json {VERIFY}")).json();
    assert_eq!(summary["rules"], honest["rules"]);
    let integrity = &summary["integrity"];
    let counts = [&integrity["proven_log_files"], &integrity["log_files"]];
    assert_eq!(counts, [18, 19], "{integrity}");
    assert_eq!(integrity["outcome"], "not-proven");
    for arguments in ["--json", "--json --keep-duplicates"] {
        let run = archive.audit(arguments);
        let problems = run.json()["problems"].as_array().unwrap().clone();
        assert_eq!((run.code, problems.len()), (3, 29));
        assert!(problems.iter().all(|row| row["kind"] == "contradictory"));
    }
}

#[test]
fn what_no_digest_could_list_is_not_proven() {
    let archive = Archive::new();
    let text = archive
        .forged_attempts()
        .replace("\"eventID\":\"", "\"eventID\":\"f-");
    fs::write(archive.path().join("A.json"), text).unwrap();
    assert_eq!(archive.grades(VERIFY), ["\"signed\"", "\"unverifiable\""]);
    let integrity = &archive.audit(&format!("--json {VERIFY}")).json()["integrity"];
    assert_eq!(integrity["outcome"], "not-proven");
    assert_eq!(integrity["counts"]["unverifiable"], 1);
}

#[test]
fn a_log_file_that_a_digest_lists_and_that_is_gone_is_a_problem() {
    let archive = Archive::new();
    assert_eq!(archive.audit("").code, 0);
    let ledger = archive.folder.path().join("ledger");
    let with_ledger = format!("--json --ledger {}", ledger.display());
    let path = archive.log_file("T0935Z");
    let bytes = fs::read(&path).unwrap();
    fs::remove_file(&path).unwrap();
    for arguments in ["--json", &with_ledger, &with_ledger] {
        let run = archive.audit(arguments);
        let problem = &run.json()["problems"][0];
        assert_eq!(
            (run.code, &problem["kind"]),
            (3, &json!("missing-log-file"))
        );
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains(path.file_name().unwrap().to_str().unwrap()));
    }
    fs::write(&path, bytes).unwrap();
    let run = archive.audit(&with_ledger);
    assert_eq!(run.code, 0, "the digest was read again: {}", run.stdout);
    fs::write(&path, "").unwrap();
    let run = archive.audit("--json");
    assert_eq!(run.json()["problems"][0]["kind"], "empty");
}

#[test]
fn a_log_file_that_is_deleted_after_a_ledger_read_it_is_missed() {
    let archive = Archive::new();
    let ledger = archive.folder.path().join("ledger");
    let with_ledger = format!("--ledger {}", ledger.display());
    assert_eq!(archive.audit(&with_ledger).code, 0);
    let path = archive.log_file("T0935Z");
    let bytes = fs::read(&path).unwrap();
    fs::remove_file(&path).unwrap();
    let report = |arguments: &str| {
        let out = tempfile::tempdir().unwrap();
        let run = archive.audit(&format!(
            "--quiet --out {} {arguments}",
            out.path().display()
        ));
        (run.code, report_files(out.path()))
    };
    let direct = report("");
    assert_eq!(direct.0, 3);
    for night in ["the next", "the one after"] {
        assert!(report(&with_ledger) == direct, "{night}");
    }
    let alone = ["report", "--quiet", "--ledger", ledger.to_str().unwrap()];
    assert_eq!(backtrail(alone).code, 3);
    fs::write(&path, bytes).unwrap();
    assert!(report(&with_ledger) == report(""), "it was fetched again");
    assert_eq!(backtrail(alone).code, 0);
}

#[test]
fn what_a_ledger_knows_is_verified_too() {
    let archive = Archive::new();
    let ledger = archive.folder.path().join("ledger");
    let arguments = format!("--json {VERIFY} --ledger {}", ledger.display());
    let first = archive.audit(&arguments).json();
    let second = archive.audit(&arguments).json();
    assert_eq!(first["integrity"], second["integrity"]);
    assert_eq!(second["integrity"]["proven_log_files"], 18);
}

#[test]
fn a_damaged_file_has_the_same_reason_whether_it_is_scanned_or_read_again() {
    let flip = |mut bytes: Vec<u8>| {
        bytes[100] ^= 1;
        bytes
    };
    let damages: [&dyn Fn(Vec<u8>) -> Vec<u8>; 5] = [
        &flip,
        &|bytes| bytes[..bytes.len() / 2].to_vec(),
        &|bytes| [bytes.clone(), bytes].concat(),
        &|bytes| [bytes, b"text".to_vec()].concat(),
        &|bytes| [bytes, vec![0; 512]].concat(),
    ];
    for damage in damages {
        let archive = Archive::new();
        let path = archive.log_file("T0935Z");
        fs::write(&path, damage(fs::read(&path).unwrap())).unwrap();
        let ledger = archive.folder.path().join("ledger");
        let report = |more: &str| {
            let out = tempfile::tempdir().unwrap();
            let out = out.path();
            archive.audit(&format!("--quiet --out {} {VERIFY} {more}", out.display()));
            report_files(out)
        };
        let direct = report("");
        let with_ledger = format!("--ledger {}", ledger.display());
        for night in ["first", "second"] {
            assert!(report(&with_ledger) == direct, "{night}");
        }
    }
}

#[test]
fn a_condition_on_the_integrity_needs_a_proof() {
    let archive = Archive::new();
    let ledger = archive.folder.path().join("ledger");
    let ledger = ledger.display();
    let code = |arguments: &str| archive.audit(&format!("--quiet {arguments}")).code;
    assert_eq!(
        code(&format!("--ledger {ledger} --fail-on integrity {VERIFY}")),
        0
    );
    let run = archive.audit("--fail-on integrity");
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    assert!(run.stderr.contains("add --verify"), "{}", run.stderr);
    for command in ["report", "audit"] {
        let line = format!("{command} --ledger {ledger} --fail-on integrity");
        assert_eq!(backtrail(line.split(' ')).code, 2, "{line}");
    }
    let line = format!("report --quiet --ledger {ledger} --fail-on attempt,alarm");
    assert_eq!(backtrail(line.split(' ')).code, 1);
    // Without its digests, nothing of the archive is proven.
    let digests = archive
        .path()
        .join("AWSLogs/111122223333/CloudTrail-Digest");
    fs::remove_dir_all(digests).unwrap();
    assert_eq!(code(VERIFY), 0);
    assert_eq!(code(&format!("--fail-on integrity {VERIFY}")), 3);
    assert_eq!(code(&format!("--fail-on integrity,attempt {VERIFY}")), 1);
}

#[test]
fn keys_are_given_for_a_verification() {
    let run = audit(
        "--keys samples/signed-keys.json -q",
        &[Path::new("samples/signed")],
    );
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("add --verify"), "{}", run.stderr);
}

#[test]
fn wrong_keys_are_an_error_before_anything_is_read() {
    let run = audit(
        "--verify --keys samples/alarms.json -q",
        &[Path::new("samples/signed")],
    );
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("list-public-keys"), "{}", run.stderr);
}
