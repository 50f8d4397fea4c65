//! Tables on a terminal: columns without lines between them, below a header.

use std::io::{self, Write};

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

use super::style::{PLAIN, QUIET};
use crate::text::printable;

/// A table on a terminal. Every cell is made printable.
#[derive(Debug)]
pub struct Grid {
    table: Table,
}

impl Grid {
    /// Returns a table without rows. Its columns are as wide as their widest cells.
    pub fn new(header: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        let mut table = Table::new();
        table.load_style(presets::NOTHING);
        table.set_header(header.into_iter().map(|name| printable(name.as_ref())));
        Self { table }
    }

    /// Breaks the lines of wide cells so that the table fits into this number of columns of the
    /// terminal.
    pub fn fit_into(mut self, width: u16) -> Self {
        self.table
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(width);
        self
    }

    /// Adds a row.
    pub fn add(&mut self, cells: impl IntoIterator<Item = impl AsRef<str>>) {
        // An escape would not only steer the terminal: its width would be counted, too.
        let cells = cells.into_iter().map(|cell| printable(cell.as_ref()));
        self.table.add_row(cells);
    }

    /// Aligns the column with this index to the right, as numbers are.
    pub fn align_right(&mut self, column: usize) {
        if let Some(column) = self.table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }

    /// Writes the table, each line after this indent.
    ///
    /// # Errors
    ///
    /// Returns an error if the bytes cannot be written.
    pub fn write(&self, indent: &str, out: &mut dyn Write) -> io::Result<()> {
        let mut style = QUIET;
        for line in self.table.lines() {
            writeln!(out, "{indent}{style}{}{style:#}", line.trim_end())?;
            style = PLAIN;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Grid;

    #[test]
    fn cells_are_aligned_and_printable() {
        let mut grid = Grid::new(["name", "count"]);
        grid.add(["a\u{1b}[2J", "7"]);
        grid.add(["b", "1,000"]);
        grid.align_right(1);
        let mut out = Vec::new();
        grid.write("", &mut out).expect("memory takes bytes");
        let text = String::from_utf8(out).expect("text");
        let rows: Vec<&str> = text.lines().skip(1).collect();
        assert_eq!(rows, [" a\\u{1b}[2J      7", " b           1,000"]);
    }
}
