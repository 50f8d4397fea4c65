//! Patterns of terms: words, quoted texts and regular expressions that are searched for in the raw
//! event.

use super::ast::{Pattern, Presence, Term, TermText};
use super::error::{ErrorKind, Parsed, PatternError};
use super::lex::{is_blank, is_term, quoted_text, regex_body, split_while};
use super::regex::Regex;
use crate::text::span::Span;

/// Parses a pattern of terms. A pattern without terms matches every event.
///
/// # Errors
///
/// Returns an error if a word has a character that must be in quotes, if a quote or regular
/// expression is wrong or never closed, or if there is anything beside a regular expression.
pub(super) fn parse_terms(pattern: &str) -> Parsed<Pattern> {
    let mut reader = TermReader {
        pattern,
        position: 0,
    };
    let mut terms = Vec::new();
    while let Some(term) = reader.next()? {
        terms.push(term);
    }
    Ok(Pattern::Terms(terms))
}

struct TermReader<'a> {
    pattern: &'a str,
    position: usize,
}

impl<'a> TermReader<'a> {
    fn next(&mut self) -> Parsed<Option<Term>> {
        self.skip_blanks();
        if self.rest().is_empty() {
            return Ok(None);
        }
        let start = self.position;
        let presence = self.presence();
        let text = self.text()?;
        match text {
            TermText::Literal(_) => self.check_end()?,
            TermText::Regex(_) => self.check_alone()?,
        }
        Ok(Some(Term {
            presence,
            text,
            span: Span::new(start, self.position),
        }))
    }

    fn skip_blanks(&mut self) {
        let (blanks, _) = split_while(self.rest(), is_blank);
        self.position += blanks.len();
    }

    /// Steps over the sign of a term, if there is one.
    fn presence(&mut self) -> Presence {
        let presence = match self.rest().as_bytes().first() {
            Some(b'?') => Presence::Optional,
            Some(b'-') => Presence::Excluded,
            _ => return Presence::Required,
        };
        self.position += 1;
        presence
    }

    /// Returns the place of the first character that is not a blank.
    fn first(&self) -> usize {
        self.pattern.len() - self.pattern.trim_start_matches(is_blank).len()
    }

    /// Reads the text of a term. A regular expression must be the first, and has no sign.
    fn text(&mut self) -> Parsed<TermText> {
        match self.rest().chars().next() {
            Some('"') => self.quoted(),
            Some('%') if self.position == self.first() => self.regex(),
            Some('%') => Err(self.error(ErrorKind::RegexBesideTerm, 0, 1)),
            _ => self.word(),
        }
    }

    /// Checks that nothing but blanks follows a regular expression.
    fn check_alone(&self) -> Parsed<()> {
        match self.rest().chars().next() {
            Some(next) if !self.rest().trim_matches(is_blank).is_empty() => {
                Err(self.error(ErrorKind::RegexBesideTerm, 0, next.len_utf8()))
            }
            _ => Ok(()),
        }
    }

    fn quoted(&mut self) -> Parsed<TermText> {
        let Some((text, length)) = quoted_text(self.rest()) else {
            return Err(self.error(ErrorKind::UnclosedQuote, 0, 1));
        };
        if text.is_empty() {
            return Err(self.error(ErrorKind::EmptyTerm, 0, length));
        }
        self.position += length;
        Ok(TermText::Literal(text))
    }

    fn regex(&mut self) -> Parsed<TermText> {
        let Some((body, length)) = regex_body(self.rest()) else {
            return Err(self.error(ErrorKind::UnclosedRegex, 0, 1));
        };
        if body.is_empty() {
            return Err(self.error(ErrorKind::EmptyRegex, 0, length));
        }
        if let Err(kind) = Regex::new(body) {
            return Err(self.regex_error(kind, body));
        }
        self.position += length;
        Ok(TermText::Regex(body.to_owned()))
    }

    /// Returns an error for the character of the regular expression that is not supported, or for
    /// the whole of it.
    fn regex_error(&self, kind: ErrorKind, body: &str) -> PatternError {
        match kind {
            ErrorKind::RegexCharacter(character) => {
                let at = 1 + body.find(character).unwrap_or(0);
                self.error(kind, at, character.len_utf8())
            }
            _ => self.error(kind, 0, body.len() + 2),
        }
    }

    fn word(&mut self) -> Parsed<TermText> {
        let (word, after) = split_while(self.rest(), is_term);
        if word.is_empty() && after.starts_with(begins_term) {
            return Err(self.missing_term());
        }
        if let Some(character) = first_unless_blank(after).filter(|next| !begins_term(*next)) {
            let kind = self.unexpected(character);
            return Err(self.error(kind, word.len(), character.len_utf8()));
        }
        if word.is_empty() {
            return Err(self.missing_term());
        }
        self.position += word.len();
        Ok(TermText::Literal(word.to_owned()))
    }

    /// Returns the kind of error for a character that no word may have.
    fn unexpected(&self, character: char) -> ErrorKind {
        let first = self.pattern.trim_start_matches(is_before_selector);
        match first.starts_with("$.") {
            true => ErrorKind::MissingBraces(character),
            false => ErrorKind::TermCharacter(character),
        }
    }

    /// Returns the error for a sign that no term follows.
    fn missing_term(&self) -> PatternError {
        let sign = Span::new(self.position.saturating_sub(1), self.position);
        PatternError::new(ErrorKind::ExpectedTerm, sign, self.pattern)
    }

    /// Checks that a blank, another term with a sign or the end of the pattern follows a term.
    fn check_end(&self) -> Parsed<()> {
        match first_unless_blank(self.rest()) {
            Some(next) if begins_term(next) => Ok(()),
            Some(next) => Err(self.error(ErrorKind::ExpectedSpace, 0, next.len_utf8())),
            None => Ok(()),
        }
    }

    fn rest(&self) -> &'a str {
        self.pattern.get(self.position..).unwrap_or("")
    }

    /// Returns an error for `length` bytes that begin `offset` bytes after the current position.
    fn error(&self, kind: ErrorKind, offset: usize, length: usize) -> PatternError {
        PatternError::new(kind, self.ahead(offset, length), self.pattern)
    }

    fn ahead(&self, offset: usize, length: usize) -> Span {
        let start = self.position + offset;
        Span::new(start, start + length)
    }
}

/// Returns whether a character is the sign of a term. It begins one wherever it is: `a-b` is `a`
/// and not `b`.
fn begins_term(character: char) -> bool {
    matches!(character, '-' | '?')
}

/// Returns true for what may be before the first selector of a pattern.
fn is_before_selector(character: char) -> bool {
    is_blank(character) || character == '('
}

fn first_unless_blank(text: &str) -> Option<char> {
    text.chars().next().filter(|first| !is_blank(*first))
}
