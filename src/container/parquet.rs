//! Copies of records in Parquet: one column a field, as Athena, Lake and pipelines write them.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

use ::parquet::errors::ParquetError;
use ::parquet::file::reader::FileReader;
use ::parquet::file::serialized_reader::SerializedFileReader;
use ::parquet::record::{Field, Row};
use bytes::Bytes;
use jiff::Timestamp;
use serde_json::{Map, Value};

use super::Damage;
use super::columns::{are_of_records, column_record};
use super::compression::Stretch;
use super::limits::{Limits, RATIO_FREE_BYTES};
use crate::problem::ProblemKind;

/// What a Parquet file begins and ends with.
const MAGIC: &[u8] = b"PAR1";

thread_local! {
    /// Whether this thread is in the reader, whose panics are told as damage.
    static IS_READING: Cell<bool> = const { Cell::new(false) };
}

/// Keeps the panics of the reader from standard error. They end as problems of their objects.
pub fn silence_panics() {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !IS_READING.get() {
            hook(panic);
        }
    }));
}

/// Whether bytes begin as a Parquet file does.
pub(super) fn is_parquet(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC)
}

/// The records in a Parquet file, one a line; nothing when its columns hold none.
///
/// Rows are read one by one, so that a small file that claims billions of them ends at the limit.
pub(super) fn records(bytes: &[u8], limits: &Limits) -> Option<Stretch> {
    let mut lines = Vec::new();
    // The reader checks much but not all of what a file claims, and a file may claim anything.
    IS_READING.set(true);
    let read = catch_unwind(AssertUnwindSafe(|| read(bytes, limits, &mut lines)));
    IS_READING.set(false);
    let read = read.unwrap_or_else(|_| Err(damaged("it contradicts itself", lines.len())));
    match read {
        Ok(true) => Some(Stretch { bytes: lines, damage: None }),
        Ok(false) => None,
        Err(damage) => Some(Stretch { bytes: lines, damage: Some(damage) }),
    }
}

/// Adds a line for each row; answers whether the columns hold records.
fn read(bytes: &[u8], limits: &Limits, lines: &mut Vec<u8>) -> Result<bool, Damage> {
    let failed = |error: ParquetError, lines: usize| damaged(&error.to_string(), lines);
    let reader =
        SerializedFileReader::new(Bytes::copy_from_slice(bytes)).map_err(|error| failed(error, 0))?;
    let schema = reader.metadata().file_metadata().schema();
    if !are_of_records(schema.get_fields().iter().map(|field| field.name())) {
        return Ok(false);
    }
    for row in reader.get_row_iter(None).map_err(|error| failed(error, 0))? {
        let row = row.map_err(|error| failed(error, lines.len()))?;
        lines.extend_from_slice(column_record(object(row)).as_bytes());
        lines.push(b'\n');
        check_size(lines.len() as u64, bytes.len() as u64, limits)?;
    }
    Ok(true)
}

fn check_size(length: u64, stored: u64, limits: &Limits) -> Result<(), Damage> {
    let too_large = |detail| Damage { kind: ProblemKind::TooLarge, detail, byte: Some(length) };
    if length > limits.content_bytes {
        return Err(too_large(format!(
            "the table holds more than {} bytes of records",
            limits.content_bytes
        )));
    }
    if length > RATIO_FREE_BYTES && length / stored.max(1) > limits.ratio {
        return Err(too_large(format!(
            "the records are more than {} times as large as the table",
            limits.ratio
        )));
    }
    Ok(())
}

fn damaged(detail: &str, length: usize) -> Damage {
    let detail = format!("the Parquet file cannot be read ({detail})");
    Damage { kind: ProblemKind::DamagedTable, detail, byte: Some(length as u64) }
}

fn object(row: Row) -> Map<String, Value> {
    row.into_columns().into_iter().map(|(name, field)| (name, value(field))).collect()
}

fn value(field: Field) -> Value {
    match field {
        Field::Null => Value::Null,
        Field::Bool(boolean) => boolean.into(),
        Field::Byte(number) => number.into(),
        Field::Short(number) => number.into(),
        Field::Int(number) | Field::Date(number) | Field::TimeMillis(number) => number.into(),
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
        Field::Group(row) => object(row).into_iter().filter(|(_, value)| !value.is_null()).collect(),
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
