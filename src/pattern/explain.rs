//! A pattern in words, and why an event matched it or did not.

use super::ast::{
    Cell, CellCondition, Condition, Expression, InteriorStars, Literal, Ordering, Pattern,
    Presence, Selector, Step, Term, TermText, Test,
};
use super::compile::{TestMatcher, matcher, needle};
use super::eval::{Matcher, walk};
use super::projection::Projection;
use super::split::split;
use crate::json::{Shallow, members};

/// How much of a value is quoted in an explanation, in characters.
const QUOTED_CHARACTERS: usize = 120;

/// A pattern in words.
#[derive(Clone, Debug, PartialEq)]
pub enum Explanation {
    /// Several explanations and how they are combined.
    Combined {
        /// How.
        combination: Combination,
        /// Whether the combination holds for the event, where one was given.
        holds: Option<bool>,
        /// Its parts, in the order of the pattern.
        parts: Vec<Explanation>,
    },
    /// One condition.
    Single {
        /// What it asks, in words.
        asks: String,
        /// What the event answers, where one was given.
        answer: Option<Answer>,
    },
}

/// How explanations are combined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Combination {
    /// `&&`, or the terms and cells of a pattern.
    All,
    /// `||`, or terms that are all optional.
    Any,
}

/// What an event answers to one condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Whether the condition holds.
    pub holds: bool,
    /// What the condition saw.
    pub saw: String,
}

impl Explanation {
    /// Whether it holds for the event, where one was given.
    pub fn holds(&self) -> Option<bool> {
        match self {
            Self::Combined { holds, .. } => *holds,
            Self::Single { answer, .. } => answer.as_ref().map(|answer| answer.holds),
        }
    }
}

/// Explains a pattern and, where an event is given, what the event answers to each part of it.
pub fn explain(pattern: &Pattern, event: Option<&str>) -> Explanation {
    match pattern {
        Pattern::Json(expression) => json(expression, event),
        Pattern::Terms(terms) => explain_terms(terms, event),
        Pattern::Cells(cells) => explain_cells(cells, event),
    }
}

/// An event that is not one JSON object answers nothing to the conditions; it matches none of them.
fn json(expression: &Expression<Condition>, event: Option<&str>) -> Explanation {
    let Some(event) = event else {
        return combine(expression, &|condition| {
            single(condition_asks(condition), None)
        });
    };
    let object = Projection::default()
        .read(event)
        .map(|_| event.trim_ascii());
    let reason = object.as_ref().err().map(|error| {
        match serde_json::from_str::<serde::de::IgnoredAny>(event) {
            Ok(_) => format!("the event is {}, not an object", naming(event.trim_ascii())),
            Err(_) => format!("the event is not JSON: {error}"),
        }
    });
    combine(expression, &|condition| {
        let answer = match (&object, &reason) {
            (Ok(root), _) => answer(condition, root),
            (_, reason) => Answer {
                holds: false,
                saw: reason.clone().unwrap_or_default(),
            },
        };
        single(condition_asks(condition), Some(answer))
    })
}

fn single(asks: String, answer: Option<Answer>) -> Explanation {
    Explanation::Single { asks, answer }
}

fn all_of(parts: Vec<Explanation>) -> Explanation {
    let holds = parts
        .iter()
        .try_fold(true, |all, part| Some(all & part.holds()?));
    Explanation::Combined {
        combination: Combination::All,
        holds,
        parts,
    }
}

fn any_of(parts: Vec<Explanation>) -> Explanation {
    let holds = parts
        .iter()
        .try_fold(false, |any, part| Some(any | part.holds()?));
    Explanation::Combined {
        combination: Combination::Any,
        holds,
        parts,
    }
}

fn combine<C>(expression: &Expression<C>, explain: &dyn Fn(&C) -> Explanation) -> Explanation {
    let parts = |branches: &[Expression<C>]| {
        branches
            .iter()
            .map(|branch| combine(branch, explain))
            .collect()
    };
    match expression {
        Expression::And(branches) => all_of(parts(branches)),
        Expression::Or(branches) => any_of(parts(branches)),
        Expression::Group(inner) => combine(inner, explain),
        Expression::Condition(condition) => explain(condition),
    }
}

fn condition_asks(condition: &Condition) -> String {
    let Condition { selector, test, .. } = condition;
    match (selector.steps.contains(&Step::Every), test) {
        (true, Test::NotExists) => format!("no {selector} exists"),
        (true, _) => format!("some {selector} {}", asks(test)),
        (false, _) => format!("{selector} {}", asks(test)),
    }
}

/// What a test asks, to follow the name of what is tested.
fn asks(test: &Test) -> String {
    match test {
        Test::Equal(literal) => format!("is {}", value(literal)),
        Test::NotEqual(literal) => format!("is a string or number, but not {}", value(literal)),
        Test::Ordering(ordering, bound) => {
            let order = match ordering {
                Ordering::Less => "less than",
                Ordering::LessOrEqual => "at most",
                Ordering::Greater => "greater than",
                Ordering::GreaterOrEqual => "at least",
            };
            format!("is a number {order} {bound}")
        }
        Test::IsNull => "is null, or an array that holds null".to_owned(),
        Test::IsBoolean(boolean) => format!("is the boolean {boolean}"),
        Test::NotExists => "does not exist".to_owned(),
    }
}

fn value(literal: &Literal) -> String {
    match literal {
        Literal::Regex(body) => format!("a text in which %{body}% is found"),
        Literal::Quoted(text) | Literal::Bare(text) if text == "*" => {
            "any string or number".to_owned()
        }
        Literal::Quoted(text) | Literal::Bare(text) if text.contains('*') => {
            format!("\"{text}\", each * standing for any run of characters")
        }
        Literal::Bare(text) if literal.number().is_some() => {
            format!("the number {text}, or the string \"{text}\"")
        }
        Literal::Quoted(text) | Literal::Bare(text) => format!("\"{text}\""),
    }
}

/// The texts of the values that `steps` lead to.
fn reached<'a>(root: &'a str, steps: &[Step]) -> Vec<&'a str> {
    let mut values = Vec::new();
    walk(root, steps, &mut |value| values.push(value));
    values
}

fn answer(condition: &Condition, root: &str) -> Answer {
    let values = reached(root, &condition.selector.steps);
    let test = matcher(&condition.test, InteriorStars::default());
    let passing = values.iter().find(|value| test.holds(value));
    let holds = match condition.test {
        Test::NotExists => values.is_empty(),
        _ => passing.is_some(),
    };
    let saw = match (passing.or(values.first()), values.len()) {
        (None, _) => missing(condition, root),
        (Some(value), 1) => seen(&condition.test, value, holds),
        (Some(value), count) => {
            let which = if holds { "one of" } else { "the first of" };
            format!(
                "{}, {which} {count} values",
                seen(&condition.test, value, holds)
            )
        }
    };
    Answer { holds, saw }
}

/// How far a selector led before it came to nothing.
fn missing(condition: &Condition, root: &str) -> String {
    let steps = &condition.selector.steps;
    let farthest = (1..steps.len())
        .rev()
        .find(|count| !reached(root, &steps[..*count]).is_empty());
    let Some(count) = farthest else {
        return "nothing: the event has no such field".to_owned();
    };
    let way = Selector {
        steps: steps[..count].to_vec(),
    };
    let value = reached(root, &way.steps)
        .first()
        .map_or_else(String::new, |value| shape(value));
    format!("nothing: {way} is {value}")
}

/// What holds a value, and for a condition that failed on its kind, why.
fn seen(test: &Test, value: &str, holds: bool) -> String {
    let compares = matches!(test, Test::Equal(_) | Test::NotEqual(_));
    let shown = shape(value);
    match (Shallow::from_accepted(value), test) {
        (Shallow::Text(_), Test::Ordering(..)) if !holds => {
            format!("{shown}; a string has no order")
        }
        (Shallow::Text(_), Test::IsBoolean(_)) if !holds => format!("{shown}, a string"),
        (Shallow::Text(_) | Shallow::Number(_), _) => shown,
        _ if compares => format!("{shown}; `=` and `!=` compare strings and numbers only"),
        _ => shown,
    }
}

/// A value as it is written, shortened; of an object its members.
fn shape(value: &str) -> String {
    match Shallow::from_accepted(value) {
        Shallow::Null => "null".to_owned(),
        Shallow::Boolean(boolean) => boolean.to_string(),
        Shallow::Number(characters) => shortened(characters),
        Shallow::Text(text) => format!("\"{}\"", shortened(&text)),
        Shallow::Array(array) => format!("an array of {}", super::eval::elements(array).len()),
        Shallow::Object(object) => {
            let members = members(object).unwrap_or_default();
            let names: Vec<&str> = members.iter().map(|(name, _)| name.as_ref()).collect();
            let names = if names.is_empty() {
                "no member".to_owned()
            } else {
                names.join(", ")
            };
            format!("an object with {}", shortened(&names))
        }
    }
}

fn naming(value: &str) -> &'static str {
    match Shallow::from_accepted(value) {
        Shallow::Null => "null",
        Shallow::Boolean(_) => "a boolean",
        Shallow::Number(_) => "a number",
        Shallow::Text(_) => "a string",
        Shallow::Array(_) => "an array",
        Shallow::Object(_) => "an object",
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(QUOTED_CHARACTERS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn explain_terms(terms: &[Term], event: Option<&str>) -> Explanation {
    let all_optional =
        !terms.is_empty() && terms.iter().all(|term| term.presence == Presence::Optional);
    let parts = terms
        .iter()
        .map(|term| term_part(term, all_optional, event))
        .collect();
    if all_optional {
        any_of(parts)
    } else {
        with_event(all_of(parts), event)
    }
}

/// An empty combination answers an event, too: it holds.
fn with_event(explanation: Explanation, event: Option<&str>) -> Explanation {
    match explanation {
        Explanation::Combined {
            combination, parts, ..
        } if event.is_none() => Explanation::Combined {
            combination,
            holds: None,
            parts,
        },
        other => other,
    }
}

fn term_part(term: &Term, all_optional: bool, event: Option<&str>) -> Explanation {
    let what = match &term.text {
        TermText::Literal(text) => format!("the text \"{text}\""),
        TermText::Regex(body) => format!("a place where %{body}% is found"),
    };
    let asks = match term.presence {
        Presence::Required => format!("holds {what}"),
        Presence::Excluded => format!("does not hold {what}"),
        Presence::Optional if all_optional => format!("holds {what}"),
        Presence::Optional => format!("may hold {what}: ignored beside terms without `?`"),
    };
    let is_ignored = term.presence == Presence::Optional && !all_optional;
    let answer = event.map(|event| {
        let occurs = needle(&term.text).is_in(event);
        let holds = is_ignored || occurs == (term.presence != Presence::Excluded);
        Answer {
            holds,
            saw: if occurs {
                "it is there".to_owned()
            } else {
                "it is not there".to_owned()
            },
        }
    });
    single(asks, answer)
}

/// The fields that cells bind to can only be named when there are enough of them.
fn explain_cells(cells: &[Cell], event: Option<&str>) -> Explanation {
    let named = cells.iter().filter(|cell| **cell != Cell::Ellipsis).count();
    let needed = if cells.is_empty() { 1 } else { named };
    let found = event.map(|event| split(event).len());
    let count = single(
        format!("has {} or more, separated by blanks", fields(needed)),
        found.map(|found| Answer {
            holds: found >= needed,
            saw: fields(found),
        }),
    );
    let without_tests = Matcher::new(&untested(cells)).extract(event.unwrap_or(""));
    let parts = cells.iter().filter_map(|cell| match cell {
        Cell::Field(field) => field.test.as_ref().zip(field.name.as_deref()),
        Cell::Ellipsis => None,
    });
    let parts = parts.map(|(test, name)| {
        let bound = without_tests
            .iter()
            .flatten()
            .find(|value| value.name == format!("${name}"));
        let text = event.map(|_| bound.map(|bound| bound.value.as_str()));
        combine(test, &|condition| cell_part(condition, name, text))
    });
    all_of(std::iter::once(count).chain(parts).collect())
}

fn fields(count: usize) -> String {
    if count == 1 {
        "1 field".to_owned()
    } else {
        format!("{count} fields")
    }
}

/// The cells without their tests, which bind to the same fields.
fn untested(cells: &[Cell]) -> Pattern {
    let bare = cells.iter().map(|cell| match cell {
        Cell::Ellipsis => Cell::Ellipsis,
        Cell::Field(field) => Cell::Field(super::ast::FieldCell {
            name: field.name.clone(),
            test: None,
        }),
    });
    Pattern::Cells(bare.collect())
}

fn cell_part(condition: &CellCondition, name: &str, text: Option<Option<&str>>) -> Explanation {
    let test: TestMatcher = matcher(&condition.test, InteriorStars::default());
    let answer = text.map(|text| match text {
        None => Answer {
            holds: false,
            saw: "no field".to_owned(),
        },
        Some(text) => Answer {
            holds: test.holds_for_text(text),
            saw: format!("\"{}\"", shortened(text)),
        },
    });
    single(format!("${name} {}", asks(&condition.test)), answer)
}
