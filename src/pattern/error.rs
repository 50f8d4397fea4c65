//! The errors of a pattern: what is wrong, and in which part of it.

use crate::text::span::Span;

/// The longest pattern that AWS accepts, in characters (CloudWatch Logs API, `PutMetricFilter`).
pub const PATTERN_LIMIT: usize = 1024;

/// The most parentheses that may be open at once. AWS states no limit of its own, and 1,024
/// characters hold about 500 pairs; the bound keeps the recursion of the parser small, and no
/// deployed pattern nests more than three.
pub const PARENTHESES_LIMIT: usize = 250;

/// The most regular expressions in one pattern (user guide, "Supported regular expressions").
pub const REGEX_LIMIT: usize = 2;

/// The most wildcard steps in all selectors of one pattern together (recorded `TestMetricFilter`
/// replies).
pub const WILDCARD_STEPS_LIMIT: usize = 3;

/// A text that is not a filter pattern.
///
/// It carries the text, so that printing it shows what is wrong, the pattern with the wrong part
/// underlined, what to write instead where that is known, and AWS's reply to the same pattern.
#[derive(Clone, Debug, PartialEq)]
pub struct PatternError {
    /// The kind of mistake.
    pub kind: ErrorKind,
    /// The part of the pattern that is wrong.
    pub span: Span,
    /// The whole pattern.
    pub pattern: String,
}

/// The result of reading a part of a pattern.
pub(super) type Parsed<T> = Result<T, PatternError>;

impl PatternError {
    /// Returns the error for a part of `pattern`.
    pub(super) fn new(kind: ErrorKind, span: Span, pattern: &str) -> Self {
        Self {
            kind,
            span,
            pattern: pattern.to_owned(),
        }
    }
}

/// The kinds of mistakes in a pattern. Each is described by a pattern that contains it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// More than [`PATTERN_LIMIT`] characters; holds their number.
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
    /// `{ $.a = 1e2147483648 }`
    ExponentTooLarge,
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
    /// `{ $.["a.b"] = 1 }`
    DoubleQuotedName,
    /// `{ $.a[-1] = 1 }`
    WrongIndex,
    /// `{ $.a[*].b[*] = 1 }`
    TwoWildcardSteps,
    /// Four wildcard steps in one pattern.
    TooManyWildcardSteps,
    /// `$.a[*]` as the value or a dimension of a metric.
    WildcardInField,
    /// `{ $.a = %x% || $.b = %y% || $.c = %z% }`
    TooManyRegexes,
    /// `%%`
    EmptyRegex,
    /// `ERROR %WARN%`
    RegexBesideTerm,
    /// `%a(b)%`
    RegexCharacter(char),
    /// `%a[%`
    RegexSyntax,
    /// `%[a-z]{1,1000}{1,1000}%`
    RegexTooLarge,
    /// `email@example.com`
    TermCharacter(char),
    /// `$.a = 1`
    MissingBraces(char),
    /// `- x`
    ExpectedTerm,
    /// `""`
    EmptyTerm,
    /// `"a"b`
    ExpectedSpace,
    /// `[a/b]`
    CellName,
    /// `[1a]`
    CellDigit,
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
