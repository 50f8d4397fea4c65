//! `backtrail pattern`: check, test and explain a filter pattern of CloudWatch Logs.

use std::error::Error;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};

use super::exit::Exit;
use crate::pattern::{EventTester, explain, parse};
use crate::render::console::{note, print};
use crate::render::pattern::{self as render, PatternReport};
use crate::scan::{find_event, for_each_event};
use crate::text::{printable, printable_path};

/// The arguments of `backtrail pattern`.
#[derive(Args, Debug)]
pub(super) struct PatternArguments {
    #[command(subcommand)]
    command: PatternCommand,
}

#[derive(Debug, Subcommand)]
enum PatternCommand {
    /// Check a pattern as AWS does, and warn about common mistakes
    Check(CheckArguments),
    /// Test a pattern on events, as TestMetricFilter does
    Test(TestArguments),
    /// Explain a pattern in words, and why an event matches it or not
    Explain(ExplainArguments),
}

#[derive(Args, Debug)]
struct CheckArguments {
    /// Filter pattern; it may begin with `-`
    #[arg(allow_hyphen_values = true)]
    pattern: String,

    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Args, Debug)]
struct TestArguments {
    /// Filter pattern; it may begin with `-`
    #[arg(allow_hyphen_values = true)]
    pattern: String,

    /// File of events: CloudTrail objects in any form that an audit reads, or one raw event per
    /// line; `-` for standard input
    #[arg(value_name = "FILE", default_value = "-")]
    file: PathBuf,

    /// Read the file as a JSON array of strings, one per event
    #[arg(long)]
    events_json: bool,

    /// Print one JSON object per event: {"event":N,"match":true|false,"extracted":{...}}
    #[arg(long)]
    json: bool,

    /// Exit with code 1 if no event matched
    #[arg(long, value_enum, value_name = "CONDITION")]
    fail_on: Option<MatchCondition>,
}

/// A condition on the events that a pattern matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum MatchCondition {
    /// No event matched
    NoMatch,
}

#[derive(Args, Debug)]
struct ExplainArguments {
    /// Filter pattern; it may begin with `-`
    #[arg(allow_hyphen_values = true)]
    pattern: String,

    /// Event whose answer to explain: its text, or a file that `pattern test` reads; `-` for
    /// standard input
    #[arg(value_name = "EVENT", allow_hyphen_values = true)]
    event: Option<String>,

    /// Number of the event in the file, as `pattern test` counts them
    #[arg(long, value_name = "N", requires = "event")]
    number: Option<u64>,

    /// Print one JSON object
    #[arg(long)]
    json: bool,

    /// Exit with code 1 if the event does not match
    #[arg(long, value_enum, value_name = "CONDITION", requires = "event")]
    fail_on: Option<MatchCondition>,
}

/// Runs the command.
pub(super) fn run(arguments: &PatternArguments) -> Result<Exit, Box<dyn Error>> {
    match &arguments.command {
        PatternCommand::Check(arguments) => arguments.run(),
        PatternCommand::Test(arguments) => arguments.run(),
        PatternCommand::Explain(arguments) => arguments.run(),
    }
}

impl CheckArguments {
    fn run(&self) -> Result<Exit, Box<dyn Error>> {
        let pattern = match parse(&self.pattern) {
            Ok(pattern) => pattern,
            // A program that requests JSON expects it of errors, too.
            Err(error) if self.json => {
                print(|out| render::write_error_json(&error, out))?;
                return Ok(Exit::Unusable);
            }
            Err(error) => return Err(error.into()),
        };
        let report = PatternReport::new(&self.pattern, &pattern);
        print(|out| match self.json {
            true => render::write_check_json(&report, out),
            false => render::write_check(&report, out),
        })?;
        Ok(Exit::Complete)
    }
}

impl TestArguments {
    fn run(&self) -> Result<Exit, Box<dyn Error>> {
        let mut tester = EventTester::new(&parse(&self.pattern)?);
        print(|out| {
            for_each_event(&self.file, self.events_json, &mut |event| {
                let outcome = tester.test(event);
                match self.json {
                    true => render::write_outcome_json(&outcome, out),
                    false => render::write_outcome(&outcome, out),
                }
            })
        })?;
        let counts = tester.counts();
        if !self.json {
            print(|out| render::write_counts(&counts, out))?;
        }
        if let Some(text) = render::ambiguity(&counts) {
            note(&text);
        }
        Ok(exit(self.fail_on, counts.matched > 0))
    }
}

/// Returns how a command ends.
fn exit(fail_on: Option<MatchCondition>, has_matched: bool) -> Exit {
    match fail_on {
        Some(MatchCondition::NoMatch) if !has_matched => Exit::ConditionMet,
        _ => Exit::Complete,
    }
}

impl ExplainArguments {
    fn run(&self) -> Result<Exit, Box<dyn Error>> {
        let pattern = parse(&self.pattern)?;
        let event = match &self.event {
            Some(event) => Some(self.read(event)?),
            None => None,
        };
        let explanation = explain(&pattern, event.as_deref());
        print(|out| match self.json {
            true => render::write_explanation_json(&explanation, out),
            false => render::write_explanation(&explanation, out),
        })?;
        Ok(exit(self.fail_on, explanation.holds() == Some(true)))
    }

    /// Returns the event that an argument is, or that it names.
    fn read(&self, event: &str) -> Result<String, Box<dyn Error>> {
        let path = Path::new(event);
        if path.is_dir() {
            return Err(NoEventFile::Folder(event.to_owned()).into());
        }
        if event != "-" && !path.is_file() {
            return self.text(event).map_err(Into::into);
        }
        let found = find_event(path, self.number.unwrap_or(1))?;
        if found.events > 1 && self.number.is_none() {
            note(&format!(
                "{} holds {} events; the first is explained, and --number N explains another",
                printable_path(path),
                found.events
            ));
        }
        Ok(found.text)
    }

    /// Returns an argument that names no file as an event, unless it is more likely a mistake.
    fn text(&self, event: &str) -> Result<String, NoEventFile> {
        if self.number.is_some() || resembles_log_file(event) {
            return Err(NoEventFile::Missing(event.to_owned()));
        }
        if resembles_path(event) {
            note(&format!(
                "there is no file {}; the text itself is explained",
                printable(event)
            ));
        }
        Ok(event.to_owned())
    }
}

/// An argument that should name a file of events.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
enum NoEventFile {
    #[error(
        "there is no file {}; to explain the text itself, pass it as standard input, with `-`",
        printable(.0)
    )]
    Missing(String),
    #[error(
        "{} is a folder; name a file in it, or pass an event as standard input, with `-`",
        printable(.0)
    )]
    Folder(String),
}

/// The ends of the names of files of events, in lower case.
const FILE_ENDS: [&str; 12] = [
    ".json", ".jsonl", ".ndjson", ".log", ".csv", ".parquet", ".gz", ".zst", ".bz2", ".xz", ".zip",
    ".tar",
];

/// Returns true if a text ends as the names of log files do, compressed or not.
fn resembles_log_file(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    is_one_word(text) && FILE_ENDS.iter().any(|end| lower.ends_with(end))
}

/// Returns true if a text is more likely the name of a file than an event.
fn resembles_path(text: &str) -> bool {
    is_one_word(text) && (text.contains('/') || has_plain_extension(text))
}

fn is_one_word(text: &str) -> bool {
    !text.contains(char::is_whitespace)
}

fn has_plain_extension(text: &str) -> bool {
    let extension = Path::new(text).extension();
    let mut letters = extension.into_iter().flat_map(|end| end.as_encoded_bytes());
    extension.is_some() && letters.all(u8::is_ascii_alphanumeric)
}
