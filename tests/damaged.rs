//! Archives with broken objects: all that can be read is read, all that cannot is reported.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use serde_json::Value;

use crate::containers::forms;
use crate::program::audit;

const NAME: &str = "111122223333_CloudTrail_us-east-1_20260304T0915Z_";

fn record(number: usize) -> String {
    let minute = number % 60;
    [
        format!(r#"{{"eventVersion":"1.10","eventTime":"2026-03-04T09:{minute:02}:00Z","#),
        r#""eventSource":"secretsmanager.amazonaws.com","eventName":"GetSecretValue","#.to_owned(),
        r#""errorMessage":"You can't perform this operation on the secret because it was "#
            .to_owned(),
        r#"marked for deletion.","requestParameters":{"secretId":"s"},"#.to_owned(),
        format!(r#""eventID":"{number:032}"}}"#),
    ]
    .concat()
}

fn document(numbers: std::ops::Range<usize>) -> String {
    format!(
        r#"{{"Records":[{}]}}"#,
        numbers.map(record).collect::<Vec<_>>().join(",")
    )
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
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
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
    let name = |object: &str| {
        Path::new(object)
            .file_name()
            .unwrap()
            .to_str()
            .unwrap()
            .replace(NAME, "")
    };
    let problems = summary["problems"].as_array().unwrap().iter();
    problems
        .map(|problem| {
            (
                name(problem["object"].as_str().unwrap()),
                problem["kind"].as_str().unwrap().to_owned(),
            )
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
        .with(
            "members.json.gz",
            [compressed(&document(10..20)), compressed(&document(20..30))].concat(),
        )
        .with("truncated.json.gz", &long[..long.len() * 3 / 4])
        .with(
            "random.json.gz",
            [0x93, 0x27, 0x00, 0xff, 0xfe, 0x11].repeat(100),
        )
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
        row("values.json", "not-a-record"),
    ];
    assert_eq!(kinds(&summary), expected);
    let attempts = summary["attempts"].as_u64().unwrap();
    // Thirty from the whole objects, nine from the cut one, and what stands before the end of the
    // truncated one.
    assert!(attempts > 39 + 50 && attempts < 39 + 200, "{attempts}");
    assert_eq!(summary["objects"]["failed"], 6);
    assert_eq!(summary["objects"]["read"], 2);
    assert_eq!(summary["records"]["unparseable"], 5);
    assert_eq!(summary["records"]["total"].as_u64().unwrap(), attempts + 5);
}

#[test]
fn the_case_of_an_extension_means_nothing() {
    for name in ["a.json.gz", "A.JSON.GZ", "a.Json"] {
        let archive = Archive::new().with("good.json", document(0..1));
        let bytes = [0x93, 0x27, 0x00, 0xff, 0xfe, 0x11].repeat(100);
        std::fs::write(archive.folder.path().join(name), bytes).unwrap();
        let (code, summary) = archive.audit();
        assert_eq!(code, 3, "{name}: {summary:#}");
        assert_eq!(kinds(&summary), [row(name, "not-cloudtrail")]);
    }
}

#[test]
fn a_cut_object_keeps_the_records_before_the_cut() {
    let text = document(0..10);
    let place = text.find(&record(7)).unwrap();
    for cut in [place, place + 1, place + 100, place + record(7).len() - 1] {
        let (code, summary) = Archive::new().with("a.json", &text[..cut]).audit();
        assert_eq!(
            (code, summary["attempts"].as_u64()),
            (3, Some(7)),
            "cut at {cut}"
        );
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
    let (code, summary) = Archive::new()
        .with("a.json", format!(r#"{{"Records":[{timeless}]}}"#))
        .audit();
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
        record(0).replace(
            "{\"secretId\":\"s\"}",
            &format!("{deep}{}", "]".repeat(100_000)),
        ),
        record(1).replace("\"s\"", "1e999999"),
        record(2).replace("\"2026-03-04T09:02:00Z\"", "{}"),
    ];
    let (code, summary) = Archive::new()
        .with(
            "a.json",
            format!(r#"{{"Records":[{}]}}"#, records.join(",")),
        )
        .audit();
    assert_eq!(code, 3, "{summary:#}");
    // All three are attempts, however deep a field nests or how large its number is. The third has
    // no time.
    assert_eq!(kinds(&summary), [row("a.json", "no-event-time")]);
    assert_eq!(
        (&summary["records"]["total"], &summary["attempts"]),
        (&3.into(), &3.into())
    );
}

/// The numbers of a sequence that looks random and is always the same.
fn scattered(seed: u64) -> impl Iterator<Item = usize> {
    let next = |state: &u64| {
        Some(
            state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407),
        )
    };
    std::iter::successors(next(&seed), next).map(|state| (state >> 33) as usize)
}

/// An object of a report: its status, how many records it holds, and whether there is a problem
/// with it.
#[derive(Debug)]
struct Outcome {
    status: String,
    records: u64,
    has_problem: bool,
}

/// Audits a folder and answers the outcome of each file; the files of an archive count together.
fn outcomes(folder: &Path) -> BTreeMap<String, Outcome> {
    let out = tempfile::tempdir().unwrap();
    let run = audit(
        &format!("--quiet --format json --out {}", out.path().display()),
        &[folder],
    );
    assert!(
        matches!(run.code, 0 | 3) && run.stderr.is_empty(),
        "{}: {}",
        run.code,
        run.stderr
    );
    let table = |name: &str| -> Vec<Value> {
        serde_json::from_slice(&std::fs::read(out.path().join(name)).unwrap()).unwrap()
    };
    let file = |row: &Value| {
        let key = row["object_key"]
            .as_str()
            .unwrap()
            .rsplit_once(&folder.display().to_string())
            .unwrap()
            .1;
        key.split("!/")
            .next()
            .unwrap()
            .trim_start_matches('/')
            .to_owned()
    };
    let mut outcomes: BTreeMap<String, Outcome> = BTreeMap::new();
    for row in table("objects.json") {
        let status = row["status"].as_str().unwrap().to_owned();
        let entry = outcomes.entry(file(&row));
        let outcome = entry.or_insert(Outcome {
            status,
            records: 0,
            has_problem: false,
        });
        outcome.records += row["records"].as_u64().unwrap();
    }
    for row in table("problems.json") {
        outcomes.get_mut(&file(&row)).unwrap().has_problem = true;
    }
    outcomes
}

/// Whether a cut leaves something whole: it is between two lines, documents, members of gzip, or
/// files of a tar.
fn is_between(bytes: &[u8], length: usize) -> bool {
    let (before, behind) = bytes.split_at(length);
    let is_line = before.ends_with(b"\n") || behind.starts_with(b"\n");
    let is_member = behind.starts_with(b"\0") || behind.starts_with(b"\x1f\x8b\x08");
    is_line || is_member || before.ends_with(b"}") && behind.starts_with(b"{")
}

#[test]
fn whatever_is_cut_off_is_told_in_every_container() {
    // Their records cannot be had from a part: what finds them stands at the end, or the whole is
    // one block or one text.
    const WHOLE_OR_NOTHING: [&str; 9] = [
        "zstd",
        "bzip2",
        "function",
        "zip",
        "zip in zip",
        "Parquet with structures",
        "Parquet in lower case",
        "Parquet with maps",
        "Parquet in zip",
    ];
    let folder = tempfile::tempdir().unwrap();
    let mut cuts = BTreeMap::new();
    for (name, bytes) in forms() {
        for part in 1..16 {
            let mut length = bytes.len() * part / 16;
            while is_between(&bytes, length) {
                length += 1;
            }
            if length == bytes.len() {
                continue;
            }
            std::fs::write(
                folder.path().join(format!("{name} {part}.json")),
                &bytes[..length],
            )
            .unwrap();
            cuts.insert(format!("{name} {part}.json"), (name, part));
        }
    }
    let outcomes = outcomes(folder.path());
    assert_eq!(outcomes.len(), cuts.len());
    for (file, (name, part)) in cuts {
        let outcome = &outcomes[&file];
        assert!(outcome.has_problem, "{file}: {outcome:?}");
        let is_late = part > 12 && !WHOLE_OR_NOTHING.contains(&name);
        assert!(outcome.records > 0 || !is_late, "{file}: {outcome:?}");
        assert!(outcome.records <= 21, "{file}: {outcome:?}");
    }
}

#[test]
fn whatever_is_changed_ends_no_audit_in_any_container() {
    let folder = tempfile::tempdir().unwrap();
    let mut files = 0;
    for (number, (name, bytes)) in forms().into_iter().enumerate() {
        let mut places = scattered(number as u64);
        for round in 0..30 {
            let mut bytes = bytes.clone();
            let (place, value) = (places.next().unwrap() % bytes.len(), places.next().unwrap());
            match round % 3 {
                0 => bytes[place] ^= 1 << (value % 8),
                1 => drop(bytes.splice(place..place, (0..value % 40).map(|byte| byte as u8))),
                _ => drop(bytes.drain(place..(place + 1 + value % 40).min(bytes.len()))),
            }
            std::fs::write(folder.path().join(format!("{name} {round}")), &bytes).unwrap();
            files += 1;
        }
    }
    let outcomes = outcomes(folder.path());
    assert_eq!(outcomes.len(), files);
    let known = ["read", "damaged", "unreadable", "skipped"];
    assert!(
        outcomes
            .values()
            .all(|outcome| known.contains(&outcome.status.as_str()))
    );
    // Compression has checksums, so what is changed in it is a problem.
    let is_compressed = |file: &str| file.starts_with("log file ");
    let compressed = outcomes.iter().filter(|(file, _)| is_compressed(file));
    let compressed: Vec<(&String, &Outcome)> = compressed.collect();
    assert_eq!(compressed.len(), 30);
    for (file, outcome) in compressed {
        assert!(
            outcome.has_problem || outcome.status == "skipped",
            "{file}: {outcome:?}"
        );
    }
}
