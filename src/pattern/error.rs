//! Why a text is not a pattern, and where.

use std::fmt;

use crate::span::Span;

/// The longest pattern that AWS accepts, in characters (CloudWatch Logs API, `PutMetricFilter`).
pub const PATTERN_LIMIT: usize = 1024;

/// How deep parentheses may nest. AWS states no limit of its own; 1,024 characters of parentheses need none deeper,
/// and the bound keeps the recursion of the parser small.
pub const PARENTHESES_LIMIT: usize = 100;

/// How many regular expressions one pattern may have (user guide, "Supported regular expressions").
pub const REGEX_LIMIT: usize = 2;

/// How many wildcard steps all selectors of one pattern may have together (recorded `TestMetricFilter` replies).
pub const WILDCARD_STEPS_LIMIT: usize = 3;

/// A text that is not a filter pattern.
///
/// It carries the text, so that printing it shows the pattern with the wrong part underlined, what is wrong with it,
/// and what to write instead where that is known.
#[derive(Clone, Debug, PartialEq)]
pub struct PatternError {
    /// What is wrong.
    pub kind: ErrorKind,
    /// The part of the pattern that is wrong.
    pub span: Span,
    /// The whole pattern.
    pub pattern: String,
}

/// What can be wrong with a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// More than [`PATTERN_LIMIT`] characters; holds how many.
    TooLong(usize),
    /// A construct of the language that is not evaluated yet; holds its name.
    Unsupported(&'static str),
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
    /// `{ $.. = 1 }`
    WrongSelector,
    /// `{ $.a[-1] = 1 }`
    WrongIndex,
    /// `{ $.a[*].b[*] = 1 }`
    TwoWildcardSteps,
    /// Four wildcard steps in one pattern.
    TooManyWildcardSteps,
    /// `%a% %b% %c%`
    TooManyRegexes,
    /// `%a(b)%`
    RegexCharacter(char),
    /// `%a[%`
    RegexSyntax,
    /// `email@example.com`
    TermCharacter(char),
    /// `- x`
    ExpectedTerm,
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
            Self::Unsupported(construct) => format!("{construct} are not evaluated by this version"),
            Self::UnexpectedCharacter(character) => {
                format!("unexpected character `{}`", character.escape_debug())
            }
            Self::SingleOperator(meant) => format!("a single `{}` is not an operator", &meant[..1]),
            Self::TooManyWildcardSteps => {
                format!("the selectors of a pattern may have {WILDCARD_STEPS_LIMIT} wildcard steps together")
            }
            Self::TooManyRegexes => format!("a pattern may have {REGEX_LIMIT} regular expressions"),
            Self::RegexCharacter(character) => {
                format!("`{}` is not supported in a regular expression", character.escape_debug())
            }
            Self::TermCharacter(character) => format!("unexpected character `{}`", character.escape_debug()),
            Self::TooManyParentheses => format!("more than {PARENTHESES_LIMIT} parentheses are open"),
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
            Self::TextAfterPattern => "the pattern ends at `}`, but text follows",
            Self::TypographicQuote => "a typographic quote does not quote a value",
            Self::SingleQuote => "single quotes do not quote a value",
            Self::DoubleEquals => "`==` is not an operator",
            Self::WordOperator(_) => "conditions are not combined by a word",
            Self::NotOperator => "there is no operator that negates a condition",
            Self::MissingDollar => "a field is named by a selector, which begins with `$.`",
            Self::ExpectedCondition => "expected a condition",
            Self::ExpectedOperator => "expected an operator after the selector",
            Self::ExpectedValue => "expected a value",
            Self::NullValue => "`null` is not a value to compare with",
            Self::ExpectedNumber => "an order is only defined for a number without quotes",
            Self::UnquotedSpace => "a value without quotes ends at the space",
            Self::ExpectedCombination => "expected `&&`, `||` or the end of the conditions",
            Self::ExpectedKeyword => "expected `NULL`, `TRUE` or `FALSE` after `IS`",
            Self::IsNot => "there is no `IS NOT`",
            Self::ExpectedExists => "expected `EXISTS` after `NOT`",
            Self::Exists => "there is no `EXISTS`, only `NOT EXISTS`",
            Self::WrongSelector => "this is not a selector",
            Self::WrongIndex => "an index is a number from 0 upwards, or `*`",
            Self::TwoWildcardSteps => "a selector may have one wildcard step",
            Self::RegexSyntax => "this is not a regular expression",
            Self::ExpectedTerm => "expected a term",
            // The kinds whose message holds a value have it in `message`.
            Self::TooLong(_)
            | Self::Unsupported(_)
            | Self::UnexpectedCharacter(_)
            | Self::SingleOperator(_)
            | Self::TooManyWildcardSteps
            | Self::TooManyRegexes
            | Self::RegexCharacter(_)
            | Self::TermCharacter(_)
            | Self::TooManyParentheses => "not a pattern",
        }
    }

    /// What to write instead, where one can tell.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::SingleOperator(meant) | Self::WordOperator(meant) => {
                return Some(format!("write `{meant}`"));
            }
            Self::UnclosedBrace => "add `}` at the end",
            Self::UnclosedParenthesis => "add `)` where the group ends",
            Self::UnclosedQuote => "add `\"` where the value ends; a quote inside of it is written `\\\"`",
            Self::UnexpectedCharacter(_) => "put the value in double quotes",
            Self::TermCharacter(_) => "put the term in double quotes; `*` is no wildcard in terms",
            Self::RegexCharacter(character) if character.is_ascii() => {
                return Some(format!("write `\\x{:02x}`", u32::from(*character)));
            }
            Self::RegexSyntax => "groups, look-around and classes such as `\\b` are not supported",
            Self::TypographicQuote | Self::SingleQuote => "use the double quote `\"`",
            Self::DoubleEquals => "write `=`",
            Self::NotOperator => {
                "negate each test: `!=` instead of `=`, `NOT EXISTS` for a field that must be absent"
            }
            Self::MissingDollar => "write `$.` before the name of the field",
            Self::ExpectedOperator => "one of `=` `!=` `<` `<=` `>` `>=` `IS` `NOT EXISTS`, after a space",
            Self::NullValue => "write `IS NULL`, or `= \"null\"` for the word",
            Self::ExpectedNumber => "write the number without quotes; strings cannot be ordered",
            Self::UnquotedSpace => "put the value in double quotes",
            Self::IsNot => "`NOT EXISTS` asks for absence; `= *` asks for any string or number",
            Self::Exists => "`= *` asks for any string or number",
            Self::WrongSelector => "a selector looks like `$.name.other`, `$.list[0]` or `$.['a.b']`",
            Self::TwoWildcardSteps => "name an index or a member instead of all but one `*`",
            _ => return None,
        };
        Some(hint.to_owned())
    }
}

impl fmt::Display for PatternError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "{}", self.kind.message())?;
        let line = self.line();
        writeln!(formatter, "  {}", printable(line.of(&self.pattern)))?;
        let before = Span::new(line.start, self.span.start.clamp(line.start, line.end)).of(&self.pattern);
        let wrong = Span::new(self.span.start, self.span.end.min(line.end)).of(&self.pattern);
        let (indent, width) = (before.chars().count(), wrong.chars().count().max(1));
        write!(formatter, "  {}{}", " ".repeat(indent), "^".repeat(width))?;
        match self.kind.hint() {
            Some(hint) => write!(formatter, "\nhint: {hint}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for PatternError {}

impl PatternError {
    /// The line of the pattern that the wrong part begins in.
    fn line(&self) -> Span {
        let start =
            self.pattern.get(..self.span.start).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
        let rest = self.pattern.get(self.span.start..).unwrap_or("");
        let end = rest.find('\n').map_or(self.pattern.len(), |at| self.span.start + at);
        Span::new(start, end)
    }
}

/// The text with every control character replaced by a space, so that it takes its place on the line and can do
/// nothing to a terminal.
fn printable(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { ' ' } else { character }).collect()
}
