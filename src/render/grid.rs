//! Tables on a terminal: columns without lines between them, below a header.

use std::io::{self, Write};

use anstyle::Style;

use super::style::{PLAIN, QUIET};
use super::wrap::{columns, longest_word, wrapped};
use crate::text::printable;

/// The columns of the terminal between two cells, or around one.
const PADDING: usize = 2;

/// The least columns for names that may have a line of their own.
const NAME_MINIMUM: usize = 10;

/// The part of a list's width that the names of columns take at most.
const LABEL_DIVISOR: usize = 3;

/// A table on a terminal. Every cell is made printable.
#[derive(Debug)]
pub struct Grid {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
    right: Vec<usize>,
    room: Option<usize>,
    begins_with_names: bool,
}

/// The way in which a table is fitted into its room.
enum GridLayout {
    /// Every cell is in a column of this width.
    Columns(Vec<usize>),
    /// Every cell is on a line of its own, after the name of its column.
    List,
}

impl Grid {
    /// Returns a table without rows. Its columns are as wide as their widest cells.
    pub fn new(header: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        let header = header.into_iter().map(|name| printable(name.as_ref()));
        Self {
            header: header.collect(),
            rows: Vec::new(),
            right: Vec::new(),
            room: None,
            begins_with_names: false,
        }
    }

    /// Fits the table into this number of columns of the terminal: cells are broken between words,
    /// and where that is not enough, each is on a line of its own.
    pub fn fit_into(mut self, width: u16) -> Self {
        self.room = Some(width.into());
        self
    }

    /// Lets the names in the first column have lines of their own where they are too long for it.
    pub fn with_names(mut self) -> Self {
        self.begins_with_names = true;
        self
    }

    /// Adds a row.
    pub fn add(&mut self, cells: impl IntoIterator<Item = impl AsRef<str>>) {
        // An escape would not only steer the terminal: its width would be counted, too.
        let cells = cells.into_iter().map(|cell| printable(cell.as_ref()));
        self.rows.push(cells.collect());
    }

    /// Aligns the column with this index to the right, as numbers are.
    pub fn align_right(&mut self, column: usize) {
        self.right.push(column);
    }

    /// Writes the table, each line after this indent.
    ///
    /// # Errors
    ///
    /// Returns an error if the bytes cannot be written.
    pub fn write(&self, indent: &str, out: &mut dyn Write) -> io::Result<()> {
        let lines = match self.layout() {
            GridLayout::Columns(widths) => self.lines_in_columns(&widths),
            GridLayout::List => self.lines_of_list(),
        };
        for (style, line) in lines {
            let line = format!("{indent}{style}{}{style:#}", line.trim_end());
            writeln!(out, "{}", line.trim_end())?;
        }
        Ok(())
    }

    fn layout(&self) -> GridLayout {
        let mut widths = self.widths(columns);
        let Some(room) = self.room else {
            return GridLayout::Columns(widths);
        };
        let least = self.least_widths();
        let mut excess = total(&widths).saturating_sub(room);
        // A long name can have lines of its own, so its column gives way first.
        if self.begins_with_names {
            narrow(&mut widths, &least, 0, &mut excess);
        }
        // Then the column with most slack, so that as few as possible have broken cells.
        while let Some(column) = widest_slack(&widths, &least).filter(|_| excess > 0) {
            narrow(&mut widths, &least, column, &mut excess);
        }
        match excess {
            0 => GridLayout::Columns(widths),
            _ => GridLayout::List,
        }
    }

    /// Returns the width of each column, by the width of its cells.
    fn widths(&self, width: fn(&str) -> usize) -> Vec<usize> {
        let mut widths: Vec<usize> = self.header.iter().map(|name| width(name)).collect();
        for row in &self.rows {
            widths.resize(widths.len().max(row.len()), 0);
            for (column, cell) in widths.iter_mut().zip(row) {
                *column = (*column).max(width(cell));
            }
        }
        widths
    }

    /// Returns the widths of columns whose words are not broken.
    fn least_widths(&self) -> Vec<usize> {
        let mut least = self.widths(longest_word);
        if let Some(first) = least.first_mut().filter(|_| self.begins_with_names) {
            let name = self.header.first().map_or(0, |name| columns(name));
            *first = name.max(NAME_MINIMUM);
        }
        least
    }

    fn lines_in_columns(&self, widths: &[usize]) -> Vec<(Style, String)> {
        let mut lines = Vec::new();
        for line in self.row_lines(&self.header, widths) {
            lines.push((QUIET, line));
        }
        for row in &self.rows {
            for line in self.row_lines_after_name(row, widths) {
                lines.push((PLAIN, line));
            }
        }
        lines
    }

    /// Returns the lines of a row, and before them those of a name that is too long for its column.
    fn row_lines_after_name(&self, row: &[String], widths: &[usize]) -> Vec<String> {
        let (Some(name), Some(width)) = (row.first(), widths.first()) else {
            return Vec::new();
        };
        if !self.begins_with_names || columns(name) <= *width {
            return self.row_lines(row, widths);
        }
        let room = self.room.unwrap_or(usize::MAX).saturating_sub(PADDING);
        let name = wrapped(name, room).into_iter();
        let mut lines: Vec<String> = name.map(|line| format!(" {line}")).collect();
        let mut rest = row.to_vec();
        if let Some(first) = rest.first_mut() {
            first.clear();
        }
        lines.extend(self.row_lines(&rest, widths));
        lines
    }

    fn row_lines(&self, row: &[String], widths: &[usize]) -> Vec<String> {
        let cells = row.iter().zip(widths);
        let cells: Vec<Vec<String>> = cells
            .map(|(cell, width)| cell_lines(cell, *width))
            .collect();
        let height = cells.iter().map(Vec::len).max().unwrap_or_default();
        let mut lines = Vec::new();
        for number in 0..height {
            let mut line = String::new();
            for (column, (cell, width)) in cells.iter().zip(widths).enumerate() {
                let text = cell.get(number).map_or("", String::as_str);
                line += &self.padded(column, text, *width);
            }
            lines.push(line);
        }
        lines
    }

    /// Returns a line of a cell with the padding around it.
    fn padded(&self, column: usize, text: &str, width: usize) -> String {
        let blanks = " ".repeat(width.saturating_sub(columns(text)));
        match self.right.contains(&column) {
            true => format!(" {blanks}{text} "),
            false => format!(" {text}{blanks} "),
        }
    }

    fn lines_of_list(&self) -> Vec<(Style, String)> {
        let room = self.room.unwrap_or(usize::MAX);
        let names = self.header.iter().map(|name| columns(name));
        let longest = names.max().unwrap_or_default();
        let label = longest.min(room / LABEL_DIVISOR) + PADDING;
        let mut lines = Vec::new();
        for (number, row) in self.rows.iter().enumerate() {
            if number > 0 {
                lines.push((PLAIN, String::new()));
            }
            for (name, cell) in self.header.iter().zip(row) {
                let cell = cell_lines(cell, room.saturating_sub(label + 1));
                for line in labelled_lines(name, label, cell) {
                    lines.push((PLAIN, line));
                }
            }
        }
        lines
    }
}

/// Returns lines after the name of their column, which has a line of its own if it is too long.
fn labelled_lines(name: &str, label: usize, cell: Vec<String>) -> Vec<String> {
    let mut lines = Vec::new();
    let mut name = name;
    if columns(name) + PADDING > label {
        lines.push(format!(" {QUIET}{name}{QUIET:#}"));
        name = "";
    }
    for line in cell {
        let blanks = " ".repeat(label.saturating_sub(columns(name)));
        lines.push(format!(" {QUIET}{name}{QUIET:#}{blanks}{line}"));
        name = "";
    }
    lines
}

/// Returns the lines of a cell, at least one.
fn cell_lines(cell: &str, width: usize) -> Vec<String> {
    match columns(cell) <= width {
        // A cell that fits keeps its blanks.
        true => vec![cell.to_owned()],
        false => wrapped(cell, width),
    }
}

/// Returns the columns that a line takes, without the blanks at its end.
fn total(widths: &[usize]) -> usize {
    let padded: usize = widths.iter().map(|width| width + PADDING).sum();
    padded.saturating_sub(PADDING / 2)
}

/// Returns the column that can be narrowed most, if any can.
fn widest_slack(widths: &[usize], least: &[usize]) -> Option<usize> {
    let slack = |column: &usize| widths[*column].saturating_sub(least[*column]);
    let column = (0..widths.len()).max_by_key(slack)?;
    (slack(&column) > 0).then_some(column)
}

/// Narrows a column by the excess, as far as it can be narrowed.
fn narrow(widths: &mut [usize], least: &[usize], column: usize, excess: &mut usize) {
    let (Some(width), Some(least)) = (widths.get_mut(column), least.get(column)) else {
        return;
    };
    let cut = width.saturating_sub(*least).min(*excess);
    *width -= cut;
    *excess -= cut;
}

#[cfg(test)]
mod tests {
    use super::Grid;

    fn lines(grid: &Grid) -> Vec<String> {
        let mut out = Vec::new();
        grid.write("", &mut out).expect("memory takes bytes");
        let text = String::from_utf8(out).expect("text");
        let plain = text.replace("\u{1b}[90m", "").replace("\u{1b}[0m", "");
        plain.lines().map(str::to_owned).collect()
    }

    #[test]
    fn cells_are_aligned_and_printable() {
        let mut grid = Grid::new(["name", "count"]);
        grid.add(["a\u{1b}[2J", "7"]);
        grid.add(["보안", "1,000"]);
        grid.align_right(1);
        let rows = &lines(&grid)[1..];
        assert_eq!(rows, [" a\\u{1b}[2J      7", " 보안        1,000"]);
    }

    #[test]
    fn a_name_that_is_too_long_has_a_line_of_its_own() {
        let mut grid = Grid::new(["name", "time"]).fit_into(35).with_names();
        grid.add(["arn:aws:kms:us-east-1:1:key/abc", "2026-03-03T10:00:00Z"]);
        grid.add(["short", "2026-03-03T11:00:00Z"]);
        assert_eq!(
            lines(&grid),
            [
                " name          time",
                " arn:aws:kms:us-east-1:1:key/abc",
                "               2026-03-03T10:00:00Z",
                " short         2026-03-03T11:00:00Z",
            ]
        );
    }

    #[test]
    fn cells_are_broken_between_words() {
        let mut grid = Grid::new(["time", "clock"]).fit_into(31);
        grid.add(["2026-03-03T10:00:00Z", "not under delivery"]);
        assert_eq!(
            lines(&grid),
            [
                " time                  clock",
                " 2026-03-03T10:00:00Z  not",
                "                       under",
                "                       delivery",
            ]
        );
    }

    #[test]
    fn a_table_that_does_not_fit_is_a_list() {
        let mut grid = Grid::new(["from", "to"]).fit_into(40);
        let times = ["2026-03-03T10:00:00Z", "2026-03-03T11:00:00Z"];
        grid.add(times);
        grid.add(times);
        let row = [" from  2026-03-03T10:00:00Z", " to    2026-03-03T11:00:00Z"];
        assert_eq!(lines(&grid), [row[0], row[1], "", row[0], row[1]]);
    }
}
