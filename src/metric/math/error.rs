//! The errors of metric math, with the part of the expression that is wrong.

use std::fmt;

use super::function::Function;
use crate::text::printable;
use crate::text::span::Span;
use crate::text::underline::Underlined;

/// The longest expression, in characters (API, `MetricDataQuery`).
pub const EXPRESSION_LIMIT: usize = 2048;

/// The greatest depth to which parentheses may nest, so that the recursion of the parser stays
/// small; AWS states no limit of its own.
pub const NESTING_LIMIT: usize = 100;

/// The greatest depth to which operations may nest, through all expressions, so that the recursion
/// of the evaluation stays small; AWS states no limit of its own.
pub const DEPTH_LIMIT: usize = 250;

/// The most metrics that an alarm on metric math may have (user guide, "Creating a CloudWatch alarm
/// based on a metric math expression").
pub const METRICS_LIMIT: usize = 10;

/// The most metrics and expressions together, so that expressions on expressions end.
pub(super) const QUERIES_LIMIT: usize = 100;

/// An error in an expression. Its display shows the expression with the wrong part underlined.
#[derive(Clone, Debug, PartialEq)]
pub struct ExpressionError {
    /// The kind of the error.
    pub kind: ExpressionErrorKind,
    /// The part that is wrong.
    pub span: Span,
    /// The whole expression.
    pub expression: String,
}

/// The kind of an error in an expression.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ExpressionErrorKind {
    /// The expression has more characters than [`EXPRESSION_LIMIT`].
    #[error("the expression has {0} characters, the limit is {EXPRESSION_LIMIT}")]
    TooLong(usize),
    /// Parentheses nest deeper than [`NESTING_LIMIT`].
    #[error("the parentheses nest more than {NESTING_LIMIT} deep")]
    TooDeep,
    /// Operations nest deeper than [`DEPTH_LIMIT`].
    #[error("the operations nest more than {DEPTH_LIMIT} deep")]
    TooManyOperations,
    /// A character that has no meaning.
    #[error("`{0}` has no meaning here")]
    UnexpectedCharacter(char),
    /// Digits that are not a number.
    #[error("this is not a number")]
    Number,
    /// A quote without its end.
    #[error("the quote is not closed")]
    UnclosedQuote,
    /// Something else where a value should be.
    #[error("expected a number, the ID of a metric or expression, a function, `[` or `(`")]
    ExpectedValue,
    /// A sign is missing.
    #[error("expected `{0}`")]
    Expected(&'static str),
    /// Something else after a whole expression.
    #[error("expected an operator or the end of the expression")]
    ExpectedOperator,
    /// A function that does not exist.
    #[error(
        "there is no function `{name}`; functions are written in capitals: {known}",
        known = Function::names()
    )]
    UnknownFunction {
        /// The name as written.
        name: String,
    },
    /// A function that needs more than samples.
    #[error("{0} cannot be computed from samples: {1}")]
    Unavailable(&'static str, &'static str),
    /// An ID that is not defined.
    #[error("there is no metric and no expression with the id `{0}`")]
    UnknownId(String),
    /// An expression that refers to itself.
    #[error("the expression `{0}` refers to itself")]
    Circle(String),
    /// Arguments that a function does not take.
    #[error("{0} takes {1}")]
    Arguments(&'static str, &'static str),
    /// Two values that an operator does not take together.
    #[error("an operator takes numbers, time series, or an array and one of them; not two arrays")]
    TwoArrays,
    /// Something else in an array of time series.
    #[error("an array holds time series")]
    NoSeries,
    /// A result that is not one time series.
    #[error("the result is {0}; an alarm needs a single time series")]
    NotOneSeries(&'static str),
}

/// The reason for which queries are not metric math.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum MetricMathError {
    /// An ID that expressions could not name.
    #[error(
        "`{}` is not an id: an id begins with a lowercase letter and continues with letters, \
         digits and underscores",
        printable(.0)
    )]
    Id(String),
    /// Two queries with the same ID.
    #[error("the id `{}` occurs twice", printable(.0))]
    DuplicateId(String),
    /// More metrics than an alarm may have.
    #[error("{0} metrics, the limit is {METRICS_LIMIT}")]
    TooManyMetrics(usize),
    /// Too many metrics and expressions together.
    #[error("{0} metrics and expressions, the limit is {QUERIES_LIMIT}")]
    TooManyQueries(usize),
    /// No metric at all.
    #[error("there is no metric to compute from")]
    NoMetric,
    /// An expression is wrong.
    #[error("expression `{}`: {error}", printable(id))]
    Expression {
        /// The ID of the expression.
        id: String,
        /// The error in it.
        #[source]
        error: ExpressionError,
    },
}

impl MetricMathError {
    pub(super) fn expression(id: &str, error: ExpressionError) -> Self {
        let id = id.to_owned();
        Self::Expression { id, error }
    }
}

impl fmt::Display for ExpressionError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = printable(&self.kind.to_string());
        write!(formatter, "{kind}\n{}", self.underlined())
    }
}

impl ExpressionError {
    fn underlined(&self) -> Underlined<'_> {
        Underlined {
            text: &self.expression,
            span: self.span,
        }
    }
}

impl std::error::Error for ExpressionError {}
