//! Plans, and the shards of them: whoever scans them, the merged ledger has the report of one
//! process.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::program::{Colours, Run, audit, backtrail, report_files, run, sample};

/// The files of a report.
type Report = BTreeMap<PathBuf, Vec<u8>>;

/// A folder with plans, parts and ledgers.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The words of a command line, with `{}` replaced by the folder.
    fn words(&self, line: &str) -> Vec<String> {
        let line = line.replace("{}", &self.folder.path().to_string_lossy());
        line.split_whitespace().map(str::to_owned).collect()
    }

    fn run(&self, line: &str) -> Run {
        backtrail(self.words(line))
    }

    /// Runs a command that succeeds.
    fn good(&self, line: &str) -> Run {
        let run = self.run(line);
        assert_eq!(run.code, 0, "{line}: {}{}", run.stdout, run.stderr);
        run
    }

    /// Plans the sample archive in shards of nine objects.
    fn plan(&self, options: &str) -> usize {
        let line = format!("plan samples/archive --shard-objects 9 --out {{}}/plan {options}");
        let run = self.good(&line);
        run.json()["shards"].as_u64().unwrap() as usize
    }

    /// Scans all shards, and returns what is printed.
    fn scan_all(&self, options: &str) -> Vec<Value> {
        lines(&self.good(&format!("scan --plan {{}}/plan --shard 0 --of 1 {options}")))
    }

    fn merge(&self, options: &str) -> Run {
        self.run(&format!(
            "merge --plan {{}}/plan --parts {{}}/parts {options}"
        ))
    }

    fn report(&self, arguments: &str) -> (i32, Report) {
        let out = tempfile::tempdir().unwrap();
        let arguments = self.words(arguments).join(" ");
        let line = format!("{arguments} --quiet --out {}", out.path().display());
        let run = audit(&line, &[]);
        let report = report_files(out.path());
        assert!(!report.is_empty(), "{arguments}: {}", run.stderr);
        (run.code, report)
    }
}

/// The JSON objects that a scan prints, one in each line.
fn lines(run: &Run) -> Vec<Value> {
    let lines = run.stdout.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// All files below a folder, with their bytes.
pub fn all_files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in walkdir::WalkDir::new(folder)
        .into_iter()
        .map(Result::unwrap)
    {
        if entry.file_type().is_file() {
            let name = entry.path().strip_prefix(folder).unwrap().to_owned();
            files.insert(name, fs::read(entry.path()).unwrap());
        }
    }
    files
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn a_merged_ledger_has_the_report_of_one_process() {
    for options in [
        "--rule all",
        "--rule all --from 2026-03-03T09:40:00Z --to 2026-03-04 --clock delivery",
        "--account 444455556666 --region eu-west-1 --rule cis",
    ] {
        let place = Place::new();
        let shards = place.plan(options);
        assert!(shards >= 6, "{shards}");
        // In any order, some shards twice, by several tasks.
        for task in [
            "--shard 2 --of 3",
            "--shard 0",
            "--shard 1 --of 3",
            "--shard 0 --of 3",
        ] {
            place.good(&format!("scan --plan {{}}/plan {task} --out {{}}/parts"));
        }
        let run = place.merge("--out {}/ledger");
        assert_eq!((run.code, &*run.stdout), (0, ""), "{}", run.stderr);
        let (code, plain) = place.report(&format!("samples/archive {options}"));
        let (own_code, alone) = place.report(&format!("{options} --ledger {{}}/ledger"));
        assert!(alone == plain && own_code == code, "{options}");
        place.good("ledger check {}/ledger");
        // It is a ledger as any other: nothing is left to read.
        let line = format!("audit samples/archive {options} --quiet --ledger {{}}/ledger --json");
        let run = place.run(&line);
        assert_eq!(run.code, code);
        let (_, again) = place.report(&format!("{options} --ledger {{}}/ledger"));
        assert!(again == plain);
    }
}

#[test]
fn a_job_of_any_filters_is_scanned_by_its_plan_alone() {
    let place = Place::new();
    let filters = r#"{"metricFilters":[{"filterName":"reads",
        "filterPattern":"{ $.eventName = \"G*t*\" }","metricTransformations":[{"metricName":"Reads",
        "metricNamespace":"Audit","metricValue":"1","defaultValue":0}]},{"filterName":"names",
        "filterPattern":"{ $.eventName = \"*\" }","metricTransformations":[{"metricName":"Names",
        "metricNamespace":"Audit","metricValue":"2","dimensions":{"Name":"$.eventName"}}]}]}"#;
    fs::write(place.path("filters.json"), filters).unwrap();
    let options = "--job {}/filters.json --rule kms,reads,names --clock shift=5m";
    place.plan(options);
    fs::rename(place.path("filters.json"), place.path("gone")).unwrap();
    place.scan_all("--out {}/parts");
    fs::rename(place.path("gone"), place.path("filters.json")).unwrap();
    assert_eq!(place.merge("--out {}/ledger").code, 0);
    let (_, plain) = place.report(&format!("samples/archive {options}"));
    let (_, alone) = place.report(&format!("{options} --ledger {{}}/ledger"));
    assert!(alone == plain);
}

#[test]
fn parts_are_the_same_bytes_however_many_threads_and_however_often() {
    let place = Place::new();
    place.plan("--rule all");
    let one = place.scan_all("--out {}/one --threads 1");
    let eight = place.scan_all("--out {}/eight --threads 8");
    let hash = |lines: &[Value]| -> Vec<Value> {
        lines.iter().map(|line| line["sha256"].clone()).collect()
    };
    assert_eq!(hash(&one), hash(&eight));
    assert_eq!(
        all_files(&place.path("one")),
        all_files(&place.path("eight"))
    );
    let objects = |line: &Value| line["objects"].as_u64().unwrap();
    assert_eq!(one.iter().map(objects).sum::<u64>(), 53);
    // The same objects have the same identifiers in another plan, and in another place.
    let line = "plan samples/archive --shard-objects 9 --rule all --out {}/again";
    place.good(line);
    let id = |plan: &str| -> Vec<Value> {
        let text = fs::read_to_string(place.path(plan).join("shards.jsonl")).unwrap();
        let lines = text
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap());
        lines.map(|shard| shard["id"].clone()).collect()
    };
    assert_eq!(id("plan"), id("again"));
    // A part is found, and its line printed again.
    let again = place.scan_all("--out {}/one");
    for (first, second) in one.iter().zip(&again) {
        let mut expected = first.clone();
        assert_eq!(expected["found"], false);
        expected["found"] = json!(true);
        assert_eq!(&expected, second);
    }
}

#[test]
fn a_shard_is_scanned_from_any_folder_and_its_lines_come_from_anywhere() {
    let place = Place::new();
    let shards = place.plan("");
    // The paths of the plan are not absolute, and an executor has a folder of its own.
    let output = crate::program::command()
        .args(place.words("scan --plan {}/plan --shard auto --of 2 --out {}/parts"))
        .current_dir(place.folder.path())
        .env("JOB_COMPLETION_INDEX", "1")
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let line = "scan --plan {}/plan --shard - --out {}/parts";
    let text = fs::read_to_string(place.path("plan/shards.jsonl")).unwrap();
    let first: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    let input = format!("{}\n\n1\n2\n4\n", first["id"].as_str().unwrap());
    let run = run(place.words(line), Colours::Never, input.as_bytes());
    assert_eq!(run.code, 0, "{}", run.stderr);
    let found: Vec<Value> = lines(&run)
        .iter()
        .map(|line| line["found"].clone())
        .collect();
    assert_eq!(found, [false, true, false, false]);
    assert_eq!(names(&place.path("parts")).len(), shards);
    assert_eq!(place.merge("--out {}/ledger").code, 0);
}

#[test]
fn what_is_missing_or_damaged_is_listed_and_can_be_scanned_again() {
    let place = Place::new();
    place.plan("");
    let scanned = place.scan_all("--out {}/parts");
    let part = |shard: usize| PathBuf::from(scanned[shard]["part"].as_str().unwrap());
    let table = |shard: usize, name: &str| {
        let mut tables = walkdir::WalkDir::new(part(shard))
            .into_iter()
            .map(Result::unwrap);
        let own = tables.find(|entry| entry.file_name() == name);
        own.unwrap().into_path()
    };
    fs::remove_dir_all(part(0)).unwrap();
    let tampered = table(1, "objects.parquet");
    let mut bytes = fs::read(&tampered).unwrap();
    bytes[9] ^= 1;
    fs::write(&tampered, bytes).unwrap();
    let cut = table(2, "days.parquet");
    let bytes = fs::read(&cut).unwrap();
    fs::write(&cut, &bytes[..bytes.len() / 2]).unwrap();
    // Another shard's part under this name, and one without the file that comes last.
    fs::remove_dir_all(part(3)).unwrap();
    copy(&part(5), &part(3));
    fs::remove_file(part(4).join("shard.json")).unwrap();
    // Strangers do not matter.
    fs::create_dir(place.path("parts/shard-0")).unwrap();
    fs::write(place.path("parts/notes"), "").unwrap();
    let run = place.merge("--out {}/ledger");
    assert_eq!(run.code, 3, "{}", run.stderr);
    let unproven = run.json();
    let found: Vec<(u64, bool)> = unproven
        .as_array()
        .unwrap()
        .iter()
        .map(|part| {
            (
                part["shard"].as_u64().unwrap(),
                part["damaged"].as_bool().unwrap(),
            )
        })
        .collect();
    let expected = [(0, false), (1, true), (2, true), (3, true), (4, true)];
    assert_eq!(found, expected, "{unproven}");
    for (shard, words) in [
        (0, "there is no part"),
        (1, "another hash"),
        (2, "days.parquet has"),
        (3, "another shard"),
        (4, "shard.json"),
    ] {
        let detail = unproven[shard]["detail"].as_str().unwrap();
        assert!(detail.contains(words), "{detail}");
    }
    assert!(!place.path("ledger").exists());
    let again = place.scan_all("--out {}/parts");
    let found: Vec<bool> = again
        .iter()
        .map(|line| line["found"].as_bool().unwrap())
        .collect();
    assert_eq!(found, [false, false, false, false, false, true]);
    assert_eq!(place.merge("--out {}/ledger").code, 0);
}

#[test]
#[cfg(unix)]
fn a_part_that_cannot_be_read_for_the_moment_is_not_damaged() {
    let place = Place::new();
    place.plan("");
    place.scan_all("--out {}/parts");
    let part = place.path("parts").join(&names(&place.path("parts"))[0]);
    let inner = names(&part)
        .into_iter()
        .find(|name| name.starts_with("part-"));
    let inner = part.join(inner.unwrap());
    for file in [
        part.join("shard.json"),
        inner.join("part.json"),
        inner.join("objects.parquet"),
    ] {
        let bytes = crate::ledger::make_unreadable(&file);
        for run in [
            place.merge("--out {}/ledger"),
            place.run("scan --plan {}/plan --shard 0 --of 1 --out {}/parts"),
        ] {
            assert_eq!(run.code, 75, "{}{}", run.stdout, run.stderr);
            let name = file.file_name().unwrap().to_str().unwrap();
            assert!(run.stderr.contains(name), "{}", run.stderr);
        }
        assert!(file.is_symlink(), "it is not written again");
        fs::remove_file(&file).unwrap();
        fs::write(&file, bytes).unwrap();
    }
    let again = place.scan_all("--out {}/parts");
    assert!(again.iter().all(|line| line["found"] == true));
    assert_eq!(place.merge("--out {}/ledger").code, 0);
}

fn copy(from: &Path, to: &Path) {
    for entry in walkdir::WalkDir::new(from).into_iter().map(Result::unwrap) {
        let place = to.join(entry.path().strip_prefix(from).unwrap());
        match entry.file_type().is_dir() {
            true => fs::create_dir_all(place).unwrap(),
            false => _ = fs::copy(entry.path(), place).unwrap(),
        }
    }
}

#[test]
fn what_proves_nothing_is_refused() {
    let place = Place::new();
    place.plan("");
    for (line, words) in [
        (
            "scan --plan {}/none --shard 0 --out {}/parts",
            "it has no plan.json",
        ),
        (
            "scan --plan samples --shard 0 --out {}/parts",
            "it has no plan.json",
        ),
        (
            "scan --plan {}/plan --shard 6 --out {}/parts",
            "no shard `6`",
        ),
        (
            "scan --plan {}/plan --shard x --out {}/parts",
            "write the number of a shard",
        ),
        (
            "scan --plan {}/plan --shard auto --out {}/parts",
            "AWS_BATCH_JOB_ARRAY_INDEX",
        ),
        (
            "scan --plan {}/plan --shard - --of 2 --out {}/parts",
            "numbered tasks",
        ),
        (
            "scan --plan {}/plan --shard 2 --of 2 --out {}/parts",
            "no task 2 of 2",
        ),
        ("plan samples/archive --out {}/plan", "exists already"),
        ("plan - --out {}/other", "standard input"),
        (
            "plan samples/archive --shard-bytes 1GB --out {}/other",
            "`1GB` is not a size",
        ),
        ("plan samples/none --out {}/other", "cannot open"),
        (
            "merge --plan {}/plan --parts {}/parts --base {}/none --out {}/l",
            "leave out --base",
        ),
    ] {
        let run = place.run(line);
        assert_eq!(run.code, 2, "{line}: {}", run.stderr);
        assert!(run.stderr.contains(words), "{line}: {}", run.stderr);
    }
    assert!(!place.path("other").exists() && !place.path("l").exists());
    // A shard was planned for something else, or its objects were changed.
    let scan = "scan --plan {}/plan --shard 0 --out {}/parts";
    for (file, words) in [
        ("shards.jsonl", "was changed"),
        ("plan.json", "the fingerprint is not that of its content"),
    ] {
        let path = place.path("plan").join(file);
        let text = fs::read_to_string(&path).unwrap();
        let changed = text
            .replace("AWSLogs", "AWSLog")
            .replace("marked for", "unmarked for");
        assert_ne!(changed, text);
        fs::write(&path, changed).unwrap();
        let run = place.run(scan);
        assert!(
            run.code == 2 && run.stderr.contains(words),
            "{}",
            run.stderr
        );
        fs::write(&path, text).unwrap();
    }
    let keys = place.path("plan/keys");
    let files = names(&keys);
    fs::copy(keys.join(&files[0]), keys.join(&files[1])).unwrap();
    let shards = fs::read_to_string(place.path("plan/shards.jsonl")).unwrap();
    let changed = files[1].trim_end_matches(".parquet");
    let changed = shards.lines().position(|line| line.contains(changed));
    let codes = [0, 1, 2, 3, 4, 5].map(|shard| {
        place
            .run(&format!(
                "scan --plan {{}}/plan --shard {shard} --out {{}}/parts"
            ))
            .code
    });
    assert_eq!(codes[changed.unwrap()], 2, "{codes:?}");
    // The shard with the digest looks their log files up in the keys of other shards.
    let refused = codes.iter().filter(|code| **code == 2).count();
    assert!(refused <= 2 && codes.contains(&0), "{codes:?}");
}

#[test]
fn a_shard_of_digests_alone_is_a_part() {
    let place = Place::new();
    let digests = "samples/archive/AWSLogs/111122223333/CloudTrail-Digest";
    place.good(&format!("plan {digests} --out {{}}/plan"));
    let scanned = place.scan_all("--out {}/parts");
    assert_eq!(scanned.len(), 1);
    assert_eq!(
        (&scanned[0]["objects"], &scanned[0]["records"]),
        (&json!(1), &json!(0))
    );
    assert_eq!(place.merge("--out {}/ledger").code, 0);
}

/// Writes a digest that lists these log files.
fn write_digest(archive: &Path, log_files: &[&str]) {
    let prefix = "AWSLogs/111122223333/CloudTrail-Digest/us-east-1/2026/03/03";
    let name =
        "111122223333_CloudTrail-Digest_us-east-1_main-trail_us-east-1_20260303T130000Z.json.gz";
    let log_files: Vec<Value> = log_files
        .iter()
        .map(|key| json!({"s3Bucket": "b", "s3Object": key, "hashValue": "00".repeat(32), "hashAlgorithm": "SHA-256"}))
        .collect();
    let digest = json!({
        "digestStartTime": "2026-03-03T12:00:00Z",
        "digestEndTime": "2026-03-03T13:00:00Z",
        "digestS3Bucket": "b",
        "digestS3Object": format!("{prefix}/{name}"),
        "digestPublicKeyFingerprint": "f",
        "logFiles": log_files,
    });
    let folder = archive.join(prefix);
    fs::create_dir_all(&folder).unwrap();
    let file = File::create(folder.join(name)).unwrap();
    let mut encoder = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
    encoder.write_all(digest.to_string().as_bytes()).unwrap();
    encoder.finish().unwrap();
}

#[test]
fn a_digest_finds_what_it_lists_in_other_shards_and_in_the_ledger() {
    let place = Place::new();
    let archive = place.path("archive");
    copy(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join(sample()),
        &archive,
    );
    let first = "audit {}/archive --rule all --quiet --ledger {}/base";
    // What is planned with the ledger is new, so the digest lists what only the ledger has.
    let folder = "AWSLogs/111122223333/CloudTrail/us-east-1/2026/03/03";
    let there = format!(
        "{folder}/111122223333_CloudTrail_us-east-1_20260303T1235Z_l3RHxLg2sSxeTKQW.json.gz"
    );
    let new = format!(
        "{folder}/111122223333_CloudTrail_us-east-1_20260303T1240Z_2nPuLX4RRYfjDAPr.json.gz"
    );
    let gone = format!(
        "{folder}/111122223333_CloudTrail_us-east-1_20260303T1245Z_aaaaaaaaaaaaaaaa.json.gz"
    );
    let held = fs::read(archive.join(&new)).unwrap();
    fs::remove_file(archive.join(&new)).unwrap();
    place.good(first);
    fs::write(archive.join(&new), held).unwrap();
    write_digest(&archive, &[&there, &new, &gone]);

    // From nothing, in shards of which only one has the digest.
    place.good("plan {}/archive --rule all --shard-objects 2 --out {}/plan");
    let scanned = place.scan_all("--out {}/parts");
    assert!(scanned.len() > 20);
    assert_eq!(place.merge("--out {}/whole").code, 0);
    let (code, plain) = place.report("{}/archive --rule all");
    assert_eq!(code, 3, "one log file is missing");
    let (code, alone) = place.report("--rule all --ledger {}/whole");
    assert!(code == 3 && alone == plain);

    // Only what is new.
    let plan = "plan {}/archive --rule all --ledger {}/base --shard-objects 1 --out {}/new-plan";
    let planned = place.good(plan).json();
    assert_eq!(
        (&planned["shards"], &planned["known"]),
        (&json!(2), &json!(52))
    );
    place.good("scan --plan {}/new-plan --shard 0 --of 1 --out {}/new-parts");
    let merge = "merge --plan {}/new-plan --parts {}/new-parts --out {}/all";
    let refused = place.run(merge);
    assert!(
        refused.code == 2 && refused.stderr.contains("--base"),
        "{}",
        refused.stderr
    );
    let other = place.run(&format!("{merge} --base {{}}/whole"));
    assert!(
        other.code == 2 && other.stderr.contains("other parts"),
        "{}",
        other.stderr
    );
    place.good(&format!("{merge} --base {{}}/base"));
    let (code, alone) = place.report("--rule all --ledger {}/all");
    assert!(code == 3 && alone == plain);
    place.good("ledger check {}/all");
    // The next night, nothing is new, and the digest is read again, as an audit would.
    let line = "plan {}/archive --rule all --ledger {}/all --out {}/last-plan";
    assert_eq!(place.good(line).json()["objects"], 1);
}

/// Begins to scan all shards of a plan.
fn begin(place: &Place, line: &str) -> Child {
    crate::program::command()
        .args(place.words(line))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Scans all shards with several processes at the same time. Returns the hashes of the parts that
/// each of them prints.
fn race(place: &Place) -> Vec<Vec<Value>> {
    let line = "scan --plan {}/plan --shard 0 --of 1 --out {}/parts --threads 1";
    let racers: Vec<Child> = (0..4).map(|_| begin(place, line)).collect();
    let outputs = racers
        .into_iter()
        .map(|racer| racer.wait_with_output().unwrap());
    outputs
        .map(|output| {
            assert!(output.status.success(), "{output:?}");
            let text = String::from_utf8(output.stdout).unwrap();
            let lines = text
                .lines()
                .map(|line| serde_json::from_str::<Value>(line).unwrap());
            lines.map(|line| line["sha256"].clone()).collect()
        })
        .collect()
}

#[test]
fn processes_that_race_for_the_same_shards_write_the_same_parts() {
    let place = Place::new();
    let shards = place.plan("--rule all");
    let hashes = race(&place);
    let is_same = |own: &Vec<Value>| *own == hashes[0] && own.len() == shards;
    assert!(hashes.iter().all(is_same));
    // The same where they replace parts that are damaged.
    for part in names(&place.path("parts")) {
        fs::remove_file(place.path("parts").join(part).join("shard.json")).unwrap();
    }
    assert!(race(&place).iter().all(is_same));
    // Nothing but the parts is left.
    assert_eq!(names(&place.path("parts")).len(), shards);
    assert_eq!(place.merge("--out {}/ledger").code, 0);
    let (_, plain) = place.report("samples/archive --rule all");
    let (_, alone) = place.report("--rule all --ledger {}/ledger");
    assert!(alone == plain);
}

#[test]
fn what_failed_one_night_is_read_the_next() {
    let place = Place::new();
    copy(Path::new("samples/archive"), &place.path("archive"));
    let plan = |name: &str| {
        place.good(&format!(
            "plan {{}}/archive --shard-objects 1 --ledger {{}}/nightly --out {{}}/{name}"
        ))
    };
    let scan = |name: &str| {
        lines(&place.good(&format!(
            "scan --plan {{}}/{name} --shard 0 --of 1 --out {{}}/parts"
        )))
    };
    plan("first");
    let files = all_files(&place.path("archive"));
    let log_file = files
        .keys()
        .find(|name| name.to_string_lossy().contains("_CloudTrail_"));
    let log_file = place.path("archive").join(log_file.unwrap());
    fs::rename(&log_file, place.path("gone")).unwrap();
    let scanned = scan("first");
    let failed = |lines: &[Value]| -> u64 {
        let numbers = lines.iter().map(|line| line["objects_failed"].as_u64());
        numbers.map(Option::unwrap).sum()
    };
    assert_eq!(failed(&scanned), 1);
    place.good("merge --plan {}/first --parts {}/parts --base {}/nightly --out {}/one");
    fs::rename(place.path("one"), place.path("nightly")).unwrap();
    assert_eq!(place.report("--ledger {}/nightly").0, 3);
    // Back with the same time, so that it is the same content.
    fs::rename(place.path("gone"), &log_file).unwrap();
    assert_eq!(plan("second").json()["objects"], 1);
    let again = scan("second");
    assert_eq!((again.len(), failed(&again)), (1, 0));
    assert_eq!(again[0]["found"], false);
    place.good("merge --plan {}/second --parts {}/parts --base {}/nightly --out {}/two");
    for ledger in ["nightly", "two"] {
        place.good(&format!("ledger check {{}}/{ledger}"));
    }
    let (code, report) = place.report("--ledger {}/two");
    assert_eq!(code, 0);
    assert!(report == place.report("{}/archive").1);
}

#[test]
fn a_file_that_changed_after_it_was_planned_is_a_problem() {
    let place = Place::new();
    copy(Path::new("samples/archive"), &place.path("archive"));
    place.good("plan {}/archive --out {}/plan");
    let files = all_files(&place.path("archive"));
    let mut log_files = files
        .keys()
        .filter(|name| name.to_string_lossy().contains("_CloudTrail_"))
        .map(|name| place.path("archive").join(name));
    let (touched, grown) = (log_files.next().unwrap(), log_files.next().unwrap());
    let later = fs::metadata(&touched).unwrap().modified().unwrap();
    let later = later + std::time::Duration::from_secs(1);
    let touch = File::options().append(true).open(&touched).unwrap();
    touch.set_modified(later).unwrap();
    let time = fs::metadata(&grown).unwrap().modified().unwrap();
    let mut grow = File::options().append(true).open(&grown).unwrap();
    grow.write_all(b"\n").unwrap();
    grow.set_modified(time).unwrap();
    let lines = place.scan_all("--out {}/parts");
    let failed = lines
        .iter()
        .map(|line| line["objects_failed"].as_u64().unwrap());
    assert_eq!(failed.sum::<u64>(), 2);
    assert_eq!(place.merge("--out {}/ledger").code, 0);
    let (code, report) = place.report("--ledger {}/ledger");
    assert_eq!(code, 3);
    let problems = String::from_utf8_lossy(&report[Path::new("problems.csv")]);
    for file in [touched, grown] {
        let name = file.file_name().unwrap().to_str().unwrap();
        let mut rows = problems.lines().filter(|row| row.contains(name));
        assert!(rows.any(|row| row.contains("replaced")), "{problems}");
    }
}

#[test]
fn the_name_of_a_part_is_not_taken_from_a_plan_that_was_changed() {
    let place = Place::new();
    place.plan("");
    let (shards, manifest) = (
        place.path("plan/shards.jsonl"),
        place.path("plan/plan.json"),
    );
    let text = fs::read_to_string(&shards).unwrap();
    let first: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    let changed = text.replace(first["id"].as_str().unwrap(), "x/../../elsewhere");
    let hash = |text: &str| hex::encode(Sha256::digest(text));
    let plan = fs::read_to_string(&manifest).unwrap();
    fs::write(&manifest, plan.replace(&hash(&text), &hash(&changed))).unwrap();
    fs::write(&shards, changed).unwrap();
    let run = place.run("scan --plan {}/plan --shard 0 --out {}/parts");
    assert_eq!(run.code, 2, "{}", run.stderr);
    assert!(run.stderr.contains("totals"), "{}", run.stderr);
    assert!(!place.path("parts").exists() && !place.path("elsewhere").exists());
}

/// The name of this machine as it is in the names of unfinished parts.
#[cfg(unix)]
fn machine() -> String {
    let name = std::process::Command::new("uname").arg("-n").output();
    let name = String::from_utf8(name.unwrap().stdout).unwrap();
    name.trim().replace('.', "%2E")
}

#[test]
#[cfg(unix)]
fn what_a_killed_scan_was_writing_is_removed_and_what_a_living_one_writes_is_not() {
    let place = Place::new();
    place.plan("");
    let parts = place.path("parts");
    fs::create_dir_all(&parts).unwrap();
    let unfinished = |machine: &str, name: &str| {
        let folder = parts.join(format!(".writing-{machine}_{name}"));
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("objects.parquet"), "PAR").unwrap();
        folder
    };
    let lock = |folder: &Path| File::create(folder.with_extension("lock")).unwrap();
    let own = machine();
    let without_lock = unfinished(&own, "a");
    let killed = unfinished(&own, "b");
    drop(lock(&killed));
    let living = unfinished(&own, "c");
    let held = lock(&living);
    held.lock().unwrap();
    // Whether it lives cannot be known here.
    let elsewhere = unfinished("another", "d");
    drop(lock(&elsewhere));
    place.scan_all("--out {}/parts");
    assert!(!without_lock.exists() && !killed.exists() && !killed.with_extension("lock").exists());
    for kept in [living, elsewhere] {
        assert!(kept.exists() && kept.with_extension("lock").exists());
    }
    assert_eq!(
        place.merge("--out {}/ledger").code,
        0,
        "what is unfinished is no part"
    );
}

#[test]
fn a_ledger_that_is_not_there_yet_is_one_that_knows_nothing() {
    let place = Place::new();
    let planned = place.plan("--ledger {}/nightly");
    assert_eq!(planned, 6);
    place.scan_all("--out {}/parts");
    assert_eq!(place.merge("--base {}/nightly --out {}/first").code, 0);
    assert_eq!(place.merge("--out {}/second").code, 0);
    let (_, plain) = place.report("samples/archive");
    for ledger in ["first", "second"] {
        assert!(place.report(&format!("--ledger {{}}/{ledger}")).1 == plain);
    }
    // Nothing is new.
    let line = "plan samples/archive --ledger {}/first --out {}/empty";
    let planned = place.good(line).json();
    assert_eq!(
        (&planned["shards"], &planned["known"]),
        (&json!(0), &json!(53))
    );
    place.good("scan --plan {}/empty --shard 0 --of 1 --out {}/none");
    place.good("merge --plan {}/empty --parts {}/none --base {}/first --out {}/third");
    assert!(place.report("--ledger {}/third").1 == plain);
}

#[test]
fn shards_are_bounded_by_objects_and_bytes() {
    let place = Place::new();
    place.good("plan samples/archive --shard-bytes 20KiB --out {}/plan");
    let text = fs::read_to_string(place.path("plan/shards.jsonl")).unwrap();
    let shards: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let number = |shard: &Value, name: &str| shard[name].as_u64().unwrap();
    assert!(shards.len() > 2);
    for (shard, next) in shards.iter().zip(&shards[1..]) {
        assert!(
            number(shard, "bytes") <= 20 << 10 || number(shard, "objects") == 1,
            "{shard}"
        );
        assert!(
            shard["last_key"].as_str() < next["first_key"].as_str(),
            "{shard}"
        );
    }
    let sum = |name: &str| -> u64 { shards.iter().map(|shard| number(shard, name)).sum() };
    let files = all_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join(sample()));
    let bytes: usize = files.values().map(Vec::len).sum();
    assert_eq!((sum("objects"), sum("bytes")), (53, bytes as u64));
}

#[test]
fn a_merge_names_one_part_that_is_missing_in_the_singular() {
    let place = Place::new();
    fs::create_dir(place.path("parts")).unwrap();
    for (objects, words) in [
        (
            1000,
            "the part of 1 shard is missing or damaged: scan this shard,",
        ),
        (
            30,
            "the parts of 2 shards are missing or damaged: scan these shards,",
        ),
    ] {
        place.good(&format!(
            "plan samples/archive --shard-objects {objects} --out {{}}/plan-{objects}"
        ));
        let run = place.run(&format!(
            "merge --plan {{}}/plan-{objects} --parts {{}}/parts --out {{}}/ledger"
        ));
        assert_eq!(run.code, 3, "{}", run.stderr);
        assert!(run.stderr.contains(words), "{}", run.stderr);
    }
}
