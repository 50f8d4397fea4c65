//! The directory at the end of a zip file.

use memchr::memmem::rfind;

use super::fields::{long, quad, short};
use super::record::{DirectoryEntry, central};

/// The first bytes of the record that ends a zip file, of the one for large numbers, and of the one
/// that has the place of the latter.
pub(in crate::container) const END: &[u8] = b"PK\x05\x06";
pub(super) const LARGE_END: &[u8] = b"PK\x06\x06";
pub(super) const LARGE_END_LOCATOR: &[u8] = b"PK\x06\x07";

/// The size of the last record without its comment, and that of the record before it.
pub(super) const END_BYTES: usize = 22;
pub(super) const LOCATOR_BYTES: usize = 20;

/// The most bytes of a comment.
const COMMENT_BYTES: usize = 0xffff;

/// The directory of a zip file, as far as it can be read.
#[derive(Debug, Default)]
pub(super) struct Directory {
    pub(super) entries: Vec<DirectoryEntry>,
    /// True if it says of itself where it is and how many entries it has, and both are right. The
    /// directory of a zip file within a cut one says something else.
    pub(super) is_whole: bool,
}

/// The record that ends a zip file.
struct End {
    /// The place where the directory must end.
    place: usize,
    count: u64,
    directory_bytes: u64,
    directory_place: u64,
    /// True if nothing follows, and all is in one file.
    is_last: bool,
}

impl Directory {
    /// Reads the directory of a zip file that begins at `base`, up to a number of entries.
    pub(super) fn read(stored: &[u8], base: usize, most: u64) -> Self {
        Self::find(stored, base, most).unwrap_or_default()
    }

    fn find(stored: &[u8], base: usize, most: u64) -> Option<Self> {
        let end = End::find(stored)?;
        let start = end.directory_start()?;
        let DirectoryEntries { mut entries, rest } =
            DirectoryEntries::read(stored.get(start..end.place)?, most);
        let is_complete = rest.is_empty() && end.counts(entries.len());
        let is_counted = is_complete || entries.len() as u64 > most;
        let is_placed = is_at(start, base, end.directory_place);
        for entry in &mut entries {
            // Places may be counted from the zip file although other bytes are before it.
            entry.offset = entry.offset.saturating_add(shift(start, base, &end));
        }
        Some(Self {
            entries,
            is_whole: is_counted && is_placed && end.is_last,
        })
    }
}

/// The entries that bytes begin with, and the bytes after them.
struct DirectoryEntries<'a> {
    entries: Vec<DirectoryEntry>,
    rest: &'a [u8],
}

impl<'a> DirectoryEntries<'a> {
    /// Reads entries until there are more than this number, which shows that there are too many.
    fn read(mut rest: &'a [u8], most: u64) -> Self {
        let mut entries = Vec::new();
        while entries.len() as u64 <= most
            && let Some((listed, length)) = central(rest)
        {
            entries.push(listed);
            rest = rest.get(length..).unwrap_or_default();
        }
        Self { entries, rest }
    }
}

/// Returns true if a place that was counted from the beginning of the object, or from that of the
/// zip file in it, is this one.
fn is_at(start: usize, base: usize, place: u64) -> bool {
    let start = start as u64;
    place == start || place.saturating_add(base as u64) == start
}

/// Returns the distance by which the places in the directory must be moved.
fn shift(start: usize, base: usize, end: &End) -> u64 {
    match end.directory_place == start as u64 {
        true => 0,
        false => base as u64,
    }
}

impl End {
    fn find(stored: &[u8]) -> Option<Self> {
        let from = stored.len().saturating_sub(END_BYTES + COMMENT_BYTES);
        let place = from + rfind(stored.get(from..)?, END)?;
        let bytes = stored.get(place..)?;
        let comment_bytes = usize::from(short(bytes, 20)?);
        let after = bytes.get(END_BYTES + comment_bytes..);
        let is_alone = long(bytes, 4)? == 0;
        // Zeros fill the last block of some media, and anything else may be another zip file.
        let is_last = is_alone && after.is_some_and(|rest| rest.iter().all(|byte| *byte == 0));
        let end = Self {
            place,
            count: short(bytes, 10)?.into(),
            directory_bytes: long(bytes, 12)?.into(),
            directory_place: long(bytes, 16)?.into(),
            is_last,
        };
        Some(end.enlarged(stored).unwrap_or(end))
    }

    /// Returns the place where the directory begins.
    fn directory_start(&self) -> Option<usize> {
        let bytes = usize::try_from(self.directory_bytes).ok()?;
        self.place.checked_sub(bytes)
    }

    /// Returns true if the directory may have this number of entries. Some programs write only the
    /// last 16 bits of a larger number of files.
    fn counts(&self, entries: usize) -> bool {
        self.count & 0xffff == entries as u64 & 0xffff
    }

    /// Returns the record for large numbers, which is before this one.
    fn enlarged(&self, stored: &[u8]) -> Option<Self> {
        let locator = self.place.checked_sub(LOCATOR_BYTES)?;
        let bytes = stored.get(locator..self.place)?;
        if !bytes.starts_with(LARGE_END_LOCATOR) {
            return None;
        }
        // The place in the locator is wrong where other bytes are before the zip file.
        let place = rfind(stored.get(..locator)?, LARGE_END)?;
        let bytes = stored.get(place..locator)?;
        Some(Self {
            place,
            count: quad(bytes, 32)?,
            directory_bytes: quad(bytes, 40)?,
            directory_place: quad(bytes, 48)?,
            is_last: self.is_last && long(bytes, 16)? == 0,
        })
    }
}
