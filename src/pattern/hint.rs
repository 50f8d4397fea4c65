//! What to write instead of what is wrong.

use super::error::ErrorKind;

impl ErrorKind {
    /// What to write instead. A kind without a hint says all there is to say in its message.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::SingleOperator(meant) | Self::WordOperator(meant) => {
                Some(format!("write `{meant}`"))
            }
            Self::RegexCharacter(character) if character.is_ascii() => {
                Some(format!("write `\\x{:02x}`", u32::from(*character)))
            }
            Self::RegexCharacter(_) => {
                Some("write `.` for a character outside of ASCII".to_owned())
            }
            other => other.fixed_hint().map(str::to_owned),
        }
    }

    fn fixed_hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::TooLong(_) => {
                "a `*` stands for any run of characters: one pattern with it may replace several values"
            }
            Self::UnclosedBrace => "add `}` at the end",
            Self::UnclosedCells => "add `]` at the end",
            Self::UnclosedParenthesis => "add `)` where the group ends",
            Self::UnclosedQuote => {
                "add `\"` where the value ends; a quote inside of it is written `\\\"`"
            }
            Self::UnclosedBracket => "add `]` where the step ends",
            Self::UnclosedRegex => "add `%` where the regular expression ends",
            Self::TextAfterPattern => {
                "one pattern holds one `{ … }` or `[ … ]`; combine conditions inside of it"
            }
            Self::UnexpectedCharacter(_) => "put the value in double quotes",
            Self::TermCharacter(_) => "put the term in double quotes; `*` is no wildcard in terms",
            Self::RegexSyntax => {
                "brackets are closed, repetitions are `{m,n}` with m up to n; groups, look-around, `\\b` and `[:alpha:]` \
                 are not supported"
            }
            Self::RegexTooLarge => {
                "make its repetitions smaller; this limit is ours, not one of AWS"
            }
            Self::ExpectedCellTest => {
                "one of `=` `!=` `<` `<=` `>` `>=` and a value; other cells stand behind a comma"
            }
            Self::TypographicQuote | Self::SingleQuote => "use the double quote `\"`",
            Self::DoubleEquals => "write `=`",
            Self::AngleNotEqual => "write `!=`",
            Self::NotOperator => {
                "negate each test: `!=` instead of `=`, `NOT EXISTS` for a field that must be absent"
            }
            Self::MissingDollar | Self::SelectorWithoutDot => {
                "write `$.` before the name of the field"
            }
            Self::ExpectedCondition => "a condition looks like `$.eventName = \"GetSecretValue\"`",
            Self::ExpectedOperator => {
                "one of `=` `!=` `<` `<=` `>` `>=` `IS` `NOT EXISTS`, after a space"
            }
            Self::SelectorValue => {
                "write the value; a placeholder such as `${NAME}` must be filled in first"
            }
            Self::NullValue => "write `IS NULL`, or `= \"null\"` for the word",
            Self::ExpectedNumber => "write the number without quotes; strings cannot be ordered",
            Self::UnquotedSpace => "put the value in double quotes",
            Self::ExpectedKeyword => "for a string or number write `=`",
            Self::IsNot => "`NOT EXISTS` asks for absence; `= *` asks for any string or number",
            Self::ExpectedExists => {
                "`NOT EXISTS` is the only test with `NOT`; `!=` negates a comparison"
            }
            Self::Exists => "`= *` asks for any string or number",
            Self::GluedNot => "put a space before `NOT`",
            Self::WrongSelector => {
                "a selector looks like `$.name.other`, `$.list[0]` or `$.['a.b']`"
            }
            Self::WrongIndex => "count from 0; there are no ranges and no counting from the end",
            Self::WildcardInField => "name an index or a member instead of the `*`",
            Self::TwoWildcardSteps => "name an index or a member instead of all but one `*`",
            Self::TooManyWildcardSteps => "name an index or a member instead of some of the `*`",
            Self::TooManyRegexes => {
                "`|` inside of one expression may replace several; `*` may do in a value"
            }
            Self::ExpectedTerm => "a sign stands directly before its term",
            Self::ExpectedSpace => "put a space between the terms",
            Self::CellName => {
                "quotes, signs and selectors belong to the value of a cell, after `=`"
            }
            Self::DuplicateField(_) => "give each cell a name of its own; `...` may stand once",
            Self::ForeignCell(_) => "move the condition into the cell that it names",
            Self::KeywordInCell => "a cell always has text; `= \"\"` asks for an empty one",
            Self::ExpectedComma => "cells are separated by commas, conditions by `&&` or `||`",
            // These say all there is to say, or have a hint that holds a value.
            Self::Empty
            | Self::ExpectedValue
            | Self::ExpectedCombination
            | Self::SingleOperator(_)
            | Self::WordOperator(_)
            | Self::RegexCharacter(_)
            | Self::ExpectedCellCondition(_)
            | Self::TooManyParentheses => return None,
        })
    }
}
