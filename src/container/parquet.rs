//! Copies of records in Parquet: one column a field, as Athena, Lake and pipelines write them.

use ::parquet::column::reader::ColumnReader;
use ::parquet::errors::ParquetError;
use ::parquet::file::reader::{FileReader, RowGroupReader};
use ::parquet::file::serialized_reader::SerializedFileReader;
use ::parquet::record::{Field, Row};
use bytes::Bytes;
use jiff::Timestamp;
use serde_json::{Map, Value};

use super::Damage;
use super::columns::{are_of_records, column_record};
use super::compression::Stretch;
use super::limits::{Limits, RATIO_FREE_BYTES};
use super::parquet_schema;
use crate::problem::ProblemKind;
use crate::table::parquet::caught;

/// What a Parquet file begins and ends with.
const MAGIC: &[u8] = b"PAR1";

/// How deep a schema may nest. CloudTrail's records nest about ten deep.
const DEPTH_LIMIT: usize = 64;

/// How many values the rows of a group may hold in a column of lists: this many a row, and this
/// many in any case.
const VALUES_PER_ROW: u64 = 1_000;
const VALUES_FREE: u64 = 100_000;

/// How many rows are looked at together for the length of their lists.
const ROWS_AT_ONCE: usize = 16;

/// Whether bytes begin as a Parquet file does.
pub(super) fn is_parquet(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC)
}

/// The records in a Parquet file, one a line; nothing when its columns hold none.
///
/// Rows are read one by one, so that a small file that claims billions of them ends at the limit.
pub(super) fn records(bytes: &[u8], limits: &Limits) -> Option<Stretch> {
    let mut lines = Vec::new();
    let read = match check_depth(bytes) {
        Ok(()) => caught(|| read(bytes, limits, &mut lines)),
        Err(damage) => Some(Err(damage)),
    };
    match read.unwrap_or_else(|| Err(damaged("it contradicts itself", lines.len()))) {
        Ok(true) => Some(Stretch {
            bytes: lines,
            damage: None,
        }),
        Ok(false) => None,
        Err(damage) => Some(Stretch {
            bytes: lines,
            damage: Some(damage),
        }),
    }
}

fn check_depth(bytes: &[u8]) -> Result<(), Damage> {
    let detail = match parquet_schema::depth(bytes) {
        Some(depth) if depth <= DEPTH_LIMIT => return Ok(()),
        Some(depth) => format!("its schema nests {depth} deep, the limit is {DEPTH_LIMIT}"),
        None => "its footer is missing or damaged".to_owned(),
    };
    Err(damaged(&detail, 0))
}

/// Adds a line for each row; answers whether the columns hold records.
fn read(bytes: &[u8], limits: &Limits, lines: &mut Vec<u8>) -> Result<bool, Damage> {
    let failed = |error: ParquetError, lines: usize| damaged(&error.to_string(), lines);
    let reader = SerializedFileReader::new(Bytes::copy_from_slice(bytes))
        .map_err(|error| failed(error, 0))?;
    let schema = reader.metadata().file_metadata().schema();
    if !are_of_records(schema.get_fields().iter().map(|field| field.name())) {
        return Ok(false);
    }
    for number in 0..reader.num_row_groups() {
        let group = reader
            .get_row_group(number)
            .map_err(|error| failed(error, lines.len()))?;
        check_pages(&*group, bytes.len() as u64, limits)?;
        check_lists(&*group, limits)?;
        for row in group
            .get_row_iter(None)
            .map_err(|error| failed(error, lines.len()))?
        {
            let row = row.map_err(|error| failed(error, lines.len()))?;
            lines.extend_from_slice(column_record(object(row)).as_bytes());
            lines.push(b'\n');
            check_size(lines.len() as u64, bytes.len() as u64, limits)?;
        }
    }
    Ok(true)
}

/// Checks how large the pages of each column are after decompression, as the file says.
fn check_pages(group: &dyn RowGroupReader, stored: u64, limits: &Limits) -> Result<(), Damage> {
    let sizes = group
        .metadata()
        .columns()
        .iter()
        .map(|column| column.uncompressed_size());
    let largest = sizes
        .filter_map(|size| u64::try_from(size).ok())
        .max()
        .unwrap_or(0);
    check_size(largest, stored, limits)
}

/// Checks that no row of a group holds more than the limits allow. A row is read whole, and its
/// lists may name one long text any number of times.
fn check_lists(group: &dyn RowGroupReader, limits: &Limits) -> Result<(), Damage> {
    let columns = group.metadata().columns().iter().enumerate();
    let lists = columns.filter(|(_, column)| column.column_descr().max_rep_level() > 0);
    for (number, _) in lists {
        check_values(group, number)?;
        check_texts(group, number, limits)?;
    }
    Ok(())
}

/// Checks how many values a column of lists holds, as its pages claim before they are read.
fn check_values(group: &dyn RowGroupReader, column: usize) -> Result<(), Damage> {
    let failed = |error: ParquetError| damaged(&error.to_string(), 0);
    let mut pages = group.get_column_page_reader(column).map_err(failed)?;
    let rows = u64::try_from(group.metadata().num_rows()).unwrap_or(0);
    let limit = rows
        .saturating_mul(VALUES_PER_ROW)
        .saturating_add(VALUES_FREE);
    let mut values = 0;
    while let Some(page) = pages.peek_next_page().map_err(failed)? {
        values += page.num_levels.unwrap_or(0) as u64;
        if values > limit {
            let detail = format!("a column of lists holds more than {limit} values in {rows} rows");
            return Err(Damage {
                kind: ProblemKind::TooLarge,
                detail,
                byte: None,
            });
        }
        pages.skip_next_page().map_err(failed)?;
    }
    Ok(())
}

/// Checks how long the texts in a column of lists are together, a few rows at a time, without
/// copying them.
fn check_texts(group: &dyn RowGroupReader, column: usize, limits: &Limits) -> Result<(), Damage> {
    let failed = |error: ParquetError| damaged(&error.to_string(), 0);
    let reader = group.get_column_reader(column).map_err(failed)?;
    let ColumnReader::ByteArrayColumnReader(mut reader) = reader else {
        return Ok(());
    };
    loop {
        let (mut definitions, mut repetitions, mut texts) = (Vec::new(), Vec::new(), Vec::new());
        let read = reader.read_records(
            ROWS_AT_ONCE,
            Some(&mut definitions),
            Some(&mut repetitions),
            &mut texts,
        );
        let (records, _, _) = read.map_err(failed)?;
        if records == 0 {
            return Ok(());
        }
        let length: u64 = texts.iter().map(|text| text.len() as u64).sum();
        if length > limits.record_bytes.saturating_mul(ROWS_AT_ONCE as u64) {
            let detail = format!("{records} rows hold {length} bytes in one column of lists");
            return Err(Damage {
                kind: ProblemKind::TooLarge,
                detail,
                byte: None,
            });
        }
    }
}

fn check_size(length: u64, stored: u64, limits: &Limits) -> Result<(), Damage> {
    let too_large = |detail| Damage {
        kind: ProblemKind::TooLarge,
        detail,
        byte: Some(length),
    };
    if length > limits.content_bytes {
        return Err(too_large(format!(
            "the table holds more than {} bytes",
            limits.content_bytes
        )));
    }
    if length > RATIO_FREE_BYTES && length / stored.max(1) > limits.ratio {
        return Err(too_large(format!(
            "the table holds more than {} times its compressed bytes",
            limits.ratio
        )));
    }
    Ok(())
}

fn damaged(detail: &str, length: usize) -> Damage {
    let detail = format!("the Parquet file cannot be read ({detail})");
    Damage {
        kind: ProblemKind::DamagedTable,
        detail,
        byte: Some(length as u64),
    }
}

fn object(row: Row) -> Map<String, Value> {
    row.into_columns()
        .into_iter()
        .map(|(name, field)| (name, value(field)))
        .collect()
}

fn value(field: Field) -> Value {
    match field {
        Field::Null => Value::Null,
        Field::Bool(boolean) => boolean.into(),
        Field::Byte(number) => number.into(),
        Field::Short(number) => number.into(),
        Field::Int(number) | Field::TimeMillis(number) => number.into(),
        Field::Date(days) => {
            let seconds = i64::from(days).saturating_mul(86_400);
            time(Timestamp::from_second(seconds), i64::from(days))
        }
        Field::Long(number) | Field::TimeMicros(number) => number.into(),
        Field::UByte(number) => number.into(),
        Field::UShort(number) => number.into(),
        Field::UInt(number) => number.into(),
        Field::ULong(number) => number.into(),
        Field::Float16(number) => number.to_f64().into(),
        Field::Float(number) => f64::from(number).into(),
        Field::Double(number) => number.into(),
        decimal @ Field::Decimal(_) => decimal.to_string().into(),
        Field::Str(text) => text.into(),
        Field::Bytes(bytes) => String::from_utf8_lossy(bytes.data()).into(),
        Field::TimestampMillis(count) => time(Timestamp::from_millisecond(count), count),
        Field::TimestampMicros(count) => time(Timestamp::from_microsecond(count), count),
        // A structure has a place for whatever any record has; a record has what is in it.
        Field::Group(row) => object(row)
            .into_iter()
            .filter(|(_, value)| !value.is_null())
            .collect(),
        Field::ListInternal(list) => list.elements().iter().cloned().map(value).collect(),
        Field::MapInternal(map) => Value::Object(map.entries().iter().map(member).collect()),
    }
}

fn time(time: Result<Timestamp, jiff::Error>, count: i64) -> Value {
    time.map_or_else(|_| count.into(), |time| time.to_string().into())
}

fn member((key, content): &(Field, Field)) -> (String, Value) {
    let key = match key {
        Field::Str(text) => text.clone(),
        other => other.to_string(),
    };
    (key, value(content.clone()))
}
