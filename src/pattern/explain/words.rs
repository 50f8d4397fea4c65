//! Tests and values in words.

use crate::json::{Shallow, members};
use crate::pattern::ast::{Literal, Ordering, Test};
use crate::pattern::values::elements;

/// The most characters of a value that are quoted in an explanation.
const QUOTED_CHARACTERS: usize = 120;

/// Returns the requirement of a test, to follow the name of what is tested.
pub(super) fn requirement(test: &Test) -> String {
    match test {
        Test::Equal(literal) => format!("is {}", expected(literal)),
        Test::NotEqual(literal) => {
            format!("is a string or number, but not {}", expected(literal))
        }
        Test::Ordering(ordering, bound) => format!("is a number {} {bound}", order(*ordering)),
        Test::IsNull => "is null, or an array that contains null".to_owned(),
        Test::IsBoolean(boolean) => format!("is the boolean {boolean}"),
        Test::NotExists => "does not exist".to_owned(),
    }
}

/// Returns the value that a `!=` under a wildcard excludes, to follow the name of what may not have
/// it.
pub(super) fn exclusion(test: &Test) -> String {
    match test.literal() {
        Some(literal) => format!("is {}", expected(literal)),
        None => requirement(test),
    }
}

fn order(ordering: Ordering) -> &'static str {
    match ordering {
        Ordering::Less => "less than",
        Ordering::LessOrEqual => "at most",
        Ordering::Greater => "greater than",
        Ordering::GreaterOrEqual => "at least",
    }
}

/// Returns the values that are equal to a literal.
fn expected(literal: &Literal) -> String {
    match literal {
        _ if literal.equals_nothing() => format!("{}, which nothing is equal to", literal.text()),
        Literal::Regex(body) => format!("a text with a match of %{body}%"),
        Literal::Bare(text) if literal.number().is_some() => {
            format!("the number {text}, or the string \"{text}\"")
        }
        Literal::Quoted(text) | Literal::Bare(text) => expected_text(text),
    }
}

fn expected_text(text: &str) -> String {
    match text {
        "*" => "any string or number".to_owned(),
        _ if text.contains('*') => format!("\"{text}\", each * matching any run of characters"),
        _ => format!("\"{text}\""),
    }
}

/// Returns a value as it is written, shortened; for an object its members.
pub(super) fn value(raw: &str) -> String {
    match Shallow::from_accepted(raw) {
        Shallow::Null => "null".to_owned(),
        Shallow::Boolean(boolean) => boolean.to_string(),
        Shallow::Number(characters) => shortened(characters),
        Shallow::Text(text) => quoted(&text),
        Shallow::Array(array) => format!("an array of {}", elements(array).len()),
        Shallow::Object(object) => format!("an object with {}", member_names(object)),
    }
}

fn member_names(object: &str) -> String {
    let members = members(object).unwrap_or_default();
    if members.is_empty() {
        return "no member".to_owned();
    }
    let names: Vec<&str> = members.iter().map(|(name, _)| name.as_ref()).collect();
    shortened(&names.join(", "))
}

/// Returns the type of a value, with its article.
pub(super) fn type_name(raw: &str) -> &'static str {
    match Shallow::from_accepted(raw) {
        Shallow::Null => "null",
        Shallow::Boolean(_) => "a boolean",
        Shallow::Number(_) => "a number",
        Shallow::Text(_) => "a string",
        Shallow::Array(_) => "an array",
        Shallow::Object(_) => "an object",
    }
}

/// Returns a text in quotes, shortened.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", shortened(text))
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(QUOTED_CHARACTERS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Returns a number of fields in words.
pub(super) fn fields(count: usize) -> String {
    match count {
        1 => "1 field".to_owned(),
        count => format!("{count} fields"),
    }
}
