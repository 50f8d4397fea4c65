//! Space-delimited patterns: `[ip, user, ..., status = 4*, bytes > 1000]`.

use super::ast::{Cell, CellCondition, Expression, FieldCell};
use super::error::{ErrorKind, PatternError};
use super::lex::{TokenKind, is_name};
use super::parse::Parser;

/// How a cell is written that stands for any number of fields.
pub(super) const ELLIPSIS: &str = "...";

impl Parser<'_> {
    /// Reads the cells from `[` to the end of the pattern. A pattern without any has no cell, not
    /// one unnamed one.
    pub(super) fn cells(mut self) -> Result<Vec<Cell>, PatternError> {
        self.skip();
        let mut cells = Vec::new();
        if self.take(&TokenKind::CloseBracket).is_some() {
            return self.end_of_pattern().map(|()| cells);
        }
        loop {
            let cell = self.cell(&cells)?;
            cells.push(cell);
            if self.take(&TokenKind::CloseBracket).is_some() {
                return self.end_of_pattern().map(|()| cells);
            }
            if self.take(&TokenKind::Comma).is_none() {
                return Err(self.after_cell());
            }
        }
    }

    fn cell(&mut self, earlier: &[Cell]) -> Result<Cell, PatternError> {
        let name = match self.peek().map(|token| &token.kind) {
            Some(TokenKind::Comma | TokenKind::CloseBracket) => {
                return Ok(Cell::Field(FieldCell {
                    name: None,
                    test: None,
                }));
            }
            Some(TokenKind::Bare(word)) => word.clone(),
            _ => {
                return Err(self.unexpected(|found| {
                    found.map_or(ErrorKind::UnclosedCells, |_| ErrorKind::CellName)
                }));
            }
        };
        if earlier
            .iter()
            .any(|cell| cell_name(cell) == Some(name.as_str()))
        {
            return Err(self.unexpected(|_| ErrorKind::DuplicateField(name)));
        }
        if name == ELLIPSIS {
            self.skip();
            return Ok(Cell::Ellipsis);
        }
        if !name.chars().all(is_name) {
            return Err(self.unexpected(|_| ErrorKind::CellName));
        }
        let test = if self.begins_test() {
            Some(self.cell_test(&name)?)
        } else {
            None
        };
        if test.is_none() {
            self.skip();
        }
        Ok(Cell::Field(FieldCell {
            name: Some(name),
            test,
        }))
    }

    /// Whether the name of a cell is followed by anything but the end of the cell.
    fn begins_test(&self) -> bool {
        let behind = self.peek_second().map(|token| &token.kind);
        !matches!(
            behind,
            None | Some(TokenKind::Comma | TokenKind::CloseBracket)
        )
    }

    /// What is wrong with the token that follows a complete cell. A word with a test of its own is
    /// another cell.
    fn after_cell(&mut self) -> PatternError {
        let begins_cell = self
            .peek_second()
            .is_some_and(|token| is_comparison(&token.kind));
        match begins_cell {
            true => self.unexpected(|_| ErrorKind::ExpectedComma),
            false => self.after_condition(ErrorKind::UnclosedCells),
        }
    }

    /// Parses the conditions of a cell, each of which must name the cell itself (sources, P30).
    fn cell_test(&mut self, own: &str) -> Result<Expression<CellCondition>, PatternError> {
        self.any_of(&|parser: &mut Self| {
            let name = match parser.peek().map(|token| &token.kind) {
                Some(TokenKind::Bare(word)) => word.clone(),
                _ => {
                    return Err(
                        parser.unexpected(|_| ErrorKind::ExpectedCellCondition(own.to_owned()))
                    );
                }
            };
            if name != own {
                return Err(parser.unexpected(|_| ErrorKind::ForeignCell(own.to_owned())));
            }
            let start = parser.skip();
            if let Some(TokenKind::Bare(_)) = parser.peek().map(|token| &token.kind) {
                return Err(
                    parser.unexpected(|found| found.map_or(ErrorKind::UnclosedCells, after_name))
                );
            }
            let (test, test_span) = parser.comparison()?;
            Ok(CellCondition {
                test,
                span: start.to(test_span),
                test_span,
            })
        })
    }
}

/// The name of a cell as it is written.
fn cell_name(cell: &Cell) -> Option<&str> {
    match cell {
        Cell::Ellipsis => Some(ELLIPSIS),
        Cell::Field(field) => field.name.as_deref(),
    }
}

/// What is wrong with a word that follows the name of a cell.
fn after_name(kind: &TokenKind) -> ErrorKind {
    match kind {
        TokenKind::Bare(word)
            if matches!(word.to_ascii_uppercase().as_str(), "IS" | "NOT" | "EXISTS") =>
        {
            ErrorKind::KeywordInCell
        }
        _ => ErrorKind::ExpectedComma,
    }
}

fn is_comparison(kind: &TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::Equal
            | TokenKind::NotEqual
            | TokenKind::Less
            | TokenKind::LessOrEqual
            | TokenKind::Greater
            | TokenKind::GreaterOrEqual
    )
}
