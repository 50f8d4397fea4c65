//! The formats in which tables are written, each in a file of its own.

pub mod csv;
mod error;
pub mod json;
mod misread;
pub mod parquet;

pub use csv::CsvFor;
pub use error::{Batches, WriteError};

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
    batches: Batches<'_, '_>,
    out: &mut dyn std::io::Write,
) -> Result<(), WriteError> {
    match format {
        Format::Csv => csv::write(batches, csv_for, out),
        Format::Parquet => Ok(parquet::write(batches, out)?),
        Format::Json => json::write(batches, out),
    }
}
