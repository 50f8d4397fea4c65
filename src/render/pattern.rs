//! What is said of a pattern: its check, its outcomes on events, its explanation.

use std::error::Error;
use std::io::Write;

use anstyle::{AnsiColor, Style};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Value, json};

use crate::pattern::ast::{Condition, Pattern, Step, TermText, Test};
use crate::pattern::error::{PATTERN_LIMIT, REGEX_LIMIT, WILDCARD_STEPS_LIMIT};
use crate::pattern::explain::{Answer, Combination};
use crate::pattern::{Explanation, Extracted, PatternError, Warning};
use crate::text::printable;

const QUIET: Style = AnsiColor::BrightBlack.on_default();
const GOOD: Style = AnsiColor::Green.on_default();
const BAD: Style = AnsiColor::Red.on_default();
const NOTE: Style = AnsiColor::Yellow.on_default().bold();

/// What writing to `out` may fail with.
type Written = Result<(), Box<dyn Error>>;

/// A valid pattern and what to know about it.
#[derive(Clone, Copy, Debug)]
pub struct PatternReport<'a> {
    /// The pattern as it was written.
    pub text: &'a str,
    /// What was parsed from it.
    pub pattern: &'a Pattern,
    /// What to know about it.
    pub warnings: &'a [Warning],
}

/// How much of each limit of AWS a pattern uses.
struct Usage {
    characters: usize,
    wildcard_steps: usize,
    regexes: usize,
}

impl Usage {
    fn of(report: &PatternReport<'_>) -> Self {
        let mut usage = Self {
            characters: report.text.chars().count(),
            wildcard_steps: 0,
            regexes: 0,
        };
        report.pattern.for_each_test(&mut |test, _| {
            let (Test::Equal(literal) | Test::NotEqual(literal)) = test else {
                return;
            };
            usage.regexes += usize::from(matches!(literal, crate::pattern::ast::Literal::Regex(_)));
        });
        match report.pattern {
            Pattern::Json(expression) => expression.for_each(&mut |condition: &Condition| {
                usage.wildcard_steps +=
                    usize::from(condition.selector.steps.contains(&Step::Every));
            }),
            Pattern::Terms(terms) => {
                usage.regexes += terms
                    .iter()
                    .filter(|term| matches!(term.text, TermText::Regex(_)))
                    .count();
            }
            Pattern::Cells(_) => {}
        }
        usage
    }
}

/// Writes the check of a pattern for a person.
///
/// # Errors
///
/// When the bytes cannot be written.
pub fn write_check(report: &PatternReport<'_>, out: &mut dyn Write) -> Written {
    let Usage {
        characters,
        wildcard_steps,
        regexes,
    } = Usage::of(report);
    let canonical = printable(&report.pattern.to_string());
    let canonical = if canonical.is_empty() {
        "(the empty pattern)"
    } else {
        &canonical
    };
    writeln!(
        out,
        "{GOOD}valid{GOOD:#}  {QUIET}syntax: {}{QUIET:#}",
        report.pattern.syntax().name()
    )?;
    writeln!(out, "  {QUIET}canonical{QUIET:#}  {canonical}")?;
    writeln!(
        out,
        "  {QUIET}limits{QUIET:#}     {characters} of {PATTERN_LIMIT} characters, {wildcard_steps} of \
         {WILDCARD_STEPS_LIMIT} wildcard steps, {regexes} of {REGEX_LIMIT} regular expressions"
    )?;
    for warning in report.warnings {
        writeln!(out, "\n{NOTE}warning:{NOTE:#} {warning}")?;
    }
    Ok(())
}

/// Writes the check of a pattern as one JSON object.
///
/// # Errors
///
/// When the bytes cannot be written.
pub fn write_check_json(report: &PatternReport<'_>, out: &mut dyn Write) -> Written {
    let Usage {
        characters,
        wildcard_steps,
        regexes,
    } = Usage::of(report);
    let limit = |used: usize, limit: usize| json!({ "used": used, "limit": limit });
    let warnings = report.warnings.iter().map(|warning| {
        json!({
            "start": warning.span.start,
            "end": warning.span.end,
            "effect": warning.kind.effect(),
            "repair": warning.kind.repair(),
        })
    });
    let value = json!({
        "valid": true,
        "syntax": report.pattern.syntax().name(),
        "canonical": report.pattern.to_string(),
        "characters": limit(characters, PATTERN_LIMIT),
        "wildcard_steps": limit(wildcard_steps, WILDCARD_STEPS_LIMIT),
        "regular_expressions": limit(regexes, REGEX_LIMIT),
        "warnings": warnings.collect::<Vec<Value>>(),
    });
    Ok(writeln!(out, "{value}")?)
}

/// Writes why a text is not a pattern as one JSON object. Offsets are in bytes.
///
/// # Errors
///
/// When the bytes cannot be written.
pub fn write_error_json(error: &PatternError, out: &mut dyn Write) -> Written {
    let value = json!({
        "valid": false,
        "start": error.span.start,
        "end": error.span.end,
        "message": error.kind.message(),
        "hint": error.kind.hint(),
        "aws": error.aws_reply().text,
    });
    Ok(writeln!(out, "{value}")?)
}

/// What a pattern says of one event.
#[derive(Clone, Debug)]
pub struct EventOutcome {
    /// The number of the event, from 1.
    pub number: u64,
    /// What its cells extract; nothing when it does not match.
    pub extracted: Option<Vec<Extracted>>,
}

/// Writes the outcome of one event for a person.
///
/// # Errors
///
/// When the bytes cannot be written.
pub fn write_outcome(outcome: &EventOutcome, out: &mut dyn Write) -> Written {
    let Some(extracted) = &outcome.extracted else {
        return Ok(writeln!(
            out,
            "{:>6}  {QUIET}no match{QUIET:#}",
            outcome.number
        )?);
    };
    let values: Vec<String> = extracted
        .iter()
        .map(|value| {
            format!(
                "{}={}",
                printable(&value.name),
                printable(&format!("{:?}", value.value))
            )
        })
        .collect();
    let line = format!(
        "{:>6}  {GOOD}match{GOOD:#}     {}",
        outcome.number,
        values.join(" ")
    );
    Ok(writeln!(out, "{}", line.trim_end())?)
}

/// Writes the outcome of one event as a line of JSON.
///
/// # Errors
///
/// When the bytes cannot be written.
pub fn write_outcome_json(outcome: &EventOutcome, out: &mut dyn Write) -> Written {
    serde_json::to_writer(&mut *out, outcome)?;
    Ok(out.write_all(b"\n")?)
}

impl Serialize for EventOutcome {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(3))?;
        map.serialize_entry("event", &self.number)?;
        map.serialize_entry("match", &self.extracted.is_some())?;
        map.serialize_entry(
            "extracted",
            &ByName(self.extracted.as_deref().unwrap_or_default()),
        )?;
        map.end()
    }
}

/// Extracted values as one object, in their order.
struct ByName<'a>(&'a [Extracted]);

impl Serialize for ByName<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|value| (&value.name, &value.value)))
    }
}

/// Writes an explanation for a person, as an indented list.
///
/// # Errors
///
/// When the bytes cannot be written.
pub fn write_explanation(explanation: &Explanation, out: &mut dyn Write) -> Written {
    match explanation.holds() {
        Some(true) => writeln!(out, "{GOOD}the event matches{GOOD:#}, since")?,
        Some(false) => writeln!(out, "{BAD}the event does not match{BAD:#}, since")?,
        None => writeln!(out, "an event matches when")?,
    }
    write_part(explanation, 1, out)
}

fn write_part(explanation: &Explanation, depth: usize, out: &mut dyn Write) -> Written {
    let indent = "  ".repeat(depth);
    let mark = mark(explanation.holds());
    match explanation {
        Explanation::Combined {
            combination, parts, ..
        } => {
            let heading = match (combination, parts.is_empty()) {
                (_, true) => "nothing is asked",
                (Combination::All, false) => "all of these hold:",
                (Combination::Any, false) => "at least one of these holds:",
            };
            writeln!(out, "{indent}{mark}{heading}")?;
            parts
                .iter()
                .try_for_each(|part| write_part(part, depth + 1, out))
        }
        Explanation::Single { asks, answer } => {
            writeln!(out, "{indent}{mark}{}", printable(asks))?;
            if let Some(Answer { saw, .. }) = answer {
                writeln!(out, "{indent}    {QUIET}saw {}{QUIET:#}", printable(saw))?;
            }
            Ok(())
        }
    }
}

fn mark(holds: Option<bool>) -> String {
    match holds {
        Some(true) => format!("{GOOD}yes{GOOD:#} "),
        Some(false) => format!("{BAD}no{BAD:#}  "),
        None => String::new(),
    }
}

/// Writes an explanation as one JSON object.
///
/// # Errors
///
/// When the bytes cannot be written.
pub fn write_explanation_json(explanation: &Explanation, out: &mut dyn Write) -> Written {
    Ok(writeln!(out, "{}", value(explanation))?)
}

fn value(explanation: &Explanation) -> Value {
    match explanation {
        Explanation::Combined {
            combination,
            holds,
            parts,
        } => {
            let name = match combination {
                Combination::All => "all",
                Combination::Any => "any",
            };
            json!({ name: parts.iter().map(value).collect::<Vec<_>>(), "holds": holds })
        }
        Explanation::Single { asks, answer } => json!({
            "asks": asks,
            "holds": answer.as_ref().map(|answer| answer.holds),
            "saw": answer.as_ref().map(|answer| answer.saw.as_str()),
        }),
    }
}
