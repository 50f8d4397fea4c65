//! Program and event to answer.

use super::ast::{InteriorStars, Pattern, Step, Syntax, number};
use super::compile::{
    CellRow, Characters, Check, Instruction, Needle, Program, Root, TermSet, TestMatcher, Value,
    compile_with_stars,
};
use super::prefilter::Prefilter;
use super::projection::{Projection, Slots};
use super::split::{FieldText, split};
use crate::json::Shallow;

/// A pattern that can be asked about whole events by itself.
#[derive(Clone, Debug)]
pub struct Matcher {
    projection: Projection,
    program: Program,
    /// Spares the parsing of events that lack what a JSON pattern needs.
    prefilter: Option<Prefilter>,
}

impl Matcher {
    /// Compiles a pattern with a projection of its own.
    pub fn new(pattern: &Pattern) -> Self {
        Self::with_stars(pattern, InteriorStars::default())
    }

    /// Compiles a pattern with this reading of the stars inside of its values.
    pub fn with_stars(pattern: &Pattern, stars: InteriorStars) -> Self {
        let mut projection = Projection::default();
        let program = compile_with_stars(pattern, stars, &mut projection);
        let prefilter = Some(Prefilter::new(pattern))
            .filter(|prefilter| pattern.syntax() == Syntax::Json && prefilter.is_worthwhile());
        Self {
            projection,
            program,
            prefilter,
        }
    }

    /// Whether the event matches. An event that is not one JSON object matches no JSON pattern, not
    /// even `NOT EXISTS` (recorded `TestMetricFilter` replies).
    pub fn matches(&self, event: &str) -> bool {
        match &self.program.root {
            Root::Json(root) => {
                self.prefilter
                    .as_ref()
                    .is_none_or(|prefilter| prefilter.may_match(event.as_bytes()))
                    && self
                        .projection
                        .read(event)
                        .is_ok_and(|slots| json_holds(root, &slots))
            }
            Root::Terms(terms) => terms.hold(event),
            Root::Cells(cells) => cells.bind(event).is_some(),
        }
    }

    /// The values that the cells of a space-delimited pattern extract from an event that matches,
    /// in the order of the fields; `None` when it does not match. The other syntaxes extract
    /// nothing.
    pub fn extract(&self, event: &str) -> Option<Vec<Extracted>> {
        match &self.program.root {
            Root::Json(_) | Root::Terms(_) => self.matches(event).then(Vec::new),
            Root::Cells(cells) => cells.bind(event),
        }
    }
}

/// A value that a cell extracted from an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extracted {
    /// `$` and the name of the cell, or `$` and the place of the field, counted from 1, where the
    /// cell has no name (API, `TestMetricFilter`).
    pub name: String,
    /// The text of the field.
    pub value: String,
}

impl Program {
    /// Whether the event that `slots` were read from matches.
    pub fn matches(&self, slots: &Slots<'_>) -> bool {
        match &self.root {
            Root::Json(root) => json_holds(root, slots),
            Root::Terms(terms) => terms.hold(slots.text()),
            Root::Cells(cells) => cells.bind(slots.text()).is_some(),
        }
    }

    /// The values that the cells extract from an event that matches; nothing for the other
    /// syntaxes.
    pub fn extract(&self, event: &str) -> Vec<Extracted> {
        match &self.root {
            Root::Json(_) | Root::Terms(_) => Vec::new(),
            Root::Cells(cells) => cells.bind(event).unwrap_or_default(),
        }
    }
}

fn json_holds(root: &Instruction<Check>, slots: &Slots<'_>) -> bool {
    root.holds(&mut |check| check.holds(slots))
}

impl CellRow {
    /// Binds each cell to its field and tests it. Without an ellipsis, an event needs a field for
    /// each cell, and the last cell takes the rest of the event. With one, the cells after it bind
    /// from the right. `[]` takes any event that has a field (sources, P26, P27 and P28).
    fn bind(&self, event: &str) -> Option<Vec<Extracted>> {
        let mut fields = split(event);
        let is_bare = self.cells.is_empty() && self.before_ellipsis.is_none();
        if fields.len() < self.cells.len() || is_bare && fields.is_empty() {
            return None;
        }
        let before = match (self.before_ellipsis, self.cells.len()) {
            (Some(before), _) => before,
            (None, 0) => 0,
            (None, cells) => {
                take_rest(&mut fields, cells, event);
                cells
            }
        };
        let spread = fields.len() - self.cells.len();
        let cell = |place: usize| match place {
            place if place < before => self.cells.get(place),
            place if place < before + spread => None,
            place => self.cells.get(place - spread),
        };
        let mut extracted = Vec::with_capacity(fields.len());
        for (place, field) in fields.iter().enumerate() {
            let cell = cell(place);
            let test = cell.and_then(|cell| cell.test.as_ref());
            if test.is_some_and(|test| !test.holds(&mut |test| test.holds_for_text(field.text))) {
                return None;
            }
            let name = cell
                .and_then(|cell| cell.name.clone())
                .unwrap_or_else(|| (place + 1).to_string());
            extracted.push(Extracted {
                name: format!("${name}"),
                value: field.text.to_owned(),
            });
        }
        Some(extracted)
    }
}

/// Makes the last of `count` fields all that is left of the event, signs included, where there are
/// more.
fn take_rest<'a>(fields: &mut Vec<FieldText<'a>>, count: usize, event: &'a str) {
    if fields.len() <= count {
        return;
    }
    fields.truncate(count);
    if let Some(last) = fields.last_mut() {
        last.text = event.get(last.start..).unwrap_or("");
    }
}

impl TermSet {
    /// Optional terms count only where there is no other (user guide; recorded `TestMetricFilter`
    /// replies).
    fn hold(&self, text: &str) -> bool {
        if self.required.is_empty() && self.excluded.is_empty() && !self.optional.is_empty() {
            return self.optional.iter().any(|needle| needle.is_in(text));
        }
        self.required.iter().all(|needle| needle.is_in(text))
            && !self.excluded.iter().any(|needle| needle.is_in(text))
    }
}

impl Needle {
    /// Whether it stands in the text.
    pub(super) fn is_in(&self, text: &str) -> bool {
        match self {
            Self::Literal(literal) => text.contains(literal.as_str()),
            Self::Regex(regex) => regex.matches(text),
            Self::Never => false,
        }
    }
}

impl Characters {
    fn match_text(&self, text: &str) -> bool {
        match self {
            Self::Whole(wildcard) => wildcard.matches(text),
            Self::Somewhere(needle) => needle.is_in(text),
        }
    }
}

impl<C> Instruction<C> {
    fn holds(&self, check: &mut impl FnMut(&C) -> bool) -> bool {
        match self {
            Self::And(branches) => branches.iter().all(|branch| branch.holds(check)),
            Self::Or(branches) => branches.iter().any(|branch| branch.holds(check)),
            Self::Check(condition) => check(condition),
        }
    }
}

impl Check {
    fn holds(&self, slots: &Slots<'_>) -> bool {
        let Some(raw) = slots.get(self.slot) else {
            return self.test.holds_for_nothing();
        };
        if self.rest.is_empty() {
            return self.test.holds(raw);
        }
        let mut reached = Reached {
            any: false,
            passed: false,
        };
        walk(raw, &self.rest, &mut |raw| {
            reached.any = true;
            reached.passed |= self.test.holds(raw);
        });
        reached.passed || !reached.any && self.test.holds_for_nothing()
    }
}

/// What the values that a selector leads to answered.
struct Reached {
    any: bool,
    passed: bool,
}

/// Calls `visit` with the text of each value that `steps` lead to from the value `raw`.
pub(super) fn walk<'a>(raw: &'a str, steps: &[Step], visit: &mut impl FnMut(&'a str)) {
    let Some((step, rest)) = steps.split_first() else {
        return visit(raw);
    };
    match (step, Shallow::from_accepted(raw)) {
        (Step::Member(name), Shallow::Object(object)) => {
            let members = crate::json::members_of_valid(object);
            if let Some((_, value)) = members.iter().find(|(key, _)| key == name) {
                walk(value, rest, visit);
            }
        }
        (Step::Element(index), Shallow::Array(array)) => {
            if let Some(element) = elements(array).get(*index) {
                walk(element, rest, visit);
            }
        }
        (Step::Every, Shallow::Array(array)) => {
            elements(array)
                .into_iter()
                .for_each(|element| walk(element, rest, visit));
        }
        (Step::Every, Shallow::Object(object)) => {
            let members = crate::json::members_of_valid(object);
            members
                .into_iter()
                .for_each(|(_, value)| walk(value, rest, visit));
        }
        _ => {}
    }
}

/// The text of the value that `steps` without wildcards lead to from the value `raw`.
pub(super) fn single_value<'a>(raw: &'a str, steps: &[Step]) -> Option<&'a str> {
    let Some((step, rest)) = steps.split_first() else {
        return Some(raw);
    };
    let next = match (step, Shallow::from_accepted(raw)) {
        (Step::Member(name), Shallow::Object(object)) => {
            let members = crate::json::members_of_valid(object);
            members.into_iter().find(|(key, _)| key == name)?.1
        }
        (Step::Element(index), Shallow::Array(array)) => elements(array).get(*index).copied()?,
        _ => return None,
    };
    single_value(next, rest)
}

/// The texts of the elements of the array that `raw` is the text of.
pub(super) fn elements(raw: &str) -> Vec<&str> {
    crate::json::valid::elements(raw).collect()
}

impl TestMatcher {
    fn holds_for_nothing(&self) -> bool {
        matches!(self, Self::NotExists)
    }

    /// Whether the JSON text of a value passes.
    pub(super) fn holds(&self, raw: &str) -> bool {
        let value = Shallow::from_accepted(raw);
        match self {
            Self::Equal(expected) => expected.equals(&value) == Some(true),
            Self::NotEqual(expected) => expected.equals(&value) == Some(false),
            Self::Ordering(ordering, bound) => match value {
                Shallow::Number(characters) => characters
                    .parse()
                    .is_ok_and(|number| ordering.holds(number, *bound)),
                _ => false,
            },
            Self::IsNull => match value {
                Shallow::Null => true,
                Shallow::Array(array) => elements(array).contains(&"null"),
                _ => false,
            },
            Self::IsBoolean(expected) => value == Shallow::Boolean(*expected),
            Self::NotExists => false,
        }
    }

    /// Returns whether the text of a cell passes. It is compared as a number if both it and the
    /// value read as one (sources, P29).
    pub(super) fn holds_for_text(&self, text: &str) -> bool {
        match self {
            Self::Equal(expected) => expected.equals_text(text),
            Self::NotEqual(expected) => !expected.equals_text(text),
            Self::Ordering(ordering, bound) => {
                number(text).is_some_and(|number| ordering.holds(number, *bound))
            }
            Self::IsNull | Self::IsBoolean(_) | Self::NotExists => false,
        }
    }
}

impl Value {
    fn equals_text(&self, text: &str) -> bool {
        let same_number = self
            .number
            .is_some_and(|expected| number(text) == Some(expected));
        same_number || self.characters.match_text(text)
    }

    /// Whether a value is this one, or `None` where neither `=` nor `!=` is true: for everything
    /// but strings and numbers (recorded `TestMetricFilter` replies).
    fn equals(&self, value: &Shallow<'_>) -> Option<bool> {
        match value {
            Shallow::Text(text) => Some(self.characters.match_text(text)),
            Shallow::Number(characters) => {
                let same_number = self
                    .number
                    .is_some_and(|number| characters.parse() == Ok(number));
                Some(same_number || self.characters.match_text(characters))
            }
            _ => None,
        }
    }
}
