//! Tables of attempts before they are part of the page.

use minijinja::{Error, Value};
use serde::Serialize;

use super::input::PageInput;
use super::table::PageTable;
use super::templates::Templates;
use crate::report::Attempt;

/// A table before it is part of the page.
pub(super) struct MadeTable {
    /// The identifier of the section.
    pub(super) id: &'static str,
    /// The identifier of the heading in the files of languages.
    pub(super) heading: &'static str,
    /// The table with the rows that the page has.
    pub(super) table: PageTable,
    /// The number of all rows.
    pub(super) total: usize,
}

/// A table with its heading.
#[derive(Debug, Serialize)]
pub(super) struct TablePart {
    id: &'static str,
    heading: String,
    /// The number of all rows.
    total: usize,
    /// The table; `None` if it has no row.
    table: Option<Value>,
}

impl MadeTable {
    /// Returns the table as a part of the page.
    pub(super) fn fill(
        self,
        input: &PageInput<'_>,
        templates: &Templates,
    ) -> Result<TablePart, Error> {
        let table = match self.table.is_empty() {
            true => None,
            false => Some(self.table.fill(templates)?),
        };
        Ok(TablePart {
            id: self.id,
            heading: input.text(self.heading),
            total: self.total,
            table,
        })
    }
}

/// Returns the secret or key of an attempt, or else what the record names.
pub(super) fn target(attempt: &Attempt) -> Option<&str> {
    match &attempt.resolution {
        Some(resolution) => Some(resolution.resource.name()),
        None => attempt.event.text("target"),
    }
}
