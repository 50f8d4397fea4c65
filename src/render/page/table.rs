//! Tables of the page.

use jiff::Timestamp;
use minijinja::{Error, Value};
use serde::Serialize;

use super::templates::Templates;
use super::texts::time_or_empty;
use crate::language::{Message, Words};

/// The number of rows of a table in the page. A page of 500 rows in each table opens at once; the
/// files beside it have all rows.
pub(super) const ROW_LIMIT: usize = 500;

/// The value by which a number that is not known is sorted.
const AFTER_ALL_NUMBERS: f64 = 1e18;

/// A table of the page.
#[derive(Debug, Serialize)]
pub(super) struct PageTable {
    id: &'static str,
    caption: String,
    columns: Vec<PageColumn>,
    rows: Vec<Vec<PageCell>>,
    /// The sentence about rows that are left out, and about the file that has them.
    note: Option<String>,
    /// True if the script adds a field to search in it.
    is_searchable: bool,
}

/// A column of a table.
#[derive(Clone, Debug, Serialize)]
struct PageColumn {
    name: String,
    is_number: bool,
}

/// A cell of a table.
#[derive(Clone, Debug, Serialize)]
pub(super) struct PageCell {
    text: String,
    /// Further lines, in smaller letters.
    notes: Vec<String>,
    /// The value by which rows are sorted, where the text does not sort as it should.
    order: Option<f64>,
    is_number: bool,
    /// True for a text without spaces, such as an ARN, which may be broken anywhere.
    is_code: bool,
    /// True for a time, which is never broken.
    is_time: bool,
}

impl PageCell {
    /// Returns a cell with words.
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            notes: Vec::new(),
            order: None,
            is_number: false,
            is_code: false,
            is_time: false,
        }
    }

    /// Returns a cell with a time.
    pub(super) fn time(moment: Option<Timestamp>) -> Self {
        Self {
            is_time: true,
            ..Self::text(time_or_empty(moment))
        }
    }

    /// Returns a cell with a name, an address or another text of a record.
    pub(super) fn code(text: Option<&str>) -> Self {
        Self {
            is_code: true,
            ..Self::text(text.unwrap_or_default())
        }
    }

    /// Returns the cell with a further line, unless there is nothing to write.
    #[must_use]
    pub(super) fn note(mut self, text: Option<&str>) -> Self {
        let text = text.filter(|text| !text.is_empty());
        self.notes.extend(text.map(str::to_owned));
        self
    }

    /// Returns a cell for a number that is not known. It sorts after all others.
    pub(super) fn no_number() -> Self {
        Self::number(AFTER_ALL_NUMBERS, "–")
    }

    /// Returns a cell with a number as it is written.
    pub(super) fn number(order: f64, text: impl Into<String>) -> Self {
        Self {
            order: Some(order),
            is_number: true,
            ..Self::text(text)
        }
    }

    /// Returns a cell with a count.
    pub(super) fn count(count: u64, words: &Words) -> Self {
        Self::number(count as f64, words.number(count))
    }
}

impl PageTable {
    /// Returns a table with these columns, whose names are in the files of languages.
    pub(super) fn new(
        id: &'static str,
        caption: String,
        columns: &[&'static str],
        words: &Words,
    ) -> Self {
        let columns = columns.iter().map(|name| PageColumn {
            name: words.text(name),
            is_number: false,
        });
        Self {
            id,
            caption,
            columns: columns.collect(),
            rows: Vec::new(),
            note: None,
            is_searchable: false,
        }
    }

    /// Adds a row.
    pub(super) fn add(&mut self, row: Vec<PageCell>) {
        for (column, cell) in self.columns.iter_mut().zip(&row) {
            column.is_number |= cell.is_number;
        }
        self.rows.push(row);
    }

    /// Returns whether the table has no row.
    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Returns the number of rows.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Says how many rows there are, if they are not all in the page, and which file has them.
    pub(super) fn note_cut(&mut self, total: usize, file: Option<&str>, words: &Words) {
        let shown = self.rows.len();
        if shown >= total {
            return;
        }
        let note = match file {
            Some(_) => Message::new("page-cut"),
            None => Message::new("page-cut-without-file"),
        };
        let note = note.with("shown", shown).with("total", total);
        let note = note.with("file", file.unwrap_or_default());
        self.note = Some(words.say(&note));
    }

    /// Returns the table with a field to search in it.
    #[must_use]
    pub(super) fn searchable(mut self) -> Self {
        self.is_searchable = true;
        self
    }

    /// Returns the table as a part of the page.
    pub(super) fn fill(&self, templates: &Templates) -> Result<Value, Error> {
        templates.fill("table", self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;

    #[test]
    fn a_column_with_a_number_is_one_of_numbers() {
        let words = Words::new(Language::English);
        let columns = ["page-column-peak", "page-column-name"];
        let mut table = PageTable::new("peaks", String::new(), &columns, &words);
        table.add(vec![PageCell::number(1.0, "1"), PageCell::text("a")]);
        table.add(vec![PageCell::text(""), PageCell::text("b")]);
        let are_numbers: Vec<bool> = table
            .columns
            .iter()
            .map(|column| column.is_number)
            .collect();
        assert_eq!(are_numbers, [true, false]);
    }
}
