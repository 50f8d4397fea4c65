//! Ctrl-C ends a run with what was done and how to go on, and leaves no empty folder.

#![cfg(unix)]

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use crate::program::{audit, sample};

/// A run that waits for its standard input, which is one of its objects.
fn waiting(options: &[&str]) -> Child {
    let mut command = crate::program::command();
    command
        .arg("audit")
        .args(options)
        .arg("-")
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("NO_COLOR", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command.spawn().unwrap()
}

/// The file whose lock a run holds that may write a report.
fn lock(out: &Path) -> PathBuf {
    out.join(".backtrail-partial/lock")
}

fn interrupt(child: &Child) {
    kill_process(Pid::from_child(child), Signal::INT).unwrap();
}

/// Interrupts a run while it scans, and returns what it says.
fn interrupted(options: &[&str], out: &Path) -> String {
    let mut child = waiting(options);
    let mut input = child.stdin.take().unwrap();
    input.write_all(b"{\"Records\":[").unwrap();
    // No pipe holds this many bytes, so the scan has read some of them.
    input.write_all(&[b' '; 2 << 20]).unwrap();
    assert!(lock(out).exists());
    interrupt(&child);
    let mut text = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut text)
        .unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{text}");
    text
}

#[test]
fn ctrl_c_says_what_was_done_and_leaves_no_folder() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("a/report");
    let text = interrupted(&["--out", out.to_str().unwrap()], &out);
    assert!(text.contains(": read 0 of 1 objects. "), "{text}");
    assert!(text.starts_with("interrupted after "), "{text}");
    assert!(text.contains("With --ledger DIR"), "{text}");
    assert!(!folder.path().join("a").exists());
}

#[test]
fn ctrl_c_leaves_an_earlier_report() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("report");
    let options = format!("--quiet --out {}", out.display());
    assert_eq!(audit(&options, &[sample()]).code, 0);
    let before = crate::program::files(&out);
    assert!(!lock(&out).exists());
    interrupted(&["--out", out.to_str().unwrap()], &out);
    assert_eq!(crate::program::files(&out), before);
}

/// A run that fails before it has a report leaves no folder either.
#[test]
fn a_run_that_fails_leaves_no_empty_folder() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("a/out");
    let options = format!("--secret no-such-secret --out {}", out.display());
    let run = audit(&options, &[sample()]);
    assert_eq!(run.code, 2, "{}", run.stdout);
    assert!(!folder.path().join("a").exists(), "{}", run.stderr);
}
