//! Real CloudTrail data from public repositories, if it lies beside the project. None of its
//! records is a refused use of something pending deletion, so the right number of attempts on all
//! of it is none.

use std::path::{Path, PathBuf};

use crate::program::audit;

struct Expected {
    folder: &'static str,
    read: u64,
    records: u64,
    /// Objects that cannot be read whole, and why is written beside the row.
    failed: u64,
}

const fn expected(folder: &'static str, read: u64, records: u64, failed: u64) -> Expected {
    Expected {
        folder,
        read,
        records,
        failed,
    }
}

const ARCHIVES: [Expected; 13] = [
    expected("invictus-ir+aws_dataset", 55, 2900, 0),
    expected("boogy+CloudTrail-Log-Parser", 7, 1685, 0),
    expected("DataDog+stratus-red-team", 35, 310, 0),
    expected("umccr+cloudtrail-parquet-lambda", 5, 185, 0),
    expected("adanalvarez+TrailDiscover", 336, 315, 0),
    // Ten of its files hold other events of EventBridge. One record has no time.
    expected("cloud-custodian+cloud-custodian", 24, 24, 0),
    expected("DataDog+datadog-serverless-functions", 1, 4, 0),
    // Two of its files are digests; one has no records.
    expected("open-telemetry+opentelemetry-collector-contrib", 3, 2, 0),
    expected("aws-solutions+centralized-logging-with-opensearch", 1, 4, 0),
    expected("log2timeline+plaso", 1, 6, 0),
    // One of its files is an IAM policy.
    expected("flosell+trailscraper", 3, 7, 0),
    // Both are zip files; the table in the other does not name the service that was called.
    expected("OTRF+Security-Datasets", 1, 103, 0),
    // 51 records in the whole files; the third is broken JSON in two places, with records before
    // and after each.
    expected("opensearch-project+opensearch-catalog", 2, 891, 1),
];

fn real(test: &str) -> Option<PathBuf> {
    crate::program::beside("shared/real", test)
}

/// The number of files below a folder.
fn count_files(folder: &Path) -> u64 {
    let entries = walkdir::WalkDir::new(folder)
        .into_iter()
        .map(Result::unwrap);
    entries.filter(|entry| entry.file_type().is_file()).count() as u64
}

#[test]
fn every_object_and_record_is_accounted_for_and_none_is_an_attempt() {
    let Some(real) = real("every_object_and_record_is_accounted_for") else {
        return;
    };
    for archive in &ARCHIVES {
        let run = audit("--json --rule all", &[&real.join(archive.folder)]);
        let summary = run.json();
        let number = |pointer: &str| summary.pointer(pointer).unwrap().as_u64().unwrap();
        let found = (
            number("/objects/read"),
            number("/records/total"),
            number("/objects/failed"),
            number("/attempts"),
        );
        assert_eq!(
            found,
            (archive.read, archive.records, archive.failed, 0),
            "{}: {summary:#}",
            archive.folder
        );
        assert_eq!(
            run.code,
            if archive.failed == 0 { 0 } else { 3 },
            "{}",
            archive.folder
        );
        let files = count_files(&real.join(archive.folder));
        assert_eq!(number("/objects/listed"), files, "{}", archive.folder);
        let skipped = files - archive.read - archive.failed;
        assert_eq!(number("/objects/skipped"), skipped, "{}", archive.folder);
    }
}

#[test]
fn the_deletion_of_old_versions_is_no_attempt() {
    let Some(real) = real("the_deletion_of_old_versions_is_no_attempt") else {
        return;
    };
    let folder = real.join("boogy+CloudTrail-Log-Parser");
    let pattern = "{ $.eventName = SecretVersionDeletion }";
    let arguments = [
        "audit",
        "--json",
        "--rule",
        "secrets",
        "--pattern",
        pattern,
        folder.to_str().unwrap(),
    ];
    let summary = crate::program::backtrail(arguments).json();
    assert_eq!(
        (
            &summary["rules"][0]["attempts"],
            &summary["rules"][1]["attempts"]
        ),
        (&0.into(), &38.into())
    );
}

/// A synthetic archive with a known answer, if its generator lies beside the project.
#[test]
fn a_synthetic_archive_gives_its_known_answer() {
    let test = "a_synthetic_archive_gives_its_known_answer";
    let Some(script) = crate::program::beside("shared/tools/make_archive.py", test) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let made = std::process::Command::new("python3")
        .args([script.as_os_str(), folder.path().as_os_str()])
        .args(["--records", "20000", "--hit-rate", "0.002"])
        .output();
    let Ok(made) = made else {
        return crate::program::skip(test, "there is no python3");
    };
    assert!(made.status.success(), "{made:?}");
    let truth: serde_json::Value =
        serde_json::from_slice(&std::fs::read(folder.path().join("truth.json")).unwrap()).unwrap();
    let out = tempfile::tempdir().unwrap();
    let summary = audit(
        &format!("--json --out {}", out.path().display()),
        &[folder.path()],
    )
    .json();
    assert!(truth["attempts"].as_u64() > Some(0), "{truth}");
    assert_eq!(summary["attempts"], truth["attempts"]);
    assert_eq!(summary["records"]["total"], truth["records"]);
    assert_eq!(summary["objects"]["read"], truth["files"]);
    let mut reader = csv::Reader::from_path(out.path().join("metric.csv")).unwrap();
    let mut periods = serde_json::Map::new();
    for row in reader
        .deserialize::<std::collections::HashMap<String, String>>()
        .map(Result::unwrap)
    {
        let start: jiff::Timestamp = row["period_start"].parse().unwrap();
        let sum: f64 = row["sum"].parse().unwrap();
        periods.insert(start.as_second().to_string(), (sum as u64).into());
    }
    assert_eq!(serde_json::Value::Object(periods), truth["periods_300s"]);
}
