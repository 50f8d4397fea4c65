//! Zlib: deflated streams with checksums, as programs write them that leave out the header of gzip.

use std::io::{self, Error, ErrorKind, Read};

use flate2::bufread::ZlibDecoder;

use super::stream::Decompressed;
use super::streams::{CompressionFormat, OpenDecoder, StreamDecoder};
use crate::container::limits::Limits;

/// The first bytes at the levels of compression; those of a fourth one are text, too.
pub(crate) const MAGIC: [&[u8]; 3] = [b"\x78\x01", b"\x78\x9c", b"\x78\xda"];

const FORMAT: CompressionFormat = CompressionFormat {
    magic: b"\x78",
    decoder,
};

/// A decoder of streams that follow each other.
struct ZlibStreams<'s>(ZlibDecoder<&'s [u8]>);

impl Read for ZlibStreams<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let count = self.0.read(buffer)?;
            if count > 0 || buffer.is_empty() || self.left() == 0 {
                return Ok(count);
            }
            self.next_stream()?;
        }
    }
}

impl ZlibStreams<'_> {
    /// Goes on with the stream that follows the present one.
    fn next_stream(&mut self) -> io::Result<()> {
        let rest = *self.0.get_ref();
        if !rest.starts_with(b"\x78") {
            return Err(other_bytes());
        }
        self.0 = ZlibDecoder::new(rest);
        Ok(())
    }
}

fn other_bytes() -> Error {
    let detail = "other bytes follow the compressed data";
    Error::new(ErrorKind::InvalidData, detail)
}

impl StreamDecoder for ZlibStreams<'_> {
    fn left(&self) -> usize {
        self.0.get_ref().len()
    }
}

fn decoder<'s>(stored: &'s [u8], _: &Limits) -> OpenDecoder<'s> {
    Ok(Box::new(ZlibStreams(ZlibDecoder::new(stored))))
}

/// Decompresses, as far as possible.
pub(crate) fn decompress(stored: &[u8], limits: &Limits) -> Vec<Decompressed> {
    FORMAT.decompress(stored, limits)
}
