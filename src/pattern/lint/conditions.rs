//! Warnings about the conditions of JSON patterns.

use super::alternatives::single;
use super::collector::{Collector, excludes_all};
use crate::pattern::ast::{Condition, Expression, Literal, Selector, SelectorStep, Test};
use crate::pattern::known_fields::{
    BooleanForm, absence, boolean_form, incomparable_type, is_string, string_document,
};
use crate::pattern::warning::{BooleanCertainty, WarningKind};

impl Collector<'_> {
    /// Warns about a whole JSON pattern.
    pub(super) fn json(&mut self, expression: &Expression<Condition>) {
        self.expression(expression, &[]);
        self.precedence(expression);
        self.nearly_everything(expression);
    }

    /// Looks at an expression. `settled` are the selectors that are known to lead somewhere, or
    /// that are tested for absence beside the expression.
    fn expression<'e>(&mut self, expression: &'e Expression<Condition>, settled: &[&'e Selector]) {
        match expression {
            Expression::Group(inner) => self.expression(inner, settled),
            Expression::Condition(condition) => self.condition(condition, settled),
            Expression::And(branches) => self.all_of(branches, settled),
            Expression::Or(branches) => {
                self.always_true(expression);
                self.any_of(branches, settled);
            }
        }
    }

    fn all_of<'e>(&mut self, branches: &'e [Expression<Condition>], settled: &[&'e Selector]) {
        self.wildcards_apart(branches);
        self.never_together(branches);
        let mut settled = settled.to_vec();
        settled.extend(branches.iter().flat_map(required));
        for branch in branches {
            self.expression(branch, &settled);
            // One warning for a field is enough; where `!=` holds, the field is there for the
            // others.
            settled.extend(single(branch).map(|condition| &condition.selector));
        }
    }

    fn any_of<'e>(&mut self, branches: &'e [Expression<Condition>], settled: &[&'e Selector]) {
        let mut settled = settled.to_vec();
        // The repair of a warning, `$.a NOT EXISTS || $.a != x`, must not have a warning itself.
        for condition in branches.iter().filter_map(single) {
            if condition.test == Test::NotExists {
                settled.push(&condition.selector);
            }
        }
        for branch in branches {
            self.expression(branch, &settled);
        }
    }

    fn condition(&mut self, condition: &Condition, settled: &[&Selector]) {
        self.text_document(condition);
        match &condition.test {
            _ if condition.excluded_below().is_some() => self.exclusion(condition),
            test if excludes_all(test) => self.unlike_anything(condition),
            Test::Equal(literal) => self.comparison(condition, literal),
            Test::NotEqual(literal) => {
                self.comparison(condition, literal);
                self.absent_field(condition, settled);
            }
            Test::Ordering(..) => self.text_ordered(condition),
            Test::IsBoolean(meant) => self.text_as_boolean(condition, *meant),
            Test::NotExists | Test::IsNull => {}
        }
    }

    fn text_document(&mut self, condition: &Condition) {
        if let Some(field) = string_document(&condition.selector) {
            let field = field.to_owned();
            self.warn(WarningKind::TextDocument { field }, condition.span);
        }
    }

    fn unlike_anything(&mut self, condition: &Condition) {
        let selector = Some(condition.selector.to_string());
        self.warn(WarningKind::UnlikeAnything { selector }, condition.span);
    }

    fn text_ordered(&mut self, condition: &Condition) {
        if is_string(&condition.selector) {
            let selector = condition.selector.to_string();
            self.warn(WarningKind::TextOrdered { selector }, condition.span);
        }
    }

    fn text_as_boolean(&mut self, condition: &Condition, meant: bool) {
        if boolean_form(&condition.selector) != BooleanForm::String {
            return;
        }
        let selector = condition.selector.to_string();
        let kind = WarningKind::TextAsBoolean { selector, meant };
        self.warn(kind, condition.span);
    }

    /// Warns about a `!=` under a wildcard, which is not about some element but about all of them.
    fn exclusion(&mut self, condition: &Condition) {
        let kind = WarningKind::ExcludedFromAll {
            selector: condition.selector.to_string(),
        };
        self.warn(kind, condition.span);
    }

    fn absent_field(&mut self, condition: &Condition, settled: &[&Selector]) {
        let selector = &condition.selector;
        // A field that cannot be compared has a warning that says so.
        if settled.contains(&selector) || incomparable_type(selector).is_some() {
            return;
        }
        if let Some(absence) = absence(selector) {
            self.warn(absent(condition, absence), condition.span);
        }
    }

    /// Warns about a value of `=` or `!=` that does not fit the type of the field.
    fn comparison(&mut self, condition: &Condition, literal: &Literal) {
        let certainty = match boolean_form(&condition.selector) {
            BooleanForm::Boolean => BooleanCertainty::Always,
            BooleanForm::Unknown => BooleanCertainty::Usually,
            // For these, `= "true"` is right.
            BooleanForm::String => return,
        };
        match boolean(literal) {
            Some(value) => self.boolean_as_text(condition, value, certainty),
            None => self.incomparable(condition),
        }
    }

    fn boolean_as_text(&mut self, condition: &Condition, value: bool, certainty: BooleanCertainty) {
        let kind = WarningKind::BooleanAsText {
            selector: condition.selector.to_string(),
            meant: meant(condition, value),
            certainty,
        };
        self.warn(kind, condition.span);
    }

    fn incomparable(&mut self, condition: &Condition) {
        if let Some(type_name) = incomparable_type(&condition.selector) {
            let kind = WarningKind::Incomparable {
                selector: condition.selector.to_string(),
                type_name,
            };
            self.warn(kind, condition.span);
        }
    }

    /// Warns about two conditions that never hold for the same event, so that nothing matches.
    fn never_together(&mut self, branches: &[Expression<Condition>]) {
        let mut earlier: Vec<&Condition> = Vec::new();
        for condition in branches.iter().filter_map(single) {
            let is_opposite = |other: &&&Condition| contradicts(other, condition);
            if let Some(other) = earlier.iter().find(is_opposite) {
                let other = other.to_string();
                return self.warn(WarningKind::NeverTogether { other }, condition.span);
            }
            earlier.push(condition);
        }
    }

    /// Warns about several conditions on the elements of one array, since each may hold for another
    /// element.
    fn wildcards_apart(&mut self, branches: &[Expression<Condition>]) {
        let mut seen: Vec<&[SelectorStep]> = Vec::new();
        for condition in branches.iter().filter_map(single) {
            let Some(array) = array_of(condition) else {
                continue;
            };
            if seen.contains(&array) {
                self.warn(WarningKind::WildcardsApart, condition.span);
            }
            seen.push(array);
        }
    }
}

/// Returns whether two conditions never hold for the same event: a field has two values, or one
/// although it is absent.
fn contradicts(condition: &Condition, other: &Condition) -> bool {
    // Under a wildcard, each may hold for another element.
    if condition.selector != other.selector || condition.selector.has_wildcard() {
        return false;
    }
    match (&condition.test, &other.test) {
        (Test::Equal(value), Test::Equal(other)) => value.excludes(other),
        (Test::NotExists, test) | (test, Test::NotExists) => *test != Test::NotExists,
        _ => false,
    }
}

fn absent(condition: &Condition, absence: &'static str) -> WarningKind {
    WarningKind::AbsentField {
        selector: condition.selector.to_string(),
        condition: condition.to_string(),
        absence,
    }
}

/// Returns the test of a boolean that a comparison with its text was meant to be.
fn meant(condition: &Condition, value: bool) -> &'static str {
    let is_equal = matches!(condition.test, Test::Equal(_));
    match value == is_equal {
        true => "IS TRUE",
        false => "IS FALSE",
    }
}

/// Returns the steps to the array of which a condition tests one element.
fn array_of(condition: &Condition) -> Option<&[SelectorStep]> {
    // `NOT EXISTS` and `!=` are about all elements, not about one.
    if matches!(condition.test, Test::NotExists | Test::NotEqual(_)) {
        return None;
    }
    condition.selector.before_wildcard()
}

/// Returns the boolean that a literal spells.
fn boolean(literal: &Literal) -> Option<bool> {
    let text = literal.text();
    if text.eq_ignore_ascii_case("true") {
        return Some(true);
    }
    text.eq_ignore_ascii_case("false").then_some(false)
}

/// Returns the selectors that lead somewhere wherever an expression holds.
fn required(expression: &Expression<Condition>) -> Vec<&Selector> {
    match expression.inner() {
        Expression::And(branches) => branches.iter().flat_map(required).collect(),
        Expression::Or(branches) => required_by_all(branches),
        Expression::Condition(condition) => required_by_condition(condition).into_iter().collect(),
        Expression::Group(inner) => required(inner),
    }
}

fn required_by_all(branches: &[Expression<Condition>]) -> Vec<&Selector> {
    let Some((first, others)) = branches.split_first() else {
        return Vec::new();
    };
    let mut selectors = required(first);
    for other in others {
        let required = required(other);
        selectors.retain(|selector| required.contains(selector));
    }
    selectors
}

// A `!=` requires its field as well. It does not count here, since people do not expect that, and
// the warning is about it.

fn required_by_condition(condition: &Condition) -> Option<&Selector> {
    match condition.test {
        Test::NotEqual(_) | Test::NotExists => None,
        _ => Some(&condition.selector),
    }
}
