//! Running the program as a user does.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// What a run printed, and how it ended.
pub struct Run {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    /// Standard output with one space between words, so that it does not matter where lines are
    /// broken.
    pub fn words(&self) -> String {
        let words: Vec<&str> = self.stdout.split_whitespace().collect();
        words.join(" ")
    }

    /// The JSON object on standard output.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}{}", self.stdout, self.stderr))
    }
}

/// Whether a run prints colours. Without them, every control sequence is taken out of what is
/// printed, so a test that looks for control sequences must ask for colours.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Colours {
    Always,
    Never,
}

/// Returns the program without arguments, which reads no configuration of the user.
pub fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_backtrail"));
    command.env("BACKTRAIL_CONFIG", "");
    command
}

/// Runs `backtrail` in the folder of the project, without colours.
pub fn backtrail<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Run {
    run(arguments, Colours::Never, b"")
}

/// Runs `backtrail` in the folder of the project, with this text on standard input.
pub fn run<S: AsRef<OsStr>>(
    arguments: impl IntoIterator<Item = S>,
    colours: Colours,
    input: &[u8],
) -> Run {
    let mut command = command();
    command
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env_remove("COLUMNS")
        .env_remove("NO_COLOR")
        .env_remove("CLICOLOR_FORCE")
        .env("LC_ALL", "C.UTF-8")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    match colours {
        Colours::Always => command.env("CLICOLOR_FORCE", "1"),
        Colours::Never => command.env("NO_COLOR", "1"),
    };
    let mut child = command.spawn().unwrap();
    // A run that ends before it reads its input is judged by its output.
    let _ = child.stdin.take().unwrap().write_all(input);
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Run {
        code: output.status.code().unwrap(),
        stdout: text(output.stdout),
        stderr: text(output.stderr),
    }
}

/// Runs `backtrail audit` with the arguments, separated by spaces, and then the paths.
pub fn audit(arguments: &str, paths: &[&Path]) -> Run {
    let words = arguments
        .split_whitespace()
        .map(|word| OsStr::new(word).to_owned());
    let paths = paths.iter().map(|path| path.as_os_str().to_owned());
    backtrail(
        [OsStr::new("audit").to_owned()]
            .into_iter()
            .chain(words)
            .chain(paths),
    )
}

/// A file or folder that may lie beside the project. Where it does not, the test that needs it is
/// skipped, and says so on standard error, which is shown even if the test passes.
pub fn beside(path: &str, test: &str) -> Option<PathBuf> {
    let found = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    if found.exists() {
        return Some(found);
    }
    skip(test, &format!("there is no {}", found.display()));
    None
}

/// Says that a test is skipped, and why.
pub fn skip(test: &str, reason: &str) {
    // `eprintln!` of a test that passes is not shown.
    let line = format!("SKIPPED {test}: {reason}\n");
    std::io::stderr().write_all(line.as_bytes()).unwrap();
}

/// The sample archive, as the README names it.
pub fn sample() -> &'static Path {
    Path::new("samples/archive")
}

/// The files of a report that are the same in every run, with their bytes.
pub fn report_files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = files(folder);
    if !files.is_empty() {
        assert!(files.remove(Path::new("run.json")).is_some());
    }
    files
}

/// The files of a folder with their bytes.
pub fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let read = |entry: std::io::Result<std::fs::DirEntry>| {
        let path = entry.unwrap().path();
        let bytes = if path.is_file() {
            std::fs::read(&path).unwrap()
        } else {
            Vec::new()
        };
        (PathBuf::from(path.file_name().unwrap()), bytes)
    };
    std::fs::read_dir(folder).unwrap().map(read).collect()
}
