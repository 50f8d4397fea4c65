//! Zip files.
//!
//! Their files are found by the directory at the end. Where that is cut or damaged, they are found
//! by their own headers, one after another.

mod directory;
mod fields;
mod headers;
mod method;
mod record;

use std::cell::Cell;
use std::ops::ControlFlow;
use std::rc::Rc;

use memchr::memmem::find;

use self::directory::Directory;
use self::method::PackedBytes;
use self::record::{Description, DirectoryEntry, content_place};
use super::entry::{Entry, VisitEntry, read_content};
use crate::container::compression::stream::Decompressed;
use crate::container::damage::Damage;
use crate::container::limits::Limits;

pub(in crate::container) use self::directory::END as EMPTY_MAGIC;
pub(in crate::container) use self::record::LOCAL as MAGIC;

/// The first bytes before those of the first file in a zip file that was split into several.
const SPLIT: [&[u8]; 2] = [b"PK\x07\x08", b"PK00"];

/// The most bytes before the first file.
const PREFIX_BYTES: usize = 512;

/// Returns true if bytes begin like a zip file.
pub(in crate::container) fn is_zip(head: &[u8]) -> bool {
    base(head).is_some()
}

/// Returns the place where a zip file begins, after a few bytes that may be before it.
fn base(head: &[u8]) -> Option<usize> {
    if head.starts_with(record::LOCAL) || head.starts_with(directory::END) {
        return Some(0);
    }
    if let Some(mark) = SPLIT.iter().find(|mark| head.starts_with(mark)) {
        let rest = head.get(mark.len()..)?;
        return rest.starts_with(record::LOCAL).then_some(mark.len());
    }
    let prefix = head.get(..PREFIX_BYTES).unwrap_or(head);
    let place = find(prefix, record::LOCAL)?;
    record::local(head, place).map(|_| place)
}

/// Visits each file.
pub(crate) fn open(stored: &[u8], limits: &Limits, visit: &mut VisitEntry<'_>) -> Vec<Damage> {
    let base = base(stored).unwrap_or(0);
    let directory = Directory::read(stored, base, limits.entries);
    let work_bytes = Cell::new(limits.work_bytes(stored.len()));
    let files = ZipFiles {
        stored,
        limits,
        work_bytes: &work_bytes,
    };
    if directory.is_whole {
        // The caller that stops the visit reports why.
        let damages = workbook(&directory.entries);
        let _ = files.listed(directory.entries, visit);
        return damages;
    }
    files.walked(base, &directory.entries, visit)
}

/// Returns the damage of a spreadsheet of Excel. Its texts are in another file than its rows, so
/// none of its files is a table by itself.
fn workbook(entries: &[DirectoryEntry]) -> Vec<Damage> {
    const NAMES: [&[u8]; 2] = [b"xl/workbook.xml", b"xl/workbook.bin"];
    let mut names = entries.iter().map(|listed| &*listed.description.name);
    let detail = "the rows of spreadsheets are not read; save it as CSV, and audit that";
    let damage = Damage::unsupported(detail.to_owned());
    names
        .find(|name| NAMES.contains(name))
        .map(|_| damage)
        .into_iter()
        .collect()
}

/// The files of a zip file.
#[derive(Clone, Copy)]
struct ZipFiles<'a, 'l> {
    stored: &'a [u8],
    limits: &'l Limits,
    /// The bytes that may still be read to find the ends of files whose size is not known. Such
    /// files can overlap, so that each of them may be as long as the rest of the zip file.
    work_bytes: &'l Cell<u64>,
}

/// The content of a file, and the number of its compressed bytes after their end.
struct Unpacked {
    content: Decompressed,
    left: usize,
}

impl<'a> ZipFiles<'a, '_> {
    /// Visits the files of a whole directory, in the order of their places.
    fn listed(
        self,
        mut entries: Vec<DirectoryEntry>,
        visit: &mut VisitEntry<'_>,
    ) -> ControlFlow<()> {
        entries.sort_by_key(|listed| listed.offset);
        let mut end = 0;
        for DirectoryEntry {
            description,
            offset,
        } in &entries
        {
            if description.is_folder() {
                continue;
            }
            // A small zip file can claim any amount of content if its files share their bytes.
            if *offset < end {
                visit(Entry::unreadable(&description.name, overlap()))?;
                continue;
            }
            let start = usize::try_from(*offset).ok();
            let start = start.and_then(|place| content_place(self.stored, place));
            let start = start.unwrap_or(self.stored.len());
            end = (start as u64).saturating_add(description.packed_bytes);
            visit(self.entry(description, self.packed(start, end)))?;
        }
        ControlFlow::Continue(())
    }

    /// Returns the bytes between two places, as far as they are there.
    fn packed(self, start: usize, end: u64) -> &'a [u8] {
        let end = usize::try_from(end).unwrap_or(usize::MAX);
        let rest = self.stored.get(start..).unwrap_or_default();
        rest.get(..end.saturating_sub(start)).unwrap_or(rest)
    }

    /// Reads a file with these compressed bytes.
    fn entry(self, description: &Description, packed: &[u8]) -> Entry {
        if let Some(damage) = method::refusal(description.method, description.is_encrypted()) {
            return Entry::unreadable(&description.name, damage);
        }
        let unpacked = self.unpacked(description, packed);
        let content = checked(unpacked.content, description);
        Entry::new(&description.name, content, packed.len())
    }

    /// Takes bytes from those that may still be read to find the ends of files.
    fn charge(self, count: usize) {
        let left = self.work_bytes.get().saturating_sub(count as u64);
        self.work_bytes.set(left);
    }

    fn is_exhausted(self) -> bool {
        self.work_bytes.get() == 0
    }

    fn unpacked(self, description: &Description, packed: &[u8]) -> Unpacked {
        let left = Rc::new(Cell::new(0));
        let memory_bytes = self.limits.decoder_bytes();
        let open = || {
            let packed = PackedBytes::new(packed, &left);
            method::decoder(
                description.method,
                packed,
                description.size_bytes,
                memory_bytes,
            )
        };
        let content = read_content(open, packed.len() as u64, self.limits);
        Unpacked {
            content,
            left: left.get(),
        }
    }
}

/// Compares content with the checksum and the size that a file should have, unless it ends at
/// damage, which makes it too short in any case.
fn checked(content: Decompressed, file: &Description) -> Decompressed {
    if content.damage.is_some() {
        return content;
    }
    let damage = mismatch(&content.bytes, file);
    Decompressed { damage, ..content }
}

fn mismatch(content: &[u8], file: &Description) -> Option<Damage> {
    let detail = difference(content, file)?.to_owned();
    Some(Damage::of_compression(detail, Some(content.len() as u64)))
}

fn difference(content: &[u8], file: &Description) -> Option<&'static str> {
    if (content.len() as u64) < file.size_bytes {
        return Some("the compressed data of the file ends early");
    }
    let is_other = crc32fast::hash(content) != file.checksum;
    is_other.then_some("the checksum of the file is not that of its content")
}

fn overlap() -> Damage {
    let detail = "the file overlaps another one in the zip file, as no program writes it";
    Damage::of_compression(detail.to_owned(), None)
}
