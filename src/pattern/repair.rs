//! The repairs of warnings: what to write instead.

use super::warning::WarningKind;

const WORD_OPERATOR: &str = concat!(
    "all terms must occur; write `?` before each where any one is enough, ",
    "and `-` before one that must not occur"
);

const ESCAPE: &str = concat!(
    "write `*` instead of the character, ",
    "or a regular expression with `\\x22` for the quote"
);

const NEARLY_EVERYTHING: &str =
    "put the other alternatives in parentheses and combine this condition by `&&`";

const INCOMPARABLE: &str =
    "name a field inside it, or test with `IS TRUE`, `IS FALSE` or `NOT EXISTS`";

const EXCLUDED_FROM_ALL: &str =
    "no test finds an element that differs: name an index, or what it should be instead";

const SPLIT_TERM: &str =
    "put all of it in double quotes, or a space before each `-` if it is meant so";

const TEXT_DOCUMENT: &str =
    "compare the string itself, with `*` around the part that it must contain";

impl WarningKind {
    /// Returns what to write instead.
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
            Self::NearlyEverything { .. } => NEARLY_EVERYTHING,
            Self::InteriorStar => "a regular expression has one meaning: `%Put.*Policy%`",
            Self::QuotedStar => "for the character itself write `%^\\*$%`",
            Self::TextOrdered { .. } => "compare the text, with `*` where it may differ",
            Self::WordOperator => WORD_OPERATOR,
            Self::LastCell => "add a cell after it for the rest of the line, or `...` before it",
            Self::UnlikeAnything { .. } => "leave the condition out, or name a value",
            Self::Incomparable { .. } => INCOMPARABLE,
            Self::TextDocument { .. } => TEXT_DOCUMENT,
            Self::WildcardsApart => "name an index where both must hold for the same element",
            Self::ExcludedFromAll { .. } => EXCLUDED_FROM_ALL,
            Self::Escape => ESCAPE,
            Self::SpaceInRegex => "write `\\x20` or `\\s` for the space",
            Self::LostNumber => "put the number in quotes to compare its characters",
            Self::IgnoredOptional => "give every term a `?`, or none",
            Self::SplitTerm { .. } => SPLIT_TERM,
            Self::StarInTerm => "leave the `*` out: a term matches anywhere in the event",
            Self::OnlyExcluded => "add a term that must occur, if not every other event is meant",
            Self::EmptyPattern => {
                "name a term, or a condition in `{ }`, if not every event is meant"
            }
            Self::NeverTogether { .. } => "combine them by `||` if either is enough",
            Self::AlwaysTrue { .. } => "combine them by `&&` to exclude several values",
            // The repairs of these contain a value, and `repair` formats them.
            Self::AbsentField { .. }
            | Self::BooleanAsText { .. }
            | Self::TextAsBoolean { .. }
            | Self::Precedence { .. } => "see the effect",
        }
    }
}
