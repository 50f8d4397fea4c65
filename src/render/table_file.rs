//! A table in a file of its own.

use std::fmt;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::str::FromStr;

use crate::table::Table;
use crate::table::format::{CsvFor, Format, WriteError, write};
use crate::text::printable_path;

/// A file whose extension is the format of the table in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableFile {
    path: PathBuf,
    format: Format,
}

/// A name that does not end in the extension of a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the name of the table ends in .csv, .parquet or .json")]
pub struct UnknownExtension;

/// The reason why a table cannot be written to its file.
#[derive(Debug, thiserror::Error)]
#[error("cannot write {}: {source}", printable_path(.path))]
pub struct TableFileError {
    path: PathBuf,
    source: WriteError,
}

impl FromStr for TableFile {
    type Err = UnknownExtension;

    fn from_str(text: &str) -> Result<Self, UnknownExtension> {
        let path = PathBuf::from(text);
        let extension = path.extension().and_then(|extension| extension.to_str());
        let mut formats = Format::ALL.into_iter();
        let format = formats.find(|format| Some(format.extension()) == extension);
        let format = format.ok_or(UnknownExtension)?;
        Ok(Self { path, format })
    }
}

impl fmt::Display for TableFile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&printable_path(&self.path).to_string())
    }
}

impl TableFile {
    /// Writes a table.
    ///
    /// # Errors
    ///
    /// Returns an error if the file cannot be written.
    pub fn write(&self, table: Table<'_>) -> Result<(), TableFileError> {
        self.try_write(table).map_err(|source| TableFileError {
            path: self.path.clone(),
            source,
        })
    }

    fn try_write(&self, table: Table<'_>) -> Result<(), WriteError> {
        let mut file = BufWriter::new(File::create(&self.path)?);
        write(
            self.format,
            CsvFor::Any,
            &mut std::iter::once(table),
            &mut file,
        )?;
        // Dropping the writer would flush it, too, but could not say that this failed.
        Ok(file.flush()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_extension_is_the_format() {
        let format = |name: &str| name.parse().map(|file: TableFile| file.format);
        assert_eq!(format("a/b.csv"), Ok(Format::Csv));
        assert_eq!(format("b.c.parquet"), Ok(Format::Parquet));
        for name in ["a", "csv", ".csv", "a.CSV", "a.csv.gz"] {
            assert_eq!(format(name), Err(UnknownExtension), "{name}");
        }
    }
}
