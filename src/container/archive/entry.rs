//! A file in an archive.

use std::io::Read;

use crate::container::compression::stream::{Decompressed, Quota, read_limited};
use crate::container::damage::Damage;
use crate::container::limits::Limits;

/// A file in an archive.
pub(crate) struct Entry {
    /// The path in the archive.
    pub(crate) name: String,
    /// The content as far as it could be read, or why nothing could.
    pub(crate) content: Result<Decompressed, Damage>,
}

/// A function that visits the files of an archive one by one, so that only one is in memory. It
/// fails where no more files can be found.
pub(crate) type OpenArchive = fn(&[u8], &Limits, &mut dyn FnMut(Entry)) -> Result<(), Damage>;

/// Reads a file that takes this many bytes in the archive.
pub(super) fn read_entry(
    name: &[u8],
    file: &mut impl Read,
    stored_bytes: u64,
    limits: &Limits,
) -> Entry {
    Entry {
        name: String::from_utf8_lossy(name).into_owned(),
        content: Ok(read_content(file, stored_bytes, limits)),
    }
}

fn read_content(file: &mut impl Read, stored_bytes: u64, limits: &Limits) -> Decompressed {
    let mut bytes = Vec::new();
    let stored = usize::try_from(stored_bytes).unwrap_or(usize::MAX);
    let read = read_limited(file, &mut bytes, |_| stored, Quota::new(limits));
    Decompressed::new(bytes, read)
}
