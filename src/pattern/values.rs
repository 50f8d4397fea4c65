//! The values that the steps of a selector lead to, in the text of an event.

use super::ast::SelectorStep;
use crate::json::{Shallow, members_of_valid, valid};

/// Calls `visit` with the text of each value that `steps` lead to from the value `raw`.
pub(super) fn for_each_value<'a>(
    raw: &'a str,
    steps: &[SelectorStep],
    visit: &mut impl FnMut(&'a str),
) {
    let Some((step, rest)) = steps.split_first() else {
        return visit(raw);
    };
    // The recursion is as deep as the selector has steps, which the length of a pattern bounds.
    if *step == SelectorStep::Every {
        for value in children(raw) {
            for_each_value(value, rest, visit);
        }
    } else if let Some(value) = child(raw, step) {
        for_each_value(value, rest, visit);
    }
}

/// Returns the text of the value that `steps` without wildcards lead to from the value `raw`.
pub(super) fn single_value<'a>(raw: &'a str, steps: &[SelectorStep]) -> Option<&'a str> {
    steps.iter().try_fold(raw, child)
}

/// Returns the texts of the elements of the array that `raw` is the text of.
pub(super) fn elements(raw: &str) -> Vec<&str> {
    valid::elements(raw).collect()
}

/// Returns the value that a name or an index leads to.
fn child<'a>(raw: &'a str, step: &SelectorStep) -> Option<&'a str> {
    match (step, Shallow::from_accepted(raw)) {
        (SelectorStep::Member(name), Shallow::Object(object)) => member(object, name),
        (SelectorStep::Element(index), Shallow::Array(array)) => valid::elements(array).nth(*index),
        _ => None,
    }
}

fn member<'a>(object: &'a str, name: &str) -> Option<&'a str> {
    let members = members_of_valid(object);
    let (_, value) = members.into_iter().find(|(key, _)| key == name)?;
    Some(value)
}

/// Returns the values one level below an array or object; none below any other value.
fn children(raw: &str) -> Vec<&str> {
    match Shallow::from_accepted(raw) {
        Shallow::Array(array) => elements(array),
        Shallow::Object(object) => {
            let members = members_of_valid(object).into_iter();
            members.map(|(_, value)| value).collect()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVENT: &str = r#"{"a":[1,{"b":2},[3]],"b":{"c":4,"d":5},"e":"[6]","a":[7,{"b":8}]}"#;

    fn reached(steps: &[SelectorStep]) -> Vec<&'static str> {
        let mut values = Vec::new();
        for_each_value(EVENT, steps, &mut |value| values.push(value));
        values
    }

    fn name(name: &str) -> SelectorStep {
        SelectorStep::Member(name.to_owned())
    }

    #[test]
    fn steps_lead_to_the_values_of_their_kind() {
        let none: [&str; 0] = [];
        assert_eq!(reached(&[]), [EVENT]);
        assert_eq!(reached(&[name("b"), name("d")]), ["5"]);
        assert_eq!(reached(&[name("b"), SelectorStep::Every]), ["4", "5"]);
        assert_eq!(
            reached(&[name("a"), SelectorStep::Every]),
            ["7", r#"{"b":8}"#]
        );
        assert_eq!(reached(&[name("a"), SelectorStep::Every, name("b")]), ["8"]);
        assert_eq!(reached(&[name("a"), SelectorStep::Element(0)]), ["7"]);
        assert_eq!(reached(&[name("a"), SelectorStep::Element(2)]), none);
        assert_eq!(reached(&[name("a"), name("b")]), none);
        assert_eq!(reached(&[name("b"), SelectorStep::Element(0)]), none);
        assert_eq!(reached(&[name("e"), SelectorStep::Every]), none);
        assert_eq!(reached(&[name("f")]), none);
    }

    #[test]
    fn a_single_value_has_no_wildcard_on_its_way() {
        let value = |steps: &[SelectorStep]| single_value(EVENT, steps);
        assert_eq!(value(&[]), Some(EVENT));
        assert_eq!(
            value(&[name("a"), SelectorStep::Element(1), name("b")]),
            Some("8")
        );
        assert_eq!(value(&[name("a"), SelectorStep::Element(9)]), None);
        assert_eq!(value(&[name("b"), SelectorStep::Every]), None);
    }
}
