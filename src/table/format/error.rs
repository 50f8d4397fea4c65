//! The input of the writers of tables, and their error.

use crate::table::Table;

/// A table in batches of rows: at least one, all with the same columns.
pub type TableBatches<'b, 't> = &'b mut dyn Iterator<Item = Table<'t>>;

/// A table in batches of rows, as [`TableBatches`]. A batch of what was stored may be an error.
pub type StoredBatches<'b, 't> = &'b mut dyn Iterator<Item = Result<Table<'t>, RowsError>>;

/// The reason why rows that were stored cannot be read again.
pub type RowsError = Box<dyn std::error::Error + Send + Sync>;

/// An error while a table is written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
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
    /// Rows that were stored cannot be read again.
    #[error(transparent)]
    Rows(RowsError),
    /// The Parquet writer refuses.
    #[error(transparent)]
    Parquet(#[from] polars_error::PolarsError),
}
