//! Expressions: conditions combined by `&&`, `||` and parentheses, in JSON patterns and in cells.

use super::ast::{Expression, Syntax};
use super::error::{ErrorKind, PARENTHESES_LIMIT, Parsed, PatternError};
use super::lex::{TokenKind, is_blank};
use super::parser::Parser;
use crate::text::span::Span;

/// A function that reads one condition of an expression.
pub(super) type ReadCondition<'a, 'c, C> = &'c dyn Fn(&mut Parser<'a>) -> Parsed<C>;

impl<'a> Parser<'a> {
    /// Reads alternatives. `&&` binds tighter than `||`.
    pub(super) fn any_of<C>(
        &mut self,
        condition: ReadCondition<'a, '_, C>,
    ) -> Parsed<Expression<C>> {
        let first = self.all_of(condition)?;
        let mut branches = vec![first];
        while self.takes(&TokenKind::Or) {
            branches.push(self.all_of(condition)?);
        }
        Ok(combined(branches, Expression::Or))
    }

    fn all_of<C>(&mut self, condition: ReadCondition<'a, '_, C>) -> Parsed<Expression<C>> {
        let first = self.primary(condition)?;
        let mut branches = vec![first];
        while self.takes(&TokenKind::And) {
            branches.push(self.primary(condition)?);
        }
        Ok(combined(branches, Expression::And))
    }

    fn primary<C>(&mut self, condition: ReadCondition<'a, '_, C>) -> Parsed<Expression<C>> {
        match self.take(&TokenKind::OpenParenthesis) {
            Some(open) => self.group(open, condition),
            None => condition(self).map(Expression::Condition),
        }
    }

    /// Reads a group after its `(`.
    fn group<C>(
        &mut self,
        open: Span,
        condition: ReadCondition<'a, '_, C>,
    ) -> Parsed<Expression<C>> {
        // Each open group is a level of recursion. An error ends the parsing, so the count need not
        // be right after one.
        self.open_parentheses += 1;
        if self.open_parentheses > PARENTHESES_LIMIT {
            return Err(self.error(ErrorKind::TooManyParentheses, open));
        }
        let inner = self.any_of(condition)?;
        if !self.takes(&TokenKind::CloseParenthesis) {
            return Err(self.unclosed(open));
        }
        self.open_parentheses -= 1;
        Ok(Expression::Group(Box::new(inner)))
    }

    /// Returns the error for a group that is followed by something other than its `)`.
    fn unclosed(&mut self, open: Span) -> PatternError {
        let is_end = matches!(
            self.peek_kind(),
            None | Some(TokenKind::CloseBrace | TokenKind::CloseBracket | TokenKind::Comma)
        );
        // Underlining the `(` helps only where the group ends; otherwise the next token is wrong.
        if is_end && self.is_lexed() {
            return self.error(ErrorKind::UnclosedParenthesis, open);
        }
        self.after_condition(ErrorKind::UnclosedParenthesis)
    }

    /// Returns the error for the token that follows a complete condition; `unclosed` at the end.
    pub(super) fn after_condition(&mut self, unclosed: ErrorKind) -> PatternError {
        let kind = match self.peek_kind() {
            None => unclosed,
            Some(TokenKind::Bare(word)) => self.after_condition_word(word),
            Some(_) => self.expected_combination(),
        };
        self.error_here(kind)
    }

    fn after_condition_word(&self, word: &str) -> ErrorKind {
        if word.eq_ignore_ascii_case("and") {
            return ErrorKind::WordOperator("&&");
        }
        if word.eq_ignore_ascii_case("or") {
            return ErrorKind::WordOperator("||");
        }
        // A word after a value without quotes was meant to belong to it.
        if self.follows_bare_value() {
            return ErrorKind::UnquotedSpace;
        }
        self.expected_combination()
    }

    fn follows_bare_value(&self) -> bool {
        let Some(previous) = self.previous() else {
            return false;
        };
        let before = self.pattern.get(..previous.span.start).unwrap_or("");
        // Bare words are also keywords and names of cells; values follow `=` or `!=`.
        let is_value = before.trim_end_matches(is_blank).ends_with('=');
        is_value && matches!(previous.kind, TokenKind::Bare(_))
    }

    fn expected_combination(&self) -> ErrorKind {
        match self.syntax {
            Syntax::Cells => ErrorKind::ExpectedComma,
            Syntax::Json | Syntax::Terms => ErrorKind::ExpectedCombination,
        }
    }
}

/// Combines branches, unless there is only one.
fn combined<C>(
    mut branches: Vec<Expression<C>>,
    combine: fn(Vec<Expression<C>>) -> Expression<C>,
) -> Expression<C> {
    match (branches.len(), branches.pop()) {
        // A lone branch has nothing to be combined with, and `pop` takes it out without a copy.
        (1, Some(only)) => only,
        (_, last) => {
            branches.extend(last);
            combine(branches)
        }
    }
}
