//! Selectors: `$.name`, `$.list[0]`, `$.['a.b']`, `$.list[*].name`.

use super::ast::{Selector, SelectorStep};
use super::error::ErrorKind;
use super::lex::{is_name, split_while};
use crate::text::span::Span;

/// A mistake in the text of a selector.
#[derive(Clone, Debug, PartialEq)]
pub struct SelectorError {
    /// The kind of mistake.
    pub kind: ErrorKind,
    /// The place of the mistake in the text of the selector.
    pub span: Span,
}

/// Parses the text of a selector, from its `$` to its end.
///
/// # Errors
///
/// Returns an error if the text is not a selector, or has more than one wildcard step (recorded
/// `TestMetricFilter` replies).
pub fn parse_selector(text: &str) -> Result<Selector, SelectorError> {
    let Some(mut rest) = text.strip_prefix("$.") else {
        return Err(error(ErrorKind::SelectorWithoutDot, 0, text.len()));
    };
    let mut steps = Vec::new();
    loop {
        let (step, after) = parse_step(rest).map_err(|kind| error_at(kind, rest, text))?;
        if step == SelectorStep::Every && steps.contains(&SelectorStep::Every) {
            return Err(error(ErrorKind::TwoWildcardSteps, 0, text.len()));
        }
        steps.push(step);
        if after.is_empty() {
            return Ok(Selector { steps });
        }
        rest = next_step(after).map_err(|kind| error_at(kind, after, text))?;
    }
}

/// Returns the text from the next step on. A dot comes before a name, but not before a bracket.
fn next_step(after: &str) -> Result<&str, ErrorKind> {
    if after.starts_with('[') {
        return Ok(after);
    }
    after.strip_prefix('.').ok_or(ErrorKind::WrongSelector)
}

fn error(kind: ErrorKind, start: usize, end: usize) -> SelectorError {
    SelectorError {
        kind,
        span: Span::new(start, end),
    }
}

/// Returns an error for the beginning of `rest`, the end of `text`.
fn error_at(kind: ErrorKind, rest: &str, text: &str) -> SelectorError {
    let start = text.len() - rest.len();
    error(kind, start, start + wrong_length(rest))
}

/// Returns the length of the part to underline: the first bracket or character.
fn wrong_length(rest: &str) -> usize {
    let first = rest.chars().next().map_or(0, char::len_utf8);
    match rest.find(']') {
        Some(end) if rest.starts_with('[') => end + 1,
        _ => first,
    }
}

fn parse_step(rest: &str) -> Result<(SelectorStep, &str), ErrorKind> {
    if let Some(inside) = rest.strip_prefix('[') {
        return parse_bracket(inside);
    }
    if let Some(after) = rest.strip_prefix('*') {
        return Ok((SelectorStep::Every, after));
    }
    match split_while(rest, is_name) {
        ("", _) => Err(ErrorKind::WrongSelector),
        (name, after) => Ok((SelectorStep::Member(name.to_owned()), after)),
    }
}

fn parse_bracket(inside: &str) -> Result<(SelectorStep, &str), ErrorKind> {
    match inside.strip_prefix('\'') {
        Some(quoted) => parse_quoted(quoted),
        None if inside.starts_with('"') => Err(ErrorKind::DoubleQuotedName),
        None => parse_index(inside),
    }
}

/// Parses a name after its opening quote. There are no escapes: a name with a quote in it cannot be
/// written.
fn parse_quoted(quoted: &str) -> Result<(SelectorStep, &str), ErrorKind> {
    let (name, after) = quoted.split_once('\'').ok_or(ErrorKind::UnclosedBracket)?;
    let after = after.strip_prefix(']').ok_or(ErrorKind::WrongSelector)?;
    Ok((SelectorStep::Member(name.to_owned()), after))
}

fn parse_index(inside: &str) -> Result<(SelectorStep, &str), ErrorKind> {
    let (index, after) = inside.split_once(']').ok_or(ErrorKind::UnclosedBracket)?;
    let is_number = !index.is_empty() && index.bytes().all(|byte| byte.is_ascii_digit());
    let step = match index {
        "*" => SelectorStep::Every,
        // An index that no machine could hold names an element that no array has.
        digits if is_number => SelectorStep::Element(digits.parse().unwrap_or(usize::MAX)),
        _ => return Err(ErrorKind::WrongIndex),
    };
    Ok((step, after))
}
