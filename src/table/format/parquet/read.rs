//! Parquet to tables.

use std::borrow::Cow;
use std::io::Cursor;

use jiff::civil::Date;
use jiff::{Span, Timestamp};
use polars_arrow::array::{Array, BooleanArray, PrimitiveArray, Utf8ViewArray};
use polars_arrow::datatypes::{ArrowDataType, ArrowSchema, Field, TimeUnit};
use polars_arrow::types::NativeType;
use polars_buffer::Buffer;
use polars_error::{PolarsResult, polars_bail, polars_ensure};
use polars_parquet::read::{
    BasicDecompressor, ColumnChunkMetadata, PageReader, RowGroupMetadata, column_iter_to_arrays,
    infer_schema, read_metadata,
};

use super::{EPOCH, caught};
use crate::table::{Column, ColumnKind, ColumnValues, Table};

/// Reads these columns of a table from the bytes of a file. Each must be in the file with values of
/// its kind.
///
/// # Errors
///
/// Returns an error if the bytes are not Parquet, or a column is missing or holds other values.
pub fn read(
    name: &'static str,
    columns: &[(&'static str, ColumnKind)],
    bytes: Vec<u8>,
) -> PolarsResult<Table<'static>> {
    let read = caught(|| read_columns(name, columns, bytes));
    read.unwrap_or_else(|| polars_bail!(ComputeError: "the file contradicts itself"))
}

fn read_columns(
    name: &'static str,
    columns: &[(&'static str, ColumnKind)],
    bytes: Vec<u8>,
) -> PolarsResult<Table<'static>> {
    let metadata = read_metadata(&mut Cursor::new(&bytes))?;
    let schema = infer_schema(&metadata)?;
    let bytes = Buffer::from(bytes);
    let mut read = Vec::with_capacity(columns.len());
    for &(name, kind) in columns {
        let field = field(&schema, name)?;
        let mut values = ColumnValues::empty(kind);
        for group in &metadata.row_groups {
            append_group(&mut values, field, group, &bytes)?;
        }
        read.push(Column { name, values });
    }
    Ok(Table {
        name,
        columns: read,
    })
}

/// Adds the values of a column in a group of rows.
fn append_group(
    values: &mut ColumnValues<'static>,
    field: &Field,
    group: &RowGroupMetadata,
    file: &Buffer<u8>,
) -> PolarsResult<()> {
    let Some(chunks) = group.columns_under_root_iter(&field.name) else {
        polars_bail!(ColumnNotFound: "{}", field.name);
    };
    for chunk in chunks {
        append(values, field, &arrays(chunk, field, file)?)?;
    }
    Ok(())
}

fn field<'s>(schema: &'s ArrowSchema, name: &str) -> PolarsResult<&'s Field> {
    match schema.get(name) {
        Some(field) => Ok(field),
        None => polars_bail!(ColumnNotFound: "{name}"),
    }
}

/// Returns the values of a column in a group of rows.
fn arrays(
    chunk: &ColumnChunkMetadata,
    field: &Field,
    file: &Buffer<u8>,
) -> PolarsResult<Vec<Box<dyn Array>>> {
    let pages = pages(chunk, field, file)?;
    let pages = PageReader::new(Cursor::new(pages), chunk, Vec::new(), usize::MAX);
    let primitive_type = &chunk.descriptor().descriptor.primitive_type;
    let (arrays, _) = column_iter_to_arrays(
        vec![BasicDecompressor::new(pages, Vec::new())],
        vec![primitive_type],
        field.clone(),
        None,
    )?;
    Ok(arrays)
}

/// Returns the bytes of a column in a group of rows.
fn pages(
    chunk: &ColumnChunkMetadata,
    field: &Field,
    file: &Buffer<u8>,
) -> PolarsResult<Buffer<u8>> {
    let range = chunk.byte_range();
    let (start, end) = (to_usize(range.start)?, to_usize(range.end)?);
    // A damaged file may claim anything, and a slice that is out of bounds panics.
    polars_ensure!(
        start <= end && end <= file.len(),
        ComputeError: "column `{}` is not within the file", field.name
    );
    // The slice shares the memory of the file.
    Ok(file.clone().sliced(start..end))
}

fn to_usize(place: u64) -> PolarsResult<usize> {
    match usize::try_from(place) {
        Ok(place) => Ok(place),
        Err(error) => polars_bail!(ComputeError: "{error}"),
    }
}

/// Adds arrays to the values of a column.
fn append(
    values: &mut ColumnValues<'static>,
    field: &Field,
    arrays: &[Box<dyn Array>],
) -> PolarsResult<()> {
    for array in arrays {
        match values {
            ColumnValues::Text(texts) => texts.extend(texts_of(array.as_ref(), field)?),
            ColumnValues::Integer(integers) => {
                let read = primitives::<i64>(array.as_ref(), field, &ArrowDataType::Int64);
                integers.extend(read?);
            }
            ColumnValues::Float(floats) => {
                let read = primitives::<f64>(array.as_ref(), field, &ArrowDataType::Float64);
                floats.extend(read?);
            }
            ColumnValues::Time(times) => append_times(times, array.as_ref(), field)?,
            ColumnValues::Date(dates) => append_dates(dates, array.as_ref(), field)?,
            ColumnValues::Boolean(values) => values.extend(booleans(array.as_ref(), field)?),
        }
    }
    Ok(())
}

fn texts_of(array: &dyn Array, field: &Field) -> PolarsResult<Vec<Option<Cow<'static, str>>>> {
    let Some(texts) = array.as_any().downcast_ref::<Utf8ViewArray>() else {
        return wrong_kind(field);
    };
    let texts = texts.iter();
    let texts = texts.map(|text| Some(Cow::Owned(text?.to_owned())));
    Ok(texts.collect())
}

fn primitives<T: NativeType>(
    array: &dyn Array,
    field: &Field,
    expected: &ArrowDataType,
) -> PolarsResult<Vec<Option<T>>> {
    if field.dtype() != expected {
        return wrong_kind(field);
    }
    let Some(values) = array.as_any().downcast_ref::<PrimitiveArray<T>>() else {
        return wrong_kind(field);
    };
    Ok(values.iter().map(|value| value.copied()).collect())
}

fn append_times(
    times: &mut Vec<Option<Timestamp>>,
    array: &dyn Array,
    field: &Field,
) -> PolarsResult<()> {
    if !matches!(
        field.dtype(),
        ArrowDataType::Timestamp(TimeUnit::Microsecond, _)
    ) {
        return wrong_kind(field);
    }
    for microseconds in primitives::<i64>(array, field, field.dtype())? {
        times.push(microseconds.map(time).transpose()?);
    }
    Ok(())
}

fn append_dates(
    dates: &mut Vec<Option<Date>>,
    array: &dyn Array,
    field: &Field,
) -> PolarsResult<()> {
    for days in primitives::<i32>(array, field, &ArrowDataType::Date32)? {
        dates.push(days.map(date).transpose()?);
    }
    Ok(())
}

fn booleans(array: &dyn Array, field: &Field) -> PolarsResult<Vec<Option<bool>>> {
    let Some(values) = array.as_any().downcast_ref::<BooleanArray>() else {
        return wrong_kind(field);
    };
    Ok(values.iter().collect())
}

fn wrong_kind<T>(field: &Field) -> PolarsResult<T> {
    let (name, kind) = (&field.name, field.dtype());
    polars_bail!(SchemaMismatch: "column `{name}` holds {kind:?}");
}

fn time(microseconds: i64) -> PolarsResult<Timestamp> {
    match Timestamp::from_microsecond(microseconds) {
        Ok(time) => Ok(time),
        Err(error) => polars_bail!(ComputeError: "{error}"),
    }
}

fn date(days: i32) -> PolarsResult<Date> {
    let span = Span::new().try_days(days);
    match span.and_then(|span| EPOCH.checked_add(span)) {
        Ok(date) => Ok(date),
        Err(error) => polars_bail!(ComputeError: "{error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Compression, write};
    use super::*;

    fn written(table: &Table<'_>) -> Vec<u8> {
        let mut bytes = Vec::new();
        write([table], Compression::Zstandard, &mut bytes).expect("written");
        bytes
    }

    #[test]
    fn tables_of_many_groups_are_read_back_as_they_were() {
        let rows = 65_536 + 3;
        let texts = (0..rows)
            .map(|row| (row % 7 != 0).then(|| format!("object {row}").into()))
            .collect();
        let day = |row: i64| date(i32::try_from(row * 40 - 700_000).ok()?).ok();
        let truth = |row| (row % 5 != 0).then_some(row % 3 == 0);
        let time = |row| Timestamp::from_microsecond(row * 1_000_001).ok();
        let columns = vec![
            Column {
                name: "text",
                values: ColumnValues::Text(texts),
            },
            Column {
                name: "integer",
                values: ColumnValues::Integer((0..rows).map(Some).collect()),
            },
            Column {
                name: "float",
                values: ColumnValues::Float((0..rows).map(|row| Some(row as f64 / 3.0)).collect()),
            },
            Column {
                name: "time",
                values: ColumnValues::Time((0..rows).map(time).collect()),
            },
            Column {
                name: "date",
                values: ColumnValues::Date((0..rows).map(day).collect()),
            },
            Column {
                name: "boolean",
                values: ColumnValues::Boolean((0..rows).map(truth).collect()),
            },
        ];
        let table = Table {
            name: "many",
            columns,
        };
        let kinds = [
            ("text", ColumnKind::Text),
            ("integer", ColumnKind::Integer),
            ("float", ColumnKind::Float),
            ("time", ColumnKind::Time),
            ("date", ColumnKind::Date),
            ("boolean", ColumnKind::Boolean),
        ];
        assert_eq!(read("many", &kinds, written(&table)).expect("read"), table);
    }

    #[test]
    fn numbers_and_times_at_their_limits_are_read_back_as_they_were() {
        let limits = [i64::MIN, i64::MAX, 0, -1, i64::MAX, i64::MIN];
        let integers = limits.into_iter().flat_map(|number| [Some(number), None]);
        let times = [Timestamp::MIN, Timestamp::MAX, Timestamp::UNIX_EPOCH];
        let times = times.map(|time| Timestamp::from_microsecond(time.as_microsecond()).ok());
        let columns = vec![
            Column {
                name: "integer",
                values: ColumnValues::Integer(integers.collect()),
            },
            Column {
                name: "none",
                values: ColumnValues::Integer(vec![None; 12]),
            },
            Column {
                name: "time",
                values: ColumnValues::Time(times.into_iter().cycle().take(12).collect()),
            },
        ];
        let table = Table {
            name: "limits",
            columns,
        };
        let kinds = [
            ("integer", ColumnKind::Integer),
            ("none", ColumnKind::Integer),
            ("time", ColumnKind::Time),
        ];
        assert_eq!(
            read("limits", &kinds, written(&table)).expect("read"),
            table
        );
    }

    #[test]
    fn a_table_without_rows_has_its_columns() {
        let table = Table {
            name: "none",
            columns: vec![Column {
                name: "time",
                values: ColumnValues::Time(Vec::new()),
            }],
        };
        assert_eq!(
            read("none", &[("time", ColumnKind::Time)], written(&table)).expect("read"),
            table
        );
    }

    #[test]
    fn what_is_not_such_a_table_is_refused() {
        let columns = vec![Column {
            name: "a",
            values: ColumnValues::Integer(vec![Some(1)]),
        }];
        let bytes = written(&Table {
            name: "one",
            columns,
        });
        let is_refused = |columns: &[(&'static str, ColumnKind)], bytes: Vec<u8>| {
            read("one", columns, bytes).is_err()
        };
        assert!(is_refused(&[("b", ColumnKind::Integer)], bytes.clone()));
        assert!(is_refused(&[("a", ColumnKind::Text)], bytes.clone()));
        assert!(is_refused(&[("a", ColumnKind::Time)], bytes.clone()));
        assert!(is_refused(&[("a", ColumnKind::Date)], bytes.clone()));
        assert!(is_refused(&[("a", ColumnKind::Boolean)], bytes));
        assert!(is_refused(
            &[("a", ColumnKind::Integer)],
            b"PAR1 and no more".to_vec()
        ));
    }
}
