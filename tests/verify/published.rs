//! What AWS published: the text that is signed, a digest, keys, and query results of Lake.

use std::path::{Path, PathBuf};

use backtrail::integrity::{Digest, KeyRing, ObjectName, Sha256};
use serde_json::json;

use super::verify;
use crate::program::beside;

fn real(name: &str, test: &str) -> Option<PathBuf> {
    Some(beside("shared/digests/real", test)?.join(name))
}

/// The unit test of the AWS CLI has these values (sources, I2).
#[test]
fn the_text_that_is_signed_is_that_of_the_command_line_of_aws() {
    let digest = Digest {
        account: String::new(),
        start: jiff::Timestamp::UNIX_EPOCH,
        end: jiff::Timestamp::UNIX_EPOCH,
        end_text: "a".to_owned(),
        name: ObjectName::new("b", "c"),
        fingerprint: String::new(),
        previous: None,
        log_files: Vec::new(),
    };
    assert_eq!(
        digest.string_to_sign(Sha256::of_bytes(b"abc")),
        "a\nb/c\nba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\nnull"
    );
}

#[test]
fn a_real_digest_is_read() {
    let test = "a_real_digest_is_read";
    let Some(path) = real("digest-327878933619.json", test) else {
        return;
    };
    let content = std::fs::read(path).unwrap();
    let hash = Sha256::of_bytes(&content).to_string();
    assert_eq!(
        hash,
        "4277102dccf54c0c247738ca5e6e3504b7370206ef1c82855994ec23441ae1ed"
    );
    let digest = Digest::parse(&content).unwrap();
    assert_eq!(digest.account, "327878933619");
    assert_eq!(digest.end_text, "2023-10-15T23:04:04Z");
    assert_eq!(digest.fingerprint, "be2f0b997552f44942837300ba1aba9d");
    assert_eq!(digest.log_files.len(), 5);
    let previous = digest.previous.unwrap();
    assert!(!previous.name.key.contains('\\'));
    assert_eq!(previous.signature.unwrap().len(), 512);
}

#[test]
fn the_keys_of_the_user_guide_have_their_stated_fingerprints() {
    let test = "the_keys_of_the_user_guide_have_their_stated_fingerprints";
    let Some(path) = real("aws-docs-keys.json", test) else {
        return;
    };
    let mut keys = KeyRing::default();
    keys.add_list(&std::fs::read(path).unwrap()).unwrap();
    assert!(!keys.is_empty());
    assert_eq!(keys.mislabelled(), []);
}

/// The test data of the AWS CLI: the signature is right, and the stated fingerprint that of no form
/// of the key.
#[test]
fn query_results_of_lake_are_verified() {
    let Some(lake) = real("lake", "query_results_of_lake_are_verified") else {
        return;
    };
    let keys = lake.join("keys.json");
    let keys = ["--json", "--keys", keys.to_str().unwrap()];
    let run = verify(&lake, &keys);
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    let result = run.json();
    assert_eq!(result["counts"], json!({ "signed": 2 }));
    let note = result["notes"][0].as_str().unwrap();
    assert!(note.contains("67b9fa73676d86966b449dd677850753"), "{note}");

    let folder = tempfile::tempdir().unwrap();
    for name in ["result_sign.json", "result_1.csv.gz"] {
        std::fs::write(
            folder.path().join(name),
            std::fs::read(lake.join(name)).unwrap(),
        )
        .unwrap();
    }
    let results = folder.path().join("result_1.csv.gz");
    change_a_byte(&results);
    let run = verify(folder.path(), &keys);
    assert_eq!(run.code, 1);
    assert_eq!(run.json()["counts"], json!({ "signed": 1, "modified": 1 }));
    std::fs::remove_file(results).unwrap();
    let run = verify(folder.path(), &keys);
    assert_eq!(run.code, 1);
    assert_eq!(run.json()["counts"], json!({ "signed": 1, "missing": 1 }));
    change_the_hash(&folder.path().join("result_sign.json"));
    let run = verify(folder.path(), &keys);
    // The key was not the stated one, so that nothing but its unknown key is certain.
    assert_eq!(run.code, 1);
    assert_eq!(run.json()["findings"][0]["kind"], "unknown-key");
}

fn change_a_byte(path: &Path) {
    let mut bytes = std::fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(path, bytes).unwrap();
}

fn change_the_hash(path: &Path) {
    let text = std::fs::read_to_string(path).unwrap();
    std::fs::write(path, text.replace("5b918b3f", "5b918b30")).unwrap();
}
