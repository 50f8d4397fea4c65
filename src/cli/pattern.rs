//! `backtrail pattern`: check, test and explain a filter pattern of CloudWatch Logs.

use std::error::Error;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::exit::Exit;
use super::output::{self, Printed};
use crate::pattern::ast::InteriorStars;
use crate::pattern::{Extracted, Matcher, Pattern, PatternError, explain, parse, warnings};
use crate::render::pattern::{self as render, EventOutcome, PatternReport};

/// The options of `backtrail pattern`.
#[derive(Args, Debug)]
pub struct PatternArguments {
    #[command(subcommand)]
    command: PatternCommand,
}

#[derive(Debug, Subcommand)]
enum PatternCommand {
    /// Say whether AWS would accept a pattern, and what to know about it
    Check(CheckArguments),
    /// Say which events a pattern matches: TestMetricFilter without AWS
    Test(TestArguments),
    /// Put a pattern into words, and say why an event matches it or does not
    Explain(ExplainArguments),
}

#[derive(Args, Debug)]
struct CheckArguments {
    /// The filter pattern; one that begins with `-` is taken as a pattern, too
    #[arg(allow_hyphen_values = true)]
    pattern: String,

    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Args, Debug)]
struct TestArguments {
    /// The filter pattern; one that begins with `-` is taken as a pattern, too
    #[arg(allow_hyphen_values = true)]
    pattern: String,

    /// The events, one raw event a line; `-` for standard input
    #[arg(value_name = "FILE", default_value = "-")]
    file: PathBuf,

    /// The file is a JSON array of strings, one for each event
    #[arg(long)]
    events_json: bool,

    /// Print one JSON object for each event: {"event":N,"match":true|false,"extracted":{...}}
    #[arg(long)]
    json: bool,
}

#[derive(Args, Debug)]
struct ExplainArguments {
    /// The filter pattern; one that begins with `-` is taken as a pattern, too
    #[arg(allow_hyphen_values = true)]
    pattern: String,

    /// The event to explain the answer for, or `-` to read it from standard input
    #[arg(value_name = "EVENT", allow_hyphen_values = true)]
    event: Option<String>,

    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Why the events cannot be read.
#[derive(Debug, thiserror::Error)]
enum EventsError {
    #[error("cannot read the events in {}: {error}", path.display())]
    Unreadable {
        path: PathBuf,
        error: std::io::Error,
    },
    #[error("the events in {} are no JSON array of strings: {error}", path.display())]
    NotStrings {
        path: PathBuf,
        error: serde_json::Error,
    },
}

/// Runs the command.
///
/// # Errors
///
/// When the pattern is one that AWS would refuse, or the events cannot be read.
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
            Err(error) if self.json => return self.refuse(&error),
            Err(error) => return Err(error.into()),
        };
        let warnings = warnings(&pattern, &self.pattern);
        let report = PatternReport {
            text: &self.pattern,
            pattern: &pattern,
            warnings: &warnings,
        };
        output::print(|out| match self.json {
            true => render::write_check_json(&report, out),
            false => render::write_check(&report, out),
        })?;
        Ok(Exit::Complete)
    }

    /// A program that asks for JSON gets the error as JSON, too.
    fn refuse(&self, error: &PatternError) -> Result<Exit, Box<dyn Error>> {
        output::print(|out| render::write_error_json(error, out))?;
        Ok(Exit::Unusable)
    }
}

impl TestArguments {
    fn run(&self) -> Result<Exit, Box<dyn Error>> {
        let tester = Tester::new(&parse(&self.pattern)?);
        let mut counts = Counts::default();
        output::print(|out| {
            self.for_each_event(&mut |event| {
                let outcome = tester.test(event, &mut counts);
                match self.json {
                    true => render::write_outcome_json(&outcome, out),
                    false => render::write_outcome(&outcome, out),
                }
            })
        })?;
        if !self.json {
            output::print(|out| {
                Ok(writeln!(
                    out,
                    "{} of {} events match",
                    counts.matched, counts.events
                )?)
            })?;
        }
        if counts.differing > 0 {
            anstream::eprintln!(
                "note: {} of {} events would be answered otherwise if a `*` inside of a value stood for itself; AWS \
                 does not say which it is",
                counts.differing,
                counts.events
            );
        }
        Ok(Exit::Complete)
    }

    /// Calls `visit` with each event. Bytes that are no UTF-8 are replaced, as CloudWatch Logs
    /// does.
    fn for_each_event(&self, visit: &mut dyn FnMut(&str) -> Printed) -> Printed {
        let unreadable = |error| EventsError::Unreadable {
            path: self.file.clone(),
            error,
        };
        let mut input = open(&self.file).map_err(unreadable)?;
        if self.events_json {
            let events: Vec<String> =
                serde_json::from_reader(input).map_err(|error| EventsError::NotStrings {
                    path: self.file.clone(),
                    error,
                })?;
            return events.iter().try_for_each(|event| visit(event));
        }
        let mut line = Vec::new();
        loop {
            line.clear();
            if input.read_until(b'\n', &mut line).map_err(unreadable)? == 0 {
                return Ok(());
            }
            let event = line.strip_suffix(b"\n").unwrap_or(&line);
            let event = event.strip_suffix(b"\r").unwrap_or(event);
            visit(&String::from_utf8_lossy(event))?;
        }
    }
}

/// Opens a file, or standard input for `-`.
fn open(path: &Path) -> std::io::Result<Box<dyn BufRead>> {
    if path == Path::new("-") {
        return Ok(Box::new(std::io::stdin().lock()));
    }
    Ok(Box::new(BufReader::new(std::fs::File::open(path)?)))
}

/// A pattern in both readings of the stars inside of its values.
struct Tester {
    matcher: Matcher,
    /// The literal reading, where it can differ.
    literal: Option<Matcher>,
}

/// How many events were tested, and with which outcome.
#[derive(Default)]
struct Counts {
    events: u64,
    matched: u64,
    /// How many events the two readings of interior stars answer differently.
    differing: u64,
}

impl Tester {
    fn new(pattern: &Pattern) -> Self {
        let literal = || Matcher::with_stars(pattern, InteriorStars::Literal);
        Self {
            matcher: Matcher::new(pattern),
            literal: pattern.has_interior_star().then(literal),
        }
    }

    /// Tests one event. Events are counted from 1, as the API does.
    fn test(&self, event: &str, counts: &mut Counts) -> EventOutcome {
        let extracted: Option<Vec<Extracted>> = self.matcher.extract(event);
        counts.events += 1;
        counts.matched += u64::from(extracted.is_some());
        let differs = self
            .literal
            .as_ref()
            .is_some_and(|other| other.matches(event) != extracted.is_some());
        counts.differing += u64::from(differs);
        EventOutcome {
            number: counts.events,
            extracted,
        }
    }
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

/// The event on the command line, or all of standard input for `-`, without the line break at its
/// end.
fn read_event(argument: &str) -> Result<String, EventsError> {
    if argument != "-" {
        return Ok(argument.to_owned());
    }
    let mut bytes = Vec::new();
    let read = std::io::stdin().lock().read_to_end(&mut bytes);
    read.map_err(|error| EventsError::Unreadable {
        path: PathBuf::from("-"),
        error,
    })?;
    let text = String::from_utf8_lossy(&bytes);
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}
