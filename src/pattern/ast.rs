//! The tree of a pattern, as it was written.

use crate::text::span::Span;

/// A whole filter pattern.
#[derive(Clone, Debug, PartialEq)]
pub enum Pattern {
    /// `{ … }`: conditions on the fields of a JSON object.
    Json(Expression<Condition>),
    /// `word "quoted text" -excluded`: texts to look for in the raw event. Without any, every event
    /// matches.
    Terms(Vec<Term>),
    /// `[ip, ..., status = 4*]`: names and tests for the space-delimited fields of the raw event.
    Cells(Vec<Cell>),
}

/// The three syntaxes of the language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Syntax {
    /// `{ … }`
    Json,
    /// Words, quoted texts and regular expressions.
    Terms,
    /// `[ … ]`
    Cells,
}

impl Syntax {
    /// The name of the syntax, as the user guide has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Json => "JSON",
            Self::Terms => "terms",
            Self::Cells => "space-delimited",
        }
    }
}

impl Pattern {
    /// Whether a value of the pattern has a `*` between other characters, so that the readings of
    /// [`InteriorStars`] may differ.
    pub fn has_interior_star(&self) -> bool {
        let mut found = false;
        self.for_each_test(&mut |test, _| {
            found |=
                matches!(test, Test::Equal(literal) | Test::NotEqual(literal) if literal.has_interior_star());
        });
        found
    }

    /// Calls `visit` with every test of the pattern and where it stands; a pattern of terms has
    /// none.
    pub fn for_each_test<'a>(&'a self, visit: &mut impl FnMut(&'a Test, Span)) {
        match self {
            Self::Json(expression) => {
                expression.for_each(&mut |condition| visit(&condition.test, condition.test_span));
            }
            Self::Cells(cells) => {
                let fields = cells.iter().filter_map(|cell| match cell {
                    Cell::Field(field) => field.test.as_ref(),
                    Cell::Ellipsis => None,
                });
                fields.for_each(|test| {
                    test.for_each(&mut |condition| visit(&condition.test, condition.test_span));
                });
            }
            Self::Terms(_) => {}
        }
    }

    /// Which of the three syntaxes the pattern is written in.
    pub fn syntax(&self) -> Syntax {
        match self {
            Self::Json(_) => Syntax::Json,
            Self::Terms(_) => Syntax::Terms,
            Self::Cells(_) => Syntax::Cells,
        }
    }
}

/// A cell of a space-delimited pattern.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// `...`: any number of fields, at most once in a pattern.
    Ellipsis,
    /// One field.
    Field(FieldCell),
}

/// A cell that stands for one field.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldCell {
    /// Its name, unique in the pattern; nothing between two commas.
    pub name: Option<String>,
    /// What its text must be.
    pub test: Option<Expression<CellCondition>>,
}

/// One test of the text of a cell: equality or order, never a keyword.
#[derive(Clone, Debug, PartialEq)]
pub struct CellCondition {
    /// What is asked of the text.
    pub test: Test,
    /// Where the condition stands in the pattern.
    pub span: Span,
    /// Where the operator and the value stand.
    pub test_span: Span,
}

/// A text that is looked for in the raw event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// Whether it must occur.
    pub presence: Presence,
    /// What to look for.
    pub text: TermText,
    /// Where the term stands in the pattern.
    pub span: Span,
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

/// A combination of conditions, as it was written.
#[derive(Clone, Debug, PartialEq)]
pub enum Expression<C> {
    /// All of them hold; two or more.
    And(Vec<Expression<C>>),
    /// At least one of them holds; two or more.
    Or(Vec<Expression<C>>),
    /// One expression in parentheses.
    Group(Box<Expression<C>>),
    /// One condition.
    Condition(C),
}

impl<C> Expression<C> {
    /// Calls `visit` with every condition, from left to right.
    pub fn for_each<'a>(&'a self, visit: &mut impl FnMut(&'a C)) {
        match self {
            Self::And(branches) | Self::Or(branches) => {
                branches.iter().for_each(|branch| branch.for_each(visit));
            }
            Self::Group(inner) => inner.for_each(visit),
            Self::Condition(condition) => visit(condition),
        }
    }

    /// The expression without the parentheses around the whole of it.
    pub fn inner(&self) -> &Self {
        match self {
            Self::Group(inner) => inner.inner(),
            other => other,
        }
    }
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
    /// Where the operator and what follows it stand.
    pub test_span: Span,
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

impl Step {
    /// The name of a step that names a member.
    pub fn member_name(&self) -> Option<&str> {
        match self {
            Self::Member(name) => Some(name),
            Self::Element(_) | Self::Every => None,
        }
    }
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

/// The meaning of a `*` between other characters of a value. AWS's guide of 2018 printed it as
/// literal, today's is silent, and deployed patterns use it as a wildcard (sources, P35).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InteriorStars {
    /// Any run of characters, as at the ends.
    #[default]
    Wildcard,
    /// Itself.
    Literal,
}

impl Literal {
    /// The characters to compare with.
    pub fn text(&self) -> &str {
        match self {
            Self::Quoted(text) | Self::Bare(text) | Self::Regex(text) => text,
        }
    }

    /// Returns whether a `*` is between other characters, where AWS does not say what it means
    /// (sources, P35).
    pub fn has_interior_star(&self) -> bool {
        match self {
            Self::Quoted(text) | Self::Bare(text) => text.trim_matches('*').contains('*'),
            Self::Regex(_) => false,
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

/// The number that `text` reads as in a pattern: an optional sign, digits, optionally a fraction
/// and an exponent. Words such as `inf` or `NaN` are words here, and so is a number that floating
/// point cannot hold.
pub fn number(text: &str) -> Option<f64> {
    fn digits(text: &str) -> Option<&str> {
        let rest = text.trim_start_matches(|digit: char| digit.is_ascii_digit());
        (rest.len() < text.len()).then_some(rest)
    }
    fn unsigned(text: &str) -> &str {
        text.strip_prefix(['+', '-']).unwrap_or(text)
    }
    let mut rest = digits(unsigned(text))?;
    if let Some(fraction) = rest.strip_prefix('.') {
        rest = digits(fraction)?;
    }
    if let Some(exponent) = rest.strip_prefix(['e', 'E']) {
        rest = digits(unsigned(exponent))?;
    }
    if rest.is_empty() {
        text.parse().ok().filter(|number: &f64| number.is_finite())
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn numbers_are_written_with_digits() {
        for (text, expected) in [
            ("1", 1.0),
            ("+2", 2.0),
            ("-0.5", -0.5),
            ("1e+0", 1.0),
            ("1E2", 100.0),
        ] {
            assert_eq!(number(text), Some(expected), "{text}");
        }
        for text in [
            "", "-", ".5", "5.", "1e", "inf", "NaN", "infinity", "4*", "1-2", "--1", "0x1",
            "1e5e5", "1e999", "1.e5", "1e+", "+",
        ] {
            assert_eq!(number(text), None, "{text}");
        }
    }
}
