//! Tables to JSON: an array of objects, one per line, or the lines alone.

use std::io::{self, Write};

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::ends::{FileEnds, has_names};
use super::error::{TableBatches, WriteError};
use crate::table::{CellValue, Table};

/// Writes a table as an array with one object per line.
///
/// # Errors
///
/// Returns an error if the bytes cannot be written.
pub fn write(batches: TableBatches<'_, '_>, out: &mut dyn Write) -> Result<(), WriteError> {
    // The lines are written as they come, since a whole array would need the memory of the table
    // again.
    out.write_all(b"[")?;
    let mut before = "\n";
    for table in batches {
        for row in 0..table.rows() {
            out.write_all(before.as_bytes())?;
            serde_json::to_writer(&mut *out, &JsonRow { table: &table, row })?;
            before = ",\n";
        }
    }
    out.write_all(b"\n]\n")?;
    Ok(())
}

/// Returns true if a file begins as a list of the rows of a table does.
pub(super) fn has_columns(ends: &FileEnds, table: &Table<'_>) -> bool {
    let first = ends.first.as_slice();
    first == b"[\n]\n" || first.starts_with(b"[\n{") && has_names(first, table)
}

/// Writes a table as one object per line.
///
/// # Errors
///
/// Returns an error if the bytes cannot be written.
pub fn write_lines(table: &Table<'_>, out: &mut dyn Write) -> io::Result<()> {
    for row in 0..table.rows() {
        serde_json::to_writer(&mut *out, &JsonRow { table, row })?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// A row of a table, as an object with a member for each column.
struct JsonRow<'a> {
    table: &'a Table<'a>,
    row: usize,
}

impl Serialize for JsonRow<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let columns = &self.table.columns;
        let mut map = serializer.serialize_map(Some(columns.len()))?;
        for column in columns {
            map.serialize_entry(column.name, &JsonCell(column.values.get(self.row)))?;
        }
        map.end()
    }
}

/// A value of a table, as JSON.
struct JsonCell<'a>(CellValue<'a>);

impl Serialize for JsonCell<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            CellValue::Missing => serializer.serialize_none(),
            CellValue::Text(text) => serializer.serialize_str(text),
            CellValue::Integer(number) => serializer.serialize_i64(number),
            CellValue::Float(number) => serializer.serialize_f64(number),
            // The text goes straight into the output, without a string of its own.
            CellValue::Time(time) => serializer.collect_str(&time),
            CellValue::Date(date) => serializer.collect_str(&date),
            CellValue::Boolean(value) => serializer.serialize_bool(value),
        }
    }
}
