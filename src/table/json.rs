//! Tables to JSON: an array of objects, one per line, or the lines alone.

use std::io::Write;

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::error::{Batches, WriteError};
use super::{CellValue, Table};

/// Writes a table as an array with one object per line.
///
/// # Errors
///
/// Returns an error if the bytes cannot be written.
pub fn write(batches: Batches<'_, '_>, out: &mut dyn Write) -> Result<(), WriteError> {
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

/// Writes a table as one object per line.
///
/// # Errors
///
/// Returns an error if the bytes cannot be written.
pub fn write_lines(table: &Table<'_>, out: &mut dyn Write) -> Result<(), WriteError> {
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
            match column.values.get(self.row) {
                CellValue::Missing => map.serialize_entry(column.name, &None::<()>)?,
                CellValue::Text(text) => map.serialize_entry(column.name, text)?,
                CellValue::Integer(number) => map.serialize_entry(column.name, &number)?,
                CellValue::Float(number) => map.serialize_entry(column.name, &number)?,
                CellValue::Time(time) => map.serialize_entry(column.name, &time.to_string())?,
            }
        }
        map.end()
    }
}
