//! The plain evaluator: it reads the tree of the pattern and the tree of the event, one rule a
//! line. It is the oracle of the compiled one and is never made faster.

use std::ops::Range;

use super::ast::{
    Cell, CellCondition, Condition, Expression, InteriorStars, Literal, Pattern, Presence,
    SelectorStep, Term, TermText, Test,
};
use super::extracted::Extracted;
use super::number::{Number, characters_of};
use super::regex::Regex;
use crate::json::Json;

/// Returns whether the event matches the pattern.
pub fn matches(pattern: &Pattern, event: &str) -> bool {
    extract(pattern, InteriorStars::default(), event).is_some()
}

/// Returns the values that the cells of the pattern extract from an event that matches, with a
/// meaning of interior stars; `None` when it does not match.
pub fn extract(pattern: &Pattern, stars: InteriorStars, event: &str) -> Option<Vec<Extracted>> {
    match pattern {
        Pattern::Cells(cells) => cells_extract(cells, stars, event),
        Pattern::Terms(terms) => terms_hold(terms, event).then(Vec::new),
        Pattern::Json(expression) => json_holds(expression, stars, event).then(Vec::new),
    }
}

fn json_holds(expression: &Expression<Condition>, stars: InteriorStars, event: &str) -> bool {
    let Ok(root @ Json::Object(_)) = Json::parse(event) else {
        return false;
    };
    expression_holds(expression, &|condition| {
        condition_holds(condition, stars, &root)
    })
}

fn cells_extract(cells: &[Cell], stars: InteriorStars, event: &str) -> Option<Vec<Extracted>> {
    let fields = bound_fields(cells, event)?;
    let row = row(cells, fields.len());
    let mut extracted = Vec::new();
    for (place, (field, cell)) in fields.iter().zip(row).enumerate() {
        if !cell.is_none_or(|cell| cell_holds(cell, stars, &field.text)) {
            return None;
        }
        extracted.push(Extracted {
            name: field_name(cell, place),
            value: field.text.clone(),
        });
    }
    Some(extracted)
}

/// Returns the fields that the cells bind to; `None` when there are too few.
fn bound_fields(cells: &[Cell], event: &str) -> Option<Vec<PlainField>> {
    let mut fields = fields(event);
    let named = named(cells);
    if fields.len() < named || cells.is_empty() && fields.is_empty() {
        return None;
    }
    let has_ellipsis = named < cells.len();
    if named > 0 && !has_ellipsis && fields.len() > named {
        // The last cell takes the rest of the event as it is, with its blanks and quotes.
        fields.truncate(named);
        fields[named - 1].text = event.chars().skip(fields[named - 1].start).collect();
    }
    Some(fields)
}

fn named(cells: &[Cell]) -> usize {
    cells.iter().filter(|cell| **cell != Cell::Ellipsis).count()
}

/// Returns the cell of each field; `None` for the fields under the ellipsis, and for all under
/// `[]`.
fn row(cells: &[Cell], fields: usize) -> Vec<Option<&Cell>> {
    let mut row = Vec::new();
    for cell in cells {
        match cell {
            Cell::Ellipsis => row.extend(vec![None; fields - named(cells)]),
            Cell::Field(_) => row.push(Some(cell)),
        }
    }
    row.resize(fields, None);
    row
}

fn cell_holds(cell: &Cell, stars: InteriorStars, text: &str) -> bool {
    let holds = |condition: &CellCondition| text_holds(&condition.test, stars, text);
    cell.test()
        .is_none_or(|test| expression_holds(test, &holds))
}

fn field_name(cell: Option<&Cell>, place: usize) -> String {
    match cell.and_then(cell_name) {
        Some(name) => format!("${name}"),
        None => format!("${}", place + 1),
    }
}

fn cell_name(cell: &Cell) -> Option<&str> {
    match cell {
        Cell::Ellipsis => None,
        Cell::Field(field) => field.name.as_deref(),
    }
}

/// A field of an event: its text, and the place where it begins, in characters.
struct PlainField {
    start: usize,
    text: String,
}

fn fields(event: &str) -> Vec<PlainField> {
    let characters: Vec<char> = event.chars().collect();
    let (mut fields, mut place) = (Vec::new(), 0);
    while place < characters.len() {
        if is_blank(&characters, place) {
            place += 1;
            continue;
        }
        let (inside, end) = field_at(&characters, place);
        let text = characters[inside].iter().collect();
        fields.push(PlainField { start: place, text });
        place = end;
    }
    fields
}

/// Returns the range of the text of the field at `start`, and the place where the field ends.
fn field_at(characters: &[char], start: usize) -> (Range<usize>, usize) {
    let closing = closing(characters[start]);
    let mut places = start + 1..characters.len();
    match places.find(|at| Some(characters[*at]) == closing) {
        Some(close) => (start + 1..close, close + 1),
        None => {
            let end = next_blank(characters, start);
            (start..end, end)
        }
    }
}

fn closing(opening: char) -> Option<char> {
    match opening {
        '"' => Some('"'),
        '[' => Some(']'),
        _ => None,
    }
}

fn next_blank(characters: &[char], start: usize) -> usize {
    let mut place = start;
    while !is_blank(characters, place) {
        place += 1;
    }
    place
}

/// Returns whether a place has a blank, or is after the end.
fn is_blank(characters: &[char], place: usize) -> bool {
    characters
        .get(place)
        .is_none_or(|character| " \t".contains(*character))
}

/// Tests the text of a cell as the number that it reads as and as a string; it equals a literal
/// when one of the two does.
fn text_holds(test: &Test, stars: InteriorStars, text: &str) -> bool {
    match test {
        Test::Equal(literal) => cell_equals(literal, stars, text),
        Test::NotEqual(literal) => !cell_equals(literal, stars, text),
        Test::Ordering(ordering, bound) => {
            Number::from_event(text).is_some_and(|value| ordering.holds(&value, bound))
        }
        _ => false,
    }
}

fn cell_equals(literal: &Literal, stars: InteriorStars, text: &str) -> bool {
    number_equals(literal, text) || text_equals(literal, stars, text)
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

/// Returns whether the text of a term occurs in the event.
fn occurs(text: &TermText, event: &str) -> bool {
    match text {
        TermText::Literal(literal) => event.contains(literal),
        TermText::Regex(body) => regex_matches(body, event),
    }
}

fn regex_matches(body: &str, text: &str) -> bool {
    Regex::new(body).is_ok_and(|regex| regex.matches(text))
}

fn expression_holds<C>(expression: &Expression<C>, holds: &dyn Fn(&C) -> bool) -> bool {
    let branch_holds = |branch| expression_holds(branch, holds);
    match expression {
        Expression::And(branches) => branches.iter().all(branch_holds),
        Expression::Or(branches) => branches.iter().any(branch_holds),
        Expression::Group(inner) => expression_holds(inner, holds),
        Expression::Condition(condition) => holds(condition),
    }
}

fn condition_holds(condition: &Condition, stars: InteriorStars, root: &Json<'_>) -> bool {
    let values = resolve(&condition.selector.steps, root);
    match (&condition.test, condition.selector.before_wildcard()) {
        (Test::NotExists, _) => values.is_empty(),
        (Test::NotEqual(literal), Some(before)) => {
            let is_there = !resolve(before, root).is_empty();
            is_there
                && !values
                    .into_iter()
                    .any(|value| equals(literal, stars, value))
        }
        (Test::IsNull, Some(_)) => values.contains(&&Json::Null),
        (test, _) => values
            .into_iter()
            .any(|value| test_holds(test, stars, value)),
    }
}

/// Returns the values that steps lead to, zero or more.
fn resolve<'j, 'a>(steps: &[SelectorStep], root: &'j Json<'a>) -> Vec<&'j Json<'a>> {
    let mut values = vec![root];
    for step in steps {
        values = values
            .into_iter()
            .flat_map(|value| follow(step, value))
            .collect();
    }
    values
}

fn follow<'j, 'a>(step: &SelectorStep, value: &'j Json<'a>) -> Vec<&'j Json<'a>> {
    match (step, value) {
        (SelectorStep::Member(name), object) => object.member(name).into_iter().collect(),
        (SelectorStep::Element(index), Json::Array(elements)) => {
            elements.get(*index).into_iter().collect()
        }
        (SelectorStep::Every, Json::Array(elements)) => elements.iter().collect(),
        (SelectorStep::Every, Json::Object(members)) => {
            members.iter().map(|(_, value)| value).collect()
        }
        _ => Vec::new(),
    }
}

/// Returns whether a value passes a test; `NOT EXISTS` fails for every value.
fn test_holds(test: &Test, stars: InteriorStars, value: &Json<'_>) -> bool {
    match (test, value) {
        (Test::Equal(literal), Json::Text(_) | Json::Number(_)) => equals(literal, stars, value),
        (Test::NotEqual(literal), Json::Text(_)) => !equals(literal, stars, value),
        (Test::NotEqual(literal), Json::Number(characters)) => {
            is_in_range(characters) && !equals(literal, stars, value)
        }
        (Test::Ordering(ordering, bound), Json::Number(characters)) => {
            Number::from_event(characters).is_some_and(|number| ordering.holds(&number, bound))
        }
        (Test::IsNull, Json::Null) => true,
        (Test::IsNull, Json::Array(elements)) => elements.contains(&Json::Null),
        (Test::IsBoolean(expected), Json::Boolean(boolean)) => expected == boolean,
        _ => false,
    }
}

fn equals(literal: &Literal, stars: InteriorStars, value: &Json<'_>) -> bool {
    match value {
        Json::Text(text) => text_equals(literal, stars, text),
        Json::Number(characters) => {
            number_equals(literal, characters)
                || characters_of(characters).is_some_and(|text| text_equals(literal, stars, &text))
        }
        _ => false,
    }
}

fn number_equals(literal: &Literal, characters: &str) -> bool {
    let number = literal.number();
    number.is_some() && Number::from_event(characters) == number
}

/// Returns whether a double can hold a number. Any other is neither equal nor unequal to anything.
fn is_in_range(characters: &str) -> bool {
    characters_of(characters).is_some()
}

fn text_equals(literal: &Literal, stars: InteriorStars, text: &str) -> bool {
    match literal {
        _ if literal.equals_nothing() => false,
        Literal::Regex(body) => regex_matches(body, text),
        Literal::Quoted(expected) | Literal::Bare(expected) => glob(expected, stars, text),
    }
}

/// Matches wildcards by the table of all prefixes: cell `j` says whether the stars and characters
/// read so far can match the first `j` characters of the value.
fn glob(text: &str, stars: InteriorStars, value: &str) -> bool {
    let value: Vec<char> = value.chars().collect();
    let mut reachable = vec![false; value.len() + 1];
    reachable[0] = true;
    for (at, character) in text.char_indices() {
        reachable = match character == '*' && is_wildcard(text, at, stars) {
            true => after_star(&reachable),
            false => after_character(&reachable, &value, character),
        };
    }
    reachable[value.len()]
}

fn after_star(reachable: &[bool]) -> Vec<bool> {
    let ends = 0..reachable.len();
    ends.map(|end| reachable[..=end].contains(&true)).collect()
}

fn after_character(reachable: &[bool], value: &[char], character: char) -> Vec<bool> {
    let mut next = vec![false; reachable.len()];
    for (place, found) in value.iter().enumerate() {
        next[place + 1] = reachable[place] && *found == character;
    }
    next
}

/// Returns whether the star at `at` is a wildcard: always at the ends, and inside if stars there
/// are.
fn is_wildcard(text: &str, at: usize, stars: InteriorStars) -> bool {
    stars == InteriorStars::Wildcard || !interior(text).contains(&at)
}

/// Returns the range of a text without the stars at its ends.
fn interior(text: &str) -> Range<usize> {
    let start = text.len() - text.trim_start_matches('*').len();
    start..text.trim_end_matches('*').len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pattern::{Matcher, parse};

    /// Values of a pattern and texts of an event; whether they match with stars inside of values as
    /// wildcards, and with these stars as characters.
    const ROWS: [(&str, &str, [bool; 2]); 9] = [
        ("x*y", "x-y", [true, false]),
        ("x*y", "x*y", [true, true]),
        ("*x*y*", "ax-yb", [true, false]),
        ("*x*y*", "ax*yb", [true, true]),
        ("**x*y", "ax*y", [true, true]),
        ("x*y**", "x*ya", [true, true]),
        ("x*", "xa", [true, true]),
        ("*x", "ax", [true, true]),
        ("*x", "xa", [false, false]),
    ];

    #[test]
    fn stars_at_the_ends_are_wildcards_in_both_readings() {
        for (value, text, expected) in ROWS {
            let pattern = parse(&format!("{{ $.a = \"{value}\" }}")).unwrap();
            let event = format!("{{\"a\":\"{text}\"}}");
            let stars = [InteriorStars::Wildcard, InteriorStars::Literal];
            let found = stars.map(|stars| extract(&pattern, stars, &event).is_some());
            assert_eq!(found, expected, "{value} {text}");
            let compiled = stars.map(|stars| Matcher::with_stars(&pattern, stars).matches(&event));
            assert_eq!(compiled, expected, "{value} {text}");
        }
    }
}
