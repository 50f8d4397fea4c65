//! Why a text is not a pattern, and where.

use std::fmt;

use crate::text::printable;
use crate::text::span::Span;
use crate::text::underline::Underlined;

/// The longest pattern that AWS accepts, in characters (CloudWatch Logs API, `PutMetricFilter`).
pub const PATTERN_LIMIT: usize = 1024;

/// How deep parentheses may nest. AWS states no limit of its own, and 1,024 characters hold about
/// 500 pairs; the bound keeps the recursion of the parser small, and no deployed pattern nests more
/// than three.
pub const PARENTHESES_LIMIT: usize = 250;

/// How many regular expressions one pattern may have (user guide, "Supported regular expressions").
pub const REGEX_LIMIT: usize = 2;

/// How many wildcard steps all selectors of one pattern may have together (recorded
/// `TestMetricFilter` replies).
pub const WILDCARD_STEPS_LIMIT: usize = 3;

/// A text that is not a filter pattern.
///
/// It carries the text, so that printing it shows what is wrong, the pattern with the wrong part
/// underlined, what to write instead where that is known, and what AWS says to the same pattern.
#[derive(Clone, Debug, PartialEq)]
pub struct PatternError {
    /// What is wrong.
    pub kind: ErrorKind,
    /// The part of the pattern that is wrong.
    pub span: Span,
    /// The whole pattern.
    pub pattern: String,
}

/// What can be wrong with a pattern. Each kind is described by a pattern that provokes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// More than [`PATTERN_LIMIT`] characters; holds how many.
    TooLong(usize),
    /// `{ }`
    Empty,
    /// `{ $.a = 1`
    UnclosedBrace,
    /// `{ ($.a = 1 }`
    UnclosedParenthesis,
    /// `{ $.a = "x }`
    UnclosedQuote,
    /// `{ $.['a = 1 }`
    UnclosedBracket,
    /// `{ $.a = %x }`
    UnclosedRegex,
    /// `[a, b`
    UnclosedCells,
    /// `{ $.a = 1 } x`
    TextAfterPattern,
    /// `{ $.a = x/y }`
    UnexpectedCharacter(char),
    /// `{ $.a = “x” }`
    TypographicQuote,
    /// `{ $.a = 'x' }`
    SingleQuote,
    /// `{ $.a == 1 }`
    DoubleEquals,
    /// `{ $.a <> 1 }`
    AngleNotEqual,
    /// `{ $.a = 1 & $.b = 1 }`; holds the operator that was meant.
    SingleOperator(&'static str),
    /// `{ $.a = 1 AND $.b = 1 }`; holds the operator that was meant.
    WordOperator(&'static str),
    /// `{ !($.a = 1) }`
    NotOperator,
    /// `{ a = 1 }`
    MissingDollar,
    /// `{ = 1 }`
    ExpectedCondition,
    /// `{ $.a 1 }`
    ExpectedOperator,
    /// `{ $.a = }`
    ExpectedValue,
    /// `{ $.a = $.b }`
    SelectorValue,
    /// `{ $.a = null }`
    NullValue,
    /// `{ $.a > "1" }`
    ExpectedNumber,
    /// `{ $.a = Failed authentication }`
    UnquotedSpace,
    /// `{ $.a = 1 $.b = 1 }`
    ExpectedCombination,
    /// `{ $.a IS 1 }`
    ExpectedKeyword,
    /// `{ $.a IS NOT NULL }`
    IsNot,
    /// `{ $.a NOT NULL }`
    ExpectedExists,
    /// `{ $.a EXISTS }`
    Exists,
    /// `{ $.aNOT EXISTS }`
    GluedNot,
    /// `{ $.. = 1 }`
    WrongSelector,
    /// `{ $a = 1 }`
    SelectorWithoutDot,
    /// `{ $.a[-1] = 1 }`
    WrongIndex,
    /// `{ $.a[*].b[*] = 1 }`
    TwoWildcardSteps,
    /// Four wildcard steps in one pattern.
    TooManyWildcardSteps,
    /// `$.a[*]` as the value or a dimension of a metric.
    WildcardInField,
    /// `%a% %b% %c%`
    TooManyRegexes,
    /// `%a(b)%`
    RegexCharacter(char),
    /// `%a[%`
    RegexSyntax,
    /// `%[a-z]{1,1000}{1,1000}%`
    RegexTooLarge,
    /// `email@example.com`
    TermCharacter(char),
    /// `- x`
    ExpectedTerm,
    /// `"a"b`
    ExpectedSpace,
    /// `[a/b]`
    CellName,
    /// `[a, a]`; holds the name.
    DuplicateField(String),
    /// `[a = 1 && b = 1, b]`; holds the name of the cell.
    ForeignCell(String),
    /// `[a = 1 && , b]`; holds the name of the cell.
    ExpectedCellCondition(String),
    /// `[a && b]`
    ExpectedCellTest,
    /// `[a NOT EXISTS]`
    KeywordInCell,
    /// `[a b]`
    ExpectedComma,
    /// More than [`PARENTHESES_LIMIT`] open parentheses.
    TooManyParentheses,
}

impl ErrorKind {
    /// What is wrong, in one line.
    pub fn message(&self) -> String {
        match self {
            Self::TooLong(length) => {
                format!("the pattern has {length} characters, the limit is {PATTERN_LIMIT}")
            }
            Self::UnexpectedCharacter(character) | Self::TermCharacter(character) => {
                format!("unexpected character `{character}`")
            }
            Self::SingleOperator(meant) => format!("a single `{}` is not an operator", &meant[..1]),
            Self::TooManyWildcardSteps => {
                format!(
                    "the selectors of a pattern may have {WILDCARD_STEPS_LIMIT} wildcard steps together"
                )
            }
            Self::TooManyRegexes => format!("a pattern may have {REGEX_LIMIT} regular expressions"),
            Self::RegexCharacter(character) => {
                format!("`{character}` is not supported in a regular expression")
            }
            Self::TooManyParentheses => {
                format!("more than {PARENTHESES_LIMIT} parentheses are open")
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

    fn fixed_message(&self) -> &'static str {
        match self {
            Self::Empty => "there is no condition between the braces",
            Self::UnclosedBrace => "a pattern that starts with `{` must end with `}`",
            Self::UnclosedParenthesis => "this `(` is never closed",
            Self::UnclosedQuote => "this quote is never closed",
            Self::UnclosedBracket => "this `[` is never closed",
            Self::UnclosedRegex => "this regular expression is never closed",
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
            Self::UnquotedSpace => "a value without quotes ends at the space",
            Self::ExpectedCombination => "expected `&&`, `||` or the end of the conditions",
            Self::ExpectedKeyword => "expected `NULL`, `TRUE` or `FALSE` after `IS`",
            Self::IsNot => "there is no `IS NOT`",
            Self::ExpectedExists => "expected `EXISTS` after `NOT`",
            Self::Exists => "there is no `EXISTS`, only `NOT EXISTS`",
            Self::GluedNot => "the field and the keyword run together",
            Self::WrongSelector => "this is not a selector",
            Self::SelectorWithoutDot => "a selector begins with `$.`",
            Self::WrongIndex => "an index is a number from 0 upwards, or `*`",
            Self::TwoWildcardSteps => "a selector may have one wildcard step",
            Self::WildcardInField => "a value or dimension of a metric may have no wildcard step",
            Self::RegexSyntax => "this is not a regular expression",
            Self::RegexTooLarge => "this regular expression takes too much memory",
            Self::ExpectedTerm => "expected a term",
            Self::ExpectedSpace => "terms are separated by spaces",
            Self::CellName => "a cell is `...`, nothing, or a name of letters, digits, `_` and `-`",
            Self::ExpectedCellTest => "expected an operator and a value after the name of the cell",
            Self::KeywordInCell => "keywords test the fields of JSON, not cells",
            Self::ExpectedComma => "expected `,` or `]` after the cell",
            // The kinds whose message holds a value have it in `message`.
            Self::TooLong(_)
            | Self::UnexpectedCharacter(_)
            | Self::SingleOperator(_)
            | Self::TooManyWildcardSteps
            | Self::TooManyRegexes
            | Self::RegexCharacter(_)
            | Self::TermCharacter(_)
            | Self::DuplicateField(_)
            | Self::ForeignCell(_)
            | Self::ExpectedCellCondition(_)
            | Self::TooManyParentheses => "not a pattern",
        }
    }
}

impl fmt::Display for PatternError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "{}", printable(&self.kind.message()))?;
        write!(
            formatter,
            "{}",
            Underlined {
                text: &self.pattern,
                span: self.span
            }
        )?;
        if let Some(hint) = self.kind.hint() {
            write!(formatter, "\nhint: {hint}")?;
        }
        write!(formatter, "\n{}", self.aws_reply())
    }
}

impl std::error::Error for PatternError {}
