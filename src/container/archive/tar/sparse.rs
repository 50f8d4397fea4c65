//! Sparse files in tar files: only the parts that hold data are stored, with a map of them.

use super::header::{BLOCK_BYTES, TarHeader, number};

/// A part of a file that holds data. All else is zeros.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SparsePart {
    pub(super) offset: u64,
    pub(super) size_bytes: u64,
}

/// The parts of a sparse file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Map {
    pub(super) parts: Vec<SparsePart>,
    /// The size of the file with its zeros.
    pub(super) size_bytes: u64,
}

/// The size of a part in GNU's map: its offset and its size.
const PART_BYTES: usize = 24;

/// The place of the first parts in the header of GNU's form, and the flag that a block of further
/// ones follows; the same in such a block.
const PARTS: std::ops::Range<usize> = 386..482;
const IS_EXTENDED: usize = 482;
const FURTHER_PARTS: std::ops::Range<usize> = 0..504;
const IS_FURTHER_EXTENDED: usize = 504;

impl SparsePart {
    fn end(self) -> Option<u64> {
        self.offset.checked_add(self.size_bytes)
    }
}

impl Map {
    /// The map of a file of this size, of which no part is known yet.
    fn new(size_bytes: u64) -> Self {
        let parts = Vec::new();
        Self { parts, size_bytes }
    }

    /// Reads the map of GNU's old form, and returns the place after its blocks.
    pub(super) fn from_header(
        header: TarHeader<'_>,
        stored: &[u8],
        mut place: usize,
    ) -> Option<(Self, usize)> {
        let mut map = Self::new(number(header.field(483..495))?);
        map.add(header.field(PARTS))?;
        let mut is_extended = header.field(IS_EXTENDED..IS_EXTENDED + 1) != [0];
        while is_extended {
            let block = stored.get(place..place + BLOCK_BYTES)?;
            map.add(block.get(FURTHER_PARTS)?)?;
            is_extended = block.get(IS_FURTHER_EXTENDED)? != &0;
            place += BLOCK_BYTES;
        }
        Some((map, place))
    }

    fn add(&mut self, fields: &[u8]) -> Option<()> {
        for field in fields.chunks_exact(PART_BYTES) {
            self.add_part(field)?;
        }
        Some(())
    }

    /// Adds the part in a field, unless that is not used and so has zeros.
    fn add_part(&mut self, field: &[u8]) -> Option<()> {
        let (offset, size) = field.split_at_checked(PART_BYTES / 2)?;
        if size.first() != Some(&0) {
            self.push(number(offset)?, number(size)?);
        }
        Some(())
    }

    fn push(&mut self, offset: u64, size_bytes: u64) {
        self.parts.push(SparsePart { offset, size_bytes });
    }

    /// Reads a map as numbers between commas, which pairs of records of the forms 0.0 and 0.1 are.
    pub(super) fn from_text(text: &[u8], size_bytes: u64) -> Option<Self> {
        let mut map = Self::new(size_bytes);
        let text = str::from_utf8(text).ok()?;
        let mut numbers = text.split(',').filter(|number| !number.is_empty());
        while let Some(offset) = numbers.next() {
            map.push(offset.parse().ok()?, numbers.next()?.parse().ok()?);
        }
        Some(map)
    }

    /// Reads the map that content of the form 1.0 begins with, and returns the size of its blocks.
    pub(super) fn from_content(content: &[u8], size_bytes: u64) -> Option<(Self, usize)> {
        let mut map = Self::new(size_bytes);
        let mut place = 0;
        let count = next_number(content, &mut place)?;
        for _ in 0..count {
            let offset = next_number(content, &mut place)?;
            map.push(offset, next_number(content, &mut place)?);
        }
        Some((map, place.next_multiple_of(BLOCK_BYTES)))
    }

    /// Returns the content with its zeros, up to a size.
    pub(super) fn expand(&self, mut stored: &[u8], most: u64) -> Vec<u8> {
        let mut content = Vec::new();
        for part in &self.parts {
            let size = usize::try_from(part.size_bytes).unwrap_or(usize::MAX);
            let (data, rest) = stored.split_at(size.min(stored.len()));
            // The limit comes before the offset, which may claim any amount of memory.
            pad(&mut content, part.offset.min(most));
            content.extend_from_slice(data);
            stored = rest;
        }
        pad(&mut content, self.size_bytes.min(most));
        content.truncate(usize::try_from(most).unwrap_or(usize::MAX));
        content
    }

    /// Returns true if the parts follow each other within the file.
    pub(super) fn is_valid(&self) -> bool {
        let mut end = 0;
        for part in &self.parts {
            match part.end() {
                Some(next) if part.offset >= end => end = next,
                _ => return false,
            }
        }
        end <= self.size_bytes
    }
}

fn pad(content: &mut Vec<u8>, size_bytes: u64) {
    let size = usize::try_from(size_bytes).unwrap_or(usize::MAX);
    if size > content.len() {
        content.resize(size, 0);
    }
}

/// Reads the decimal number on a line.
fn next_number(content: &[u8], place: &mut usize) -> Option<u64> {
    let line = short_line(content.get(*place..)?)?;
    *place += line.len() + 1;
    str::from_utf8(line).ok()?.parse().ok()
}

/// Returns the line that bytes begin with, unless it is longer than any number.
fn short_line(bytes: &[u8]) -> Option<&[u8]> {
    let length = bytes.iter().take(32).position(|byte| *byte == b'\n')?;
    bytes.get(..length)
}
