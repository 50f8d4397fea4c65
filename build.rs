//! Passes on the features of the program, the commit that it is built from, and its time, for
//! `backtrail --version`.
//!
//! Nothing else goes into it, so that two builds of one commit are the same. A packaged crate has
//! the commit in a file of cargo's. Where there is neither that file nor Git, it stays unknown.

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

/// The file in which `cargo package` writes down the commit.
const PACKAGED: &str = ".cargo_vcs_info.json";

/// The number of digits of a commit.
const COMMIT_DIGITS: usize = 40;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-env=BACKTRAIL_FEATURES={}", features());
    // A commit changes nothing that a test sees, and should not build everything again.
    if env::var("PROFILE").is_ok_and(|profile| profile == "debug") {
        return;
    }
    let (commit, seconds) = match packaged_commit() {
        Some(commit) => (Some(commit), None),
        None => (git(&["log", "-1", "--format=%H"]), commit_seconds()),
    };
    pass_on("BUILT_COMMIT", given("BACKTRAIL_COMMIT").or(commit));
    pass_on("BUILT_SECONDS", given("SOURCE_DATE_EPOCH").or(seconds));
}

/// Returns the value of a variable that whoever builds the program may set.
fn given(variable: &str) -> Option<String> {
    println!("cargo::rerun-if-env-changed={variable}");
    env::var(variable).ok()
}

/// Sets a variable for the compiler of the program.
fn pass_on(variable: &str, value: Option<String>) {
    if let Some(value) = value {
        println!("cargo::rustc-env=BACKTRAIL_{variable}={value}");
    }
}

/// Returns the names of the features.
fn features() -> String {
    let known = ["cli", "s3"];
    let is_built = |name: &&str| {
        let variable = format!("CARGO_FEATURE_{}", name.to_uppercase());
        env::var_os(variable).is_some()
    };
    let built: Vec<&str> = known.into_iter().filter(is_built).collect();
    built.join(", ")
}

/// Returns the commit of a packaged crate.
fn packaged_commit() -> Option<String> {
    let text = fs::read_to_string(PACKAGED).ok()?;
    let mut words = text.split('"');
    let commit = words.find(|word| {
        let is_hexadecimal = word.bytes().all(|byte| byte.is_ascii_hexdigit());
        word.len() == COMMIT_DIGITS && is_hexadecimal
    });
    commit.map(str::to_owned)
}

/// Returns the time of the commit, in seconds since the epoch.
fn commit_seconds() -> Option<String> {
    if let Some(log) = git(&["rev-parse", "--git-path", "logs/HEAD"])
        && Path::new(&log).exists()
    {
        println!("cargo::rerun-if-changed={log}");
    }
    git(&["log", "-1", "--format=%ct"])
}

/// Runs Git in the folder of this crate. Returns what it prints; nothing if it fails, or the folder
/// is not that of a repository.
fn git(arguments: &[&str]) -> Option<String> {
    // Below another repository, as among vendored crates, the commit would be that one's.
    if !Path::new(".git").exists() {
        return None;
    }
    let output = Command::new("git").args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}
