//! The tree of a pattern, as it was written.

use crate::span::Span;

/// A whole filter pattern.
#[derive(Clone, Debug, PartialEq)]
pub enum Pattern {
    /// `{ … }`: conditions on the fields of a JSON object.
    Json(Expression),
    /// `word "quoted text" -excluded`: texts to look for in the raw event. Without any, every event matches.
    Terms(Vec<Term>),
}

/// A text that is looked for in the raw event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// Whether it must occur.
    pub presence: Presence,
    /// What to look for.
    pub text: TermText,
}

/// Whether a term must occur.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// `term`: it must.
    Required,
    /// `-term`: it must not.
    Excluded,
    /// `?term`: one of these must, if all terms are of this kind; otherwise it does not matter.
    Optional,
}

/// What a term looks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TermText {
    /// These characters, anywhere, whatever stands around them.
    Literal(String),
    /// `%…%`: a regular expression.
    Regex(String),
}

/// A combination of conditions.
#[derive(Clone, Debug, PartialEq)]
pub enum Expression {
    /// All of them hold; two or more.
    And(Vec<Expression>),
    /// At least one of them holds; two or more.
    Or(Vec<Expression>),
    /// One condition.
    Condition(Condition),
}

/// One test of one field.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    /// Which values of the event are tested.
    pub selector: Selector,
    /// What is asked of them. One value that passes is enough.
    pub test: Test,
    /// Where the condition stands in the pattern.
    pub span: Span,
}

/// The way from the root of an event to the values that a condition tests.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Selector {
    /// The steps in order, at least one.
    pub steps: Vec<Step>,
}

/// One step of a selector.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// `.name` or `['name']`: the member of an object.
    Member(String),
    /// `[0]`: the element of an array, counted from zero.
    Element(usize),
    /// `[*]` or `.*`: every element of an array, or the value of every member of an object.
    Every,
}

/// What a condition asks of a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// `=`: a string or number that is the literal.
    Equal(Literal),
    /// `!=`: a string or number that is not the literal.
    NotEqual(Literal),
    /// `<`, `<=`, `>`, `>=`: a number on that side of the bound.
    Ordering(Ordering, f64),
    /// `IS NULL`: null, or an array that holds null.
    IsNull,
    /// `IS TRUE` or `IS FALSE`: that boolean.
    IsBoolean(bool),
    /// `NOT EXISTS`: the selector leads nowhere.
    NotExists,
}

/// The value on the right of `=` and `!=`. A `*` in it stands for any run of characters.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// In double quotes: compared by characters, also with numbers.
    Quoted(String),
    /// Without quotes: compared by value with numbers when it reads as one, else by characters.
    Bare(String),
    /// `%…%`: a regular expression that is looked for in the characters.
    Regex(String),
}

impl Literal {
    /// The characters to compare with.
    pub fn text(&self) -> &str {
        match self {
            Self::Quoted(text) | Self::Bare(text) | Self::Regex(text) => text,
        }
    }

    /// The number that an unquoted literal reads as.
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Quoted(_) | Self::Regex(_) => None,
            Self::Bare(text) => number(text),
        }
    }
}

/// An order between a value, on the left, and a bound, on the right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ordering {
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

impl Ordering {
    /// Whether `left` stands in this order to `right`.
    pub fn holds(self, left: f64, right: f64) -> bool {
        match self {
            Self::Less => left < right,
            Self::LessOrEqual => left <= right,
            Self::Greater => left > right,
            Self::GreaterOrEqual => left >= right,
        }
    }
}

/// The number that `text` reads as in a pattern: an optional sign, digits, optionally a fraction and an exponent.
/// Words such as `inf` or `NaN` are words here.
pub fn number(text: &str) -> Option<f64> {
    let digits_only = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'));
    let begins = text.trim_start_matches(['+', '-']).starts_with(|first: char| first.is_ascii_digit());
    let ends = text.ends_with(|last: char| last.is_ascii_digit());
    (digits_only && begins && ends).then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn numbers_are_written_with_digits() {
        for (text, expected) in [("1", 1.0), ("+2", 2.0), ("-0.5", -0.5), ("1e+0", 1.0), ("1E2", 100.0)] {
            assert_eq!(number(text), Some(expected), "{text}");
        }
        for text in ["", "-", ".5", "5.", "1e", "inf", "NaN", "infinity", "4*", "1-2", "--1", "0x1", "1e5e5"]
        {
            assert_eq!(number(text), None, "{text}");
        }
    }
}
