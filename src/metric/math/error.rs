//! Why a text is no expression of metric math, and where.

use std::fmt;

use super::function::Function;
use crate::text::printable;
use crate::text::span::Span;
use crate::text::underline::Underlined;

/// The longest expression, in characters (API, `MetricDataQuery`).
pub const EXPRESSION_LIMIT: usize = 2048;

/// How deep parentheses may nest, so that the recursion of the parser stays small; AWS states no
/// limit of its own.
pub const NESTING_LIMIT: usize = 100;

/// How many operations may stand on each other, through all expressions, so that the recursion of
/// the evaluation stays small; AWS states no limit of its own.
pub const DEPTH_LIMIT: usize = 250;

/// A text that is no expression. Printing it shows what is wrong, and the expression with the wrong
/// part underlined.
#[derive(Clone, Debug, PartialEq)]
pub struct ExpressionError {
    /// What is wrong.
    pub kind: ExpressionErrorKind,
    /// The part that is wrong.
    pub span: Span,
    /// The whole expression.
    pub expression: String,
}

/// What can be wrong with an expression.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ExpressionErrorKind {
    /// More characters than [`EXPRESSION_LIMIT`].
    #[error("the expression has {0} characters, the limit is {EXPRESSION_LIMIT}")]
    TooLong(usize),
    /// Deeper than [`NESTING_LIMIT`].
    #[error("the parentheses nest more than {NESTING_LIMIT} deep")]
    TooDeep,
    /// More operations on each other than [`DEPTH_LIMIT`].
    #[error("more than {DEPTH_LIMIT} operations stand on each other")]
    TooManyOperations,
    /// A character that has no meaning.
    #[error("`{0}` has no meaning here")]
    UnexpectedCharacter(char),
    /// Digits that are no number.
    #[error("this is no number")]
    Number,
    /// A quote without its end.
    #[error("the quote is not closed")]
    UnclosedQuote,
    /// Something else where a value should be.
    #[error("expected a number, the id of a metric or expression, a function, `[` or `(`")]
    ExpectedValue,
    /// A sign that must be here.
    #[error("expected `{0}`")]
    Expected(&'static str),
    /// Something behind a whole expression.
    #[error("expected an operator or the end of the expression")]
    ExpectedOperator,
    /// A function that does not exist.
    #[error("there is no function `{name}`; functions are written in capitals: {known}", known = Function::names())]
    UnknownFunction {
        /// What was written.
        name: String,
    },
    /// A function over something that is not here.
    #[error("{0} cannot be computed from samples: {1}")]
    Unavailable(&'static str, &'static str),
    /// An id that is not defined.
    #[error("there is no metric and no expression with the id `{0}`")]
    UnknownId(String),
    /// An expression that stands on itself.
    #[error("the expression `{0}` stands on itself")]
    Circle(String),
    /// Arguments that a function does not take.
    #[error("{0} takes {1}")]
    Arguments(&'static str, &'static str),
    /// Two values that an operator does not take together.
    #[error("an operator takes numbers, time series, or an array and one of them; not two arrays")]
    TwoArrays,
    /// What an array cannot hold.
    #[error("an array holds time series")]
    NoSeries,
    /// A result that is not one time series.
    #[error("the result is {0}; an alarm needs a single time series")]
    NotOneSeries(&'static str),
}

impl fmt::Display for ExpressionError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "{}", printable(&self.kind.to_string()))?;
        write!(
            formatter,
            "{}",
            Underlined {
                text: &self.expression,
                span: self.span
            }
        )
    }
}

impl std::error::Error for ExpressionError {}
