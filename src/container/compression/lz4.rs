//! LZ4: frames, those of the first version of the program, and others between them that decoders
//! skip.

use std::io::{self, Error, ErrorKind, Read};

use lz4_flex::block;
use lz4_flex::frame::FrameDecoder;

use super::stream::Decompressed;
use super::streams::{CompressionFormat, OpenDecoder, StreamDecoder};
use crate::container::limits::Limits;

/// The first bytes of a frame.
pub(crate) const MAGIC: &[u8] = &[0x04, 0x22, 0x4d, 0x18];

/// The first bytes of a frame of the first version.
pub(crate) const LEGACY_MAGIC: &[u8] = &[0x02, 0x21, 0x4c, 0x18];

/// The bytes that a frame to be skipped begins with, after one byte from 0x50 to 0x5f. Zstandard
/// has the same.
const SKIPPED: [u8; 3] = [0x2a, 0x4d, 0x18];
const SKIPPED_HEAD_BYTES: usize = 8;

/// The most bytes of the content of a block of the first version.
const LEGACY_BLOCK_BYTES: usize = 8 << 20;

/// Flags of a frame.
const HAS_BLOCK_CHECKSUMS: u8 = 1 << 4;
const HAS_SIZE: u8 = 1 << 3;
const HAS_CHECKSUM: u8 = 1 << 2;
const HAS_DICTIONARY: u8 = 1;

/// The flag of a block that is not compressed.
const IS_STORED: u32 = 1 << 31;

const FORMAT: CompressionFormat = CompressionFormat {
    magic: MAGIC,
    decoder,
};

/// Decompresses, as far as possible.
pub(crate) fn decompress(stored: &[u8], limits: &Limits) -> Vec<Decompressed> {
    FORMAT.decompress(stored, limits)
}

/// Returns the bytes after the frames at the beginning that decoders skip.
pub(in crate::container) fn after_skipped(mut bytes: &[u8]) -> &[u8] {
    while let Some(rest) = skipped(bytes) {
        bytes = rest;
    }
    bytes
}

/// Returns true if bytes begin with a frame that decoders skip.
pub(in crate::container) fn is_skipped(bytes: &[u8]) -> bool {
    let head = bytes.split_first();
    head.is_some_and(|(first, rest)| first & 0xf0 == 0x50 && rest.starts_with(&SKIPPED))
}

fn skipped(bytes: &[u8]) -> Option<&[u8]> {
    if !is_skipped(bytes) {
        return None;
    }
    let size = usize::try_from(number(bytes, 4)?).ok()?;
    bytes.get(SKIPPED_HEAD_BYTES.checked_add(size)?..)
}

fn number(bytes: &[u8], place: usize) -> Option<u32> {
    let field = bytes.get(place..)?.first_chunk()?;
    Some(u32::from_le_bytes(*field))
}

/// A decoder of frames.
struct Frames<'s> {
    /// The bytes after the present frame.
    rest: &'s [u8],
    present: Present<'s>,
}

/// The frame that is read.
enum Present<'s> {
    None,
    Frame(Box<FrameDecoder<&'s [u8]>>),
    /// A frame without its end, which a decoder takes for a whole one if it ends between two
    /// blocks.
    Cut(Box<FrameDecoder<&'s [u8]>>),
    /// The blocks of a frame of the first version, and the content of one of them.
    Legacy(io::Cursor<Vec<u8>>),
}

fn decoder<'s>(stored: &'s [u8], _: &Limits) -> OpenDecoder<'s> {
    Ok(Box::new(Frames {
        rest: stored,
        present: Present::None,
    }))
}

impl StreamDecoder for Frames<'_> {
    fn left(&self) -> usize {
        match &self.present {
            // If a size is damaged, another frame may begin within this one.
            Present::Cut(frame) => frame.get_ref().len(),
            _ => self.rest.len(),
        }
    }
}

impl Read for Frames<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let count = match &mut self.present {
                Present::None => 0,
                Present::Frame(frame) | Present::Cut(frame) => frame.read(buffer)?,
                Present::Legacy(content) => content.read(buffer)?,
            };
            if count > 0 {
                return Ok(count);
            }
            if let Present::Cut(_) = self.present {
                return Err(Error::from(ErrorKind::UnexpectedEof));
            }
            if !self.advance()? {
                return Ok(0);
            }
        }
    }
}

impl<'s> Frames<'s> {
    /// Goes on with the next block or frame. Returns false at the end.
    fn advance(&mut self) -> io::Result<bool> {
        let is_legacy = matches!(self.present, Present::Legacy(_));
        self.rest = after_skipped(self.rest);
        if self.rest.is_empty() {
            return Ok(false);
        }
        if self.rest.starts_with(MAGIC) {
            self.begin_frame();
            return Ok(true);
        }
        if let Some(blocks) = self.rest.strip_prefix(LEGACY_MAGIC) {
            self.rest = blocks;
            return self.legacy_block().map(|()| true);
        }
        // Only the blocks of the first version follow each other without a magic number.
        match is_legacy {
            true => self.legacy_block().map(|()| true),
            false => Err(Error::new(ErrorKind::InvalidData, "no frame of LZ4")),
        }
    }

    /// Begins a frame.
    fn begin_frame(&mut self) {
        let frame = self.rest;
        let length = frame_bytes(frame);
        let (frame, rest) = frame.split_at(length.unwrap_or(frame.len()));
        self.present = match length {
            Some(_) => Present::Frame(Box::new(FrameDecoder::new(frame))),
            None => Present::Cut(Box::new(FrameDecoder::new(frame))),
        };
        self.rest = rest;
    }

    /// Reads one block of a frame of the first version.
    fn legacy_block(&mut self) -> io::Result<()> {
        let early = || Error::from(ErrorKind::UnexpectedEof);
        let size = number(self.rest, 0).ok_or_else(early)?;
        let size = usize::try_from(size).map_err(|_| early())?;
        let end = size.checked_add(4).ok_or_else(early)?;
        let packed = self.rest.get(4..end).ok_or_else(early)?;
        let content = block::decompress(packed, LEGACY_BLOCK_BYTES)
            .map_err(|error| Error::new(ErrorKind::InvalidData, error.to_string()))?;
        self.rest = self.rest.get(end..).unwrap_or_default();
        self.present = Present::Legacy(io::Cursor::new(content));
        Ok(())
    }
}

/// Returns the size of a whole frame.
fn frame_bytes(frame: &[u8]) -> Option<usize> {
    let flags = *frame.get(MAGIC.len())?;
    let end = end_mark(frame, flags)? + 4 + field_bytes(flags, HAS_CHECKSUM, 4);
    (end <= frame.len()).then_some(end)
}

/// Returns the size of a field that is only there if its flag is set.
fn field_bytes(flags: u8, flag: u8, size: usize) -> usize {
    if flags & flag != 0 { size } else { 0 }
}

/// Returns the size of all that is before the blocks: the magic number, the flags, the size of
/// blocks, the fields, and the checksum of these.
fn head_bytes(flags: u8) -> usize {
    let fields = field_bytes(flags, HAS_SIZE, 8) + field_bytes(flags, HAS_DICTIONARY, 4);
    MAGIC.len() + 2 + fields + 1
}

/// Returns the place of the mark that ends the blocks: the size of one without any bytes.
fn end_mark(frame: &[u8], flags: u8) -> Option<usize> {
    let mut place = head_bytes(flags);
    while number(frame, place)? != 0 {
        place = next_block(frame, place, flags)?;
    }
    Some(place)
}

fn next_block(frame: &[u8], place: usize, flags: u8) -> Option<usize> {
    let numbers = 4 + field_bytes(flags, HAS_BLOCK_CHECKSUMS, 4);
    place
        .checked_add(numbers)?
        .checked_add(block_bytes(frame, place)?)
}

/// Returns the size of the content of a block as it is stored.
fn block_bytes(frame: &[u8], place: usize) -> Option<usize> {
    usize::try_from(number(frame, place)? & !IS_STORED).ok()
}
