//! The reader of tokens that the parsers of JSON patterns and of cells share.

use super::ast::Syntax;
use super::error::{ErrorKind, Parsed, PatternError};
use super::lex::{Token, TokenKind, Tokens, is_blank, lex};
use crate::text::span::Span;

/// Reads the tokens of one pattern from left to right. Its methods for expressions, comparisons,
/// JSON conditions and cells are in the files of these names.
pub(super) struct Parser<'a> {
    pub(super) pattern: &'a str,
    pub(super) syntax: Syntax,
    tokens: Vec<Token>,
    position: usize,
    lex_error: Option<PatternError>,
    pub(super) open_parentheses: usize,
    pub(super) wildcard_steps: usize,
    pub(super) regexes: usize,
}

impl<'a> Parser<'a> {
    /// Splits the pattern into tokens and begins before the first.
    pub(super) fn new(pattern: &'a str, syntax: Syntax) -> Self {
        let Tokens { tokens, error } = lex(pattern, syntax);
        Self {
            pattern,
            syntax,
            tokens,
            position: 0,
            lex_error: error,
            open_parentheses: 0,
            wildcard_steps: 0,
            regexes: 0,
        }
    }

    /// Returns the next token without stepping over it.
    pub(super) fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.position)
    }

    /// Returns the kind of the next token.
    pub(super) fn peek_kind(&self) -> Option<&TokenKind> {
        self.peek().map(|token| &token.kind)
    }

    /// Returns the kind of the token after the next one.
    pub(super) fn peek_second_kind(&self) -> Option<&TokenKind> {
        self.tokens.get(self.position + 1).map(|token| &token.kind)
    }

    /// Returns the last token that was stepped over.
    pub(super) fn previous(&self) -> Option<&Token> {
        self.tokens.get(self.position.checked_sub(1)?)
    }

    /// Steps over the next token if it is of this kind.
    pub(super) fn take(&mut self, kind: &TokenKind) -> Option<Span> {
        let is_next = self.peek_kind() == Some(kind);
        is_next.then(|| self.skip())
    }

    /// Steps over the next token if it is of this kind, and returns whether it was.
    pub(super) fn takes(&mut self, kind: &TokenKind) -> bool {
        self.take(kind).is_some()
    }

    /// Steps over the next token, whatever it is.
    pub(super) fn skip(&mut self) -> Span {
        let span = self.peek().map_or(self.end(), |token| token.span);
        self.position += 1;
        span
    }

    /// Checks that nothing follows the sign that closes the pattern.
    pub(super) fn end_of_pattern(mut self) -> Parsed<()> {
        match self.peek() {
            Some(token) => {
                let rest = Span::new(token.span.start, self.pattern.len());
                Err(self.error(ErrorKind::TextAfterPattern, rest))
            }
            // The rest may have no token at all and still be wrong.
            None => self.lex_error.take().map_or(Ok(()), Err),
        }
    }

    /// Returns whether the lexer read the whole pattern.
    pub(super) fn is_lexed(&self) -> bool {
        self.lex_error.is_none()
    }

    /// Returns an error for a part of the pattern.
    pub(super) fn error(&self, kind: ErrorKind, span: Span) -> PatternError {
        PatternError::new(kind, span, self.pattern)
    }

    /// Returns an error for the next token or, after the last one, for the end of the pattern.
    pub(super) fn error_here(&mut self, kind: ErrorKind) -> PatternError {
        if let Some(token) = self.peek() {
            return self.error(kind, token.span);
        }
        // Where the lexer stopped, the text does not end: its own error says what is wrong there.
        match self.lex_error.take() {
            Some(error) => error,
            None => self.error(kind, self.end()),
        }
    }

    /// Returns the place after the last token, with the blanks at the end of the pattern.
    fn end(&self) -> Span {
        let start = self.pattern.trim_end_matches(is_blank).len();
        Span::new(start, self.pattern.len())
    }
}
