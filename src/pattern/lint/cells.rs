//! Warnings about space-delimited patterns.

use super::collector::{Collector, is_any};
use crate::pattern::ast::{Cell, CellCondition, Expression, FieldCell, Literal, Test};
use crate::pattern::print::named;
use crate::pattern::warning::WarningKind;

impl Collector<'_> {
    /// Warns about the cells of a pattern.
    pub(super) fn cells(&mut self, cells: &[Cell]) {
        for cell in cells {
            self.cell(cell);
        }
        // With `...`, the last cell takes one field like the others.
        if !cells.contains(&Cell::Ellipsis) {
            self.last_cell(cells.last());
        }
    }

    fn cell(&mut self, cell: &Cell) {
        let Cell::Field(FieldCell {
            name: Some(name),
            test: Some(test),
        }) = cell
        else {
            return;
        };
        self.precedence(&named(test, name));
        test.for_each(&mut |condition| self.cell_condition(condition));
    }

    fn cell_condition(&mut self, condition: &CellCondition) {
        if matches!(&condition.test, Test::NotEqual(literal) if is_any(literal)) {
            let kind = WarningKind::UnlikeAnything { selector: None };
            self.warn(kind, condition.span);
        }
    }

    fn last_cell(&mut self, cell: Option<&Cell>) {
        let Some(condition) = cell.and_then(Cell::test).and_then(last_condition) else {
            return;
        };
        if let Test::Equal(literal) = &condition.test
            && expects_one_field(literal)
        {
            self.warn(WarningKind::LastCell, condition.span);
        }
    }
}

fn last_condition(test: &Expression<CellCondition>) -> Option<&CellCondition> {
    let mut last = None;
    test.for_each(&mut |condition| last = Some(condition));
    last
}

/// Returns whether a value cannot be meant for the rest of a line. A regular expression finds its
/// place in more, and a star at the end takes more.
fn expects_one_field(literal: &Literal) -> bool {
    !matches!(literal, Literal::Regex(_)) && !literal.text().ends_with('*')
}
