//! Digests in S3, which keeps their signatures.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::bucket::{BUCKET, Bucket, Plan};
use super::verify;
use crate::s3::Server;

/// A server with the objects of a bucket, and the metadata of its digests as the server keeps it.
fn server(bucket: &Bucket) -> Server {
    let server = Server::start(&[]);
    bucket.write(server.root());
    for ((name, key), signature) in &bucket.signatures {
        let (name, key) = (URL_SAFE_NO_PAD.encode(name), URL_SAFE_NO_PAD.encode(key));
        let path = server
            .root()
            .join(format!(".bucket-{name}.object-{key}.metadata.json"));
        let metadata = json!({
            "user_metadata": { "signature": signature, "signature-algorithm": "SHA256withRSA" },
        });
        std::fs::write(path, metadata.to_string()).unwrap();
    }
    server
}

#[test]
fn a_bucket_needs_no_file_of_metadata() {
    let bucket = Bucket::new(&Plan::default());
    let server = server(&bucket);
    let folder = tempfile::tempdir().unwrap();
    let keys = folder.path().join("keys.json");
    std::fs::write(&keys, bucket.key_list()).unwrap();
    let keys = keys.to_str().unwrap();
    let (code, stdout, stderr) = server.run(&format!("verify s3://{BUCKET} --json --keys {keys}"));
    assert_eq!((code, stderr.as_str()), (0, ""), "{stdout}");
    let result: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(result["counts"], json!({ "signed": 22 }));
    assert_eq!(result["objects"][0]["bucket"], BUCKET);

    // What is collected verifies a copy on a disk, which keeps no metadata.
    let read = server.gets("/CloudTrail/");
    let (code, stdout, _) = server.run(&format!("verify s3://{BUCKET} --collect"));
    assert_eq!((code, stdout.lines().count()), (0, 8));
    assert_eq!(
        server.gets("/CloudTrail/"),
        read,
        "log files are not read for it"
    );
    let lines = stdout
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let expected = bucket.manifest();
    let expected = expected
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    assert!(lines.eq(expected));
    let copy = folder.path().join("copy");
    bucket.write(&copy);
    let metadata = folder.path().join("metadata.jsonl");
    std::fs::write(&metadata, stdout).unwrap();
    let metadata = metadata.to_str().unwrap();
    let run = verify(&copy, &["--json", "--keys", keys, "--metadata", metadata]);
    assert_eq!(
        (run.code, &run.json()["counts"]),
        (0, &json!({ "signed": 22 }))
    );
}

#[test]
fn tampering_in_a_bucket_is_found() {
    let mut bucket = Bucket::new(&Plan::default());
    bucket.tamper("edit h3a");
    bucket.tamper("delete d5");
    let server = server(&bucket);
    let folder = tempfile::tempdir().unwrap();
    let keys = folder.path().join("keys.json");
    std::fs::write(&keys, bucket.key_list()).unwrap();
    let keys = keys.to_str().unwrap();
    let (code, stdout, stderr) = server.run(&format!("verify s3://{BUCKET} --json --keys {keys}"));
    assert_eq!((code, stderr.as_str()), (1, ""), "{stdout}");
    let result: Value = serde_json::from_str(&stdout).unwrap();
    let counts = json!({ "signed": 18, "modified": 1, "missing": 1, "unverifiable": 2 });
    assert_eq!(result["counts"], counts);
    assert_eq!(result["gaps"].as_array().unwrap().len(), 1);
    // A part of the bucket is verified by the digests in it.
    let part = format!("verify s3://{BUCKET}/AWSLogs/111122223333/ --json --keys {keys}");
    assert_eq!(server.run(&part).1, stdout);
}
