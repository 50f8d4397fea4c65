//! The formats in which tables are written, each in a file of its own.

pub mod csv;
mod ends;
mod error;
pub mod json;
mod misread;
pub mod parquet;

pub use csv::CsvFor;
pub use ends::FileEnds;
pub use error::{RowsError, StoredBatches, TableBatches, WriteError};

use crate::table::Table;

/// A format in which tables are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
#[non_exhaustive]
pub enum Format {
    /// Comma-separated values, for spreadsheets and shell tools.
    Csv,
    /// Apache Parquet, for query engines.
    Parquet,
    /// An array of objects, one per line.
    Json,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 3] = [Self::Csv, Self::Parquet, Self::Json];

    /// Returns the extension of the names of files in this format.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Parquet => "parquet",
            Self::Json => "json",
        }
    }
}

/// Writes a table in a format, CSV for certain programs.
///
/// # Errors
///
/// Returns an error if the bytes cannot be written.
pub fn write(
    format: Format,
    csv_for: CsvFor,
    batches: TableBatches<'_, '_>,
    out: &mut dyn std::io::Write,
) -> Result<(), WriteError> {
    match format {
        Format::Csv => csv::write(batches, csv_for, out),
        Format::Parquet => Ok(parquet::write(batches, parquet::Compression::Snappy, out)?),
        Format::Json => json::write(batches, out),
    }
}

/// Returns true if a file with these ends is a table in a format, with the columns of `table`.
pub fn has_columns(format: Format, ends: &FileEnds, table: &Table<'_>) -> bool {
    match format {
        Format::Csv => csv::has_columns(ends, table),
        Format::Parquet => parquet::has_columns(ends, table),
        Format::Json => json::has_columns(ends, table),
    }
}

/// Writes a table whose rows were stored, in a format, CSV for certain programs.
///
/// # Errors
///
/// Returns an error if the bytes cannot be written, or the rows cannot be read.
pub fn write_stored(
    format: Format,
    csv_for: CsvFor,
    batches: StoredBatches<'_, '_>,
    out: &mut dyn std::io::Write,
) -> Result<(), WriteError> {
    let mut failed = None;
    let mut read = batches.map_while(|batch| match batch {
        Ok(table) => Some(table),
        Err(error) => {
            failed = Some(error);
            None
        }
    });
    let written = write(format, csv_for, &mut read, out);
    // A table that ends early can be written, so the error of its rows counts first.
    match failed {
        Some(error) => Err(WriteError::Rows(error)),
        None => written,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::ColumnKind;

    #[test]
    fn rows_that_cannot_be_read_are_an_error_in_every_format() {
        for format in Format::ALL {
            let whole = Table::empty("some", &[("n", ColumnKind::Integer)]);
            let batches = [Ok(whole), Err(RowsError::from("the part is damaged"))];
            let mut out = Vec::new();
            let written = write_stored(format, CsvFor::Any, &mut batches.into_iter(), &mut out);
            let error = written.expect_err("an error").to_string();
            assert_eq!(error, "the part is damaged");
        }
    }
}
