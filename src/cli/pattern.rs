//! `backtrail pattern`: check, test and explain a filter pattern of CloudWatch Logs.

use std::borrow::Cow;
use std::error::Error;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::exit::Exit;
use super::output::{self, Printed};
use crate::pattern::{EventCounts, EventTester, explain, parse, warnings};
use crate::render::pattern::{self as render, PatternReport};

/// The arguments of `backtrail pattern`.
#[derive(Args, Debug)]
pub struct PatternArguments {
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

    /// File of events, one raw event per line; `-` for standard input
    #[arg(value_name = "FILE", default_value = "-")]
    file: PathBuf,

    /// Read the file as a JSON array of strings, one per event
    #[arg(long)]
    events_json: bool,

    /// Print one JSON object per event: {"event":N,"match":true|false,"extracted":{...}}
    #[arg(long)]
    json: bool,
}

#[derive(Args, Debug)]
struct ExplainArguments {
    /// Filter pattern; it may begin with `-`
    #[arg(allow_hyphen_values = true)]
    pattern: String,

    /// Event whose answer to explain; `-` for standard input
    #[arg(value_name = "EVENT", allow_hyphen_values = true)]
    event: Option<String>,

    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// The reason why the events cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read the events in {}: {error}", path.display())]
struct EventsError {
    path: PathBuf,
    error: io::Error,
}

impl EventsError {
    fn new(path: &Path, error: io::Error) -> Self {
        let path = path.to_owned();
        Self { path, error }
    }
}

/// Runs the command.
///
/// # Errors
///
/// Returns an error if AWS would refuse the pattern, or if the events cannot be read.
pub fn run(arguments: &PatternArguments) -> Result<Exit, Box<dyn Error>> {
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
                output::print(|out| render::write_error_json(&error, out))?;
                return Ok(Exit::Unusable);
            }
            Err(error) => return Err(error.into()),
        };
        let report = PatternReport {
            text: &self.pattern,
            pattern: &pattern,
            warnings: &warnings(&pattern, &self.pattern),
        };
        output::print(|out| match self.json {
            true => render::write_check_json(&report, out),
            false => render::write_check(&report, out),
        })?;
        Ok(Exit::Complete)
    }
}

impl TestArguments {
    fn run(&self) -> Result<Exit, Box<dyn Error>> {
        let mut tester = EventTester::new(&parse(&self.pattern)?);
        output::print(|out| {
            self.for_each_event(&mut |event| {
                let outcome = tester.test(event);
                match self.json {
                    true => render::write_outcome_json(&outcome, out),
                    false => render::write_outcome(&outcome, out),
                }
            })
        })?;
        self.conclude(&tester.counts())
    }

    fn conclude(&self, counts: &EventCounts) -> Result<Exit, Box<dyn Error>> {
        if !self.json {
            output::print(|out| render::write_counts(counts, out))?;
        }
        if let Some(note) = render::ambiguity(counts) {
            output::note(&note);
        }
        Ok(Exit::Complete)
    }

    fn for_each_event(&self, visit: &mut dyn FnMut(&str) -> Printed) -> Printed {
        let path = &self.file;
        let unreadable = |error| EventsError::new(path, error);
        let input = open(path).map_err(unreadable)?;
        if self.events_json {
            let events = strings(input).map_err(unreadable)?;
            return events.iter().try_for_each(|event| visit(event));
        }
        // Lines are read one by one, since a log may be larger than memory.
        for line in input.split(b'\n') {
            visit(&event_in(&line.map_err(unreadable)?))?;
        }
        Ok(())
    }
}

fn event_in(line: &[u8]) -> Cow<'_, str> {
    let event = line.strip_suffix(b"\r").unwrap_or(line);
    // CloudWatch Logs replaces bytes that are not UTF-8, too.
    String::from_utf8_lossy(event)
}

fn strings(input: impl BufRead) -> io::Result<Vec<String>> {
    serde_json::from_reader(input)
        .map_err(|error| io::Error::other(format!("not a JSON array of strings: {error}")))
}

/// Opens a file, or standard input for `-`.
fn open(path: &Path) -> io::Result<Box<dyn BufRead>> {
    if path == Path::new("-") {
        return Ok(Box::new(io::stdin().lock()));
    }
    Ok(Box::new(BufReader::new(File::open(path)?)))
}

impl ExplainArguments {
    fn run(&self) -> Result<Exit, Box<dyn Error>> {
        let pattern = parse(&self.pattern)?;
        let event = self.event.as_deref().map(read_event).transpose()?;
        let explanation = explain(&pattern, event.as_deref());
        output::print(|out| match self.json {
            true => render::write_explanation_json(&explanation, out),
            false => render::write_explanation(&explanation, out),
        })?;
        Ok(Exit::Complete)
    }
}

/// Returns the event on the command line, or the whole of standard input for `-`, without the line
/// break at its end.
fn read_event(argument: &str) -> Result<String, EventsError> {
    if argument != "-" {
        return Ok(argument.to_owned());
    }
    let mut bytes = Vec::new();
    let read = io::stdin().lock().read_to_end(&mut bytes);
    read.map_err(|error| EventsError::new(Path::new("-"), error))?;
    let text = String::from_utf8_lossy(&bytes);
    // `echo` and editors add the line break, which is not a part of the event.
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}
