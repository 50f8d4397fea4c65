//! Tar files: the old form, POSIX's and GNU's, one or more after each other.
//!
//! After a damaged header, the next one with a valid checksum is searched.

mod attributes;
mod header;
mod sparse;

use std::ops::ControlFlow;

use self::attributes::Attributes;
use self::header::{BLOCK_BYTES, TarHeader, next_header, until_zero};
use self::sparse::Map;
use super::entry::{Entry, VisitEntry};
use crate::container::compression::stream::Decompressed;
use crate::container::damage::Damage;
use crate::container::limits::Limits;

pub(in crate::container) use header::is_tar;

/// Visits each file.
pub(crate) fn open(stored: &[u8], limits: &Limits, visit: &mut VisitEntry<'_>) -> Vec<Damage> {
    TarReader::new(stored, limits).read(visit)
}

/// A reader at one place of a tar file.
struct TarReader<'a, 'l> {
    stored: &'a [u8],
    limits: &'l Limits,
    /// The place of the next header.
    place: usize,
    /// The place of a header, from which others are a whole number of blocks away.
    origin: usize,
    /// True after a block of zeros.
    has_end: bool,
    /// The attributes of the next file.
    attributes: Attributes,
    damages: Vec<Damage>,
}

/// The content of an entry: its place, and the bytes of it that are there.
struct EntryContent<'a> {
    bytes: &'a [u8],
    is_cut: bool,
}

impl<'a, 'l> TarReader<'a, 'l> {
    fn new(stored: &'a [u8], limits: &'l Limits) -> Self {
        Self {
            stored,
            limits,
            place: 0,
            origin: 0,
            has_end: false,
            attributes: Attributes::default(),
            damages: Vec::new(),
        }
    }

    fn read(mut self, visit: &mut VisitEntry<'_>) -> Vec<Damage> {
        if self.files(visit).is_continue() {
            self.check_end();
        }
        self.damages
    }

    fn check_end(&mut self) {
        if !self.has_end {
            self.report("the tar file ends without the blocks of zeros that end it");
        }
    }

    fn files(&mut self, visit: &mut VisitEntry<'_>) -> ControlFlow<()> {
        while let Some(block) = self.block() {
            if is_zeros(block) {
                self.has_end = true;
                self.place += block.len();
            } else if let Some(header) = TarHeader::at(self.stored, self.place) {
                // Tar files may follow each other, and then only the end of the last one is that of
                // all.
                self.has_end = false;
                self.entry(header, visit)?;
            } else {
                self.resume();
            }
        }
        ControlFlow::Continue(())
    }

    fn rest(&self) -> Option<&'a [u8]> {
        self.stored.get(self.place..)
    }

    /// Returns the next block, or what is there of it; nothing at the end.
    fn block(&self) -> Option<&'a [u8]> {
        let rest = self.rest().filter(|rest| !rest.is_empty())?;
        Some(rest.get(..BLOCK_BYTES).unwrap_or(rest))
    }

    /// Goes on at the next header after bytes that are not one.
    fn resume(&mut self) {
        let damaged = self.place;
        // If bytes were lost, the header begins before the place where it was expected.
        let from = damaged.saturating_sub(BLOCK_BYTES - 1).max(self.origin + 1);
        let next = next_header(self.stored, from, self.origin);
        self.place = next.unwrap_or(self.stored.len());
        self.origin = next.unwrap_or(self.origin);
        let count = self.place.saturating_sub(damaged);
        self.report(&format!(
            "{count} bytes from byte {damaged} of the tar file on are not part of any file"
        ));
        // The zeros at the end of what is cut cannot be found any more.
        self.has_end = self.place == self.stored.len();
    }

    fn report(&mut self, detail: &str) {
        let damage = Damage::of_compression(detail.to_owned(), None);
        self.damages.push(damage);
    }

    /// Reads one entry, whose header is at the present place.
    fn entry(&mut self, header: TarHeader<'_>, visit: &mut VisitEntry<'_>) -> ControlFlow<()> {
        self.origin = self.place;
        self.place += BLOCK_BYTES;
        match header.kind() {
            b'L' => self.long_name(header),
            b'x' | b'X' => self.extended_header(header),
            // Long names of links, global attributes, labels, dumped folders and the like.
            b'K' | b'g' | b'V' | b'D' | b'A' | b'I' => drop(self.content(header.size_bytes())),
            // Links, devices and folders have no content, but the attributes before them are
            // theirs.
            b'2'..=b'6' => self.attributes = Attributes::default(),
            b'1' if !self.has_link_content(header) => self.attributes = Attributes::default(),
            b'S' => return self.sparse_file(header, visit),
            kind => return self.file(header, kind, visit),
        }
        ControlFlow::Continue(())
    }

    fn long_name(&mut self, header: TarHeader<'_>) {
        let content = self.content(header.size_bytes());
        self.attributes.path = Some(until_zero(content.bytes).to_vec());
    }

    fn extended_header(&mut self, header: TarHeader<'_>) {
        let at = self.origin;
        let content = self.content(header.size_bytes());
        if self.attributes.read(content.bytes).is_none() {
            self.report(&format!(
                "the extended header at byte {at} of the tar file is damaged"
            ));
        }
    }

    /// Returns true if a hard link has content of its own. Some programs write the size of the file
    /// that it links to, but not its content.
    fn has_link_content(&self, header: TarHeader<'_>) -> bool {
        let size = self.size_bytes(header);
        size.is_some_and(|size| size > 0) && !self.is_between_files()
    }

    /// Returns true if zeros, another header or the end is at the present place.
    fn is_between_files(&self) -> bool {
        let block = self.block();
        block.is_none_or(is_zeros) || TarHeader::at(self.stored, self.place).is_some()
    }

    fn size_bytes(&self, header: TarHeader<'_>) -> Option<u64> {
        self.attributes.size_bytes.or_else(|| header.size_bytes())
    }

    /// Takes the content of an entry. If its size is damaged, that is all of the rest.
    fn content(&mut self, size_bytes: Option<u64>) -> EntryContent<'a> {
        let size = size_bytes.and_then(|size| usize::try_from(size).ok());
        self.take(size.unwrap_or(usize::MAX))
    }

    /// Goes past content of a size, and past what fills up its last block.
    fn pass(&mut self, size: usize) {
        let padded = size.checked_next_multiple_of(BLOCK_BYTES).unwrap_or(size);
        self.place = self.place.saturating_add(padded).min(self.stored.len());
    }

    fn take(&mut self, size: usize) -> EntryContent<'a> {
        let rest = self.rest().unwrap_or_default();
        self.pass(size);
        EntryContent {
            bytes: rest.get(..size).unwrap_or(rest),
            is_cut: size > rest.len(),
        }
    }

    fn file(
        &mut self,
        header: TarHeader<'_>,
        kind: u8,
        visit: &mut VisitEntry<'_>,
    ) -> ControlFlow<()> {
        let size = self.size_bytes(header);
        let mut content = self.content(size);
        let attributes = std::mem::take(&mut self.attributes);
        let path = path(&attributes, header);
        // The old form has no type for folders.
        if path.ends_with(b"/") && content.bytes.is_empty() {
            return ControlFlow::Continue(());
        }
        if attributes.is_sparse() {
            let map = attributes.map(content.bytes);
            let map_bytes = map.as_ref().map_or(0, |(_, bytes)| *bytes);
            // The map at the beginning of the content is not a part of the file.
            content.bytes = content.bytes.get(map_bytes..).unwrap_or_default();
            return visit(self.sparse_entry(&path, map.map(|(map, _)| map), &content));
        }
        let entry = self.plain_entry(&path, &content);
        visit(match kind {
            b'M' => continued(entry),
            _ => entry,
        })
    }

    /// Reads a sparse file of GNU's old form.
    fn sparse_file(
        &mut self,
        header: TarHeader<'_>,
        visit: &mut VisitEntry<'_>,
    ) -> ControlFlow<()> {
        // The blocks of further parts are before the content, whose size does not count them.
        let mapped = Map::from_header(header, self.stored, self.place);
        self.place = mapped.as_ref().map_or(self.place, |(_, place)| *place);
        let size = self.size_bytes(header);
        let content = self.content(size);
        let attributes = std::mem::take(&mut self.attributes);
        let path = path(&attributes, header);
        visit(self.sparse_entry(&path, mapped.map(|(map, _)| map), &content))
    }

    fn plain_entry(&self, path: &[u8], content: &EntryContent<'_>) -> Entry {
        let most = usize::try_from(self.limits.content_bytes).unwrap_or(usize::MAX);
        let bytes = content.bytes.get(..most).unwrap_or(content.bytes);
        let read = match content.is_cut {
            // The limit ends the content before a cut of the tar file does, so it is what is
            // reported.
            _ if bytes.len() < content.bytes.len() => {
                Err(self.limits.beyond_content(bytes.len() as u64))
            }
            true => Err(cut(bytes)),
            false => Ok(()),
        };
        let stored_bytes = bytes.len();
        Entry::new(path, Decompressed::new(bytes.to_vec(), read), stored_bytes)
    }

    fn sparse_entry(&self, path: &[u8], map: Option<Map>, content: &EntryContent<'_>) -> Entry {
        let Some(map) = map.filter(Map::is_valid) else {
            return Entry::unreadable(path, damaged("the map of the sparse file is damaged"));
        };
        let stored_bytes = content.bytes.len() as u64;
        let checked = self.limits.check_ratio(map.size_bytes, stored_bytes);
        if let Err(damage) = checked {
            return Entry::unreadable(path, damage);
        }
        let bytes = map.expand(content.bytes, self.limits.content_bytes);
        let read = match content.is_cut {
            _ if map.size_bytes > self.limits.content_bytes => {
                Err(self.limits.beyond_content(bytes.len() as u64))
            }
            true => Err(cut(&bytes)),
            false => Ok(()),
        };
        Entry::new(path, Decompressed::new(bytes, read), content.bytes.len())
    }
}

fn is_zeros(block: &[u8]) -> bool {
    block.iter().all(|byte| *byte == 0)
}

/// Returns the path of a file. That of its own header may be cut or be that of a temporary file.
fn path(attributes: &Attributes, header: TarHeader<'_>) -> Vec<u8> {
    let path = attributes.path().map(<[u8]>::to_vec);
    path.unwrap_or_else(|| header.path())
}

fn cut(bytes: &[u8]) -> Damage {
    let detail = "the tar file ends within this file".to_owned();
    Damage::of_compression(detail, Some(bytes.len() as u64))
}

fn damaged(detail: &str) -> Damage {
    Damage::of_compression(detail.to_owned(), None)
}

/// Returns a file that begins in another tar file, with that as its damage.
fn continued(mut entry: Entry) -> Entry {
    let damage = damaged("it continues a file that begins in another tar file");
    entry.content = entry.content.map(|content| with_damage(content, damage));
    entry
}

fn with_damage(content: Decompressed, damage: Damage) -> Decompressed {
    Decompressed {
        damage: content.damage.or(Some(damage)),
        ..content
    }
}
