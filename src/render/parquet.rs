//! Apache Parquet. Times are UTC timestamps in microseconds.

use std::io::Write;
use std::ops::Range;

use polars::prelude::{
    Column as Series, DataFrame, DataType, IntoColumn, NamedFrom, ParquetCompression, ParquetWriter,
    PolarsResult, Series as PolarsSeries, TimeUnit, TimeZone,
};

use super::RenderError;
use crate::report::{Column, Table, Values};

/// How many rows stand in one group; fixed, so that the same table gives the same bytes.
const ROWS_PER_GROUP: usize = 65_536;

/// Writes a table.
///
/// # Errors
///
/// When the bytes cannot be written.
pub fn write(table: &Table, out: &mut dyn Write) -> Result<(), RenderError> {
    let writer = ParquetWriter::new(out).with_compression(ParquetCompression::Snappy).set_parallel(false);
    let mut writer = writer.batched(frame(table, 0..0)?.schema())?;
    for first in (0..table.rows()).step_by(ROWS_PER_GROUP) {
        let last = table.rows().min(first + ROWS_PER_GROUP);
        writer.write_batch(&frame(table, first..last)?)?;
    }
    writer.finish()?;
    Ok(())
}

/// Some rows of a table. Whole tables are not copied, since an archive may have millions of objects.
fn frame(table: &Table, rows: Range<usize>) -> PolarsResult<DataFrame> {
    let columns = table.columns.iter().map(|column| series(column, rows.clone()));
    DataFrame::new(rows.len(), columns.collect::<PolarsResult<Vec<_>>>()?)
}

fn series(column: &Column, rows: Range<usize>) -> PolarsResult<Series> {
    let name = column.name.into();
    let series = match &column.values {
        Values::Text(values) => PolarsSeries::new(name, &values[rows]),
        Values::Integer(values) => PolarsSeries::new(name, &values[rows]),
        Values::Float(values) => PolarsSeries::new(name, &values[rows]),
        Values::Time(values) => {
            let microseconds: Vec<Option<i64>> =
                values[rows].iter().map(|time| time.map(jiff::Timestamp::as_microsecond)).collect();
            let time = DataType::Datetime(TimeUnit::Microseconds, Some(TimeZone::UTC));
            PolarsSeries::new(name, microseconds).cast(&time)?
        }
    };
    Ok(series.into_column())
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use polars::prelude::{ParquetReader, SerReader};

    use super::*;

    #[test]
    fn tables_of_many_groups_are_read_back_as_they_were() {
        let rows = ROWS_PER_GROUP + 3;
        let texts = (0..rows).map(|row| (row % 7 != 0).then(|| format!("object {row}"))).collect();
        let numbers = (0..rows).map(|row| Some(row as i64)).collect();
        let columns = vec![
            Column { name: "text", values: Values::Text(texts) },
            Column { name: "number", values: Values::Integer(numbers) },
        ];
        let mut bytes = Vec::new();
        write(&Table { name: "many", columns }, &mut bytes).expect("written");
        let frame = ParquetReader::new(Cursor::new(bytes)).finish().expect("read");
        let texts = frame.column("text").expect("there").str().expect("text");
        let numbers = frame.column("number").expect("there").i64().expect("numbers");
        assert_eq!((frame.height(), texts.null_count()), (rows, rows.div_ceil(7)));
        assert!(numbers.iter().enumerate().all(|(row, number)| number == Some(row as i64)));
        assert_eq!(texts.get(ROWS_PER_GROUP), Some(format!("object {ROWS_PER_GROUP}").as_str()));
    }

    #[test]
    fn a_table_without_rows_has_its_columns() {
        let columns = vec![Column { name: "time", values: Values::Time(Vec::new()) }];
        let mut bytes = Vec::new();
        write(&Table { name: "none", columns }, &mut bytes).expect("written");
        let frame = ParquetReader::new(Cursor::new(bytes)).finish().expect("read");
        let time = DataType::Datetime(TimeUnit::Microseconds, Some(TimeZone::UTC));
        assert_eq!((frame.height(), frame.column("time").expect("there").dtype()), (0, &time));
    }
}
