//! Filter patterns: their checks, their answers to events, their explanations.

use std::io::{self, Write};

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Value, json};

use super::style::{BAD, GOOD, QUIET, WARNING};
use crate::pattern::ast::Pattern;
use crate::pattern::error::{PATTERN_LIMIT, REGEX_LIMIT, WILDCARD_STEPS_LIMIT};
use crate::pattern::explain::{Combinator, ConditionAnswer};
use crate::pattern::{
    EventCounts, EventOutcome, Explanation, Extracted, LimitUsage, PatternError, Warning, warnings,
};
use crate::text::{counted, is_harmless, printable};

/// A valid pattern and what to know about it.
#[derive(Clone, Debug)]
pub struct PatternReport<'a> {
    /// The pattern as it was written.
    pub text: &'a str,
    /// The tree that was parsed from it.
    pub pattern: &'a Pattern,
    /// The constructs in it that deserve a warning.
    pub warnings: Vec<Warning>,
}

impl<'a> PatternReport<'a> {
    /// Creates the report of a pattern that was parsed from this text.
    pub fn new(text: &'a str, pattern: &'a Pattern) -> Self {
        Self {
            text,
            pattern,
            warnings: warnings(pattern, text),
        }
    }

    fn usage(&self) -> LimitUsage {
        LimitUsage::from_pattern(self.pattern, self.text)
    }
}

/// Writes the check of a pattern for a person.
///
/// # Errors
///
/// Returns an error if the bytes cannot be written.
pub fn write_check(report: &PatternReport<'_>, out: &mut dyn Write) -> io::Result<()> {
    let syntax = report.pattern.syntax().name();
    let canonical = canonical(report.pattern);
    let limits = limits(&report.usage());
    writeln!(out, "{GOOD}valid{GOOD:#}  {QUIET}syntax: {syntax}{QUIET:#}")?;
    writeln!(out, "  {QUIET}canonical{QUIET:#}  {canonical}")?;
    writeln!(out, "  {QUIET}limits{QUIET:#}     {limits}")?;
    for warning in &report.warnings {
        // A warning makes itself printable, since its lines must stay lines.
        writeln!(out, "\n{WARNING}warning:{WARNING:#} {warning}")?;
    }
    Ok(())
}

fn canonical(pattern: &Pattern) -> String {
    let text = printable(&pattern.to_string());
    if text.is_empty() {
        return "(the empty pattern)".to_owned();
    }
    text
}

fn limits(usage: &LimitUsage) -> String {
    let LimitUsage {
        characters,
        wildcard_steps,
        regexes,
    } = usage;
    format!(
        "{characters} of {PATTERN_LIMIT} characters, \
         {wildcard_steps} of {WILDCARD_STEPS_LIMIT} wildcard steps, \
         {regexes} of {REGEX_LIMIT} regular expressions"
    )
}

/// Writes the check of a pattern as one JSON object.
///
/// # Errors
///
/// Returns an error if the bytes cannot be written.
pub fn write_check_json(report: &PatternReport<'_>, out: &mut dyn Write) -> io::Result<()> {
    let usage = report.usage();
    let warnings: Vec<Value> = report.warnings.iter().map(warning_json).collect();
    let check = json!({
        "valid": true,
        "syntax": report.pattern.syntax().name(),
        "canonical": report.pattern.to_string(),
        "characters": limit_json(usage.characters, PATTERN_LIMIT),
        "wildcard_steps": limit_json(usage.wildcard_steps, WILDCARD_STEPS_LIMIT),
        "regular_expressions": limit_json(usage.regexes, REGEX_LIMIT),
        "warnings": warnings,
    });
    write_json(&check, out)
}

fn limit_json(used: usize, limit: usize) -> Value {
    json!({ "used": used, "limit": limit })
}

fn warning_json(warning: &Warning) -> Value {
    json!({
        "start": warning.span.start,
        "end": warning.span.end,
        "effect": warning.kind.effect(),
        "repair": warning.kind.repair(),
    })
}

/// Writes the error of a text that is not a pattern as one JSON object. Offsets are in bytes. AWS's
/// reply is null where the limit is backtrail's own.
///
/// # Errors
///
/// Returns an error if the bytes cannot be written.
pub fn write_error_json(error: &PatternError, out: &mut dyn Write) -> io::Result<()> {
    let reply = error.aws_reply();
    let error = json!({
        "valid": false,
        "start": error.span.start,
        "end": error.span.end,
        "message": error.kind.message(),
        "hint": error.kind.hint(),
        "aws": reply.as_ref().map(|reply| &reply.text),
        "aws_certainty": reply.as_ref().map(|reply| reply.certainty.name()),
    });
    write_json(&error, out)
}

/// Writes the outcome of one event for a person.
///
/// # Errors
///
/// Returns an error if the bytes cannot be written.
pub fn write_outcome(outcome: &EventOutcome, out: &mut dyn Write) -> io::Result<()> {
    let number = outcome.number;
    let Some(extracted) = &outcome.extracted else {
        writeln!(out, "{number:>6}  {QUIET}no match{QUIET:#}")?;
        return Ok(());
    };
    let values: Vec<String> = extracted.iter().map(assignment).collect();
    let line = format!("{number:>6}  {GOOD}match{GOOD:#}     {}", values.join(" "));
    // Patterns of terms and of JSON extract nothing, and their lines would end in blanks.
    writeln!(out, "{}", line.trim_end())?;
    Ok(())
}

/// Returns an extracted value as `$name="value"`. The quotes show where a value ends that contains
/// blanks.
fn assignment(extracted: &Extracted) -> String {
    let value = format!("{:?}", extracted.value);
    format!("{}={}", printable(&extracted.name), printable(&value))
}

/// Writes the number of events that match, for a person.
///
/// # Errors
///
/// Returns an error if the bytes cannot be written.
pub fn write_counts(counts: &EventCounts, out: &mut dyn Write) -> io::Result<()> {
    let EventCounts {
        matched, events, ..
    } = counts;
    let events = counted(*events, "event matches", "events match");
    writeln!(out, "{matched} of {events}")?;
    Ok(())
}

/// Returns what to know about the events whose answer depends on the meaning of interior stars, if
/// there are any.
pub fn ambiguity(counts: &EventCounts) -> Option<String> {
    let EventCounts {
        ambiguous, events, ..
    } = counts;
    (*ambiguous > 0).then(|| {
        format!(
            "{ambiguous} of {} would get a different answer if a `*` inside a value were literal; \
             AWS does not say which it is",
            counted(*events, "event", "events")
        )
    })
}

/// Writes the outcome of one event as a line of JSON.
///
/// # Errors
///
/// Returns an error if the bytes cannot be written.
pub fn write_outcome_json(outcome: &EventOutcome, out: &mut dyn Write) -> io::Result<()> {
    write_json(&OutcomeJson(outcome), out)
}

struct OutcomeJson<'a>(&'a EventOutcome);

impl Serialize for OutcomeJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let extracted = &self.0.extracted;
        let mut map = serializer.serialize_map(Some(3))?;
        map.serialize_entry("event", &self.0.number)?;
        map.serialize_entry("match", &extracted.is_some())?;
        let values = ExtractedJson(extracted.as_deref().unwrap_or_default());
        map.serialize_entry("extracted", &values)?;
        map.end()
    }
}

/// Extracted values as one object, in the order of the fields.
struct ExtractedJson<'a>(&'a [Extracted]);

impl Serialize for ExtractedJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let values = self.0.iter();
        serializer.collect_map(values.map(|value| (&value.name, &value.value)))
    }
}

/// Writes an explanation for a person, as an indented list.
///
/// # Errors
///
/// Returns an error if the bytes cannot be written.
pub fn write_explanation(explanation: &Explanation, out: &mut dyn Write) -> io::Result<()> {
    match explanation.holds() {
        Some(true) => writeln!(out, "{GOOD}the event matches{GOOD:#}, since")?,
        Some(false) => writeln!(out, "{BAD}the event does not match{BAD:#}, since")?,
        None => writeln!(out, "an event matches when")?,
    }
    write_part(explanation, 1, out)
}

fn write_part(explanation: &Explanation, depth: usize, out: &mut dyn Write) -> io::Result<()> {
    let indent = "  ".repeat(depth);
    let mark = mark(explanation.holds());
    match explanation {
        Explanation::Combined {
            combination, parts, ..
        } => {
            writeln!(out, "{indent}{mark}{}", heading(*combination, parts))?;
            write_parts(parts, depth + 1, out)
        }
        Explanation::Single {
            requirement,
            answer,
        } => {
            writeln!(out, "{indent}{mark}{}", printable(requirement))?;
            write_answer(answer.as_ref(), &indent, out)
        }
    }
}

fn write_parts(parts: &[Explanation], depth: usize, out: &mut dyn Write) -> io::Result<()> {
    for part in parts {
        write_part(part, depth, out)?;
    }
    Ok(())
}

fn heading(combination: Combinator, parts: &[Explanation]) -> &'static str {
    match combination {
        _ if parts.is_empty() => "nothing is required",
        Combinator::All => "all of these hold:",
        Combinator::Any => "at least one of these holds:",
    }
}

fn write_answer(
    answer: Option<&ConditionAnswer>,
    indent: &str,
    out: &mut dyn Write,
) -> io::Result<()> {
    if let Some(answer) = answer {
        let saw = printable(&answer.saw);
        writeln!(out, "{indent}    {QUIET}saw {saw}{QUIET:#}")?;
    }
    Ok(())
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
/// Returns an error if the bytes cannot be written.
pub fn write_explanation_json(explanation: &Explanation, out: &mut dyn Write) -> io::Result<()> {
    write_json(&explanation_json(explanation), out)
}

fn explanation_json(explanation: &Explanation) -> Value {
    match explanation {
        Explanation::Combined {
            combination,
            holds,
            parts,
        } => json!({ combination_key(*combination): parts_json(parts), "holds": holds }),
        Explanation::Single {
            requirement,
            answer,
        } => json!({
            "asks": requirement,
            "holds": answer.as_ref().map(|answer| answer.holds),
            "saw": answer.as_ref().map(|answer| answer.saw.as_str()),
        }),
    }
}

fn combination_key(combination: Combinator) -> &'static str {
    match combination {
        Combinator::All => "all",
        Combinator::Any => "any",
    }
}

fn parts_json(parts: &[Explanation]) -> Vec<Value> {
    parts.iter().map(explanation_json).collect()
}

/// Writes a value as one line of JSON that is safe on a terminal.
fn write_json(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    let json = harmless_json(&serde_json::to_string(value)?);
    writeln!(out, "{json}")?;
    Ok(())
}

/// Escapes the characters that could steer a terminal. JSON escapes the control characters of ASCII
/// only.
fn harmless_json(json: &str) -> String {
    let mut harmless = String::with_capacity(json.len());
    for character in json.chars() {
        if is_harmless(character) {
            harmless.push(character);
        } else {
            // Such a character can only be in a string, where its escape means the same.
            harmless.push_str(&json_escape(character));
        }
    }
    harmless
}

fn json_escape(character: char) -> String {
    let mut buffer = [0; 2];
    let units = character.encode_utf16(&mut buffer).iter();
    units.map(|unit| format!("\\u{unit:04x}")).collect()
}
