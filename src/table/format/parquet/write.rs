//! Tables to Parquet.

use std::borrow::Borrow;
use std::io::{self, Write};
use std::iter::Peekable;
use std::ops::Range;

use jiff::Timestamp;
use jiff::civil::Date;
use polars_arrow::array::{Array, BooleanArray, PrimitiveArray, Utf8ViewArray};
use polars_arrow::datatypes::{ArrowDataType, ArrowSchema, Field, TimeUnit};
use polars_arrow::types::NativeType;
use polars_error::{PolarsError, PolarsResult};
use polars_parquet::read::ParquetError;
use polars_parquet::write::{
    CompressedPage, CompressionOptions, Compressor, DynIter, DynStreamingIterator, Encoding,
    FallibleStreamingIterator, FileWriter, KeyValue, Page, ParquetType, RowGroupIterColumns,
    StatisticsOptions, Version, WriteOptions, ZstdLevel, array_to_columns, get_dtype_encoding,
};

use super::EPOCH;
use crate::table::{Column, ColumnValues, Table};

/// The number of rows in one group, which is fixed so that the same table gives the same bytes.
const ROWS_PER_GROUP: usize = 65_536;

/// The level of Zstandard, which is the default of its library.
const ZSTD_LEVEL: i32 = 3;

/// The compression of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// Snappy, which every reader of Parquet knows.
    Snappy,
    /// Zstandard, of whole numbers and times as differences, without statistics and the schema of
    /// Arrow. Such files are the smallest.
    Zstandard,
}

/// Writes a table that comes in batches, all with the same columns.
///
/// # Errors
///
/// Returns an error if the bytes cannot be written, or there is no batch.
pub fn write<'t, T: Borrow<Table<'t>>>(
    batches: impl IntoIterator<Item = T>,
    compression: Compression,
    out: &mut dyn Write,
) -> PolarsResult<()> {
    let mut batches = batches.into_iter().peekable();
    if batches.peek().is_none() {
        return Err(PolarsError::NoData(
            "a table without batches has no columns".into(),
        ));
    }
    let mut out = RememberingWriter { out, error: None };
    let written = write_batches(batches, compression, &mut out);
    // The library has words of its own for what the system said, such as a full disk.
    match out.error {
        Some(error) => Err(error.into()),
        None => written,
    }
}

/// A writer that remembers its first error.
struct RememberingWriter<'a> {
    out: &'a mut dyn Write,
    error: Option<io::Error>,
}

impl RememberingWriter<'_> {
    fn remember<T>(&mut self, result: io::Result<T>) -> io::Result<T> {
        result.map_err(|error| {
            let kind = error.kind();
            // A call that was interrupted is repeated.
            if kind != io::ErrorKind::Interrupted {
                self.error.get_or_insert(error);
            }
            kind.into()
        })
    }
}

impl Write for RememberingWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes);
        self.remember(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        let flushed = self.out.flush();
        self.remember(flushed)
    }
}

fn write_batches<'t, T: Borrow<Table<'t>>>(
    mut batches: Peekable<impl Iterator<Item = T>>,
    compression: Compression,
    out: &mut RememberingWriter<'_>,
) -> PolarsResult<()> {
    let Some(first) = batches.peek() else {
        return Ok(());
    };
    let options = compression.options()?;
    let mut writer = FileWriter::try_new(out, schema(first.borrow()), options)?;
    for batch in batches {
        let table = batch.borrow();
        for first in (0..table.rows()).step_by(ROWS_PER_GROUP) {
            let rows = first..table.rows().min(first + ROWS_PER_GROUP);
            let types = writer.parquet_schema().fields();
            let group = row_group(table, &rows, types, compression)?;
            writer.write(rows.len() as u64, group)?;
        }
    }
    writer.end(compression.metadata())?;
    Ok(())
}

impl Compression {
    fn options(self) -> PolarsResult<WriteOptions> {
        let (compression, statistics) = match self {
            Self::Snappy => (CompressionOptions::Snappy, StatisticsOptions::default()),
            Self::Zstandard => {
                let level = ZstdLevel::try_new(ZSTD_LEVEL)?;
                let compression = CompressionOptions::Zstd(Some(level));
                (compression, StatisticsOptions::empty())
            }
        };
        Ok(WriteOptions {
            statistics,
            version: Version::V1,
            compression,
            data_page_size: None,
        })
    }

    /// Returns what the footer says beside the columns; `None` is the schema of Arrow.
    fn metadata(self) -> Option<Vec<KeyValue>> {
        match self {
            Self::Snappy => None,
            // The schema of Parquet says the same, and a footer is a tenth of a small file.
            Self::Zstandard => Some(Vec::new()),
        }
    }

    /// Returns the encoding of the values of a column.
    fn encodings(self, values: &ColumnValues<'_>) -> Vec<Encoding> {
        match (self, values) {
            (Self::Zstandard, ColumnValues::Integer(_) | ColumnValues::Time(_)) => {
                vec![Encoding::DeltaBinaryPacked]
            }
            _ => get_dtype_encoding(&dtype(values)),
        }
    }
}

fn schema(table: &Table<'_>) -> ArrowSchema {
    let fields = table.columns.iter().map(field);
    fields.map(|field| (field.name.clone(), field)).collect()
}

fn field(column: &Column<'_>) -> Field {
    // Any column may lack values, so the schema does not depend on the rows.
    Field::new(column.name.into(), dtype(&column.values), true)
}

fn dtype(values: &ColumnValues<'_>) -> ArrowDataType {
    match values {
        ColumnValues::Text(_) => ArrowDataType::Utf8View,
        ColumnValues::Integer(_) => ArrowDataType::Int64,
        ColumnValues::Float(_) => ArrowDataType::Float64,
        ColumnValues::Time(_) => {
            ArrowDataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
        }
        ColumnValues::Date(_) => ArrowDataType::Date32,
        ColumnValues::Boolean(_) => ArrowDataType::Boolean,
    }
}

/// Encodes some rows of a table. Whole tables are not copied, since an archive may have millions of
/// objects.
fn row_group(
    table: &Table<'_>,
    rows: &Range<usize>,
    types: &[ParquetType],
    compression: Compression,
) -> PolarsResult<RowGroupIterColumns<'static, PolarsError>> {
    let options = compression.options()?;
    let mut columns = Vec::with_capacity(table.columns.len());
    for (column, parquet_type) in table.columns.iter().zip(types) {
        let array = array(column, rows.clone());
        let encodings = compression.encodings(&column.values);
        let pages = array_to_columns(array, parquet_type.clone(), options, &encodings)?;
        columns.extend(
            pages
                .into_iter()
                .map(|pages| Ok(compressed(pages, options.compression))),
        );
    }
    Ok(DynIter::new(columns.into_iter()))
}

fn array(column: &Column<'_>, rows: Range<usize>) -> Box<dyn Array> {
    match &column.values {
        ColumnValues::Text(values) => Box::new(Utf8ViewArray::from_slice(&values[rows])),
        ColumnValues::Integer(values) => Box::new(primitive_array(&values[rows])),
        ColumnValues::Float(values) => Box::new(primitive_array(&values[rows])),
        ColumnValues::Time(values) => {
            Box::new(microseconds(&values[rows]).to(dtype(&column.values)))
        }
        ColumnValues::Date(values) => Box::new(days(&values[rows]).to(dtype(&column.values))),
        ColumnValues::Boolean(values) => Box::new(BooleanArray::from(&values[rows])),
    }
}

fn primitive_array<T: NativeType>(values: &[Option<T>]) -> PrimitiveArray<T> {
    values.iter().copied().collect()
}

fn microseconds(times: &[Option<Timestamp>]) -> PrimitiveArray<i64> {
    let microseconds = times.iter().map(|time| time.map(Timestamp::as_microsecond));
    microseconds.collect()
}

/// Returns the days since the epoch.
fn days(dates: &[Option<Date>]) -> PrimitiveArray<i32> {
    let days = dates.iter().map(|date| days_since_epoch((*date)?));
    days.collect()
}

fn days_since_epoch(date: Date) -> Option<i32> {
    // Every date of the calendar is within the range, so none is lost.
    let span = date.since(EPOCH).ok()?;
    Some(span.get_days())
}

fn compressed(
    pages: DynIter<'static, PolarsResult<Page>>,
    compression: CompressionOptions,
) -> DynStreamingIterator<'static, CompressedPage, PolarsError> {
    let pages = pages
        .map(|page| page.map_err(|error| ParquetError::FeatureNotSupported(error.to_string())));
    let pages = Compressor::new(pages, compression, Vec::new());
    DynStreamingIterator::new(pages.map_err(PolarsError::from))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A disk without room.
    struct Full;

    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::StorageFull.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn the_error_of_the_system_is_the_error() {
        let values = ColumnValues::Integer(vec![Some(1)]);
        let table = Table {
            name: "t",
            columns: vec![Column { name: "a", values }],
        };
        let error = write([&table], Compression::Snappy, &mut Full).expect_err("a full disk");
        let expected = io::Error::from(io::ErrorKind::StorageFull).to_string();
        assert_eq!(error.to_string(), expected);
    }
}
