//! Warnings about space-delimited patterns.

use super::collector::{Collector, excludes_all};
use crate::pattern::ast::{Cell, CellCondition, Expression, Literal, Test};
use crate::pattern::print::named;
use crate::pattern::warning::WarningKind;

impl Collector<'_> {
    /// Warns about the cells of a pattern.
    pub(super) fn cells(&mut self, cells: &[Cell]) {
        for cell in cells {
            self.cell(cell);
        }
        if let Some(condition) = rest_condition(cells) {
            self.rest_condition(condition);
        }
    }

    fn cell(&mut self, cell: &Cell) {
        if let Some((name, test)) = cell.named_test() {
            self.precedence(&named(test, name));
            test.for_each(&mut |condition| self.cell_condition(condition));
        }
    }

    fn cell_condition(&mut self, condition: &CellCondition) {
        if excludes_all(&condition.test) {
            let kind = WarningKind::UnlikeAnything { selector: None };
            self.warn(kind, condition.span);
        }
    }

    fn rest_condition(&mut self, condition: &CellCondition) {
        if matches!(&condition.test, Test::Equal(literal) if is_one_field(literal)) {
            self.warn(WarningKind::LastCell, condition.span);
        }
    }
}

/// Returns the last condition on the rest of a line. With `...`, the last cell takes one field like
/// the others.
fn rest_condition(cells: &[Cell]) -> Option<&CellCondition> {
    if cells.contains(&Cell::Ellipsis) {
        return None;
    }
    last_condition(cells.last()?.test()?)
}

fn last_condition(test: &Expression<CellCondition>) -> Option<&CellCondition> {
    let mut last = None;
    test.for_each(&mut |condition| last = Some(condition));
    last
}

/// Returns whether a value cannot be meant for the rest of a line. A regular expression finds its
/// place in more, and a star at the end takes more.
fn is_one_field(literal: &Literal) -> bool {
    !matches!(literal, Literal::Regex(_)) && !literal.text().ends_with('*')
}
