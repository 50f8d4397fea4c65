//! The effects that warnings are about: what a pattern will do.

use super::warning::{BooleanCertainty, WarningKind};

const INTERIOR_STAR: &str = concat!(
    "AWS does not say what a `*` inside a value means; here it matches any run of characters, ",
    "and the events are counted for which a literal `*` gives a different answer"
);

const ESCAPE: &str =
    "AWS documents no escapes in values; here `\\\"` is a quote and `\\\\` a backslash";

const SPACE_IN_REGEX: &str =
    "AWS's list of supported characters lacks the space, though its own example uses it";

const LAST_CELL: &str = concat!(
    "the last cell takes all that is left of the line, ",
    "so on a longer line this tests more than one field"
);

impl WarningKind {
    /// Returns what will happen.
    pub fn effect(&self) -> String {
        match self {
            Self::AbsentField {
                selector, absence, ..
            } => {
                format!("`!=` is false where `{selector}` is missing: {absence}")
            }
            Self::Precedence { read_as } => {
                format!("`&&` binds tighter than `||`; this is read as `{read_as}`")
            }
            Self::NearlyEverything { condition } => nearly_everything(condition),
            Self::ExcludedFromAll { selector } => format!(
                "under a wildcard, `!=` is false as soon as one `{selector}` is equal, and true \
                 where none is, even if there is none"
            ),
            Self::AlwaysTrue { selector } => {
                format!("one of these alternatives holds for every value of `{selector}`")
            }
            Self::SplitTerm { read_as } => format!(
                "a `-` begins a term that must not occur, also within a word; this is read as \
                 `{read_as}`"
            ),
            Self::NeverTogether { other } => {
                format!("this never holds together with `{other}`")
            }
            Self::TextDocument { field } => format!(
                "`{field}` mostly contains its JSON as a string, which a selector cannot enter"
            ),
            other => match other.contradiction() {
                Some(contradiction) => contradiction,
                None => other.fixed_effect().to_owned(),
            },
        }
    }

    /// Returns the effect of a test that does not fit the type of its field.
    fn contradiction(&self) -> Option<String> {
        match self {
            Self::BooleanAsText {
                selector,
                certainty,
                ..
            } => Some(boolean_as_text(selector, *certainty)),
            Self::Incomparable {
                selector,
                type_name,
            } => Some(incomparable(selector, type_name)),
            Self::TextAsBoolean { selector, .. } => Some(format!(
                "this never holds: `{selector}` is the string `true` or `false`, not a boolean"
            )),
            Self::TextOrdered { selector } => Some(format!(
                "this never holds: `{selector}` is a string, and only numbers have an order"
            )),
            _ => None,
        }
    }

    fn fixed_effect(&self) -> &'static str {
        match self {
            Self::InteriorStar => INTERIOR_STAR,
            Self::QuotedStar => "even in quotes, `*` matches any string or number",
            Self::WildcardsApart => {
                "the conditions may hold for different elements of the same array"
            }
            Self::Escape => ESCAPE,
            Self::SpaceInRegex => SPACE_IN_REGEX,
            Self::LostNumber => "nothing is equal to this number, which is too small for AWS",
            Self::IgnoredOptional => "terms with `?` are ignored, since there is a term without it",
            Self::StarInTerm => "terms have no wildcards: this searches for the character `*`",
            Self::UnlikeAnything { .. } => {
                "this never holds: every string and number is equal to `*`"
            }
            Self::WordOperator => {
                "terms are not combined by words: this one must occur in the event like the others"
            }
            Self::LastCell => LAST_CELL,
            Self::OnlyExcluded => "every event without the excluded terms matches",
            Self::EmptyPattern => "every event matches",
            // The effects of these contain a value, and `effect` formats them.
            Self::AbsentField { .. }
            | Self::BooleanAsText { .. }
            | Self::Precedence { .. }
            | Self::NearlyEverything { .. }
            | Self::AlwaysTrue { .. }
            | Self::ExcludedFromAll { .. }
            | Self::SplitTerm { .. }
            | Self::NeverTogether { .. }
            | Self::Incomparable { .. }
            | Self::TextAsBoolean { .. }
            | Self::TextOrdered { .. }
            | Self::TextDocument { .. } => "the pattern may do something unexpected",
        }
    }
}

fn nearly_everything(condition: &str) -> String {
    format!(
        "nearly every event matches: `{condition}` is enough, whatever the other conditions say"
    )
}

fn boolean_as_text(selector: &str, certainty: BooleanCertainty) -> String {
    match certainty {
        BooleanCertainty::Always => incomparable(selector, "a boolean"),
        BooleanCertainty::Usually => {
            format!("this compares with the text; where `{selector}` is a boolean, it never holds")
        }
    }
}

fn incomparable(selector: &str, type_name: &str) -> String {
    format!(
        "this never holds: `{selector}` is {type_name}, and `=` and `!=` compare strings and \
         numbers"
    )
}
