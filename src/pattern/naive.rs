//! The plain evaluator: it reads the tree of the pattern and the tree of the event, one rule a
//! line. It is the oracle of the compiled one and is never made faster.

use super::ast::{
    Cell, CellCondition, Condition, Expression, InteriorStars, Literal, Pattern, Presence,
    Selector, Step, Term, TermText, Test, number,
};
use super::eval::Extracted;
use super::regex::Regex;
use crate::json::Json;

/// Whether the event matches the pattern.
pub fn matches(pattern: &Pattern, event: &str) -> bool {
    extract(pattern, InteriorStars::default(), event).is_some()
}

/// What the cells of the pattern extract from an event that matches, under a reading of interior
/// stars; `None` when it does not match.
pub fn extract(pattern: &Pattern, stars: InteriorStars, event: &str) -> Option<Vec<Extracted>> {
    match (pattern, Json::parse(event)) {
        (Pattern::Cells(cells), _) => cells_bind(cells, stars, event),
        (Pattern::Terms(terms), _) => terms_hold(terms, event).then(Vec::new),
        (Pattern::Json(expression), Ok(root @ Json::Object(_))) => {
            let holds = |condition: &Condition| condition_holds(condition, stars, &root);
            expression_holds(expression, &holds).then(Vec::new)
        }
        (Pattern::Json(_), _) => None,
    }
}

fn cells_bind(cells: &[Cell], stars: InteriorStars, event: &str) -> Option<Vec<Extracted>> {
    let mut fields = fields(event);
    if cells.is_empty() && fields.is_empty() {
        return None;
    }
    let named = cells.iter().filter(|cell| **cell != Cell::Ellipsis).count();
    if fields.len() < named {
        return None;
    }
    let has_ellipsis = named < cells.len();
    if !cells.is_empty() && !has_ellipsis && fields.len() > named {
        let start = fields[named - 1].start;
        fields.truncate(named - 1);
        fields.push(PlainField {
            start,
            text: event.chars().skip(start).collect(),
        });
    }
    // Each field with the cell that it belongs to; the fields under the ellipsis, and all under
    // `[]`, with none.
    let mut row: Vec<Option<&Cell>> = Vec::new();
    for cell in cells {
        match cell {
            Cell::Ellipsis => row.extend(vec![None; fields.len() - named]),
            Cell::Field(_) => row.push(Some(cell)),
        }
    }
    row.resize(fields.len(), None);
    let mut extracted = Vec::new();
    for (place, (field, cell)) in fields.into_iter().zip(row).enumerate() {
        let mut name = (place + 1).to_string();
        if let Some(Cell::Field(cell)) = cell {
            let holds = |condition: &CellCondition| text_holds(&condition.test, stars, &field.text);
            if !cell
                .test
                .as_ref()
                .is_none_or(|test| expression_holds(test, &holds))
            {
                return None;
            }
            name = cell.name.clone().unwrap_or(name);
        }
        extracted.push(Extracted {
            name: format!("${name}"),
            value: field.text,
        });
    }
    Some(extracted)
}

/// A field of an event: its text, and where it begins, in characters.
struct PlainField {
    start: usize,
    text: String,
}

fn fields(event: &str) -> Vec<PlainField> {
    let characters: Vec<char> = event.chars().collect();
    let is_blank = |place: usize| {
        characters
            .get(place)
            .is_none_or(|character| " \t".contains(*character))
    };
    let (mut fields, mut place) = (Vec::new(), 0);
    while place < characters.len() {
        if is_blank(place) {
            place += 1;
            continue;
        }
        let start = place;
        let closing = match characters[start] {
            '"' => Some('"'),
            '[' => Some(']'),
            _ => None,
        };
        let closed = (start + 1..characters.len()).find(|at| Some(characters[*at]) == closing);
        match closed.filter(|at| is_blank(at + 1)) {
            Some(end) => {
                fields.push(PlainField {
                    start,
                    text: characters[start + 1..end].iter().collect(),
                });
                place = end + 1;
            }
            None => {
                while !is_blank(place) {
                    place += 1;
                }
                fields.push(PlainField {
                    start,
                    text: characters[start..place].iter().collect(),
                });
            }
        }
    }
    fields
}

/// The text of a cell is tested as the number that it reads as and as a string; it equals a literal
/// when one of the two does.
fn text_holds(test: &Test, stars: InteriorStars, text: &str) -> bool {
    let equal = |literal: &Literal| {
        number(text).is_some_and(|value| literal.number() == Some(value))
            || text_equals(literal, stars, text)
    };
    match test {
        Test::Equal(literal) => equal(literal),
        Test::NotEqual(literal) => !equal(literal),
        Test::Ordering(ordering, bound) => {
            number(text).is_some_and(|value| ordering.holds(value, *bound))
        }
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

/// Whether what a term looks for stands in the event.
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
    match expression {
        Expression::And(branches) => branches
            .iter()
            .all(|branch| expression_holds(branch, holds)),
        Expression::Or(branches) => branches
            .iter()
            .any(|branch| expression_holds(branch, holds)),
        Expression::Group(inner) => expression_holds(inner, holds),
        Expression::Condition(condition) => holds(condition),
    }
}

fn condition_holds(condition: &Condition, stars: InteriorStars, root: &Json<'_>) -> bool {
    let nodes = resolve(&condition.selector, root);
    match condition.test {
        Test::NotExists => nodes.is_empty(),
        _ => nodes
            .into_iter()
            .any(|node| test_holds(&condition.test, stars, node)),
    }
}

/// The values that a selector leads to, zero or more.
fn resolve<'j, 'a>(selector: &Selector, root: &'j Json<'a>) -> Vec<&'j Json<'a>> {
    selector.steps.iter().fold(vec![root], |nodes, step| {
        nodes
            .into_iter()
            .flat_map(|node| follow(step, node))
            .collect()
    })
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

/// Whether a value passes a test; `NOT EXISTS` fails for every value.
fn test_holds(test: &Test, stars: InteriorStars, node: &Json<'_>) -> bool {
    match (test, node) {
        (Test::Equal(literal), Json::Text(_) | Json::Number(_)) => equals(literal, stars, node),
        (Test::NotEqual(literal), Json::Text(_) | Json::Number(_)) => !equals(literal, stars, node),
        (Test::Ordering(ordering, bound), Json::Number(characters)) => characters
            .parse()
            .is_ok_and(|number: f64| ordering.holds(number, *bound)),
        (Test::IsNull, Json::Null) => true,
        (Test::IsNull, Json::Array(elements)) => elements.contains(&Json::Null),
        (Test::IsBoolean(expected), Json::Boolean(boolean)) => expected == boolean,
        _ => false,
    }
}

fn equals(literal: &Literal, stars: InteriorStars, node: &Json<'_>) -> bool {
    match node {
        Json::Text(text) => text_equals(literal, stars, text),
        Json::Number(characters) => {
            let number = literal.number();
            number.is_some() && characters.parse().ok() == number
                || text_equals(literal, stars, characters)
        }
        _ => false,
    }
}

fn text_equals(literal: &Literal, stars: InteriorStars, text: &str) -> bool {
    match literal {
        Literal::Regex(body) => regex_matches(body, text),
        Literal::Quoted(expected) | Literal::Bare(expected) => glob(expected, stars, text),
    }
}

/// Wildcard matching by the table of all prefixes: cell `j` says whether the stars and characters
/// read so far can stand for the first `j` characters of the value.
fn glob(text: &str, stars: InteriorStars, value: &str) -> bool {
    let value: Vec<char> = value.chars().collect();
    let ends = text.len() - text.trim_start_matches('*').len()..text.trim_end_matches('*').len();
    let mut reachable = vec![false; value.len() + 1];
    reachable[0] = true;
    for (at, character) in text.char_indices() {
        let is_wildcard =
            character == '*' && (stars == InteriorStars::Wildcard || !ends.contains(&at));
        let previous = reachable.clone();
        for end in 0..=value.len() {
            reachable[end] = match is_wildcard {
                true => previous[..=end].contains(&true),
                false => end > 0 && previous[end - 1] && value[end - 1] == character,
            };
        }
    }
    reachable[value.len()]
}
