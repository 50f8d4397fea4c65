//! `backtrail pattern`: check, test and explain a filter pattern of CloudWatch Logs.

use std::error::Error;
use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::exit::Exit;
use crate::job::{for_each_event, read_event};
use crate::pattern::{EventTester, explain, parse};
use crate::render::console::{note, print};
use crate::render::pattern::{self as render, PatternReport};

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
        Ok(Exit::Complete)
    }
}

impl ExplainArguments {
    fn run(&self) -> Result<Exit, Box<dyn Error>> {
        let pattern = parse(&self.pattern)?;
        let event = self.event.as_deref().map(read_event).transpose()?;
        let explanation = explain(&pattern, event.as_deref());
        print(|out| match self.json {
            true => render::write_explanation_json(&explanation, out),
            false => render::write_explanation(&explanation, out),
        })?;
        Ok(Exit::Complete)
    }
}
