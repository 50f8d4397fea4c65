//! `backtrail pattern`: check, test and explain a filter pattern of CloudWatch Logs.

use std::error::Error;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::exit::Exit;
use crate::pattern::{EventTester, explain, parse};
use crate::render::console::{note, print};
use crate::render::pattern::{self as render, PatternReport};
use crate::scan::{ArgumentEvent, ArgumentEventError, event_of_argument, for_each_event};
use crate::text::printable;

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
    fn read(&self, event: &str) -> Result<String, ArgumentEventError> {
        let found = match event_of_argument(event, self.number)? {
            ArgumentEvent::Text => return Ok(event.to_owned()),
            ArgumentEvent::UnlikelyText => {
                note(&format!(
                    "there is no file {}; the text itself is explained",
                    printable(event)
                ));
                return Ok(event.to_owned());
            }
            ArgumentEvent::Found(found) => found,
        };
        if found.events > 1 && self.number.is_none() {
            note(&format!(
                "{} holds {} events; the first is explained, and --number N explains another",
                printable(event),
                found.events
            ));
        }
        Ok(found.text)
    }
}
