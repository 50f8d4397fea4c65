//! Snappy in the formats that programs write it in: Google's frames, the blocks of Hadoop, of
//! snappy-java and of snzip, and bare blocks. Hadoop's blocks of LZ4 have the same form.
//!
//! Blocks have their sizes before them, so that those after a damaged one are read.

use snap::raw::{Decoder, decompress_len};

use super::stream::{Decompressed, Quota, damaged_at};
use crate::container::damage::Damage;
use crate::container::limits::Limits;

/// The first bytes of each format.
pub(crate) const FRAMES: &[u8] = b"\xff\x06\0\0sNaPpY";
pub(crate) const XERIAL: &[u8] = b"\x82SNAPPY\0";
pub(crate) const SNZIP: &[u8] = b"SNZ\x01";
pub(crate) const IN_JAVA: &[u8] = b"snappy\0";

/// The sizes of the headers of snappy-java and snzip.
const XERIAL_HEAD_BYTES: usize = 16;
const SNZIP_HEAD_BYTES: usize = 5;

/// The largest content of a block, in bytes. Hadoop's blocks have a quarter of a megabyte unless
/// they are configured otherwise.
const BLOCK_BYTES: usize = 64 << 20;

/// A block.
struct SnappyBlock<'a> {
    packed: &'a [u8],
    form: BlockForm,
    /// The checksum of its content.
    checksum: Option<u32>,
}

/// The form of a block.
#[derive(Clone, Copy, PartialEq, Eq)]
enum BlockForm {
    Stored,
    Snappy,
    /// LZ4, with at most this many bytes of content.
    Lz4(usize),
}

/// A reader of blocks. It takes the next block from the bytes, or nothing where there is another
/// part of the format. It fails where the format is damaged.
type NextBlock<'n> =
    dyn for<'a> FnMut(&mut &'a [u8]) -> Result<Option<SnappyBlock<'a>>, &'static str> + 'n;

const EARLY: &str = "the compressed data ends early";

/// Decompresses Google's frames.
pub(crate) fn decompress_frames(stored: &[u8], limits: &Limits) -> Vec<Decompressed> {
    blocks(stored, limits, &mut frame)
}

/// Decompresses the blocks of snappy-java, of which some programs write many with the header of
/// each.
pub(crate) fn decompress_xerial(stored: &[u8], limits: &Limits) -> Vec<Decompressed> {
    blocks(stored, limits, &mut xerial_block)
}

/// Decompresses the blocks of snzip.
pub(crate) fn decompress_snzip(stored: &[u8], limits: &Limits) -> Vec<Decompressed> {
    blocks(stored, limits, &mut snzip_block)
}

/// Decompresses the blocks of snappy in Java.
pub(crate) fn decompress_in_java(stored: &[u8], limits: &Limits) -> Vec<Decompressed> {
    blocks(stored, limits, &mut in_java_block)
}

/// Decompresses Hadoop's blocks.
pub(crate) fn decompress_hadoop(stored: &[u8], limits: &Limits) -> Vec<Decompressed> {
    let mut hadoop = Hadoop {
        is_snappy: hadoop_form(stored) == Some(BlockForm::Snappy),
        left: 0,
    };
    blocks(stored, limits, &mut |rest| hadoop.next(rest))
}

/// Decompresses a bare block.
pub(crate) fn decompress_raw(stored: &[u8], limits: &Limits) -> Vec<Decompressed> {
    blocks(stored, limits, &mut |rest| Ok(snappy(std::mem::take(rest))))
}

fn blocks(stored: &[u8], limits: &Limits, next: &mut NextBlock<'_>) -> Vec<Decompressed> {
    let mut contents = Vec::new();
    let mut quota = Quota::new(limits);
    let mut bytes = Vec::new();
    let mut rest = stored;
    while !rest.is_empty() {
        let block = next(&mut rest);
        let consumed = (stored.len() - rest.len()) as u64;
        let is_broken = block.is_err();
        let read = match block {
            Ok(None) => Ok(()),
            Ok(Some(block)) => block.read(&mut bytes).and_then(|()| {
                // Memory for one block more than the limit is small.
                quota.check(&mut bytes, consumed)
            }),
            Err(detail) => Err(damaged_at(detail, bytes.len() as u64)),
        };
        let Err(damage) = read else {
            continue;
        };
        // Damaged content costs one block, but where a block has no end the next is not known.
        let is_last = is_broken || damage.is_limit();
        quota.spend(&bytes);
        contents.push(Decompressed::new(std::mem::take(&mut bytes), Err(damage)));
        if is_last {
            return contents;
        }
    }
    contents.push(Decompressed::new(bytes, Ok(())));
    contents
}

impl SnappyBlock<'_> {
    /// Adds the content to that of the blocks before.
    fn read(&self, bytes: &mut Vec<u8>) -> Result<(), Damage> {
        let start = bytes.len();
        let content = self.content();
        let content = content.map_err(|detail| damaged_at(&detail, start as u64))?;
        // Content with a wrong checksum is kept, since most of it may be right.
        bytes.extend_from_slice(&content);
        if self
            .checksum
            .is_some_and(|expected| expected != masked_checksum(&content))
        {
            let detail = "the checksum of a block is not that of its content";
            return Err(damaged_at(detail, bytes.len() as u64));
        }
        Ok(())
    }

    fn content(&self) -> Result<Vec<u8>, String> {
        match self.form {
            BlockForm::Stored => Ok(self.packed.to_vec()),
            BlockForm::Lz4(most) => {
                lz4_flex::block::decompress(self.packed, most).map_err(|error| error.to_string())
            }
            BlockForm::Snappy => {
                let length = decompress_len(self.packed).map_err(|error| error.to_string())?;
                // No block is compressed more than about twenty times.
                if length > BLOCK_BYTES.max(self.packed.len().saturating_mul(32)) {
                    return Err("a block is too large".to_owned());
                }
                let content = Decoder::new().decompress_vec(self.packed);
                content.map_err(|error| error.to_string())
            }
        }
    }
}

/// Takes a number of bytes.
fn take<'a>(rest: &mut &'a [u8], count: usize) -> Result<&'a [u8], &'static str> {
    let (taken, left) = rest.split_at_checked(count).ok_or(EARLY)?;
    *rest = left;
    Ok(taken)
}

fn take_number(rest: &mut &[u8]) -> Result<usize, &'static str> {
    let bytes = take(rest, 4)?;
    Ok(big_endian(bytes))
}

fn big_endian(bytes: &[u8]) -> usize {
    let add = |number: usize, byte: &u8| number << 8 | usize::from(*byte);
    bytes.iter().fold(0, add)
}

fn little_endian(bytes: &[u8]) -> usize {
    let add = |number: usize, byte: &u8| number << 8 | usize::from(*byte);
    bytes.iter().rev().fold(0, add)
}

/// Reads a chunk of Google's format.
fn frame<'a>(rest: &mut &'a [u8]) -> Result<Option<SnappyBlock<'a>>, &'static str> {
    let head = take(rest, 4)?;
    let (kind, size) = head.split_at(1);
    let mut chunk = take(rest, little_endian(size))?;
    let form = match kind {
        [0x00] => BlockForm::Snappy,
        [0x01] => BlockForm::Stored,
        [0x80..=0xff] => return Ok(None),
        _ => return Err("a chunk has an unknown type"),
    };
    let checksum = little_endian(take(&mut chunk, 4)?);
    Ok(Some(SnappyBlock {
        packed: chunk,
        form,
        checksum: u32::try_from(checksum).ok(),
    }))
}

fn snappy(packed: &[u8]) -> Option<SnappyBlock<'_>> {
    Some(SnappyBlock {
        packed,
        form: BlockForm::Snappy,
        checksum: None,
    })
}

fn xerial_block<'a>(rest: &mut &'a [u8]) -> Result<Option<SnappyBlock<'a>>, &'static str> {
    if rest.starts_with(XERIAL) {
        take(rest, XERIAL_HEAD_BYTES)?;
        return Ok(None);
    }
    let size = take_number(rest)?;
    Ok(snappy(take(rest, size)?))
}

/// Reads a block of snzip. A size of zero ends the file.
fn snzip_block<'a>(rest: &mut &'a [u8]) -> Result<Option<SnappyBlock<'a>>, &'static str> {
    if rest.starts_with(SNZIP) {
        take(rest, SNZIP_HEAD_BYTES)?;
        return Ok(None);
    }
    let (size, length) = variable(rest).ok_or(EARLY)?;
    take(rest, length)?;
    match size {
        0 => Ok(None),
        size => Ok(snappy(take(rest, size)?)),
    }
}

fn in_java_block<'a>(rest: &mut &'a [u8]) -> Result<Option<SnappyBlock<'a>>, &'static str> {
    if rest.starts_with(IN_JAVA) {
        take(rest, IN_JAVA.len())?;
        return Ok(None);
    }
    let head = take(rest, 7)?;
    let (is_packed, head) = head.split_at(1);
    let (size, checksum) = head.split_at(2);
    Ok(Some(SnappyBlock {
        packed: take(rest, big_endian(size))?,
        form: match is_packed {
            [0] => BlockForm::Stored,
            _ => BlockForm::Snappy,
        },
        checksum: u32::try_from(big_endian(checksum)).ok(),
    }))
}

/// Hadoop's blocks: each has the size of its content, and then parts with their own sizes, until
/// their contents have that size.
struct Hadoop {
    is_snappy: bool,
    /// The bytes of content of the present block that are in later parts.
    left: usize,
}

impl Hadoop {
    fn next<'a>(&mut self, rest: &mut &'a [u8]) -> Result<Option<SnappyBlock<'a>>, &'static str> {
        let size = take_number(rest)?;
        if self.left == 0 {
            self.left = size;
            return Ok(None);
        }
        let packed = take(rest, size)?;
        let form = match self.is_snappy {
            true => BlockForm::Snappy,
            false => BlockForm::Lz4(self.left.min(BLOCK_BYTES)),
        };
        let length = self.content_bytes(packed);
        // A part of unknown length ends its block, since the parts after it cannot be counted.
        self.left = self.left.saturating_sub(length.unwrap_or(self.left));
        Ok(Some(SnappyBlock {
            packed,
            form,
            checksum: None,
        }))
    }

    fn content_bytes(&self, packed: &[u8]) -> Option<usize> {
        if self.is_snappy {
            return decompress_len(packed).ok();
        }
        let content = lz4_flex::block::decompress(packed, self.left.min(BLOCK_BYTES));
        content.ok().map(|content| content.len())
    }
}

/// Reads the sizes that Hadoop's blocks begin with, and recognizes their form: Snappy repeats the
/// size of the content. There is no magic number, so the content must begin as text does.
fn hadoop_form(head: &[u8]) -> Option<BlockForm> {
    let size = big_endian(head.get(..4)?);
    let packed_size = big_endian(head.get(4..8)?);
    let packed = head.get(8..)?;
    // Neither compression makes content larger by more than a sixth and 32 bytes.
    if size == 0 || size > BLOCK_BYTES || packed_size == 0 || packed_size > size + size / 6 + 32 {
        return None;
    }
    let (length, length_bytes) = variable(packed)?;
    if length > 0 && length <= size && is_snappy_text(packed.get(length_bytes..)?) {
        return Some(BlockForm::Snappy);
    }
    is_lz4_text(packed).then_some(BlockForm::Lz4(size))
}

/// Returns true if bytes begin as Hadoop's blocks of JSON do.
pub(in crate::container) fn is_hadoop(head: &[u8]) -> bool {
    hadoop_form(head).is_some()
}

/// Returns true if bytes begin as a bare block of JSON does: with the size of the content, and then
/// some of it as it is.
pub(in crate::container) fn is_raw(head: &[u8]) -> bool {
    let Some((size, length)) = variable(head) else {
        return false;
    };
    let rest = head.get(length..).unwrap_or_default();
    is_size_of(head, size) && is_snappy_text(rest)
}

/// Returns true if a block that begins with these bytes may have content of a size.
fn is_size_of(head: &[u8], size: usize) -> bool {
    // Text that only looks like a block is longer than its size says.
    size > 1 && size.saturating_mul(2) > head.len().min(1 << 10)
}

/// Returns true if a block begins with text that JSON begins with.
fn is_snappy_text(block: &[u8]) -> bool {
    let Some((tag, rest)) = block.split_first() else {
        return false;
    };
    let literal = rest.get(length_bytes(*tag)..).unwrap_or_default();
    tag & 3 == 0 && begins_as_json(literal)
}

/// Returns the number of bytes between the tag of a literal and its text.
fn length_bytes(tag: u8) -> usize {
    match tag >> 2 {
        length @ 60..=63 => usize::from(length) - 59,
        _ => 0,
    }
}

fn is_lz4_text(block: &[u8]) -> bool {
    let Some((token, rest)) = block.split_first() else {
        return false;
    };
    let literals = token >> 4;
    literals > 0 && begins_as_json(after_length(literals, rest))
}

/// Returns the bytes after the rest of a number of literals, which only the largest one has.
fn after_length(literals: u8, rest: &[u8]) -> &[u8] {
    if literals < 15 {
        return rest;
    }
    let extended = rest.iter().take_while(|byte| **byte == 255).count() + 1;
    rest.get(extended..).unwrap_or_default()
}

/// Returns true if content begins as a document of JSON does. The second character counts, too,
/// since any bytes may have the first one.
fn begins_as_json(content: &[u8]) -> bool {
    match content {
        [b'{', second, ..] => matches!(second, b' ' | b'\n' | b'\r' | b'\t' | b'"'),
        [b'[', second, ..] => matches!(second, b' ' | b'\n' | b'\r' | b'\t' | b'"' | b'{' | b'['),
        _ => false,
    }
}

/// Returns a number of seven bits a byte, and the number of its bytes.
fn variable(bytes: &[u8]) -> Option<(usize, usize)> {
    let mut number = 0;
    for (place, byte) in bytes.iter().take(5).enumerate() {
        number |= usize::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            return Some((number, place + 1));
        }
    }
    None
}

/// Returns the checksum of content in the form of Snappy's formats: CRC-32C, turned and moved,
/// since the checksum of what holds its own checksum would be weak.
fn masked_checksum(content: &[u8]) -> u32 {
    let checksum = !content.iter().fold(u32::MAX, add_to_checksum);
    checksum.rotate_right(15).wrapping_add(0xa282_ead8)
}

fn add_to_checksum(checksum: u32, byte: &u8) -> u32 {
    let index = (checksum ^ u32::from(*byte)) & 0xff;
    let entry = CHECKSUMS.get(index as usize).copied().unwrap_or_default();
    entry ^ (checksum >> 8)
}

/// The checksum of each byte.
const CHECKSUMS: [u32; 256] = checksums();

const fn checksums() -> [u32; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = byte_checksum(byte as u32);
        byte += 1;
    }
    table
}

const fn byte_checksum(byte: u32) -> u32 {
    let (mut rest, mut bit) = (byte, 0);
    while bit < 8 {
        let polynomial = if rest & 1 == 1 { 0x82f6_3b78 } else { 0 };
        rest = (rest >> 1) ^ polynomial;
        bit += 1;
    }
    rest
}
