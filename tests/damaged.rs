//! Archives with broken objects: all that can be read is read, all that cannot is reported.

use std::io::Write;
use std::path::Path;

use serde_json::Value;

use crate::program::audit;

const NAME: &str = "111122223333_CloudTrail_us-east-1_20260304T0915Z_";

fn record(number: usize) -> String {
    format!(
        r#"{{"eventVersion":"1.10","eventTime":"2026-03-04T09:{:02}:00Z","eventSource":"secretsmanager.amazonaws.com","eventName":"GetSecretValue","errorMessage":"You can't perform this operation on the secret because it was marked for deletion.","requestParameters":{{"secretId":"s"}},"eventID":"{number:032}"}}"#,
        number % 60
    )
}

fn document(numbers: std::ops::Range<usize>) -> String {
    format!(r#"{{"Records":[{}]}}"#, numbers.map(record).collect::<Vec<_>>().join(","))
}

fn compressed(text: &str) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

struct Archive {
    folder: tempfile::TempDir,
}

impl Archive {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn with(self, name: &str, bytes: impl AsRef<[u8]>) -> Self {
        std::fs::write(self.folder.path().join(format!("{NAME}{name}")), bytes).unwrap();
        self
    }

    fn audit(&self) -> (i32, Value) {
        let run = audit("--json", &[self.folder.path()]);
        (run.code, run.json())
    }
}

fn kinds(summary: &Value) -> Vec<(String, String)> {
    let name = |object: &str| Path::new(object).file_name().unwrap().to_str().unwrap().replace(NAME, "");
    let problems = summary["problems"].as_array().unwrap().iter();
    problems
        .map(|problem| {
            (name(problem["object"].as_str().unwrap()), problem["kind"].as_str().unwrap().to_owned())
        })
        .collect()
}

fn row(name: &str, kind: &str) -> (String, String) {
    (name.to_owned(), kind.to_owned())
}

#[test]
fn good_records_count_and_problems_are_listed() {
    let long = compressed(&document(200..400));
    let (code, summary) = Archive::new()
        .with("good.json.gz", compressed(&document(0..10)))
        .with("members.json.gz", [compressed(&document(10..20)), compressed(&document(20..30))].concat())
        .with("truncated.json.gz", &long[..long.len() * 3 / 4])
        .with("random.json.gz", [0x93, 0x27, 0x00, 0xff, 0xfe, 0x11].repeat(100))
        .with("cut.json", &document(30..40)[..3000])
        .with("empty.json.gz", "")
        .with("hollow.json.gz", compressed(""))
        .with("values.json", r#"{"Records":[null,"text",[],7,{}]}"#)
        .audit();
    assert_eq!(code, 3);
    let expected = [
        row("cut.json", "damaged-json"),
        row("empty.json.gz", "empty"),
        row("hollow.json.gz", "empty"),
        row("random.json.gz", "not-cloudtrail"),
        row("truncated.json.gz", "damaged-compression"),
        row("values.json", "not-a-record"),
        row("values.json", "not-a-record"),
        row("values.json", "not-a-record"),
        row("values.json", "not-a-record"),
    ];
    assert_eq!(kinds(&summary), expected);
    let attempts = summary["attempts"].as_u64().unwrap();
    // Thirty from the whole objects, nine from the cut one, and what stands before the end of the truncated one.
    assert!(attempts > 39 + 50 && attempts < 39 + 200, "{attempts}");
    assert_eq!(summary["objects"]["failed"], 6);
    assert_eq!(summary["objects"]["read"], 2);
    assert_eq!(summary["records"]["unparseable"], 4);
    assert_eq!(summary["records"]["total"].as_u64().unwrap(), attempts + 4 + 1);
}

#[test]
fn a_cut_object_keeps_the_records_before_the_cut() {
    let text = document(0..10);
    let place = text.find(&record(7)).unwrap();
    for cut in [place, place + 1, place + 100, place + record(7).len() - 1] {
        let (code, summary) = Archive::new().with("a.json", &text[..cut]).audit();
        assert_eq!((code, summary["attempts"].as_u64()), (3, Some(7)), "cut at {cut}");
        assert_eq!(summary["objects"]["failed_in_part"], 1);
    }
}

#[test]
fn text_that_is_not_utf8_is_reported_and_read() {
    let mut bytes = document(0..3).into_bytes();
    let place = bytes.windows(3).position(|part| part == b"\"s\"").unwrap() + 1;
    bytes[place] = 0xff;
    let (code, summary) = Archive::new().with("a.json", bytes).audit();
    assert_eq!((code, summary["attempts"].as_u64()), (3, Some(3)));
    assert_eq!(kinds(&summary), [row("a.json", "not-utf8")]);
}

#[test]
fn an_attempt_without_a_time_is_reported() {
    let timeless = record(0).replace("eventTime", "eventDate");
    let (code, summary) = Archive::new().with("a.json", format!(r#"{{"Records":[{timeless}]}}"#)).audit();
    assert_eq!((code, summary["attempts"].as_u64()), (3, Some(1)));
    assert_eq!(kinds(&summary), [row("a.json", "no-event-time")]);
}

#[test]
fn other_files_are_skipped_with_a_count() {
    let archive = Archive::new().with("a.json", document(0..1));
    std::fs::write(archive.folder.path().join("README.md"), "# Notes").unwrap();
    std::fs::write(archive.folder.path().join("truth.json"), r#"{"files":1}"#).unwrap();
    std::fs::write(
        archive
            .folder
            .path()
            .join("111122223333_CloudTrail-Digest_us-east-1_t_us-east-1_20260304T091500Z.json.gz"),
        "x",
    )
    .unwrap();
    let (code, summary) = archive.audit();
    assert_eq!(code, 0, "{summary:#}");
    assert_eq!(
        summary["objects"]["skipped_by_reason"],
        serde_json::json!({"not-cloudtrail": 2, "digest": 1})
    );
}

#[test]
fn deep_nesting_and_huge_numbers_do_no_harm() {
    let deep = "[".repeat(100_000);
    let records = [
        record(0).replace("{\"secretId\":\"s\"}", &format!("{deep}{}", "]".repeat(100_000))),
        record(1).replace("\"s\"", "1e999999"),
        record(2).replace("\"2026-03-04T09:02:00Z\"", "{}"),
    ];
    let (code, summary) =
        Archive::new().with("a.json", format!(r#"{{"Records":[{}]}}"#, records.join(","))).audit();
    assert_eq!(code, 3, "{summary:#}");
    // All three are attempts, however deep a field nests or how large its number is. The third has no time.
    assert_eq!(kinds(&summary), [row("a.json", "no-event-time")]);
    assert_eq!((&summary["records"]["total"], &summary["attempts"]), (&3.into(), &3.into()));
}
