//! Ledgers: a scan that goes on, reads only what is new, and comes to the same report as one that
//! starts from the beginning.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use backtrail::cloudtrail::key::ObjectKey;
use backtrail::internals::container::Limits;
use backtrail::internals::findings::{
    ContentTag, Findings, FindingsSink, ListedObject, ObjectOutcome, ObjectStatus,
};
use backtrail::internals::ledger::{
    Identity, Ledger, LedgerContents, LedgerError, Reading, ScanRun, Scope, Writer,
};
use backtrail::plan::built_in::RULES;
use backtrail::plan::{BuiltInRule, Plan, Selection};
use backtrail::problem::{Origin, Problem, ProblemKind};
use serde_json::{Value, json};

use crate::program::{Run, audit, backtrail, report_files, sample};

/// The files of a report.
type Report = BTreeMap<PathBuf, Vec<u8>>;

/// A folder with an archive and ledgers.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// A place with a copy of the sample archive.
    fn with_sample() -> Self {
        let place = Self::new();
        copy(sample(), &place.path("archive"));
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Audits and returns the report. `{}` in the arguments is replaced by the folder.
    fn report(&self, arguments: &str) -> (Run, Report) {
        let (run, report) = self.audit(arguments);
        // Two reports that were not written would be equal, too.
        assert!(!report.is_empty(), "{arguments}: {}", run.stderr);
        (run, report)
    }

    /// Returns what a refused audit says.
    fn refusal(&self, arguments: &str) -> String {
        let (run, report) = self.audit(arguments);
        assert_eq!(
            (run.code, report.len()),
            (2, 0),
            "{arguments}: {}",
            run.stderr
        );
        run.stderr
    }

    fn audit(&self, arguments: &str) -> (Run, Report) {
        let out = tempfile::tempdir().unwrap();
        let arguments = arguments.replace("{}", &self.folder.path().to_string_lossy());
        let run = audit(
            &format!("{arguments} --json --out {}", out.path().display()),
            &[],
        );
        let report = report_files(out.path());
        (run, report)
    }

    /// The report of an audit with these options: scanned into a ledger, from the ledger with
    /// nothing left to read, and from the ledger alone. All three must be what an audit without a
    /// ledger says.
    fn check(&self, archive: &str, options: &str) {
        let ledger = self.path("ledger");
        if ledger.exists() {
            fs::remove_dir_all(&ledger).unwrap();
        }
        let (_, plain) = self.report(&format!("{archive} {options}"));
        let with = format!("{archive} {options} --ledger {{}}/ledger");
        for step in ["first", "second"] {
            let (run, report) = self.report(&with);
            assert!(
                report == plain,
                "{step} run with {options}: {}{}",
                run.stdout,
                run.stderr
            );
        }
        let (run, alone) = self.report(&format!("{options} --ledger {{}}/ledger"));
        assert!(
            alone == plain,
            "ledger alone with {options}: {}{}",
            run.stdout,
            run.stderr
        );
        let check = backtrail(["ledger", "check", ledger.to_str().unwrap()]);
        assert_eq!(check.code, 0, "{}", check.stdout);
    }
}

fn copy(from: &Path, to: &Path) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(from);
    for entry in walkdir::WalkDir::new(&root).into_iter().map(Result::unwrap) {
        let place = to.join(entry.path().strip_prefix(&root).unwrap());
        match entry.file_type().is_dir() {
            true => fs::create_dir_all(place).unwrap(),
            false => _ = fs::copy(entry.path(), place).unwrap(),
        }
    }
}

fn table(report: &Report, name: &str) -> Vec<Value> {
    serde_json::from_slice(&report[Path::new(name)]).unwrap()
}

#[test]
fn a_ledger_comes_to_the_same_report_whatever_is_asked() {
    let place = Place::new();
    for options in [
        "--rule all",
        "--rule cis --clock delivery",
        "--rule all --from 2026-03-03T09:40:00Z --to 2026-03-04",
        "--account 444455556666 --keep-duplicates",
        "--region eu-west-1 --period 60 --threshold 3",
    ] {
        place.check("samples/archive", options);
    }
}

#[test]
fn what_is_counted_beside_records_is_written_down_too() {
    let place = Place::new();
    // Without names of CloudTrail, only the records say of which account and region they are.
    let mut lines = String::new();
    let archive = Path::new(env!("CARGO_MANIFEST_DIR")).join(sample());
    for entry in walkdir::WalkDir::new(archive)
        .sort_by_file_name()
        .into_iter()
        .map(Result::unwrap)
    {
        let is_events = entry.path().to_string_lossy().contains("/CloudTrail/");
        if entry.file_type().is_file() && is_events {
            let mut text = String::new();
            let file = fs::File::open(entry.path()).unwrap();
            if std::io::Read::read_to_string(
                &mut flate2::read::MultiGzDecoder::new(file),
                &mut text,
            )
            .is_ok()
            {
                lines.push_str(&text);
                lines.push('\n');
            }
        }
    }
    let folder = place.path("flat");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("records.jsonl"), &lines).unwrap();
    fs::write(
        folder.join("damaged.json"),
        r#"{"Records":[{"eventTime":"2026-03-04T09:00:00Z"},"#,
    )
    .unwrap();
    let mut archive = zip::ZipWriter::new(fs::File::create(folder.join("both.zip")).unwrap());
    for name in ["a.json", "b.json"] {
        archive
            .start_file(name, zip::write::SimpleFileOptions::default())
            .unwrap();
        std::io::Write::write_all(&mut archive, lines.lines().next().unwrap().as_bytes()).unwrap();
    }
    archive.finish().unwrap();
    let filters = place.path("filters.json");
    let text = r#"{"metricFilters":[{"filterName":"reads",
        "filterPattern":"{ $.eventName = \"G*t*\" }","metricTransformations":[{"metricName":"Reads",
        "metricNamespace":"Audit","metricValue":"1","defaultValue":0}]}]}"#;
    fs::write(&filters, text).unwrap();
    let job = format!("--job {}", filters.display());
    let flat = folder.to_string_lossy().into_owned();
    for options in [
        job.clone(),
        format!("{job} --clock shift=5m --from 2026-03-03T10:00:30Z"),
        format!("{job} --rule all --account 111122223333"),
    ] {
        place.check(&flat, &options);
    }
}

#[test]
fn only_what_is_new_or_has_changed_is_read() {
    let place = Place::with_sample();
    let options = "{}/archive --rule all --ledger {}/ledger";
    assert_eq!(place.report(options).0.stderr, "");
    let (run, _) = place.report(options);
    assert!(
        run.stderr.contains("53 of 53 objects are in the ledger"),
        "{}",
        run.stderr
    );
    // A new object, one with another content, and one that is gone.
    let objects: Vec<PathBuf> = walkdir::WalkDir::new(place.path("archive"))
        .sort_by_file_name()
        .into_iter()
        .map(|entry| entry.unwrap().into_path())
        .filter(|path| path.is_file() && path.to_string_lossy().contains("/CloudTrail/"))
        .collect();
    fs::copy(&objects[0], place.path("archive/new.json.gz")).unwrap();
    fs::copy(&objects[1], &objects[2]).unwrap();
    fs::remove_file(&objects[3]).unwrap();
    let (run, report) = place.report(options);
    assert!(
        run.stderr.contains("51 of 53 objects are in the ledger"),
        "{}",
        run.stderr
    );
    let (_, plain) = place.report("{}/archive --rule all");
    assert!(report == plain);
    // The ledger alone also has the object that is gone, and of the one that changed only what was
    // read last.
    let (_, alone) = place.report("--rule all --ledger {}/ledger");
    let names = |report: &Report| -> Vec<String> {
        let objects = table(report, "objects.json");
        objects
            .iter()
            .map(|object| object["object_key"].as_str().unwrap().to_owned())
            .collect()
    };
    let mut expected = names(&plain);
    expected.push(objects[3].to_string_lossy().into_owned());
    expected.sort();
    assert_eq!(names(&alone), expected);
}

#[test]
fn a_ledger_answers_only_what_it_was_scanned_for() {
    let place = Place::with_sample();
    let ledger = "--ledger {}/ledger";
    let archive = "{}/archive";
    assert_eq!(
        place
            .report(&format!("{archive} --rule all {ledger}"))
            .0
            .code,
        0
    );
    for (arguments, words) in [
        (
            format!("{archive} --rule secrets {ledger}"),
            "also scanned for `kms`",
        ),
        (format!("{archive} --rule cis {ledger}"), "and not for `"),
        (
            format!("{archive} --rule all --from 2026-03-03 {ledger}"),
            "its time range is open to open",
        ),
        (
            format!("{archive} --rule all --account 111122223333 {ledger}"),
            "its accounts: all",
        ),
        (
            format!("{archive} --rule all --max-record 8 {ledger}"),
            "other limits",
        ),
        (format!("--rule cis {ledger}"), "and not for `"),
        (
            format!("--from 2026-03-03 {ledger}"),
            "its time range is open to open",
        ),
        (format!("- --rule all {ledger}"), "standard input"),
        (
            format!("{archive} --ledger {archive}"),
            "neither empty nor a ledger",
        ),
        ("--ledger {}/none".to_owned(), "there is no ledger"),
    ] {
        let refusal = place.refusal(&arguments);
        assert!(refusal.contains(words), "{arguments}: {refusal}");
    }
    // Some of its rules are fine where nothing is scanned, and come to what a scan for them alone
    // would say.
    let (_, alone) = place.report(&format!("--rule kms {ledger}"));
    let (_, plain) = place.report(&format!("{archive} --rule kms"));
    assert!(alone == plain);
    // What decides nothing about records may differ.
    let (run, report) = place.report(&format!(
        "{archive} --rule all --threshold 5 --clock delivery {ledger}"
    ));
    let (_, plain) = place.report(&format!(
        "{archive} --rule all --threshold 5 --clock delivery"
    ));
    assert!(
        report == plain && run.stderr.contains("53 of 53"),
        "{}",
        run.stderr
    );
    // Anew.
    let (run, report) = place.report(&format!("{archive} --rule secrets --rescan {ledger}"));
    let (_, plain) = place.report(&format!("{archive} --rule secrets"));
    assert!(report == plain && run.stderr.is_empty(), "{}", run.stderr);
}

#[test]
fn an_alarm_that_sees_further_back_is_refused() {
    let place = Place::with_sample();
    let options = "{}/archive --from 2026-03-03 --ledger {}/ledger";
    assert_eq!(place.report(options).0.code, 0);
    let refusal = place.refusal(&format!("{options} --period 3600"));
    assert!(refusal.contains("its alarms see back to"), "{refusal}");
    let refusal = place.refusal("--ledger {}/ledger --period 3600");
    assert!(refusal.contains("its alarms see back to"), "{refusal}");
    // One that sees less far is fine, where nothing is scanned.
    let (_, alone) = place.report("--ledger {}/ledger --period 60");
    let (_, plain) = place.report("{}/archive --from 2026-03-03 --period 60");
    assert!(alone == plain);
}

#[test]
fn ledgers_merge_in_any_order_to_what_one_scan_says() {
    let place = Place::with_sample();
    let accounts: Vec<PathBuf> = walkdir::WalkDir::new(place.path("archive"))
        .sort_by_file_name()
        .into_iter()
        .map(|entry| entry.unwrap().into_path())
        .filter(|path| {
            path.is_dir()
                && path
                    .parent()
                    .is_some_and(|parent| parent.ends_with("CloudTrail"))
        })
        .collect();
    assert!(accounts.len() > 2, "{accounts:?}");
    let mut ledgers = Vec::new();
    for (number, account) in accounts.iter().enumerate() {
        let ledger = format!("{{}}/part-{number}");
        assert_eq!(
            place
                .report(&format!(
                    "{} --rule all --ledger {ledger}",
                    account.display()
                ))
                .0
                .code,
            0
        );
        // Some objects are in several ledgers.
        let more = &accounts[(number + 1) % accounts.len()];
        assert_eq!(
            place
                .report(&format!("{} --rule all --ledger {ledger}", more.display()))
                .0
                .code,
            0
        );
        ledgers.push(place.path(&format!("part-{number}")));
    }
    let merged = |out: &str, ledgers: &[PathBuf]| -> BTreeMap<PathBuf, Vec<u8>> {
        let out = place.path(out);
        let mut arguments = vec![PathBuf::from("ledger"), PathBuf::from("merge")];
        arguments.extend(ledgers.iter().cloned());
        arguments.extend([PathBuf::from("--out"), out.clone()]);
        let run = backtrail(&arguments);
        assert_eq!(run.code, 0, "{}", run.stderr);
        let files = walkdir::WalkDir::new(&out).into_iter().map(Result::unwrap);
        let files = files.filter(|entry| entry.file_type().is_file());
        files
            .map(|entry| {
                let name = entry.path().strip_prefix(&out).unwrap().to_owned();
                (name, fs::read(entry.path()).unwrap())
            })
            .collect()
    };
    let forth = merged("forth", &ledgers);
    ledgers.reverse();
    assert!(merged("back", &ledgers) == forth);
    let of_merged = [place.path("forth"), place.path("back")];
    assert!(
        merged("again", &of_merged) == forth,
        "a merge of merges is the same"
    );
    let all: Vec<String> = accounts
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    let (_, plain) = place.report(&format!("{} --rule all", all.join(" ")));
    let (_, alone) = place.report("--ledger {}/forth");
    assert!(alone == plain);
    let out = place.path("forth");
    let run = backtrail([
        "ledger",
        "merge",
        ledgers[0].to_str().unwrap(),
        "--out",
        out.to_str().unwrap(),
    ]);
    assert!(
        run.code == 2 && run.stderr.contains("holds something already"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_damaged_part_is_reported_and_read_again() {
    for damage in ["flip", "cut", "lose", "rows"] {
        let place = Place::with_sample();
        let options = "{}/archive --ledger {}/ledger";
        let (_, plain) = place.report(options);
        let parts = fs::read_dir(place.path("ledger/parts")).unwrap();
        let mut files = parts.map(|part| part.unwrap().path().join("attempts.parquet"));
        let file = files.find(|file| file.exists()).unwrap();
        let facts = file.with_file_name("part.json");
        let mut bytes = fs::read(&file).unwrap();
        match damage {
            "flip" => {
                let middle = bytes.len() / 2;
                bytes[middle] ^= 1;
                fs::write(&file, bytes).unwrap();
            }
            "cut" => fs::write(&file, &bytes[..100]).unwrap(),
            "lose" => fs::remove_file(&file).unwrap(),
            _ => {
                let mut changed: Value =
                    serde_json::from_slice(&fs::read(&facts).unwrap()).unwrap();
                changed["tables"]["attempts"]["rows"] = 1000.into();
                fs::write(&facts, changed.to_string()).unwrap();
            }
        }
        let check = backtrail(["ledger", "check", place.path("ledger").to_str().unwrap()]);
        assert!(
            check.code == 3 && check.stdout.contains("not sound"),
            "{damage}: {}",
            check.stdout
        );
        let refusal = place.refusal("--ledger {}/ledger");
        assert!(refusal.contains("is damaged"), "{refusal}");
        let (run, report) = place.report(options);
        assert!(
            run.stderr.contains("its objects are read again"),
            "{damage}: {}",
            run.stderr
        );
        assert!(report == plain, "{damage}");
        let (run, report) = place.report(options);
        assert!(run.stderr.contains("53 of 53"), "{damage}: {}", run.stderr);
        assert!(report == plain, "{damage}");
    }
}

/// Puts a link to itself in the place of a file, which not even root can open then. Returns the
/// bytes.
#[cfg(unix)]
pub fn make_unreadable(file: &Path) -> Vec<u8> {
    let bytes = fs::read(file).unwrap();
    fs::remove_file(file).unwrap();
    std::os::unix::fs::symlink(file, file).unwrap();
    bytes
}

#[test]
#[cfg(unix)]
fn what_cannot_be_read_for_the_moment_is_not_set_aside() {
    let place = Place::with_sample();
    let options = "{}/archive --ledger {}/ledger";
    let (_, plain) = place.report(options);
    let first = |folder: &Path| {
        fs::read_dir(folder)
            .unwrap()
            .next()
            .unwrap()
            .unwrap()
            .path()
    };
    let part = first(&place.path("ledger/parts"));
    let listing = first(&place.path("ledger/listings"));
    for file in [
        part.join("part.json"),
        part.join("objects.parquet"),
        listing,
    ] {
        let bytes = make_unreadable(&file);
        for audit in [options, "--ledger {}/ledger"] {
            let refusal = place.refusal(audit);
            let name = file.file_name().unwrap().to_str().unwrap();
            assert!(
                refusal.contains(name) && refusal.contains("Try again"),
                "{refusal}"
            );
        }
        let check = backtrail(["ledger", "check", place.path("ledger").to_str().unwrap()]);
        assert_eq!(check.code, 2, "{}{}", check.stdout, check.stderr);
        assert!(!place.path("ledger/damaged").exists());
        fs::remove_file(&file).unwrap();
        fs::write(&file, bytes).unwrap();
    }
    let (run, report) = place.report(options);
    assert!(run.stderr.contains("53 of 53"), "{}", run.stderr);
    assert!(report == plain);
}

#[test]
fn a_changed_plan_is_not_believed() {
    let place = Place::with_sample();
    assert_eq!(place.report("{}/archive --ledger {}/ledger").0.code, 0);
    let plan = place.path("ledger/plan.json");
    let text = fs::read_to_string(&plan).unwrap();
    for (changed, words) in [
        (
            text.replace("marked for deletion", "was deleted"),
            "it was changed",
        ),
        (text.replace("\"format\": 3", "\"format\": 9"), "format 9"),
        (text.replace("backtrail", "another"), "not of backtrail"),
        ("{".to_owned(), "cannot read"),
    ] {
        fs::write(&plan, changed).unwrap();
        let refusal = place.refusal("{}/archive --ledger {}/ledger");
        assert!(refusal.contains(words), "{refusal}");
    }
    let (run, _) = place.report("{}/archive --ledger {}/ledger --rescan");
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
}

/// The folder holds a small archive, and a ledger of it in format 1 as an earlier program wrote it:
/// matches in and before the range, with and without a sample, a step of a lifecycle, problems,
/// accounts and regions that only records name, default values and an ambiguous pattern.
#[test]
fn a_ledger_of_an_earlier_program_is_read() {
    let place = Place::new();
    let folder = "tests/fixtures/ledger-1";
    let ledger = format!("{folder}/ledger");
    let merged = place.path("merged");
    let merge = backtrail([
        "ledger",
        "merge",
        &ledger,
        "--out",
        merged.to_str().unwrap(),
    ]);
    assert_eq!(merge.code, 0, "{}", merge.stderr);
    for ledger in [&ledger, merged.to_str().unwrap()] {
        let check = backtrail(["ledger", "check", ledger]);
        assert_eq!(check.code, 0, "{}", check.stdout);
        for rules in [
            format!("--rule secrets --job {folder}/filters.json"),
            format!("--job {folder}/filters.json"),
            "--rule secrets".to_owned(),
        ] {
            let options = format!("{rules} --from 2026-03-04T09:00:00Z");
            let (plain_run, plain) = place.report(&format!("{folder}/archive {options}"));
            let (run, alone) = place.report(&format!("--ledger {ledger} {options}"));
            assert_eq!(plain_run.code, run.code, "{ledger} {options}");
            assert!(
                without_details(alone) == without_details(plain),
                "{ledger} {options}: {}",
                run.stderr
            );
        }
    }
}

/// Returns the content of each object that a ledger holds, as it was listed.
fn identities(ledger: &Path) -> Vec<Identity> {
    let contents = LedgerContents::read(&Ledger::open(ledger).unwrap()).unwrap();
    let mut identities = Vec::new();
    let mut take = |readings: &[Reading]| {
        identities.extend(readings.iter().map(|reading| reading.identity.clone()));
    };
    contents.select(None, &mut take).unwrap();
    identities
}

/// The fixture holds an object with each kind of tag, and all ETags as text.
#[test]
fn etags_of_a_ledger_of_format_2_are_read_and_written_in_format_3() {
    let place = Place::new();
    let old = Path::new("tests/fixtures/ledger-2");
    let merged = place.path("merged");
    let ledger = Ledger::open(old).unwrap();
    backtrail::internals::ledger::merge(&[ledger.clone(), ledger], &merged).unwrap();
    for ledger in [old, &merged] {
        let check = backtrail(["ledger", "check", ledger.to_str().unwrap()]);
        assert_eq!(check.code, 0, "{}", check.stdout);
        let identities = identities(ledger);
        let etags = identities.iter().map(|identity| identity.etag.as_deref());
        let expected = [
            Some("\"0cc175b9c0f1b6a831c399e269772661\""),
            Some("\"0cc175b9c0f1b6a831c399e269772661-2\""),
            None,
            None,
        ];
        assert_eq!(etags.collect::<Vec<_>>(), expected);
        let is_modified = identities.iter().map(|found| found.modified_at.is_some());
        assert_eq!(is_modified.collect::<Vec<_>>(), [false, false, true, false]);
    }
    let manifests = fs::read_dir(merged.join("parts")).unwrap();
    for part in manifests.map(Result::unwrap) {
        let text = fs::read(part.path().join("part.json")).unwrap();
        let manifest: Value = serde_json::from_slice(&text).unwrap();
        assert_eq!(manifest["format"], 3);
    }
}

/// The details of problems, which are words for a person, are those of the program that scanned. An
/// earlier one kept no hashes of objects. The page has both.
fn without_details(mut report: Report) -> (Report, Vec<Value>, Vec<Value>) {
    let mut problems = table(&report, "problems.json");
    for problem in &mut problems {
        problem["detail"].take();
    }
    let mut attempts = table(&report, "attempts.json");
    for attempt in &mut attempts {
        attempt["source_sha256"].take();
    }
    let others = [
        "attempts.",
        "evidence.",
        "problems.",
        "report.",
        "sources.",
        "summary.",
    ];
    report.retain(|name, _| {
        let name = name.to_string_lossy();
        !others.iter().any(|other| name.starts_with(other))
    });
    (report, attempts, problems)
}

#[test]
fn one_scan_at_a_time_writes() {
    let place = Place::new();
    let rules = RULES.iter().take(1).map(BuiltInRule::job).collect();
    let plan = Plan::new(rules, Selection::default()).unwrap();
    let scope = Scope::from_plan(&plan, &Limits::default()).unwrap();
    let path = place.path("ledger");
    let first = Ledger::claim(&path, &scope).unwrap();
    assert!(matches!(
        Ledger::claim(&path, &scope),
        Err(LedgerError::Busy(_))
    ));
    drop(first);
    assert!(Ledger::claim(&path, &scope).is_ok());
}

#[test]
fn a_back_test_needs_only_the_ledger() {
    let place = Place::with_sample();
    assert_eq!(
        place
            .report("{}/archive --rule all --ledger {}/ledger")
            .0
            .code,
        0
    );
    let backtest = |source: &str, options: &str| {
        let words = format!("backtest {source} --rule secrets --json {options}");
        let run = backtrail(
            words
                .replace("{}", &place.folder.path().to_string_lossy())
                .split_whitespace(),
        );
        assert_eq!(run.code, 0, "{}", run.stderr);
        run.stdout
    };
    for options in [
        "--threshold 1..30 --period 60,300 --clock event,delivery",
        "--from 2026-03-03T10:00:00Z --to 2026-03-03T20:00:00Z --datapoints 1/1,2/3",
    ] {
        assert_eq!(
            backtest("--ledger {}/ledger", options),
            backtest("{}/archive", options),
            "{options}"
        );
    }
}

#[test]
fn the_ledger_is_not_read_as_part_of_the_archive() {
    let place = Place::with_sample();
    for _ in 0..2 {
        let (run, _) = place.report("{}/archive --ledger {}/archive/ledger");
        assert_eq!(run.json()["objects"]["listed"], 53);
    }
}

#[test]
fn rescan_removes_nothing_but_ledgers() {
    let place = Place::with_sample();
    for (plan, other) in [("{\"terraform\":1}", "main.tf"), ("cut", "notes.txt")] {
        let folder = place.path(other.split('.').next().unwrap());
        fs::create_dir_all(folder.join("parts/mine")).unwrap();
        fs::write(folder.join("plan.json"), plan).unwrap();
        fs::write(folder.join(other), "mine").unwrap();
        let refusal = place.refusal(&format!(
            "{{}}/archive --rescan --ledger {}",
            folder.display()
        ));
        assert!(refusal.contains("neither empty nor a ledger"), "{refusal}");
        assert!(folder.join("parts/mine").exists() && folder.join("plan.json").exists());
    }
    // A plan of something else, beside nothing but what a ledger may hold.
    let folder = place.path("other");
    fs::create_dir_all(folder.join("parts/mine")).unwrap();
    for plan in [Some("{}"), None] {
        let file = folder.join("plan.json");
        plan.map_or_else(|| fs::remove_file(&file), |plan| fs::write(&file, plan))
            .unwrap();
        let refusal = place.refusal(&format!(
            "{{}}/archive --rescan --ledger {}",
            folder.display()
        ));
        assert!(refusal.contains("neither empty nor a ledger"), "{refusal}");
        assert!(folder.join("parts/mine").exists());
    }
    // What a scan leaves that is killed in its first moment, and a plan that was cut by a power
    // failure.
    for (name, text) in [("plan.writing", "{"), ("plan.json", "{\"gener")] {
        let folder = place.path(name.split('.').nth(1).unwrap());
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join(name), text).unwrap();
        fs::write(folder.join("lock"), "").unwrap();
        let (run, _) = place.report(&format!(
            "{{}}/archive --rescan --ledger {}",
            folder.display()
        ));
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{name}");
    }
    // Nothing is begun, and nothing cleared, where there is nothing to read.
    fs::create_dir(place.path("empty")).unwrap();
    let ledger = place.path("writing").display().to_string();
    place.refusal(&format!("{{}}/empty --rescan --ledger {ledger}"));
    let (run, _) = place.report(&format!("{{}}/archive --ledger {ledger}"));
    assert!(run.stderr.contains("53 of 53"), "{}", run.stderr);
}

#[test]
fn what_is_listed_otherwise_is_read_again() {
    let place = Place::new();
    let folder = place.path("files");
    fs::create_dir(&folder).unwrap();
    fs::write(
        folder.join("a.json"),
        r#"{"eventTime":"2026-03-04T09:00:00Z","eventSource":"s","eventName":"n"}"#,
    )
    .unwrap();
    fs::write(folder.join("notes.txt"), "hello").unwrap();
    // A file that was named is a problem where it holds no records; one that was found is not.
    for paths in ["{}/files", "{}/files/notes.txt {}/files/a.json", "{}/files"] {
        let (run, report) = place.report(&format!("{paths} --ledger {{}}/ledger"));
        let (plain, expected) = place.report(paths);
        assert_eq!(run.code, plain.code, "{paths}: {}", run.stderr);
        assert!(report == expected, "{paths}");
    }
}

/// A backup restores the time of a file, too.
#[test]
fn a_file_that_is_as_it_was_before_is_read_again() {
    let place = Place::with_sample();
    let scan = "{}/archive --ledger {}/ledger";
    let (_, expected) = place.report(scan);
    let attempts = table(&expected, "attempts.json");
    let key = attempts[0]["object_key"].as_str().unwrap();
    let path = PathBuf::from(key);
    let bytes = fs::read(&path).unwrap();
    let modified = fs::metadata(&path).unwrap().modified().unwrap();
    let alone = || place.report("--ledger {}/ledger").1;
    fs::write(&path, r#"{"Records":[]}"#).unwrap();
    let (_, replaced) = place.report(scan);
    assert!(replaced != expected && alone() == replaced);
    fs::write(&path, bytes).unwrap();
    let file = fs::File::options().write(true).open(&path).unwrap();
    file.set_modified(modified).unwrap();
    let (_, restored) = place.report(scan);
    assert!(restored == expected);
    assert!(alone() == expected);
    let (run, _) = place.report(scan);
    // All but the digest that may list what was replaced.
    let known = "52 of 53 objects are in the ledger";
    assert!(run.stderr.contains(known), "{}", run.stderr);
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_are_not_utf8_are_keys_of_their_own() {
    use std::os::unix::ffi::OsStrExt;
    let place = Place::new();
    fs::create_dir(place.path("names")).unwrap();
    for (name, id) in [(b"a\xff.json", "1"), (b"a\xfe.json", "2")] {
        let record = serde_json::json!({
            "eventTime": "2026-03-04T09:00:00Z", "eventSource": "s", "eventName": "n",
            "eventID": id,
        });
        fs::write(
            place.path("names").join(std::ffi::OsStr::from_bytes(name)),
            record.to_string(),
        )
        .unwrap();
    }
    let names = place.path("names").display().to_string();
    fs::write(
        place.path("filters.json"),
        r#"{"metricFilters":[{"filterName":"n","filterPattern":"{ $.eventName = n }",
        "metricTransformations":[{"metricName":"N","metricNamespace":"M","metricValue":"1"}]}]}"#,
    )
    .unwrap();
    let job = format!("--job {}", place.path("filters.json").display());
    place.check(&names, &job);
    let (run, _) = place.report(&format!("{names} {job}"));
    assert_eq!(
        (&run.json()["objects"]["read"], &run.json()["attempts"]),
        (&2.into(), &2.into())
    );
}

#[test]
fn an_archive_with_an_empty_file_keeps_its_accounts() {
    let place = Place::new();
    fs::create_dir(place.path("zips")).unwrap();
    let mut archive = zip::ZipWriter::new(fs::File::create(place.path("zips/a.zip")).unwrap());
    let record = r#"{"eventTime":"2026-03-04T09:00:00Z","eventSource":"s","eventName":"n",
        "awsRegion":"us-east-1","recipientAccountId":"111122223333"}"#;
    for (name, text) in [
        (
            "111122223333_CloudTrail_us-east-1_20260304T0905Z_x.json",
            r#"{"Records":[]}"#,
        ),
        ("other.json", record),
    ] {
        archive
            .start_file(name, zip::write::SimpleFileOptions::default())
            .unwrap();
        std::io::Write::write_all(&mut archive, text.as_bytes()).unwrap();
    }
    archive.finish().unwrap();
    let zips = place.path("zips").display().to_string();
    place.check(&zips, "--rule all");
    assert_eq!(
        place.report(&zips).0.json()["accounts"],
        serde_json::json!(["111122223333"])
    );
}

#[test]
fn a_problem_of_a_rule_goes_with_the_rule() {
    let place = Place::new();
    fs::create_dir(place.path("files")).unwrap();
    let record = r#"{"eventSource":"secretsmanager.amazonaws.com","eventName":"GetSecretValue",
        "errorMessage":"the secret because it was marked for deletion."}"#;
    fs::write(
        place.path("files/a.json"),
        format!(r#"{{"Records":[{record}]}}"#),
    )
    .unwrap();
    let (run, _) = place.report("{}/files --rule all --ledger {}/ledger");
    assert_eq!(
        (run.code, &run.json()["objects"]["failed_in_part"]),
        (3, &1.into())
    );
    let (_, alone) = place.report("--rule kms --ledger {}/ledger");
    let (_, plain) = place.report("{}/files --rule kms");
    let (alone, plain) = (table(&alone, "objects.json"), table(&plain, "objects.json"));
    assert_eq!(alone, plain);
}

#[test]
fn a_failed_reading_never_counts_before_one_that_succeeded() {
    let place = Place::new();
    let rules = RULES.iter().take(1).map(BuiltInRule::job).collect();
    let plan = Plan::new(rules, Selection::default()).unwrap();
    let scope = Scope::from_plan(&plan, &Limits::default()).unwrap();
    let keep = |name: &str, second: i64, problem: Option<ProblemKind>| {
        let claimed = Ledger::claim(&place.path(name), &scope).unwrap();
        let read_at = jiff::Timestamp::from_second(second).unwrap();
        let run = ScanRun {
            sources: vec!["f".to_owned()],
            read_at,
            objects: 1,
            problems: Vec::new(),
        };
        let writer = Writer::new(&claimed, &plan, run).unwrap();
        let object = ObjectOutcome {
            object: "f".into(),
            key: ObjectKey::default(),
            status: if problem.is_some() {
                ObjectStatus::Unreadable
            } else {
                ObjectStatus::Read
            },
            stored_bytes: 7,
            content_bytes: 7,
            records: Default::default(),
            time_span: Default::default(),
        };
        let origin = Origin {
            object: "f".into(),
            record: None,
            byte: None,
        };
        let problems = problem.map(|kind| Problem {
            origin,
            kind,
            detail: "no".to_owned(),
        });
        let findings = Findings {
            objects: vec![object],
            problems: problems.into_iter().collect(),
            ..Findings::default()
        };
        let tag = Some(ContentTag::ETag("e"));
        let listed = ListedObject {
            key: "f",
            tag,
            stored_bytes: Some(7),
            named: false,
        };
        assert!(writer.keep(listed, findings).is_continue());
        writer.finish().unwrap();
    };
    keep("good", 1, None);
    keep("bad", 2, Some(ProblemKind::AccessDenied));
    let opened = |name: &str| Ledger::open(&place.path(name)).unwrap();
    for names in [["good", "bad"], ["bad", "good"]] {
        let merged = place.path(&names.concat());
        backtrail::internals::ledger::merge(&names.map(opened), &merged).unwrap();
        let info = backtrail::internals::ledger::info(&Ledger::open(&merged).unwrap()).unwrap();
        assert_eq!((info.problems, info.to_read_again), (0, 0), "{names:?}");
    }
}

#[test]
fn ledgers_and_reports_stay_apart_and_a_ledger_in_an_archive_does_no_harm() {
    let place = Place::with_sample();
    for arguments in [
        "--ledger {}/x --out {}/x",
        "--ledger {}/y --out {}/y/report",
        "--ledger {}/z/l --out {}/z",
    ] {
        let arguments = arguments.replace("{}", &place.folder.path().to_string_lossy());
        let run = audit(&arguments, &[&place.path("archive")]);
        assert!(
            run.code == 2 && run.stderr.contains("must be in separate folders"),
            "{}",
            run.stderr
        );
        assert!(!["x", "y", "z"].iter().any(|name| place.path(name).exists()));
    }
    assert_eq!(
        place.report("{}/archive --ledger {}/archive/ledger").0.code,
        0
    );
    let (run, _) = place.report("{}/archive");
    assert_eq!((run.code, &run.json()["attempts"]), (0, &42.into()));
    fs::create_dir_all(place.path("none/parts")).unwrap();
    fs::copy(
        place.path("archive/ledger/plan.json"),
        place.path("none/plan.json"),
    )
    .unwrap();
    let refusal = place.refusal("--ledger {}/none");
    assert!(refusal.contains("/none`"), "{refusal}");
}

/// A program that is killed when it goes out of scope.
struct Victim(Child);

impl Drop for Victim {
    fn drop(&mut self) {
        // SIGKILL; a process that has ended cannot be killed any more.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_scan_that_is_killed_at_any_moment_goes_on() {
    let place = Place::new();
    for number in 0..40 {
        copy(sample(), &place.path(&format!("archive/{number:02}")));
    }
    let (_, clean) = place.report("{}/archive --rule all");
    let parts = || fs::read_dir(place.path("ledger/parts")).map_or(0, Iterator::count);
    let mut seed = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .subsec_nanos();
    let (mut delays, mut running) = (Vec::new(), 0);
    for _ in 0..10 {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let delay = Duration::from_millis(u64::from(seed >> 16) % 600);
        let mut victim = Victim(
            crate::program::command()
                .arg("audit")
                .arg(place.path("archive"))
                .args(["--quiet", "--rule", "all", "--ledger"])
                .arg(place.path("ledger"))
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap(),
        );
        std::thread::sleep(delay);
        running += u32::from(victim.0.try_wait().unwrap().is_none());
        drop(victim);
        delays.push((delay, parts()));
    }
    assert!(running > 0, "no scan was killed: {delays:?}");
    let (run, report) = place.report("{}/archive --rule all --ledger {}/ledger");
    assert_eq!(run.code, 0, "{delays:?}: {}", run.stderr);
    assert!(report == clean, "{delays:?}");
    let (_, alone) = place.report("--rule all --ledger {}/ledger");
    assert!(alone == clean, "{delays:?}");
    let check = backtrail(["ledger", "check", place.path("ledger").to_str().unwrap()]);
    assert_eq!(check.code, 0, "{delays:?}: {}", check.stdout);
    let left = walkdir::WalkDir::new(place.path("ledger"))
        .into_iter()
        .map(Result::unwrap);
    let mut unfinished =
        left.filter(|entry| entry.file_name().to_string_lossy().contains("writing"));
    assert!(unfinished.next().is_none(), "{delays:?}");
}

#[test]
fn a_ledger_says_what_it_lacks() {
    let place = Place::with_sample();
    let scan = "{}/archive --ledger {}/ledger";
    assert_eq!(place.report(scan).0.code, 0);
    // A second scan, so that there is a second part.
    fs::write(place.path("archive/one.json"), r#"{"Records":[]}"#).unwrap();
    assert_eq!(place.report(scan).0.code, 0);
    let merged = |name: &str| {
        let [ledger, out] = ["ledger", name].map(|name| place.path(name).display().to_string());
        assert_eq!(
            backtrail(["ledger", "merge", &ledger, "--out", &out]).code,
            0
        );
    };
    merged("whole");
    let lack = |ledger: &str| {
        let (run, report) = place.report(&format!("--ledger {{}}/{ledger}"));
        let path = place.path(ledger).display().to_string();
        let check = backtrail(["ledger", "check", &path]);
        let info = backtrail(["ledger", "info", "--json", &path]).json();
        let is_lacking = run.code == 3;
        assert_eq!(
            (check.code == 3, info["unfinished"] != json!([])),
            (is_lacking, is_lacking)
        );
        let problems = table(&report, "problems.json");
        problems
            .first()
            .map(|problem| problem["detail"].to_string())
    };
    assert_eq!((lack("ledger"), lack("whole")), (None, None));
    fs::remove_dir_all(place.path("whole/listings")).unwrap();
    let detail = lack("whole").unwrap();
    assert!(detail.contains("of its parts is missing"), "{detail}");
    let parts = fs::read_dir(place.path("ledger/parts")).unwrap();
    let mut parts: Vec<PathBuf> = parts.map(|part| part.unwrap().path()).collect();
    parts.sort();
    fs::rename(&parts[0], place.path("part")).unwrap();
    let detail = lack("ledger").unwrap();
    assert!(detail.contains("lacks 1 of the parts"), "{detail}");
    merged("less");
    let detail = lack("less").unwrap();
    assert!(detail.contains("was not finished"), "{detail}");
    // What is scanned again is whole again.
    assert_eq!(place.report(scan).0.code, 0);
    assert_eq!(lack("ledger"), None);
    // A scan that is stopped has written that it began, and nothing else.
    fs::write(place.path("archive/new.json"), r#"{"Records":[]}"#).unwrap();
    let scope = Ledger::open(&place.path("ledger")).unwrap().scope().clone();
    let claimed = Ledger::claim(&place.path("ledger"), &scope).unwrap();
    let run = ScanRun {
        sources: vec![place.path("archive").display().to_string()],
        read_at: jiff::Timestamp::now(),
        objects: 55,
        problems: Vec::new(),
    };
    drop(Writer::new(&claimed, &scope.scan_plan().unwrap(), run).unwrap());
    drop(claimed);
    let detail = lack("ledger").unwrap();
    assert!(detail.contains("any of its 55 objects"), "{detail}");
    assert_eq!(place.report(scan).0.code, 0);
    assert_eq!(lack("ledger"), None);
}

#[test]
fn what_could_not_be_listed_is_in_every_report_until_it_was() {
    let place = Place::with_sample();
    assert_eq!(place.report("{}/archive --ledger {}/ledger").0.code, 0);
    let rules = RULES.iter().filter(|rule| rule.name == "secrets");
    let plan = Plan::new(rules.map(BuiltInRule::job).collect(), Selection::default()).unwrap();
    let scope = Scope::from_plan(&plan, &Limits::default()).unwrap();
    // A scan of a bucket, of which one account denied its listing.
    let list = |name: &str, second: i64, problems: Vec<Problem>| {
        let claimed = Ledger::claim(&place.path(name), &scope).unwrap();
        let run = ScanRun {
            sources: vec!["s3://trail/".to_owned()],
            read_at: jiff::Timestamp::from_second(second).unwrap(),
            objects: 1,
            problems,
        };
        Writer::new(&claimed, &plan, run).unwrap().finish().unwrap();
    };
    let denied = Problem {
        origin: Origin {
            object: "s3://trail/AWSLogs/444455556666/".into(),
            record: None,
            byte: None,
        },
        kind: ProblemKind::AccessDenied,
        detail: "AccessDenied".to_owned(),
    };
    list("ledger", 1, vec![denied.clone()]);
    let problems = |ledger: &str| {
        let (run, report) = place.report(&format!("--ledger {{}}/{ledger}"));
        (run.code, table(&report, "problems.json"))
    };
    let (code, found) = problems("ledger");
    assert_eq!((code, found.len()), (3, 1));
    assert_eq!(found[0]["object_key"], *denied.origin.object);
    // A scan of other paths says nothing about these, and a merge keeps what it knows.
    assert_eq!(place.report("{}/archive --ledger {}/ledger").0.code, 0);
    list("other", 1, Vec::new());
    let merge = |ledgers: [&str; 2], out: &str| {
        let [one, two] = ledgers.map(|name| place.path(name).display().to_string());
        let out = place.path(out).display().to_string();
        let run = backtrail(["ledger", "merge", &one, &two, "--out", &out]);
        assert_eq!(run.code, 0, "{}", run.stderr);
    };
    merge(["ledger", "other"], "merged");
    assert_eq!(problems("merged"), (3, found));
    // Once the listing succeeds, nothing is missing any more: here, and in a merge with what is
    // older.
    list("other", 2, Vec::new());
    merge(["merged", "other"], "again");
    assert_eq!(problems("again"), (0, vec![]));
    list("ledger", 2, Vec::new());
    assert_eq!(problems("ledger"), (0, vec![]));
}

#[test]
fn a_damaged_listing_is_reported_and_set_aside_by_the_next_scan() {
    let place = Place::with_sample();
    let scan = "{}/archive --ledger {}/ledger";
    assert_eq!(place.report(scan).0.code, 0);
    let listing = || {
        let mut files = fs::read_dir(place.path("ledger/listings")).unwrap();
        files.next().unwrap().unwrap().path()
    };
    // As a power failure may leave it.
    fs::write(listing(), "").unwrap();
    let refusal = place.refusal("--ledger {}/ledger");
    assert!(refusal.contains("listing-"), "{refusal}");
    let (run, _) = place.report(scan);
    assert!(
        run.code == 0 && run.stderr.contains("listing-"),
        "{}",
        run.stderr
    );
    assert_eq!(place.report("--ledger {}/ledger").0.code, 0);
    assert_eq!(
        fs::read_dir(place.path("ledger/damaged")).unwrap().count(),
        1
    );
}
