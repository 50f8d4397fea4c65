//! From the tokens of an expression to its tree.

use super::error::{EXPRESSION_LIMIT, ExpressionError, ExpressionErrorKind as Kind, NESTING_LIMIT};
use super::expression::{ExpressionNode, NodeKind};
use super::function::{Function, unavailable};
use super::lex::{MathToken, PlacedToken, tokens};
use super::operator::Operator;
use crate::text::span::Span;

/// The items of a list, and its closing sign.
type MathList = (Vec<ExpressionNode>, Span);

type ParsedMath<T> = Result<T, ExpressionError>;

/// Parses an expression.
pub(super) fn parse(text: &str) -> ParsedMath<ExpressionNode> {
    let mut parser = ExpressionParser::new(text);
    // First, since it bounds the tokens.
    parser.check_length()?;
    parser.tokens = tokens(text)?;
    parser.whole()
}

struct ExpressionParser<'a> {
    text: &'a str,
    tokens: Vec<PlacedToken>,
    /// The number of the token that comes next.
    next: usize,
    /// The number of parentheses, brackets, calls and exponents that are open.
    depth: usize,
}

impl<'a> ExpressionParser<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text,
            tokens: Vec::new(),
            next: 0,
            depth: 0,
        }
    }

    /// Parses the whole expression, up to the end of the text.
    fn whole(&mut self) -> ParsedMath<ExpressionNode> {
        let node = self.operation(0)?;
        match self.peek() {
            Some(rest) => self.error(Kind::ExpectedOperator, rest.span),
            None => Ok(node),
        }
    }

    fn check_length(&self) -> ParsedMath<()> {
        match self.text.chars().count() {
            ..=EXPRESSION_LIMIT => Ok(()),
            length => self.error(Kind::TooLong(length), Span::new(0, self.text.len())),
        }
    }

    fn peek(&self) -> Option<&PlacedToken> {
        self.tokens.get(self.next)
    }

    /// Returns the position of the next token, or the end of the text.
    fn here(&self) -> Span {
        let end = Span::new(self.text.len(), self.text.len());
        self.peek().map_or(end, |placed| placed.span)
    }

    fn error<T>(&self, kind: Kind, span: Span) -> ParsedMath<T> {
        Err(ExpressionError {
            kind,
            span,
            expression: self.text.to_owned(),
        })
    }

    /// Takes the next token if it is this sign or word.
    fn take(&mut self, sign: &str) -> bool {
        let is_next = self.peek().is_some_and(|placed| placed.token.is(sign));
        self.next += usize::from(is_next);
        is_next
    }

    fn expect(&mut self, sign: &'static str) -> ParsedMath<Span> {
        let span = self.here();
        if self.take(sign) {
            return Ok(span);
        }
        self.error(Kind::Expected(sign), span)
    }

    /// Parses operations of this level of precedence and higher ones.
    fn operation(&mut self, level: usize) -> ParsedMath<ExpressionNode> {
        let Some(operators) = Operator::LEVELS.get(level) else {
            return self.signed();
        };
        // Operators of one level group from the left, so a loop is enough; only the level recurses.
        let mut left = self.operation(level + 1)?;
        while let Some((_, operator)) = operators.iter().find(|(sign, _)| self.take(sign)) {
            let right = self.operation(level + 1)?;
            left = operation(*operator, left, right);
        }
        Ok(left)
    }

    /// Parses a value with any number of signs.
    fn signed(&mut self) -> ParsedMath<ExpressionNode> {
        let start = self.here();
        let is_negated = self.signs();
        let node = self.power()?;
        match is_negated {
            true => Ok(negated(start, node)),
            false => Ok(node),
        }
    }

    /// Takes all signs, and returns true if they negate the value after them.
    fn signs(&mut self) -> bool {
        let mut is_negated = false;
        // A loop rather than recursion, since an expression may have two thousand signs.
        loop {
            if self.take("-") {
                is_negated = !is_negated;
            } else if !self.take("+") {
                return is_negated;
            }
        }
    }

    /// Parses a value and its exponent. Exponents group from the right, as in mathematics.
    fn power(&mut self) -> ParsedMath<ExpressionNode> {
        let base = self.value()?;
        if !self.take("^") {
            return Ok(base);
        }
        let exponent = self.exponent()?;
        Ok(operation(Operator::Power, base, exponent))
    }

    fn exponent(&mut self) -> ParsedMath<ExpressionNode> {
        // Exponents group from the right, so a chain recurses like parentheses.
        self.open()?;
        let exponent = self.signed()?;
        self.depth -= 1;
        Ok(exponent)
    }

    /// Increases the depth.
    fn open(&mut self) -> ParsedMath<()> {
        self.depth += 1;
        if self.depth > NESTING_LIMIT {
            return self.error(Kind::TooDeep, self.here());
        }
        Ok(())
    }

    fn value(&mut self) -> ParsedMath<ExpressionNode> {
        // The token is cloned, because the parser continues while its text is in use.
        let Some(PlacedToken { token, span }) = self.peek().cloned() else {
            return self.error(Kind::ExpectedValue, self.here());
        };
        self.next += 1;
        let kind = match token {
            MathToken::Number(number) => NodeKind::Number(number),
            MathToken::Text(text) => NodeKind::Text(text),
            MathToken::Word(word) => return self.word(word, span),
            MathToken::Sign("(") => return self.parenthesized(span),
            MathToken::Sign("[") => return self.array(span),
            MathToken::Sign(_) => return self.error(Kind::ExpectedValue, span),
        };
        Ok(ExpressionNode { kind, span })
    }

    fn array(&mut self, start: Span) -> ParsedMath<ExpressionNode> {
        let (items, end) = self.list("]")?;
        Ok(ExpressionNode {
            kind: NodeKind::Array(items),
            span: start.to(end),
        })
    }

    fn word(&mut self, word: String, span: Span) -> ParsedMath<ExpressionNode> {
        if self.take("(") {
            return self.call(&word, span);
        }
        Ok(ExpressionNode {
            kind: word_kind(word),
            span,
        })
    }

    fn parenthesized(&mut self, start: Span) -> ParsedMath<ExpressionNode> {
        let inside = self.nested()?;
        let end = self.expect(")")?;
        Ok(ExpressionNode {
            span: start.to(end),
            ..inside
        })
    }

    fn nested(&mut self) -> ParsedMath<ExpressionNode> {
        self.open()?;
        let inside = self.operation(0)?;
        self.depth -= 1;
        Ok(inside)
    }

    fn call(&mut self, name: &str, span: Span) -> ParsedMath<ExpressionNode> {
        let (items, end) = self.list(")")?;
        Ok(ExpressionNode {
            kind: NodeKind::Call(self.named(name, span)?, items),
            span: span.to(end),
        })
    }

    fn named(&self, name: &str, span: Span) -> ParsedMath<Function> {
        match Function::named(name) {
            Some(function) => Ok(function),
            None => self.error(unknown_function(name), span),
        }
    }

    /// Parses values with commas between them, up to a closing sign.
    fn list(&mut self, closing: &'static str) -> ParsedMath<MathList> {
        self.open()?;
        let list = self.list_inside(closing)?;
        self.depth -= 1;
        Ok(list)
    }

    fn list_inside(&mut self, closing: &'static str) -> ParsedMath<MathList> {
        let here = self.here();
        if self.take(closing) {
            return Ok((Vec::new(), here));
        }
        Ok((self.items()?, self.expect(closing)?))
    }

    fn items(&mut self) -> ParsedMath<Vec<ExpressionNode>> {
        let mut items = vec![self.operation(0)?];
        while self.take(",") {
            items.push(self.operation(0)?);
        }
        Ok(items)
    }
}

fn negated(start: Span, node: ExpressionNode) -> ExpressionNode {
    ExpressionNode {
        span: start.to(node.span),
        kind: NodeKind::Negated(Box::new(node)),
    }
}

fn word_kind(word: String) -> NodeKind {
    // IDs begin with a lowercase letter (API, `MetricDataQuery`), keywords with a capital.
    match word.starts_with(|first: char| first.is_ascii_lowercase()) {
        true => NodeKind::Id(word),
        false => NodeKind::Keyword(word),
    }
}

fn unknown_function(name: &str) -> Kind {
    match unavailable(name) {
        Some((name, needs)) => Kind::Unavailable(name, needs),
        None => Kind::UnknownFunction {
            name: name.to_owned(),
        },
    }
}

fn operation(operator: Operator, left: ExpressionNode, right: ExpressionNode) -> ExpressionNode {
    let span = left.span.to(right.span);
    ExpressionNode {
        kind: NodeKind::Operation(operator, Box::new(left), Box::new(right)),
        span,
    }
}
