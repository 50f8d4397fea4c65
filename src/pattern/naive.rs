//! The plain evaluator: it reads the tree of the pattern and the tree of the event, one rule a line. It is the oracle
//! of the compiled one and is never made faster.

use super::ast::{Condition, Expression, Literal, Pattern, Presence, Selector, Step, Term, TermText, Test};
use super::regex::Regex;
use crate::json::Json;

/// Whether the event matches the pattern.
pub fn matches(pattern: &Pattern, event: &str) -> bool {
    match (pattern, Json::parse(event)) {
        (Pattern::Terms(terms), _) => terms_hold(terms, event),
        (Pattern::Json(expression), Ok(root @ Json::Object(_))) => expression_holds(expression, &root),
        _ => false,
    }
}

fn terms_hold(terms: &[Term], event: &str) -> bool {
    let all_optional = terms.iter().all(|term| term.presence == Presence::Optional);
    if all_optional && !terms.is_empty() {
        return terms.iter().any(|term| occurs(&term.text, event));
    }
    terms.iter().all(|term| match term.presence {
        Presence::Required => occurs(&term.text, event),
        Presence::Excluded => !occurs(&term.text, event),
        Presence::Optional => true,
    })
}

fn occurs(text: &TermText, event: &str) -> bool {
    match text {
        TermText::Literal(literal) => event.contains(literal),
        TermText::Regex(body) => regex_matches(body, event),
    }
}

fn regex_matches(body: &str, text: &str) -> bool {
    Regex::new(body).is_ok_and(|regex| regex.matches(text))
}

fn expression_holds(expression: &Expression, root: &Json<'_>) -> bool {
    match expression {
        Expression::And(branches) => branches.iter().all(|branch| expression_holds(branch, root)),
        Expression::Or(branches) => branches.iter().any(|branch| expression_holds(branch, root)),
        Expression::Condition(condition) => condition_holds(condition, root),
    }
}

fn condition_holds(condition: &Condition, root: &Json<'_>) -> bool {
    let nodes = resolve(&condition.selector, root);
    match condition.test {
        Test::NotExists => nodes.is_empty(),
        _ => nodes.into_iter().any(|node| test_holds(&condition.test, node)),
    }
}

/// The values that a selector leads to, zero or more.
pub fn resolve<'j, 'a>(selector: &Selector, root: &'j Json<'a>) -> Vec<&'j Json<'a>> {
    selector
        .steps
        .iter()
        .fold(vec![root], |nodes, step| nodes.into_iter().flat_map(|node| follow(step, node)).collect())
}

fn follow<'j, 'a>(step: &Step, node: &'j Json<'a>) -> Vec<&'j Json<'a>> {
    match (step, node) {
        (Step::Member(name), object) => object.member(name).into_iter().collect(),
        (Step::Element(index), Json::Array(elements)) => elements.get(*index).into_iter().collect(),
        (Step::Every, Json::Array(elements)) => elements.iter().collect(),
        (Step::Every, Json::Object(members)) => members.iter().map(|(_, value)| value).collect(),
        _ => Vec::new(),
    }
}

fn test_holds(test: &Test, node: &Json<'_>) -> bool {
    match (test, node) {
        (Test::Equal(literal), Json::Text(_) | Json::Number(_)) => equals(literal, node),
        (Test::NotEqual(literal), Json::Text(_) | Json::Number(_)) => !equals(literal, node),
        (Test::Ordering(ordering, bound), Json::Number(characters)) => {
            characters.parse().is_ok_and(|number: f64| ordering.holds(number, *bound))
        }
        (Test::IsNull, Json::Null) => true,
        (Test::IsNull, Json::Array(elements)) => elements.contains(&Json::Null),
        (Test::IsBoolean(expected), Json::Boolean(boolean)) => expected == boolean,
        _ => false,
    }
}

fn equals(literal: &Literal, node: &Json<'_>) -> bool {
    match node {
        Json::Text(text) if matches!(literal, Literal::Regex(_)) => regex_matches(literal.text(), text),
        Json::Number(characters) if matches!(literal, Literal::Regex(_)) => {
            regex_matches(literal.text(), characters)
        }
        Json::Text(text) => glob(literal.text(), text),
        Json::Number(characters) => {
            let number = literal.number();
            number.is_some() && characters.parse().ok() == number || glob(literal.text(), characters)
        }
        _ => false,
    }
}

/// Wildcard matching by the table of all prefixes: cell `j` says whether the stars and characters read so far can
/// stand for the first `j` characters of the value.
fn glob(text: &str, value: &str) -> bool {
    let value: Vec<char> = value.chars().collect();
    let mut reachable = vec![false; value.len() + 1];
    reachable[0] = true;
    for character in text.chars() {
        let previous = reachable.clone();
        for end in 0..=value.len() {
            reachable[end] = match character {
                '*' => previous[..=end].contains(&true),
                _ => end > 0 && previous[end - 1] && value[end - 1] == character,
            };
        }
    }
    reachable[value.len()]
}
