//! Shards of a bucket that two executors of Spark scan. The test needs Java, and in
//! `BACKTRAIL_SPARK` the path of a Python that has PySpark; `.ci/run` installs it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use crate::program::report_files;
use crate::s3::Server;

/// A program in the place of backtrail, which kills the executor that runs it after the first part.
const KILLER: &str = r#"#!/bin/sh
"$BACKTRAIL" "$@" || exit $?
if mkdir "$KILLED" 2>/dev/null; then
    pid=$$
    while [ "$(cat /proc/$pid/comm)" != java ]; do
        pid=$(awk '{ print $4 }' /proc/$pid/stat)
    done
    kill -KILL "$pid"
fi
"#;

/// A program in the place of backtrail that does not end. It leaves its process id as the name of a
/// file, with the credentials that it was given.
const ENDLESS: &str = r#"#!/bin/sh
echo "$AWS_ACCESS_KEY_ID" > "$RUNNING/$$.new"
mv "$RUNNING/$$.new" "$RUNNING/$$"
exec sleep 600
"#;

/// A plan of a bucket, and the Python that has PySpark.
struct Place {
    python: String,
    folder: tempfile::TempDir,
    server: Server,
}

impl Place {
    /// Plans the sample archive; nothing if there is no PySpark.
    fn new() -> Option<Self> {
        let Ok(python) = std::env::var("BACKTRAIL_SPARK") else {
            crate::program::skip("Spark", "BACKTRAIL_SPARK is not set");
            return None;
        };
        let place = Self {
            python,
            folder: tempfile::tempdir().unwrap(),
            server: Server::start(&[]).with_sample(),
        };
        place.expect(
            0,
            "plan s3://trail --rule all --shard-objects 9 --out {}/plan",
        );
        Some(place)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn expect(&self, code: i32, line: &str) -> String {
        let line = line.replace("{}", &self.folder.path().to_string_lossy());
        let (own, stdout, stderr) = self.server.run(&line);
        assert_eq!(own, code, "{line}: {stdout}{stderr}");
        stdout
    }

    /// Scans all shards with two executors.
    fn spark(&self, program: &Path, options: &[&str], parts: &str) -> Output {
        self.command(program, options, parts).output().unwrap()
    }

    /// Writes a script that takes the place of backtrail.
    fn script(&self, name: &str, text: &str) -> PathBuf {
        let script = self.path(name);
        fs::write(&script, text).unwrap();
        fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
        script
    }

    fn command(&self, program: &Path, options: &[&str], parts: &str) -> Command {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("spark/backtrail_spark.py");
        let submit = Path::new(&self.python).with_file_name("spark-submit");
        let mut command = Command::new(submit);
        command
            .args(["--master", "local-cluster[2,1,1024]"])
            .args(["--conf", "spark.ui.enabled=false"])
            .args(["--conf", "spark.driver.host=127.0.0.1"])
            .args(["--conf", "spark.driver.bindAddress=127.0.0.1"])
            .args(options)
            .arg(script)
            .args(["6", &program.to_string_lossy(), "scan"])
            .args(["--plan", &self.path("plan").to_string_lossy()])
            .args(["--out", &self.path(parts).to_string_lossy()])
            .args(["--endpoint-url", &self.server.url(), "--path-style"]);
        command
            .env("SPARK_LOCAL_IP", "127.0.0.1")
            .env("SPARK_LOCAL_HOSTNAME", "127.0.0.1")
            .env("PYSPARK_PYTHON", &self.python)
            .env("BACKTRAIL", env!("CARGO_BIN_EXE_backtrail"))
            .env("KILLED", self.path("killed"))
            .env("RUNNING", self.path("running"))
            .env("AWS_ACCESS_KEY_ID", "key")
            .env("AWS_SECRET_ACCESS_KEY", "secret")
            .env("AWS_REGION", "us-east-1")
            .current_dir(self.folder.path());
        command
    }

    /// Merges, and compares the report with that of one process.
    fn assert_same_report(&self, parts: &str) {
        let ledger = format!("{parts}-ledger");
        self.expect(
            0,
            &format!("merge --plan {{}}/plan --parts {{}}/{parts} --out {{}}/{ledger}"),
        );
        let report = |line: &str, out: &str| {
            let line = format!("audit {line} --rule all --quiet --out {{}}/{out}");
            self.expect(0, &line);
            report_files(&self.path(out))
        };
        let plain = report("s3://trail", &format!("{parts}-plain"));
        let alone = report(
            &format!("--ledger {{}}/{ledger}"),
            &format!("{parts}-alone"),
        );
        assert!(alone == plain);
    }
}

fn rows(output: &Output) -> Vec<Value> {
    let text = String::from_utf8_lossy(&output.stdout);
    let lines = text.lines().filter(|line| line.starts_with('{'));
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn executors_of_spark_come_to_the_report_of_one_process_even_if_one_is_killed() {
    let Some(place) = Place::new() else { return };
    let program = Path::new(env!("CARGO_BIN_EXE_backtrail"));
    let first = place.spark(program, &["--conf", "spark.speculation=true"], "parts");
    assert!(first.status.success(), "{first:?}");
    assert_eq!(rows(&first).len(), 6);
    place.assert_same_report("parts");
    // A second run finds all parts, and reads nothing.
    let gets = place.server.gets("");
    let second = place.spark(program, &[], "parts");
    assert!(second.status.success(), "{second:?}");
    assert!(rows(&second).iter().all(|row| row["found"] == json!(true)));
    assert_eq!(place.server.gets(""), gets);

    let killer = place.script("killer", KILLER);
    let killed = place.spark(&killer, &[], "killed-parts");
    assert!(killed.status.success(), "{killed:?}");
    assert!(place.path("killed").exists());
    assert_eq!(rows(&killed).len(), 6);
    let hash =
        |rows: &[Value]| -> Vec<Value> { rows.iter().map(|row| row["sha256"].clone()).collect() };
    assert_eq!(hash(&rows(&killed)), hash(&rows(&first)));
    place.assert_same_report("killed-parts");
}

#[test]
fn wrong_use_ends_the_job_of_spark_with_its_message() {
    let Some(place) = Place::new() else { return };
    fs::write(place.path("plan/plan.json"), "{}").unwrap();
    let program = Path::new(env!("CARGO_BIN_EXE_backtrail"));
    let output = place.spark(program, &[], "parts");
    // Spark prints what a script prints to standard error on standard output.
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(!output.status.success());
    assert!(
        stdout.contains("it is not a plan of `backtrail plan`"),
        "{stdout}"
    );
}

/// Returns the processes that have left a file, with its content.
fn running(folder: &Path) -> Vec<(String, String)> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let files = entries.filter(|entry| entry.path().extension().is_none());
    files
        .map(|file| {
            let process = file.file_name().into_string().unwrap();
            (process, fs::read_to_string(file.path()).unwrap())
        })
        .collect()
}

/// Returns the process that started another one.
fn parent(process: &str) -> String {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("PPid:"));
    line.unwrap().trim().to_owned()
}

fn is_alive(process: &str) -> bool {
    Path::new("/proc").join(process).exists()
}

fn send(signal: Signal, process: &str) {
    let process = Pid::from_raw(process.parse().unwrap()).unwrap();
    kill_process(process, signal).unwrap();
}

/// Waits until something is so, which fails with these words.
fn wait_until(failure: &str, is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(120), "{failure}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn no_scan_survives_a_cancelled_job_of_spark() {
    let Some(place) = Place::new() else { return };
    let endless = place.script("endless", ENDLESS);
    let folder = place.path("running");
    fs::create_dir(&folder).unwrap();
    let mut command = place.command(&endless, &[], "parts");
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut job = command.spawn().unwrap();
    wait_until("the executors do not scan", || running(&folder).len() >= 2);
    // Spark kills the process of a task that it cancels, and not what that has started.
    let (first, _) = running(&folder).swap_remove(0);
    send(Signal::KILL, &parent(&first));
    wait_until("the scan of a task that was cancelled runs on", || {
        !is_alive(&first)
    });
    send(Signal::TERM, &job.id().to_string());
    job.wait().unwrap();
    let scans = running(&folder);
    // Each had the credentials of its executor.
    assert!(scans.iter().all(|(_, key)| key == "key\n"), "{scans:?}");
    wait_until("a scan runs on", || {
        !scans.iter().any(|(process, _)| is_alive(process))
    });
}
