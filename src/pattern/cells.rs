//! Space-delimited patterns: `[ip, user, ..., status = 4*, bytes > 1000]`.

use super::ast::{Cell, CellCondition, Expression, FieldCell, Pattern};
use super::comparison::is_comparison;
use super::error::{ErrorKind, Parsed, PatternError};
use super::lex::{TokenKind, is_name};
use super::parser::Parser;

/// The spelling of the cell that takes any number of fields.
pub(super) const ELLIPSIS: &str = "...";

impl Parser<'_> {
    /// Reads the cells from `[` to the end of the pattern.
    pub(super) fn cells(mut self) -> Parsed<Pattern> {
        self.skip();
        let mut cells = Vec::new();
        // `[]` has no cell, while `[,]` has two without names.
        let mut is_closed = self.takes(&TokenKind::CloseBracket);
        while !is_closed {
            let cell = self.cell(&cells)?;
            cells.push(cell);
            is_closed = self.closes_cells()?;
        }
        self.end_of_pattern()?;
        Ok(Pattern::Cells(cells))
    }

    /// Steps over the sign after a cell, and returns whether it closes the pattern.
    fn closes_cells(&mut self) -> Parsed<bool> {
        if self.takes(&TokenKind::CloseBracket) {
            return Ok(true);
        }
        match self.takes(&TokenKind::Comma) {
            true => Ok(false),
            false => Err(self.after_cell()),
        }
    }

    fn cell(&mut self, earlier: &[Cell]) -> Parsed<Cell> {
        let Some(name) = self.peek_cell_name()? else {
            return Ok(Cell::Field(FieldCell {
                name: None,
                test: None,
            }));
        };
        self.check_cell_name(&name, earlier)?;
        if name == ELLIPSIS {
            self.skip();
            return Ok(Cell::Ellipsis);
        }
        let test = self.cell_test(&name)?;
        Ok(Cell::Field(FieldCell {
            name: Some(name),
            test,
        }))
    }

    /// Returns the name of a cell without stepping over it, since its first condition begins with
    /// the same name. A cell between two commas has none.
    fn peek_cell_name(&mut self) -> Parsed<Option<String>> {
        match self.peek_kind() {
            Some(TokenKind::Comma | TokenKind::CloseBracket) => Ok(None),
            Some(TokenKind::Bare(word)) => Ok(Some(word.clone())),
            Some(_) => Err(self.error_here(ErrorKind::CellName)),
            None => Err(self.error_here(ErrorKind::UnclosedCells)),
        }
    }

    fn check_cell_name(&mut self, name: &str, earlier: &[Cell]) -> Parsed<()> {
        if earlier.iter().any(|cell| written_name(cell) == Some(name)) {
            return Err(self.error_here(ErrorKind::DuplicateField(name.to_owned())));
        }
        if name != ELLIPSIS && !name.chars().all(is_name) {
            return Err(self.error_here(ErrorKind::CellName));
        }
        if name.starts_with(|first: char| first.is_ascii_digit()) {
            return Err(self.error_here(ErrorKind::CellDigit));
        }
        Ok(())
    }

    /// Reads the conditions of a named cell, or steps over its name where it has none.
    fn cell_test(&mut self, name: &str) -> Parsed<Option<Expression<CellCondition>>> {
        if self.begins_test() {
            return self
                .any_of(&|parser: &mut Self| parser.cell_condition(name))
                .map(Some);
        }
        self.skip();
        Ok(None)
    }

    /// Returns whether the name of a cell is followed by anything but the end of the cell.
    fn begins_test(&self) -> bool {
        !matches!(
            self.peek_second_kind(),
            None | Some(TokenKind::Comma | TokenKind::CloseBracket)
        )
    }

    /// Reads a condition of a cell, which must name the cell itself (sources, P30).
    fn cell_condition(&mut self, own: &str) -> Parsed<CellCondition> {
        self.check_own_name(own)?;
        let start = self.skip();
        // Cells have no keywords, so that a second word can only be a mistake.
        if let Some(TokenKind::Bare(word)) = self.peek_kind() {
            let kind = after_name(word);
            return Err(self.error_here(kind));
        }
        let (test, test_span) = self.comparison()?;
        Ok(CellCondition {
            test,
            span: start.to(test_span),
            test_span,
        })
    }

    fn check_own_name(&mut self, own: &str) -> Parsed<()> {
        match self.peek_kind() {
            Some(TokenKind::Bare(word)) if word == own => Ok(()),
            Some(TokenKind::Bare(_)) => {
                Err(self.error_here(ErrorKind::ForeignCell(own.to_owned())))
            }
            _ => Err(self.error_here(ErrorKind::ExpectedCellCondition(own.to_owned()))),
        }
    }

    /// Returns the error for the token that follows a complete cell.
    fn after_cell(&mut self) -> PatternError {
        // A word with a test of its own is another cell, and only the comma is missing.
        if self.peek_second_kind().is_some_and(is_comparison) {
            return self.error_here(ErrorKind::ExpectedComma);
        }
        self.after_condition(ErrorKind::UnclosedCells)
    }
}

/// Returns the name of a cell as it is written.
fn written_name(cell: &Cell) -> Option<&str> {
    match cell {
        Cell::Ellipsis => Some(ELLIPSIS),
        Cell::Field(field) => field.name.as_deref(),
    }
}

/// Returns the mistake in a word that follows the name of a cell.
fn after_name(word: &str) -> ErrorKind {
    match word.to_ascii_uppercase().as_str() {
        "IS" | "NOT" | "EXISTS" => ErrorKind::KeywordInCell,
        _ => ErrorKind::ExpectedComma,
    }
}
