//! Comparisons: an operator and a value, in JSON patterns and in cells.

use super::ast::{Literal, Ordering, Syntax, Test};
use super::error::{ErrorKind, Parsed, PatternError, REGEX_LIMIT};
use super::lex::TokenKind;
use super::number::{Number, is_number};
use super::parser::Parser;
use super::regex::Regex;
use crate::text::span::Span;

/// A test and the place where it is written.
pub(super) type PlacedTest = (Test, Span);

impl Parser<'_> {
    /// Reads an operator and the value on its right.
    pub(super) fn comparison(&mut self) -> Parsed<PlacedTest> {
        let ordering = match self.peek_kind() {
            Some(TokenKind::Equal) => return self.equality(Test::Equal),
            Some(TokenKind::NotEqual) => return self.equality(Test::NotEqual),
            other => other.and_then(ordering),
        };
        match ordering {
            Some(ordering) => self.order(ordering),
            None => Err(self.error_here(self.expected_operator())),
        }
    }

    fn expected_operator(&self) -> ErrorKind {
        match self.syntax {
            Syntax::Cells => ErrorKind::ExpectedCellTest,
            Syntax::Json | Syntax::Terms => ErrorKind::ExpectedOperator,
        }
    }

    fn equality(&mut self, test: fn(Literal) -> Test) -> Parsed<PlacedTest> {
        let operator = self.skip();
        let literal = self.literal()?;
        Ok((test(literal), operator.to(self.skip())))
    }

    /// Reads a value without stepping over it.
    fn literal(&mut self) -> Parsed<Literal> {
        match self.peek_kind().cloned() {
            Some(TokenKind::Quoted(text)) => Ok(Literal::Quoted(text)),
            Some(TokenKind::Bare(word)) => self.bare(word),
            Some(TokenKind::Regex(body)) => self.regex(body),
            Some(TokenKind::Selector(_)) => Err(self.error_here(ErrorKind::SelectorValue)),
            _ => Err(self.error_here(ErrorKind::ExpectedValue)),
        }
    }

    fn bare(&mut self, word: String) -> Parsed<Literal> {
        if self.is_null(&word) {
            return Err(self.error_here(ErrorKind::NullValue));
        }
        self.check_exponent(&word)?;
        Ok(Literal::Bare(word))
    }

    /// Checks that a word is not a number with an exponent that AWS cannot hold.
    fn check_exponent(&mut self, word: &str) -> Parsed<()> {
        match is_number(word) && Number::exact(word).is_none() {
            true => Err(self.error_here(ErrorKind::ExponentTooLarge)),
            false => Ok(()),
        }
    }

    /// Returns whether a word means JSON's null, which a text cannot be equal to. The fields of a
    /// line are always text, so in a cell it is a word like others.
    fn is_null(&self, word: &str) -> bool {
        self.syntax == Syntax::Json && word.eq_ignore_ascii_case("null")
    }

    fn regex(&mut self, body: String) -> Parsed<Literal> {
        self.regexes += 1;
        if self.regexes > REGEX_LIMIT {
            return Err(self.error_here(ErrorKind::TooManyRegexes));
        }
        if body.is_empty() {
            return Err(self.error_here(ErrorKind::EmptyRegex));
        }
        // The expression is only checked here: the tree keeps what was written.
        Regex::new(&body).map_err(|kind| self.regex_error(&body, kind))?;
        Ok(Literal::Regex(body))
    }

    /// Returns an error for the character of the regular expression that is not supported, or for
    /// the whole of it.
    fn regex_error(&mut self, body: &str, kind: ErrorKind) -> PatternError {
        let mut error = self.error_here(kind);
        if let ErrorKind::RegexCharacter(character) = error.kind {
            // The first occurrence is as wrong as any other.
            let start = error.span.start + 1 + body.find(character).unwrap_or(0);
            error.span = Span::new(start, start + character.len_utf8());
        }
        error
    }

    fn order(&mut self, ordering: Ordering) -> Parsed<PlacedTest> {
        let operator = self.skip();
        if let Some(TokenKind::Bare(word)) = self.peek_kind().cloned() {
            self.check_exponent(&word)?;
        }
        match self.peek_number() {
            Some(bound) => Ok((Test::Ordering(ordering, bound), operator.to(self.skip()))),
            None => Err(self.error_here(ErrorKind::ExpectedNumber)),
        }
    }

    fn peek_number(&self) -> Option<Number> {
        match self.peek_kind()? {
            TokenKind::Bare(word) => Number::exact(word),
            _ => None,
        }
    }
}

/// Returns whether a token is the operator of a comparison.
pub(super) fn is_comparison(kind: &TokenKind) -> bool {
    matches!(kind, TokenKind::Equal | TokenKind::NotEqual) || ordering(kind).is_some()
}

fn ordering(kind: &TokenKind) -> Option<Ordering> {
    match kind {
        TokenKind::Less => Some(Ordering::Less),
        TokenKind::LessOrEqual => Some(Ordering::LessOrEqual),
        TokenKind::Greater => Some(Ordering::Greater),
        TokenKind::GreaterOrEqual => Some(Ordering::GreaterOrEqual),
        _ => None,
    }
}
