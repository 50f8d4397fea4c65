//! The errors of criteria.

use std::fmt;

use super::CriteriaError;
use crate::text::printable;
use crate::text::underline::Underlined;

/// The longest criteria, in characters (API, `PutMetricFilter`).
pub const CRITERIA_LIMIT: usize = 2000;

/// The most parentheses that may be open at once. AWS states no limit of its own; the bound keeps
/// the recursion of the parser small, and two system fields need no more than two levels.
pub const NESTING_LIMIT: usize = 100;

/// The reply of AWS to criteria that are wrong (sources, M17).
const AWS_REPLY: &str = "The provided field selection criteria is invalid";

/// The reason for which a text is not field selection criteria.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CriteriaErrorKind {
    /// More than [`CRITERIA_LIMIT`] characters; holds their number.
    #[error("the criteria have {0} characters, the limit is {CRITERIA_LIMIT}")]
    TooLong(usize),
    /// More than [`NESTING_LIMIT`] open parentheses.
    #[error("more than {NESTING_LIMIT} parentheses are open at once")]
    TooDeep,
    /// Something else in the place of a condition.
    #[error("expected a condition on `@aws.account` or `@aws.region`, or an opening parenthesis")]
    ExpectedCondition,
    /// `@source.log = "x"`
    #[error("there is no such field to select by: write `@aws.account` or `@aws.region`")]
    UnknownField,
    /// `NOT @aws.region = "x"`
    #[error("NOT belongs to IN: write `@aws.region NOT IN (…)`, or `!=`")]
    MisplacedNot,
    /// `@aws.region "x"`
    #[error("expected `=`, `!=`, IN or NOT IN")]
    ExpectedOperator,
    /// `@aws.region == "x"`
    #[error("expected a single `=`")]
    DoubleEquals,
    /// `@aws.region NOT = "x"`
    #[error("expected IN after NOT")]
    ExpectedIn,
    /// `@aws.region = `
    #[error("expected a value in quotes, such as \"eu-west-1\"")]
    ExpectedValue,
    /// `@aws.region IN "x"`
    #[error("expected a list in parentheses, such as (\"eu-west-1\", \"eu-central-1\")")]
    ExpectedList,
    /// `@aws.region IN ("x"`; holds the character that ends the list.
    #[error("expected `,` or `{0}`")]
    ExpectedListEnd(char),
    /// `@aws.region = "x`
    #[error("the quote is not closed")]
    UnclosedQuote,
    /// `@aws.region = "x" && @aws.account = "y"`; holds the word that was meant.
    #[error("the operators are words here: write {0}")]
    SymbolOperator(&'static str),
    /// `(@aws.region = "x"`
    #[error("expected AND, OR or a closing parenthesis")]
    UnclosedParenthesis,
    /// `@aws.region = "x" @aws.account = "y"`
    #[error("expected AND, OR or the end of the criteria")]
    ExpectedCombination,
}

impl fmt::Display for CriteriaError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let underlined = Underlined {
            text: &self.criteria,
            span: self.span,
        };
        writeln!(formatter, "{}", printable(&self.kind.to_string()))?;
        writeln!(formatter, "{underlined}")?;
        write!(formatter, "AWS says: {AWS_REPLY}")
    }
}

impl std::error::Error for CriteriaError {}
