//! `audit --verify` of some accounts and regions: the others are neither missing nor proven.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::bucket::{BUCKET, Bucket, Plan};
use crate::program::audit;

/// The account for which a digest of the first account lists a log file.
const MEMBER: &str = "444455556666";

/// A bucket on a disk, and what proves it.
struct Archive {
    folder: tempfile::TempDir,
    bucket: Bucket,
}

/// What an audit says of the integrity.
struct Answer {
    code: i32,
    integrity: Value,
    /// The rows of the table, as the grade and the short name.
    rows: Vec<(String, String)>,
}

impl Archive {
    /// A trail of two regions, of which one digest lists a log file of another account.
    fn new() -> Self {
        let mut bucket = Bucket::new(&Plan {
            regions: vec!["us-east-1".to_owned(), "eu-west-1".to_owned()],
            hours: 3,
            ..Plan::default()
        });
        bucket.tamper(&format!("deliver-for d2 h2a {MEMBER}"));
        bucket.tamper(&format!("deliver-for d3 h3a {MEMBER}"));
        Self {
            folder: tempfile::tempdir().unwrap(),
            bucket,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self) {
        let _ = std::fs::remove_dir_all(self.path("buckets"));
        self.bucket.write(&self.path("buckets"));
        std::fs::write(self.path("keys.json"), self.bucket.key_list()).unwrap();
        std::fs::write(self.path("metadata.jsonl"), self.bucket.manifest()).unwrap();
    }

    fn audit(&self, arguments: &str) -> Answer {
        self.write();
        let out = self.path("out");
        let _ = std::fs::remove_dir_all(&out);
        let arguments = format!(
            "--json --format json --out {} --keys {} --metadata {} --verify \
             --fail-on integrity {arguments}",
            out.display(),
            self.path("keys.json").display(),
            self.path("metadata.jsonl").display(),
        );
        let run = audit(&arguments, &[&self.path("buckets")]);
        Answer {
            code: run.code,
            integrity: run.json()["integrity"].clone(),
            rows: self.rows(&out.join("integrity.json")),
        }
    }

    fn rows(&self, table: &Path) -> Vec<(String, String)> {
        let table = std::fs::read_to_string(table).unwrap();
        let table: Vec<Value> = serde_json::from_str(&table).unwrap();
        let rows = table.iter().map(|row| {
            let key = row["key"].as_str().unwrap();
            let grade = row["grade"].as_str().unwrap();
            (grade.to_owned(), self.bucket.short(BUCKET, key))
        });
        let mut rows: Vec<(String, String)> = rows.collect();
        rows.sort();
        rows
    }
}

impl Answer {
    fn of_grade(&self, grade: &str) -> Vec<&str> {
        let rows = self.rows.iter().filter(|(other, _)| other == grade);
        rows.map(|(_, short)| &**short).collect()
    }

    fn counts(&self) -> [&Value; 2] {
        [
            &self.integrity["proven_log_files"],
            &self.integrity["log_files"],
        ]
    }
}

#[test]
fn log_files_of_other_regions_are_not_missing() {
    let archive = Archive::new();
    let all = archive.audit("");
    assert_eq!((all.code, all.counts()), (0, [&json!(12), &json!(12)]));
    let ledger = format!("--ledger {}", archive.path("ledger").display());
    for more in ["", &ledger, &ledger] {
        let one = archive.audit(&format!("--region us-east-1 {more}"));
        assert_eq!(one.code, 0, "{}", one.integrity);
        assert_eq!(one.integrity["outcome"], "proven");
        assert_eq!(one.counts(), [&json!(6), &json!(6)]);
        assert_eq!(one.rows.len(), 10, "the other region is left out");
    }
}

#[test]
fn a_log_file_of_another_account_is_not_checked() {
    let archive = Archive::new();
    let one = archive.audit("--account 111122223333 --region us-east-1");
    assert_eq!(one.code, 0, "{}", one.integrity);
    assert_eq!(one.of_grade("not-checked"), ["h2a", "h3a"]);
    assert_eq!(one.of_grade("signed").len(), 8);
}

#[test]
fn a_digest_that_lists_a_log_file_of_the_account_proves_it() {
    let mut archive = Archive::new();
    let one = archive.audit(&format!("--account {MEMBER}"));
    assert_eq!(one.code, 0, "{}", one.integrity);
    assert_eq!(one.of_grade("signed"), ["d2", "d3", "h2a", "h3a"]);
    assert_eq!(one.of_grade("not-checked"), ["h2b", "h3b"]);
    archive.bucket.tamper("delete h2a");
    let one = archive.audit(&format!("--account {MEMBER}"));
    assert_eq!((one.code, one.of_grade("missing")), (1, vec!["h2a"]));
}

#[test]
fn what_is_wrong_in_another_region_is_not_reported_but_shows_gaps_in_this_one() {
    let mut archive = Archive::new();
    archive.bucket.tamper("delete eu-west-1:d2");
    archive.bucket.tamper("delete eu-west-1:h3a");
    archive.bucket.tamper("append-text eu-west-1:d1");
    assert_eq!(archive.audit("").code, 1);
    let one = archive.audit("--region us-east-1");
    assert_eq!(one.code, 0, "{}", one.integrity);
    // The digests of the other region show that this one lacks its last two hours.
    for short in ["d2", "h2a", "h2b", "d3", "h3a", "h3b"] {
        archive.bucket.tamper(&format!("delete {short}"));
    }
    let one = archive.audit("--region us-east-1");
    assert_eq!(one.code, 1, "{}", one.integrity);
    assert_eq!(one.integrity["gaps"][0]["kind"], "end");
}
