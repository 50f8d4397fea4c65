//! Data files in CSV: compressed with gzip, without a header, their keys encoded as in URLs
//! (sources, D15).

use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufReader, Read};

use csv::{ReaderBuilder, StringRecord};
use flate2::read::MultiGzDecoder;

use super::column::InventoryColumn;
use super::row::{BadRow, InventoryRow, TakeRow};
use crate::source::s3::encoding::decoded;

/// The longest row in bytes. A key has at most three kilobytes when it is encoded, and a list of a
/// hundred grants has some dozens.
const ROW_BYTES: usize = 1 << 20;

/// The columns of the data files, in order; nothing for those that are not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CsvColumns(Vec<Option<InventoryColumn>>);

impl CsvColumns {
    /// Reads the names of the columns, as a manifest has them.
    pub(super) fn parse(schema: &str) -> Self {
        let column = |name: &str| InventoryColumn::named(name.trim());
        Self(schema.split(',').map(column).collect())
    }

    /// Returns the columns that are read.
    pub(super) fn present(&self) -> Vec<InventoryColumn> {
        self.0.iter().copied().flatten().collect()
    }

    fn row<'a>(&self, record: &'a StringRecord) -> Result<InventoryRow<'a>, String> {
        let (fields, expected) = (record.len(), self.0.len());
        if fields != expected {
            return Err(format!(
                "it has {fields} fields, and the manifest names {expected}"
            ));
        }
        let mut row = InventoryRow::new();
        for (column, text) in self.0.iter().zip(record) {
            if let Some(column) = column {
                row.set_text(*column, text)?;
            }
        }
        Ok(row)
    }
}

/// Reads the rows of a data file.
///
/// # Errors
///
/// Returns the first row that cannot be read or taken.
pub(super) fn read(file: File, columns: &CsvColumns, take: &mut TakeRow<'_>) -> Result<(), BadRow> {
    let row_bytes = Cell::default();
    let rows = ShortRows {
        inner: MultiGzDecoder::new(BufReader::new(file)),
        row_bytes: &row_bytes,
    };
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        // Rows of another length are refused below, with the lengths.
        .flexible(true)
        .from_reader(rows);
    let mut record = StringRecord::new();
    let mut number = 0;
    loop {
        number += 1;
        let bad = |detail: String| BadRow {
            row: number,
            detail,
        };
        let is_row = reader.read_record(&mut record);
        if !is_row.map_err(|error| bad(error.to_string()))? {
            return Ok(());
        }
        row_bytes.set(0);
        let row = columns.row(&record).map_err(bad)?;
        let key = decoded(row.key);
        take(&row.with_key(&key)).map_err(bad)?;
    }
}

/// A reader that fails on an endless row, which would otherwise fill the memory. Within quotes, a
/// row may have any number of lines.
struct ShortRows<'a, R> {
    inner: R,
    /// The number of bytes that were read since the last row. It is set to zero after each.
    row_bytes: &'a Cell<usize>,
}

impl<R: Read> Read for ShortRows<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.row_bytes.set(self.row_bytes.get() + read);
        match self.row_bytes.get() > ROW_BYTES {
            true => Err(io::Error::other(format!(
                "a row has more than {ROW_BYTES} bytes"
            ))),
            false => Ok(read),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    const SCHEMA: &str = "Bucket, Key, VersionId, Size, ETag";

    fn gzip(text: &str) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(text.as_bytes()).expect("bytes");
        encoder.finish().expect("bytes")
    }

    fn read_bytes(bytes: &[u8]) -> Result<Vec<String>, BadRow> {
        let mut file = tempfile::tempfile().expect("a file");
        file.write_all(bytes).expect("written");
        io::Seek::rewind(&mut file).expect("the start");
        let mut rows = Vec::new();
        let columns = CsvColumns::parse(SCHEMA);
        read(file, &columns, &mut |row| {
            let size = row.stored_bytes.unwrap_or_default();
            rows.push(format!("{} {size}", row.key));
            Ok(())
        })?;
        Ok(rows)
    }

    #[test]
    fn keys_are_decoded_and_columns_are_found_by_their_names() {
        let text =
            "\"b\",\"a%2Bb+c%2C%22%E2%82%AC\",\"v,1\",\"7\",\"e\"\n\n\"b\",\"d\",\"\",\"\",\"\"\n";
        let rows = read_bytes(&gzip(text)).expect("rows");
        assert_eq!(rows, ["a+b c,\"\u{20ac} 7", "d 0"]);
        // Members follow each other, and each is read.
        let two = [gzip("b,k,,1,e\n"), gzip("b,l,,2,e\n")].concat();
        assert_eq!(read_bytes(&two).expect("rows"), ["k 1", "l 2"]);
    }

    #[test]
    fn a_row_that_cannot_be_read_is_named() {
        let few = read_bytes(&gzip("b,k,,1,e\nb,k\n")).expect_err("too few fields");
        assert_eq!(few.row, 2);
        assert_eq!(few.detail, "it has 2 fields, and the manifest names 5");
        let line = format!("b,{}", "k".repeat(ROW_BYTES + 100_000));
        // The quote has no end, so all lines are of one row.
        let lines = format!("b,\"{}", "k\n".repeat(ROW_BYTES));
        for endless in [line, lines] {
            let long = read_bytes(&gzip(&endless)).expect_err("an endless row");
            assert!(long.detail.contains("1048576"), "{}", long.detail);
            assert_eq!(long.row, 1);
        }
        let many = "b,k,,1,e\n".repeat(ROW_BYTES / 8);
        assert_eq!(read_bytes(&gzip(&many)).expect("rows").len(), ROW_BYTES / 8);
        assert!(read_bytes(b"b,k,,1,e\n").is_err(), "not gzip");
        let whole = gzip("b,k,,1,e\n");
        assert!(read_bytes(&whole[..whole.len() - 9]).is_err(), "cut off");
    }
}
