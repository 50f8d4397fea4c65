//! Zstandard with any number of frames.

use zstd::stream::read::Decoder;

use super::stream::{Decompressed, damaged, read_whole};
use crate::container::limits::Limits;

/// The first bytes.
pub(crate) const MAGIC: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];

/// Decompresses, as far as possible.
pub(crate) fn decompress(stored: &[u8], limits: &Limits) -> Vec<Decompressed> {
    vec![match Decoder::with_buffer(stored) {
        Ok(decoder) => read_whole(decoder, stored, |decoder| decoder.get_ref().len(), limits),
        Err(error) => Decompressed::new(Vec::new(), Err(damaged(&error, 0))),
    }]
}
