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
    /// The construct that the warning is about.
    pub kind: WarningKind,
    /// The part of the pattern that contains it.
    pub span: Span,
    /// The whole pattern.
    pub pattern: String,
}

/// The constructs to warn about. Each is described by a pattern that contains it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WarningKind {
    /// `{ $.errorCode != "x" }`
    AbsentField {
        /// The selector.
        selector: String,
        /// The whole condition.
        condition: String,
        /// The records that lack the field.
        absence: &'static str,
    },
    /// `{ $.readOnly = true }`
    BooleanAsText {
        /// The selector.
        selector: String,
        /// The test that was probably meant.
        meant: &'static str,
        /// The certainty that the field is a boolean.
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
    /// `{ $.errorCode NOT EXISTS && $.errorCode != "x" }`
    NeverTogether {
        /// The other condition.
        other: String,
    },
    /// `{ $.eventName = "Put*Policy" }`
    InteriorStar,
    /// `{ $.requestParameters.action = "*" }`
    QuotedStar,
    /// `{ $.userIdentity = * }`
    Incomparable {
        /// The selector.
        selector: String,
        /// The type of the field, with its article.
        type_name: &'static str,
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
        /// The selector; `None` in a cell.
        selector: Option<String>,
    },
    /// `{ $.requestParameters.policyDocument.Statement[0].Effect = "Allow" }`
    TextDocument {
        /// The name of the field that contains a string.
        field: String,
    },
    /// `{ $.items[*].a = 1 && $.items[*].b = 2 }`
    WildcardsApart,
    /// `{ $.items[*].a != x }`
    ExcludedFromAll {
        /// The selector.
        selector: String,
    },
    /// `{ $.a = "say \"hi\"" }`
    Escape,
    /// `%shutting down%`
    SpaceInRegex,
    /// `{ $.a = 1e-999 }`
    LostNumber,
    /// `?ERROR Exception`
    IgnoredOptional,
    /// `access-denied`
    SplitTerm {
        /// The terms as they are read, with spaces between them.
        read_as: String,
    },
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

/// The certainty that a field is a boolean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BooleanCertainty {
    /// It is in every record that has it.
    Always,
    /// It depends on the call.
    Usually,
}

impl fmt::Display for Warning {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Both texts may quote the pattern, which may contain anything.
        writeln!(formatter, "{}", printable(&self.kind.effect()))?;
        writeln!(formatter, "{}", self.underlined())?;
        write!(formatter, "repair: {}", printable(&self.kind.repair()))
    }
}

impl Warning {
    fn underlined(&self) -> Underlined<'_> {
        Underlined {
            text: &self.pattern,
            span: self.span,
        }
    }
}
