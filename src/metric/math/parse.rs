//! From tokens to the tree.

use super::error::{EXPRESSION_LIMIT, ExpressionError, ExpressionErrorKind, NESTING_LIMIT};
use super::expression::{Node, NodeKind, Operator};
use super::function::Function;
use super::lex::{Placed, Token, tokens};
use crate::text::span::Span;

/// The tree of an expression.
pub(super) fn parse(text: &str) -> Result<Node, ExpressionError> {
    let error = |kind, span| ExpressionError {
        kind,
        span,
        expression: text.to_owned(),
    };
    let length = text.chars().count();
    if length > EXPRESSION_LIMIT {
        return Err(error(
            ExpressionErrorKind::TooLong(length),
            Span::new(0, text.len()),
        ));
    }
    let mut parser = Parser {
        text,
        tokens: tokens(text)?,
        next: 0,
        depth: 0,
    };
    let node = parser.operation(0)?;
    match parser.peek() {
        Some(rest) => Err(error(ExpressionErrorKind::ExpectedOperator, rest.span)),
        None => Ok(node),
    }
}

struct Parser<'a> {
    text: &'a str,
    tokens: Vec<Placed>,
    next: usize,
    depth: usize,
}

type Parsed<T> = Result<T, ExpressionError>;

impl Parser<'_> {
    fn peek(&self) -> Option<&Placed> {
        self.tokens.get(self.next)
    }

    fn here(&self) -> Span {
        self.peek()
            .map_or(Span::new(self.text.len(), self.text.len()), |placed| {
                placed.span
            })
    }

    fn error<T>(&self, kind: ExpressionErrorKind, span: Span) -> Parsed<T> {
        Err(ExpressionError {
            kind,
            span,
            expression: self.text.to_owned(),
        })
    }

    fn takes(&mut self, sign: &str) -> bool {
        let is_next = self.peek().is_some_and(|placed| match &placed.token {
            Token::Sign(found) => *found == sign,
            Token::Word(word) => word == sign,
            Token::Number(_) | Token::Text(_) => false,
        });
        self.next += usize::from(is_next);
        is_next
    }

    fn expect(&mut self, sign: &'static str) -> Parsed<Span> {
        let span = self.here();
        if self.takes(sign) {
            Ok(span)
        } else {
            self.error(ExpressionErrorKind::Expected(sign), span)
        }
    }

    /// Operations of this level and closer ones.
    fn operation(&mut self, level: usize) -> Parsed<Node> {
        let Some(operators) = Operator::LEVELS.get(level) else {
            return self.signed();
        };
        let mut left = self.operation(level + 1)?;
        loop {
            let found = operators.iter().find(|(sign, _)| self.takes(sign));
            let Some((_, operator)) = found else {
                return Ok(left);
            };
            let right = self.operation(level + 1)?;
            left = operation(*operator, left, right);
        }
    }

    fn signed(&mut self) -> Parsed<Node> {
        let start = self.here();
        let mut is_negated = false;
        loop {
            match () {
                () if self.takes("-") => is_negated = !is_negated,
                () if self.takes("+") => {}
                () => break,
            }
        }
        let node = self.power()?;
        let span = start.to(node.span);
        Ok(if is_negated {
            Node {
                kind: NodeKind::Negated(Box::new(node)),
                span,
            }
        } else {
            node
        })
    }

    /// A value, and what it is raised to; from the right, as in mathematics.
    fn power(&mut self) -> Parsed<Node> {
        let base = self.value()?;
        if !self.takes("^") {
            return Ok(base);
        }
        self.deeper()?;
        let exponent = self.signed()?;
        self.depth -= 1;
        Ok(operation(Operator::Power, base, exponent))
    }

    fn deeper(&mut self) -> Parsed<()> {
        self.depth += 1;
        if self.depth > NESTING_LIMIT {
            return self.error(ExpressionErrorKind::TooDeep, self.here());
        }
        Ok(())
    }

    fn value(&mut self) -> Parsed<Node> {
        let Some(Placed { token, span }) = self.peek().cloned() else {
            return self.error(ExpressionErrorKind::ExpectedValue, self.here());
        };
        self.next += 1;
        let kind = match token {
            Token::Number(number) => NodeKind::Number(number),
            Token::Text(text) => NodeKind::Text(text),
            Token::Word(word) if self.takes("(") => return self.call(&word, span),
            Token::Word(word) if word.starts_with(|first: char| first.is_ascii_lowercase()) => {
                NodeKind::Id(word)
            }
            Token::Word(word) => NodeKind::Keyword(word),
            Token::Sign("(") => {
                self.deeper()?;
                let inside = self.operation(0)?;
                self.depth -= 1;
                let end = self.expect(")")?;
                return Ok(Node {
                    span: span.to(end),
                    ..inside
                });
            }
            Token::Sign("[") => {
                let (parts, end) = self.list("]")?;
                return Ok(Node {
                    kind: NodeKind::Array(parts),
                    span: span.to(end),
                });
            }
            Token::Sign(_) => return self.error(ExpressionErrorKind::ExpectedValue, span),
        };
        Ok(Node { kind, span })
    }

    fn call(&mut self, name: &str, span: Span) -> Parsed<Node> {
        let (arguments, end) = self.list(")")?;
        match Function::named(name) {
            Ok(function) => Ok(Node {
                kind: NodeKind::Call(function, arguments),
                span: span.to(end),
            }),
            Err(kind) => self.error(kind, span),
        }
    }

    /// Values with commas between them, up to a closing sign.
    fn list(&mut self, closing: &'static str) -> Parsed<(Vec<Node>, Span)> {
        self.deeper()?;
        let mut parts = Vec::new();
        let here = self.here();
        if self.takes(closing) {
            self.depth -= 1;
            return Ok((parts, here));
        }
        loop {
            parts.push(self.operation(0)?);
            if !self.takes(",") {
                break;
            }
        }
        self.depth -= 1;
        Ok((parts, self.expect(closing)?))
    }
}

fn operation(operator: Operator, left: Node, right: Node) -> Node {
    let span = left.span.to(right.span);
    Node {
        kind: NodeKind::Operation(operator, Box::new(left), Box::new(right)),
        span,
    }
}
