//! The report folder: whole or not at all, and never on top of what is not ours.

use std::fs;

use crate::program::{audit, files, sample};

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
    assert_eq!(names.len(), 22);
    let rows: serde_json::Value =
        serde_json::from_slice(&fs::read(folder.path().join("attempts.json")).unwrap()).unwrap();
    assert_eq!(rows.as_array().unwrap().len(), 42);
    let parquet = fs::read(folder.path().join("attempts.parquet")).unwrap();
    assert!(parquet.starts_with(b"PAR1") && parquet.ends_with(b"PAR1"));
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
        "lifecycle.csv",
        "metric.csv",
        "notes.txt",
        "objects.csv",
        "problems.csv",
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
    assert_eq!(files(folder.path()).len(), 22);
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
