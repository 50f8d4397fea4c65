//! The command line of this process, for reports that say how they were made.

use std::ffi::OsString;
use std::sync::OnceLock;

use crate::render::folder::CommandLine;
use crate::render::shell::quoted;

/// The options with a value that do not change what a report contains.
const PLACES: [&str; 4] = ["--out", "--threads", "--color", "--config"];

/// The options without a value that do not change what a report contains.
const SWITCHES: [&str; 5] = ["--quiet", "-q", "--json", "--no-config", "--verbose"];

/// The words of the command line of this process, with those that configuration files add.
static WORDS: OnceLock<Words> = OnceLock::new();

/// The words of a command line.
struct Words {
    words: Vec<OsString>,
    is_completed: bool,
}

/// Keeps the words of the command line of this process, of which the first is the program, and
/// whether they have options of configuration files. Only the first call has an effect.
pub(super) fn remember(words: Vec<OsString>, is_completed: bool) {
    // A process runs one command.
    let _ = WORDS.set(Words {
        words,
        is_completed,
    });
}

/// Returns the command line of this process, with what configuration files add to it, so that the
/// same command makes the same report where there are no such files.
pub(super) fn command_line() -> CommandLine {
    let kept = WORDS.get();
    let words = kept.map(|kept| kept.words.as_slice()).unwrap_or_default();
    let words = words.iter().skip(1);
    let words: Vec<String> = words
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    let mut line = CommandLine {
        typed: command(&words),
        shortened: command(&shortened(&words)),
    };
    if kept.is_some_and(|kept| kept.is_completed) {
        // The options of files are among the words, so that no file may add others.
        line.shortened = without_files(&shortened(&words));
        line.typed = without_files(&words);
    }
    line
}

/// Returns a command that reads no configuration file.
fn without_files(words: &[String]) -> String {
    let mut left = vec!["--no-config".to_owned()];
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match &**word {
            "--config" => {
                words.next();
            }
            word if word.starts_with("--config=") => {}
            word => left.push(word.to_owned()),
        }
    }
    command(&left)
}

fn command(words: &[String]) -> String {
    let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
    format!("backtrail {}", words.join(" "))
}

fn shortened(words: &[String]) -> Vec<String> {
    let mut left = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let name = word.split('=').next().unwrap_or_default();
        if PLACES.contains(&name) {
            if name == word {
                // Its value is the next word.
                words.next();
            }
        } else if !SWITCHES.contains(&&**word) {
            left.push(word.clone());
        }
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_change_a_report_is_left_out() {
        let words = "--color never audit a --out b -q --pattern $.x --out=c --quiet --threads 2 \
                     --color=always --from 2026-01-01 --json";
        let words: Vec<String> = words.split_whitespace().map(str::to_owned).collect();
        assert_eq!(
            command(&shortened(&words)),
            "backtrail audit a --pattern '$.x' --from 2026-01-01"
        );
    }
}
