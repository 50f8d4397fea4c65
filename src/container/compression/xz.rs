//! The formats of LZMA: xz with any number of streams and padding between them, lzip, and the
//! format before them, which has no magic number.

use std::io::{self, Error, ErrorKind, Read};

use lzma_rust2::{Action, LzipReader, LzmaReader, Status, XzStream};

use super::stream::{Decompressed, Quota, damaged, damaged_at, read_limited, recover};
use super::streams::{CompressionFormat, OpenDecoder, StreamDecoder};
use crate::container::limits::Limits;

/// The first bytes of xz and of lzip.
pub(crate) const MAGIC: &[u8] = b"\xfd7zXZ\0";
pub(crate) const LZIP_MAGIC: &[u8] = b"LZIP\x01";

/// The size of the header of the format without a magic number.
const LZMA_HEAD_BYTES: usize = 13;

/// The properties that compressors write unless they have other options.
const USUAL_PROPERTIES: u8 = 0x5d;

/// The largest content that such a file is taken to have, in bytes.
const LZMA_CONTENT_BYTES: u64 = 1 << 38;

/// The most bytes of the mark that ends a stream whose size is known, which is not read then.
const END_MARK_BYTES: usize = 16;

const FORMAT: CompressionFormat = CompressionFormat {
    magic: MAGIC,
    decoder,
};

/// A decoder of the streams of xz.
struct XzStreams<'s> {
    rest: &'s [u8],
    stream: XzStream,
}

impl Read for XzStreams<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let result = self.stream.process(self.rest, buffer, Action::Finish)?;
            self.rest = self.rest.get(result.bytes_consumed..).unwrap_or_default();
            let is_end = matches!(result.status, Status::StreamEnd);
            if result.bytes_produced > 0 || is_end {
                return Ok(result.bytes_produced);
            }
            if result.bytes_consumed == 0 {
                return Err(Error::from(ErrorKind::UnexpectedEof));
            }
        }
    }
}

impl StreamDecoder for XzStreams<'_> {
    fn left(&self) -> usize {
        self.rest.len()
    }
}

fn decoder<'s>(stored: &'s [u8], limits: &Limits) -> OpenDecoder<'s> {
    Ok(Box::new(XzStreams {
        rest: stored,
        stream: XzStream::new_mem_limit(true, kibibytes(limits)),
    }))
}

/// Returns the most memory of a decoder in the unit of the library.
fn kibibytes(limits: &Limits) -> u32 {
    u32::try_from(limits.decoder_bytes() >> 10).unwrap_or(u32::MAX)
}

/// Decompresses xz, as far as possible.
pub(crate) fn decompress(stored: &[u8], limits: &Limits) -> Vec<Decompressed> {
    FORMAT.decompress(stored, limits)
}

/// Decompresses lzip, as far as possible.
pub(crate) fn decompress_lzip(stored: &[u8], limits: &Limits) -> Vec<Decompressed> {
    // All members are read, so that nothing is left.
    vec![read(|| Ok(LzipReader::new(stored)), stored, |_| 0, limits)]
}

/// Decompresses the format without a magic number, as far as possible.
pub(crate) fn decompress_lzma(stored: &[u8], limits: &Limits) -> Vec<Decompressed> {
    let open = || LzmaReader::new_mem_limit(stored, kibibytes(limits), None);
    vec![read(open, stored, left_by_lzma, limits)]
}

/// Returns the number of bytes after the end of a stream.
fn left_by_lzma(decoder: LzmaReader<&[u8]>) -> usize {
    let (rest, unused) = decoder.into_parts();
    rest.len() + unused.len()
}

/// Reads one stream. `left` returns the number of bytes after its end.
fn read<R: Read>(
    open: impl Fn() -> io::Result<R>,
    stored: &[u8],
    left: impl Fn(R) -> usize,
    limits: &Limits,
) -> Decompressed {
    let mut bytes = Vec::new();
    let quota = Quota::new(limits);
    let mut decoder = match open() {
        Ok(decoder) => decoder,
        Err(error) => return Decompressed::new(bytes, Err(damaged(&error, 0))),
    };
    // The decoder does not say how much it has read, so all stored bytes count.
    let mut read = read_limited(&mut decoder, &mut bytes, |_| stored.len(), quota);
    if let Err(damage) = &mut read
        && !damage.is_limit()
        && let Ok(mut again) = open()
    {
        recover(&mut again, bytes.len() as u64, &mut bytes);
        quota.trim(&mut bytes);
        damage.byte = Some(bytes.len() as u64);
    } else if read.is_ok() && left(decoder) > END_MARK_BYTES {
        let detail = "other bytes follow the compressed data";
        read = Err(damaged_at(detail, bytes.len() as u64));
    }
    Decompressed::new(bytes, read)
}

/// Returns true if bytes begin as the format without a magic number: with the usual properties, a
/// dictionary of a usual size, and a size that a file may have.
pub(in crate::container) fn is_lzma(head: &[u8]) -> bool {
    let Some((properties, dictionary, size)) = lzma_head(head) else {
        return false;
    };
    let is_usual = properties == USUAL_PROPERTIES && is_usual_dictionary(dictionary);
    // The first byte of the compressed bytes is always zero.
    is_usual && is_possible_size(size) && head.get(LZMA_HEAD_BYTES) == Some(&0)
}

fn is_usual_dictionary(bytes: u32) -> bool {
    // Compressors choose powers of two, or one and a half of them.
    bytes >= 4096 && (bytes.is_power_of_two() || (bytes / 3 * 2).is_power_of_two())
}

fn is_possible_size(bytes: u64) -> bool {
    // All bits are set where the size was not known before the end.
    bytes == u64::MAX || bytes < LZMA_CONTENT_BYTES
}

fn lzma_head(head: &[u8]) -> Option<(u8, u32, u64)> {
    let dictionary = head.get(1..)?.first_chunk()?;
    let size = head.get(5..)?.first_chunk()?;
    let (dictionary, size) = (u32::from_le_bytes(*dictionary), u64::from_le_bytes(*size));
    Some((*head.first()?, dictionary, size))
}
