//! The hints of errors: what to write instead of what is wrong.

use super::error::ErrorKind;

/// Mistakes in a regular expression have many causes, which the engine does not tell apart.
const REGEX_SYNTAX: &str = concat!(
    "brackets are closed, repetitions are `{m,n}` with m up to n; ",
    "groups, look-around, `\\b` and `[:alpha:]` are not supported"
);

const REGEX_ALONE: &str =
    "write all of it as one regular expression: `%ERROR|WARN%`, `%ERROR.*timeout%`";

const TOO_LONG: &str =
    "a `*` matches any run of characters: one pattern with it may replace several values";

const JSON_COMMA: &str =
    "combine conditions by `&&` or `||`; put a value with a comma in double quotes";

const NO_GROUPS: &str = concat!(
    "there are no groups: write the alternatives out, ",
    "or `\\x28` and `\\x29` for the signs themselves"
);

const CELL_TEST: &str =
    "one of `=` `!=` `<` `<=` `>` `>=` and a value; the next cell comes after a comma";

const OPERATOR: &str = "one of `=` `!=` `<` `<=` `>` `>=` `IS` `NOT EXISTS`, after a space";

const NEGATE: &str =
    "negate each test: `!=` instead of `=`, `NOT EXISTS` for a field that must be absent";

impl ErrorKind {
    /// Returns what to write instead. A kind without a hint says everything in its message.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::SingleOperator(meant) | Self::WordOperator(meant) => {
                Some(format!("write `{meant}`"))
            }
            Self::RegexCharacter('(' | ')') => Some(NO_GROUPS.to_owned()),
            // `\x` has two digits, so it cannot name a character beyond ASCII.
            Self::RegexCharacter(character) if character.is_ascii() => {
                Some(format!("write `\\x{:02x}`", u32::from(*character)))
            }
            Self::RegexCharacter(_) => Some("write `.` for a character beyond ASCII".to_owned()),
            other => other.fixed_hint().map(str::to_owned),
        }
    }

    fn fixed_hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::TooLong(_) => TOO_LONG,
            Self::UnclosedBrace => "add `}` at the end",
            Self::UnclosedCells => "add `]` at the end",
            Self::UnclosedParenthesis => "add `)` where the group ends",
            Self::UnclosedQuote => "add `\"` where the value ends; a quote in it is written `\\\"`",
            Self::UnclosedBracket => "add `]` where the step ends",
            Self::TextAfterPattern => "combine all conditions inside one `{ … }` or `[ … ]`",
            // In a space-delimited pattern, a comma is never unexpected.
            Self::UnexpectedCharacter(',') => JSON_COMMA,
            Self::UnexpectedCharacter(_) => "put the value in double quotes",
            Self::TermCharacter(_) => "put the term in double quotes; terms have no wildcards",
            Self::MissingBraces(_) => "conditions on fields are in braces: `{ $.eventName = x }`",
            Self::ExpectedCellTest => CELL_TEST,
            Self::TypographicQuote | Self::SingleQuote => "use the double quote `\"`",
            Self::DoubleEquals => "write `=`",
            Self::AngleNotEqual => "write `!=`",
            Self::NotOperator => NEGATE,
            Self::MissingDollar | Self::SelectorWithoutDot => "write `$.` before the field name",
            Self::ExpectedCondition => "a condition looks like `$.eventName = \"GetSecretValue\"`",
            Self::ExpectedOperator => OPERATOR,
            Self::SelectorValue => "write a value; fill in a placeholder such as `${NAME}` first",
            Self::NullValue => "write `IS NULL`, or `= \"null\"` for the word",
            Self::ExpectedNumber => "write the number without quotes; strings cannot be ordered",
            Self::ExponentTooLarge => "put the number in quotes to compare its characters",
            Self::UnquotedSpace => "put the value in double quotes",
            Self::ExpectedKeyword => "for a string or number write `=`",
            Self::IsNot => "`NOT EXISTS` tests for absence; `= *` is true for any string or number",
            Self::ExpectedExists => "`NOT` is only used in `NOT EXISTS`; `!=` negates a comparison",
            Self::Exists => "`= *` is true for any string or number",
            Self::GluedNot => "put a space before `NOT`",
            Self::WrongSelector => "selectors look like `$.name.other`, `$.list[0]`, `$.['a.b']`",
            Self::DoubleQuotedName => "write `$.['a.b']`",
            Self::WrongIndex => "count from 0; there are no ranges and no counting from the end",
            Self::WildcardInField => "name an index or a member instead of the `*`",
            Self::TwoWildcardSteps => "name an index or a member instead of all but one `*`",
            Self::TooManyWildcardSteps => "name an index or a member instead of some of the `*`",
            Self::TooManyRegexes => "`|` in one expression, or `*` in a value, may replace several",
            Self::EmptyTerm => "an empty pattern, without quotes, matches every event",
            Self::ExpectedTerm => "write the sign directly before its term",
            Self::ExpectedSpace => "put a space between the terms",
            Self::CellName => "quotes, signs and selectors belong in the value, after `=`",
            Self::CellDigit => "begin the name with a letter; `$1`, `$2`, … name cells by place",
            Self::DuplicateField(_) => "give each cell a name of its own; `...` may occur once",
            Self::ForeignCell(_) => "move the condition into the cell that it names",
            Self::KeywordInCell => "a cell always has text; `= \"\"` is true for an empty one",
            Self::TooManyParentheses => "backtrail sets this limit, not AWS",
            Self::ExpectedComma => "cells are separated by commas, conditions by `&&` or `||`",
            other => return other.regex_hint(),
        })
    }

    /// Returns the hint of a mistake in a regular expression.
    fn regex_hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::UnclosedRegex => "add `%` where the regular expression ends",
            Self::RegexSyntax => REGEX_SYNTAX,
            Self::RegexTooLarge => "use smaller repetitions; backtrail sets this limit, not AWS",
            Self::EmptyRegex => "write an expression between the two `%`, or leave them out",
            Self::RegexBesideTerm => REGEX_ALONE,
            // These say everything in their message, or `hint` formats their hint.
            _ => return None,
        })
    }
}
