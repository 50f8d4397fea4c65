//! Where the signs of JSON stand in a text, 64 bytes at a time, and many such blocks together.
//!
//! A processor compares many bytes with one instruction, and many words likewise; which
//! instructions it has is found out when the program runs. Loops over all words of a batch are
//! written so that the compiler can make use of that, so what is called for each batch must be
//! inlined.

use fearless_simd::prelude::*;
use fearless_simd::{Simd, u8x64};

/// How many bytes have a bit in a word.
pub(super) const BLOCK_BYTES: usize = 64;

/// How many blocks are looked at together. With more, more is looked at in vain behind the end of a
/// small object; with fewer, the loops over them get slower.
pub(super) const BATCH_BLOCKS: usize = 16;

/// So many bytes of a text.
pub(super) type Block = [u8; BLOCK_BYTES];

/// A bit for each byte of a batch: a word for each block, whose lowest bit is for its first byte.
pub(super) type Marks = [u64; BATCH_BLOCKS];

/// The bytes of a batch by what they are, whether inside of a string or not.
#[derive(Clone, Debug)]
pub(super) struct Signs {
    /// `"`
    pub(super) quote: Marks,
    /// `{`
    brace: Marks,
    /// `[`
    bracket: Marks,
    /// `}` and `]`
    close: Marks,
    /// `:`
    colon: Marks,
    /// `,`
    comma: Marks,
    /// `\`, where the batch has rare signs.
    pub(super) backslash: Marks,
    /// Below the space: what must not stand in a string. Where the batch has rare signs.
    pub(super) control: Marks,
}

impl Signs {
    /// No signs.
    pub(super) fn new() -> Self {
        let none = [0; BATCH_BLOCKS];
        Self {
            quote: none,
            brace: none,
            bracket: none,
            close: none,
            colon: none,
            comma: none,
            backslash: none,
            control: none,
        }
    }

    /// Finds the signs of a batch. Answers whether there are rare signs, which are not marked yet.
    #[inline(always)]
    pub(super) fn find<S: Simd>(&mut self, simd: S, blocks: &[Block; BATCH_BLOCKS]) -> bool {
        let mut rare = u8x64::splat(simd, 0).simd_eq(1);
        for (place, block) in blocks.iter().enumerate() {
            let bytes = u8x64::from_slice(simd, block);
            self.quote[place] = bytes.simd_eq(b'"').to_bitmask();
            self.brace[place] = bytes.simd_eq(b'{').to_bitmask();
            self.bracket[place] = bytes.simd_eq(b'[').to_bitmask();
            // `]` becomes `}` with this bit, and no other byte does.
            self.close[place] = (bytes | 0x20).simd_eq(b'}').to_bitmask();
            self.colon[place] = bytes.simd_eq(b':').to_bitmask();
            self.comma[place] = bytes.simd_eq(b',').to_bitmask();
            rare = rare | bytes.simd_eq(b'\\') | bytes.simd_lt(b' ');
        }
        rare.to_bitmask() != 0
    }

    /// Finds the rare signs of a batch.
    #[inline(always)]
    pub(super) fn find_rare<S: Simd>(&mut self, simd: S, blocks: &[Block; BATCH_BLOCKS]) {
        for (place, block) in blocks.iter().enumerate() {
            let bytes = u8x64::from_slice(simd, block);
            self.backslash[place] = bytes.simd_eq(b'\\').to_bitmask();
            self.control[place] = bytes.simd_lt(b' ').to_bitmask();
        }
    }
}

/// The bytes of a batch that stand outside of strings, by what they are, and those of the block
/// before it.
#[derive(Clone, Debug)]
pub(super) struct Outside {
    /// Whether the next batch begins inside of a string: all bits or none.
    in_string: u64,
    /// Whether `{` or a comma was the last sign before the batch, with something behind it, so that
    /// the next sign in an object is a colon.
    is_carried: bool,
    /// The quotes that begin strings.
    pub(super) opening: Row,
    /// The quotes that end strings.
    closing: Row,
    /// `{`
    brace: Row,
    /// `[`
    bracket: Row,
    /// `}` and `]`
    close: Row,
    /// `:`
    pub(super) colon: Row,
    /// `,`
    comma: Row,
    /// The bytes of numbers, `true`, `false` and `null`, and whatever does not belong there.
    pub(super) literal: Row,
}

/// Marks of the block before a batch, and those of the batch.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row([u64; BATCH_BLOCKS + 1]);

impl Row {
    /// The marks of a block of the batch.
    #[inline(always)]
    pub(super) fn of(&self, block: usize) -> u64 {
        self.0[block + 1]
    }

    /// The bytes behind those that are marked.
    #[inline(always)]
    fn behind(&self, block: usize) -> u64 {
        self.0[block + 1] << 1 | self.0[block] >> 63
    }

    #[inline(always)]
    fn set(&mut self, block: usize, marks: u64) {
        self.0[block + 1] = marks;
    }

    #[inline(always)]
    fn go_on(&mut self) {
        self.0[0] = self.0[BATCH_BLOCKS];
    }
}

impl Outside {
    /// What stands before a text.
    pub(super) fn new() -> Self {
        let none = Row([0; BATCH_BLOCKS + 1]);
        Self {
            in_string: 0,
            is_carried: false,
            opening: none,
            closing: none,
            brace: none,
            bracket: none,
            close: none,
            colon: none,
            comma: none,
            literal: none,
        }
    }

    /// Goes on to the next batch. Answers whether everything stands behind something that it may
    /// stand behind: a string, a number or the like behind a sign, and a sign behind it, so that
    /// between two signs there is one of them or none.
    #[inline(always)]
    pub(super) fn read(&mut self, signs: &Signs) -> bool {
        self.sort(signs);
        self.is_right()
    }

    #[inline(always)]
    fn sort(&mut self, signs: &Signs) {
        self.go_on();
        let mut in_string = [0; BATCH_BLOCKS];
        for (marks, quotes) in in_string.iter_mut().zip(&signs.quote) {
            *marks = within(*quotes);
        }
        for marks in &mut in_string {
            *marks ^= self.in_string;
            self.in_string = if *marks >> 63 == 1 { u64::MAX } else { 0 };
        }
        for (block, in_string) in in_string.into_iter().enumerate() {
            let quote = signs.quote[block];
            let closing = quote & !in_string;
            let outside = !in_string & !closing;
            let [brace, bracket] = [signs.brace[block] & outside, signs.bracket[block] & outside];
            let [colon, comma] = [signs.colon[block] & outside, signs.comma[block] & outside];
            let close = signs.close[block] & outside;
            self.opening.set(block, quote & in_string);
            self.closing.set(block, closing);
            self.brace.set(block, brace);
            self.bracket.set(block, bracket);
            self.close.set(block, close);
            self.colon.set(block, colon);
            self.comma.set(block, comma);
            self.literal
                .set(block, outside & !(brace | bracket | close | colon | comma));
        }
    }

    #[inline(always)]
    fn go_on(&mut self) {
        let rows = [
            &mut self.opening,
            &mut self.closing,
            &mut self.brace,
            &mut self.bracket,
            &mut self.close,
        ];
        rows.into_iter()
            .chain([&mut self.colon, &mut self.comma, &mut self.literal])
            .for_each(Row::go_on);
    }

    #[inline(always)]
    fn is_right(&self) -> bool {
        let mut wrong = 0;
        for block in 0..BATCH_BLOCKS {
            let [opening, literal] = [self.opening.of(block), self.literal.of(block)];
            let [colon, comma, close] = [
                self.colon.of(block),
                self.comma.of(block),
                self.close.of(block),
            ];
            let value = opening | literal | self.brace.of(block) | self.bracket.of(block);
            let end = comma | close;
            let behind_string = self.closing.behind(block);
            wrong |= (self.colon.behind(block) | self.comma.behind(block)) & !value
                | self.brace.behind(block) & !(opening | close)
                | self.bracket.behind(block) & !(value | close)
                | behind_string & !(colon | end)
                | colon & !behind_string
                | self.close.behind(block) & !end
                | self.literal.behind(block) & !(literal | end);
        }
        wrong == 0
    }

    /// Finds the borders in the batch. Answers whether each colon follows a name: whether the sign
    /// before it is `{` or a comma.
    #[inline(always)]
    pub(super) fn find(&mut self, borders: &mut Borders) -> bool {
        let [mut next, mut gaps] = [[0; BATCH_BLOCKS]; 2];
        for block in 0..BATCH_BLOCKS {
            next[block] = self.brace.behind(block) | self.comma.behind(block);
            borders.literals[block] = self.literal.of(block) & !self.literal.behind(block);
            borders.separators[block] = self.colon.of(block) | self.comma.of(block);
            borders.ends[block] =
                self.brace.of(block) | self.bracket.of(block) | self.close.of(block);
            gaps[block] = !(borders.ends[block] | borders.separators[block]);
        }
        // Adding a bit to the gap behind a sign carries it to the next one.
        for (next, gap) in next.iter_mut().zip(&gaps) {
            (*next, self.is_carried) = next.carrying_add(*gap, self.is_carried);
        }
        let mut wrong = 0;
        for block in 0..BATCH_BLOCKS {
            let (colon, next) = (self.colon.of(block), next[block] & !gaps[block]);
            wrong |= colon & !next;
            let elements = next & !colon & !(self.close.of(block) & self.brace.behind(block));
            borders.elements[block] = elements;
            borders.ends[block] |= elements;
        }
        wrong == 0
    }
}

/// Where something begins or ends in a batch.
#[derive(Clone, Debug)]
pub(super) struct Borders {
    /// Where numbers, `true`, `false` and `null` begin.
    pub(super) literals: Marks,
    /// The signs that come next behind `{` or a comma and are no colon, but for the `}` of an empty
    /// object. In an array they follow an element; in an object they are wrong, since a member
    /// needs its colon.
    pub(super) elements: Marks,
    /// Where arrays, objects and `elements` begin or end.
    pub(super) ends: Marks,
    /// Where the names and the values of members end, and the elements of arrays.
    pub(super) separators: Marks,
}

impl Borders {
    /// No borders.
    pub(super) fn new() -> Self {
        let none = [0; BATCH_BLOCKS];
        Self {
            literals: none,
            elements: none,
            ends: none,
            separators: none,
        }
    }
}

/// Marks the bytes from each quote on to the one before the next.
#[inline(always)]
fn within(quotes: u64) -> u64 {
    let mut marks = quotes;
    marks ^= marks << 1;
    marks ^= marks << 2;
    marks ^= marks << 4;
    marks ^= marks << 8;
    marks ^= marks << 16;
    marks ^ marks << 32
}

#[cfg(test)]
mod tests {
    use fearless_simd::{Level, dispatch};

    use super::*;

    fn marks(block: &Block, is_it: impl Fn(u8) -> bool) -> u64 {
        block.iter().enumerate().fold(0, |marks, (place, byte)| {
            marks | u64::from(is_it(*byte)) << place
        })
    }

    #[test]
    fn every_byte_is_known_wherever_it_stands() {
        let blocks: Vec<Block> = (0..=255_u8)
            .flat_map(|byte| (0..BLOCK_BYTES).map(move |place| (byte, place)))
            .map(|(byte, place)| {
                let mut block = [byte.wrapping_add(1); BLOCK_BYTES];
                block[place] = byte;
                block
            })
            .collect();
        for level in [Level::new(), Level::baseline()] {
            for batch in blocks.as_chunks().0 {
                let mut signs = Signs::new();
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
    fn a_batch_tells_whether_it_has_rare_signs() {
        for level in [Level::new(), Level::baseline()] {
            for byte in 0..=255_u8 {
                for block in [0, 7, BATCH_BLOCKS - 1] {
                    let mut blocks = [[b'a'; BLOCK_BYTES]; BATCH_BLOCKS];
                    blocks[block][block] = byte;
                    let has_rare = dispatch!(level, simd => Signs::new().find(simd, &blocks));
                    assert_eq!(has_rare, byte < b' ' || byte == b'\\', "{byte}");
                }
            }
        }
    }

    #[test]
    fn a_string_reaches_from_its_quote_to_the_one_before_the_next() {
        assert_eq!(within(0b0010_0100), 0b0001_1100);
        assert_eq!(within(0b1000), u64::MAX << 3);
    }
}
