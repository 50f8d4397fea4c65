//! Selectors: `$.name`, `$.list[0]`, `$.['a.b']`, `$.list[*].name`.

use super::ast::{Selector, Step};
use super::error::ErrorKind;
use super::lex::is_name;
use crate::text::span::Span;

/// What is wrong with the text of a selector, and where in it.
#[derive(Clone, Debug, PartialEq)]
pub struct SelectorError {
    /// What is wrong.
    pub kind: ErrorKind,
    /// Where, in the text of the selector.
    pub span: Span,
}

/// Parses the text of a selector, from its `$` to its end.
///
/// # Errors
///
/// When the text is no selector, or has more than one wildcard step (recorded `TestMetricFilter`
/// replies).
pub fn parse_selector(text: &str) -> Result<Selector, SelectorError> {
    let wrong = |span| SelectorError {
        kind: ErrorKind::WrongSelector,
        span,
    };
    let Some(mut rest) = text.strip_prefix("$.") else {
        return Err(SelectorError {
            kind: ErrorKind::SelectorWithoutDot,
            span: Span::new(0, text.len()),
        });
    };
    let mut steps = Vec::new();
    loop {
        let start = text.len() - rest.len();
        let (step, after) = parse_step(rest).map_err(|kind| SelectorError {
            kind,
            span: Span::new(start, start + wrong_length(rest)),
        })?;
        if step == Step::Every && steps.contains(&Step::Every) {
            return Err(SelectorError {
                kind: ErrorKind::TwoWildcardSteps,
                span: Span::new(0, text.len()),
            });
        }
        steps.push(step);
        rest = match after {
            "" => return Ok(Selector { steps }),
            bracket if bracket.starts_with('[') => bracket,
            dotted => dotted.strip_prefix('.').ok_or_else(|| {
                let at = text.len() - dotted.len();
                wrong(Span::new(at, at + wrong_length(dotted)))
            })?,
        };
    }
}

/// How much of `rest` to underline: its first step or character.
fn wrong_length(rest: &str) -> usize {
    let first = rest.chars().next().map_or(0, char::len_utf8);
    match rest.find(']') {
        Some(end) if rest.starts_with('[') => end + 1,
        _ => first,
    }
}

fn parse_step(rest: &str) -> Result<(Step, &str), ErrorKind> {
    if let Some(inside) = rest.strip_prefix('[') {
        return parse_bracket(inside);
    }
    if let Some(after) = rest.strip_prefix('*') {
        return Ok((Step::Every, after));
    }
    let end = rest
        .find(|character| !is_name(character))
        .unwrap_or(rest.len());
    let (name, after) = rest.split_at(end);
    if name.is_empty() {
        Err(ErrorKind::WrongSelector)
    } else {
        Ok((Step::Member(name.to_owned()), after))
    }
}

fn parse_bracket(inside: &str) -> Result<(Step, &str), ErrorKind> {
    if let Some(quote) = inside
        .chars()
        .next()
        .filter(|first| matches!(first, '\'' | '"'))
    {
        let quoted = inside.get(1..).unwrap_or("");
        let end = quoted.find(quote).ok_or(ErrorKind::UnclosedBracket)?;
        let after = quoted
            .get(end + 1..)
            .and_then(|after| after.strip_prefix(']'));
        let name = quoted.get(..end).unwrap_or("").to_owned();
        return after
            .map(|after| (Step::Member(name), after))
            .ok_or(ErrorKind::WrongSelector);
    }
    let (index, after) = inside.split_once(']').ok_or(ErrorKind::UnclosedBracket)?;
    let step = match index {
        "*" => Step::Every,
        digits if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            // An index that no machine could hold names an element that no array has.
            Step::Element(digits.parse().unwrap_or(usize::MAX))
        }
        _ => return Err(ErrorKind::WrongIndex),
    };
    Ok((step, after))
}
