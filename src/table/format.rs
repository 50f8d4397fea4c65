//! The formats that tables are written in: one file a format.

use super::{Table, csv, json, parquet};

/// A format that tables are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub enum Format {
    /// Comma-separated values, for spreadsheets and shell tools.
    Csv,
    /// Apache Parquet, for query engines.
    Parquet,
    /// An array of objects, one a line.
    Json,
}

/// Why a table cannot be written.
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

    /// The ending of the names of files in this format.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Parquet => "parquet",
            Self::Json => "json",
        }
    }
}

/// The parts of a table: at least one, all with the same columns.
pub type Parts<'p, 't> = &'p mut dyn Iterator<Item = Table<'t>>;

/// Writes a table in a format.
///
/// # Errors
///
/// When the bytes cannot be written.
pub fn write(
    format: Format,
    parts: Parts<'_, '_>,
    out: &mut dyn std::io::Write,
) -> Result<(), WriteError> {
    match format {
        Format::Csv => csv::write(parts, out),
        Format::Parquet => Ok(parquet::write(parts, out)?),
        Format::Json => json::write(parts, out),
    }
}
