//! From tree to warnings: constructs that AWS accepts and people get wrong, or on which AWS is
//! silent (sources, P35 to P42).

mod alternatives;
mod cells;
mod collector;
mod conditions;
mod terms;

use self::collector::Collector;
use super::ast::Pattern;
use super::warning::Warning;

/// Returns what to know about a pattern before it is used on CloudTrail records, in the order of
/// the text. `text` is what the pattern was parsed from.
pub fn warnings(pattern: &Pattern, text: &str) -> Vec<Warning> {
    let mut collector = Collector::new(text);
    pattern.for_each_test(&mut |test, span| collector.test(test, span));
    match pattern {
        Pattern::Json(expression) => collector.json(expression),
        Pattern::Terms(terms) => collector.terms(terms),
        Pattern::Cells(cells) => collector.cells(cells),
    }
    collector.into_warnings()
}
