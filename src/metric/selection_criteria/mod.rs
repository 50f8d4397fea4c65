//! The field selection criteria of a metric filter: the accounts and regions whose events it looks
//! at (API, `PutMetricFilter`; sources, M17 and M18).
//!
//! ```
//! use backtrail::metric::{SelectionCriteria, SystemFields};
//!
//! let criteria: SelectionCriteria =
//!     "@aws.account IN ('111122223333', '444455556666') AND @aws.region != 'us-east-1'".parse()?;
//! let mut fields = SystemFields {
//!     account: Some("111122223333"),
//!     region: Some("eu-west-1"),
//! };
//! assert!(criteria.selects(fields));
//! fields.region = Some("us-east-1");
//! assert!(!criteria.selects(fields));
//! # Ok::<(), backtrail::metric::CriteriaError>(())
//! ```

mod error;
mod expression;
mod parse;

use std::fmt;
use std::str::FromStr;

pub use error::{CRITERIA_LIMIT, CriteriaErrorKind, NESTING_LIMIT};

use super::value::SystemDimension;
use crate::text::span::Span;
use expression::CriteriaExpression;
use parse::CriteriaParser;

/// The accounts and regions whose events a metric filter looks at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SelectionCriteria {
    text: String,
    expression: CriteriaExpression,
    doubts: Vec<CriteriaDoubt>,
}

/// The system fields of an event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SystemFields<'a> {
    /// The account in which the event arose.
    pub account: Option<&'a str>,
    /// The region in which it arose.
    pub region: Option<&'a str>,
}

/// The error of a text that is not field selection criteria. Printing it shows the reason, and the
/// criteria with the wrong part underlined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CriteriaError {
    /// The reason.
    pub kind: CriteriaErrorKind,
    /// The part of the criteria that is wrong.
    pub span: Span,
    /// The whole criteria.
    pub criteria: String,
}

/// A form of criteria that AWS may refuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CriteriaDoubt {
    /// `IN ["x"]`, as AWS's documentation writes it.
    SquareBrackets,
    /// `= x`
    UnquotedValue,
}

impl SelectionCriteria {
    /// Returns the criteria as they were written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns true if the filter looks at an event with these system fields.
    pub fn selects(&self, fields: SystemFields<'_>) -> bool {
        self.expression.holds(fields)
    }

    /// Returns the forms in the criteria that AWS may refuse.
    pub fn doubts(&self) -> &[CriteriaDoubt] {
        &self.doubts
    }
}

impl SystemFields<'_> {
    fn get(&self, field: SystemDimension) -> Option<&str> {
        match field {
            SystemDimension::Account => self.account,
            SystemDimension::Region => self.region,
        }
    }
}

impl FromStr for SelectionCriteria {
    type Err = CriteriaError;

    fn from_str(text: &str) -> Result<Self, CriteriaError> {
        let (expression, doubts) = CriteriaParser::parse(text)?;
        Ok(Self {
            text: text.to_owned(),
            expression,
            doubts,
        })
    }
}

impl fmt::Display for SelectionCriteria {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl fmt::Display for CriteriaDoubt {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::SquareBrackets => {
                "AWS was seen to refuse a list in square brackets, although its documentation has \
                 one: write parentheses"
            }
            Self::UnquotedValue => {
                "AWS documents values in quotes only: write quotes around each of them"
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(text: &str) -> CriteriaErrorKind {
        match text.parse::<SelectionCriteria>() {
            Ok(_) => panic!("{text} is accepted"),
            Err(error) => error.kind,
        }
    }

    #[test]
    fn the_wrong_part_is_underlined() {
        for (text, start, wrong) in [
            (r#"@aws.vpc = "x""#, 0, "@aws.vpc"),
            (r#"@aws.region === "x""#, 13, "="),
            (r#"@aws.region = "x" && @aws.account = "y""#, 18, "&&"),
            (r#"@aws.region = "x" xor"#, 18, "xor"),
            (r#"@aws.region = "x"#, 14, "\"x"),
            ("@aws.region IN ('a' 'b')", 20, "'"),
            ("(@aws.region = 'a'", 18, ""),
            ("@aws.region NOT = 'a'", 16, "="),
            ("", 0, ""),
        ] {
            let error = text.parse::<SelectionCriteria>().expect_err(text);
            assert_eq!(error.span.start, start, "{text}: {error}");
            assert_eq!(error.span.slice(text), wrong, "{text}: {error}");
        }
    }

    #[test]
    fn an_error_says_what_was_expected_and_what_aws_says() {
        let error = "@aws.region IN 'a'".parse::<SelectionCriteria>();
        let text = error.expect_err("no list").to_string();
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[0].starts_with("expected a list in parentheses"));
        assert_eq!(lines[1], "  @aws.region IN 'a'");
        assert_eq!(lines[2], "                 ^");
        assert!(lines[3].ends_with("The provided field selection criteria is invalid"));
    }

    #[test]
    fn criteria_have_a_longest_length_and_a_greatest_depth() {
        let padded = |length: usize| {
            let criteria = "@aws.region = 'a'";
            criteria.to_owned() + &" ".repeat(length - criteria.len())
        };
        assert!(padded(CRITERIA_LIMIT).parse::<SelectionCriteria>().is_ok());
        let too_long = kind(&padded(CRITERIA_LIMIT + 1));
        assert_eq!(too_long, CriteriaErrorKind::TooLong(2001));
        let nested = |depth: usize| {
            let (open, close) = ("(".repeat(depth), ")".repeat(depth));
            format!("{open}@aws.region = 'a'{close}")
        };
        assert!(nested(NESTING_LIMIT).parse::<SelectionCriteria>().is_ok());
        assert_eq!(kind(&nested(NESTING_LIMIT + 1)), CriteriaErrorKind::TooDeep);
        // Parentheses beside each other are not within each other.
        let beside = vec!["(@aws.region='a')"; NESTING_LIMIT].join("OR");
        assert!(beside.len() < CRITERIA_LIMIT && beside.parse::<SelectionCriteria>().is_ok());
    }

    #[test]
    fn what_aws_may_refuse_is_doubted() {
        let doubts = |text: &str| {
            let criteria: SelectionCriteria = text.parse().expect(text);
            criteria.doubts().to_vec()
        };
        assert_eq!(doubts("@aws.region IN ('a')"), []);
        let both = [CriteriaDoubt::SquareBrackets, CriteriaDoubt::UnquotedValue];
        assert_eq!(
            doubts("@aws.region NOT IN [a, b] OR @aws.region IN [c]"),
            both
        );
    }
}
