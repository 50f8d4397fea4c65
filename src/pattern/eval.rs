//! Program and event to answer.

use super::ast::{Pattern, Step};
use super::compile::{
    Characters, Check, Instruction, Matcher as TestMatcher, Needle, Program, Root, TermSet, Value, compile,
};
use super::projection::{Projection, Slots};
use crate::json::Shallow;

/// A pattern that can be asked about whole events by itself.
#[derive(Clone, Debug)]
pub struct Matcher {
    projection: Projection,
    program: Program,
}

impl Matcher {
    /// Compiles a pattern with a projection of its own.
    pub fn new(pattern: &Pattern) -> Self {
        let mut projection = Projection::default();
        let program = compile(pattern, &mut projection);
        Self { projection, program }
    }

    /// Whether the event matches. An event that is not one JSON object matches no JSON pattern, not even
    /// `NOT EXISTS` (recorded `TestMetricFilter` replies).
    pub fn matches(&self, event: &str) -> bool {
        match &self.program.root {
            Root::Json(root) => self.projection.read(event).is_ok_and(|slots| root.holds(&slots)),
            Root::Terms(terms) => terms.hold(event),
        }
    }
}

impl Program {
    /// Whether the event that `slots` were read from matches.
    pub fn matches(&self, slots: &Slots<'_>) -> bool {
        match &self.root {
            Root::Json(root) => root.holds(slots),
            Root::Terms(terms) => terms.hold(slots.text()),
        }
    }
}

impl TermSet {
    /// Optional terms count only where there is no other (user guide; recorded `TestMetricFilter` replies).
    fn hold(&self, text: &str) -> bool {
        if self.required.is_empty() && self.excluded.is_empty() && !self.optional.is_empty() {
            return self.optional.iter().any(|needle| needle.is_in(text));
        }
        self.required.iter().all(|needle| needle.is_in(text))
            && !self.excluded.iter().any(|needle| needle.is_in(text))
    }
}

impl Needle {
    fn is_in(&self, text: &str) -> bool {
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

impl Instruction {
    fn holds(&self, slots: &Slots<'_>) -> bool {
        match self {
            Self::And(branches) => branches.iter().all(|branch| branch.holds(slots)),
            Self::Or(branches) => branches.iter().any(|branch| branch.holds(slots)),
            Self::Check(check) => check.holds(slots),
        }
    }
}

impl Check {
    fn holds(&self, slots: &Slots<'_>) -> bool {
        let Some(raw) = slots.get(self.slot) else { return self.test.holds_for_nothing() };
        if self.rest.is_empty() {
            return self.test.holds(raw);
        }
        let mut reached = Reached { any: false, passed: false };
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
fn walk(raw: &str, steps: &[Step], visit: &mut impl FnMut(&str)) {
    let Some((step, rest)) = steps.split_first() else { return visit(raw) };
    match (step, Shallow::of(raw)) {
        (Step::Member(name), Shallow::Object(object)) => {
            let members = crate::json::members(object).unwrap_or_default();
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
            elements(array).into_iter().for_each(|element| walk(element, rest, visit));
        }
        (Step::Every, Shallow::Object(object)) => {
            let members = crate::json::members(object).unwrap_or_default();
            members.into_iter().for_each(|(_, value)| walk(value, rest, visit));
        }
        _ => {}
    }
}

/// The texts of the elements of the array that `raw` is the text of.
fn elements(raw: &str) -> Vec<&str> {
    let elements: Vec<&serde_json::value::RawValue> = serde_json::from_str(raw).unwrap_or_default();
    elements.into_iter().map(serde_json::value::RawValue::get).collect()
}

impl TestMatcher {
    fn holds_for_nothing(&self) -> bool {
        matches!(self, Self::NotExists)
    }

    fn holds(&self, raw: &str) -> bool {
        let value = Shallow::of(raw);
        match self {
            Self::Equal(expected) => expected.equals(&value) == Some(true),
            Self::NotEqual(expected) => expected.equals(&value) == Some(false),
            Self::Ordering(ordering, bound) => match value {
                Shallow::Number(characters) => {
                    characters.parse().is_ok_and(|number| ordering.holds(number, *bound))
                }
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
}

impl Value {
    /// Whether a value is this one, or `None` where neither `=` nor `!=` is true: for everything but strings and
    /// numbers (recorded `TestMetricFilter` replies).
    fn equals(&self, value: &Shallow<'_>) -> Option<bool> {
        match value {
            Shallow::Text(text) => Some(self.characters.match_text(text)),
            Shallow::Number(characters) => {
                let same_number = self.number.is_some_and(|number| characters.parse() == Ok(number));
                Some(same_number || self.characters.match_text(characters))
            }
            _ => None,
        }
    }
}
