//! Shards of a bucket: transient failures are scanned again, and permanent ones are recorded.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use crate::program::report_files;
use crate::s3::{Fault, Rule, Server, without_credentials};

/// A folder with the plan, the parts and the ledger of a bucket.
struct Place {
    folder: tempfile::TempDir,
    server: Server,
}

impl Place {
    fn new(rules: &'static [Rule]) -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            server: Server::start(rules).with_sample(),
        }
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    fn run(&self, line: &str) -> (i32, String, String) {
        let line = line.replace("{}", &self.folder.path().to_string_lossy());
        self.server.run(&line)
    }

    /// Runs a command with this exit code.
    fn expect(&self, code: i32, line: &str) -> String {
        let (own, stdout, stderr) = self.run(line);
        assert_eq!(own, code, "{line}: {stdout}{stderr}");
        stdout
    }

    /// Scans all shards with this exit code, and returns the lines that are printed.
    fn scan(&self, code: i32, options: &str) -> Vec<Value> {
        let line = format!("scan --plan {{}}/plan --shard 0 --of 1 --out {{}}/parts {options}");
        let printed = self.expect(code, &line);
        let lines = printed.lines();
        lines
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// Merges without reaching for the bucket, and compares the report with that of one process.
    fn assert_same_report(&self, code: i32, options: &str) {
        let merge = "merge --plan {}/plan --parts {}/parts --out {}/ledger";
        let words = merge.replace("{}", &self.folder.path().to_string_lossy());
        let run = crate::program::backtrail(words.split_whitespace());
        assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
        let report = |line: &str, out: &str| {
            let line = format!("audit {line} {options} --quiet --out {{}}/{out}");
            self.expect(code, &line);
            report_files(&self.path(out))
        };
        let plain = report("s3://trail", "plain");
        assert!(report("--ledger {}/ledger", "alone") == plain);
    }
}

fn copy_folder(from: &Path, to: &Path) {
    for entry in walkdir::WalkDir::new(from) {
        let entry = entry.unwrap();
        let place = to.join(entry.path().strip_prefix(from).unwrap());
        match entry.file_type().is_dir() {
            true => std::fs::create_dir_all(place).unwrap(),
            false => _ = std::fs::copy(entry.path(), place).unwrap(),
        }
    }
}

fn number(line: &Value, name: &str) -> u64 {
    line[name].as_u64().unwrap()
}

fn is_empty(folder: &Path) -> bool {
    std::fs::read_dir(folder).unwrap().next().is_none()
}

#[test]
fn the_shards_of_a_bucket_have_the_report_of_one_process() {
    let place = Place::new(&[]);
    place.expect(
        0,
        "plan s3://trail --rule all --shard-objects 9 --out {}/plan",
    );
    let gets = place.server.gets("");
    assert_eq!(gets, 0, "a plan lists and reads nothing");
    let first = place.scan(0, "");
    let gets = place.server.gets("");
    assert_eq!(gets, 52);
    // The second time, every part is found, and nothing is read.
    let second = place.scan(0, "--threads 8");
    assert_eq!(place.server.gets(""), gets);
    for (first, second) in first.iter().zip(&second) {
        assert_eq!(
            (&first["found"], &second["found"]),
            (&json!(false), &json!(true))
        );
        assert_eq!(first["sha256"], second["sha256"]);
    }
    // Another time and place, with other requests and threads.
    let line = "scan --plan {}/plan --shard 0 --of 1 --threads 8 --concurrency 1 --out {}/other";
    for (line, first) in place.expect(0, line).lines().zip(&first) {
        let line: Value = serde_json::from_str(line).unwrap();
        assert_eq!(line["sha256"], first["sha256"]);
    }
    place.assert_same_report(0, "--rule all");
}

#[test]
fn a_listing_that_was_denied_is_a_problem_of_the_merged_ledger() {
    const RULES: &[Rule] = &[Rule {
        part: "444455556666",
        fault: Fault::ListDenied,
        times: 0,
    }];
    let place = Place::new(RULES);
    let (code, planned, stderr) = place.run("plan s3://trail --out {}/plan");
    assert_eq!(code, 3, "{stderr}");
    assert!(
        stderr.contains("444455556666") && stderr.contains("AccessDenied"),
        "{stderr}"
    );
    let planned: Value = serde_json::from_str(&planned).unwrap();
    assert_eq!(planned["objects"], 37);
    place.scan(0, "");
    place.assert_same_report(3, "");
}

#[test]
fn a_listing_that_failed_for_the_moment_is_a_problem_of_that_kind() {
    const RULES: &[Rule] = &[Rule {
        part: "444455556666",
        fault: Fault::ListExpired,
        times: 0,
    }];
    let place = Place::new(RULES);
    place.expect(3, "plan s3://trail --out {}/plan");
    let plan = std::fs::read(place.path("plan/plan.json")).unwrap();
    let plan: Value = serde_json::from_slice(&plan).unwrap();
    let problems = &plan["listing"]["problems"];
    assert_eq!(problems[0]["kind"], "unavailable", "{problems}");
    place.scan(0, "");
    place.assert_same_report(3, "");
}

#[test]
fn a_bucket_that_asks_to_slow_down_for_ever_leaves_no_part() {
    const RULES: &[Rule] = &[Rule {
        part: "_20260302T0905Z",
        fault: Fault::SlowDown,
        times: 999,
    }];
    let place = Place::new(RULES);
    place.expect(0, "plan s3://trail --shard-objects 9 --out {}/plan");
    let (code, printed, stderr) = place.run("scan --plan {}/plan --shard 0 --out {}/parts");
    assert_eq!((code, &*printed), (75, ""), "{stderr}");
    assert!(
        stderr.contains("_20260302T0905Z") && stderr.contains("SlowDown"),
        "{stderr}"
    );
    assert!(is_empty(&place.path("parts")));
}

#[test]
fn what_was_not_delivered_leaves_no_part_unless_it_is_given_up() {
    const RULES: &[Rule] = &[Rule {
        part: "_20260302T0905Z",
        fault: Fault::Expired,
        times: 999,
    }];
    let place = Place::new(RULES);
    place.expect(0, "plan s3://trail --shard-objects 9 --out {}/plan");
    // The other shards are scanned all the same.
    let scanned = place.scan(75, "");
    assert_eq!(scanned.len(), 5);
    let given_up = place.scan(0, "--give-up");
    let concerned: Vec<&Value> = given_up
        .iter()
        .filter(|line| line["found"] == false)
        .collect();
    assert_eq!(concerned.len(), 1);
    assert_eq!(number(concerned[0], "objects_failed"), 1);
    place.assert_same_report(3, "");
    let text = std::fs::read_to_string(place.path("alone/summary.json")).unwrap();
    let summary: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(summary["problems"][0]["kind"], "unavailable");
}

#[test]
fn a_scan_ends_early_also_where_much_is_left_out() {
    const RULES: &[Rule] = &[Rule {
        part: "444455556666_CloudTrail_",
        fault: Fault::Expired,
        times: 999,
    }];
    let place = Place::new(RULES);
    // After all that is read, so that nothing is left to request when the scan ends.
    let insights = "AWSLogs/999999999999/CloudTrail-Insight/us-east-1/2026/03/03";
    let insights = place.server.root().join("trail").join(insights);
    std::fs::create_dir_all(&insights).unwrap();
    for number in 0..6_000 {
        let name = "999999999999_CloudTrail-Insight_us-east-1_20260303T0005Z";
        std::fs::write(insights.join(format!("{name}_{number:016}.json.gz")), "").unwrap();
    }
    place.expect(0, "plan s3://trail --out {}/plan");
    let (sender, ended) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let (code, ..) = place.run("scan --plan {}/plan --shard 0 --out {}/parts");
        let _ = sender.send(code);
    });
    // Without an end, it waits for objects that nobody takes.
    let code = ended.recv_timeout(Duration::from_secs(120));
    assert_eq!(code, Ok(75));
}

#[test]
fn credentials_that_have_expired_are_no_reason_to_give_up() {
    const RULES: &[Rule] = &[Rule {
        part: "_20260304T",
        fault: Fault::Expired,
        times: 1,
    }];
    let place = Place::new(RULES);
    place.expect(0, "plan s3://trail --out {}/plan");
    // Objects that arrive before the scan ends have their fault behind them then.
    let mut codes = Vec::new();
    for _ in 0..20 {
        let (code, _, stderr) =
            place.run("scan --plan {}/plan --shard 0 --out {}/parts --concurrency 1");
        codes.push(code);
        if code == 0 {
            break;
        }
        assert!(stderr.contains("ExpiredToken"), "{stderr}");
    }
    let (last, others) = codes.split_last().unwrap();
    assert!(*last == 0 && !others.is_empty(), "{codes:?}");
    assert!(others.iter().all(|code| *code == 75), "{codes:?}");
    place.assert_same_report(0, "");
}

#[test]
fn what_is_denied_for_good_is_recorded_in_a_part() {
    const RULES: &[Rule] = &[Rule {
        part: "_20260302T02",
        fault: Fault::Denied,
        times: 999,
    }];
    let place = Place::new(RULES);
    place.expect(0, "plan s3://trail --rule all --out {}/plan");
    let scanned = place.scan(0, "");
    assert_eq!(number(&scanned[0], "objects_failed"), 1);
    place.assert_same_report(3, "--rule all");
}

#[test]
fn a_plan_and_parts_in_a_bucket_need_no_folder_that_machines_share() {
    let place = Place::new(&[]);
    let bucket = place.server.root().join("run");
    std::fs::create_dir(&bucket).unwrap();
    place.expect(
        0,
        "plan s3://trail --rule all --shard-objects 9 --out {}/plan",
    );
    // As `aws s3 cp --recursive` would.
    copy_folder(&place.path("plan"), &bucket.join("plan"));
    let scan = "scan --plan s3://run/plan --shard 0 --of 1 --out s3://run/parts/";
    let lines = |printed: &str| -> Vec<Value> {
        let lines = printed.lines();
        lines
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    };
    let first = lines(&place.expect(0, scan));
    let gets = place.server.gets("/trail/");
    let second = lines(&place.expect(0, scan));
    assert_eq!(place.server.gets("/trail/"), gets, "every part is found");
    let own = place.scan(0, "");
    for ((first, second), own) in first.iter().zip(&second).zip(&own) {
        assert_eq!(
            (&first["found"], &second["found"]),
            (&json!(false), &json!(true))
        );
        assert_eq!(
            (&first["sha256"], &second["sha256"]),
            (&own["sha256"], &own["sha256"])
        );
        let part = first["part"].as_str().unwrap();
        assert!(part.starts_with("s3://run/parts/shard-"), "{part}");
    }
    place.assert_same_report(0, "--rule all");
    let merge = "merge --plan s3://run/plan --parts s3://run/parts --out {}/from-bucket";
    place.expect(0, merge);
    let files = |ledger: &str| crate::shards::all_files(&place.path(ledger).join("parts"));
    assert_eq!(files("from-bucket"), files("ledger"));
    // Without its last file, a part is not there; without a table, it is damaged.
    let part = |line: &Value| bucket.join(line["part"].as_str().unwrap().replace("s3://run/", ""));
    std::fs::remove_file(part(&first[0]).join("shard.json")).unwrap();
    let tables = walkdir::WalkDir::new(part(&first[1]))
        .into_iter()
        .map(Result::unwrap);
    let mut tables = tables.filter(|entry| entry.file_name() == "objects.parquet");
    let table = tables.next().unwrap().into_path();
    std::fs::remove_file(table).unwrap();
    let again = merge.replace("from-bucket", "again");
    let unproven: Value = serde_json::from_str(&place.expect(3, &again)).unwrap();
    let damaged = |number: usize| unproven[number]["damaged"].as_bool().unwrap();
    assert_eq!((damaged(0), damaged(1)), (false, true), "{unproven}");
    assert!(!place.path("again").exists());
    // Nothing is left beside the ledgers.
    let names = std::fs::read_dir(place.folder.path()).unwrap();
    let hidden = names.filter(|entry| {
        let name = entry.as_ref().unwrap().file_name();
        name.to_string_lossy().starts_with('.')
    });
    assert_eq!(hidden.count(), 0);
}

#[test]
fn every_request_says_who_pays_and_who_must_own_the_bucket() {
    const RULES: &[Rule] = &[Rule {
        part: "/",
        fault: Fault::Strict,
        times: 0,
    }];
    const OPTIONS: &str = "--request-payer --expected-bucket-owner 111122223333";
    let place = Place::new(RULES);
    let bucket = place.server.root().join("run");
    std::fs::create_dir(&bucket).unwrap();
    place.expect(0, &format!("plan s3://trail {OPTIONS} --out {{}}/plan"));
    copy_folder(&place.path("plan"), &bucket.join("plan"));
    let scan = "scan --plan s3://run/plan --shard 0 --out s3://run/parts";
    place.expect(0, &format!("{scan} {OPTIONS}"));
    let merge = "merge --plan s3://run/plan --parts s3://run/parts --out {}/ledger";
    place.expect(0, &format!("{merge} {OPTIONS}"));
}

#[test]
fn a_bucket_without_the_plan_is_wrong_use() {
    let place = Place::new(&[]);
    std::fs::create_dir(place.server.root().join("run")).unwrap();
    let (code, _, stderr) = place.run("scan --plan s3://run/none --shard 0 --out {}/parts");
    assert_eq!(code, 2, "{stderr}");
    assert!(stderr.contains("it has no plan.json"), "{stderr}");
}

#[test]
fn a_store_that_is_out_of_reach_may_come_back() {
    let place = Place::new(&[]);
    place.expect(0, "plan s3://trail --out {}/plan");
    let scan = |option: &str| {
        let words = format!("scan --plan {{}}/plan --shard 0 --out {{}}/parts {option}");
        let words = words.replace("{}", &place.folder.path().to_string_lossy());
        let stderr = without_credentials(&words, 75);
        assert!(stderr.contains("there are no credentials"), "{stderr}");
        stderr
    };
    let short = scan("");
    assert!(
        short.ends_with("note: --verbose shows the causes\n"),
        "{short}"
    );
    let long = scan("--verbose");
    assert!(
        long.contains("note: the credential provider was not enabled"),
        "{long}"
    );
    assert!(is_empty(&place.path("parts")));
}
