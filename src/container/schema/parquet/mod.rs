//! Copies of records in Parquet, as Athena, CloudTrail Lake and pipelines write them: one column
//! for each field.

mod check;
mod depth;
mod failure;
mod value;

use bytes::Bytes;
use parquet::file::reader::{FileReader, RowGroupReader};
use parquet::file::serialized_reader::SerializedFileReader;

use self::failure::{damaged, failed};
use super::names::are_of_records;
use super::record::record_from_columns;
use crate::container::compression::stream::Decompressed;
use crate::container::damage::Damage;
use crate::container::limits::Limits;
use crate::table::parquet::caught;

/// The first and the last bytes.
pub(crate) const MAGIC: &[u8] = b"PAR1";

/// A function that reads a table as lines of JSON, one for each row; nothing when its columns hold
/// no records. The bytes are the same afterwards.
pub(crate) type ReadTable = fn(&mut Vec<u8>, &Limits) -> Option<Decompressed>;

/// Returns the records in a Parquet file, one in each line; nothing when its columns hold none.
///
/// Rows are read one by one, so that a small file that claims billions of them ends at the limit.
pub(crate) fn read(stored: &mut Vec<u8>, limits: &Limits) -> Option<Decompressed> {
    // The reader shares the bytes, and they are taken back, so that they are never there twice.
    let file = Bytes::from(std::mem::take(stored));
    let mut bytes = Vec::new();
    let read = read_checked(&file, limits, &mut bytes);
    *stored = file.into();
    let damage = match read {
        Ok(true) => None,
        Ok(false) => return None,
        Err(damage) => Some(damage),
    };
    Some(Decompressed { bytes, damage })
}

/// Adds a line for each row, whatever the file claims. Returns true if the columns hold records.
fn read_checked(file: &Bytes, limits: &Limits, lines: &mut Vec<u8>) -> Result<bool, Damage> {
    check::depth(file)?;
    // The reader panics on some files that contradict themselves.
    let read = caught(|| read_lines(file, limits, lines));
    read.unwrap_or_else(|| Err(damaged("it contradicts itself", lines.len())))
}

fn read_lines(file: &Bytes, limits: &Limits, lines: &mut Vec<u8>) -> Result<bool, Damage> {
    let reader = SerializedFileReader::new(file.clone()).map_err(failed(0))?;
    let schema = reader.metadata().file_metadata().schema();
    // Other tables are no damage, since an archive may hold any.
    if !are_of_records(schema.get_fields().iter().map(|field| field.name())) {
        return Ok(false);
    }
    for number in 0..reader.num_row_groups() {
        let group = reader.get_row_group(number).map_err(failed(lines.len()))?;
        check::group(&*group, file.len() as u64, limits)?;
        read_group(&*group, file.len() as u64, limits, lines)?;
    }
    Ok(true)
}

fn read_group(
    group: &dyn RowGroupReader,
    stored_bytes: u64,
    limits: &Limits,
    lines: &mut Vec<u8>,
) -> Result<(), Damage> {
    let rows = group.get_row_iter(None).map_err(failed(lines.len()))?;
    for row in rows {
        let row = row.map_err(failed(lines.len()))?;
        let record = record_from_columns(value::object(row)).text;
        lines.extend_from_slice(record.as_bytes());
        lines.push(b'\n');
        check::size(lines.len() as u64, stored_bytes, limits)?;
    }
    Ok(())
}
