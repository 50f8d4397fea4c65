//! Patterns of terms: words, quoted texts and regular expressions that are looked for in the raw
//! event.

use super::ast::{Presence, Term, TermText};
use super::error::{ErrorKind, PatternError};
use super::lex::{is_blank, is_name, quoted_text};
use super::regex::Regex;
use crate::text::span::Span;

/// Parses a pattern of terms. A pattern without any matches every event.
///
/// # Errors
///
/// When a word has a character that must stand in quotes, or a quote or regular expression is wrong
/// or never closed.
pub(super) fn parse_terms(pattern: &str) -> Result<Vec<Term>, PatternError> {
    let mut terms = Vec::new();
    let mut position = 0;
    loop {
        let rest = pattern.get(position..).unwrap_or("");
        let blank = rest.len() - rest.trim_start_matches(is_blank).len();
        position += blank;
        if position >= pattern.len() {
            return Ok(terms);
        }
        let start = position;
        let (term, length) = term(&pattern[start..]).map_err(|wrong| PatternError {
            kind: wrong.kind,
            span: Span::new(start + wrong.span.start, start + wrong.span.end),
            pattern: pattern.to_owned(),
        })?;
        position += length;
        terms.push(Term {
            span: Span::new(start, position),
            ..term
        });
        if let Some(next) = pattern[position..]
            .chars()
            .next()
            .filter(|next| !is_blank(*next))
        {
            return Err(PatternError {
                kind: ErrorKind::ExpectedSpace,
                span: Span::new(position, position + next.len_utf8()),
                pattern: pattern.to_owned(),
            });
        }
    }
}

/// What is wrong with a term, and where in the text that begins with it.
struct Wrong {
    kind: ErrorKind,
    span: Span,
}

fn wrong(kind: ErrorKind, start: usize, end: usize) -> Wrong {
    Wrong {
        kind,
        span: Span::new(start, end),
    }
}

/// Reads the term that `text` begins with, and says how long it is.
fn term(text: &str) -> Result<(Term, usize), Wrong> {
    let presence = match text.as_bytes().first() {
        Some(b'?') => Presence::Optional,
        Some(b'-') => Presence::Excluded,
        _ => Presence::Required,
    };
    let sign = usize::from(presence != Presence::Required);
    let body = text.get(sign..).unwrap_or("");
    let (text, length) = match body.chars().next() {
        Some('"') => quoted(body, sign)?,
        Some('%') => regex(body, sign)?,
        _ => word(body, sign)?,
    };
    Ok((
        Term {
            presence,
            text,
            span: Span::new(0, sign + length),
        },
        sign + length,
    ))
}

fn quoted(body: &str, offset: usize) -> Result<(TermText, usize), Wrong> {
    let (text, length) =
        quoted_text(body).ok_or_else(|| wrong(ErrorKind::UnclosedQuote, offset, offset + 1))?;
    Ok((TermText::Literal(text), length))
}

fn regex(body: &str, offset: usize) -> Result<(TermText, usize), Wrong> {
    let inside = body.get(1..).unwrap_or("");
    let length = inside
        .find('%')
        .ok_or_else(|| wrong(ErrorKind::UnclosedRegex, offset, offset + 1))?;
    let text = inside.get(..length).unwrap_or("");
    Regex::new(text).map_err(|kind| match kind {
        ErrorKind::RegexCharacter(character) => {
            let at = offset + 1 + text.find(character).unwrap_or(0);
            wrong(kind, at, at + character.len_utf8())
        }
        _ => wrong(kind, offset, offset + length + 2),
    })?;
    Ok((TermText::Regex(text.to_owned()), length + 2))
}

fn word(body: &str, offset: usize) -> Result<(TermText, usize), Wrong> {
    let end = body
        .find(|character: char| !is_name(character))
        .unwrap_or(body.len());
    match body[end..].chars().next() {
        Some(character) if !is_blank(character) => {
            let at = offset + end;
            Err(wrong(
                ErrorKind::TermCharacter(character),
                at,
                at + character.len_utf8(),
            ))
        }
        _ if end == 0 => Err(wrong(ErrorKind::ExpectedTerm, 0, offset.max(1))),
        _ => Ok((TermText::Literal(body[..end].to_owned()), end)),
    }
}
