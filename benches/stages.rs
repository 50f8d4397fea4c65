//! The stages of a scan one by one, on the content of one object: the records of the sample archive
//! as CloudTrail writes them, repeated until they are as large as the objects of a busy account.
//!
//! `cargo bench --bench stages`. `docs/performance.md` has results.

#![allow(missing_docs, clippy::unwrap_used)]

use std::io::Write;
use std::path::Path;

use backtrail::cloudtrail::evidence::Evidence;
use backtrail::cloudtrail::key::ObjectKey;
use backtrail::cloudtrail::record::Record;
use backtrail::internals::conclude::conclude;
use backtrail::internals::container::{Limits, unpack, walk, walk_log_file};
use backtrail::internals::findings::{Findings, UseLimit};
use backtrail::internals::scan::Inventory;
use backtrail::internals::scan::{ScanContext, scan_object};
use backtrail::internals::source::{Location, Object, ObjectBytes};
use backtrail::metric::{Sample, Series};
use backtrail::plan::built_in::select;
use backtrail::plan::{BuiltInRule, Depth, Duplicates, Job, Plan, RecordLocation, Selection};
use backtrail::table::format::{CsvFor, Format, write_stored};
use backtrail::time::period::timestamp;
use divan::counter::BytesCount;
use divan::{Bencher, black_box};

fn main() {
    divan::main();
}

/// How large the content is at least.
const CONTENT_BYTES: usize = 350_000;

/// The groups of rules that records are compared with.
const RULES: [&str; 2] = ["secrets", "cis"];

/// The records of the sample archive, each on one line.
fn records() -> Vec<String> {
    let archive = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/archive");
    let files = walkdir::WalkDir::new(archive)
        .sort_by_file_name()
        .into_iter()
        .map(Result::unwrap);
    let mut records = Vec::new();
    for file in files.filter(|entry| entry.file_type().is_file()) {
        unpack(
            std::fs::read(file.path()).unwrap(),
            &Limits::default(),
            &mut |part| {
                walk(
                    std::str::from_utf8(&part.bytes).unwrap(),
                    &Limits::default(),
                    &mut |found| {
                        let value: serde_json::Value = serde_json::from_str(&found.text).unwrap();
                        records.push(value.to_string());
                    },
                );
            },
        );
    }
    records
}

fn content() -> String {
    let records = records();
    let mut content = String::from("{\"Records\":[");
    for record in records.iter().cycle() {
        content.push_str(record);
        if content.len() > CONTENT_BYTES {
            return content + "]}";
        }
        content.push(',');
    }
    content
}

fn gzipped(content: &str) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(content.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn plan(rules: &str) -> Plan {
    let rules = select(rules).unwrap();
    Plan::new(
        rules.into_iter().map(BuiltInRule::job).collect(),
        Selection::default(),
    )
    .unwrap()
}

/// Runs `read` on the content, and tells how many bytes of it are read in a second.
fn each(bencher: Bencher<'_, '_>, mut read: impl FnMut(&str)) {
    let content = content();
    let bencher = bencher.counter(BytesCount::of_str(&content));
    bencher.bench_local(|| read(black_box(&content)));
}

/// Inflates one whole member.
#[divan::bench]
fn inflate(bencher: Bencher<'_, '_>) {
    let (content, limits) = (content(), Limits::default());
    let stored = gzipped(&content);
    let bencher = bencher.counter(BytesCount::of_str(&content));
    bencher.bench_local(|| {
        unpack(black_box(stored.clone()), &limits, &mut |part| {
            black_box(part);
        })
    });
}

/// Checks that bytes are UTF-8.
#[divan::bench]
fn check_text(bencher: Bencher<'_, '_>) {
    each(bencher, |content| {
        black_box(simdutf8::compat::from_utf8(content.as_bytes()).is_ok());
    });
}

/// For comparison: checks that bytes are UTF-8 with the standard library.
#[divan::bench]
fn check_text_with_std(bencher: Bencher<'_, '_>) {
    each(bencher, |content| {
        black_box(std::str::from_utf8(content.as_bytes()).is_ok());
    });
}

/// Looks whether a rule that reads the whole text can match at all.
#[divan::bench]
fn prefilter(bencher: Bencher<'_, '_>) {
    let job = Job::custom("\"marked for deletion\"");
    let plan = Plan::new(vec![job], Selection::default()).unwrap();
    each(bencher, |content| {
        black_box(plan.depth(content));
    });
}

/// Checks that everything is JSON, and finds the records and their members.
#[divan::bench]
fn find_records(bencher: Bencher<'_, '_>) {
    each(bencher, |content| {
        black_box(walk_log_file(content, &mut |found, _| {
            black_box(found);
        }));
    });
}

/// Finds the records whatever they stand in, as everything is read that CloudTrail did not write
/// so.
#[divan::bench]
fn find_records_plainly(bencher: Bencher<'_, '_>) {
    each(bencher, |content| {
        black_box(walk(content, &Limits::default(), &mut |found| {
            black_box(found);
        }));
    });
}

/// For comparison: only checks that everything is JSON, with serde_json.
#[divan::bench]
fn only_check_json(bencher: Bencher<'_, '_>) {
    each(bencher, |content| {
        black_box(serde_json::from_str::<serde::de::IgnoredAny>(content).is_ok());
    });
}

fn observe(bencher: Bencher<'_, '_>, plan: &Plan, depth: Depth) {
    let key = ObjectKey {
        account: Some("111122223333".into()),
        ..ObjectKey::default()
    };
    let place = RecordLocation {
        object: "",
        key: &key,
        record: 0,
        byte: None,
        log_time: None,
    };
    each(bencher, |content| {
        walk_log_file(content, &mut |found, members| {
            black_box(plan.observe_members(&found.text, members, &place, depth));
        });
    });
}

/// Finds the records and counts them, where no rule can match.
#[divan::bench]
fn find_and_count(bencher: Bencher<'_, '_>) {
    observe(bencher, &plan("secrets"), Depth::Head);
}

/// Finds the records, counts them and compares them with the rules.
#[divan::bench(args = RULES)]
fn find_and_evaluate(bencher: Bencher<'_, '_>, rules: &str) {
    observe(bencher, &plan(rules), Depth::Whole);
}

/// Takes out of each record what tables tell of it.
#[divan::bench]
fn extract(bencher: Bencher<'_, '_>) {
    let records = records();
    let bytes: usize = records.iter().map(String::len).sum();
    bencher.counter(BytesCount::new(bytes)).bench_local(|| {
        for record in &records {
            black_box(Evidence::from_record(&Record::parse(record).unwrap()));
        }
    });
}

/// What a scan finds in the content, which holds many copies of the attempts of the sample archive.
fn findings(plan: &Plan) -> Findings {
    let stored = gzipped(&content());
    let object = Object {
        key: "o".into(),
        location: Location::StandardInput,
        stored_bytes: None,
        named: true,
    };
    let context = ScanContext {
        plan,
        limits: &Limits::default(),
        inventory: &Inventory::default(),
        uses: UseLimit::default(),
        hashes: None,
    };
    scan_object(context, &object, || {
        Ok(ObjectBytes {
            metadata: Default::default(),
            stored_bytes: stored.len() as u64,
            bytes: stored,
        })
    })
}

/// A plan that counts every copy, so that there is something to conclude from.
fn plan_with_copies() -> Plan {
    let selection = Selection {
        duplicates: Duplicates::Keep,
        ..Selection::default()
    };
    let rules = select("secrets").unwrap();
    Plan::new(rules.into_iter().map(BuiltInRule::job).collect(), selection).unwrap()
}

/// Makes a series of 10,000 samples and takes its datapoints of five minutes.
#[divan::bench]
fn series(bencher: Bencher<'_, '_>) {
    let samples: Vec<Sample> = (0..10_000)
        .map(|number| Sample::once(timestamp(number * 7919 % 86_400 * 60), 1.0))
        .collect();
    bencher.bench_local(|| {
        Series::new(black_box(samples.clone()))
            .datapoints(300)
            .len()
    });
}

/// Concludes a report: copies, metric, replay under each clock, episodes.
#[divan::bench]
fn conclude_report(bencher: Bencher<'_, '_>) {
    let plan = plan_with_copies();
    let findings = findings(&plan);
    bencher.bench_local(|| {
        conclude(&plan, black_box(findings.clone()), Vec::new(), None)
            .attempts
            .len()
    });
}

/// Writes all tables of the report in one format.
#[divan::bench(args = ["csv", "parquet", "json"])]
fn render(bencher: Bencher<'_, '_>, name: &str) {
    let plan = plan_with_copies();
    let report = conclude(&plan, findings(&plan), Vec::new(), None);
    let format = Format::ALL
        .into_iter()
        .find(|format| format.extension() == name)
        .unwrap();
    bencher.bench_local(|| {
        let mut out = Vec::new();
        report.tables().for_each(|table| {
            write_stored(format, CsvFor::Any, &mut table.batches(), &mut out).unwrap()
        });
        out.len()
    });
}
