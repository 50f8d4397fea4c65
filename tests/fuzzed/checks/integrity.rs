//! What must hold for digests and what proves them.

use backtrail::integrity::{ChainName, Digest, KeyRing, Manifest, Sha256};

/// Takes any bytes as a digest, a list of keys, a manifest and the name of a digest. What is read is
/// the same when it was written and read again.
pub fn check(bytes: &[u8]) {
    check_digest(bytes);
    check_manifest(bytes);
    let mut keys = KeyRing::default();
    if keys.add_list(bytes).is_err() {
        assert_eq!(
            keys.mislabelled(),
            [],
            "a list that is refused adds nothing"
        );
    }
    if let Ok(name) = std::str::from_utf8(bytes) {
        check_name(name);
    }
}

fn check_digest(bytes: &[u8]) {
    let Ok(digest) = Digest::parse(bytes) else {
        return;
    };
    let text = digest.string_to_sign(Sha256::of_bytes(bytes));
    assert!(text.starts_with(&digest.end_text));
    assert!(text.contains(&digest.name.to_string()));
    let again = Digest::parse(bytes).unwrap();
    assert_eq!(digest, again);
}

fn check_manifest(bytes: &[u8]) {
    let Ok(manifest) = Manifest::parse(bytes) else {
        return;
    };
    let lines = manifest.entries.iter();
    let lines: Vec<String> = lines
        .map(|entry| serde_json::to_string(entry).unwrap())
        .collect();
    let again = Manifest::parse(lines.join("\n").as_bytes()).unwrap();
    assert_eq!(manifest, again);
}

fn check_name(name: &str) {
    let Some((chain, _)) = ChainName::from_file_name(name) else {
        return;
    };

    let ChainName {
        account,
        region,
        trail,
        home_region,
        ..
    } = chain;
    let start = format!("{account}_CloudTrail-Digest_{region}_{trail}_{home_region}_");
    assert!(name.starts_with(&start), "{name}");
}
