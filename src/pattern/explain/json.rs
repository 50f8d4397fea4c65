//! Explanations of JSON patterns.

use super::explanation::{ConditionAnswer, Explanation};
use super::words::{exclusion, requirement, type_name, value};
use crate::json::Shallow;
use crate::pattern::ast::{Condition, Expression, InteriorStars, Selector, SelectorStep, Test};
use crate::pattern::compile::TestMatcher;
use crate::pattern::projection::Projection;
use crate::pattern::values::for_each_value;

/// Explains the conditions of a pattern.
pub(super) fn explain(expression: &Expression<Condition>, event: Option<&str>) -> Explanation {
    let Some(event) = event else {
        return Explanation::from_expression(expression, &|condition| single(condition, None));
    };
    let refusal = refusal(event);
    Explanation::from_expression(expression, &|condition| {
        let answer = match &refusal {
            Some(reason) => refused(reason),
            None => answer(condition, event.trim_ascii()),
        };
        single(condition, Some(answer))
    })
}

/// Returns the answer of an event that matches no JSON pattern, whatever the condition is.
fn refused(reason: &str) -> ConditionAnswer {
    ConditionAnswer {
        holds: false,
        saw: reason.to_owned(),
    }
}

fn single(condition: &Condition, answer: Option<ConditionAnswer>) -> Explanation {
    Explanation::Single {
        requirement: condition_requirement(condition),
        answer,
    }
}

/// Returns the reason why an event matches no JSON pattern, if it is not one JSON object.
fn refusal(event: &str) -> Option<String> {
    let error = Projection::default().read(event).err()?;
    match serde_json::from_str::<serde::de::IgnoredAny>(event) {
        Ok(_) => Some(format!(
            "the event is {}, not an object",
            type_name(event.trim_ascii())
        )),
        Err(_) => Some(format!("the event is not JSON: {error}")),
    }
}

fn condition_requirement(condition: &Condition) -> String {
    let Condition { selector, test, .. } = condition;
    if let Some(before) = condition.excluded_below() {
        return format!(
            "{} exists, and no {selector} {}",
            path(before),
            exclusion(test)
        );
    }
    match (selector.has_wildcard(), test) {
        (true, Test::NotExists) => format!("no {selector} exists"),
        (true, Test::IsNull) => format!("some {selector} is null"),
        (true, _) => format!("some {selector} {}", requirement(test)),
        (false, _) => format!("{selector} {}", requirement(test)),
    }
}

/// Returns the selector of these steps, or a name for the whole event where there are none.
fn path(steps: &[SelectorStep]) -> String {
    let selector = Selector {
        steps: steps.to_vec(),
    };
    match steps {
        [] => "the event".to_owned(),
        _ => selector.to_string(),
    }
}

/// Returns the texts of the values that `steps` lead to.
fn reached<'a>(root: &'a str, steps: &[SelectorStep]) -> Vec<&'a str> {
    let mut values = Vec::new();
    for_each_value(root, steps, &mut |value| values.push(value));
    values
}

fn answer(condition: &Condition, root: &str) -> ConditionAnswer {
    let values = reached(root, &condition.selector.steps);
    if let Some(before) = condition.excluded_below() {
        return exclusion_answer(condition, &values, reached(root, before).first().copied());
    }
    let passing = passing(condition, &values);
    let holds = match condition.test {
        Test::NotExists => values.is_empty(),
        _ => passing.is_some(),
    };
    // Without a value that passes, the first one is as good an example as any.
    let saw = match passing.or(values.first().copied()) {
        None => missing(&condition.selector.steps, root),
        Some(value) => among(seen(&condition.test, value), holds, values.len()),
    };
    ConditionAnswer { holds, saw }
}

/// Answers a `!=` under a wildcard. `parent` is the value before the wildcard.
fn exclusion_answer(
    condition: &Condition,
    values: &[&str],
    parent: Option<&str>,
) -> ConditionAnswer {
    let matcher = matcher(condition);
    let mut values_in_order = values.iter().copied();
    let equal = values_in_order.find(|value| matcher.finds_excluded(value));
    let saw = match (equal, parent) {
        (Some(equal), _) => among(value(equal), true, values.len()),
        (None, Some(_)) => format!("no equal one among {}", count_of(values.len())),
        (None, None) => "nothing before the wildcard".to_owned(),
    };
    ConditionAnswer {
        holds: parent.is_some() && equal.is_none(),
        saw,
    }
}

fn count_of(values: usize) -> String {
    match values {
        1 => "1 value".to_owned(),
        count => format!("{count} values"),
    }
}

fn matcher(condition: &Condition) -> TestMatcher {
    TestMatcher::from_condition(condition, InteriorStars::default())
}

fn passing<'a>(condition: &Condition, values: &[&'a str]) -> Option<&'a str> {
    let matcher = matcher(condition);
    values.iter().copied().find(|value| matcher.holds(value))
}

/// Adds to a value which of several it is.
fn among(seen: String, holds: bool, count: usize) -> String {
    match (count, holds) {
        (1, _) => seen,
        (_, true) => format!("{seen}, one of {count} values"),
        (_, false) => format!("{seen}, the first of {count} values"),
    }
}

/// Returns the last value on the path of a selector that leads to nothing.
fn missing(steps: &[SelectorStep], root: &str) -> String {
    // The longest path that leads somewhere shows which step does not.
    for count in (1..steps.len()).rev() {
        let before = &steps[..count];
        if let Some(last) = reached(root, before).first() {
            return format!("nothing: {} is {}", path(before), value(last));
        }
    }
    "nothing: the event has no such field".to_owned()
}

/// Returns a value and, if no value of its type can pass the test, the reason.
fn seen(test: &Test, raw: &str) -> String {
    let shown = value(raw);
    match (Shallow::from_accepted(raw), test) {
        (Shallow::Text(_), Test::Ordering(..)) => format!("{shown}; a string has no order"),
        (Shallow::Text(_), Test::IsBoolean(_)) => format!("{shown}, a string"),
        (Shallow::Text(_) | Shallow::Number(_), _) => shown,
        (_, Test::Equal(_) | Test::NotEqual(_)) => {
            format!("{shown}; `=` and `!=` compare strings and numbers only")
        }
        _ => shown,
    }
}
