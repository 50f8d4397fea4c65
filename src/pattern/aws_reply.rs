//! What AWS says to a text that is not a pattern.

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
    /// How the text is known.
    pub certainty: Certainty,
}

/// How the text of a reply is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certainty {
    /// AWS was seen to say this to this kind of error.
    Observed,
    /// AWS refuses the pattern; the words follow from those for similar errors.
    Inferred,
}

impl fmt::Display for AwsReply {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let says = match self.certainty {
            Certainty::Observed => "AWS says",
            Certainty::Inferred => "AWS probably says",
        };
        let text = printable(&self.text);
        write!(formatter, "{says}: {text}")
    }
}

fn observed(text: impl Into<String>) -> AwsReply {
    AwsReply {
        text: text.into(),
        certainty: Certainty::Observed,
    }
}

fn inferred(text: impl Into<String>) -> AwsReply {
    AwsReply {
        text: text.into(),
        certainty: Certainty::Inferred,
    }
}

/// What AWS says where no more exact text is known.
const GENERAL: &str = "Invalid metric filter pattern";

impl PatternError {
    /// Returns AWS's reply to the same pattern (sources, P34). The replies that were recorded are
    /// in `tests/conformance/pattern`.
    ///
    /// AWS reads the whole text into tokens before it looks at their order, so a character that it
    /// cannot use counts before any other mistake. It names the text from the beginning of the
    /// token that it was reading up to that character.
    pub fn aws_reply(&self) -> AwsReply {
        let text = self.pattern.trim_matches(is_blank);
        if text.starts_with('{') && !text.ends_with('}') {
            return observed("If a filter pattern starts with '{' it must end with '}'");
        }
        if text.starts_with('[') && !text.ends_with(']') {
            return observed("If a filter pattern starts with '[' it must end with ']'");
        }
        match self.unreadable() {
            Some(error) => error.own_reply(),
            None => self.own_reply(),
        }
    }

    /// The character that stops the reading into tokens, where it counts before this error.
    fn unreadable(&self) -> Option<Self> {
        let syntax = match self.pattern.trim_start_matches(is_blank).chars().next()? {
            '{' => Syntax::Json,
            '[' => Syntax::Cells,
            _ => return None,
        };
        let is_character = matches!(
            self.kind,
            ErrorKind::RegexCharacter(_)
                | ErrorKind::WrongSelector
                | ErrorKind::WrongIndex
                | ErrorKind::IsNot
                | ErrorKind::ExpectedNumber
        );
        let stops = |error: &Self| {
            matches!(
                error.kind,
                ErrorKind::UnexpectedCharacter(_) | ErrorKind::TypographicQuote
            ) && (!is_character || error.span.start < self.span.start)
        };
        lex(&self.pattern, syntax).error.filter(stops)
    }

    fn own_reply(&self) -> AwsReply {
        let here = self.span.slice(&self.pattern);
        match &self.kind {
            ErrorKind::TooLong(_) => observed(
                "1 validation error detected: Value at 'filterPattern' failed to satisfy constraint: \
                 Member must have length less than or equal to 1024",
            ),
            ErrorKind::DoubleEquals | ErrorKind::MissingDollar => observed(GENERAL),
            ErrorKind::TooManyRegexes => observed(format!(
                "Your input has exceeded the maximum of {REGEX_LIMIT} regular expressions per filter pattern."
            )),
            ErrorKind::TwoWildcardSteps => {
                inferred("Your input exceeds the maximum of 1 wildcard allowed per json selector.")
            }
            ErrorKind::TooManyWildcardSteps => inferred(
                "Your input exceeds the maximum of 3 wildcards allowed per filter pattern.",
            ),
            ErrorKind::RegexSyntax => observed("Failed to compile regular expression."),
            ErrorKind::DuplicateField(name) => observed(format!("Duplicate field '{name}'")),
            ErrorKind::TermCharacter(_) | ErrorKind::UnexpectedCharacter(_) | ErrorKind::IsNot => {
                observed(in_term(here))
            }
            ErrorKind::ExpectedNumber if here.starts_with('"') => observed(in_term(here)),
            ErrorKind::NotOperator if here == "!" => observed(in_term(self.through_next())),
            ErrorKind::RegexCharacter(_) => observed(in_term(self.since('%'))),
            ErrorKind::WrongSelector => observed(in_term(self.since('$'))),
            ErrorKind::WrongIndex => observed(in_term(self.index())),
            ErrorKind::UnclosedQuote | ErrorKind::UnclosedRegex | ErrorKind::UnclosedBracket => {
                observed(in_term(self.pattern.get(self.span.start..).unwrap_or("")))
            }
            ErrorKind::TypographicQuote | ErrorKind::SingleQuote | ErrorKind::ExpectedKeyword => {
                inferred(in_term(here))
            }
            _ => inferred(GENERAL),
        }
    }

    /// The text from the last `sign` before the wrong part up to the end of its first character.
    fn since(&self, sign: char) -> &str {
        let first = self
            .span
            .slice(&self.pattern)
            .chars()
            .next()
            .map_or(0, char::len_utf8);
        let end = self.span.start + first;
        let before = self.pattern.get(..self.span.start).unwrap_or("");
        let start = before.rfind(sign).unwrap_or(self.span.start);
        Span::new(start, end).slice(&self.pattern)
    }

    /// The wrong part and the character behind it.
    fn through_next(&self) -> &str {
        let behind = self.pattern.get(self.span.end..).unwrap_or("");
        let next = behind.chars().next().map_or(0, char::len_utf8);
        Span::new(self.span.start, self.span.end + next).slice(&self.pattern)
    }

    /// The `[` of an index, its digits, and the first character that is none.
    fn index(&self) -> &str {
        let text = self.span.slice(&self.pattern);
        let inside = text.strip_prefix('[').unwrap_or("");
        let digits = inside.len()
            - inside
                .trim_start_matches(|digit: char| digit.is_ascii_digit())
                .len();
        let wrong = inside
            .get(digits..)
            .and_then(|rest| rest.chars().next())
            .map_or(0, char::len_utf8);
        text.get(..1 + digits + wrong).unwrap_or(text)
    }
}

fn in_term(text: &str) -> String {
    format!("Invalid character(s) in term '{text}'")
}
