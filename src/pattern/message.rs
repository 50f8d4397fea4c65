//! The text of an error, as a person reads it.

use std::fmt;

use super::error::{
    ErrorKind, PARENTHESES_LIMIT, PATTERN_LIMIT, PatternError, REGEX_LIMIT, WILDCARD_STEPS_LIMIT,
};
use crate::text::printable;
use crate::text::underline::Underlined;

impl ErrorKind {
    /// Returns what is wrong, in one line.
    pub fn message(&self) -> String {
        match self {
            Self::TooLong(_)
            | Self::TooManyWildcardSteps
            | Self::TooManyRegexes
            | Self::TooManyParentheses => self.limit_message(),
            Self::UnexpectedCharacter(character)
            | Self::TermCharacter(character)
            | Self::MissingBraces(character) => {
                format!("unexpected character `{character}`")
            }
            Self::SingleOperator(meant) => format!("a single `{}` is not an operator", &meant[..1]),
            Self::RegexCharacter(character) => {
                format!("`{character}` is not supported in a regular expression")
            }
            Self::DuplicateField(name) => format!("two cells are called `{name}`"),
            Self::ForeignCell(own) => {
                format!("the conditions of cell `{own}` may test `{own}` only")
            }
            Self::ExpectedCellCondition(own) => {
                format!("expected a condition that begins with `{own}`")
            }
            other => other.fixed_message().to_owned(),
        }
    }

    fn limit_message(&self) -> String {
        match self {
            Self::TooLong(length) => {
                format!("the pattern has {length} characters, the limit is {PATTERN_LIMIT}")
            }
            Self::TooManyWildcardSteps => format!(
                "the selectors of a pattern may have {WILDCARD_STEPS_LIMIT} wildcard steps together"
            ),
            Self::TooManyRegexes => format!("a pattern may have {REGEX_LIMIT} regular expressions"),
            _ => format!("more than {PARENTHESES_LIMIT} parentheses are open"),
        }
    }

    fn fixed_message(&self) -> &'static str {
        match self {
            Self::Empty => "there is no condition between the braces",
            Self::UnclosedBrace => "a pattern that starts with `{` must end with `}`",
            Self::UnclosedParenthesis => "this `(` is never closed",
            Self::UnclosedQuote => "this quote is never closed",
            Self::UnclosedBracket => "this `[` is never closed",
            Self::UnclosedCells => "a pattern that starts with `[` must end with `]`",
            Self::TextAfterPattern => "the pattern has ended, but text follows",
            Self::TypographicQuote => "a typographic quote does not quote a value",
            Self::SingleQuote => "single quotes do not quote a value",
            Self::DoubleEquals => "`==` is not an operator",
            Self::AngleNotEqual => "`<>` is not an operator",
            Self::WordOperator(_) => "conditions are not combined by a word",
            Self::NotOperator => "there is no operator that negates a condition",
            Self::MissingDollar => "a field is named by a selector, which begins with `$.`",
            Self::ExpectedCondition => "expected a condition",
            Self::ExpectedOperator => "expected an operator after the selector",
            Self::ExpectedValue => "expected a value",
            Self::SelectorValue => "a field is compared with a fixed value, not with another field",
            Self::NullValue => "`null` is not a value to compare with",
            Self::ExpectedNumber => "an order is only defined for a number without quotes",
            Self::ExponentTooLarge => "the exponent of this number is too large",
            Self::UnquotedSpace => "a value without quotes ends at the space",
            Self::ExpectedCombination => "expected `&&`, `||` or the end of the conditions",
            Self::ExpectedKeyword => "expected `NULL`, `TRUE` or `FALSE` after `IS`",
            Self::IsNot => "there is no `IS NOT`",
            Self::ExpectedExists => "expected `EXISTS` after `NOT`",
            Self::Exists => "there is no `EXISTS`, only `NOT EXISTS`",
            Self::GluedNot => "the field and the keyword run together",
            Self::WrongSelector => "this is not a selector",
            Self::SelectorWithoutDot => "a selector begins with `$.`",
            Self::DoubleQuotedName => "a name in brackets has single quotes",
            Self::WrongIndex => "an index is a number from 0 upwards, or `*`",
            Self::TwoWildcardSteps => "a selector may have one wildcard step",
            Self::WildcardInField => "a value or dimension of a metric may have no wildcard step",
            Self::CellName => "a cell is `...`, nothing, or a name of letters, digits, `_` and `-`",
            Self::CellDigit => "the name of a cell does not begin with a digit",
            Self::ExpectedCellTest => "expected an operator and a value after the name of the cell",
            Self::KeywordInCell => "keywords test the fields of JSON, not cells",
            Self::ExpectedComma => "expected `,` or `]` after the cell",
            other => other.term_message(),
        }
    }

    /// Returns the message of a mistake in terms or in a regular expression.
    fn term_message(&self) -> &'static str {
        match self {
            Self::UnclosedRegex => "this regular expression is never closed",
            Self::EmptyRegex => "a regular expression has at least one character",
            Self::RegexBesideTerm => "a regular expression is a pattern by itself, without terms",
            Self::RegexSyntax => "this is not a regular expression",
            Self::RegexTooLarge => "this regular expression takes too much memory",
            Self::ExpectedTerm => "expected a term",
            Self::EmptyTerm => "a term has at least one character",
            Self::ExpectedSpace => "terms are separated by spaces",
            // The messages of all others contain a value or a limit, and `message` formats them.
            _ => "not a pattern",
        }
    }
}

impl fmt::Display for PatternError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The message may quote the pattern, which may contain anything.
        writeln!(formatter, "{}", printable(&self.kind.message()))?;
        write!(formatter, "{}", self.underlined())?;
        if let Some(hint) = self.kind.hint() {
            write!(formatter, "\nhint: {hint}")?;
        }
        match self.aws_reply() {
            Some(reply) => write!(formatter, "\n{reply}"),
            None => Ok(()),
        }
    }
}

impl PatternError {
    fn underlined(&self) -> Underlined<'_> {
        Underlined {
            text: &self.pattern,
            span: self.span,
        }
    }
}

impl std::error::Error for PatternError {}
