//! The columns of a table of a part, on their way back to values.

use std::borrow::Cow;
use std::collections::HashMap;

use jiff::Timestamp;

use crate::table::{ColumnValues, Table};

/// The columns of a table by their names. Each can be taken once.
pub(super) struct Columns<'a> {
    rows: usize,
    columns: HashMap<&'static str, ColumnValues<'a>>,
}

/// The texts of a column.
pub(super) type Texts = Vec<Option<String>>;

impl<'a> Columns<'a> {
    pub(super) fn of(table: Table<'a>) -> Self {
        let rows = table.rows();
        Self {
            rows,
            columns: table
                .columns
                .into_iter()
                .map(|column| (column.name, column.values))
                .collect(),
        }
    }

    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// The texts of a column.
    ///
    /// # Errors
    ///
    /// Returns an error if there is no such column of texts.
    pub(super) fn texts(&mut self, name: &'static str) -> Result<Texts, String> {
        match self.columns.remove(name) {
            Some(ColumnValues::Text(values)) => Ok(values
                .into_iter()
                .map(|text| text.map(Cow::into_owned))
                .collect()),
            _ => Err(format!("no texts `{name}`")),
        }
    }

    /// The whole numbers of a column, none of which is negative.
    ///
    /// # Errors
    ///
    /// Returns an error if there is no such column of whole numbers, or one is negative.
    pub(super) fn integers(&mut self, name: &'static str) -> Result<Vec<Option<u64>>, String> {
        let Some(ColumnValues::Integer(values)) = self.columns.remove(name) else {
            return Err(format!("no numbers `{name}`"));
        };
        let unsigned =
            |value: i64| u64::try_from(value).map_err(|_| format!("a negative number in `{name}`"));
        values
            .into_iter()
            .map(|value| value.map(unsigned).transpose())
            .collect()
    }

    /// The numbers of a column.
    ///
    /// # Errors
    ///
    /// Returns an error if there is no such column of numbers.
    pub(super) fn floats(&mut self, name: &'static str) -> Result<Vec<Option<f64>>, String> {
        match self.columns.remove(name) {
            Some(ColumnValues::Float(values)) => Ok(values),
            _ => Err(format!("no numbers `{name}`")),
        }
    }

    /// The moments of a column.
    ///
    /// # Errors
    ///
    /// Returns an error if there is no such column of moments.
    pub(super) fn times(&mut self, name: &'static str) -> Result<Vec<Option<Timestamp>>, String> {
        match self.columns.remove(name) {
            Some(ColumnValues::Time(values)) => Ok(values),
            _ => Err(format!("no times `{name}`")),
        }
    }
}

/// Takes the value of a row, which must be there.
///
/// # Errors
///
/// Returns an error if it is missing.
pub(super) fn take<T>(values: &mut [Option<T>], row: usize, what: &str) -> Result<T, String> {
    take_any(values, row).ok_or_else(|| format!("row {row} has no {what}"))
}

/// Takes the value of a row, which may be missing.
pub(super) fn take_any<T>(values: &mut [Option<T>], row: usize) -> Option<T> {
    values.get_mut(row).and_then(Option::take)
}
