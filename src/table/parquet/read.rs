//! Parquet to tables.

use std::borrow::Cow;
use std::io::Cursor;

use jiff::Timestamp;
use polars_core::error::polars_bail;
use polars_core::prelude::{
    Column as FrameColumn, DataType, PolarsResult, StringChunked, TimeUnit,
};
use polars_io::SerReader;
use polars_io::parquet::read::{ParallelStrategy, ParquetReader};

use super::caught;
use crate::table::{Column, ColumnKind, ColumnValues, Table};

/// Reads these columns of a table from the bytes of a file. Each must be in the file with values of
/// its kind.
///
/// # Errors
///
/// When the bytes are not Parquet, or a column is missing or holds other values.
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
    let names = columns.iter().map(|(name, _)| (*name).to_owned()).collect();
    let reader = ParquetReader::new(Cursor::new(bytes)).with_columns(Some(names));
    let frame = reader.read_parallel(ParallelStrategy::None).finish()?;
    let mut read = Vec::with_capacity(columns.len());
    for (name, kind) in columns {
        read.push(Column {
            name,
            values: values(frame.column(name)?, *kind)?,
        });
    }
    Ok(Table {
        name,
        columns: read,
    })
}

fn values(column: &FrameColumn, kind: ColumnKind) -> PolarsResult<ColumnValues<'static>> {
    Ok(match kind {
        ColumnKind::Text => ColumnValues::Text(texts(column.str()?)),
        ColumnKind::Integer => ColumnValues::Integer(column.i64()?.iter().collect()),
        ColumnKind::Float => ColumnValues::Float(column.f64()?.iter().collect()),
        ColumnKind::Time => ColumnValues::Time(times(column)?),
    })
}

fn texts(column: &StringChunked) -> Vec<Option<Cow<'static, str>>> {
    let texts = column.iter();
    texts
        .map(|text| Some(Cow::Owned(text?.to_owned())))
        .collect()
}

fn times(column: &FrameColumn) -> PolarsResult<Vec<Option<Timestamp>>> {
    if !matches!(
        column.dtype(),
        DataType::Datetime(TimeUnit::Microseconds, _)
    ) {
        let (name, other) = (column.name(), column.dtype());
        polars_bail!(SchemaMismatch: "column `{name}` holds {other} and no times");
    }
    let mut times = Vec::with_capacity(column.len());
    for microseconds in column.datetime()?.physical().iter() {
        times.push(microseconds.map(time).transpose()?);
    }
    Ok(times)
}

fn time(microseconds: i64) -> PolarsResult<Timestamp> {
    match Timestamp::from_microsecond(microseconds) {
        Ok(time) => Ok(time),
        Err(error) => polars_bail!(ComputeError: "{error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::write;
    use super::*;

    fn written(table: &Table<'_>) -> Vec<u8> {
        let mut bytes = Vec::new();
        write([table], &mut bytes).expect("written");
        bytes
    }

    #[test]
    fn tables_of_many_groups_are_read_back_as_they_were() {
        let rows = 65_536 + 3;
        let texts = (0..rows)
            .map(|row| (row % 7 != 0).then(|| format!("object {row}").into()))
            .collect();
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
        ];
        assert_eq!(read("many", &kinds, written(&table)).expect("read"), table);
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
        assert!(is_refused(&[("a", ColumnKind::Time)], bytes));
        assert!(is_refused(
            &[("a", ColumnKind::Integer)],
            b"PAR1 and no more".to_vec()
        ));
    }
}
