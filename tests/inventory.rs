//! Plans of inventories of S3: they are those of a listing of the same bucket, and what is damaged
//! or of something else is refused.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use flate2::Compression;
use flate2::write::GzEncoder;
use md5::{Digest, Md5};
use parquet::basic::Compression as PageCompression;
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::writer::SerializedFileWriter;
use parquet::record::RowAccessor;
use parquet::schema::parser::parse_message_type;
use serde_json::{Value, json};

use crate::program::{Run, backtrail, report_files};
use crate::s3::{Fault, Rule, Server};

/// The time of the inventories, and the same in milliseconds.
const TIME: &str = "2026-03-09T01:00:00Z";
const MILLISECONDS: i64 = 1_773_018_000_000;

const CSV: &str = "Bucket, Key, VersionId, IsLatest, IsDeleteMarker, Size, LastModifiedDate, ETag, \
                   StorageClass";

const PARQUET: &str = "message s3.inventory {  required binary bucket (STRING);  required binary \
                       key (STRING);  optional binary version_id (STRING);  optional boolean \
                       is_latest;  optional boolean is_delete_marker;  optional int64 size;  \
                       optional int64 last_modified_date (TIMESTAMP(MILLIS,true));  optional \
                       binary e_tag (STRING);  optional binary storage_class (STRING);}";

/// A row of an inventory.
#[derive(Clone)]
struct Row {
    bucket: &'static str,
    key: String,
    is_latest: bool,
    is_delete_marker: bool,
    size: Option<i64>,
    etag: &'static str,
    class: &'static str,
}

impl Row {
    fn new(key: impl Into<String>, size: i64) -> Self {
        Self {
            bucket: "trail",
            key: key.into(),
            is_latest: true,
            is_delete_marker: false,
            size: Some(size),
            etag: "v1",
            class: "STANDARD",
        }
    }

    fn csv(&self) -> String {
        let size = self.size.map(|size| size.to_string()).unwrap_or_default();
        format!(
            "\"{}\",\"{}\",\"\",\"{}\",\"{}\",\"{size}\",\"2026-03-02T00:00:00.000Z\",\"{}\",\
             \"{}\"\n",
            self.bucket,
            encoded(&self.key),
            self.is_latest,
            self.is_delete_marker,
            self.etag,
            self.class
        )
    }
}

/// Returns the key as S3 encodes it in CSV.
fn encoded(key: &str) -> String {
    let mut text = String::new();
    for byte in key.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'*' | b'/' => {
                text.push(char::from(byte));
            }
            b' ' => text.push('+'),
            _ => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn parquet(rows: &[Row]) -> Vec<u8> {
    let schema = Arc::new(parse_message_type(PARQUET).unwrap());
    let properties = WriterProperties::builder().set_compression(PageCompression::SNAPPY);
    let properties = Arc::new(properties.build());
    let mut file = SerializedFileWriter::new(Vec::new(), schema, properties).unwrap();
    // Two groups of rows.
    for rows in rows.chunks(rows.len().div_ceil(2).max(1)) {
        let mut group = file.next_row_group().unwrap();
        let mut column = 0;
        while let Some(mut writer) = group.next_column().unwrap() {
            write_column(column, rows, writer.untyped());
            writer.close().unwrap();
            column += 1;
        }
        group.close().unwrap();
    }
    file.into_inner().unwrap()
}

fn write_column(column: usize, rows: &[Row], writer: &mut ColumnWriter<'_>) {
    let defined = vec![1; rows.len()];
    let texts = |text: fn(&Row) -> &str| -> Vec<ByteArray> {
        rows.iter().map(|row| text(row).into()).collect()
    };
    match (column, writer) {
        (0 | 1, ColumnWriter::ByteArrayColumnWriter(writer)) => {
            let text: fn(&Row) -> &str = if column == 0 {
                |row| row.bucket
            } else {
                |row| &row.key
            };
            writer.write_batch(&texts(text), None, None).unwrap();
        }
        (2, ColumnWriter::ByteArrayColumnWriter(writer)) => {
            writer
                .write_batch(&[], Some(&vec![0; rows.len()]), None)
                .unwrap();
        }
        (3 | 4, ColumnWriter::BoolColumnWriter(writer)) => {
            let value = |row: &Row| {
                if column == 3 {
                    row.is_latest
                } else {
                    row.is_delete_marker
                }
            };
            let values: Vec<bool> = rows.iter().map(value).collect();
            writer.write_batch(&values, Some(&defined), None).unwrap();
        }
        (5, ColumnWriter::Int64ColumnWriter(writer)) => {
            let sizes: Vec<i64> = rows.iter().filter_map(|row| row.size).collect();
            let defined: Vec<i16> = rows.iter().map(|row| row.size.is_some().into()).collect();
            writer.write_batch(&sizes, Some(&defined), None).unwrap();
        }
        (6, ColumnWriter::Int64ColumnWriter(writer)) => {
            let times = vec![MILLISECONDS; rows.len()];
            writer.write_batch(&times, Some(&defined), None).unwrap();
        }
        (_, ColumnWriter::ByteArrayColumnWriter(writer)) => {
            let text: fn(&Row) -> &str = if column == 7 {
                |row| row.etag
            } else {
                |row| row.class
            };
            writer
                .write_batch(&texts(text), Some(&defined), None)
                .unwrap();
        }
        _ => unreachable!("the columns are those of the schema"),
    }
}

/// The format of data files.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    Csv,
    Parquet,
}

const FORMATS: [Format; 2] = [Format::Csv, Format::Parquet];

impl Format {
    fn data(self, rows: &[Row]) -> Vec<u8> {
        match self {
            Self::Csv => gzip(&rows.iter().map(Row::csv).collect::<String>()),
            Self::Parquet => parquet(rows),
        }
    }

    fn names(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Csv => ("CSV", CSV, "csv.gz"),
            Self::Parquet => ("Parquet", PARQUET, "parquet"),
        }
    }
}

fn md5(bytes: &[u8]) -> String {
    format!("{:032x}", u128::from_be_bytes(Md5::digest(bytes).into()))
}

/// An inventory in a folder, which may be that of a bucket.
struct Written {
    root: PathBuf,
    manifest: Value,
}

impl Written {
    /// Writes an inventory of this number of files, with its rows in reverse.
    fn new(root: &Path, format: Format, rows: &[Row], files: usize) -> Self {
        let data = root.join("lists/trail/daily/data");
        std::fs::create_dir_all(&data).unwrap();
        std::fs::create_dir_all(root.join("lists/trail/daily/2026-03-09T01-00Z")).unwrap();
        let (name, schema, end) = format.names();
        let mut listed = Vec::new();
        for number in 0..files {
            let own = rows.iter().rev().skip(number).step_by(files);
            let bytes = format.data(&own.cloned().collect::<Vec<Row>>());
            let file = format!("{number}.{end}");
            std::fs::write(data.join(&file), &bytes).unwrap();
            listed.push(json!({
                "key": format!("lists/trail/daily/data/{file}"),
                "size": bytes.len(),
                "MD5checksum": md5(&bytes),
            }));
        }
        let manifest = json!({
            "sourceBucket": "trail",
            "destinationBucket": "arn:aws:s3:::inventories",
            "version": "2016-11-30",
            "creationTimestamp": MILLISECONDS.to_string(),
            "fileFormat": name,
            "fileSchema": schema,
            "files": listed,
        });
        let written = Self {
            root: root.to_owned(),
            manifest,
        };
        written.write();
        written
    }

    /// Writes the manifest, with its MD5.
    fn write(&self) {
        let text = self.manifest.to_string();
        std::fs::write(self.path(), &text).unwrap();
        std::fs::write(self.path().with_extension("checksum"), md5(text.as_bytes())).unwrap();
    }

    fn path(&self) -> PathBuf {
        self.root
            .join("lists/trail/daily/2026-03-09T01-00Z/manifest.json")
    }

    fn data(&self, name: &str) -> PathBuf {
        self.root.join("lists/trail/daily/data").join(name)
    }
}

/// The address of the manifest in a bucket.
const ADDRESS: &str = "s3://inventories/lists/trail/daily/2026-03-09T01-00Z/manifest.json";

/// A bucket with an archive, and a folder of plans.
struct Place {
    server: Server,
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        Self::with_rules(&[])
    }

    fn with_rules(rules: &'static [Rule]) -> Self {
        Self {
            server: Server::start(rules).with_sample(),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Returns the current rows of the bucket.
    fn rows(&self) -> Vec<Row> {
        let bucket = self.server.root().join("trail");
        let files = walkdir::WalkDir::new(&bucket)
            .into_iter()
            .map(Result::unwrap);
        let files = files.filter(|entry| entry.file_type().is_file());
        files
            .map(|entry| {
                let key = entry
                    .path()
                    .strip_prefix(&bucket)
                    .unwrap()
                    .to_str()
                    .unwrap();
                Row::new(key, entry.metadata().unwrap().len() as i64)
            })
            .collect()
    }

    /// Writes an inventory into a bucket.
    fn inventory(&self, format: Format, rows: &[Row]) -> Written {
        Written::new(&self.server.root().join("inventories"), format, rows, 3)
    }

    fn run(&self, line: &str) -> (i32, String, String) {
        let line = line.replace("{}", &self.folder.path().to_string_lossy());
        self.server.run(&line)
    }

    /// Runs a command with this exit code.
    fn expect(&self, code: i32, line: &str) -> (String, String) {
        let (own, stdout, stderr) = self.run(line);
        assert_eq!(own, code, "{line}: {stdout}{stderr}");
        (stdout, stderr)
    }

    fn shards(&self, plan: &str) -> String {
        std::fs::read_to_string(self.path(plan).join("shards.jsonl")).unwrap()
    }

    /// Returns the report of a ledger, or of an audit of the bucket.
    fn report(&self, line: &str, out: &str) -> BTreeMap<PathBuf, Vec<u8>> {
        self.expect(
            0,
            &format!("audit {line} --rule all --quiet --out {{}}/{out}"),
        );
        report_files(&self.path(out))
    }
}

/// Plans an inventory in a folder.
fn plan_local(written: &Written, options: &str) -> (Run, Option<String>) {
    let out = tempfile::tempdir().unwrap();
    let plan = out.path().join("plan");
    let path = written.path();
    let mut words = vec!["plan", "--inventory", path.to_str().unwrap()];
    words.extend(["--out", plan.to_str().unwrap()]);
    words.extend(options.split_whitespace());
    let run = backtrail(words);
    (run, std::fs::read_to_string(plan.join("shards.jsonl")).ok())
}

/// Plans an inventory in a folder, which fails with this text and leaves nothing.
fn assert_refused(written: &Written, options: &str, part: &str) {
    let (run, plan) = plan_local(written, options);
    assert_eq!((run.code, plan), (2, None), "{}", run.stderr);
    assert!(run.stderr.contains(part), "{part}: {}", run.stderr);
}

/// Returns an inventory of two objects.
fn small(format: Format) -> (tempfile::TempDir, Written) {
    let folder = tempfile::tempdir().unwrap();
    let rows = [Row::new("a.json.gz", 1), Row::new("b.json.gz", 2)];
    let written = Written::new(folder.path(), format, &rows, 1);
    (folder, written)
}

/// Returns a summary without what it says about inventories, and that.
fn split_summary(report: &BTreeMap<PathBuf, Vec<u8>>) -> (Value, Vec<Value>) {
    let mut summary: Value = serde_json::from_slice(&report[Path::new("summary.json")]).unwrap();
    let assumptions = summary["assumptions"].as_array_mut().unwrap();
    let is_other = |assumption: &Value| assumption["name"] != "objects in S3";
    let (others, own) = assumptions.drain(..).partition(is_other);
    *assumptions = others;
    (summary, own)
}

#[test]
fn an_inventory_has_the_plan_and_the_report_of_a_listing() {
    let place = Place::new();
    place.expect(
        0,
        "plan s3://trail --rule all --shard-objects 9 --out {}/listed",
    );
    let shards = place.shards("listed");
    let plain = place.report("s3://trail", "plain");
    for (format, name) in FORMATS.into_iter().zip(["csv", "parquet"]) {
        place.inventory(format, &place.rows());
        let options = "--rule all --shard-objects 9";
        place.expect(
            0,
            &format!("plan --inventory {ADDRESS} {options} --out {{}}/{name}"),
        );
        assert_eq!(place.shards(name), shards, "{name}");
        let own = |tail: &str| format!("{{}}/{name}{tail}");
        let (plan, parts, ledger) = (own(""), own("-parts"), own("-ledger"));
        place.expect(
            0,
            &format!("scan --plan {plan} --shard 0 --of 1 --out {parts}"),
        );
        let merge = format!("merge --plan {plan} --parts {parts} --out {ledger}");
        let words = merge.replace("{}", &place.folder.path().to_string_lossy());
        assert_eq!(backtrail(words.split_whitespace()).code, 0);
        let merged = place.report(&format!("--ledger {ledger}"), &format!("{name}-report"));
        assert_differs_by_the_inventory(&plain, &merged);
    }
}

#[test]
fn the_files_of_an_inventory_are_requested_from_the_expected_owner() {
    const RULES: &[Rule] = &[Rule {
        part: "/inventories/",
        fault: Fault::Strict,
        times: 0,
    }];
    let place = Place::with_rules(RULES);
    place.inventory(Format::Csv, &place.rows());
    let plan = format!("plan --inventory {ADDRESS} --out {{}}/plan");
    place.expect(2, &plan);
    let options = "--request-payer --expected-bucket-owner 111122223333";
    place.expect(0, &format!("{plan} {options}"));
}

/// Asserts that two reports differ only by the line that says what the objects were taken from.
fn assert_differs_by_the_inventory(
    plain: &BTreeMap<PathBuf, Vec<u8>>,
    merged: &BTreeMap<PathBuf, Vec<u8>>,
) {
    assert!(plain.keys().eq(merged.keys()));
    let names = plain.keys().filter(|name| plain[*name] != merged[*name]);
    let names: Vec<&str> = names.map(|name| name.to_str().unwrap()).collect();
    assert_eq!(names, ["evidence.json", "report.html", "summary.json"]);
    let ((plain, none), (merged, own)) = (split_summary(plain), split_summary(merged));
    // The hashes are those of the files, some of which name the inventory.
    for (name, value) in plain.as_object().unwrap() {
        assert!(name == "sha256" || value == &merged[name], "{name}");
    }
    assert!(none.is_empty());
    let [own] = own.as_slice() else {
        panic!("{own:?}");
    };
    let value = own["value"].as_str().unwrap();
    assert!(
        value.contains("2026-03-09") && value.contains(ADDRESS),
        "{value}"
    );
}

#[test]
fn paths_ranges_and_accounts_select_what_a_listing_would_find() {
    let place = Place::new();
    let bucket = place.server.root().join("trail");
    std::fs::create_dir_all(bucket.join("AWSLogs/111122223333/Config/2026")).unwrap();
    let log = "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/0";
    let names = [
        "notes.json".to_owned(),
        "AWSLogs/111122223333/Config/2026/a.json.gz".to_owned(),
        format!("prod/{log}2/a.json.gz"),
        format!("prod/{log}9/a.json.gz"),
        "prod/reports/a.csv".to_owned(),
        "production/a.json.gz".to_owned(),
        "teams/a.json.gz".to_owned(),
        format!("teams/own/{log}2/a.json.gz"),
        format!("teams/own/{log}9/a.json.gz"),
    ];
    for name in names {
        std::fs::create_dir_all(bucket.join(&name).parent().unwrap()).unwrap();
        std::fs::write(bucket.join(name), "{}").unwrap();
    }
    place.inventory(Format::Csv, &place.rows());
    let lines = [
        "s3://trail",
        "s3://trail/AWSLogs/444455556666",
        "s3://trail/AWSLogs/111122223333/Config",
        "s3://trail/not",
        "s3://trail/prod",
        "s3://trail/pro",
        "s3://trail/teams",
        "s3://trail/teams/own/AWSLogs/1111",
        "s3://trail --account 444455556666",
        "s3://trail --from 2026-03-02 --to 2026-03-03",
        "s3://trail/AWSLogs/444455556666/ s3://trail/AWSLogs/111122223333/CloudTrail-Digest/",
    ];
    for (number, line) in lines.into_iter().enumerate() {
        let (listed, own) = (format!("listed-{number}"), format!("own-{number}"));
        place.expect(0, &format!("plan {line} --out {{}}/{listed}"));
        place.expect(
            0,
            &format!("plan {line} --inventory {ADDRESS} --out {{}}/{own}"),
        );
        let shards = place.shards(&own);
        assert!(!shards.is_empty());
        assert_eq!(shards, place.shards(&listed), "{line}");
    }
}

/// Returns the keys of the only shard of a plan.
fn planned_keys(plan: &Path) -> Vec<String> {
    let keys = std::fs::read_dir(plan.join("keys"))
        .unwrap()
        .next()
        .unwrap();
    let file = std::fs::File::open(keys.unwrap().path()).unwrap();
    let reader = SerializedFileReader::new(file).unwrap();
    let rows = reader.get_row_iter(None).unwrap().map(Result::unwrap);
    rows.map(|row| row.get_string(0).unwrap().clone()).collect()
}

#[test]
fn keys_are_decoded_in_csv_and_taken_as_they_are_in_parquet() {
    let folder = tempfile::tempdir().unwrap();
    let names = [
        "a b",
        "a+b",
        "a%2Bb",
        "a,b",
        "a\"b",
        "a'b",
        "\u{d55c}\u{ae00}",
        "a&b=c;d",
        "100%",
        "a\nb",
    ];
    let keys = names.map(|name| format!("AWSLogs/111122223333/CloudTrail/x/{name}.json"));
    let mut expected = keys.clone().map(|key| format!("s3://trail/{key}"));
    expected.sort();
    let rows = keys.map(|key| Row::new(key, 1));
    for format in FORMATS {
        let written = Written::new(folder.path(), format, &rows, 3);
        let plan = folder.path().join(format.names().0);
        let manifest = written.path();
        let words = ["plan", "--inventory", manifest.to_str().unwrap(), "--out"];
        let run = backtrail(words.into_iter().chain([plan.to_str().unwrap()]));
        assert_eq!(run.code, 0, "{}", run.stderr);
        assert_eq!(planned_keys(&plan), expected);
    }
}

#[test]
fn earlier_versions_and_delete_markers_are_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let rows = [Row::new("a.json.gz", 1), Row::new("b.json.gz", 2)];
    let mut all = rows.to_vec();
    all.push(Row {
        is_latest: false,
        ..Row::new("a.json.gz", 7)
    });
    all.push(Row {
        is_delete_marker: true,
        size: None,
        etag: "",
        ..Row::new("c.json.gz", 0)
    });
    all.push(Row::new("folder/", 0));
    for format in FORMATS {
        let (_, current) = plan_local(&Written::new(folder.path(), format, &rows, 1), "");
        let (run, whole) = plan_local(&Written::new(folder.path(), format, &all, 2), "");
        assert_eq!(run.json()["objects"], 2);
        assert_eq!(run.json()["archived"], 0);
        assert_eq!((run.code, whole), (0, current), "{}", run.stderr);
    }
}

#[test]
fn an_inventory_may_be_a_folder_and_needs_no_credentials() {
    for format in FORMATS {
        let (folder, written) = small(format);
        let (run, shards) = plan_local(&written, "s3://trail/a");
        assert_eq!(run.json()["objects"], 1, "{}", run.stderr);
        assert!(shards.unwrap().contains("s3://trail/a.json.gz"));
        // Without the file of its MD5, and with its data files beside it.
        std::fs::remove_file(written.path().with_extension("checksum")).unwrap();
        let (_, _, end) = format.names();
        let name = format!("0.{end}");
        let beside = written.path().with_file_name(&name);
        std::fs::rename(written.data(&name), beside).unwrap();
        assert_eq!(plan_local(&written, "").0.json()["objects"], 2);
        drop(folder);
    }
}

#[test]
fn objects_in_archives_are_counted() {
    let folder = tempfile::tempdir().unwrap();
    let mut rows = Vec::new();
    for (number, class) in ["GLACIER", "DEEP_ARCHIVE", "DEEP_ARCHIVE", "GLACIER_IR", ""]
        .into_iter()
        .enumerate()
    {
        rows.push(Row {
            class,
            ..Row::new(format!("{number}.json.gz"), 1)
        });
    }
    for format in FORMATS {
        let (run, _) = plan_local(&Written::new(folder.path(), format, &rows, 1), "");
        assert_eq!((run.code, run.json()["archived"].as_u64()), (0, Some(3)));
        assert!(
            run.stderr.contains("3 objects are in an archive"),
            "{}",
            run.stderr
        );
    }
}

#[test]
fn a_damaged_file_is_refused() {
    for format in FORMATS {
        let (_folder, written) = small(format);
        let (_, _, end) = format.names();
        let data = written.data(&format!("0.{end}"));
        let whole = std::fs::read(&data).unwrap();
        let mut flipped = whole.clone();
        flipped[whole.len() / 2] ^= 1;
        for damaged in [&flipped, &whole[..whole.len() - 1]] {
            std::fs::write(&data, damaged).unwrap();
            assert_refused(&written, "", "is damaged: its MD5 is");
        }
        std::fs::remove_file(&data).unwrap();
        assert_refused(&written, "", "is not there");
        std::fs::write(written.path().with_extension("checksum"), "0").unwrap();
        assert_refused(&written, "", "manifest.json` is damaged: its MD5 is");
    }
}

#[test]
fn bytes_that_are_no_table_are_refused() {
    for (format, part) in [(Format::Csv, "row 1: "), (Format::Parquet, "its footer ")] {
        for bytes in [&b"PAR1"[..], b"", b"\x1f\x8b\x08", &[b'P'; 4_000]] {
            let (_folder, mut written) = small(format);
            let (_, _, end) = format.names();
            std::fs::write(written.data(&format!("0.{end}")), bytes).unwrap();
            written.manifest["files"][0]["MD5checksum"] = md5(bytes).into();
            written.write();
            assert_refused(&written, "", part);
        }
    }
}

#[test]
fn what_is_of_something_else_is_refused() {
    let set = |name: &str, value: &str| {
        let (folder, mut written) = small(Format::Csv);
        written.manifest[name] = value.into();
        written.write();
        (folder, written)
    };
    for (name, value, options, part) in [
        (
            "fileFormat",
            "ORC",
            "",
            "choose Parquet or CSV in the inventory configuration",
        ),
        ("fileSchema", "Bucket, Key, Size", "", "it has no ETag"),
        ("fileSchema", "Bucket, Key, ETag", "", "it has no Size"),
        (
            "fileSchema",
            "Bucket, Key, Size, ETag",
            "",
            "row 1: it has 9 fields",
        ),
        (
            "creationTimestamp",
            "soon",
            "",
            "not a manifest of S3 Inventory",
        ),
        ("sourceBucket", "other", "", "it is of the bucket `trail`"),
        (
            "version",
            "",
            "s3://other",
            "and `s3://other/` is in another one",
        ),
        (
            "version",
            "",
            "samples/archive",
            "`samples/archive` is not an address in S3",
        ),
        (
            "version",
            "",
            "s3://trail --max-objects 1",
            "more than 1 object;",
        ),
    ] {
        let (_folder, written) = set(name, value);
        assert_refused(&written, options, part);
    }
    let (_folder, mut written) = small(Format::Csv);
    written.manifest["files"][0]["key"] = "../../data/0.csv.gz".into();
    written.write();
    assert_refused(&written, "", "`../../data/0.csv.gz` is not there");
    std::fs::write(written.path(), "[]").unwrap();
    std::fs::remove_file(written.path().with_extension("checksum")).unwrap();
    assert_refused(&written, "", "not a manifest of S3 Inventory");
}

#[test]
fn rows_of_one_key_and_empty_addresses_are_problems_of_the_plan() {
    let folder = tempfile::tempdir().unwrap();
    let mut rows = vec![Row::new("a.json.gz", 1), Row::new("b.json.gz", 2)];
    rows.push(Row {
        etag: "v2",
        ..Row::new("a.json.gz", 9)
    });
    let mut plans = Vec::new();
    for files in 1..3 {
        for _ in 0..2 {
            rows.rotate_left(1);
            let written = Written::new(folder.path(), Format::Csv, &rows, files);
            let (run, plan) = plan_local(&written, "");
            assert_eq!((run.code, run.json()["objects"].as_u64()), (3, Some(2)));
            assert!(
                run.stderr.contains("1 row has the key of another row"),
                "{}",
                run.stderr
            );
            plans.push(plan.unwrap());
        }
    }
    plans.dedup();
    assert_eq!(plans.len(), 1, "the order of rows does not matter");
    let written = Written::new(folder.path(), Format::Csv, &rows[..1], 1);
    let (run, _) = plan_local(&written, "s3://trail s3://trail/nothing/");
    assert_eq!(run.code, 3);
    let part = "`s3://trail/nothing/` could not be listed: the inventory lists nothing there";
    assert!(run.stderr.contains(part), "{}", run.stderr);
}

#[test]
fn what_is_beside_the_folder_neither_counts_nor_hides_repeated_rows() {
    let folder = tempfile::tempdir().unwrap();
    let key = "logs/AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/02/a.json.gz";
    // Rows are written in reverse, so that the folder is known last.
    let mut rows = vec![Row::new(key, 1), Row::new("logs-beside.json.gz", 1)];
    for format in FORMATS {
        let written = Written::new(folder.path(), format, &rows, 1);
        let (run, _) = plan_local(&written, "s3://trail/logs --max-objects 1");
        assert_eq!((run.code, run.json()["objects"].as_u64()), (0, Some(1)));
    }
    rows.insert(
        0,
        Row {
            etag: "v2",
            ..Row::new(key, 1)
        },
    );
    for format in FORMATS {
        let written = Written::new(folder.path(), format, &rows, 1);
        let (run, _) = plan_local(&written, "s3://trail/logs");
        assert_eq!(run.code, 3, "{}", run.stderr);
        let part = "1 row has the key of another row";
        assert!(run.stderr.contains(part), "{}", run.stderr);
        assert!(
            !run.stderr.contains("could not be listed"),
            "{}",
            run.stderr
        );
    }
}

#[test]
fn what_failed_is_scanned_again_by_another_plan_of_the_same_inventory() {
    let place = Place::new();
    let mut rows = place.rows();
    rows.push(Row::new(
        "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/02/gone.json.gz",
        1,
    ));
    place.inventory(Format::Csv, &rows);
    let found = |plan: &str| {
        let line = format!("scan --plan {{}}/{plan} --shard 0 --of 1 --out {{}}/parts");
        let (_, stdout, stderr) = place.run(&line);
        let line: Value = serde_json::from_str(&stdout).expect(&stderr);
        assert_eq!(line["objects_failed"], 1, "{line}");
        line["found"].as_bool().unwrap()
    };
    for plan in ["first", "second"] {
        let line = format!("plan --inventory {ADDRESS} --rule all --out {{}}/{plan}");
        place.expect(0, &line);
        assert!(!found(plan), "{plan}");
        assert!(found(plan), "{plan}");
    }
}

#[test]
fn more_rows_than_memory_should_hold_come_in_order() {
    use backtrail::audit::{Audit, ObjectsFrom, ShardLimits, ShardPlanOptions};
    use backtrail::plan::built_in::select;
    use backtrail::plan::{BuiltInRule, Plan, Selection};

    let folder = tempfile::tempdir().unwrap();
    let rows: Vec<Row> = (0..5_000)
        .map(|number| {
            Row::new(
                format!(
                    "logs/AWSLogs/1/CloudTrail/{}.json.gz",
                    number * 7_919 % 5_000
                ),
                1,
            )
        })
        .chain([Row::new("logs-beside.json.gz", 1)])
        .collect();
    for format in FORMATS {
        let written = Written::new(folder.path(), format, &rows, 4);
        let (_, expected) = plan_local(
            &written,
            "s3://trail/logs --rule secrets --shard-objects 100",
        );
        let rules = select("secrets").into_iter().flatten();
        let plan = Plan::new(rules.map(BuiltInRule::job).collect(), Selection::default()).unwrap();
        let mut audit = Audit::new(plan, ["s3://trail/logs"]);
        audit.memory_rows = 100;
        let limits = ShardLimits {
            objects: 100,
            ..ShardLimits::default()
        };
        let options = ShardPlanOptions::new(limits, ObjectsFrom::Inventory(written.path()));
        let out = tempfile::tempdir().unwrap();
        let manifest = audit
            .plan_shards(&out.path().join("plan"), &options)
            .unwrap();
        assert_eq!(
            manifest.objects, 5_000,
            "what is beside the folder is left out"
        );
        assert_eq!(manifest.listing.listed_at.to_string(), TIME);
        let shards = std::fs::read_to_string(out.path().join("plan/shards.jsonl")).unwrap();
        assert_eq!(Some(shards), expected);
    }
}
