//! Patterns that AWS accepts and that do something else than most people expect.

use std::fmt;

use crate::text::printable;
use crate::text::span::Span;
use crate::text::underline::Underlined;

/// Something to know about a valid pattern.
///
/// Printing it shows what will happen, the pattern with the part underlined, and the repair.
#[derive(Clone, Debug, PartialEq)]
pub struct Warning {
    /// What it is about.
    pub kind: WarningKind,
    /// The part of the pattern that it is about.
    pub span: Span,
    /// The whole pattern.
    pub pattern: String,
}

/// What a warning is about. Each kind is described by a pattern that provokes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WarningKind {
    /// `{ $.errorCode != "x" }`
    AbsentField {
        /// The selector.
        selector: String,
        /// The whole condition.
        condition: String,
        /// Which records lack the field.
        absence: &'static str,
    },
    /// `{ $.readOnly = true }`
    BooleanAsText {
        /// The selector.
        selector: String,
        /// The test that was probably meant.
        meant: &'static str,
        /// Whether the field is known to be a boolean in every record.
        certainty: BooleanCertainty,
    },
    /// `{ $.a = 1 || $.b = 2 && $.c = 3 }`
    Precedence {
        /// The group that `&&` makes, in parentheses, among the alternatives beside it.
        read_as: String,
    },
    /// `{ $.errorCode = "AccessDenied*" || $.eventName != "HeadBucket" }`
    NearlyEverything {
        /// The condition that holds for nearly every event.
        condition: String,
    },
    /// `{ $.awsRegion = "x" && ($.eventName != "A" || $.eventName != "B") }`
    AlwaysTrue {
        /// The selector.
        selector: String,
    },
    /// `{ $.eventName = "Put*Policy" }`
    InteriorStar,
    /// `{ $.requestParameters.action = "*" }`
    QuotedStar,
    /// `{ $.readOnly is true }`
    LowerCaseKeyword,
    /// `{ $.userIdentity = * }`
    Incomparable {
        /// The selector.
        selector: String,
        /// What the field always is.
        what: &'static str,
    },
    /// `{ $.sessionCredentialFromConsole IS TRUE }`
    TextAsBoolean {
        /// The selector.
        selector: String,
        /// The text that was probably meant.
        meant: bool,
    },
    /// `{ $.eventVersion > 1 }`
    TextOrdered {
        /// The selector.
        selector: String,
    },
    /// `{ $.errorCode != * }`
    UnlikeAnything {
        /// The selector; nothing in a cell.
        selector: Option<String>,
    },
    /// `{ $.requestParameters.policyDocument.Statement[0].Effect = "Allow" }`
    TextDocument {
        /// The name of the field that holds a text.
        field: String,
    },
    /// `{ $.items[*].a = 1 && $.items[*].b = 2 }`
    WildcardsApart,
    /// `{ $.items[*].a NOT EXISTS }`
    AbsenceUnderWildcard,
    /// `{ $.a = "say \"hi\"" }`
    Escape,
    /// `%shutting down%`
    SpaceInRegex,
    /// `{ $.a = 9007199254740993 }`
    LargeInteger,
    /// `?ERROR Exception`
    IgnoredOptional,
    /// `"ERR*"`
    StarInTerm,
    /// `ERROR OR WARN`
    WordOperator,
    /// `[level = ERROR]`
    LastCell,
    /// `-ERROR`
    OnlyExcluded,
    /// A pattern without any term.
    EmptyPattern,
}

/// Whether a field is known to be a boolean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BooleanCertainty {
    /// It is in every record that has it.
    Always,
    /// It depends on the call.
    Usually,
}

impl WarningKind {
    /// What will happen.
    pub fn effect(&self) -> String {
        match self {
            Self::AbsentField {
                selector, absence, ..
            } => {
                format!("`!=` is false where `{selector}` is missing: {absence}")
            }
            Self::BooleanAsText {
                selector,
                certainty: BooleanCertainty::Always,
                ..
            } => {
                format!(
                    "this never holds: `{selector}` is a boolean, and `=` and `!=` compare strings and numbers"
                )
            }
            Self::BooleanAsText { selector, .. } => {
                format!(
                    "this compares with the text; where `{selector}` is a boolean, it never holds"
                )
            }
            Self::Precedence { read_as } => {
                format!("`&&` binds tighter than `||`; this is read as `{read_as}`")
            }
            Self::NearlyEverything { condition } => {
                format!(
                    "nearly every event matches: `{condition}` is enough, whatever the other conditions say"
                )
            }
            Self::Incomparable { selector, what } => {
                format!(
                    "this never holds: `{selector}` is {what}, and `=` and `!=` compare strings and numbers"
                )
            }
            Self::TextAsBoolean { selector, .. } => {
                format!(
                    "this never holds: `{selector}` is the text `true` or `false`, not a boolean"
                )
            }
            Self::TextOrdered { selector } => {
                format!(
                    "this never holds: `{selector}` is a string, and only numbers have an order"
                )
            }
            Self::AlwaysTrue { selector } => {
                format!("one of these alternatives holds for every value of `{selector}`")
            }
            Self::TextDocument { field } => {
                format!("`{field}` mostly holds its JSON as a text, which a selector cannot enter")
            }
            other => other.fixed_effect().to_owned(),
        }
    }

    fn fixed_effect(&self) -> &'static str {
        match self {
            Self::InteriorStar => {
                "AWS does not say what a `*` inside of a value means; here it stands for any run of characters, \
                 and the events on which the literal reading differs are counted"
            }
            Self::QuotedStar => {
                "in quotes, too, `*` stands for any run of characters: any string or number matches"
            }
            Self::LowerCaseKeyword => "AWS documents its keywords in capitals only",
            Self::WildcardsApart => {
                "the conditions may hold for different elements of the same array"
            }
            Self::AbsenceUnderWildcard => {
                "AWS does not say what this means under a wildcard; here `NOT EXISTS` holds when no element leads to \
                 a value, and `IS NULL` when one of them is null"
            }
            Self::Escape => {
                "AWS documents no escapes in values; here `\\\"` is a quote and `\\\\` a backslash"
            }
            Self::SpaceInRegex => {
                "AWS's list of supported characters lacks the space, though its own example uses it"
            }
            Self::LargeInteger => {
                "numbers beyond 9007199254740992 are compared as 64-bit floating point"
            }
            Self::IgnoredOptional => "terms with `?` are ignored, since there is a term without it",
            Self::StarInTerm => "terms know no wildcard: this looks for the character `*`",
            Self::UnlikeAnything { .. } => "this never holds: no string or number is unlike any",
            Self::WordOperator => {
                "words combine nothing: this one must occur in the event like the others"
            }
            Self::LastCell => {
                "the last cell takes all that is left of the line, so this is a test of the end of longer lines"
            }
            Self::OnlyExcluded => "every event matches that holds none of the excluded terms",
            Self::EmptyPattern => "every event matches",
            // The kinds whose effect holds a value have it in `effect`.
            Self::AbsentField { .. }
            | Self::BooleanAsText { .. }
            | Self::Precedence { .. }
            | Self::NearlyEverything { .. }
            | Self::AlwaysTrue { .. }
            | Self::Incomparable { .. }
            | Self::TextAsBoolean { .. }
            | Self::TextOrdered { .. }
            | Self::TextDocument { .. } => "the pattern may do something unexpected",
        }
    }

    /// What to write instead.
    pub fn repair(&self) -> String {
        match self {
            Self::AbsentField {
                selector,
                condition,
                ..
            } => {
                format!("to count those too, write `({selector} NOT EXISTS || {condition})`")
            }
            Self::BooleanAsText {
                selector, meant, ..
            } => format!("write `{selector} {meant}`"),
            Self::TextAsBoolean { selector, meant } => format!("write `{selector} = \"{meant}\"`"),
            Self::UnlikeAnything {
                selector: Some(selector),
            } => {
                format!("for absence write `{selector} NOT EXISTS`, for any value `{selector} = *`")
            }
            Self::Precedence { read_as } => {
                format!("write `{read_as}`, or the parentheses where you meant them")
            }
            other => other.fixed_repair().to_owned(),
        }
    }

    fn fixed_repair(&self) -> &'static str {
        match self {
            Self::NearlyEverything { .. } => {
                "put the other alternatives in parentheses and combine this condition by `&&`"
            }
            Self::InteriorStar => "a regular expression has one meaning: `%Put.*Policy%`",
            Self::QuotedStar => "for the character itself write `%^\\*$%`",
            Self::LowerCaseKeyword => "write the keyword in capitals",
            Self::TextOrdered { .. } => "compare the text, with `*` where it may differ",
            Self::WordOperator => {
                "terms must all occur as they are; any one of them is asked for by `?`, absence by `-`"
            }
            Self::LastCell => "add a cell behind it for the rest of the line, or `...` before it",
            Self::UnlikeAnything { .. } => "leave the condition out, or name a value",
            Self::Incomparable { .. } => {
                "name a field inside of it, or ask with `IS TRUE`, `IS FALSE` or `NOT EXISTS`"
            }
            Self::TextDocument { .. } => {
                "compare the text of the field itself, with `*` around what it must hold"
            }
            Self::WildcardsApart => "name an index where both must hold for the same element",
            Self::AbsenceUnderWildcard => "name an index",
            Self::Escape => {
                "write `*` in place of the character, or a regular expression with `\\x22` for the quote"
            }
            Self::SpaceInRegex => "write `\\x20` or `\\s` for the space",
            Self::LargeInteger => "put the number in quotes to compare its digits",
            Self::IgnoredOptional => "give every term a `?`, or none",
            Self::StarInTerm => "leave the `*` out: a term matches anywhere in the event",
            Self::OnlyExcluded => "add a term that must occur, if not every other event is meant",
            Self::EmptyPattern => {
                "name a term, or a condition in `{ }`, if not every event is meant"
            }
            // The kinds whose repair holds a value have it in `repair`.
            Self::AbsentField { .. }
            | Self::BooleanAsText { .. }
            | Self::TextAsBoolean { .. }
            | Self::Precedence { .. } => "see the effect",
            Self::AlwaysTrue { .. } => "combine them by `&&` to exclude several values",
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "{}", printable(&self.kind.effect()))?;
        writeln!(
            formatter,
            "{}",
            Underlined {
                text: &self.pattern,
                span: self.span
            }
        )?;
        write!(formatter, "repair: {}", printable(&self.kind.repair()))
    }
}
