//! Nanoseconds per record of the evaluation of filter patterns.
//!
//! `cargo bench --bench pattern`. One iteration is one record, so the times are those of a record;
//! the records are those of the sample archive, one after the other. `docs/performance.md` has
//! results.

#![allow(missing_docs, clippy::unwrap_used)]

use std::path::Path;

use backtrail::internals::container::{Limits, unpack, walk};
use backtrail::pattern::{Matcher, Pattern, Program, Projection, compile, naive, parse};
use backtrail::plan::built_in::select;
use divan::{Bencher, black_box};

fn main() {
    divan::main();
}

/// The groups of rules whose patterns are evaluated together.
const RULES: [&str; 2] = ["secrets", "cis"];

fn patterns(name: &str) -> Vec<Pattern> {
    select(name)
        .unwrap()
        .iter()
        .map(|rule| parse(rule.pattern).unwrap())
        .collect()
}

/// The text of every record of the sample archive.
fn records() -> Vec<String> {
    let archive = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/archive");
    let files = walkdir::WalkDir::new(archive)
        .sort_by_file_name()
        .into_iter()
        .map(Result::unwrap);
    let mut records = Vec::new();
    for file in files.filter(|entry| entry.file_type().is_file()) {
        let mut content = Vec::new();
        unpack(
            std::fs::read(file.path()).unwrap(),
            &Default::default(),
            &mut |part| content.extend(&*part.bytes),
        );
        walk(
            std::str::from_utf8(&content).unwrap(),
            &Limits::default(),
            &mut |found| records.push(found.text.into_owned()),
        );
    }
    records
}

/// Runs `answer` on one record after the other.
fn each_record(bencher: Bencher<'_, '_>, mut answer: impl FnMut(&str) -> bool) {
    let records = records();
    let mut next = records.iter().cycle();
    bencher.bench_local(|| answer(black_box(next.next().unwrap())));
}

/// As a single pattern is asked: the raw bytes first, and only then the fields.
#[divan::bench(args = RULES, sample_count = 1000, sample_size = 500)]
fn matcher(bencher: Bencher<'_, '_>, name: &str) {
    let matchers: Vec<Matcher> = patterns(name).iter().map(Matcher::new).collect();
    each_record(bencher, |record| {
        matchers
            .iter()
            .fold(false, |any, matcher| any | matcher.matches(record))
    });
}

/// As a scan asks all rules: the fields that any of them names are read once.
#[divan::bench(args = RULES, sample_count = 1000, sample_size = 500)]
fn compiled(bencher: Bencher<'_, '_>, name: &str) {
    let mut projection = Projection::default();
    let programs: Vec<Program> = patterns(name)
        .iter()
        .map(|pattern| compile(pattern, &mut projection))
        .collect();
    each_record(bencher, |record| {
        let slots = projection.read(record).unwrap();
        programs
            .iter()
            .fold(false, |any, program| any | program.matches(&slots))
    });
}

/// The evaluator that reads the trees of the pattern and the event.
#[divan::bench(args = RULES, sample_count = 100, sample_size = 100)]
fn plain(bencher: Bencher<'_, '_>, name: &str) {
    let patterns = patterns(name);
    each_record(bencher, |record| {
        patterns
            .iter()
            .fold(false, |any, pattern| any | naive::matches(pattern, record))
    });
}

/// What reading a record costs without any pattern: checking that it is JSON.
#[divan::bench(sample_count = 1000, sample_size = 500)]
fn only_parse(bencher: Bencher<'_, '_>) {
    each_record(bencher, |record| {
        serde_json::from_str::<serde::de::IgnoredAny>(record).is_ok()
    });
}
