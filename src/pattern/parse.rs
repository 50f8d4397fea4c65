//! Tokens to tree.

use super::ast::{
    Condition, Expression, Literal, Ordering, Pattern, Selector, Step, Syntax, TermText, Test,
    number,
};
use super::error::{
    ErrorKind, PARENTHESES_LIMIT, PATTERN_LIMIT, PatternError, REGEX_LIMIT, WILDCARD_STEPS_LIMIT,
};
use super::lex::{Token, TokenKind, Tokens, is_blank, lex};
use super::regex::Regex;
use super::selector::parse_selector;
use super::terms::parse_terms;
use crate::text::span::Span;

/// Parses a filter pattern. Its first character that is not white space decides the syntax
/// (sources, P1).
///
/// # Errors
///
/// When AWS would refuse the pattern. The error shows the pattern with the wrong part underlined.
pub fn parse(pattern: &str) -> Result<Pattern, PatternError> {
    let length = pattern.chars().count();
    if length > PATTERN_LIMIT {
        return Err(whole(pattern, ErrorKind::TooLong(length)));
    }
    match pattern.trim_start_matches(is_blank).chars().next() {
        Some('{') => Parser::new(pattern, Syntax::Json).json().map(Pattern::Json),
        Some('[') => Parser::new(pattern, Syntax::Cells)
            .cells()
            .map(Pattern::Cells),
        _ => terms(pattern).map(Pattern::Terms),
    }
}

fn whole(pattern: &str, kind: ErrorKind) -> PatternError {
    PatternError {
        kind,
        span: Span::new(0, pattern.len()),
        pattern: pattern.to_owned(),
    }
}

fn terms(pattern: &str) -> Result<Vec<super::ast::Term>, PatternError> {
    let terms = parse_terms(pattern)?;
    let regexes = terms
        .iter()
        .filter(|term| matches!(term.text, TermText::Regex(_)));
    match regexes.map(|term| term.span).nth(REGEX_LIMIT) {
        Some(span) => Err(PatternError {
            kind: ErrorKind::TooManyRegexes,
            span,
            pattern: pattern.to_owned(),
        }),
        None => Ok(terms),
    }
}

/// Reads the tokens of one pattern from left to right. The part for cells is in [`super::cells`].
pub(super) struct Parser<'a> {
    pattern: &'a str,
    syntax: Syntax,
    tokens: Vec<Token>,
    position: usize,
    lex_error: Option<PatternError>,
    open_parentheses: usize,
    wildcard_steps: usize,
    regexes: usize,
}

/// Reads one condition of an expression.
type ReadCondition<'a, 'c, C> = &'c dyn Fn(&mut Parser<'a>) -> Result<C, PatternError>;

impl<'a> Parser<'a> {
    fn new(pattern: &'a str, syntax: Syntax) -> Self {
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

    fn json(mut self) -> Result<Expression<Condition>, PatternError> {
        let open = self.skip();
        if let Some(close) = self.take(&TokenKind::CloseBrace) {
            return Err(self.error(ErrorKind::Empty, open.to(close)));
        }
        let expression = self.any_of(&Self::condition)?;
        if self.take(&TokenKind::CloseBrace).is_none() {
            return Err(self.after_condition(ErrorKind::UnclosedBrace));
        }
        self.end_of_pattern().map(|()| expression)
    }

    /// Nothing follows the sign that closes the pattern.
    pub(super) fn end_of_pattern(mut self) -> Result<(), PatternError> {
        match self.peek() {
            Some(token) => {
                let rest = token
                    .span
                    .to(Span::new(self.pattern.len(), self.pattern.len()));
                Err(self.error(ErrorKind::TextAfterPattern, rest))
            }
            None => self.lex_error.take().map_or(Ok(()), Err),
        }
    }

    /// `&&` binds tighter than `||`.
    pub(super) fn any_of<C>(
        &mut self,
        condition: ReadCondition<'a, '_, C>,
    ) -> Result<Expression<C>, PatternError> {
        let mut branches = vec![self.all_of(condition)?];
        while self.take(&TokenKind::Or).is_some() {
            branches.push(self.all_of(condition)?);
        }
        Ok(combined(branches, Expression::Or))
    }

    fn all_of<C>(
        &mut self,
        condition: ReadCondition<'a, '_, C>,
    ) -> Result<Expression<C>, PatternError> {
        let mut branches = vec![self.primary(condition)?];
        while self.take(&TokenKind::And).is_some() {
            branches.push(self.primary(condition)?);
        }
        Ok(combined(branches, Expression::And))
    }

    fn primary<C>(
        &mut self,
        condition: ReadCondition<'a, '_, C>,
    ) -> Result<Expression<C>, PatternError> {
        let Some(open) = self.take(&TokenKind::OpenParenthesis) else {
            return condition(self).map(Expression::Condition);
        };
        self.open_parentheses += 1;
        if self.open_parentheses > PARENTHESES_LIMIT {
            return Err(self.error(ErrorKind::TooManyParentheses, open));
        }
        let inner = self.any_of(condition)?;
        if self.take(&TokenKind::CloseParenthesis).is_none() {
            return Err(self.unclosed(open));
        }
        self.open_parentheses -= 1;
        Ok(Expression::Group(Box::new(inner)))
    }

    /// The group that began at `open` is followed by something else than its `)`.
    fn unclosed(&mut self, open: Span) -> PatternError {
        let ends = self.peek().is_none_or(|token| {
            matches!(
                token.kind,
                TokenKind::CloseBrace | TokenKind::CloseBracket | TokenKind::Comma
            )
        });
        if ends && self.lex_error.is_none() {
            return self.error(ErrorKind::UnclosedParenthesis, open);
        }
        self.after_condition(ErrorKind::UnclosedParenthesis)
    }

    fn condition(&mut self) -> Result<Condition, PatternError> {
        let (selector, selector_span) = self.selector()?;
        let (test, test_span) = self.test(selector_span)?;
        Ok(Condition {
            selector,
            test,
            span: selector_span.to(test_span),
            test_span,
        })
    }

    fn selector(&mut self) -> Result<(Selector, Span), PatternError> {
        let Some(Token {
            kind: TokenKind::Selector(text),
            span,
        }) = self.peek().cloned()
        else {
            return Err(self.unexpected(before_condition));
        };
        self.skip();
        let selector = parse_selector(&text).map_err(|wrong| {
            let part = Span::new(span.start + wrong.span.start, span.start + wrong.span.end);
            self.error(wrong.kind, part)
        })?;
        self.wildcard_steps += usize::from(selector.steps.contains(&Step::Every));
        if self.wildcard_steps > WILDCARD_STEPS_LIMIT {
            return Err(self.error(ErrorKind::TooManyWildcardSteps, span));
        }
        Ok((selector, span))
    }

    fn test(&mut self, selector: Span) -> Result<(Test, Span), PatternError> {
        match self.peek().map(|token| &token.kind) {
            Some(TokenKind::Bare(_)) => self.keyword_test(selector),
            _ => self.comparison(),
        }
    }

    /// An operator and what stands on its right.
    pub(super) fn comparison(&mut self) -> Result<(Test, Span), PatternError> {
        let operator = self.peek().map(|token| token.kind.clone());
        let ordering = match operator {
            Some(TokenKind::Equal) => return self.equality(Test::Equal),
            Some(TokenKind::NotEqual) => return self.equality(Test::NotEqual),
            Some(TokenKind::Less) => Ordering::Less,
            Some(TokenKind::LessOrEqual) => Ordering::LessOrEqual,
            Some(TokenKind::Greater) => Ordering::Greater,
            Some(TokenKind::GreaterOrEqual) => Ordering::GreaterOrEqual,
            _ => return Err(self.expected_operator()),
        };
        let operator = self.skip();
        let (test, value) = self.bound(ordering)?;
        Ok((test, operator.to(value)))
    }

    fn expected_operator(&mut self) -> PatternError {
        let kind = match self.syntax {
            Syntax::Cells => ErrorKind::ExpectedCellTest,
            Syntax::Json | Syntax::Terms => ErrorKind::ExpectedOperator,
        };
        self.unexpected(|_| kind)
    }

    fn equality(&mut self, test: fn(Literal) -> Test) -> Result<(Test, Span), PatternError> {
        let operator = self.skip();
        let literal = match self.peek().map(|token| token.kind.clone()) {
            Some(TokenKind::Quoted(text)) => Literal::Quoted(text),
            Some(TokenKind::Bare(word))
                if word.eq_ignore_ascii_case("null") && self.syntax == Syntax::Json =>
            {
                return Err(self.unexpected(|_| ErrorKind::NullValue));
            }
            Some(TokenKind::Bare(word)) => Literal::Bare(word),
            Some(TokenKind::Regex(body)) => self.regex(body)?,
            Some(TokenKind::Selector(_)) => {
                return Err(self.unexpected(|_| ErrorKind::SelectorValue));
            }
            _ => return Err(self.unexpected(|_| ErrorKind::ExpectedValue)),
        };
        Ok((test(literal), operator.to(self.skip())))
    }

    fn regex(&mut self, body: String) -> Result<Literal, PatternError> {
        self.regexes += 1;
        if self.regexes > REGEX_LIMIT {
            return Err(self.unexpected(|_| ErrorKind::TooManyRegexes));
        }
        match Regex::new(&body) {
            Ok(_) => Ok(Literal::Regex(body)),
            Err(kind) => Err(self.regex_error(&body, kind)),
        }
    }

    /// Points at the character of the regular expression that is not supported, or at the whole of
    /// it.
    fn regex_error(&mut self, body: &str, kind: ErrorKind) -> PatternError {
        let error = self.unexpected(|_| kind);
        match error.kind {
            ErrorKind::RegexCharacter(character) => {
                let at = error.span.start + 1 + body.find(character).unwrap_or(0);
                PatternError {
                    span: Span::new(at, at + character.len_utf8()),
                    ..error
                }
            }
            _ => error,
        }
    }

    fn bound(&mut self, ordering: Ordering) -> Result<(Test, Span), PatternError> {
        let number = match self.peek().map(|token| &token.kind) {
            Some(TokenKind::Bare(word)) => number(word),
            _ => None,
        };
        match number {
            Some(number) => Ok((Test::Ordering(ordering, number), self.skip())),
            None => Err(self.unexpected(|_| ErrorKind::ExpectedNumber)),
        }
    }

    /// Parses a test that is made of keywords. They may be in any case, since deployed patterns
    /// spell them in lower case, too (sources, P36).
    fn keyword_test(&mut self, selector: Span) -> Result<(Test, Span), PatternError> {
        let first = match self.word().as_deref() {
            Some("IS") => self.skip(),
            Some("NOT") => {
                let first = self.skip();
                return match self.word().as_deref() {
                    Some("EXISTS") => Ok((Test::NotExists, first.to(self.skip()))),
                    _ => Err(self.unexpected(|_| ErrorKind::ExpectedExists)),
                };
            }
            Some("EXISTS") if selector.slice(self.pattern).ends_with("NOT") => {
                return Err(self.error(
                    ErrorKind::GluedNot,
                    Span::new(selector.end - 3, selector.end),
                ));
            }
            Some("EXISTS") => return Err(self.unexpected(|_| ErrorKind::Exists)),
            _ => return Err(self.unexpected(|_| ErrorKind::ExpectedOperator)),
        };
        let test = match self.word().as_deref() {
            Some("NULL") => Test::IsNull,
            Some("TRUE") => Test::IsBoolean(true),
            Some("FALSE") => Test::IsBoolean(false),
            Some("NOT") => return Err(self.unexpected(|_| ErrorKind::IsNot)),
            _ => return Err(self.unexpected(|_| ErrorKind::ExpectedKeyword)),
        };
        Ok((test, first.to(self.skip())))
    }

    /// The next token as a keyword, if it is a bare word.
    fn word(&self) -> Option<String> {
        match self.peek().map(|token| &token.kind) {
            Some(TokenKind::Bare(word)) => Some(word.to_ascii_uppercase()),
            _ => None,
        }
    }

    pub(super) fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.position)
    }

    /// The token behind the next one.
    pub(super) fn peek_second(&self) -> Option<&Token> {
        self.tokens.get(self.position + 1)
    }

    pub(super) fn take(&mut self, kind: &TokenKind) -> Option<Span> {
        let found = self.peek().is_some_and(|token| token.kind == *kind);
        found.then(|| self.skip())
    }

    /// What is wrong with the token that follows a complete condition; `unclosed` where none does.
    /// A word behind a value without quotes was meant to belong to it.
    pub(super) fn after_condition(&mut self, unclosed: ErrorKind) -> PatternError {
        let previous = self
            .position
            .checked_sub(1)
            .and_then(|place| self.tokens.get(place));
        let before = previous
            .and_then(|token| self.pattern.get(..token.span.start))
            .unwrap_or("");
        let follows_value = before.trim_end_matches(is_blank).ends_with('=')
            && matches!(
                previous,
                Some(Token {
                    kind: TokenKind::Bare(_),
                    ..
                })
            );
        let expected = match self.syntax {
            Syntax::Cells => ErrorKind::ExpectedComma,
            Syntax::Json | Syntax::Terms => ErrorKind::ExpectedCombination,
        };
        self.unexpected(|found| match found {
            None => unclosed,
            Some(TokenKind::Bare(word)) if word.eq_ignore_ascii_case("and") => {
                ErrorKind::WordOperator("&&")
            }
            Some(TokenKind::Bare(word)) if word.eq_ignore_ascii_case("or") => {
                ErrorKind::WordOperator("||")
            }
            Some(TokenKind::Bare(_)) if follows_value => ErrorKind::UnquotedSpace,
            Some(_) => expected,
        })
    }

    /// Steps over the next token.
    pub(super) fn skip(&mut self) -> Span {
        let span = self.peek().map_or(self.end(), |token| token.span);
        self.position += 1;
        span
    }

    fn end(&self) -> Span {
        Span::new(
            self.pattern.trim_end_matches(is_blank).len(),
            self.pattern.len(),
        )
    }

    pub(super) fn error(&self, kind: ErrorKind, span: Span) -> PatternError {
        PatternError {
            kind,
            span,
            pattern: self.pattern.to_owned(),
        }
    }

    /// The error for the next token, whose kind `explain` turns into what is wrong. Where the lexer
    /// stopped, its own error says it better.
    pub(super) fn unexpected(
        &mut self,
        explain: impl FnOnce(Option<&TokenKind>) -> ErrorKind,
    ) -> PatternError {
        if let Some(token) = self.peek() {
            return self.error(explain(Some(&token.kind)), token.span);
        }
        self.lex_error
            .take()
            .unwrap_or_else(|| self.error(explain(None), self.end()))
    }
}

/// What is wrong with a token that stands where a condition should begin.
fn before_condition(found: Option<&TokenKind>) -> ErrorKind {
    match found {
        Some(TokenKind::Bare(word)) if word.eq_ignore_ascii_case("not") => ErrorKind::NotOperator,
        Some(TokenKind::Bare(_)) => ErrorKind::MissingDollar,
        _ => ErrorKind::ExpectedCondition,
    }
}

fn combined<C>(
    mut branches: Vec<Expression<C>>,
    combine: fn(Vec<Expression<C>>) -> Expression<C>,
) -> Expression<C> {
    match (branches.len(), branches.pop()) {
        (1, Some(only)) => only,
        (_, last) => {
            branches.extend(last);
            combine(branches)
        }
    }
}
