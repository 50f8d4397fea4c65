//! The report folder: whole or not at all, and never on top of what is not ours.

use std::fs;
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::program::{audit, backtrail, files, report_files, sample};

fn write(folder: &std::path::Path, arguments: &str) -> (i32, String) {
    let run = audit(
        &format!("--quiet --out {} {arguments}", folder.display()),
        &[sample()],
    );
    (run.code, run.stderr)
}

#[test]
fn a_report_holds_every_table_in_every_format() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(write(folder.path(), "").0, 0);
    let names: Vec<String> = files(folder.path())
        .keys()
        .map(|name| name.display().to_string())
        .collect();
    for table in [
        "attempts",
        "lifecycle",
        "metric",
        "alarm_history",
        "objects",
        "sources",
        "coverage",
        "problems",
    ] {
        for format in ["csv", "parquet", "json"] {
            assert!(
                names.contains(&format!("{table}.{format}")),
                "{table}.{format} is not in {names:?}"
            );
        }
    }
    assert_eq!(names.len(), 41);
    let rows: serde_json::Value =
        serde_json::from_slice(&fs::read(folder.path().join("attempts.json")).unwrap()).unwrap();
    assert_eq!(rows.as_array().unwrap().len(), 42);
    let parquet = fs::read(folder.path().join("attempts.parquet")).unwrap();
    assert!(parquet.starts_with(b"PAR1") && parquet.ends_with(b"PAR1"));
}

#[test]
fn only_the_tables_that_are_named_are_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report");
    assert_eq!(write(&path, "--report none").0, 0);
    assert_eq!(
        write(
            &path,
            "--report none --format csv --tables objects,attempts"
        )
        .0,
        0
    );
    let found = files(&path);
    let names: Vec<&str> = found.keys().map(|name| name.to_str().unwrap()).collect();
    let expected = [
        "attempts.csv",
        "data-dictionary.md",
        "evidence.json",
        "objects.csv",
        "run.json",
        "summary.json",
    ];
    assert_eq!(names, expected);
    let text = |name: &str| fs::read_to_string(path.join(name)).unwrap();
    let dictionary = text("data-dictionary.md");
    assert!(dictionary.contains("## objects") && !dictionary.contains("## coverage"));
    let summary: serde_json::Value = serde_json::from_str(&text("summary.json")).unwrap();
    assert_eq!(
        summary.get("tables_left_out"),
        None,
        "none was left out unasked"
    );
    assert_eq!(summary["sha256"].as_object().unwrap().len(), 3);
    let (code, refusal) = write(&path, "--tables planets");
    assert!(code == 2 && refusal.contains("planets"), "{refusal}");
}

#[test]
fn a_second_run_replaces_the_first_and_leaves_other_files_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report");
    assert_eq!(write(&path, "--format csv,parquet").0, 0);
    fs::write(path.join("notes.txt"), "mine").unwrap();
    assert_eq!(write(&path, "--format csv --rule kms").0, 0);
    let found = files(&path);
    let names: Vec<&str> = found.keys().map(|name| name.to_str().unwrap()).collect();
    let expected = [
        "alarm_history.csv",
        "attempts.csv",
        "coverage.csv",
        "data-dictionary.md",
        "evidence.json",
        "integrity.csv",
        "lifecycle.csv",
        "metric.csv",
        "notes.txt",
        "notifications.csv",
        "objects.csv",
        "problems.csv",
        "report.html",
        "run.json",
        "sources.csv",
        "stories.csv",
        "story_callers.csv",
        "summary.json",
    ];
    assert_eq!(names, expected);
    assert_eq!(
        String::from_utf8_lossy(&found[std::path::Path::new("attempts.csv")])
            .lines()
            .count(),
        7
    );
}

#[test]
fn coverage_has_every_object_and_every_record() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(write(folder.path(), "--format json").0, 0);
    let table = |name: &str| -> serde_json::Value {
        serde_json::from_slice(&fs::read(folder.path().join(name)).unwrap()).unwrap()
    };
    let (coverage, summary) = (table("coverage.json"), table("summary.json"));
    let days = coverage.as_array().unwrap();
    let sum = |column: &str| {
        days.iter()
            .map(|day| day[column].as_u64().unwrap())
            .sum::<u64>()
    };
    let objects = &summary["objects"];
    assert_eq!(
        sum("objects"),
        objects["read"].as_u64().unwrap() + objects["failed"].as_u64().unwrap()
    );
    assert_eq!(sum("failed"), objects["failed"].as_u64().unwrap());
    assert_eq!(
        sum("records"),
        summary["records"]["total"].as_u64().unwrap()
    );
    assert_eq!(
        sum("duplicate"),
        summary["records"]["duplicate"].as_u64().unwrap()
    );
    assert!(sum("duplicate") > 0);
    assert_eq!(
        sum("hours_without_object"),
        summary["coverage"]["hours_without_object"]
            .as_u64()
            .unwrap()
    );
    assert!(
        days.iter()
            .all(|day| day["day"].as_str().unwrap().starts_with("2026-03-"))
    );
}

#[test]
fn a_foreign_file_in_the_way_is_an_error_and_stays() {
    for name in ["attempts.csv", "summary.json", "problems.parquet"] {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(name), "{\"mine\":1}").unwrap();
        let (code, stderr) = write(folder.path(), "");
        assert_eq!(code, 2, "{stderr}");
        assert!(
            stderr.contains(name) && stderr.contains("in the way"),
            "{stderr}"
        );
        assert_eq!(files(folder.path()).len(), 1);
        assert_eq!(fs::read(folder.path().join(name)).unwrap(), b"{\"mine\":1}");
    }
}

#[test]
fn what_a_stopped_run_left_is_cleaned_up() {
    let folder = tempfile::tempdir().unwrap();
    let partial = folder.path().join(".backtrail-partial");
    fs::create_dir(&partial).unwrap();
    fs::write(partial.join("attempts.csv"), "half").unwrap();
    // A run that is stopped among the renames leaves some files in place, and its manifest.
    fs::write(partial.join("manifest"), "metric.csv\nsummary.json").unwrap();
    fs::write(folder.path().join("metric.csv"), "whole").unwrap();
    let (code, stderr) = write(folder.path(), "");
    assert_eq!((code, stderr.as_str()), (0, ""));
    assert_eq!(files(folder.path()).len(), 41);
}

#[test]
fn the_report_is_not_read_as_part_of_the_archive() {
    let folder = tempfile::tempdir().unwrap();
    let record =
        r#"{"Records":[{"eventTime":"2026-03-04T09:00:00Z","eventSource":"s","eventName":"n"}]}"#;
    fs::write(folder.path().join("a.json"), record).unwrap();
    let out = folder.path().join("report");
    for _ in 0..2 {
        let run = audit(&format!("--json --out {}", out.display()), &[folder.path()]);
        assert_eq!(run.json()["objects"]["listed"], 1);
    }
}

/// Checks that the tables of a report are those that its summary knows.
/// Copies the sample archive into a folder.
fn copy_sample(to: &Path) {
    for entry in walkdir::WalkDir::new(sample()) {
        let entry = entry.unwrap();
        let place = to.join(entry.path().strip_prefix(sample()).unwrap());
        match entry.file_type().is_dir() {
            true => fs::create_dir_all(place).unwrap(),
            false => drop(fs::copy(entry.path(), place).unwrap()),
        }
    }
}

#[test]
fn a_folder_of_the_archive_takes_no_report() {
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("archive");
    copy_sample(&archive);
    let paths: [&Path; 2] = [&archive, sample()];
    let report = |out: &str| {
        let arguments = format!("--quiet --out {}", folder.path().join(out).display());
        let run = audit(&arguments, &paths);
        (run.code, run.stderr)
    };
    for out in ["archive", "archive/AWSLogs/111122223333", "archive/AWSLogs"] {
        let (code, error) = report(out);
        assert_eq!(code, 2, "{out}");
        assert!(error.contains("is within the archive"), "{out}: {error}");
        assert!(!folder.path().join(out).join("summary.json").exists());
    }
    // One of its own in there is left out, and so are signatures of it.
    assert_eq!(report("archive/new"), (0, String::new()));
    let first = report_files(&archive.join("new"));
    fs::write(archive.join("new/evidence.json.minisig"), "x").unwrap();
    assert_eq!(report("archive/new"), (0, String::new()));
    fs::remove_file(archive.join("new/evidence.json.minisig")).unwrap();
    assert!(report_files(&archive.join("new")) == first);
    // A summary cannot claim a log file, and a folder is no file of a report.
    for planted in [
        "log.json",
        "objects.csv/log.json",
        ".backtrail-partial/log.json",
    ] {
        let other = archive.join("other");
        assert_eq!(report("archive/other"), (0, String::new()));
        let _ = fs::remove_file(other.join("objects.csv"));
        let summary = fs::read_to_string(other.join("summary.json")).unwrap();
        let summary = summary.replace("\"attempts.csv\"", "\"log.json\"");
        fs::write(other.join("summary.json"), summary).unwrap();
        let place = other.join(planted);
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        fs::write(&place, r#"{"Records":[]}"#).unwrap();
        assert_eq!(report("archive/other").0, 2, "{planted}");
        fs::remove_dir_all(other).unwrap();
    }
    // Beside the archive, any folder will do.
    let (code, _) = audit_into(&folder.path().join("beside"), &archive);
    assert_eq!(code, 0);
    fs::write(folder.path().join("beside/log.json"), "{}").unwrap();
    assert_eq!(audit_into(&folder.path().join("beside"), &archive).0, 0);
}

fn audit_into(out: &Path, archive: &Path) -> (i32, String) {
    let run = audit(&format!("--quiet --out {}", out.display()), &[archive]);
    (run.code, run.stderr)
}

#[test]
fn an_earlier_report_or_ledger_in_the_archive_is_no_evidence() {
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("archive");
    copy_sample(&archive);
    let stories = |out: &str, arguments: &str| {
        let out = archive.join(out);
        let arguments = format!("--quiet --rule all --out {} {arguments}", out.display());
        let run = audit(&arguments, &[&archive]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        let read = |name: &str| fs::read_to_string(out.join(name)).unwrap();
        (
            read("stories.csv"),
            read("attempts.csv"),
            read("summary.json"),
        )
    };
    let ledger = format!("--ledger {}", archive.join("ledger").display());
    let (first, attempts, _) = stories("report-1", &ledger);
    let (second, again, summary) = stories("report-2", "");
    assert_eq!(first, second);
    assert_eq!(attempts, again);
    let summary: serde_json::Value = serde_json::from_str(&summary).unwrap();
    let skipped = summary["objects"]["skipped_by_reason"]["backtrail-table"].as_u64();
    // Two tables in three formats, and those of each part of the ledger.
    assert!(skipped >= Some(8), "{skipped:?}");
    // A name alone hides nothing.
    let log =
        r#"{"Records":[{"eventTime":"2026-03-02T10:00:00Z","eventSource":"a","eventName":"b"}]}"#;
    fs::write(archive.join("report-1/attempts.json"), log).unwrap();
    let (_, _, summary) = stories("report-3", "");
    let summary: serde_json::Value = serde_json::from_str(&summary).unwrap();
    let now = summary["objects"]["skipped_by_reason"]["backtrail-table"].as_u64();
    // Two reports of six tables, one of which was replaced.
    assert_eq!(now, skipped.map(|skipped| skipped + 5));
}

fn assert_whole(folder: &std::path::Path) {
    let found = files(folder);
    let summary = &found[std::path::Path::new("summary.json")];
    let summary: serde_json::Value = serde_json::from_slice(summary).unwrap();
    let hashes = summary["sha256"].as_object().unwrap();
    // Beside the tables and their dictionary, there are the summary, the manifest and the run.
    assert_eq!(hashes.len() + 3, summary["files"].as_array().unwrap().len());
    for (name, hash) in hashes {
        let digest = Sha256::digest(&found[std::path::Path::new(name)]);
        let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hash, digest.as_str(), "{name}");
    }
    assert_eq!(found.len(), hashes.len() + 3, "{:?}", found.keys());
    let check = backtrail(["evidence".as_ref(), "check".as_ref(), folder.as_os_str()]);
    assert_eq!(check.code, 0, "{}{}", check.stdout, check.stderr);
}

#[test]
fn one_audit_at_a_time_writes_a_report() {
    let folder = tempfile::tempdir().unwrap();
    let partial = folder.path().join(".backtrail-partial");
    fs::create_dir(&partial).unwrap();
    let lock = fs::File::create(partial.join("lock")).unwrap();
    lock.lock().unwrap();
    let (code, stderr) = write(folder.path(), "");
    assert_eq!(code, 2);
    assert!(
        stderr.contains("another audit is writing to the report folder"),
        "{stderr}"
    );
    drop(lock);
    assert_eq!(write(folder.path(), "").0, 0);
    assert_whole(folder.path());
}

#[test]
fn audits_at_the_same_time_do_not_mix_their_files() {
    let folder = tempfile::tempdir().unwrap();
    let rules = ["secrets", "kms", "all", "secrets", "kms", "all"];
    let codes: Vec<i32> = std::thread::scope(|scope| {
        let audits = rules.map(|rule| {
            let folder = folder.path();
            scope.spawn(move || write(folder, &format!("--rule {rule}")))
        });
        let ended = audits.into_iter().map(|audit| audit.join().unwrap());
        ended
            .map(|(code, stderr)| {
                assert!(
                    code == 0 || stderr.contains("another audit is writing"),
                    "{stderr}"
                );
                code
            })
            .collect()
    });
    assert!(codes.contains(&0), "{codes:?}");
    assert_whole(folder.path());
}

#[test]
fn a_report_that_was_interrupted_has_no_summary_and_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    assert_eq!(write(path, "--format csv").0, 0);
    // A folder in the place of a table stops the run among its renames, as a kill would.
    fs::remove_file(path.join("objects.csv")).unwrap();
    fs::create_dir(path.join("objects.csv")).unwrap();
    fs::write(path.join("objects.csv/mine"), "mine").unwrap();
    let (code, stderr) = write(path, "--format csv --rule kms");
    assert_eq!(code, 2, "{stderr}");
    assert!(!path.join("summary.json").exists());
    assert_eq!(fs::read(path.join("objects.csv/mine")).unwrap(), b"mine");
    fs::remove_dir_all(path.join("objects.csv")).unwrap();
    assert_eq!(write(path, "--format csv").0, 0);
    assert_whole(path);
}

#[test]
fn a_file_that_takes_the_place_of_an_interrupted_table_stays() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let partial = path.join(".backtrail-partial");
    fs::create_dir(&partial).unwrap();
    let hash = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae";
    let manifest = format!("metric.csv {hash}\nattempts.csv {hash}");
    fs::write(partial.join("manifest"), manifest).unwrap();
    fs::write(path.join("metric.csv"), "foo").unwrap();
    fs::write(path.join("attempts.csv"), "mine").unwrap();
    let (code, stderr) = write(path, "");
    assert!(
        code == 2 && stderr.contains("attempts.csv` is in the way"),
        "{stderr}"
    );
    assert_eq!(fs::read(path.join("attempts.csv")).unwrap(), b"mine");
    fs::remove_file(path.join("attempts.csv")).unwrap();
    assert_eq!(write(path, "").0, 0);
    assert_whole(path);
}
