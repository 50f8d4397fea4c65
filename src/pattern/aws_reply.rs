//! The replies of AWS to a text that is not a pattern.

use std::fmt;

use super::ast::Syntax;
use super::error::{ErrorKind, PatternError, REGEX_LIMIT};
use super::lex::{is_blank, lex};
use crate::text::printable;
use crate::text::span::Span;

/// The error text of the `TestMetricFilter` and `PutMetricFilter` APIs for a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AwsReply {
    /// The text.
    pub text: String,
    /// The grounds for the text.
    pub certainty: Certainty,
}

/// The grounds on which the text of a reply is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certainty {
    /// AWS was seen to reply so to this kind of error.
    Observed,
    /// AWS refuses the pattern; the words follow from those for similar errors.
    Inferred,
}

impl Certainty {
    /// Returns the name that JSON uses.
    pub fn name(self) -> &'static str {
        match self {
            Self::Observed => "observed",
            Self::Inferred => "inferred",
        }
    }
}

impl fmt::Display for AwsReply {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let says = match self.certainty {
            Certainty::Observed => "AWS says",
            Certainty::Inferred => "AWS probably says",
        };
        // AWS quotes the wrong part of the pattern, which may contain anything.
        write!(formatter, "{says}: {}", printable(&self.text))
    }
}

impl AwsReply {
    fn observed(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            certainty: Certainty::Observed,
        }
    }

    fn inferred(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            certainty: Certainty::Inferred,
        }
    }
}

/// The reply where no more exact text is known.
const GENERAL: &str = "Invalid metric filter pattern";

const TOO_LONG: &str = concat!(
    "1 validation error detected: Value at 'filterPattern' failed to satisfy constraint: ",
    "Member must have length less than or equal to 1024"
);

const UNCLOSED_BRACE: &str = "If a filter pattern starts with '{' it must end with '}'";

const UNCLOSED_CELLS: &str = "If a filter pattern starts with '[' it must end with ']'";

const UNCLOSED_REGEX: &str = "If a filter pattern starts with '%' it must end with '%'";

const WILDCARDS_OF_SELECTOR: &str = concat!(
    "Your filter pattern has a JSON path selector that exceeds the maximum of 1 wildcard allowed ",
    "per json selector."
);

const WILDCARDS_OF_PATTERN: &str =
    "Your input exceeds the maximum of 3 wildcards allowed per filter pattern.";

impl PatternError {
    /// Returns AWS's reply to the same pattern (sources, P34); `None` if the pattern is beyond a
    /// limit of backtrail, which AWS may not have. The replies that were recorded are in
    /// `tests/conformance/pattern`.
    ///
    /// AWS reads the whole text into tokens before it looks at their order, so a character that it
    /// cannot use counts before any other mistake. It names the text from the beginning of the
    /// token that it was reading up to that character.
    pub fn aws_reply(&self) -> Option<AwsReply> {
        if let Some(reply) = self.unclosed_reply() {
            return Some(reply);
        }
        let earlier = self.earlier_character_error();
        let error = earlier.as_ref().unwrap_or(self);
        (!error.is_beyond_own_limit()).then(|| error.own_reply())
    }

    fn is_beyond_own_limit(&self) -> bool {
        matches!(
            self.kind,
            ErrorKind::RegexTooLarge | ErrorKind::TooManyParentheses
        )
    }

    /// Returns the reply to a pattern whose last character does not fit its first one. AWS checks
    /// these two before anything else.
    fn unclosed_reply(&self) -> Option<AwsReply> {
        let text = self.pattern.trim_matches(is_blank);
        let reply = match text.chars().next()? {
            '{' if !text.ends_with('}') => UNCLOSED_BRACE,
            '[' if !text.ends_with(']') => UNCLOSED_CELLS,
            '%' if !text.ends_with('%') || text == "%" => UNCLOSED_REGEX,
            _ => return None,
        };
        Some(AwsReply::observed(reply))
    }

    /// Returns the error for the character that stops the lexer, if AWS reports it rather than
    /// this error.
    fn earlier_character_error(&self) -> Option<Self> {
        let error = lex(&self.pattern, self.syntax()?).error?;
        if !error.is_unknown_character() {
            return None;
        }
        // This error may also be about a character, and then the first of the two counts.
        let counts = !self.is_about_character() || error.span.start < self.span.start;
        counts.then_some(error)
    }

    fn is_unknown_character(&self) -> bool {
        matches!(
            self.kind,
            ErrorKind::UnexpectedCharacter(_) | ErrorKind::TypographicQuote
        )
    }

    /// Returns the syntax of the pattern, if the lexer reads it. Terms have a reader of their own.
    fn syntax(&self) -> Option<Syntax> {
        match self.pattern.trim_start_matches(is_blank).chars().next()? {
            '{' => Some(Syntax::Json),
            '[' => Some(Syntax::Cells),
            _ => None,
        }
    }

    /// Returns whether AWS finds this mistake while it reads tokens.
    fn is_about_character(&self) -> bool {
        matches!(
            self.kind,
            ErrorKind::RegexCharacter(_)
                | ErrorKind::WrongSelector
                | ErrorKind::SelectorWithoutDot
                | ErrorKind::DoubleQuotedName
                | ErrorKind::EmptyRegex
                | ErrorKind::WrongIndex
                | ErrorKind::IsNot
                | ErrorKind::ExpectedNumber
        )
    }

    fn own_reply(&self) -> AwsReply {
        match &self.kind {
            ErrorKind::TooLong(_) => AwsReply::observed(TOO_LONG),
            ErrorKind::DoubleEquals
            | ErrorKind::MissingDollar
            | ErrorKind::WordOperator("&&")
            | ErrorKind::NullValue
            | ErrorKind::ExponentTooLarge => AwsReply::observed(GENERAL),
            ErrorKind::ExpectedNumber if self.syntax() == Some(Syntax::Cells) => {
                AwsReply::observed(GENERAL)
            }
            ErrorKind::ForeignCell(own) => {
                AwsReply::observed(two_variables(own, self.wrong_part()))
            }
            ErrorKind::TooManyRegexes => AwsReply::observed(too_many_regexes()),
            ErrorKind::TwoWildcardSteps => AwsReply::observed(WILDCARDS_OF_SELECTOR),
            ErrorKind::TooManyWildcardSteps => AwsReply::inferred(WILDCARDS_OF_PATTERN),
            ErrorKind::RegexSyntax => AwsReply::observed("Failed to compile regular expression."),
            ErrorKind::DuplicateField(name) => {
                AwsReply::observed(format!("Duplicate field '{name}'"))
            }
            ErrorKind::TypographicQuote
            | ErrorKind::SingleQuote
            | ErrorKind::ExpectedKeyword
            | ErrorKind::EmptyTerm => AwsReply::inferred(in_term(self.wrong_part())),
            ErrorKind::DoubleQuotedName => AwsReply::inferred(in_term("[\"")),
            // AWS begins a new token at a bracket. What it says after one was not recorded.
            ErrorKind::WrongSelector if self.since('$').contains('[') => {
                AwsReply::inferred(in_term(self.since('$')))
            }
            ErrorKind::CellDigit => AwsReply::inferred(in_term(self.number_and_next())),
            _ => match self.quoted_part() {
                Some(part) => AwsReply::observed(in_term(part)),
                None => AwsReply::inferred(GENERAL),
            },
        }
    }

    /// Returns the part of the pattern that AWS quotes for a character that it cannot use.
    fn quoted_part(&self) -> Option<&str> {
        let part = self.wrong_part();
        match &self.kind {
            ErrorKind::TermCharacter(_)
            | ErrorKind::MissingBraces(_)
            | ErrorKind::UnexpectedCharacter(_)
            | ErrorKind::IsNot
            | ErrorKind::RegexBesideTerm
            | ErrorKind::EmptyRegex => Some(part),
            ErrorKind::SelectorWithoutDot => Some(self.dollar_and_next()),
            // A quote stops AWS's reader of tokens here; a word is read, and refused later.
            ErrorKind::ExpectedNumber => Some(part).filter(|part| part.starts_with('"')),
            ErrorKind::NotOperator => (part == "!").then(|| self.through_next()),
            ErrorKind::RegexCharacter(_) => Some(self.since('%')),
            ErrorKind::WrongSelector => Some(self.since('$')),
            ErrorKind::WrongIndex => Some(self.index()),
            // AWS reads to the end in search of the sign that closes the token.
            ErrorKind::UnclosedQuote | ErrorKind::UnclosedRegex | ErrorKind::UnclosedBracket => {
                self.pattern.get(self.span.start..)
            }
            _ => None,
        }
    }

    fn wrong_part(&self) -> &str {
        self.span.slice(&self.pattern)
    }

    fn part(&self, start: usize, end: usize) -> &str {
        Span::new(start, end).slice(&self.pattern)
    }

    /// Returns the text from the last `sign` before the wrong part up to the end of its first
    /// character.
    fn since(&self, sign: char) -> &str {
        let before = self.pattern.get(..self.span.start).unwrap_or("");
        let start = before.rfind(sign).unwrap_or(self.span.start);
        let end = self.span.start + first_length(self.wrong_part());
        self.part(start, end)
    }

    /// Returns the `$` that the wrong part begins with and the character after it.
    fn dollar_and_next(&self) -> &str {
        let after = self.pattern.get(self.span.start + 1..).unwrap_or("");
        self.part(self.span.start, self.span.start + 1 + first_length(after))
    }

    /// Returns the digits that the wrong part begins with and the character after them.
    fn number_and_next(&self) -> &str {
        let text = self.wrong_part();
        let rest = text.trim_start_matches(|digit: char| digit.is_ascii_digit());
        text.get(..text.len() - rest.len() + first_length(rest))
            .unwrap_or(text)
    }

    /// Returns the wrong part and the character after it.
    fn through_next(&self) -> &str {
        let after = self.pattern.get(self.span.end..).unwrap_or("");
        let end = self.span.end + first_length(after);
        self.part(self.span.start, end)
    }

    /// Returns the `[` of an index, its digits, and the first character that is not a digit.
    fn index(&self) -> &str {
        let text = self.wrong_part();
        let inside = text.strip_prefix('[').unwrap_or("");
        let rest = inside.trim_start_matches(|digit: char| digit.is_ascii_digit());
        let end = text.len() - rest.len() + first_length(rest);
        text.get(..end).unwrap_or(text)
    }
}

/// Returns the length of the first character, in bytes; 0 without one.
fn first_length(text: &str) -> usize {
    text.chars().next().map_or(0, char::len_utf8)
}

fn two_variables(own: &str, foreign: &str) -> String {
    format!("Multiple variables used in a single filter. Var1 : {own}, Var2 : {foreign}")
}

fn too_many_regexes() -> String {
    format!(
        "Your input has exceeded the maximum of {REGEX_LIMIT} regular expressions per filter \
         pattern."
    )
}

fn in_term(text: &str) -> String {
    format!("Invalid character(s) in term '{text}'")
}
