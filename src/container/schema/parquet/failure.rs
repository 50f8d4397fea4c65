//! Failures of the reader of Parquet as damage.

use parquet::errors::ParquetError;

use crate::container::damage::Damage;

/// Returns a function from an error of the reader to the damage after this many bytes of lines.
pub(super) fn failed(length: usize) -> impl Fn(ParquetError) -> Damage {
    move |error| damaged(&error.to_string(), length)
}

/// The damage of a file after this many bytes of lines.
pub(super) fn damaged(detail: &str, length: usize) -> Damage {
    let detail = format!("the Parquet file cannot be read ({detail})");
    Damage::of_table(detail, Some(length as u64))
}
