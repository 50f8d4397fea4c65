//! The signs of JSON in a text, 64 bytes at a time, and many such blocks together.
//!
//! A processor compares many bytes with one instruction, and many words likewise; its instructions
//! are found out when the program runs. Loops over all words of a batch are written so that the
//! compiler can make use of that, so functions that are called for each batch must be inlined.

use fearless_simd::prelude::*;
use fearless_simd::{Simd, u8x64};

/// The number of bytes that have a bit in a word.
pub(super) const BLOCK_BYTES: usize = 64;

/// The number of blocks that are read together. With more, more is read in vain past the end of a
/// small object; with fewer, the loops over them get slower.
pub(super) const BATCH_BLOCKS: usize = 16;

/// The bytes of a text that share a word.
pub(super) type TextBlock = [u8; BLOCK_BYTES];

/// A bit for each byte of a batch: a word for each block, whose lowest bit is for its first byte.
pub(super) type Marks = [u64; BATCH_BLOCKS];

/// Marks of nothing.
pub(super) const NO_MARKS: Marks = [0; BATCH_BLOCKS];

/// The signs of a batch, inside and outside of strings.
#[derive(Clone, Debug)]
pub(super) struct BatchSigns {
    /// `"`
    pub(super) quote: Marks,
    /// `{`
    pub(super) brace: Marks,
    /// `[`
    pub(super) bracket: Marks,
    /// `}` and `]`
    pub(super) close: Marks,
    /// `:`
    pub(super) colon: Marks,
    /// `,`
    pub(super) comma: Marks,
    /// `\`, where the batch has rare signs.
    pub(super) backslash: Marks,
    /// Bytes below the space, which must not be in a string, where the batch has rare signs.
    pub(super) control: Marks,
}

impl BatchSigns {
    /// No signs.
    pub(super) fn new() -> Self {
        Self {
            quote: NO_MARKS,
            brace: NO_MARKS,
            bracket: NO_MARKS,
            close: NO_MARKS,
            colon: NO_MARKS,
            comma: NO_MARKS,
            backslash: NO_MARKS,
            control: NO_MARKS,
        }
    }

    /// Finds the signs of a batch, and returns true if there are rare signs, which are not marked
    /// yet.
    #[inline(always)]
    pub(super) fn find<S: Simd>(&mut self, simd: S, blocks: &[TextBlock; BATCH_BLOCKS]) -> bool {
        let mut rare = u8x64::splat(simd, 0).simd_eq(1);
        for (place, block) in blocks.iter().enumerate() {
            let bytes = u8x64::from_slice(simd, block);
            self.quote[place] = bytes.simd_eq(b'"').to_bitmask();
            self.brace[place] = bytes.simd_eq(b'{').to_bitmask();
            self.bracket[place] = bytes.simd_eq(b'[').to_bitmask();
            // `]` becomes `}` with this bit, and no other byte does, so one comparison finds both.
            self.close[place] = (bytes | 0x20).simd_eq(b'}').to_bitmask();
            self.colon[place] = bytes.simd_eq(b':').to_bitmask();
            self.comma[place] = bytes.simd_eq(b',').to_bitmask();
            // Most batches have no rare sign, so these are only counted here, which costs less than
            // a mask for each.
            rare = rare | bytes.simd_eq(b'\\') | bytes.simd_lt(b' ');
        }
        rare.to_bitmask() != 0
    }

    /// Finds the rare signs of a batch.
    #[inline(always)]
    pub(super) fn find_rare<S: Simd>(&mut self, simd: S, blocks: &[TextBlock; BATCH_BLOCKS]) {
        for (place, block) in blocks.iter().enumerate() {
            let bytes = u8x64::from_slice(simd, block);
            self.backslash[place] = bytes.simd_eq(b'\\').to_bitmask();
            self.control[place] = bytes.simd_lt(b' ').to_bitmask();
        }
    }
}

#[cfg(test)]
mod tests {
    use fearless_simd::{Level, dispatch};

    use super::*;

    fn marks(block: &TextBlock, is_it: impl Fn(u8) -> bool) -> u64 {
        block.iter().enumerate().fold(0, |marks, (place, byte)| {
            marks | u64::from(is_it(*byte)) << place
        })
    }

    #[test]
    fn every_byte_is_known_at_every_place() {
        let blocks: Vec<TextBlock> = (0..=255_u8)
            .flat_map(|byte| (0..BLOCK_BYTES).map(move |place| (byte, place)))
            .map(|(byte, place)| {
                let mut block = [byte.wrapping_add(1); BLOCK_BYTES];
                block[place] = byte;
                block
            })
            .collect();
        for level in [Level::new(), Level::baseline()] {
            for batch in blocks.as_chunks().0 {
                let mut signs = BatchSigns::new();
                dispatch!(level, simd => signs.find(simd, batch));
                dispatch!(level, simd => signs.find_rare(simd, batch));
                for (place, block) in batch.iter().enumerate() {
                    assert_eq!(signs.quote[place], marks(block, |byte| byte == b'"'));
                    assert_eq!(signs.backslash[place], marks(block, |byte| byte == b'\\'));
                    assert_eq!(signs.control[place], marks(block, |byte| byte < b' '));
                    assert_eq!(signs.brace[place], marks(block, |byte| byte == b'{'));
                    assert_eq!(signs.bracket[place], marks(block, |byte| byte == b'['));
                    assert_eq!(
                        signs.close[place],
                        marks(block, |byte| matches!(byte, b'}' | b']'))
                    );
                    assert_eq!(signs.colon[place], marks(block, |byte| byte == b':'));
                    assert_eq!(signs.comma[place], marks(block, |byte| byte == b','));
                }
            }
        }
    }

    #[test]
    fn rare_signs_of_a_batch_are_noticed() {
        for level in [Level::new(), Level::baseline()] {
            for byte in 0..=255_u8 {
                for block in [0, 7, BATCH_BLOCKS - 1] {
                    let mut blocks = [[b'a'; BLOCK_BYTES]; BATCH_BLOCKS];
                    blocks[block][block] = byte;
                    let has_rare = dispatch!(level, simd => BatchSigns::new().find(simd, &blocks));
                    assert_eq!(has_rare, byte < b' ' || byte == b'\\', "{byte}");
                }
            }
        }
    }
}
