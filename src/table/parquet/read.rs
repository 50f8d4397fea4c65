//! Parquet to tables.

use std::io::Cursor;

use jiff::Timestamp;
use polars_core::error::polars_bail;
use polars_core::prelude::{DataFrame, DataType, Int64Chunked, PolarsResult, TimeUnit};
use polars_io::SerReader;
use polars_io::parquet::read::{ParallelStrategy, ParquetReader};

use super::caught;
use crate::table::{Column, Kind, Table, Values};

/// Reads the columns of the table that these bytes hold, each of which must be there with values of
/// its kind.
///
/// # Errors
///
/// When the bytes are no Parquet, or a column is missing or holds other values.
pub fn read(
    name: &'static str,
    columns: &[(&'static str, Kind)],
    bytes: Vec<u8>,
) -> PolarsResult<Table<'static>> {
    let read = caught(|| read_columns(name, columns, bytes));
    read.unwrap_or_else(|| polars_bail!(ComputeError: "the file contradicts itself"))
}

fn read_columns(
    name: &'static str,
    columns: &[(&'static str, Kind)],
    bytes: Vec<u8>,
) -> PolarsResult<Table<'static>> {
    let names = columns.iter().map(|(name, _)| (*name).to_owned()).collect();
    let reader = ParquetReader::new(Cursor::new(bytes)).with_columns(Some(names));
    let frame = reader.read_parallel(ParallelStrategy::None).finish()?;
    let read = columns.iter().map(|(name, kind)| {
        Ok(Column {
            name,
            values: values(&frame, name, *kind)?,
        })
    });
    Ok(Table {
        name,
        columns: read.collect::<PolarsResult<_>>()?,
    })
}

fn values(frame: &DataFrame, name: &str, kind: Kind) -> PolarsResult<Values<'static>> {
    let column = frame.column(name)?;
    Ok(match kind {
        Kind::Text => Values::Text(
            column
                .str()?
                .iter()
                .map(|text| text.map(|text| text.to_owned().into()))
                .collect(),
        ),
        Kind::Integer => Values::Integer(column.i64()?.iter().collect()),
        Kind::Float => Values::Float(column.f64()?.iter().collect()),
        Kind::Time => match column.dtype() {
            DataType::Datetime(TimeUnit::Microseconds, _) => {
                Values::Time(times(column.datetime()?.physical())?)
            }
            other => polars_bail!(SchemaMismatch: "column `{name}` holds {other} and no times"),
        },
    })
}

fn times(microseconds: &Int64Chunked) -> PolarsResult<Vec<Option<Timestamp>>> {
    let time = |microseconds: i64| match Timestamp::from_microsecond(microseconds) {
        Ok(time) => Ok(time),
        Err(error) => polars_bail!(ComputeError: "{error}"),
    };
    microseconds
        .iter()
        .map(|value| value.map(time).transpose())
        .collect()
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
                values: Values::Text(texts),
            },
            Column {
                name: "integer",
                values: Values::Integer((0..rows).map(Some).collect()),
            },
            Column {
                name: "float",
                values: Values::Float((0..rows).map(|row| Some(row as f64 / 3.0)).collect()),
            },
            Column {
                name: "time",
                values: Values::Time((0..rows).map(time).collect()),
            },
        ];
        let table = Table {
            name: "many",
            columns,
        };
        let kinds = [
            ("text", Kind::Text),
            ("integer", Kind::Integer),
            ("float", Kind::Float),
            ("time", Kind::Time),
        ];
        assert_eq!(read("many", &kinds, written(&table)).expect("read"), table);
    }

    #[test]
    fn a_table_without_rows_has_its_columns() {
        let table = Table {
            name: "none",
            columns: vec![Column {
                name: "time",
                values: Values::Time(Vec::new()),
            }],
        };
        assert_eq!(
            read("none", &[("time", Kind::Time)], written(&table)).expect("read"),
            table
        );
    }

    #[test]
    fn what_is_not_such_a_table_is_refused() {
        let columns = vec![Column {
            name: "a",
            values: Values::Integer(vec![Some(1)]),
        }];
        let bytes = written(&Table {
            name: "one",
            columns,
        });
        let is_refused =
            |columns: &[(&'static str, Kind)], bytes: Vec<u8>| read("one", columns, bytes).is_err();
        assert!(is_refused(&[("b", Kind::Integer)], bytes.clone()));
        assert!(is_refused(&[("a", Kind::Text)], bytes.clone()));
        assert!(is_refused(&[("a", Kind::Time)], bytes));
        assert!(is_refused(
            &[("a", Kind::Integer)],
            b"PAR1 and no more".to_vec()
        ));
    }
}
