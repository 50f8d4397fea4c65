//! Tables to JSON: an array of objects, one a line, or just the lines.

use std::io::Write;

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::Table;
use super::format::{Parts, WriteError};
use crate::table::Value;

/// Writes a table as an array with one object a line.
///
/// # Errors
///
/// When the bytes cannot be written.
pub fn write(parts: Parts<'_, '_>, out: &mut dyn Write) -> Result<(), WriteError> {
    out.write_all(b"[")?;
    let mut before = "\n";
    for table in parts {
        for row in 0..table.rows() {
            out.write_all(std::mem::replace(&mut before, ",\n").as_bytes())?;
            serde_json::to_writer(&mut *out, &Row { table: &table, row })?;
        }
    }
    out.write_all(b"\n]\n")?;
    Ok(())
}

/// Writes a table as one object a line.
///
/// # Errors
///
/// When the bytes cannot be written.
pub fn write_lines(table: &Table<'_>, out: &mut dyn Write) -> Result<(), WriteError> {
    for row in 0..table.rows() {
        serde_json::to_writer(&mut *out, &Row { table, row })?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

struct Row<'a> {
    table: &'a Table<'a>,
    row: usize,
}

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.table.columns.len()))?;
        for column in &self.table.columns {
            match column.values.get(self.row) {
                Value::Missing => map.serialize_entry(column.name, &None::<()>)?,
                Value::Text(text) => map.serialize_entry(column.name, text)?,
                Value::Integer(number) => map.serialize_entry(column.name, &number)?,
                Value::Float(number) => map.serialize_entry(column.name, &number)?,
                Value::Time(time) => map.serialize_entry(column.name, &time.to_string())?,
            }
        }
        map.end()
    }
}
