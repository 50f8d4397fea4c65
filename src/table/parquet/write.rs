//! Tables to Parquet.

use std::borrow::Borrow;
use std::io::Write;
use std::ops::Range;

use jiff::Timestamp;
use polars_core::prelude::{
    Column as FrameColumn, DataFrame, DataType, IntoColumn, NamedFrom, PolarsError, PolarsResult,
    Series, TimeUnit, TimeZone,
};
use polars_io::parquet::write::{ParquetCompression, ParquetWriter};

use crate::table::{Column, ColumnValues, Table};

/// The number of rows in one group, which is fixed so that the same table gives the same bytes.
const ROWS_PER_GROUP: usize = 65_536;

/// Writes a table that comes in batches, all with the same columns.
///
/// # Errors
///
/// When the bytes cannot be written, or there is no batch.
pub fn write<'t, T: Borrow<Table<'t>>>(
    batches: impl IntoIterator<Item = T>,
    out: &mut dyn Write,
) -> PolarsResult<()> {
    let mut batches = batches.into_iter().peekable();
    let Some(first) = batches.peek() else {
        return Err(PolarsError::NoData(
            "a table without batches has no columns".into(),
        ));
    };
    let columns = frame(first.borrow(), 0..0)?;
    let mut writer = ParquetWriter::new(out)
        .with_compression(ParquetCompression::Snappy)
        .set_parallel(false)
        .batched(columns.schema())?;
    for batch in batches {
        let table = batch.borrow();
        for first in (0..table.rows()).step_by(ROWS_PER_GROUP) {
            let last = table.rows().min(first + ROWS_PER_GROUP);
            writer.write_batch(&frame(table, first..last)?)?;
        }
    }
    writer.finish()?;
    Ok(())
}

/// Returns some rows of a table. Whole tables are not copied, since an archive may have millions of
/// objects.
fn frame(table: &Table<'_>, rows: Range<usize>) -> PolarsResult<DataFrame> {
    let mut columns = Vec::with_capacity(table.columns.len());
    for column in &table.columns {
        columns.push(frame_column(column, rows.clone())?);
    }
    DataFrame::new(rows.len(), columns)
}

fn frame_column(column: &Column<'_>, rows: Range<usize>) -> PolarsResult<FrameColumn> {
    let name = column.name.into();
    let series = match &column.values {
        ColumnValues::Text(values) => Series::new(name, &values[rows]),
        ColumnValues::Integer(values) => Series::new(name, &values[rows]),
        ColumnValues::Float(values) => Series::new(name, &values[rows]),
        ColumnValues::Time(values) => {
            let time = DataType::Datetime(TimeUnit::Microseconds, Some(TimeZone::UTC));
            Series::new(name, microseconds(&values[rows])).cast(&time)?
        }
    };
    Ok(series.into_column())
}

fn microseconds(times: &[Option<Timestamp>]) -> Vec<Option<i64>> {
    let microseconds = times.iter().map(|time| time.map(Timestamp::as_microsecond));
    microseconds.collect()
}
