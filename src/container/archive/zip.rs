//! Zip files.

use std::io::Cursor;

use memchr::memmem::find_iter;
use zip::ZipArchive;
use zip::read::ZipFile;
use zip::result::ZipError;

use super::entry::{Entry, read_entry};
use crate::container::damage::Damage;
use crate::container::limits::Limits;

/// The first bytes, and those of a zip file without files.
pub(crate) const MAGIC: &[u8] = b"PK\x03\x04";
pub(crate) const EMPTY_MAGIC: &[u8] = b"PK\x05\x06";

/// The first bytes of each entry in the directory of a zip file.
const DIRECTORY_ENTRY: &[u8] = b"PK\x01\x02";

/// The memory that an entry of the directory takes once it is read, in bytes, which may be ten
/// times its size in the file. The directory is read whole.
const DIRECTORY_ENTRY_BYTES: u64 = 512;

/// Visits each file.
pub(crate) fn open(
    stored: &[u8],
    limits: &Limits,
    visit: &mut dyn FnMut(Entry),
) -> Result<(), Damage> {
    check_directory(stored, limits)?;
    let mut archive = ZipArchive::new(Cursor::new(stored)).map_err(damaged)?;
    for number in 0..archive.len() {
        match archive.by_index(number) {
            Ok(file) if file.is_dir() => {}
            Ok(file) => visit(read_file(file, limits)),
            // The directory says where the next file is, so one that cannot be read is passed over.
            Err(error) => visit(unreadable(number, &error)),
        }
    }
    Ok(())
}

fn read_file(mut file: ZipFile<'_, Cursor<&[u8]>>, limits: &Limits) -> Entry {
    let (name, stored_bytes) = (file.name_raw().to_vec(), file.compressed_size());
    read_entry(&name, &mut file, stored_bytes, limits)
}

/// Checks that the directory does not take more memory than content may.
fn check_directory(stored: &[u8], limits: &Limits) -> Result<(), Damage> {
    let most = limits.content_bytes / DIRECTORY_ENTRY_BYTES;
    // A file in the archive may hold such bytes, too, but hardly that many.
    let count = find_iter(stored, DIRECTORY_ENTRY).count() as u64;
    if count <= most.max(1) {
        return Ok(());
    }
    let detail = format!("the zip file holds more than {most} files; `--max-content` limits them");
    Err(Damage::too_large(detail, None))
}

fn damaged(error: ZipError) -> Damage {
    let detail = format!("the zip file cannot be read ({error})");
    Damage::of_compression(detail, None)
}

fn unreadable(number: usize, error: &ZipError) -> Entry {
    let detail = format!("file {number} of the zip file cannot be read ({error})");
    Entry {
        name: number.to_string(),
        content: Err(Damage::of_compression(detail, None)),
    }
}
