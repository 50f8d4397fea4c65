//! A pattern in words, and why an event matched it or did not.

mod cells;
mod explanation;
mod json;
mod terms;
mod words;

pub use self::explanation::{Combinator, ConditionAnswer, Explanation};

use super::ast::Pattern;

/// Explains a pattern and, where an event is given, its answer to each part of the pattern.
pub fn explain(pattern: &Pattern, event: Option<&str>) -> Explanation {
    match pattern {
        Pattern::Json(expression) => json::explain(expression, event),
        Pattern::Terms(terms) => terms::explain(terms, event),
        Pattern::Cells(cells) => cells::explain(cells, event),
    }
}
