//! Data files in Parquet. Their keys are as they are (sources, D15).

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::sync::Arc;

use parquet::basic::Repetition;
use parquet::errors::ParquetError;
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::reader::FileReader;
use parquet::file::serialized_reader::SerializedFileReader;
use parquet::record::reader::RowIter;
use parquet::record::{Field, Row as Cells};
use parquet::schema::types::Type;

use super::column::InventoryColumn;
use super::row::{BadRow, InventoryRow, TakeRow, shortened};
use crate::container::check_parquet_footer;
use crate::table::format::parquet::caught;

/// The bytes after the footer: its length and the magic.
const TAIL_BYTES: u64 = 8;

/// The longest footer in bytes. It describes some columns of some groups of rows.
const FOOTER_BYTES: u64 = 64 << 20;

/// The largest size of the columns of a group of rows, in bytes after decompression. Groups of S3
/// have some dozens of megabytes.
const GROUP_BYTES: u64 = 1 << 30;

/// Reads the rows of a data file.
///
/// # Errors
///
/// Returns the first row that cannot be read or taken.
pub(super) fn read(file: File, take: &mut TakeRow<'_>) -> Result<(), BadRow> {
    let mut number = 0;
    let read = read_rows(file, &mut number, take);
    read.map_err(|detail| BadRow {
        row: number,
        detail,
    })
}

/// Checks the part of a file that is read whole and by recursion.
fn check_footer(file: &mut File) -> Result<(), String> {
    let tail = last_bytes(file, TAIL_BYTES)?;
    let length = tail.first_chunk().copied().unwrap_or_default();
    let length = u64::from(u32::from_le_bytes(length));
    if length > FOOTER_BYTES {
        return Err(format!("its footer has {length} bytes"));
    }
    let footer = last_bytes(file, length + TAIL_BYTES)?;
    check_parquet_footer(&footer).map_err(|damage| damage.detail)
}

fn last_bytes(file: &mut File, count: u64) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let start = -i64::try_from(count).unwrap_or(i64::MAX);
    let read = file
        .seek(SeekFrom::End(start))
        .and_then(|_| file.take(count).read_to_end(&mut bytes));
    read.map_err(|_| "its footer is missing or damaged".to_owned())?;
    Ok(bytes)
}

/// Reads the rows, and counts them.
fn read_rows(mut file: File, number: &mut u64, take: &mut TakeRow<'_>) -> Result<(), String> {
    check_footer(&mut file)?;
    let (columns, mut rows) = checked(|| open(file))??;
    while let Some(cells) = checked(|| rows.next())? {
        *number += 1;
        let cells = cells.map_err(described)?;
        take(&row(&columns, &cells)?)?;
    }
    Ok(())
}

/// Opens a file. Returns the columns that are read, and the rows.
fn open(file: File) -> Result<(Vec<InventoryColumn>, RowIter<'static>), String> {
    let reader = SerializedFileReader::new(file).map_err(described)?;
    let schema = reader.metadata().file_metadata().schema();
    let (columns, projection) = projection(schema)?;
    for group in reader.metadata().row_groups() {
        check_group(group, &columns)?;
    }
    let rows = RowIter::from_file_into(Box::new(reader));
    let rows = rows.project(Some(projection)).map_err(described)?;
    Ok((columns, rows))
}

/// Runs work of the reader alone. It follows the schema by recursion, and panics on some files that
/// contradict themselves.
fn checked<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    caught(work).ok_or_else(|| "it contradicts itself".to_owned())
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "it is a function of `map_err`"
)]
fn described(error: ParquetError) -> String {
    error.to_string()
}

/// Checks the size of the columns that are read of a group, as the file claims it.
fn check_group(group: &RowGroupMetaData, columns: &[InventoryColumn]) -> Result<(), String> {
    let mut total = 0_u64;
    for chunk in group.columns() {
        let name = chunk.column_descr().name();
        if columns.iter().any(|column| column.parquet_name() == name) {
            let bytes = u64::try_from(chunk.uncompressed_size());
            total = total.saturating_add(bytes.unwrap_or(u64::MAX));
        }
    }
    match total > GROUP_BYTES {
        true => Err(format!(
            "a group of rows has {total} bytes, more than {GROUP_BYTES}"
        )),
        false => Ok(()),
    }
}

/// Returns the columns that are read, in the order of the file, and the schema of them alone.
fn projection(schema: &Type) -> Result<(Vec<InventoryColumn>, Type), String> {
    let (mut columns, mut fields) = (Vec::new(), Vec::new());
    for field in schema.get_fields() {
        let named = |column: &InventoryColumn| column.parquet_name() == field.name();
        let Some(column) = InventoryColumn::ALL.into_iter().find(named) else {
            continue;
        };
        // A list may have any number of values in a row.
        if !field.is_primitive() || field.get_basic_info().repetition() == Repetition::REPEATED {
            return Err(format!("the column {} is a list", column.parquet_name()));
        }
        columns.push(column);
        fields.push(Arc::clone(field));
    }
    if let Some(column) = InventoryColumn::missing_from(&columns) {
        return Err(format!("it has no column {}", column.parquet_name()));
    }
    // The columns that are not in it are neither decompressed nor decoded.
    let projection = Type::group_type_builder(schema.name()).with_fields(fields);
    Ok((columns, projection.build().map_err(described)?))
}

fn row<'c>(columns: &[InventoryColumn], cells: &'c Cells) -> Result<InventoryRow<'c>, String> {
    let mut row = InventoryRow::new();
    for (column, (_, field)) in columns.iter().zip(cells.get_column_iter()) {
        match field {
            Field::Null => {}
            Field::Str(text) => row.set_text(*column, text)?,
            Field::Bytes(bytes) => {
                let text = str::from_utf8(bytes.data()).map_err(|error| error.to_string())?;
                row.set_text(*column, text)?;
            }
            Field::Bool(value) => row.set_boolean(*column, *value)?,
            Field::Long(number) => row.set_number(*column, *number)?,
            Field::Int(number) => row.set_number(*column, i64::from(*number))?,
            other => {
                let name = column.parquet_name();
                let shown = shortened(&other.to_string());
                return Err(format!("the column {name} holds `{shown}`"));
            }
        }
    }
    Ok(row)
}

#[cfg(test)]
mod tests {
    use std::panic::catch_unwind;

    use parquet::basic::Type as PhysicalType;
    use parquet::file::metadata::ColumnChunkMetaData;
    use parquet::schema::types::SchemaDescriptor;

    use super::*;
    use crate::table::format::parquet::{Compression, write};
    use crate::table::schema::TableSchema;

    /// Writes a data file with one row.
    fn data_file() -> File {
        let schema = TableSchema::<u64>::builder()
            .text("bucket", |_| Some("b"))
            .text("key", |_| Some("k"))
            .integer("size", |size| Some(*size))
            .text("e_tag", |_| Some("e"))
            .build();
        let mut file = tempfile::tempfile().expect("a file");
        let table = schema.table("rows", &[7]);
        write([table], Compression::Zstandard, &mut file).expect("written");
        file
    }

    #[test]
    fn a_panic_of_what_takes_the_rows_is_not_damage_of_the_file() {
        let mut keys = Vec::new();
        let read_keys = read(data_file(), &mut |row| {
            keys.push(row.key.to_owned());
            Ok(())
        });
        assert_eq!((read_keys, keys), (Ok(()), vec!["k".to_owned()]));
        let panicked = catch_unwind(|| read(data_file(), &mut |_| panic!("as asked")));
        assert!(panicked.is_err());
    }

    #[test]
    fn a_group_of_rows_has_a_size() {
        let field = |name: &str| {
            let field = Type::primitive_type_builder(name, PhysicalType::BYTE_ARRAY).build();
            Arc::new(field.expect("a field"))
        };
        let fields = vec![field("key"), field("other")];
        let schema = Type::group_type_builder("s3").with_fields(fields).build();
        let schema = SchemaDescriptor::new(Arc::new(schema.expect("a schema")));
        let schema = Arc::new(schema);
        let check = |key_bytes: i64| {
            let chunks = [key_bytes, i64::MAX].into_iter().enumerate();
            let chunks = chunks.map(|(number, bytes)| {
                ColumnChunkMetaData::builder(schema.column(number))
                    .set_total_uncompressed_size(bytes)
                    .build()
                    .expect("a column")
            });
            let group = RowGroupMetaData::builder(Arc::clone(&schema))
                .set_column_metadata(chunks.collect())
                .build();
            check_group(&group.expect("a group"), &[InventoryColumn::Key])
        };
        assert_eq!(check(GROUP_BYTES as i64), Ok(()));
        assert!(check(GROUP_BYTES as i64 + 1).is_err());
        assert!(check(-1).is_err());
    }
}
