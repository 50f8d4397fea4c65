//! Warnings about alternatives: conditions combined by `||`.

use std::fmt::Display;

use super::collector::{Collector, excludes_all};
use crate::pattern::ast::{Condition, Expression, Test};
use crate::pattern::known_fields::{absence, incomparable_type};
use crate::pattern::print::NamedTest;
use crate::pattern::warning::WarningKind;
use crate::text::span::Span;

/// A condition that has a place in the pattern.
pub(super) trait Placed {
    /// Returns the place.
    fn span(&self) -> Span;
}

impl Placed for Condition {
    fn span(&self) -> Span {
        self.span
    }
}

impl Placed for NamedTest<'_> {
    fn span(&self) -> Span {
        self.span
    }
}

impl Collector<'_> {
    /// Warns about alternatives that are a group of `&&` without parentheses.
    pub(super) fn precedence<C: Display + Placed>(&mut self, expression: &Expression<C>) {
        match expression {
            Expression::Condition(_) => {}
            Expression::Group(inner) => self.precedence(inner),
            Expression::And(branches) => branches.iter().for_each(|each| self.precedence(each)),
            Expression::Or(branches) => {
                branches.iter().for_each(|each| self.precedence(each));
                self.bare_group(branches);
            }
        }
    }

    fn bare_group<C: Display + Placed>(&mut self, branches: &[Expression<C>]) {
        // The first group shows how all of them are read.
        let Some(place) = branches.iter().position(is_bare) else {
            return;
        };
        let kind = WarningKind::Precedence {
            read_as: read_as(branches, place),
        };
        self.warn(kind, whole_span(&branches[place]));
    }

    /// Warns about two `!=` with different values on one field, of which one always holds.
    pub(super) fn always_true(&mut self, whole: &Expression<Condition>) {
        let mut unequal: Vec<&Condition> = Vec::new();
        for condition in alternatives(whole).into_iter().filter_map(single) {
            if !is_unequal(condition) {
                continue;
            }
            if unequal.iter().any(|other| differs(other, condition)) {
                let selector = condition.selector.to_string();
                return self.warn(WarningKind::AlwaysTrue { selector }, condition.span);
            }
            unequal.push(condition);
        }
    }

    /// Warns about alternatives of which one holds for nearly every event, so that the others have
    /// no effect: a `!=` on a field that is always there.
    pub(super) fn nearly_everything(&mut self, whole: &Expression<Condition>) {
        let alternatives = alternatives(whole);
        // A single condition that holds for nearly everything is probably meant.
        if alternatives.len() < 2 {
            return;
        }
        let mut wide = alternatives.into_iter().filter_map(wide);
        if let Some(condition) = wide.find(|condition| is_always_there(condition)) {
            let kind = WarningKind::NearlyEverything {
                condition: condition.to_string(),
            };
            self.warn(kind, condition.span);
        }
    }
}

/// Returns the one condition that an expression is, parentheses aside.
pub(super) fn single(expression: &Expression<Condition>) -> Option<&Condition> {
    match expression.inner() {
        Expression::Condition(condition) => Some(condition),
        _ => None,
    }
}

/// Returns true for conditions that are joined by `&&` without parentheses around them.
fn is_bare<C>(branch: &Expression<C>) -> bool {
    matches!(branch, Expression::And(_))
}

fn read_as<C: Display>(branches: &[Expression<C>], place: usize) -> String {
    let before = if place > 0 { "… || " } else { "" };
    let is_last = place + 1 == branches.len();
    let after = if is_last { "" } else { " || …" };
    format!("{before}({}){after}", branches[place])
}

/// Returns whether two `!=` are on one field, of which no value fails both.
fn differs(condition: &Condition, other: &Condition) -> bool {
    let (Some(value), Some(other_value)) = (condition.test.literal(), other.test.literal()) else {
        return false;
    };
    condition.selector == other.selector && value.excludes(other_value)
}

// Under a wildcard, `!=` is about all elements, which may have both values.
fn is_unequal(condition: &Condition) -> bool {
    let is_of_one = condition.excluded_below().is_none();
    is_of_one && matches!(&condition.test, Test::NotEqual(_)) && !excludes_all(&condition.test)
}

fn is_always_there(condition: &Condition) -> bool {
    absence(&condition.selector).is_none() && incomparable_type(&condition.selector).is_none()
}

/// Returns the alternatives of an expression, those of nested groups included.
fn alternatives(expression: &Expression<Condition>) -> Vec<&Expression<Condition>> {
    match expression.inner() {
        Expression::Or(branches) => branches.iter().flat_map(alternatives).collect(),
        other => vec![other],
    }
}

/// Returns the first of the `!=` that an alternative consists of, if it has nothing else.
fn wide(alternative: &Expression<Condition>) -> Option<&Condition> {
    match alternative.inner() {
        Expression::Condition(condition) => Some(condition).filter(|each| is_unequal(each)),
        // Excluding several values still leaves nearly every event.
        Expression::And(branches) if branches.iter().all(|branch| wide(branch).is_some()) => {
            branches.first().and_then(wide)
        }
        _ => None,
    }
}

/// Returns the place of an expression, without the parentheses around it.
fn whole_span<C: Placed>(expression: &Expression<C>) -> Span {
    let mut whole: Option<Span> = None;
    expression.for_each(&mut |condition| {
        let own = condition.span();
        whole = Some(whole.map_or(own, |span| span.to(own)));
    });
    whole.unwrap_or(Span::new(0, 0))
}
