//! The structure of a text: its bytes outside of strings, and the borders between values.
//!
//! Between two signs, a text that the pass accepts has one string, one number or the like, or
//! nothing, and never white space. So most of the grammar of JSON says which byte may follow which,
//! and a few operations on words check that for all bytes of a block. The rest of the grammar, of
//! which array or object a sign is in, is checked at the borders of these only.

use super::signs::{BATCH_BLOCKS, BatchSigns, Marks, NO_MARKS};

/// The bytes of a batch outside of strings, by kind, and those of the block before it.
#[derive(Clone, Debug)]
pub(super) struct Structure {
    /// All bits if the next batch begins inside of a string, otherwise none.
    in_string: u64,
    /// True if `{` or a comma was the last sign before the batch, with something after it, so that
    /// the next sign in an object is a colon.
    is_carried: bool,
    /// The quotes that begin strings.
    pub(super) opening: CarriedMarks,
    /// The quotes that end strings.
    closing: CarriedMarks,
    /// `{`
    brace: CarriedMarks,
    /// `[`
    bracket: CarriedMarks,
    /// `}` and `]`
    close: CarriedMarks,
    /// `:`
    pub(super) colon: CarriedMarks,
    /// `,`
    comma: CarriedMarks,
    /// All other bytes: those of numbers, `true`, `false` and `null`, and bytes that are wrong.
    pub(super) literal: CarriedMarks,
}

/// The marks of a batch, and those of the block before it.
#[derive(Clone, Copy, Debug)]
pub(super) struct CarriedMarks([u64; BATCH_BLOCKS + 1]);

impl CarriedMarks {
    const NONE: Self = Self([0; BATCH_BLOCKS + 1]);

    /// Returns the marks of a block of the batch.
    #[inline(always)]
    pub(super) fn block(&self, block: usize) -> u64 {
        self.0[block + 1]
    }

    /// Marks the bytes of a block that follow marked ones, of which the last byte of the block
    /// before may be one.
    #[inline(always)]
    fn next(&self, block: usize) -> u64 {
        self.0[block + 1] << 1 | self.0[block] >> 63
    }

    #[inline(always)]
    fn set(&mut self, block: usize, marks: u64) {
        self.0[block + 1] = marks;
    }

    /// Keeps the last block of the batch as the one before the next batch.
    #[inline(always)]
    fn carry(&mut self) {
        self.0[0] = self.0[BATCH_BLOCKS];
    }
}

impl Structure {
    /// The structure before a text.
    pub(super) fn new() -> Self {
        Self {
            in_string: 0,
            is_carried: false,
            opening: CarriedMarks::NONE,
            closing: CarriedMarks::NONE,
            brace: CarriedMarks::NONE,
            bracket: CarriedMarks::NONE,
            close: CarriedMarks::NONE,
            colon: CarriedMarks::NONE,
            comma: CarriedMarks::NONE,
            literal: CarriedMarks::NONE,
        }
    }

    /// Reads the next batch. Returns true if every byte outside of strings follows one that it may
    /// follow: a value follows a sign and is followed by one, so that between two signs there is
    /// one value or none.
    #[inline(always)]
    pub(super) fn read(&mut self, signs: &BatchSigns) -> bool {
        self.carry();
        let strings = self.strings(&signs.quote);
        for (block, in_string) in strings.into_iter().enumerate() {
            self.classify(block, in_string, signs);
        }
        self.is_right()
    }

    #[inline(always)]
    fn carry(&mut self) {
        self.opening.carry();
        self.closing.carry();
        self.brace.carry();
        self.bracket.carry();
        self.close.carry();
        self.colon.carry();
        self.comma.carry();
        self.literal.carry();
    }

    /// Marks the bytes of strings, each with its opening quote and without its closing one.
    #[inline(always)]
    fn strings(&mut self, quotes: &Marks) -> Marks {
        let mut strings = NO_MARKS;
        for (marks, quotes) in strings.iter_mut().zip(quotes) {
            *marks = within(*quotes);
        }
        // This loop is apart, since each of its steps needs the one before: where a block begins in
        // a string, inside and outside are exchanged.
        for marks in &mut strings {
            *marks ^= self.in_string;
            self.in_string = if *marks >> 63 == 1 { u64::MAX } else { 0 };
        }
        strings
    }

    #[inline(always)]
    fn classify(&mut self, block: usize, in_string: u64, signs: &BatchSigns) {
        let quote = signs.quote[block];
        // By the marks of strings, a closing quote is outside, but it is not a sign of its own.
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
        // Whether these bytes are a number or a word is checked later, where each begins, in the
        // text: there are few of them, and none has a form that a comparison of blocks would find.
        self.literal
            .set(block, outside & !(brace | bracket | close | colon | comma));
    }

    #[inline(always)]
    fn is_right(&self) -> bool {
        let mut wrong = 0;
        for block in 0..BATCH_BLOCKS {
            wrong |= self.wrong(block);
        }
        wrong == 0
    }

    /// Marks the bytes of a block that must not follow the byte before them.
    #[inline(always)]
    fn wrong(&self, block: usize) -> u64 {
        let [opening, literal] = [self.opening.block(block), self.literal.block(block)];
        let [colon, close] = [self.colon.block(block), self.close.block(block)];
        let value = opening | literal | self.brace.block(block) | self.bracket.block(block);
        let end = self.comma.block(block) | close;
        let after_string = self.closing.next(block);
        let after_separator = self.colon.next(block) | self.comma.next(block);
        after_separator & !value
            | self.brace.next(block) & !(opening | close)
            | self.bracket.next(block) & !(value | close)
            | after_string & !(colon | end)
            | colon & !after_string
            | self.close.next(block) & !end
            | self.literal.next(block) & !(literal | end)
    }

    /// Finds the borders in the batch. Returns true if each colon follows a name: if the sign
    /// before it is `{` or a comma.
    #[inline(always)]
    pub(super) fn find(&mut self, borders: &mut Borders) -> bool {
        let mut next = NO_MARKS;
        let mut gaps = NO_MARKS;
        for block in 0..BATCH_BLOCKS {
            next[block] = self.brace.next(block) | self.comma.next(block);
            gaps[block] = self.mark_borders(block, borders);
        }
        self.pass_gaps(&mut next, &gaps);
        let mut wrong = 0;
        for block in 0..BATCH_BLOCKS {
            let (colon, next) = (self.colon.block(block), next[block] & !gaps[block]);
            wrong |= colon & !next;
            // The `}` right after `{` closes an empty object and needs no colon.
            let empty = self.close.block(block) & self.brace.next(block);
            borders.elements[block] = next & !colon & !empty;
            borders.ends[block] |= borders.elements[block];
        }
        wrong == 0
    }

    /// Marks the borders of a block but for `elements`, and returns the bytes that are not signs.
    #[inline(always)]
    fn mark_borders(&self, block: usize, borders: &mut Borders) -> u64 {
        borders.literals[block] = self.literal.block(block) & !self.literal.next(block);
        borders.separators[block] = self.colon.block(block) | self.comma.block(block);
        borders.ends[block] =
            self.brace.block(block) | self.bracket.block(block) | self.close.block(block);
        !(borders.ends[block] | borders.separators[block])
    }

    /// Moves each mark at the beginning of a gap to the sign after it.
    ///
    /// A gap is a run of ones, so adding a one at its beginning carries to the first zero after it,
    /// which is the sign, and on into the next block where the gap does not end in this one. No gap
    /// has two marks, since a mark follows a sign and there is none in a gap. A mark that is on a
    /// sign already stays there. Gaps without a mark stay, and the caller masks them.
    #[inline(always)]
    fn pass_gaps(&mut self, marks: &mut Marks, gaps: &Marks) {
        for (mark, gap) in marks.iter_mut().zip(gaps) {
            (*mark, self.is_carried) = mark.carrying_add(*gap, self.is_carried);
        }
    }
}

/// The places of a batch where something begins or ends.
#[derive(Clone, Debug)]
pub(super) struct Borders {
    /// The first bytes of numbers, `true`, `false` and `null`.
    pub(super) literals: Marks,
    /// The signs that come next after `{` or a comma and are not colons, but for the `}` of an
    /// empty object. In an array they follow an element; in an object they are wrong, since a
    /// member needs its colon.
    pub(super) elements: Marks,
    /// The signs at which arrays, objects and `elements` begin or end.
    pub(super) ends: Marks,
    /// The signs that end the names and the values of members, and the elements of arrays.
    pub(super) separators: Marks,
}

impl Borders {
    /// No borders.
    pub(super) fn new() -> Self {
        Self {
            literals: NO_MARKS,
            elements: NO_MARKS,
            ends: NO_MARKS,
            separators: NO_MARKS,
        }
    }
}

/// Marks the bytes from each quote to the one before the next.
///
/// Each bit becomes the exclusive or of all bits up to it: one where the number of quotes so far is
/// odd. Six doublings do this for all 64 bits.
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
    use super::*;

    #[test]
    fn a_string_reaches_from_its_quote_to_the_one_before_the_next() {
        assert_eq!(within(0b0010_0100), 0b0001_1100);
        assert_eq!(within(0b1000), u64::MAX << 3);
    }
}
