//! Explanations of space-delimited patterns.

use super::explanation::{ConditionAnswer, Explanation};
use super::words::{fields, quoted, requirement};
use crate::pattern::ast::{Cell, CellCondition, FieldCell, InteriorStars, Pattern};
use crate::pattern::compile::TestMatcher;
use crate::pattern::eval::Matcher;
use crate::pattern::extracted::Extracted;
use crate::pattern::split::split;

/// Explains the cells of a pattern: how many fields they need, and what each requires.
pub(super) fn explain(cells: &[Cell], event: Option<&str>) -> Explanation {
    let bound = event.map(|event| bind(cells, event));
    let mut parts = vec![count_part(cells, event)];
    for cell in cells {
        parts.extend(cell_part(cell, bound.as_deref()));
    }
    Explanation::all_of(parts)
}

fn count_part(cells: &[Cell], event: Option<&str>) -> Explanation {
    let needed = needed(cells);
    Explanation::Single {
        requirement: format!("has {} or more, separated by blanks", fields(needed)),
        answer: event.map(|event| count_answer(event, needed)),
    }
}

fn count_answer(event: &str, needed: usize) -> ConditionAnswer {
    let found = split(event).len();
    ConditionAnswer {
        holds: found >= needed,
        saw: fields(found),
    }
}

fn needed(cells: &[Cell]) -> usize {
    // `[]` takes any event that has a field.
    if cells.is_empty() {
        return 1;
    }
    cells.iter().filter(|cell| **cell != Cell::Ellipsis).count()
}

/// Returns the fields that the cells bind to, whatever their tests say; none where there are too
/// few.
fn bind(cells: &[Cell], event: &str) -> Vec<Extracted> {
    let untested = Pattern::Cells(cells.iter().map(untested).collect());
    Matcher::new(&untested).extract(event).unwrap_or_default()
}

fn untested(cell: &Cell) -> Cell {
    match cell {
        Cell::Ellipsis => Cell::Ellipsis,
        Cell::Field(field) => Cell::Field(FieldCell {
            name: field.name.clone(),
            test: None,
        }),
    }
}

fn cell_part(cell: &Cell, bound: Option<&[Extracted]>) -> Option<Explanation> {
    let (name, test) = cell.named_test()?;
    let field = bound.map(|bound| field(bound, name));
    Some(Explanation::from_expression(test, &|condition| {
        Explanation::Single {
            requirement: format!("${name} {}", requirement(&condition.test)),
            answer: field.map(|field| answer(condition, field)),
        }
    }))
}

fn field<'a>(bound: &'a [Extracted], name: &str) -> Option<&'a str> {
    let name = format!("${name}");
    let field = bound.iter().find(|field| field.name == name)?;
    Some(&field.value)
}

fn answer(condition: &CellCondition, field: Option<&str>) -> ConditionAnswer {
    ConditionAnswer {
        holds: field.is_some_and(|text| holds(condition, text)),
        saw: field.map_or_else(|| "no field".to_owned(), quoted),
    }
}

fn holds(condition: &CellCondition, text: &str) -> bool {
    TestMatcher::new(&condition.test, InteriorStars::default()).holds_for_text(text)
}
