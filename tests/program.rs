//! Running the program as a user does.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// What a run printed, and how it ended.
pub struct Run {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    /// The JSON object on standard output.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}{}", self.stdout, self.stderr))
    }
}

/// Runs `backtrail` in the folder of the project.
pub fn backtrail<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Run {
    run(Command::new(env!("CARGO_BIN_EXE_backtrail"))
        .args(arguments)
        .env("NO_COLOR", "1"))
}

/// Runs `backtrail` with colours, as on a terminal. Without them, every escape is removed from its
/// output, so that no test could see one.
pub fn backtrail_in_colour<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Run {
    run(Command::new(env!("CARGO_BIN_EXE_backtrail"))
        .args(arguments)
        .env_remove("NO_COLOR")
        .env("CLICOLOR_FORCE", "1"))
}

fn run(command: &mut Command) -> Run {
    let output = command
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env_remove("COLUMNS")
        .output()
        .unwrap();
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

/// The sample archive, as the README names it.
pub fn sample() -> &'static Path {
    Path::new("samples/archive")
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
