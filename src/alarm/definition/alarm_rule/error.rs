//! The errors of a rule.

use std::fmt;

use crate::text::printable;
use crate::text::span::Span;
use crate::text::underline::Underlined;

/// The longest rule, in characters (API, `PutCompositeAlarm`).
pub const RULE_LIMIT: usize = 10_240;

/// The largest number of alarms in one rule (API, `PutCompositeAlarm`).
pub const CHILDREN_LIMIT: usize = 100;

/// The largest number of elements in a rule: references to alarms, constants, and pairs of
/// parentheses (API, `PutCompositeAlarm`). It bounds the recursion of the parser, too.
pub const ELEMENTS_LIMIT: usize = 500;

/// The error of a text that is not a rule. Printing it shows the reason, and the rule with the
/// wrong part underlined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlarmRuleError {
    /// The reason.
    pub kind: AlarmRuleErrorKind,
    /// The part of the rule that is wrong.
    pub span: Span,
    /// The whole rule.
    pub rule: String,
}

/// The reason that a text is not a rule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AlarmRuleErrorKind {
    /// More than [`RULE_LIMIT`] characters.
    #[error("the rule has {0} characters, the limit is {RULE_LIMIT}")]
    TooLong(usize),
    /// More than [`CHILDREN_LIMIT`] alarms.
    #[error("the rule names more than {CHILDREN_LIMIT} alarms")]
    TooManyChildren,
    /// More than [`ELEMENTS_LIMIT`] elements.
    #[error("the rule has more than {ELEMENTS_LIMIT} elements (alarms, constants, parentheses)")]
    TooManyElements,
    /// Something else in the place of a condition.
    #[error(
        "expected a condition: ALARM(name), OK(name), INSUFFICIENT_DATA(name), \
         AT_LEAST(number, state, (names)), TRUE, FALSE, NOT or a parenthesis"
    )]
    ExpectedCondition,
    /// Something after a whole expression.
    #[error("expected AND, OR or the end of the rule")]
    ExpectedOperator,
    /// Something else in the place of this character.
    #[error("expected `{0}`")]
    ExpectedCharacter(char),
    /// Something else in the place of the name of an alarm.
    #[error(
        "expected the name or ARN of an alarm; one with spaces, parentheses or commas goes in \
         double quotes"
    )]
    ExpectedName,
    /// A quote without its end.
    #[error("the quote is not closed")]
    UnclosedQuote,
    /// Something else in the place of the state in `AT_LEAST`.
    #[error("expected a state: ALARM, OK, INSUFFICIENT_DATA, or NOT and one of them")]
    ExpectedState,
    /// Something else in the place of the number in `AT_LEAST`.
    #[error("expected a number from 1 to {alarms}, or a percentage from 1% to 100%")]
    ExpectedQuantity {
        /// The number of alarms to choose from.
        alarms: usize,
    },
}

impl fmt::Display for AlarmRuleError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let underlined = Underlined {
            text: &self.rule,
            span: self.span,
        };
        writeln!(formatter, "{}", printable(&self.kind.to_string()))?;
        write!(formatter, "{underlined}")
    }
}

impl std::error::Error for AlarmRuleError {}
