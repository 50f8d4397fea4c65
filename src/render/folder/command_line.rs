//! The command that makes a report, as the report names it.

use crate::render::shell::quoted;

/// The options with a value that do not change what a report contains.
const PLACES: [&str; 4] = ["--out", "--threads", "--color", "--config"];

/// The options without a value that do not change what a report contains.
const SWITCHES: [&str; 5] = ["--quiet", "-q", "--json", "--no-config", "--verbose"];

/// The command that makes a report.
#[derive(Clone, Debug)]
pub struct CommandLine {
    /// The command as it was typed.
    pub typed: String,
    /// The command without the options that do not change what a report contains, so that the same
    /// report names the same command.
    pub shortened: String,
}

impl CommandLine {
    /// Returns the command of words that were typed after the name of the program.
    pub(crate) fn new(words: &[String]) -> Self {
        Self {
            typed: command(words),
            shortened: command(&shortened(words)),
        }
    }

    /// Returns the command of words to which configuration files added options. It reads no file,
    /// so that none may add others.
    pub(crate) fn completed(words: &[String]) -> Self {
        Self {
            typed: command(&without_files(words)),
            shortened: command(&without_files(&shortened(words))),
        }
    }
}

/// Returns the words of a command that reads no configuration file.
fn without_files(words: &[String]) -> Vec<String> {
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
    left
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

    fn words(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn what_does_not_change_a_report_is_left_out() {
        let words = words(
            "--color never audit a --out b -q --pattern $.x --out=c --quiet --threads 2 \
             --color=always --from 2026-01-01 --json",
        );
        assert_eq!(
            CommandLine::new(&words).shortened,
            "backtrail audit a --pattern '$.x' --from 2026-01-01"
        );
    }

    #[test]
    fn the_command_with_the_options_of_files_reads_none() {
        let line = CommandLine::completed(&words("--config a audit b --config=c --rule kms -q"));
        assert_eq!(line.typed, "backtrail --no-config audit b --rule kms -q");
        assert_eq!(line.shortened, "backtrail --no-config audit b --rule kms");
    }
}
