//! Zlib: one deflated stream with a checksum, as programs write it where they forget the header of
//! gzip.

use std::io;

use flate2::bufread::ZlibDecoder;

use super::stream::Decompressed;
use super::streams::{Format, StreamDecoder};
use crate::container::limits::Limits;

/// The first bytes at the levels of compression; those of a fourth one are text, too.
pub(crate) const MAGIC: [&[u8]; 3] = [b"\x78\x01", b"\x78\x9c", b"\x78\xda"];

const FORMAT: Format = Format {
    magic: b"\x78",
    decoder,
};

impl StreamDecoder for ZlibDecoder<&[u8]> {
    fn left(&self) -> usize {
        self.get_ref().len()
    }
}

fn decoder<'s>(stored: &'s [u8], _: &Limits) -> io::Result<Box<dyn StreamDecoder + 's>> {
    Ok(Box::new(ZlibDecoder::new(stored)))
}

/// Decompresses, as far as possible.
pub(crate) fn decompress(stored: &[u8], limits: &Limits) -> Vec<Decompressed> {
    FORMAT.decompress(stored, limits)
}
