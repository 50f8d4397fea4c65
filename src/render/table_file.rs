//! A table in a file of its own.

use std::fmt;
use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, Write};
use std::path::PathBuf;
use std::str::FromStr;

use crate::table::Table;
use crate::table::format::{CsvFor, FileEnds, Format, WriteError, has_columns, write};
use crate::text::{joined, printable_path};

/// A file whose extension is the format of the table in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableFile {
    path: PathBuf,
    format: Format,
}

/// A name that does not end in the extension of a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the name of the table ends in {}", extensions())]
pub struct UnknownExtension;

/// The reason why a table cannot be written to its file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TableFileError {
    /// The file cannot be written.
    #[error("cannot write {}: {source}", printable_path(path))]
    Write {
        /// The file.
        path: PathBuf,
        /// The reason.
        source: WriteError,
    },
    /// There is a file that is not a table of this kind.
    #[error(
        "{} is in the way and is not such a table; remove it or name another file",
        printable_path(.0)
    )]
    Foreign(PathBuf),
}

/// The bytes at each end of a file by which its table is recognized.
const END_BYTES: u64 = 64 << 10;

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
        self.check_free(&table)?;
        self.try_write(table)
            .map_err(|source| TableFileError::Write {
                path: self.path.clone(),
                source,
            })
    }

    /// Checks that no file is in the way but an earlier table with the same columns.
    ///
    /// # Errors
    ///
    /// Returns an error if there is any other file, or one that cannot be read.
    pub fn check_free(&self, table: &Table<'_>) -> Result<(), TableFileError> {
        let is_free = match self.is_own(table) {
            Ok(is_own) => is_own,
            Err(error) => error.kind() == io::ErrorKind::NotFound,
        };
        match is_free {
            true => Ok(()),
            false => Err(TableFileError::Foreign(self.path.clone())),
        }
    }

    /// Returns true if the file is a table with these columns, or not a file that has contents,
    /// such as a device.
    fn is_own(&self, table: &Table<'_>) -> io::Result<bool> {
        let file = File::open(&self.path)?;
        let metadata = file.metadata()?;
        if !metadata.is_file() || metadata.len() == 0 {
            return Ok(true);
        }
        let ends = file_ends(file, metadata.len())?;
        Ok(has_columns(self.format, &ends, table))
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

/// Reads the ends of a file of this length.
fn file_ends(mut file: File, length: u64) -> io::Result<FileEnds> {
    let mut ends = FileEnds::default();
    (&file).take(END_BYTES).read_to_end(&mut ends.first)?;
    file.seek(io::SeekFrom::Start(length.saturating_sub(END_BYTES)))?;
    file.take(END_BYTES).read_to_end(&mut ends.last)?;
    Ok(ends)
}

/// Returns the extensions of all formats, as a sentence has them.
fn extensions() -> String {
    let extensions = Format::ALL.map(|format| format!(".{}", format.extension()));
    let text = joined(extensions, ", ");
    match text.rsplit_once(", ") {
        Some((others, last)) => format!("{others} or {last}"),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::{Column, ColumnValues};

    #[test]
    fn only_an_earlier_table_is_overwritten() {
        let folder = tempfile::tempdir().expect("a folder");
        let table = |name: &'static str| {
            let values = ColumnValues::Integer(vec![Some(1)]);
            Table {
                name: "t",
                columns: vec![Column { name, values }],
            }
        };
        for extension in ["csv", "json", "parquet"] {
            let path = folder.path().join(format!("a.{extension}"));
            let file: TableFile = path.to_string_lossy().parse().expect("a name");
            file.write(table("one")).expect("written");
            file.write(table("one")).expect("written again");
            let error = file.write(table("other")).expect_err("another table");
            assert!(error.to_string().contains("in the way"), "{error}");
            std::fs::write(&path, "one is mine").expect("written");
            file.write(table("one")).expect_err("a foreign file");
            assert_eq!(std::fs::read(&path).expect("the file"), b"one is mine");
        }
    }

    #[test]
    fn the_extension_is_the_format() {
        let format = |name: &str| name.parse().map(|file: TableFile| file.format);
        assert_eq!(format("a/b.csv"), Ok(Format::Csv));
        assert_eq!(format("b.c.parquet"), Ok(Format::Parquet));
        for name in ["a", "csv", ".csv", "a.CSV", "a.csv.gz"] {
            assert_eq!(format(name), Err(UnknownExtension), "{name}");
        }
        let message = UnknownExtension.to_string();
        assert!(message.ends_with("in .csv, .parquet or .json"), "{message}");
    }
}
