//! `backtrail pattern`: check, test and explain a filter pattern of CloudWatch Logs.

use std::error::Error;

use super::exit::Exit;
use crate::arguments::pattern::{
    CheckArguments, ExplainArguments, MatchCondition, PatternCommand, TestArguments,
};
use crate::pattern::{EventTester, explain as explanation_of, parse};
use crate::render::console::{note, print};
use crate::render::pattern::{self as render, PatternReport};
use crate::scan::{ArgumentEvent, ArgumentEventError, event_of_argument, for_each_event};
use crate::text::printable;

/// Runs the command.
pub(super) fn run(command: &PatternCommand) -> Result<Exit, Box<dyn Error>> {
    match command {
        PatternCommand::Check(arguments) => check(arguments),
        PatternCommand::Test(arguments) => test(arguments),
        PatternCommand::Explain(arguments) => explain(arguments),
    }
}

fn check(arguments: &CheckArguments) -> Result<Exit, Box<dyn Error>> {
    let pattern = match parse(&arguments.pattern) {
        Ok(pattern) => pattern,
        // A program that requests JSON expects it of errors, too.
        Err(error) if arguments.json => {
            print(|out| render::write_error_json(&error, out))?;
            return Ok(Exit::Unusable);
        }
        Err(error) => return Err(error.into()),
    };
    let report = PatternReport::new(&arguments.pattern, &pattern);
    print(|out| match arguments.json {
        true => render::write_check_json(&report, out),
        false => render::write_check(&report, out),
    })?;
    Ok(Exit::Complete)
}

fn test(arguments: &TestArguments) -> Result<Exit, Box<dyn Error>> {
    let mut tester = EventTester::new(&parse(&arguments.pattern)?);
    print(|out| {
        for_each_event(&arguments.file, arguments.events_json, &mut |event| {
            let outcome = tester.test(event);
            match arguments.json {
                true => render::write_outcome_json(&outcome, out),
                false => render::write_outcome(&outcome, out),
            }
        })
    })?;
    let counts = tester.counts();
    if !arguments.json {
        print(|out| render::write_counts(&counts, out))?;
    }
    if let Some(text) = render::ambiguity(&counts) {
        note(&text);
    }
    Ok(exit(arguments.fail_on, counts.matched > 0))
}

/// Returns how a command ends.
fn exit(fail_on: Option<MatchCondition>, has_matched: bool) -> Exit {
    match fail_on {
        Some(MatchCondition::NoMatch) if !has_matched => Exit::ConditionMet,
        _ => Exit::Complete,
    }
}

fn explain(arguments: &ExplainArguments) -> Result<Exit, Box<dyn Error>> {
    let pattern = parse(&arguments.pattern)?;
    let event = match &arguments.event {
        Some(event) => Some(read(arguments, event)?),
        None => None,
    };
    let explanation = explanation_of(&pattern, event.as_deref());
    print(|out| match arguments.json {
        true => render::write_explanation_json(&explanation, out),
        false => render::write_explanation(&explanation, out),
    })?;
    Ok(exit(arguments.fail_on, explanation.holds() == Some(true)))
}

/// Returns the event that an argument is, or that it names.
fn read(arguments: &ExplainArguments, event: &str) -> Result<String, ArgumentEventError> {
    let found = match event_of_argument(event, arguments.number)? {
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
    if found.events > 1 && arguments.number.is_none() {
        note(&format!(
            "{} holds {} events; the first is explained, and --number N explains another",
            printable(event),
            found.events
        ));
    }
    Ok(found.text)
}
