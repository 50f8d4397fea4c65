//! The formats of data files.

use std::fs::File;

use super::column::InventoryColumn;
use super::csv::{self, CsvColumns};
use super::parquet;
use super::row::{BadRow, TakeRow, shortened};
use crate::source::s3::InventoryError;

/// The format of data files, with what the manifest says about their columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum InventoryFormat {
    /// CSV, compressed with gzip.
    Csv(CsvColumns),
    /// Apache Parquet. Each file names its columns.
    Parquet,
}

impl InventoryFormat {
    /// Returns the format of this name, with columns as a manifest describes them.
    ///
    /// # Errors
    ///
    /// Returns an error if the format is not read, or a column is missing.
    pub(super) fn parse(name: &str, schema: &str) -> Result<Self, InventoryError> {
        let format = match name.to_ascii_uppercase().as_str() {
            "CSV" => Self::Csv(CsvColumns::parse(schema)),
            "PARQUET" => Self::Parquet,
            _ => return Err(InventoryError::Format(shortened(name))),
        };
        match InventoryColumn::missing_from(&format.columns(schema)) {
            Some(column) => Err(InventoryError::Column(column.name())),
            None => Ok(format),
        }
    }

    fn columns(&self, schema: &str) -> Vec<InventoryColumn> {
        match self {
            Self::Csv(columns) => columns.present(),
            Self::Parquet => parquet_columns(schema),
        }
    }

    /// Reads the rows of a data file.
    ///
    /// # Errors
    ///
    /// Returns the first row that cannot be read or taken.
    pub(super) fn read(&self, file: File, take: &mut TakeRow<'_>) -> Result<(), BadRow> {
        match self {
            Self::Csv(columns) => csv::read(file, columns, take),
            Self::Parquet => parquet::read(file, take),
        }
    }
}

// The schema is the text of a Parquet message type, in which the columns are among other words.
fn parquet_columns(schema: &str) -> Vec<InventoryColumn> {
    let words = || schema.split(|sign: char| !sign.is_alphanumeric() && sign != '_');
    let is_named = |column: &InventoryColumn| words().any(|word| word == column.parquet_name());
    InventoryColumn::ALL.into_iter().filter(is_named).collect()
}
