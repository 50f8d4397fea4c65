//! Where the signatures of digests may be kept, and how an archive may lie on a disk.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::bucket::{BUCKET, Bucket, Plan};
use super::verify;
use crate::program::Run;

/// An archive on disk with the public keys beside it.
struct Place {
    folder: tempfile::TempDir,
    bucket: Bucket,
}

impl Place {
    fn new() -> Self {
        let place = Self {
            folder: tempfile::tempdir().unwrap(),
            bucket: Bucket::new(&Plan::default()),
        };
        place.bucket.write(&place.source());
        place.file("keys.json", &place.bucket.key_list());
        place
    }

    fn source(&self) -> PathBuf {
        self.folder.path().join("buckets")
    }

    fn file(&self, name: &str, text: &str) -> String {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    fn verify(&self, source: &Path, arguments: &[&str]) -> Run {
        let keys = self.folder.path().join("keys.json");
        let keys = ["--json", "--keys", keys.to_str().unwrap()];
        verify(source, &[&keys, arguments].concat())
    }

    /// The path of a digest.
    fn digest(&self, short: &str) -> PathBuf {
        let (bucket, key) = &self.bucket.places[short];
        self.source().join(bucket).join(key)
    }

    fn signature(&self, short: &str) -> &str {
        &self.bucket.signatures[&self.bucket.places[short]]
    }

    /// The signatures of all digests with their keys.
    fn signatures(&self) -> impl Iterator<Item = (&str, &str)> {
        let signatures = self.bucket.signatures.iter();
        signatures.map(|((_, key), signature)| (key.as_str(), signature.as_str()))
    }
}

/// All objects are signed. Without metadata, the newest digest is not.
fn assert_signed(run: &Run) {
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{}", run.stdout);
    assert_eq!(run.json()["counts"], json!({ "signed": 22 }));
}

#[test]
fn without_metadata_the_newest_digest_is_not_proven() {
    let place = Place::new();
    let run = place.verify(&place.source(), &[]);
    assert_eq!(run.code, 3);
    assert_eq!(
        run.json()["counts"],
        json!({ "signed": 19, "hash-only": 3 })
    );
}

#[test]
fn every_form_of_a_manifest_is_read() {
    let place = Place::new();
    let rows: Vec<(&str, &str)> = place.signatures().collect();
    let metadata = |signature: &str| json!({ "signature": signature, "tier": "STANDARD" });
    let rclone: Vec<Value> = rows
        .iter()
        .map(|(key, signature)| {
            json!({ "Path": key, "Name": "", "Size": 1, "IsDir": false, "Metadata": metadata(signature) })
        })
        .collect();
    let mut table = "bucket,key,size,signature\n".to_owned();
    for (key, signature) in &rows {
        table += &format!("{BUCKET},{key},366,{signature}\n");
    }
    let headers = place
        .bucket
        .manifest()
        .replace("\"signature\"", "\"x-amz-meta-signature\"");
    let pretty: String = place
        .bucket
        .manifest()
        .lines()
        .map(|line| {
            let object: Value = serde_json::from_str(line).unwrap();
            serde_json::to_string_pretty(&object).unwrap()
        })
        .collect();
    for (name, text) in [
        ("lines.jsonl", place.bucket.manifest()),
        ("headers.jsonl", headers),
        ("pretty.json", pretty),
        ("rclone.json", json!(rclone).to_string()),
        ("table.csv", table),
        (
            "marked.csv",
            format!(
                "\u{feff}key,signature\n{}",
                rows.iter()
                    .map(|(key, text)| format!("{key},{text}\n"))
                    .collect::<String>()
            ),
        ),
    ] {
        let file = place.file(name, &text);
        let run = place.verify(&place.source(), &["--metadata", &file]);
        assert_eq!(run.stderr, "", "{name}");
        assert_signed(&run);
    }
}

#[test]
fn files_beside_a_digest_hold_its_metadata() {
    for end in [".metadata.json", ".head.json"] {
        let place = Place::new();
        let digest = place.digest("d7");
        let beside = format!("{}{end}", digest.display());
        let head = json!({
            "AcceptRanges": "bytes",
            "LastModified": "2026-03-03T16:41:00+00:00",
            "ContentLength": 734,
            "Metadata": { "signature": place.signature("d7"), "signature-algorithm": "SHA256withRSA" },
        });
        std::fs::write(&beside, serde_json::to_string_pretty(&head).unwrap()).unwrap();
        assert_signed(&place.verify(&place.source(), &[]));
        for (text, detail) in [("{", "EOF"), ("[]", "it describes 0 objects, not one")] {
            std::fs::write(&beside, text).unwrap();
            let run = place.verify(&place.source(), &[]);
            assert_eq!(run.code, 3, "a broken file proves nothing");
            let run = run.json();
            let problems = run["problems"].as_array().unwrap();
            assert_eq!(problems.len(), 1, "{problems:?}");
            let found = problems[0].as_str().unwrap();
            assert!(
                found.starts_with(&beside) && found.contains(detail),
                "{found}"
            );
        }
    }
}

#[test]
fn each_file_beside_a_digest_may_have_its_signature() {
    let place = Place::new();
    let digest = place.digest("d7");
    let right = json!({ "Metadata": { "signature": place.signature("d7") } });
    let wrong = json!({ "Metadata": { "signature": place.signature("d6") } });
    for (metadata, head) in [(&right, &wrong), (&wrong, &right)] {
        for (end, text) in [(".metadata.json", metadata), (".head.json", head)] {
            std::fs::write(format!("{}{end}", digest.display()), text.to_string()).unwrap();
        }
        assert_signed(&place.verify(&place.source(), &[]));
    }
    // What was found is written as a manifest that has both.
    let manifest = super::verify(&place.source(), &["--collect"]);
    assert_eq!((manifest.code, manifest.stdout.lines().count()), (0, 2));
    let file = place.file("collected.jsonl", &manifest.stdout);
    for end in [".metadata.json", ".head.json"] {
        std::fs::remove_file(format!("{}{end}", digest.display())).unwrap();
    }
    assert_signed(&place.verify(&place.source(), &["--metadata", &file]));
}

#[cfg(target_os = "linux")]
#[test]
fn extended_attributes_hold_the_metadata_of_a_digest() {
    let place = Place::new();
    let signature = place.signature("d7");
    let flags = rustix::fs::XattrFlags::empty();
    let path = place.digest("d7");
    if rustix::fs::setxattr(&path, "user.signature", signature.as_bytes(), flags).is_err() {
        let reason = "the folder of temporary files keeps no extended attributes";
        crate::program::skip("a signature in an attribute", reason);
        return;
    }
    assert_signed(&place.verify(&place.source(), &[]));
    // What was found is written as a manifest, with which a copy without attributes verifies.
    let manifest = super::verify(&place.source(), &["--collect"]);
    assert_eq!((manifest.code, manifest.stdout.lines().count()), (0, 1));
    let file = place.file("collected.jsonl", &manifest.stdout);
    rustix::fs::removexattr(&path, "user.signature").unwrap();
    assert_eq!(place.verify(&place.source(), &[]).code, 3);
    assert_signed(&place.verify(&place.source(), &["--metadata", &file]));
}

#[test]
fn an_archive_is_understood_in_every_layout() {
    let place = Place::new();
    let metadata = place.file("metadata.jsonl", &place.bucket.manifest());
    let flat = place.folder.path().join("flat");
    std::fs::create_dir(&flat).unwrap();
    for ((_, key), bytes) in &place.bucket.objects {
        std::fs::write(flat.join(key.rsplit('/').next().unwrap()), bytes).unwrap();
    }
    let bucket = place.source().join(BUCKET);
    for source in [place.source(), bucket.clone(), bucket.join("AWSLogs"), flat] {
        let run = place.verify(&source, &["--metadata", &metadata]);
        assert_signed(&run);
        let result = run.json();
        let objects = result["objects"].as_array().unwrap();
        let key = &objects[0]["key"].as_str().unwrap();
        assert!(key.starts_with("AWSLogs/1111"), "{key}");
        assert_eq!(objects[0]["bucket"], BUCKET, "{}", source.display());
    }
}

#[test]
fn content_that_is_not_compressed_any_more_is_the_same_content() {
    let place = Place::new();
    let metadata = place.file("metadata.jsonl", &place.bucket.manifest());
    let folder = place.folder.path().join("unpacked");
    for ((bucket, key), bytes) in &place.bucket.objects {
        let path = folder.join(bucket).join(key.strip_suffix(".gz").unwrap());
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let mut content = Vec::new();
        let mut decoder = flate2::read::GzDecoder::new(bytes.as_slice());
        std::io::Read::read_to_end(&mut decoder, &mut content).unwrap();
        std::fs::write(path, content).unwrap();
    }
    assert_signed(&place.verify(&folder, &["--metadata", &metadata]));
}

#[test]
fn the_table_has_the_grade_of_each_object() {
    let mut place = Place::new();
    place.bucket.tamper("edit h3a");
    place.bucket.write(&place.source());
    let metadata = place.file("metadata.jsonl", &place.bucket.manifest());
    for name in ["grades.csv", "grades.json", "grades.parquet"] {
        let out = place.folder.path().join(name);
        let out = out.to_str().unwrap();
        let run = place.verify(&place.source(), &["--metadata", &metadata, "--out", out]);
        assert_eq!(run.code, 1, "{}", run.stderr);
        let bytes = std::fs::read(out).unwrap();
        assert!(bytes.len() > 1000);
        if name.ends_with(".csv") {
            let text = String::from_utf8(bytes).unwrap();
            let mut lines = text.lines();
            assert_eq!(
                lines.next(),
                Some("bucket,key,kind,grade,moved_from,reason")
            );
            assert_eq!(
                lines
                    .filter(|line| line.contains(",log,modified,,"))
                    .count(),
                1
            );
        }
    }
}

#[test]
fn wrong_files_are_errors_before_anything_is_read() {
    let place = Place::new();
    let wrong = place.file("wrong.json", "[]");
    let run = verify(&place.source(), &["--keys", &wrong]);
    assert_eq!(run.code, 2);
    assert!(
        run.stderr
            .contains("not what `aws cloudtrail list-public-keys` prints"),
        "{}",
        run.stderr
    );
    let wrong = place.file("wrong.csv", "key\nk\n");
    let run = verify(&place.source(), &["--metadata", &wrong]);
    assert_eq!(run.code, 2);
    assert!(
        run.stderr.contains("no column `signature`"),
        "{}",
        run.stderr
    );
    let run = verify(&place.source(), &["--keys", "absent.json"]);
    assert_eq!(run.code, 2);
    let empty = place.folder.path().join("empty");
    std::fs::create_dir(&empty).unwrap();
    let run = verify(&empty, &[]);
    assert_eq!(run.code, 2, "{}", run.stdout);
    let run = verify(
        &place.source(),
        &["--from", "2026-03-04", "--to", "2026-03-03"],
    );
    assert_eq!(run.code, 2);
}
