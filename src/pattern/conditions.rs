//! JSON patterns: `{ $.eventName = "GetSecretValue" && $.errorCode NOT EXISTS }`.

use super::ast::{Condition, Pattern, Selector, Test};
use super::comparison::PlacedTest;
use super::error::{ErrorKind, Parsed, PatternError, WILDCARD_STEPS_LIMIT};
use super::lex::{Token, TokenKind};
use super::parser::Parser;
use super::selector::parse_selector;
use crate::text::span::Span;

impl Parser<'_> {
    /// Reads the conditions from `{` to the end of the pattern.
    pub(super) fn json(mut self) -> Parsed<Pattern> {
        let open = self.skip();
        // `{ }` might mean every event or none, and AWS does not say which.
        if let Some(close) = self.take(&TokenKind::CloseBrace) {
            return Err(self.error(ErrorKind::Empty, open.to(close)));
        }
        let expression = self.any_of(&Self::condition)?;
        if !self.takes(&TokenKind::CloseBrace) {
            return Err(self.after_condition(ErrorKind::UnclosedBrace));
        }
        self.end_of_pattern()?;
        Ok(Pattern::Json(expression))
    }

    fn condition(&mut self) -> Parsed<Condition> {
        let (selector, selector_span) = self.selector()?;
        let (test, test_span) = self.test(selector_span)?;
        Ok(Condition {
            selector,
            test,
            span: selector_span.to(test_span),
            test_span,
        })
    }

    fn selector(&mut self) -> Parsed<(Selector, Span)> {
        let (text, span) = self.selector_token()?;
        let selector = self.parse_selector_at(&text, span.start)?;
        // A selector has at most one wildcard step, so that counting selectors counts steps.
        self.wildcard_steps += usize::from(selector.has_wildcard());
        if self.wildcard_steps > WILDCARD_STEPS_LIMIT {
            return Err(self.error(ErrorKind::TooManyWildcardSteps, span));
        }
        Ok((selector, span))
    }

    fn parse_selector_at(&self, text: &str, start: usize) -> Parsed<Selector> {
        parse_selector(text).map_err(|wrong| self.error(wrong.kind, shifted(wrong.span, start)))
    }

    /// Steps over a selector and returns its text.
    fn selector_token(&mut self) -> Parsed<(String, Span)> {
        match self.peek().cloned() {
            Some(Token {
                kind: TokenKind::Selector(text),
                span,
            }) => {
                self.skip();
                Ok((text, span))
            }
            other => Err(self.error_here(before_condition(other))),
        }
    }

    fn test(&mut self, selector: Span) -> Parsed<PlacedTest> {
        match self.peek_kind() {
            Some(TokenKind::Bare(_)) => self.keyword_test(selector),
            _ => self.comparison(),
        }
    }

    /// Reads a test that is made of keywords. They may be in any case, since deployed patterns
    /// spell them in lower case, too (sources, P36).
    fn keyword_test(&mut self, selector: Span) -> Parsed<PlacedTest> {
        match self.keyword().as_deref() {
            Some("IS") => self.is_test(),
            Some("NOT") => self.not_exists(),
            Some("EXISTS") => Err(self.misplaced_exists(selector)),
            _ => Err(self.error_here(ErrorKind::ExpectedOperator)),
        }
    }

    fn is_test(&mut self) -> Parsed<PlacedTest> {
        let is = self.skip();
        let test = match self.keyword().as_deref() {
            Some("NULL") => Test::IsNull,
            Some("TRUE") => Test::IsBoolean(true),
            Some("FALSE") => Test::IsBoolean(false),
            Some("NOT") => return Err(self.error_here(ErrorKind::IsNot)),
            _ => return Err(self.error_here(ErrorKind::ExpectedKeyword)),
        };
        Ok((test, is.to(self.skip())))
    }

    fn not_exists(&mut self) -> Parsed<PlacedTest> {
        let not = self.skip();
        match self.keyword().as_deref() {
            Some("EXISTS") => Ok((Test::NotExists, not.to(self.skip()))),
            _ => Err(self.error_here(ErrorKind::ExpectedExists)),
        }
    }

    /// Returns the error for an `EXISTS` after a selector.
    fn misplaced_exists(&mut self, selector: Span) -> PatternError {
        // `$.aNOT EXISTS` is in deployed patterns; the lexer cannot know where the name was meant
        // to end.
        if selector.slice(self.pattern).ends_with("NOT") {
            let not = Span::new(selector.end - "NOT".len(), selector.end);
            return self.error(ErrorKind::GluedNot, not);
        }
        self.error_here(ErrorKind::Exists)
    }

    /// Returns the next token in capitals, if it is a bare word.
    fn keyword(&self) -> Option<String> {
        match self.peek_kind() {
            Some(TokenKind::Bare(word)) => Some(word.to_ascii_uppercase()),
            _ => None,
        }
    }
}

fn shifted(span: Span, offset: usize) -> Span {
    Span::new(span.start + offset, span.end + offset)
}

/// Returns the mistake in a token that is where a condition should begin.
fn before_condition(found: Option<Token>) -> ErrorKind {
    match found.map(|token| token.kind) {
        Some(TokenKind::Bare(word)) if word.eq_ignore_ascii_case("not") => ErrorKind::NotOperator,
        Some(TokenKind::Bare(_)) => ErrorKind::MissingDollar,
        _ => ErrorKind::ExpectedCondition,
    }
}
