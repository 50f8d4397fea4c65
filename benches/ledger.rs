//! Ledgers of any size, and the commands that read them, with time and memory.
//!
//! ```console
//! $ cargo bench --bench ledger -- FOLDER 10000000
//! $ cargo bench --bench ledger -- FOLDER 10000000 --daily
//! ```
//!
//! The first writes a ledger of one scan that came to its objects in the order of their keys, and a
//! second ledger of which half the objects are in the first one, too. With `--daily`, each is of a
//! scan a day instead, so that each of its parts covers all accounts. Ledgers that are there are
//! used again. Then every command runs in turn.

#![allow(
    missing_docs,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::unwrap_used
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use backtrail::audit::Limits;
use backtrail::cloudtrail::key::ObjectKey;
use backtrail::internals::findings::{
    ContentTag, Findings, FindingsSink, ListedObject, ObjectOutcome, SeenRecord,
};
use backtrail::internals::ledger::{Ledger, ScanRun, Scope, Writer};
use backtrail::plan::built_in::RULES;
use backtrail::plan::{BuiltInRule, Plan, Selection};
use jiff::{SignedDuration, Timestamp};

/// The accounts of the organization.
const ACCOUNTS: u64 = 40;

/// The regions of each account.
const REGIONS: [&str; 4] = ["ap-northeast-2", "eu-west-1", "us-east-1", "us-west-2"];

/// The number of log files of an account and region on one day: one each five minutes.
const FILES_PER_DAY: u64 = 288;

/// The first day.
const FIRST_DAY: &str = "2020-01-01T00:00:00Z";

/// The letters at the end of the keys that CloudTrail makes.
const LETTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// How often each command runs.
const ROUNDS: usize = 3;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let is_daily = arguments.iter().any(|argument| argument == "--daily");
    let mut words = arguments
        .iter()
        .filter(|argument| !argument.starts_with("--"));
    let (Some(folder), Some(objects)) = (words.next(), words.next()) else {
        println!("name a folder and a number: cargo bench --bench ledger -- FOLDER 1000000");
        return;
    };
    let folder = PathBuf::from(folder);
    let objects: u64 = objects
        .replace('_', "")
        .parse()
        .expect("a number of objects");
    let days = objects.div_ceil(ACCOUNTS * REGIONS.len() as u64 * FILES_PER_DAY);
    let ledgers = [("one", 0), ("two", days / 2)].map(|(name, first_day)| {
        let path = folder.join(name);
        if !path.exists() {
            write(&path, first_day..first_day + days, is_daily);
        }
        println!("{}: {}", path.display(), described(&path));
        path
    });
    measure(&folder, &ledgers);
}

/// Writes a ledger with the objects of these days.
fn write(path: &Path, days: std::ops::Range<u64>, is_daily: bool) {
    let rules = RULES.iter().filter(|rule| rule.name == "secrets");
    let plan = Plan::new(rules.map(BuiltInRule::job).collect(), Selection::default()).unwrap();
    let scope = Scope::from_plan(&plan, &Limits::default()).unwrap();
    let claimed = Ledger::claim(path, &scope).unwrap();
    let scans = match is_daily {
        true => days.clone().map(|day| day..day + 1).collect(),
        false => vec![days.clone()],
    };
    for days in scans {
        let run = ScanRun {
            sources: vec!["s3://example/AWSLogs/".to_owned()],
            read_at: day_start(days.end) + SignedDuration::from_secs(days.start as i64),
            objects: 1,
            problems: Vec::new(),
        };
        let writer = Writer::new(&claimed, &plan, run).unwrap();
        for account in 0..ACCOUNTS {
            for region in REGIONS {
                for day in days.clone() {
                    (0..FILES_PER_DAY).for_each(|file| keep(&writer, account, region, day, file));
                }
            }
        }
        writer.finish().unwrap();
    }
}

fn day_start(day: u64) -> Timestamp {
    let first: Timestamp = FIRST_DAY.parse().unwrap();
    first + SignedDuration::from_hours(24 * day as i64)
}

/// Adds a log file with a few records.
fn keep(writer: &Writer, account: u64, region: &'static str, day: u64, file: u64) {
    let delivery = day_start(day) + SignedDuration::from_mins(5 * file as i64);
    let place = REGIONS.iter().position(|own| *own == region).unwrap() as u64 * ACCOUNTS + account;
    let unique = mixed(place ^ mixed(day * FILES_PER_DAY + file));
    let key = format!(
        "s3://example/AWSLogs/o-exampleorg/{account:012}/CloudTrail/{region}/{}/{account:012}\
         _CloudTrail_{region}_{}_{}.json.gz",
        delivery.strftime("%Y/%m/%d"),
        delivery.strftime("%Y%m%dT%H%MZ"),
        letters(unique),
    );
    let etag = format!("\"{:016x}{:016x}\"", mixed(unique), mixed(unique + 1));
    let bytes = 800 + unique % 40_000;
    let mut findings = Findings::default();
    let mut outcome = ObjectOutcome {
        key: ObjectKey::parse(&key),
        object: key.as_str().into(),
        stored_bytes: bytes,
        content_bytes: bytes * (800 + mixed(unique + 2) % 600) / 100,
        ..ObjectOutcome::default()
    };
    for minutes in [4, 2] {
        let seconds = 60 * minutes + (mixed(unique + minutes) % 180);
        let event_time = delivery - SignedDuration::from_secs(seconds as i64);
        outcome.time_span.include(event_time);
        findings.observe(SeenRecord {
            is_inside: true,
            event_time: Some(event_time),
            is_time_unreadable: false,
            account: None,
            region: None,
            event_source: Some("kms.amazonaws.com".into()),
            event_name: Some("ListKeys".into()),
            is_read_only: true,
            matched: None,
            lifecycle: None,
            used: None,
            defaults: None,
            ambiguous: Vec::new(),
        });
    }
    outcome.records.unmatched = 2 + unique % 17;
    findings.call_times.end_file(&outcome.key);
    findings.push_object(outcome);
    let listed = ListedObject {
        key: &key,
        tag: Some(ContentTag::ETag(&etag)),
        stored_bytes: Some(bytes),
        named: false,
    };
    assert!(writer.keep(listed, findings).is_continue());
}

/// Returns the sixteen letters at the end of a key.
fn letters(unique: u64) -> String {
    let mut letters = String::new();
    for place in 0..16 {
        let letter = mixed(unique.wrapping_add(place)) % LETTERS.len() as u64;
        letters.push(char::from(LETTERS[letter as usize]));
    }
    letters
}

/// Mixes the bits of a number (SplitMix64).
fn mixed(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

fn described(ledger: &Path) -> String {
    let files = walkdir::WalkDir::new(ledger).into_iter();
    let files = files.filter_map(Result::ok);
    let (mut bytes, mut parts) = (0, 0);
    for file in files.filter(|entry| entry.file_type().is_file()) {
        bytes += file.metadata().map_or(0, |metadata| metadata.len());
        parts += u64::from(file.file_name() == "part.json");
    }
    format!("{bytes} bytes, {parts} parts")
}

fn measure(folder: &Path, ledgers: &[PathBuf; 2]) {
    let [one, two] = ledgers
        .each_ref()
        .map(|path| path.to_str().expect("a path"));
    let (out, merged) = (folder.join("out"), folder.join("merged"));
    let (out, merged) = (
        out.to_str().expect("a path"),
        merged.to_str().expect("a path"),
    );
    let commands: [(&str, Vec<&str>); 4] = [
        ("ledger info", vec!["ledger", "info", one]),
        ("audit --json", vec!["audit", "--ledger", one, "--json"]),
        (
            "audit --out, Parquet",
            vec![
                "audit", "--ledger", one, "--out", out, "--format", "parquet", "--report", "none",
            ],
        ),
        (
            "ledger merge",
            vec!["ledger", "merge", one, two, "--out", merged],
        ),
    ];
    for (name, arguments) in commands {
        let mut runs = Vec::new();
        for _ in 0..ROUNDS {
            for folder in [out, merged] {
                let _ = fs::remove_dir_all(folder);
            }
            runs.push(run(&arguments));
        }
        runs.sort();
        let (time, peak_kib) = runs[ROUNDS / 2];
        let megabytes = peak_kib * 1024 / 1_000_000;
        println!("{name:<22} {:>7.1} s {megabytes:>6} MB", time.as_secs_f64());
    }
}

/// Runs a command. Returns its time and its largest memory, in KiB.
fn run(arguments: &[&str]) -> (Duration, u64) {
    let begun = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_backtrail"))
        .args(arguments)
        .args(
            (arguments[0] == "audit")
                .then_some(["--threads", "2"])
                .into_iter()
                .flatten(),
        )
        .stdout(Stdio::null())
        .spawn()
        .expect("a process");
    let status = format!("/proc/{}/status", child.id());
    let mut peak_kib = 0;
    while child.try_wait().expect("a process").is_none() {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
        peak_kib = peak_kib.max(number.unwrap_or(0));
        std::thread::sleep(Duration::from_millis(5));
    }
    let exit = child.wait().expect("a process");
    assert!(exit.success(), "{arguments:?}: {exit}");
    (begun.elapsed(), peak_kib)
}
