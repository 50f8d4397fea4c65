//! A file in an archive.

use std::io::{self, Read};
use std::ops::ControlFlow;

use crate::container::compression::stream::{Decompressed, Quota, read_limited, recover};
use crate::container::damage::Damage;
use crate::container::limits::Limits;

/// A file in an archive.
pub(crate) struct Entry {
    /// The path in the archive.
    pub(crate) name: String,
    /// The content as far as it could be read, or why nothing could.
    pub(crate) content: Result<Decompressed, Damage>,
    /// The size of the content in the archive.
    stored_bytes: u64,
}

/// A function that takes the files of an archive one by one, so that only one is in memory. It
/// breaks where no more files are wanted.
pub(crate) type VisitEntry<'v> = dyn FnMut(Entry) -> ControlFlow<()> + 'v;

/// A function that visits the files of an archive, and returns the damage outside of them.
pub(crate) type OpenArchive = fn(&[u8], &Limits, &mut VisitEntry<'_>) -> Vec<Damage>;

impl Entry {
    /// A file of which nothing could be read.
    pub(super) fn unreadable(name: &[u8], damage: Damage) -> Self {
        Self {
            name: text(name),
            content: Err(damage),
            stored_bytes: 0,
        }
    }

    /// A file with content that takes this many bytes in the archive.
    pub(super) fn new(name: &[u8], content: Decompressed, stored_bytes: usize) -> Self {
        Self {
            name: text(name),
            content: Ok(content),
            stored_bytes: stored_bytes as u64,
        }
    }

    /// Returns the bytes of the content beyond those that the archive has of it.
    pub(crate) fn unpacked_bytes(&self) -> u64 {
        let content = self.content.as_ref();
        let bytes = content.map_or(0, |content| content.bytes.len() as u64);
        bytes.saturating_sub(self.stored_bytes)
    }
}

fn text(name: &[u8]) -> String {
    String::from_utf8_lossy(name).into_owned()
}

/// Reads a file that takes this many bytes in the archive. `open` begins at its beginning.
pub(super) fn read_content<R: Read>(
    open: impl Fn() -> io::Result<R>,
    stored_bytes: u64,
    limits: &Limits,
) -> Decompressed {
    let mut bytes = Vec::new();
    let mut file = match open() {
        Ok(file) => file,
        Err(error) => return Decompressed::new(bytes, Err(damaged(&error))),
    };
    let quota = Quota::new(limits);
    let stored = usize::try_from(stored_bytes).unwrap_or(usize::MAX);
    // The size in the archive is all that is known of how much was read.
    let mut read = read_limited(&mut file, &mut bytes, |_| stored, quota);
    if let Err(damage) = &mut read
        && !damage.is_limit()
        && let Ok(mut again) = open()
    {
        recover(&mut again, bytes.len() as u64, &mut bytes);
        quota.trim(&mut bytes);
        damage.byte = Some(bytes.len() as u64);
    }
    Decompressed::new(bytes, read)
}

fn damaged(error: &io::Error) -> Damage {
    let detail = format!("the compressed data is damaged ({error})");
    Damage::of_compression(detail, Some(0))
}
