//! Tar files.

use tar::Archive;

use super::entry::{Entry, read_entry};
use crate::container::damage::Damage;
use crate::container::limits::Limits;

/// The bytes that every tar file of a standard form has, and their place.
pub(crate) const MAGIC: &[u8] = b"ustar";
pub(crate) const MAGIC_PLACE: usize = 257;

/// Visits each file.
pub(crate) fn open(
    stored: &[u8],
    limits: &Limits,
    visit: &mut dyn FnMut(Entry),
) -> Result<(), Damage> {
    let mut archive = Archive::new(stored);
    for file in archive.entries().map_err(damaged)? {
        // The place of each file follows from the size of the one before, so damage ends the list.
        let mut file = file.map_err(damaged)?;
        if file.header().entry_type().is_file() {
            let name = file.path_bytes().into_owned();
            let size_bytes = file.size();
            visit(read_entry(&name, &mut file, size_bytes, limits));
        }
    }
    Ok(())
}

fn damaged(error: std::io::Error) -> Damage {
    let detail = format!("the tar file ends early or is damaged ({error})");
    Damage::of_compression(detail, None)
}
