//! Zstandard with any number of frames, and with others between them that decoders skip.

use zstd::stream::read::Decoder;

use super::stream::Decompressed;
use super::streams::{CompressionFormat, OpenDecoder, StreamDecoder};
use crate::container::limits::Limits;

/// The first bytes.
pub(crate) const MAGIC: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];

/// The largest distance of a match that is read, as a power of two: that of `zstd --long=31`.
const LARGEST_WINDOW: u32 = 31;

const FORMAT: CompressionFormat = CompressionFormat {
    magic: MAGIC,
    decoder,
};

impl StreamDecoder for Decoder<'_, &[u8]> {
    fn left(&self) -> usize {
        self.get_ref().len()
    }
}

fn decoder<'s>(stored: &'s [u8], limits: &Limits) -> OpenDecoder<'s> {
    let mut decoder = Decoder::with_buffer(stored)?;
    // A window larger than the content may be is never filled.
    let window = limits.decoder_bytes().next_power_of_two().ilog2();
    decoder.window_log_max(window.min(LARGEST_WINDOW))?;
    Ok(Box::new(decoder))
}

/// Decompresses, as far as possible.
pub(crate) fn decompress(stored: &[u8], limits: &Limits) -> Vec<Decompressed> {
    FORMAT.decompress(stored, limits)
}
