//! Tables to Parquet.

use std::borrow::Borrow;
use std::io::Write;
use std::ops::Range;

use polars_core::prelude::{
    Column as Series, DataFrame, DataType, IntoColumn, NamedFrom, PolarsError, PolarsResult,
    Series as PolarsSeries, TimeUnit, TimeZone,
};
use polars_io::parquet::write::{ParquetCompression, ParquetWriter};

use crate::table::{Column, Table, Values};

/// How many rows stand in one group; fixed, so that the same table gives the same bytes.
const ROWS_PER_GROUP: usize = 65_536;

/// Writes a table that comes in parts, all with the same columns.
///
/// # Errors
///
/// When the bytes cannot be written, or there is no part.
pub fn write<'t, T: Borrow<Table<'t>>>(
    parts: impl IntoIterator<Item = T>,
    out: &mut dyn Write,
) -> PolarsResult<()> {
    let writer = ParquetWriter::new(out)
        .with_compression(ParquetCompression::Snappy)
        .set_parallel(false);
    let mut parts = parts.into_iter().peekable();
    let schema = parts
        .peek()
        .map(|table| frame(table.borrow(), 0..0))
        .transpose()?;
    let schema =
        schema.ok_or_else(|| PolarsError::NoData("a table without parts has no columns".into()))?;
    let mut writer = writer.batched(schema.schema())?;
    for part in parts {
        let table = part.borrow();
        for first in (0..table.rows()).step_by(ROWS_PER_GROUP) {
            let last = table.rows().min(first + ROWS_PER_GROUP);
            writer.write_batch(&frame(table, first..last)?)?;
        }
    }
    writer.finish()?;
    Ok(())
}

/// Some rows of a table. Whole tables are not copied, since an archive may have millions of
/// objects.
fn frame(table: &Table<'_>, rows: Range<usize>) -> PolarsResult<DataFrame> {
    let columns = table
        .columns
        .iter()
        .map(|column| series(column, rows.clone()));
    DataFrame::new(rows.len(), columns.collect::<PolarsResult<Vec<_>>>()?)
}

fn series(column: &Column<'_>, rows: Range<usize>) -> PolarsResult<Series> {
    let name = column.name.into();
    let series = match &column.values {
        Values::Text(values) => PolarsSeries::new(name, &values[rows]),
        Values::Integer(values) => PolarsSeries::new(name, &values[rows]),
        Values::Float(values) => PolarsSeries::new(name, &values[rows]),
        Values::Time(values) => {
            let microseconds: Vec<Option<i64>> = values[rows]
                .iter()
                .map(|time| time.map(jiff::Timestamp::as_microsecond))
                .collect();
            let time = DataType::Datetime(TimeUnit::Microseconds, Some(TimeZone::UTC));
            PolarsSeries::new(name, microseconds).cast(&time)?
        }
    };
    Ok(series.into_column())
}
