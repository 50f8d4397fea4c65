//! The contents of a Parquet file: records by its schema, or by the texts in its columns.

use parquet::basic::{LogicalType, Type as PhysicalType};
use parquet::column::reader::ColumnReader;
use parquet::file::reader::{FileReader, RowGroupReader};
use parquet::schema::types::Type;

use super::check;
use super::failure::failed;
use crate::container::damage::Damage;
use crate::container::limits::Limits;
use crate::container::schema::standing::are_mapped;
use crate::container::schema::{names, unmapped};

/// The contents of a table, as far as its schema shows them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TableContents {
    /// Rows, structures or lists of records.
    Records {
        /// True if there is no column for the messages of errors.
        lacks_error_message: bool,
    },
    /// Columns that show records, and lack something that each record needs.
    Unmapped,
    /// Anything else. Texts may still hold records.
    Other,
}

impl TableContents {
    pub(super) fn from_schema(schema: &Type) -> Self {
        if let Some(group) = records_in(schema) {
            let lacks_error_message = names::lack_error_messages(child_names(group));
            return Self::Records {
                lacks_error_message,
            };
        }
        match names::are_of_events(child_names(schema)) {
            true => Self::Unmapped,
            false => Self::Other,
        }
    }
}

/// Returns the first structure, or the table itself, that has the fields of a record.
fn records_in(group: &Type) -> Option<&Type> {
    if !group.is_group() {
        return None;
    }
    if are_mapped(child_names(group)) {
        return Some(group);
    }
    // The depth of the schema is bounded before it is read.
    let mut children = group.get_fields().iter();
    children.find_map(|child| records_in(child))
}

fn child_names(group: &Type) -> impl Iterator<Item = &str> + Clone {
    group.get_fields().iter().map(|field| field.name())
}

/// Returns the names of the columns whose values are UUIDs.
pub(super) fn uuid_columns(schema: &Type) -> Vec<String> {
    let columns = schema.get_fields().iter();
    let columns = columns.filter(|column| {
        let logical = column.get_basic_info().logical_type_ref();
        matches!(logical, Some(LogicalType::Uuid))
    });
    columns.map(|column| column.name().to_owned()).collect()
}

/// Returns true if a text in any column shows records.
pub(super) fn shows_records(
    reader: &dyn FileReader,
    stored_bytes: u64,
    limits: &Limits,
) -> Result<bool, Damage> {
    for number in 0..reader.num_row_groups() {
        let group = reader.get_row_group(number).map_err(failed(0))?;
        check::group(&*group, stored_bytes, limits)?;
        if group_shows_records(&*group)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn group_shows_records(group: &dyn RowGroupReader) -> Result<bool, Damage> {
    for (number, column) in group.metadata().columns().iter().enumerate() {
        let is_text = column.column_type() == PhysicalType::BYTE_ARRAY;
        if is_text && column_shows_records(group, number)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn column_shows_records(group: &dyn RowGroupReader, column: usize) -> Result<bool, Damage> {
    let reader = group.get_column_reader(column).map_err(failed(0))?;
    let ColumnReader::ByteArrayColumnReader(mut reader) = reader else {
        return Ok(false);
    };
    while let Some((_, texts)) = check::next_texts(&mut reader)? {
        if texts
            .iter()
            .any(|text| unmapped::shows_records(text.data()))
        {
            return Ok(true);
        }
    }
    Ok(false)
}
