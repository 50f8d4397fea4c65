//! Bytes and names that somebody crafted.

use backtrail::integrity::KeyRing;
use proptest::prelude::*;
use serde_json::json;

use super::bucket::{BUCKET, Bucket, Plan, packed};
use super::verify;
use crate::fuzzed::checks::integrity::check;
use crate::generator::digests::Signer;
use crate::program::{Colours, run};

/// A digest as it is delivered.
fn digest() -> String {
    text(&Bucket::new(&Plan::default()), "d3")
}

fn text(bucket: &Bucket, digest: &str) -> String {
    let bytes = &bucket.objects[&bucket.places[digest]];
    let mut text = String::new();
    let mut decoder = flate2::read::GzDecoder::new(bytes.as_slice());
    std::io::Read::read_to_string(&mut decoder, &mut text).unwrap();
    text
}

/// Bytes that are mostly those of a text, changed in one place, cut or extended.
fn spoiled(text: String) -> impl Strategy<Value = Vec<u8>> {
    let length = text.len();
    (
        0..length,
        any::<u8>(),
        0..length + 1,
        proptest::collection::vec(any::<u8>(), 0..8),
    )
        .prop_map(move |(place, byte, end, more)| {
            let mut bytes = text.clone().into_bytes();
            bytes[place] = byte;
            bytes.truncate(end.max(length / 8));
            [bytes, more].concat()
        })
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 500,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn no_bytes_make_a_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..120)) {
        check(&bytes);
    }

    #[test]
    fn no_change_makes_the_reader_of_digests_panic(bytes in spoiled(digest())) {
        check(&bytes);
    }

    #[test]
    fn no_change_makes_the_reader_of_keys_panic(
        place in 0_usize..270,
        byte in any::<u8>(),
        end in 0_usize..271,
    ) {
        use base64::Engine as _;
        let mut der = Signer::sample().unwrap().public().to_vec();
        let place = place.min(der.len() - 1);
        der[place] = byte;
        der.truncate(end);
        let value = base64::engine::general_purpose::STANDARD.encode(der);
        let list = json!({ "PublicKeyList": [{ "Value": value }] });
        let _ = KeyRing::default().add_list(list.to_string().as_bytes());
    }

    #[test]
    fn no_name_makes_the_reader_of_names_panic(
        middle in "(_[A-Za-z0-9é-]{0,12}){0,6}",
        end in "(_20260303T091007Z)?(_backfill)?(\\.json)?(\\.gz)?",
    ) {
        let name = format!("111122223333_CloudTrail-Digest{middle}{end}");
        check(name.as_bytes());
    }
}

/// A digest that is not JSON of the usual kind is damaged, and the run goes on.
#[test]
fn digests_that_are_crafted_are_modified() {
    let texts = [
        "[".repeat(100_000),
        digest().replace("2026-03-03T11:10:07Z", "-009999-01-02T01:59:59Z"),
        digest().replace("2026-03-03T11:10:07Z", "9999-12-30T22:00:00Z"),
        digest().replace("SHA-256", "MD5"),
        digest().replace("\"logFiles\":[", "\"logFiles\":[7,"),
        digest().replace(
            "\"awsAccountId\"",
            "\"awsAccountId\":\"1\",\"awsAccountId\"",
        ),
    ];
    for text in texts {
        let mut bucket = Bucket::new(&Plan::default());
        let name = bucket.places["d3"].clone();
        bucket.objects.insert(name, packed(text.as_bytes(), 6));
        let folder = tempfile::tempdir().unwrap();
        let keys = folder.path().join("keys.json");
        std::fs::write(&keys, bucket.key_list()).unwrap();
        let source = folder.path().join("buckets");
        bucket.write(&source);
        let run = verify(&source, &["--json", "--keys", keys.to_str().unwrap()]);
        assert_eq!(run.code, 1, "{}", run.stderr);
        assert_eq!(run.json()["counts"]["modified"], 1, "{}", &text[..80]);
    }
}

/// Names and texts with control characters are printed so that they do nothing to a terminal.
#[test]
fn hostile_names_are_printed_harmlessly() {
    let folder = tempfile::tempdir().unwrap();
    let mut bucket = Bucket::new(&Plan::default());
    let evil = "\\u001b]0;owned\\u0007\\u202e\\u001b[31m";
    let text = text(&bucket, "d7")
        .replace("h7ax", evil)
        .replace("audit_us", &format!("{evil}_us"));
    let name = bucket.places["d7"].clone();
    bucket.objects.insert(name, packed(text.as_bytes(), 6));
    let (_, key) = bucket.places["h5a"].clone();
    let evil_key = key.replace("h5ax", "\u{1b}[2J\u{202e}");
    let bytes = bucket.objects[&(BUCKET.to_owned(), key)].clone();
    bucket
        .objects
        .insert(("b\u{1b}[1m".to_owned(), evil_key), bytes);
    let source = folder.path().join("buckets");
    bucket.write(&source);
    let words = ["verify".as_ref(), source.as_os_str()];
    let plain = run(words, Colours::Never, b"");
    assert_eq!(plain.code, 1, "{}", plain.stderr);
    let is_control = |letter: char| letter.is_control() && letter != '\n' || letter == '\u{202e}';
    assert!(!plain.stdout.contains(is_control), "{:?}", plain.stdout);
    // A name is shown as it is written, not without what a terminal would not show.
    for shown in ["b\\u{1b}[1m/AWSLogs", "\\u{1b}]0;owned\\u{7}"] {
        assert!(plain.stdout.contains(shown), "{shown}: {}", plain.stdout);
    }
    let coloured = run(words, Colours::Always, b"");
    for part in coloured.stdout.split('\u{1b}').skip(1) {
        let (code, _) = part.split_once('m').unwrap();
        let is_style = code.starts_with('[')
            && code[1..]
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte == b';');
        assert!(is_style, "{part:?}");
    }
}
