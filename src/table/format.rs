//! The formats in which tables are written, each in a file of its own.

use super::{Table, csv, json, parquet};

/// A format in which tables are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub enum Format {
    /// Comma-separated values, for spreadsheets and shell tools.
    Csv,
    /// Apache Parquet, for query engines.
    Parquet,
    /// An array of objects, one per line.
    Json,
}

/// An error while a table is written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The bytes cannot be written.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// The CSV writer refuses.
    #[error(transparent)]
    Csv(#[from] ::csv::Error),
    /// The JSON writer refuses.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    /// The Parquet writer refuses.
    #[error(transparent)]
    Parquet(#[from] polars_core::error::PolarsError),
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

/// A table in batches of rows: at least one, all with the same columns.
pub type Batches<'b, 't> = &'b mut dyn Iterator<Item = Table<'t>>;

/// Writes a table in a format.
///
/// # Errors
///
/// When the bytes cannot be written.
pub fn write(
    format: Format,
    batches: Batches<'_, '_>,
    out: &mut dyn std::io::Write,
) -> Result<(), WriteError> {
    match format {
        Format::Csv => csv::write(batches, out),
        Format::Parquet => Ok(parquet::write(batches, out)?),
        Format::Json => json::write(batches, out),
    }
}
