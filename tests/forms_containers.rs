//! The same records in every container, compression and damage: what a plain reader reads is read,
//! or there is a problem. Nothing vanishes.

mod build;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use self::build::{
    COMPRESSIONS, Form, HAS_DESCRIPTOR, METHODS, Packed, deflate, gzip, tar, tar_entries,
    tar_header, zip, zip_with,
};
use crate::program::{audit, beside};

/// The number of records in each form.
const RECORDS: u64 = 24;

/// A document with some of the records.
fn document(numbers: std::ops::Range<u64>) -> Vec<u8> {
    let record = |number: u64| {
        // The user agent makes records differ, so that compressed bytes are many.
        let agent = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5555;
        let record = json!({
            "awsRegion": "us-east-1",
            "errorCode": "InvalidRequestException",
            "errorMessage": "the secret was marked for deletion",
            "eventID": format!("{number:032}"),
            "eventName": "GetSecretValue",
            "eventSource": "secretsmanager.amazonaws.com",
            "eventTime": format!("2026-03-04T09:{:02}:07Z", number % 60),
            "eventVersion": "1.10",
            "userAgent": format!("agent/{agent:x}/{:x}", agent.rotate_left(17)),
        });
        let mut text = record.to_string();
        // The plain reader recognizes whole records by what ends them.
        text.pop();
        let id = format!("\"eventID\":\"{number:032}\",");
        text = text.replace(&id, "");
        text + &format!(
            ",{id}\"recipientAccountId\":\"111122223333\",\"requestParameters\":{{\"secretId\":\
             \"s\"}}}}"
        )
    };
    let records: Vec<String> = numbers.map(record).collect();
    format!("{{\"Records\":[{}]}}", records.join(",")).into_bytes()
}

/// A function that puts two documents into one file.
type Contain = fn(&[u8], &[u8]) -> Vec<u8>;

/// The same, with what it needs to know.
type BoxedContain = Box<dyn Fn(&[u8], &[u8]) -> Vec<u8>>;

/// The containers, by their names.
fn containers() -> Vec<(String, BoxedContain)> {
    let plain: [(&str, Contain); 7] = [
        ("one", |first, second| [first, second].concat()),
        ("tar-old", |first, second| {
            tar(Form::Old, b'0', &[("a", first), ("b", second)])
        }),
        ("tar", |first, second| {
            tar(Form::Posix, b'0', &[("a", first), ("b", second)])
        }),
        ("tar-gnu", |first, second| {
            tar(Form::Gnu, b'0', &[("a", first), ("b", second)])
        }),
        ("tar-contiguous", |first, second| {
            tar(Form::Posix, b'7', &[("a", first), ("b", second)])
        }),
        ("tars", |first, second| {
            let (a, b) = ([("a", first)], [("b", second)]);
            [tar(Form::Posix, b'0', &a), tar(Form::Gnu, b'0', &b)].concat()
        }),
        ("tar-one-name", |first, second| {
            tar(Form::Posix, b'0', &[("a", first), ("a", second)])
        }),
    ];
    let mut containers: Vec<(String, BoxedContain)> = Vec::new();
    for (name, contain) in plain {
        containers.push((name.to_owned(), Box::new(contain)));
    }
    for (number, (name, _, _)) in METHODS.into_iter().enumerate() {
        for (kind, flags) in [("", 0), ("-stream", HAS_DESCRIPTOR)] {
            let contain = move |first: &[u8], second: &[u8]| {
                zip_with(number, flags, &[("a", first), ("b", second)])
            };
            containers.push((format!("zip-{name}{kind}"), Box::new(contain)));
        }
    }
    containers
}

/// The result of an audit for one file.
#[derive(Debug, Default)]
struct Outcome {
    records: u64,
    problems: Vec<String>,
}

/// Audits a folder, and returns the outcome of each file in it.
fn outcomes(folder: &Path) -> BTreeMap<String, Outcome> {
    let out = tempfile::tempdir().unwrap();
    let options = format!(
        "--quiet --rule all --keep-duplicates --format json --out {}",
        out.path().display()
    );
    let run = audit(&options, &[folder]);
    assert!(matches!(run.code, 0 | 3), "{}: {}", run.code, run.stderr);
    let table = |name: &str| -> Vec<Value> {
        serde_json::from_slice(&std::fs::read(out.path().join(name)).unwrap()).unwrap()
    };
    let file = |key: &Value| {
        let key = key.as_str().unwrap().rsplit_once("/forms/").unwrap().1;
        key.split("!/").next().unwrap().to_owned()
    };
    let mut outcomes: BTreeMap<String, Outcome> = BTreeMap::new();
    for row in table("objects.json") {
        let outcome = outcomes.entry(file(&row["object_key"])).or_default();
        let number = |name: &str| row[name].as_u64().unwrap();
        outcome.records += number("records") - number("unparseable");
    }
    for row in table("problems.json") {
        let outcome = outcomes.entry(file(&row["object_key"])).or_default();
        outcome
            .problems
            .push(format!("{}: {}", row["kind"], row["detail"]));
    }
    outcomes
}

/// A folder of files to audit.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("forms")).unwrap();
        Self(folder)
    }

    fn path(&self) -> std::path::PathBuf {
        self.0.path().join("forms")
    }

    fn add(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.path().join(name), bytes).unwrap();
    }

    /// Audits one file.
    fn outcome(name: &str, bytes: &[u8]) -> Outcome {
        let folder = Self::new();
        folder.add(name, bytes);
        let mut outcomes = outcomes(&folder.path());
        assert_eq!(outcomes.len(), 1, "{outcomes:?}");
        outcomes.remove(name).unwrap()
    }

    /// Returns the number of records that a plain reader reads of each file.
    fn plainly_read(&self, test: &str) -> Option<BTreeMap<String, u64>> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/forms_containers/plain.py");
        let run = Command::new("python3")
            .arg(script)
            .arg(self.path())
            .output();
        let Ok(run) = run else {
            crate::program::skip(test, "there is no python3");
            return None;
        };
        assert!(
            run.status.success(),
            "{}",
            String::from_utf8_lossy(&run.stderr)
        );
        Some(serde_json::from_slice(&run.stdout).unwrap())
    }
}

#[test]
fn every_container_and_compression_is_read() {
    let folder = Folder::new();
    let halves = [document(0..RECORDS / 2), document(RECORDS / 2..RECORDS)];
    for (inner, compress_inner) in COMPRESSIONS {
        let halves = halves.each_ref().map(|half| compress_inner(half));
        for (container, contain) in containers() {
            // Bare blocks cannot follow each other, and the format before xz has no end.
            let is_one = container == "one";
            if is_one && matches!(inner, "snappy-raw" | "lzma") {
                continue;
            }
            let contained = contain(&halves[0], &halves[1]);
            for (outer, compress_outer) in COMPRESSIONS {
                let is_json = is_one && inner == "plain";
                // Formats without a magic number are recognized by the JSON in them.
                let needs_json = matches!(outer, "snappy-raw" | "snappy-hadoop" | "hadoop-lz4");
                let is_common = matches!(outer, "plain" | "gzip");
                if needs_json && !is_json || inner != "plain" && !is_common {
                    continue;
                }
                let name = format!("{inner}.{container}.{outer}");
                folder.add(&name, &compress_outer(&contained));
            }
        }
    }
    let outcomes = outcomes(&folder.path());
    assert!(outcomes.len() > 1000, "{}", outcomes.len());
    let mut wrong = Vec::new();
    for (name, outcome) in &outcomes {
        if outcome.records != RECORDS || !outcome.problems.is_empty() {
            wrong.push(format!("{name}: {outcome:?}"));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {}: {}",
        wrong.len(),
        outcomes.len(),
        wrong.join("\n")
    );
}

/// A change of bytes at a part of their length, in sixteenths.
type Damage = fn(&mut Vec<u8>, usize);

const DAMAGES: [(&str, Damage); 7] = [
    ("cut", |bytes, place| bytes.truncate(place)),
    ("flip", |bytes, place| bytes[place] ^= 0x10),
    ("insert", |bytes, place| bytes.insert(place, 0xa5)),
    ("lose", |bytes, place| {
        bytes.remove(place);
    }),
    ("lose-block", |bytes, place| {
        let end = (place + 40).min(bytes.len());
        bytes.drain(place..end);
    }),
    ("zeros", |bytes, place| {
        let end = (place + 64).min(bytes.len());
        bytes[place..end].fill(0);
    }),
    ("append", |bytes, _| bytes.extend_from_slice(b"more")),
];

/// Forms without a checksum of their content, in which a change may be another text.
fn is_unchecked(inner: &str, container: &str, outer: &str) -> bool {
    let is_checked = |name: &str| {
        !matches!(
            name,
            "plain" | "lzma" | "lz4-legacy" | "hadoop-lz4" | "snappy-hadoop"
        ) && !matches!(name, "snappy-java" | "snappy-raw" | "snzip")
    };
    !is_checked(inner) && !is_checked(outer) && !container.starts_with("zip-")
}

#[test]
fn whatever_a_plain_reader_reads_of_damaged_forms_is_read() {
    let folder = Folder::new();
    let halves = [document(0..RECORDS / 2), document(RECORDS / 2..RECORDS)];
    for (inner, compress_inner) in COMPRESSIONS {
        let halves = halves.each_ref().map(|half| compress_inner(half));
        for (container, contain) in containers() {
            let is_used = matches!(inner, "plain" | "gzip" | "bzip2" | "xz") || container == "one";
            if !is_used {
                continue;
            }
            let contained = contain(&halves[0], &halves[1]);
            for (outer, compress_outer) in COMPRESSIONS {
                let is_common = matches!(inner, "plain" | "gzip" | "bzip2" | "xz");
                let is_nested = matches!(&*container, "one" | "tar" | "zip-stored" | "zip-deflate")
                    && outer == "gzip";
                let is_small = is_common && (outer == "plain" || is_nested);
                let is_outer = inner == "plain" && container == "tar" || is_small;
                let is_inner = outer == "plain" && container == "one" && inner != "snappy-raw";
                if !is_outer && !is_inner || is_unchecked(inner, &container, outer) {
                    continue;
                }
                let bytes = compress_outer(&contained);
                for (damage, change) in DAMAGES {
                    for part in [1, 6, 11, 14] {
                        let mut bytes = bytes.clone();
                        let place = bytes.len() * part / 16;
                        // Between zeros that fill the last block, nothing shows that more followed.
                        if damage == "cut" && bytes[place - 1..=place] == [0, 0] {
                            continue;
                        }
                        change(&mut bytes, place);
                        folder.add(
                            &format!("{inner}.{container}.{outer}.{damage}.{part}"),
                            &bytes,
                        );
                    }
                }
            }
        }
    }
    let outcomes = outcomes(&folder.path());
    assert!(outcomes.len() > 3000, "{}", outcomes.len());
    let mut wrong = Vec::new();
    for (name, outcome) in &outcomes {
        // A change may hit bytes that hold nothing, and then all is read.
        if outcome.records != RECORDS && outcome.problems.is_empty() || outcome.records > RECORDS {
            wrong.push(format!("{name}: {outcome:?}"));
        }
    }
    if let Some(plain) = folder.plainly_read("whatever_a_plain_reader_reads") {
        for (name, count) in plain {
            // A damaged member may give half of a record that the plain reader takes for a whole.
            if outcomes[&name].records + 1 < count {
                wrong.push(format!(
                    "{name}: {count} plainly read, {:?}",
                    outcomes[&name]
                ));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {}: {}",
        wrong.len(),
        outcomes.len(),
        wrong.join("\n")
    );
}

/// Asserts the records of a file, and the kind of its only problem.
fn assert_damaged(outcome: &Outcome, records: u64, problem: &str) {
    assert_eq!(outcome.records, records, "{outcome:?}");
    let is_said = outcome.problems.iter().any(|found| found.contains(problem));
    assert!(is_said, "{problem}: {outcome:?}");
}

#[test]
fn a_tar_file_without_its_end_is_cut() {
    let (first, second) = (document(0..5), document(5..9));
    let files: [(&str, &[u8]); 2] = [("a", &first), ("b", &second)];
    let bytes = tar_entries(Form::Posix, b'0', &files);
    assert_damaged(
        &Folder::outcome("x", &bytes),
        9,
        "ends without the blocks of zeros",
    );
    // One block of zeros shows that the last file was whole.
    let ended = [bytes, vec![0; 512]].concat();
    let outcome = Folder::outcome("x", &ended);
    assert_eq!((outcome.records, outcome.problems.len()), (9, 0));
}

#[test]
fn files_after_a_damaged_header_are_read() {
    let (first, second) = (document(0..5), document(5..9));
    for form in [Form::Old, Form::Posix, Form::Gnu] {
        let files: [(&str, &[u8]); 2] = [("a", &first), ("b", &second)];
        let whole = tar(form, b'0', &files);
        let mut damaged = tar(
            form,
            b'0',
            &[("z", b"hello"), ("a", &first), ("b", &second)],
        );
        damaged[1024] = b'!';
        assert_damaged(
            &Folder::outcome("x", &damaged),
            4,
            "are not part of any file",
        );
        let twice = [whole.clone(), whole].concat();
        assert_eq!(Folder::outcome("x", &twice).records, 18);
    }
}

#[test]
fn long_names_and_sparse_files_of_tar_are_read() {
    let text = document(0..5);
    let (head, tail) = text.split_at(700);
    let path = format!("{}/a.json", "folder/".repeat(30));
    let attributes = |records: &[(&str, &str)]| -> Vec<u8> {
        let record = |(name, value): &(&str, &str)| {
            let rest = format!(" {name}={value}\n");
            let digits = (rest.len() + 2).to_string().len();
            format!("{}{rest}", rest.len() + digits)
        };
        let text: String = records.iter().map(record).collect();
        tar_entries(Form::Posix, b'x', &[("x", text.as_bytes())])
    };
    let size = text.len().to_string();
    let map = format!("0,700,700,{}", tail.len());
    let (first, second) = (tail.len().to_string(), "700".to_owned());
    let end = vec![0; 1024];
    let entry = |content: &[u8]| tar_entries(Form::Posix, b'0', &[("a", content)]);
    let mapped = format!("2\n0\n700\n700\n{}\n", tail.len()).into_bytes();
    let mapped = [mapped.clone(), vec![0; 512 - mapped.len()], text.clone()].concat();
    let old = {
        let mut header = tar_header(Form::Gnu, b'S', "a", text.len());
        let mut set = |place: usize, number: usize| {
            header[place..place + 12].copy_from_slice(format!("{number:011o}\0").as_bytes());
        };
        set(386, 0);
        set(398, head.len());
        set(410, 700);
        set(422, tail.len());
        set(483, text.len());
        header[148..156].fill(b' ');
        let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
        header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        let mut bytes = [header.as_slice(), &text].concat();
        bytes.resize(bytes.len().next_multiple_of(512), 0);
        bytes
    };
    let forms = [
        ("old GNU", old),
        (
            "long name",
            [
                tar_entries(Form::Gnu, b'L', &[("x", path.as_bytes())]),
                entry(&text),
            ]
            .concat(),
        ),
        (
            "path",
            [attributes(&[("path", &path)]), entry(&text)].concat(),
        ),
        (
            "sparse 0.0",
            [
                attributes(&[
                    ("GNU.sparse.size", &size),
                    ("GNU.sparse.numblocks", "2"),
                    ("GNU.sparse.offset", "0"),
                    ("GNU.sparse.numbytes", "700"),
                    ("GNU.sparse.offset", &second),
                    ("GNU.sparse.numbytes", &first),
                ]),
                entry(&text),
            ]
            .concat(),
        ),
        (
            "sparse 0.1",
            [
                attributes(&[("GNU.sparse.size", &size), ("GNU.sparse.map", &map)]),
                entry(&text),
            ]
            .concat(),
        ),
        (
            "sparse 1.0",
            [
                attributes(&[
                    ("GNU.sparse.major", "1"),
                    ("GNU.sparse.name", "b.json"),
                    ("GNU.sparse.realsize", &size),
                ]),
                entry(&mapped),
            ]
            .concat(),
        ),
    ];
    for (name, bytes) in forms {
        let outcome = Folder::outcome("x", &[bytes, end.clone()].concat());
        assert_eq!(
            (outcome.records, outcome.problems.len()),
            (5, 0),
            "{name}: {outcome:?}"
        );
    }
}

#[test]
fn files_of_a_zip_file_without_its_directory_are_read() {
    let documents = [document(0..4), document(4..8), document(8..12)];
    let inner = zip_with(0, 0, &[("inner", &documents[1])]);
    for (method, (name, _, _)) in METHODS.into_iter().enumerate() {
        for flags in [0, HAS_DESCRIPTOR] {
            let files: [(&str, &[u8]); 3] = [
                ("a", &documents[0]),
                ("b.zip", &inner),
                ("c", &documents[2]),
            ];
            let whole = zip_with(method, flags, &files);
            let directory = memchr::memmem::rfind(&whole, b"PK\x05\x06").unwrap();
            let cut = Folder::outcome("x", &whole[..directory]);
            assert_damaged(&cut, 12, "directory of the zip file is cut");
            let place = whole[directory + 16..].first_chunk().unwrap();
            let earlier = u32::from_le_bytes(*place) as usize;
            // Without any directory, only the end of the compressed bytes shows where they end.
            let has_end = flags == 0 || matches!(name, "deflate" | "bzip2" | "zstd");
            if has_end && name != "stored" {
                let cut = Folder::outcome("x", &whole[..earlier]);
                assert_damaged(&cut, 12, "directory of the zip file is cut");
            }
        }
    }
}

#[test]
fn a_damaged_file_of_a_zip_file_costs_only_itself() {
    let documents = [document(0..4), document(4..8), document(8..12)];
    let files: Vec<(&str, &[u8])> = ["a", "b", "c"]
        .into_iter()
        .zip(documents.iter().map(Vec::as_slice))
        .collect();
    for (method, (name, _, _)) in METHODS.into_iter().enumerate() {
        let mut bytes = zip_with(method, 0, &files);
        let middle = bytes.len() / 2;
        bytes[middle] ^= 0xff;
        let outcome = Folder::outcome("x", &bytes);
        assert!((8..=12).contains(&outcome.records), "{name}: {outcome:?}");
        assert!(!outcome.problems.is_empty(), "{name}");
        for place in [10, middle] {
            let mut bytes = zip_with(method, 0, &files);
            bytes.insert(place, 0);
            let outcome = Folder::outcome("x", &bytes);
            assert!((8..=12).contains(&outcome.records), "{name}: {outcome:?}");
            assert!(!outcome.problems.is_empty(), "{name}");
        }
    }
}

#[test]
fn files_of_zip_that_cannot_be_read_are_named() {
    let content = document(0..4);
    let file = |name, method, flags| Packed {
        name,
        method,
        packed: &content,
        content: &content,
        flags,
    };
    let (bytes, _) = zip(&[
        file("implode", 6, 0),
        file("ppmd", 98, 0),
        file("secret", 0, 1),
        file("aes", 99, 1),
        file("stored", 0, 0),
    ]);
    let outcome = Folder::outcome("x", &bytes);
    assert_eq!(
        (outcome.records, outcome.problems.len()),
        (4, 4),
        "{outcome:?}"
    );
    assert_damaged(&outcome, 4, "\"unsupported-container\"");
    assert_damaged(&outcome, 4, "Implode (method 6 of zip)");
    assert_damaged(&outcome, 4, "PPMd");
    assert_damaged(&outcome, 4, "encrypted");
}

#[test]
fn files_of_zip_that_overlap_are_read_once() {
    let content = document(0..4);
    let packed = deflate(&content, 6);
    let file = |name| Packed {
        name,
        method: 8,
        packed: &packed,
        content: &content,
        flags: 0,
    };
    let (mut bytes, directory) = zip(&[file("a"), file("b"), file("c")]);
    // Each entry of the directory has the place of the first file.
    for entry in 0..3 {
        let place = directory + entry * 47 + 42;
        bytes[place..place + 4].fill(0);
    }
    let outcome = Folder::outcome("x", &bytes);
    assert_damaged(&outcome, 4, "overlaps another one");
    assert_eq!(outcome.problems.len(), 2);
}

/// Asserts that a file is taken for one that holds no records.
fn assert_skipped(bytes: &[u8]) {
    let folder = Folder::new();
    folder.add("x", bytes);
    folder.add("y.json", &document(0..1));
    let outcomes = outcomes(&folder.path());
    assert_eq!(
        (outcomes["x"].records, outcomes["x"].problems.len()),
        (0, 0),
        "{outcomes:?}"
    );
}

#[test]
fn formats_that_are_not_read_are_named() {
    let formats: [(&str, &[u8]); 12] = [
        ("7-Zip", b"7z\xbc\xaf\x27\x1c\0\x04"),
        ("RAR", b"Rar!\x1a\x07\x01\0"),
        ("ORC", b"ORC\x0a\x0b\0\xff\xfe"),
        ("Avro", b"Obj\x01\x04\x14avro.codec"),
        ("sequence file", b"SEQ\x06\x19org.apache.hadoop.io.Text"),
        ("compress", b"\x1f\x9d\x90\x7b\x44"),
        ("lzop", b"\x89LZO\0\r\n\x1a\n\x10\x30"),
        ("age", b"age-encryption.org/v1\n-> X25519 x\n"),
        ("PGP", b"-----BEGIN PGP MESSAGE-----\n\nhQEMA\n"),
        ("OpenSSL", b"Salted__\x01\x02\x03"),
        ("SQLite", b"SQLite format 3\0\x10\0"),
        ("cpio", b"070701000\0\xff"),
    ];
    for (name, bytes) in formats {
        for bytes in [bytes.to_vec(), gzip(bytes), zip_with(1, 0, &[("a", bytes)])] {
            let outcome = Folder::outcome("x", &bytes);
            assert_damaged(&outcome, 0, "\"unsupported-container\"");
            assert_damaged(&outcome, 0, name);
        }
    }
    for text in ["ORCHESTRA of words", "070701 is a number", "SNZ of text"] {
        assert_skipped(text.as_bytes());
    }
}

#[test]
fn text_in_other_encodings_is_read() {
    let text = String::from_utf8(document(0..6))
        .unwrap()
        .replace("agent", "ägent \u{1f511}");
    let units: Vec<u16> = text.encode_utf16().collect();
    let little: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
    let big: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
    let wide: Vec<u8> = text
        .chars()
        .flat_map(|c| u32::from(c).to_le_bytes())
        .collect();
    let forms = [
        ("little", [b"\xff\xfe", little.as_slice()].concat()),
        ("big", [b"\xfe\xff", big.as_slice()].concat()),
        ("wide", [b"\xff\xfe\0\0", wide.as_slice()].concat()),
        ("little without mark", little.clone()),
        ("big without mark", big),
    ];
    for (name, bytes) in forms {
        for bytes in [
            bytes.clone(),
            gzip(&bytes),
            zip_with(1, 0, &[("a", &bytes)]),
        ] {
            let outcome = Folder::outcome("x", &bytes);
            assert_eq!(
                (outcome.records, outcome.problems.len()),
                (6, 0),
                "{name}: {outcome:?}"
            );
        }
    }
    let cut = [b"\xff\xfe", &little[..little.len() - 1]].concat();
    assert_damaged(&Folder::outcome("x", &cut), 6, "ends within a character");
    let marked = [b"\xef\xbb\xbf".as_slice(), text.as_bytes()].concat();
    let four = [
        marked.clone(),
        b"\n".to_vec(),
        marked.clone(),
        marked.clone(),
        marked,
    ]
    .concat();
    let outcome = Folder::outcome("x", &four);
    assert_eq!(
        (outcome.records, outcome.problems.len()),
        (24, 0),
        "{outcome:?}"
    );
    let note = "A note of Windows."
        .encode_utf16()
        .flat_map(u16::to_le_bytes);
    let note: Vec<u8> = [0xff, 0xfe].into_iter().chain(note).collect();
    assert_skipped(&note);
}

#[test]
fn the_whole_of_an_object_has_limits() {
    let kind = |bytes: &[u8], options: &str| {
        let folder = Folder::new();
        folder.add("x", bytes);
        let run = audit(&format!("--json --rule all {options}"), &[&folder.path()]);
        let report = run.json();
        (
            run.code,
            report["problems"].to_string(),
            report["objects"]["listed"].as_u64().unwrap(),
        )
    };
    let content = document(0..4);
    let names: Vec<String> = (0..50).map(|number| number.to_string()).collect();
    let files: Vec<(&str, &[u8])> = names
        .iter()
        .map(|name| (name.as_str(), &*content))
        .collect();
    for bytes in [
        zip_with(1, 0, &files),
        gzip(&tar(Form::Posix, b'0', &files)),
    ] {
        let (code, problems, listed) = kind(&bytes, "--max-entries 20");
        assert_eq!((code, listed), (3, 21), "{problems}");
        assert!(
            problems.contains("more than 20 files; `--max-entries`"),
            "{problems}"
        );
        assert_eq!(kind(&bytes, "").0, 0);
    }
    // Each level has a hundred copies of the one below it: a million files of a megabyte.
    let mut nested = vec![b' '; 1 << 20];
    for _ in 0..3 {
        let packed = deflate(&nested, 1);
        let file = Packed {
            name: "a",
            method: 8,
            packed: &packed,
            content: &nested,
            flags: 0,
        };
        nested = zip(&[file; 100]).0;
    }
    let (code, problems, listed) = kind(&nested, "--max-ratio 20");
    assert_eq!(code, 3);
    assert!(listed < 10_000, "{listed}");
    assert!(
        problems.contains("times as large as its compressed bytes"),
        "{problems}"
    );
    let (_, problems, _) = kind(&nested, "--max-ratio 1000000 --max-total-content 64");
    assert!(
        problems.contains("more than 67108864 bytes together"),
        "{problems}"
    );
}

#[test]
fn problems_beyond_the_limit_are_counted() {
    let folder = Folder::new();
    let values = vec!["1"; 5000].join(",");
    folder.add("x.json", format!("{{\"Records\":[{values}]}}").as_bytes());
    let run = audit("--json --max-problems 100", &[&folder.path()]);
    let report = run.json();
    let problems = report["problems"].to_string();
    assert_eq!(
        (run.code, &report["records"]["unparseable"]),
        (3, &json!(5000))
    );
    assert!(
        problems.contains("and 4900 more problems of this kind"),
        "{problems}"
    );
    let outcome = outcomes(&folder.path());
    assert_eq!(outcome["x.json"].problems.len(), 1001);
}

/// The right answer for a file: its records, and a part of the problem that there must be.
struct Truth {
    file: &'static str,
    records: std::ops::RangeInclusive<u64>,
    problem: Option<&'static str>,
}

const fn truth(
    file: &'static str,
    records: std::ops::RangeInclusive<u64>,
    problem: Option<&'static str>,
) -> Truth {
    Truth {
        file,
        records,
        problem,
    }
}

/// Counted with Python's `zipfile` and `tarfile`, and by hand where these refuse a file.
const BREAKING: [Truth; 11] = [
    truth("A-cut.zip", 9..=9, Some("directory of the zip file is cut")),
    truth("C-damaged.zip", 0..=0, Some("damaged-compression")),
    truth(
        "G-cut.tar",
        15..=15,
        Some("ends without the blocks of zeros"),
    ),
    truth("H-crc.zip", 9..=9, Some("checksum of the file")),
    truth("I-mixed-sparse.tar", 6..=6, Some("damaged-json")),
    truth("I-mixed.tar", 6..=6, None),
    truth("J-same-name.zip", 9..=9, None),
    truth("j2/J-same-name.tar", 9..=9, None),
    truth("j2/J-same-name2.tar", 3..=3, None),
    truth("overlap-names.zip", 0..=0, Some("overlaps another one")),
    truth("worst-n40.json.gz", 21..=21, Some("damaged-compression")),
];

#[test]
fn files_that_broke_readers_have_their_right_answers() {
    let Some(breaking) = beside("shared/cases/breaking", "files_that_broke_readers") else {
        return;
    };
    for truth in BREAKING {
        let path = breaking.join(truth.file);
        if !path.exists() {
            continue;
        }
        let name = path.file_name().unwrap().to_str().unwrap();
        let outcome = Folder::outcome(name, &std::fs::read(&path).unwrap());
        assert!(
            truth.records.contains(&outcome.records),
            "{}: {outcome:?}",
            truth.file
        );
        match truth.problem {
            Some(problem) => assert_damaged(&outcome, outcome.records, problem),
            None => assert!(outcome.problems.is_empty(), "{}: {outcome:?}", truth.file),
        }
    }
}

#[test]
fn compressed_and_archived_cases_are_read() {
    let Some(cases) = beside("shared/cases/archives", "compressed_and_archived_cases") else {
        return;
    };
    for (folder, attempts, records) in [
        ("pzstd", 3, 6),
        ("snappy", 3, 10),
        ("xz", 3, 6),
        ("zip_bz2_csv", 3, 10),
        ("gz_nul", 2, 4),
        ("tar_v7", 2, 4),
        ("utf16le", 2, 4),
    ] {
        let run = audit("--json", &[&cases.join(folder)]);
        let report = run.json();
        assert_eq!(
            (run.code, &report["attempts"], &report["records"]["total"]),
            (0, &json!(attempts), &json!(records)),
            "{folder}: {}",
            run.stdout
        );
    }
}

#[test]
fn a_spreadsheet_is_named() {
    let bytes = zip_with(
        1,
        0,
        &[("xl/workbook.xml", b"<workbook/>"), ("a", b"<sst/>")],
    );
    assert_damaged(&Folder::outcome("x", &bytes), 0, "save it as CSV");
}

#[test]
fn files_of_base64_are_read() {
    use base64::prelude::{BASE64_STANDARD, Engine};
    let document = document(0..4);
    for bytes in [document.clone(), gzip(&document)] {
        let line = BASE64_STANDARD.encode(&bytes);
        let wrapped: Vec<&[u8]> = line.as_bytes().chunks(76).collect();
        let wrapped = wrapped.join(b"\r\n".as_slice());
        for (text, records) in [
            (line.clone().into_bytes(), 4),
            (wrapped, 4),
            (format!("{line}\n{line}\n").into_bytes(), 8),
        ] {
            let outcome = Folder::outcome("x", &text);
            assert_eq!(
                (outcome.records, outcome.problems.len()),
                (records, 0),
                "{outcome:?}"
            );
        }
    }
}
