//! Bzip2 with any number of streams.

use bzip2::bufread::MultiBzDecoder;

use super::stream::{Decompressed, read_whole};
use crate::container::limits::Limits;

/// The first bytes.
pub(crate) const MAGIC: &[u8] = b"BZh";

/// Decompresses, as far as possible.
pub(crate) fn decompress(stored: &[u8], limits: &Limits) -> Vec<Decompressed> {
    let decoder = MultiBzDecoder::new(stored);
    vec![read_whole(
        decoder,
        stored,
        |decoder| decoder.get_ref().len(),
        limits,
    )]
}
