//! Apache Parquet. Times are UTC timestamps in microseconds.

use std::io::Write;

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
    let columns = table.columns.iter().map(series).collect::<PolarsResult<Vec<_>>>()?;
    let mut frame = DataFrame::new(table.rows(), columns)?;
    ParquetWriter::new(out)
        .with_compression(ParquetCompression::Snappy)
        .with_row_group_size(Some(ROWS_PER_GROUP))
        .set_parallel(false)
        .finish(&mut frame)?;
    Ok(())
}

fn series(column: &Column) -> PolarsResult<Series> {
    let name = column.name.into();
    let series = match &column.values {
        Values::Text(values) => PolarsSeries::new(name, values),
        Values::Integer(values) => PolarsSeries::new(name, values),
        Values::Float(values) => PolarsSeries::new(name, values),
        Values::Time(values) => {
            let microseconds: Vec<Option<i64>> =
                values.iter().map(|time| time.map(jiff::Timestamp::as_microsecond)).collect();
            let time = DataType::Datetime(TimeUnit::Microseconds, Some(TimeZone::UTC));
            PolarsSeries::new(name, microseconds).cast(&time)?
        }
    };
    Ok(series.into_column())
}
