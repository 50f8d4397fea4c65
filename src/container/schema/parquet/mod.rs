//! Copies of records in Parquet, as Athena, CloudTrail Lake, Security Lake and pipelines write
//! them: one column for each field, structures and lists of records, or texts that hold records.

mod check;
mod contents;
mod depth;
mod failure;
mod rows;
mod value;

use bytes::Bytes;
use parquet::file::reader::{FileReader, RowGroupReader};
use parquet::file::serialized_reader::SerializedFileReader;
use parquet::schema::types::Type;

pub use self::check::depth as check_footer;
use self::contents::TableContents;
use self::failure::{damaged, failed};
use self::rows::Lines;
use super::unmapped;
use crate::container::compression::stream::Decompressed;
use crate::container::content::ContentBytes;
use crate::container::damage::Damage;
use crate::container::limits::Limits;
use crate::table::format::parquet::caught;

/// The first and the last bytes.
pub(crate) const MAGIC: &[u8] = b"PAR1";

/// The content of a table without rows. An object without any content has lost its records.
const NO_RECORDS: &[u8] = b"{\"Records\":[]}";

/// A table as lines of JSON.
pub(crate) struct TableLines {
    /// The lines.
    pub(crate) content: Decompressed,
    /// The things that are wrong with the table beside damage that stopped the reading.
    pub(crate) problems: Vec<Damage>,
}

/// A function that reads a table as lines of JSON; nothing when it holds no records. The bytes are
/// the same afterwards.
pub(crate) type ReadTable = fn(&mut ContentBytes, &Limits) -> Option<TableLines>;

/// Returns the records in a Parquet file, one in each line; nothing when it holds none. A row that
/// needs more than the names of its columns to be mapped is a line as it is.
///
/// Rows are read one by one, so that a small file that claims billions of them ends at the limit.
pub(crate) fn read(stored: &mut ContentBytes, limits: &Limits) -> Option<TableLines> {
    // The reader shares the bytes, and they are taken back, so that they are never there twice.
    let file = Bytes::from(Vec::from(std::mem::take(stored)));
    let mut lines = Lines::default();
    let read = read_checked(&file, limits, &mut lines);
    *stored = Vec::from(file).into();
    let damage = match read {
        Ok(true) => None,
        Ok(false) => return None,
        Err(damage) => Some(damage),
    };
    let (mut bytes, problems) = lines.finish();
    if bytes.is_empty() && damage.is_none() {
        bytes.extend_from_slice(NO_RECORDS);
    }
    let content = Decompressed {
        bytes: bytes.into(),
        damage,
    };
    Some(TableLines { content, problems })
}

/// Adds the lines of all rows, whatever the file claims. Returns true if it holds records.
fn read_checked(file: &Bytes, limits: &Limits, lines: &mut Lines) -> Result<bool, Damage> {
    check::depth(file)?;
    // The reader panics on some files that contradict themselves.
    let read = caught(|| read_lines(file, limits, lines));
    read.unwrap_or_else(|| Err(damaged("it contradicts itself", lines.length())))
}

fn read_lines(file: &Bytes, limits: &Limits, lines: &mut Lines) -> Result<bool, Damage> {
    let table = StoredTable {
        reader: SerializedFileReader::new(file.clone()).map_err(failed(0))?,
        stored_bytes: file.len() as u64,
        limits,
    };
    if !table.holds_records(lines)? {
        return Ok(false);
    }
    table.read(lines)?;
    Ok(true)
}

/// A table in a file.
struct StoredTable<'l> {
    reader: SerializedFileReader<Bytes>,
    stored_bytes: u64,
    limits: &'l Limits,
}

impl StoredTable<'_> {
    fn schema(&self) -> &Type {
        self.reader.metadata().file_metadata().schema()
    }

    /// Returns true if the table holds records.
    fn holds_records(&self, lines: &mut Lines) -> Result<bool, Damage> {
        match TableContents::from_schema(self.schema()) {
            TableContents::Records {
                lacks_error_message,
            } => {
                lines.note_missing(lacks_error_message);
                Ok(true)
            }
            TableContents::Unmapped if !self.shows_records()? => Err(unmapped::without_time()),
            TableContents::Unmapped => Ok(true),
            // Other tables are not damage, since an archive may hold any.
            TableContents::Other => self.shows_records(),
        }
    }

    fn shows_records(&self) -> Result<bool, Damage> {
        contents::shows_records(&self.reader, self.stored_bytes, self.limits)
    }

    /// Adds the lines of all rows.
    fn read(&self, lines: &mut Lines) -> Result<(), Damage> {
        lines.note_uuids(contents::uuid_columns(self.schema()));
        for number in 0..self.reader.num_row_groups() {
            let group = self.reader.get_row_group(number);
            self.read_group(&*group.map_err(failed(lines.length()))?, lines)?;
        }
        Ok(())
    }

    fn read_group(&self, group: &dyn RowGroupReader, lines: &mut Lines) -> Result<(), Damage> {
        check::group(group, self.stored_bytes, self.limits)?;
        let rows = group.get_row_iter(None).map_err(failed(lines.length()))?;
        for row in rows {
            let row = row.map_err(failed(lines.length()))?;
            lines.add_row(value::table_row(row, lines.uuid_columns()));
            // Rows may repeat one long value, so the lines are measured as they grow.
            check::size(lines.length() as u64, self.stored_bytes, self.limits)?;
        }
        Ok(())
    }
}
