//! Bzip2 with any number of streams.

use bzip2::bufread::MultiBzDecoder;

use super::stream::Decompressed;
use super::streams::{CompressionFormat, OpenDecoder, StreamDecoder};
use crate::container::limits::Limits;

/// The first bytes, before a digit.
pub(crate) const MAGIC: &[u8] = b"BZh";

const FORMAT: CompressionFormat = CompressionFormat {
    magic: MAGIC,
    decoder,
};

impl StreamDecoder for MultiBzDecoder<&[u8]> {
    fn left(&self) -> usize {
        self.get_ref().len()
    }
}

fn decoder<'s>(stored: &'s [u8], _: &Limits) -> OpenDecoder<'s> {
    Ok(Box::new(MultiBzDecoder::new(stored)))
}

/// Decompresses, as far as possible.
pub(crate) fn decompress(stored: &[u8], limits: &Limits) -> Vec<Decompressed> {
    FORMAT.decompress(stored, limits)
}
