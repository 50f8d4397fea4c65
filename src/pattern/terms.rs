//! Patterns of terms: words, quoted texts and regular expressions that are searched for in the raw
//! event.

use super::ast::{Pattern, Presence, Term, TermText};
use super::error::{ErrorKind, Parsed, PatternError, REGEX_LIMIT};
use super::lex::{is_blank, is_name, quoted_text, regex_body, split_while};
use super::regex::Regex;
use crate::text::span::Span;

/// Parses a pattern of terms. A pattern without terms matches every event.
///
/// # Errors
///
/// Returns an error if a word has a character that must be in quotes, if a quote or regular
/// expression is wrong or never closed, or if there are too many regular expressions.
pub(super) fn parse_terms(pattern: &str) -> Parsed<Pattern> {
    let mut reader = TermReader {
        pattern,
        position: 0,
    };
    let mut terms = Vec::new();
    while let Some(term) = reader.next()? {
        terms.push(term);
    }
    limit_regexes(&terms, pattern)?;
    Ok(Pattern::Terms(terms))
}

fn limit_regexes(terms: &[Term], pattern: &str) -> Parsed<()> {
    let mut regexes = terms.iter().filter(|term| term.is_regex());
    let Some(superfluous) = regexes.nth(REGEX_LIMIT) else {
        return Ok(());
    };
    let kind = ErrorKind::TooManyRegexes;
    Err(PatternError::new(kind, superfluous.span, pattern))
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
        self.check_end()?;
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

    fn text(&mut self) -> Parsed<TermText> {
        match self.rest().chars().next() {
            Some('"') => self.quoted(),
            Some('%') => self.regex(),
            _ => self.word(),
        }
    }

    fn quoted(&mut self) -> Parsed<TermText> {
        let Some((text, length)) = quoted_text(self.rest()) else {
            return Err(self.error(ErrorKind::UnclosedQuote, 0, 1));
        };
        self.position += length;
        Ok(TermText::Literal(text))
    }

    fn regex(&mut self) -> Parsed<TermText> {
        let Some((body, length)) = regex_body(self.rest()) else {
            return Err(self.error(ErrorKind::UnclosedRegex, 0, 1));
        };
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
        let (word, after) = split_while(self.rest(), is_name);
        if let Some(character) = first_unless_blank(after) {
            let kind = ErrorKind::TermCharacter(character);
            return Err(self.error(kind, word.len(), character.len_utf8()));
        }
        if word.is_empty() {
            return Err(self.missing_term());
        }
        self.position += word.len();
        Ok(TermText::Literal(word.to_owned()))
    }

    /// Returns the error for a sign that no term follows.
    fn missing_term(&self) -> PatternError {
        let sign = Span::new(self.position.saturating_sub(1), self.position);
        PatternError::new(ErrorKind::ExpectedTerm, sign, self.pattern)
    }

    /// Checks that a blank or the end of the pattern follows a term.
    fn check_end(&self) -> Parsed<()> {
        match first_unless_blank(self.rest()) {
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

fn first_unless_blank(text: &str) -> Option<char> {
    text.chars().next().filter(|first| !is_blank(*first))
}
