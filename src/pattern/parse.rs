//! Tokens to tree.

use super::ast::{Condition, Expression, Literal, Ordering, Pattern, Selector, Step, TermText, Test, number};
use super::error::{
    ErrorKind, PARENTHESES_LIMIT, PATTERN_LIMIT, PatternError, REGEX_LIMIT, WILDCARD_STEPS_LIMIT,
};
use super::lex::{Token, TokenKind, Tokens, lex};
use super::regex::Regex;
use super::selector::parse_selector;
use super::terms::parse_terms;
use crate::span::Span;

/// Parses a filter pattern.
///
/// # Errors
///
/// When AWS would refuse the pattern, or when it uses a part of the language that is not evaluated. The error shows
/// the pattern with the wrong part underlined.
pub fn parse(pattern: &str) -> Result<Pattern, PatternError> {
    let whole = Span::new(0, pattern.len());
    let fail = |kind| Err(PatternError { kind, span: whole, pattern: pattern.to_owned() });
    let length = pattern.chars().count();
    if length > PATTERN_LIMIT {
        return fail(ErrorKind::TooLong(length));
    }
    match pattern.trim_start().chars().next() {
        Some('{') => Parser::new(pattern).json().map(Pattern::Json),
        Some('[') => fail(ErrorKind::Unsupported("space-delimited patterns")),
        _ => terms(pattern),
    }
}

fn terms(pattern: &str) -> Result<Pattern, PatternError> {
    let terms = parse_terms(pattern)?;
    if terms.iter().filter(|term| matches!(term.text, TermText::Regex(_))).count() > REGEX_LIMIT {
        let span = Span::new(0, pattern.len());
        return Err(PatternError { kind: ErrorKind::TooManyRegexes, span, pattern: pattern.to_owned() });
    }
    Ok(Pattern::Terms(terms))
}

struct Parser<'a> {
    pattern: &'a str,
    tokens: std::iter::Peekable<std::vec::IntoIter<Token>>,
    lex_error: Option<PatternError>,
    open_parentheses: usize,
    wildcard_steps: usize,
    regexes: usize,
}

impl<'a> Parser<'a> {
    fn new(pattern: &'a str) -> Self {
        let Tokens { tokens, error } = lex(pattern);
        let tokens = tokens.into_iter().peekable();
        Self { pattern, tokens, lex_error: error, open_parentheses: 0, wildcard_steps: 0, regexes: 0 }
    }

    fn json(mut self) -> Result<Expression, PatternError> {
        let open = self.tokens.next().map_or(Span::new(0, 0), |token| token.span);
        if let Some(close) = self.take(&TokenKind::CloseBrace) {
            return Err(self.error(ErrorKind::Empty, open.to(close)));
        }
        let expression = self.any_of()?;
        if self.take(&TokenKind::CloseBrace).is_none() {
            return Err(self.unexpected(|found| match found {
                Some(kind) => after_condition(kind),
                None => ErrorKind::UnclosedBrace,
            }));
        }
        match self.tokens.next() {
            Some(token) => Err(self.error(ErrorKind::TextAfterPattern, token.span)),
            None => self.lex_error.map_or(Ok(expression), Err),
        }
    }

    /// `&&` binds tighter than `||`.
    fn any_of(&mut self) -> Result<Expression, PatternError> {
        let mut branches = vec![self.all_of()?];
        while self.take(&TokenKind::Or).is_some() {
            branches.push(self.all_of()?);
        }
        Ok(combined(branches, Expression::Or))
    }

    fn all_of(&mut self) -> Result<Expression, PatternError> {
        let mut branches = vec![self.primary()?];
        while self.take(&TokenKind::And).is_some() {
            branches.push(self.primary()?);
        }
        Ok(combined(branches, Expression::And))
    }

    fn primary(&mut self) -> Result<Expression, PatternError> {
        let Some(open) = self.take(&TokenKind::OpenParenthesis) else {
            return self.condition().map(Expression::Condition);
        };
        self.open_parentheses += 1;
        if self.open_parentheses > PARENTHESES_LIMIT {
            return Err(self.error(ErrorKind::TooManyParentheses, open));
        }
        let inner = self.any_of()?;
        if self.take(&TokenKind::CloseParenthesis).is_none() {
            return Err(self.unclosed(open));
        }
        self.open_parentheses -= 1;
        Ok(inner)
    }

    /// The group that began at `open` is followed by something else than its `)`.
    fn unclosed(&mut self, open: Span) -> PatternError {
        let ends = self.tokens.peek().is_none_or(|token| token.kind == TokenKind::CloseBrace);
        if ends && self.lex_error.is_none() {
            return self.error(ErrorKind::UnclosedParenthesis, open);
        }
        self.unexpected(|found| found.map_or(ErrorKind::UnclosedBrace, after_condition))
    }

    fn condition(&mut self) -> Result<Condition, PatternError> {
        let (selector, start) = self.selector()?;
        let (test, end) = self.test()?;
        Ok(Condition { selector, test, span: start.to(end) })
    }

    fn selector(&mut self) -> Result<(Selector, Span), PatternError> {
        let Some(Token { kind: TokenKind::Selector(text), span }) =
            self.tokens.next_if(|token| matches!(token.kind, TokenKind::Selector(_)))
        else {
            return Err(self.unexpected(|found| match found {
                Some(TokenKind::Bare(_)) => ErrorKind::MissingDollar,
                _ => ErrorKind::ExpectedCondition,
            }));
        };
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

    fn test(&mut self) -> Result<(Test, Span), PatternError> {
        let ordering = match self.tokens.peek().map(|token| &token.kind) {
            Some(TokenKind::Equal) => return self.equality(Test::Equal),
            Some(TokenKind::NotEqual) => return self.equality(Test::NotEqual),
            Some(TokenKind::Bare(_)) => return self.keyword_test(),
            Some(TokenKind::Less) => Ordering::Less,
            Some(TokenKind::LessOrEqual) => Ordering::LessOrEqual,
            Some(TokenKind::Greater) => Ordering::Greater,
            Some(TokenKind::GreaterOrEqual) => Ordering::GreaterOrEqual,
            _ => return Err(self.unexpected(|_| ErrorKind::ExpectedOperator)),
        };
        self.tokens.next();
        self.bound(ordering)
    }

    fn equality(&mut self, test: fn(Literal) -> Test) -> Result<(Test, Span), PatternError> {
        self.tokens.next();
        match self.tokens.peek().map(|token| token.kind.clone()) {
            Some(TokenKind::Quoted(text)) => Ok((test(Literal::Quoted(text)), self.skip())),
            Some(TokenKind::Bare(word)) if word == "null" => Err(self.unexpected(|_| ErrorKind::NullValue)),
            Some(TokenKind::Bare(word)) => Ok((test(Literal::Bare(word)), self.skip())),
            Some(TokenKind::Regex(body)) => self.regex(body, test),
            _ => Err(self.unexpected(|_| ErrorKind::ExpectedValue)),
        }
    }

    fn regex(&mut self, body: String, test: fn(Literal) -> Test) -> Result<(Test, Span), PatternError> {
        self.regexes += 1;
        if self.regexes > REGEX_LIMIT {
            return Err(self.unexpected(|_| ErrorKind::TooManyRegexes));
        }
        match Regex::new(&body) {
            Ok(_) => Ok((test(Literal::Regex(body)), self.skip())),
            Err(kind) => Err(self.unexpected(|_| kind)),
        }
    }

    fn bound(&mut self, ordering: Ordering) -> Result<(Test, Span), PatternError> {
        let number = match self.tokens.peek().map(|token| &token.kind) {
            Some(TokenKind::Bare(word)) => number(word),
            _ => None,
        };
        match number {
            Some(number) => Ok((Test::Ordering(ordering, number), self.skip())),
            None => Err(self.unexpected(|_| ErrorKind::ExpectedNumber)),
        }
    }

    /// Keywords are taken in any case; deployed patterns spell them in lower case too (specification of the filter
    /// language, ambiguity A2).
    fn keyword_test(&mut self) -> Result<(Test, Span), PatternError> {
        match self.word().as_deref() {
            Some("IS") => self.skip(),
            Some("NOT") => {
                self.skip();
                return match self.word().as_deref() {
                    Some("EXISTS") => Ok((Test::NotExists, self.skip())),
                    _ => Err(self.unexpected(|_| ErrorKind::ExpectedExists)),
                };
            }
            Some("EXISTS") => return Err(self.unexpected(|_| ErrorKind::Exists)),
            _ => return Err(self.unexpected(|_| ErrorKind::ExpectedOperator)),
        };
        match self.word().as_deref() {
            Some("NULL") => Ok((Test::IsNull, self.skip())),
            Some("TRUE") => Ok((Test::IsBoolean(true), self.skip())),
            Some("FALSE") => Ok((Test::IsBoolean(false), self.skip())),
            Some("NOT") => Err(self.unexpected(|_| ErrorKind::IsNot)),
            _ => Err(self.unexpected(|_| ErrorKind::ExpectedKeyword)),
        }
    }

    /// The next token as a keyword, if it is a bare word.
    fn word(&mut self) -> Option<String> {
        match self.tokens.peek().map(|token| &token.kind) {
            Some(TokenKind::Bare(word)) => Some(word.to_ascii_uppercase()),
            _ => None,
        }
    }

    fn take(&mut self, kind: &TokenKind) -> Option<Span> {
        self.tokens.next_if(|token| token.kind == *kind).map(|token| token.span)
    }

    fn skip(&mut self) -> Span {
        self.tokens.next().map_or(self.end(), |token| token.span)
    }

    fn end(&self) -> Span {
        Span::new(self.pattern.trim_end().len(), self.pattern.len())
    }

    fn error(&self, kind: ErrorKind, span: Span) -> PatternError {
        PatternError { kind, span, pattern: self.pattern.to_owned() }
    }

    /// The error for the next token, whose kind `explain` turns into what is wrong. Where the lexer stopped, its own
    /// error says it better.
    fn unexpected(&mut self, explain: impl FnOnce(Option<&TokenKind>) -> ErrorKind) -> PatternError {
        match (self.tokens.peek(), self.lex_error.take()) {
            (Some(token), _) => {
                let (kind, span) = (explain(Some(&token.kind)), token.span);
                self.error(kind, span)
            }
            (None, Some(error)) => error,
            (None, None) => self.error(explain(None), self.end()),
        }
    }
}

/// What is wrong with a token that follows a complete condition.
fn after_condition(kind: &TokenKind) -> ErrorKind {
    match kind {
        TokenKind::Bare(word) if word.eq_ignore_ascii_case("and") => ErrorKind::WordOperator("&&"),
        TokenKind::Bare(word) if word.eq_ignore_ascii_case("or") => ErrorKind::WordOperator("||"),
        TokenKind::Bare(_) | TokenKind::Quoted(_) | TokenKind::Regex(_) => ErrorKind::UnquotedSpace,
        _ => ErrorKind::ExpectedCombination,
    }
}

fn combined(mut branches: Vec<Expression>, combine: fn(Vec<Expression>) -> Expression) -> Expression {
    match (branches.len(), branches.pop()) {
        (1, Some(only)) => only,
        (_, last) => {
            branches.extend(last);
            combine(branches)
        }
    }
}
