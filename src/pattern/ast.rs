//! The tree of a pattern, as it was written.

use super::number::Number;
use crate::text::span::Span;

/// A whole filter pattern.
#[derive(Clone, Debug, PartialEq)]
pub enum Pattern {
    /// `{ … }`: conditions on the fields of a JSON object.
    Json(Expression<Condition>),
    /// `word "quoted text" -excluded`: texts to search for in the raw event. A pattern without
    /// terms matches every event.
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
    /// Returns the name of the syntax, as the user guide has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Json => "JSON",
            Self::Terms => "terms",
            Self::Cells => "space-delimited",
        }
    }
}

impl Pattern {
    /// Returns whether a value of the pattern has a `*` between other characters, so that the
    /// answer may depend on [`InteriorStars`].
    pub fn has_interior_star(&self) -> bool {
        let mut is_found = false;
        self.for_each_test(&mut |test, _| {
            is_found |= test.literal().is_some_and(Literal::has_interior_star);
        });
        is_found
    }

    /// Calls `visit` with every test of the pattern and its place. Terms have no tests.
    pub fn for_each_test<'a>(&'a self, visit: &mut impl FnMut(&'a Test, Span)) {
        match self {
            Self::Json(expression) => expression.for_each(&mut |each| {
                visit(&each.test, each.test_span);
            }),
            Self::Cells(cells) => cells.iter().for_each(|cell| cell.for_each_test(visit)),
            Self::Terms(_) => {}
        }
    }

    /// Returns the syntax that the pattern is written in.
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

impl Cell {
    /// Returns the expression that tests the field of the cell, if there is one.
    pub fn test(&self) -> Option<&Expression<CellCondition>> {
        match self {
            Self::Ellipsis => None,
            Self::Field(field) => field.test.as_ref(),
        }
    }

    /// Returns the name and the test of a cell that has both.
    pub(super) fn named_test(&self) -> Option<(&str, &Expression<CellCondition>)> {
        match self {
            Self::Ellipsis => None,
            Self::Field(field) => field.name.as_deref().zip(field.test.as_ref()),
        }
    }

    fn for_each_test<'a>(&'a self, visit: &mut impl FnMut(&'a Test, Span)) {
        if let Some(test) = self.test() {
            test.for_each(&mut |condition| visit(&condition.test, condition.test_span));
        }
    }
}

/// A cell that takes one field.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldCell {
    /// The name of the field, unique in the pattern; `None` for nothing between two commas.
    pub name: Option<String>,
    /// The conditions on the text of the field.
    pub test: Option<Expression<CellCondition>>,
}

/// One test of the text of a cell: equality or order, never a keyword.
#[derive(Clone, Debug, PartialEq)]
pub struct CellCondition {
    /// The test that the text must pass.
    pub test: Test,
    /// The place of the condition in the pattern.
    pub span: Span,
    /// The place of the operator and the value.
    pub test_span: Span,
}

/// A text to search for in the raw event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// The role of the term: required, excluded or optional.
    pub presence: Presence,
    /// The text or regular expression to search for.
    pub text: TermText,
    /// The place of the term in the pattern.
    pub span: Span,
}

impl Term {
    /// Returns whether the term must occur.
    pub(super) fn is_required(&self) -> bool {
        self.presence == Presence::Required
    }

    /// Returns whether the term is optional.
    pub(super) fn is_optional(&self) -> bool {
        self.presence == Presence::Optional
    }

    /// Returns whether the term is a regular expression.
    pub(super) fn is_regex(&self) -> bool {
        matches!(self.text, TermText::Regex(_))
    }
}

/// The role of a term, given by the sign before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// `term`: it must occur.
    Required,
    /// `-term`: it must not occur.
    Excluded,
    /// `?term`: one of these must occur if all terms have a `?`; otherwise it has no effect.
    Optional,
}

/// The text that a term searches for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TermText {
    /// These characters, anywhere, whatever surrounds them.
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

    /// Returns the same combination of what `convert` makes of each condition.
    pub(super) fn map<'a, D>(&'a self, convert: &dyn Fn(&'a C) -> D) -> Expression<D> {
        match self {
            Self::And(branches) => Expression::And(map_all(branches, convert)),
            Self::Or(branches) => Expression::Or(map_all(branches, convert)),
            Self::Group(inner) => Expression::Group(Box::new(inner.map(convert))),
            Self::Condition(condition) => Expression::Condition(convert(condition)),
        }
    }

    /// Returns the expression without the parentheses around the whole of it.
    pub fn inner(&self) -> &Self {
        match self {
            Self::Group(inner) => inner.inner(),
            other => other,
        }
    }
}

fn map_all<'a, C, D>(
    branches: &'a [Expression<C>],
    convert: &dyn Fn(&'a C) -> D,
) -> Vec<Expression<D>> {
    branches.iter().map(|branch| branch.map(convert)).collect()
}

/// One test of one field.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    /// The path to the values of the event that are tested.
    pub selector: Selector,
    /// The test. The condition holds if one of the values passes it; a `!=` under a wildcard holds
    /// if the value before the wildcard is there and no value is equal.
    pub test: Test,
    /// The place of the condition in the pattern.
    pub span: Span,
    /// The place of the operator and what follows it.
    pub test_span: Span,
}

impl Condition {
    /// Returns the steps to the value that must be there for a `!=` under a wildcard; `None` for
    /// any other test, and without a wildcard.
    pub(super) fn excluded_below(&self) -> Option<&[SelectorStep]> {
        match self.test {
            Test::NotEqual(_) => self.selector.before_wildcard(),
            _ => None,
        }
    }
}

/// The path from the root of an event to the values that a condition tests.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Selector {
    /// The steps in order, at least one.
    pub steps: Vec<SelectorStep>,
}

impl Selector {
    /// Splits the steps before the first index or wildcard, of which it returns the names.
    pub fn split_names(&self) -> (Vec<&str>, &[SelectorStep]) {
        let names: Vec<&str> = self
            .steps
            .iter()
            .map_while(SelectorStep::member_name)
            .collect();
        let rest = &self.steps[names.len()..];
        (names, rest)
    }

    /// Returns whether a step of the selector is a wildcard.
    pub fn has_wildcard(&self) -> bool {
        self.before_wildcard().is_some()
    }

    /// Returns the steps before the wildcard, if there is one.
    pub fn before_wildcard(&self) -> Option<&[SelectorStep]> {
        let place = self
            .steps
            .iter()
            .position(|step| *step == SelectorStep::Every)?;
        self.steps.get(..place)
    }
}

/// One step of a selector.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum SelectorStep {
    /// `.name` or `['name']`: the member of an object.
    Member(String),
    /// `[0]`: the element of an array, counted from zero.
    Element(usize),
    /// `[*]` or `.*`: every element of an array, or the value of every member of an object.
    Every,
}

impl SelectorStep {
    /// Returns the name in a step that names a member.
    pub fn member_name(&self) -> Option<&str> {
        match self {
            Self::Member(name) => Some(name),
            Self::Element(_) | Self::Every => None,
        }
    }
}

/// The test that a condition applies to a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// `=`: a string or number equal to the literal.
    Equal(Literal),
    /// `!=`: a string or number not equal to the literal; under a wildcard, no equal value at all.
    NotEqual(Literal),
    /// `<`, `<=`, `>`, `>=`: a number on that side of the bound.
    Ordering(Ordering, Number),
    /// `IS NULL`: null, or an array that contains null; under a wildcard, null alone.
    IsNull,
    /// `IS TRUE` or `IS FALSE`: that boolean.
    IsBoolean(bool),
    /// `NOT EXISTS`: the selector selects nothing.
    NotExists,
}

impl Test {
    /// Returns the literal that `=` or `!=` compares with.
    pub fn literal(&self) -> Option<&Literal> {
        match self {
            Self::Equal(literal) | Self::NotEqual(literal) => Some(literal),
            _ => None,
        }
    }

    /// Returns whether the test compares with a regular expression.
    pub(super) fn is_regex(&self) -> bool {
        matches!(self.literal(), Some(Literal::Regex(_)))
    }
}

/// The value on the right of `=` and `!=`. A `*` in it matches any run of characters.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// In double quotes: compared by characters, also with numbers.
    Quoted(String),
    /// Without quotes: compared by value with numbers when it is a valid number, else by
    /// characters.
    Bare(String),
    /// `%…%`: a regular expression that is searched for in the characters.
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
    /// Returns the characters to compare with.
    pub fn text(&self) -> &str {
        match self {
            Self::Quoted(text) | Self::Bare(text) | Self::Regex(text) => text,
        }
    }

    /// Returns true if exactly one text is equal to the literal.
    fn is_exact(&self) -> bool {
        match self {
            Self::Quoted(text) | Self::Bare(text) => !text.contains('*'),
            Self::Regex(_) => false,
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

    /// Returns the value of an unquoted literal that is a valid number.
    pub fn number(&self) -> Option<Number> {
        match self {
            Self::Quoted(_) | Self::Regex(_) => None,
            Self::Bare(text) => Number::exact(text),
        }
    }

    /// Returns whether no value of an event is equal to this literal and to another one, as far as
    /// their texts show: they differ, have no wildcards, and are not one number.
    pub(super) fn excludes(&self, other: &Self) -> bool {
        if !self.is_exact() || !other.is_exact() {
            return false;
        }
        // The string "1" is equal to the number 1, so quotes do not matter.
        match (Number::exact(self.text()), Number::exact(other.text())) {
            (Some(number), Some(other)) => number != other,
            _ => self.text() != other.text(),
        }
    }

    /// Returns whether the literal is a number that floating point takes for zero. Nothing is equal
    /// to it, not even the string of the same characters (sources, P12).
    pub(super) fn equals_nothing(&self) -> bool {
        self.number()
            .is_some_and(|number| number.is_lost_in_double())
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
    /// Returns whether `left` and `right` are in this order.
    pub fn holds(self, left: &Number, right: &Number) -> bool {
        match self {
            Self::Less => left < right,
            Self::LessOrEqual => left <= right,
            Self::Greater => left > right,
            Self::GreaterOrEqual => left >= right,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Number, Ordering};

    #[test]
    fn orders_differ_at_the_bound() {
        let orders = [
            Ordering::Less,
            Ordering::LessOrEqual,
            Ordering::Greater,
            Ordering::GreaterOrEqual,
        ];
        let number = |text| Number::exact(text).expect(text);
        let at = |left| orders.map(|order| order.holds(&number(left), &number("2")));
        assert_eq!(at("1"), [true, true, false, false]);
        assert_eq!(at("2"), [false, true, false, true]);
        assert_eq!(at("3"), [false, false, true, true]);
    }
}
