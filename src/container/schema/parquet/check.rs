//! Checks of a Parquet file before its rows are read, so that a small file does not fill the
//! memory.

use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{ByteArray, ByteArrayType};
use parquet::file::reader::RowGroupReader;

use super::depth::schema_depth;
use super::failure::{damaged, failed};
use crate::container::damage::Damage;
use crate::container::limits::Limits;

/// The deepest nesting of a schema. CloudTrail's records nest about ten deep.
const DEPTH_LIMIT: usize = 64;

/// The most values of a column of lists in a group: this many for each row, and this many in any
/// case.
const VALUES_PER_ROW: u64 = 1_000;
const VALUES_FREE: u64 = 100_000;

/// The number of rows whose lists are measured together.
const ROWS_AT_ONCE: usize = 16;

/// Checks the depth of the schema in the footer that bytes end with.
///
/// # Errors
///
/// Returns the damage if the reader should not follow it.
pub fn depth(file: &[u8]) -> Result<(), Damage> {
    let detail = match schema_depth(file) {
        Some(depth) if depth <= DEPTH_LIMIT => return Ok(()),
        Some(depth) => format!("its schema nests {depth} deep, the limit is {DEPTH_LIMIT}"),
        None => "its footer is missing or damaged".to_owned(),
    };
    Err(damaged(&detail, 0))
}

/// Checks a group of rows.
pub(super) fn group(
    group: &dyn RowGroupReader,
    stored_bytes: u64,
    limits: &Limits,
) -> Result<(), Damage> {
    // A page of each column is in memory at the same time.
    size(total_bytes(group), stored_bytes, limits)?;
    let columns = group.metadata().columns().iter().enumerate();
    for (number, column) in columns {
        if column.column_descr().max_rep_level() > 0 {
            lists(group, number, limits)?;
        }
    }
    Ok(())
}

/// Returns the size of all columns together after decompression, as the file claims.
fn total_bytes(group: &dyn RowGroupReader) -> u64 {
    let mut total = 0_u64;
    for column in group.metadata().columns() {
        let bytes = u64::try_from(column.uncompressed_size());
        total = total.saturating_add(bytes.unwrap_or(0));
    }
    total
}

/// Checks a column of lists. A row is read whole, and its lists may name one long text any number
/// of times.
fn lists(group: &dyn RowGroupReader, column: usize, limits: &Limits) -> Result<(), Damage> {
    values(group, column)?;
    texts(group, column, limits)
}

/// Checks the number of values of a column of lists, as its pages claim before they are read.
fn values(group: &dyn RowGroupReader, column: usize) -> Result<(), Damage> {
    let mut pages = group.get_column_page_reader(column).map_err(failed(0))?;
    let mut values = 0;
    while let Some(page) = pages.peek_next_page().map_err(failed(0))? {
        values += page.num_levels.unwrap_or(0) as u64;
        check_count(values, group)?;
        pages.skip_next_page().map_err(failed(0))?;
    }
    Ok(())
}

fn check_count(values: u64, group: &dyn RowGroupReader) -> Result<(), Damage> {
    let rows = row_count(group);
    if values > values_limit(rows) {
        return Err(beyond_values(rows));
    }
    Ok(())
}

fn row_count(group: &dyn RowGroupReader) -> u64 {
    u64::try_from(group.metadata().num_rows()).unwrap_or(0)
}

fn values_limit(rows: u64) -> u64 {
    let of_rows = rows.saturating_mul(VALUES_PER_ROW);
    of_rows.saturating_add(VALUES_FREE)
}

fn beyond_values(rows: u64) -> Damage {
    let limit = values_limit(rows);
    let detail = format!("a column of lists holds more than {limit} values in {rows} rows");
    Damage::too_large(detail, None)
}

/// Checks the length of the texts in a column of lists, a few rows at a time, without copying them.
fn texts(group: &dyn RowGroupReader, column: usize, limits: &Limits) -> Result<(), Damage> {
    let reader = group.get_column_reader(column).map_err(failed(0))?;
    // Values of other types have a fixed size, so their number bounds them.
    let ColumnReader::ByteArrayColumnReader(mut reader) = reader else {
        return Ok(());
    };
    let limit = limits.record_bytes.saturating_mul(ROWS_AT_ONCE as u64);
    while let Some((rows, texts)) = next_texts(&mut reader)? {
        let length = texts.iter().map(|text| text.len() as u64).sum();
        if length > limit {
            return Err(long_lists(rows, length));
        }
    }
    Ok(())
}

fn long_lists(rows: usize, length: u64) -> Damage {
    let detail = format!("{rows} rows hold {length} bytes in one column of lists");
    Damage::too_large(detail, None)
}

/// Returns the number of the next rows, and their texts; nothing at the end.
pub(super) fn next_texts(
    reader: &mut ColumnReaderImpl<ByteArrayType>,
) -> Result<Option<(usize, Vec<ByteArray>)>, Damage> {
    let (mut definitions, mut repetitions, mut texts) = (Vec::new(), Vec::new(), Vec::new());
    let read = reader.read_records(
        ROWS_AT_ONCE,
        Some(&mut definitions),
        Some(&mut repetitions),
        &mut texts,
    );
    let (rows, _, _) = read.map_err(failed(0))?;
    Ok((rows > 0).then_some((rows, texts)))
}

/// Checks the size of content of a table.
pub(super) fn size(content_bytes: u64, stored_bytes: u64, limits: &Limits) -> Result<(), Damage> {
    if content_bytes > limits.content_bytes {
        return Err(limits.beyond_content(content_bytes));
    }
    limits.check_ratio(content_bytes, stored_bytes)
}
