//! CloudTrail log files in one pass: `{"Records":[…]}` on one line, as CloudTrail writes them.
//!
//! The pass checks every byte as the plain walk ([`read_document`](super::read_document)) does, so
//! whatever it accepts, the walk accepts with the same records. It accepts less: no white space, no
//! member beside `Records`, no escapes in the names of a record's own members. Where it stops, be
//! it for another form or for an error, the plain walk takes over, which also finds the place of an
//! error.

mod literal;
mod places;
mod signs;
mod structure;

use fearless_simd::{Level, Simd, dispatch};

use self::literal::{is_escape, is_literal};
use self::places::TextPlaces;
use self::signs::{BATCH_BLOCKS, BLOCK_BYTES, BatchSigns, TextBlock};
use self::structure::{Borders, Structure};
use super::members::Members;
use super::raw_record::RawRecord;

/// The beginning of a log file.
const HEAD: &str = "{\"Records\":[";

/// The depth of the signs around records: they are in an array in an object.
const LIST_DEPTH: u32 = 2;

/// The depth of the signs around the members of a record.
const RECORD_DEPTH: u32 = 3;

/// The nesting depth up to which values are read, so that a word has a bit for each level. Records
/// of CloudTrail nest about ten deep.
const NESTING_LIMIT: u32 = u64::BITS;

/// The result of the pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pass {
    /// Every record was visited, and there is nothing else.
    Whole,
    /// This many records were visited. They are the first of those that the plain walk visits.
    Stopped(u64),
}

/// A function that is called with each record and its members.
type VisitRecord<'v, 'a> = dyn FnMut(RawRecord<'a>, Members<'a, '_>) + 'v;

/// Calls `visit` with each record and its members, in order, as far as everything is as CloudTrail
/// writes it.
pub fn walk_log_file<'a>(text: &'a str, visit: &mut VisitRecord<'_, 'a>) -> Pass {
    walk_with(Level::new(), text, visit)
}

/// Reads a log file with the instructions of a kind of processor.
fn walk_with<'a>(level: Level, text: &'a str, visit: &mut VisitRecord<'_, 'a>) -> Pass {
    if !text.starts_with(HEAD) {
        return Pass::Stopped(0);
    }
    // A line break at the end is the only white space in files that CloudTrail or a tool writes on
    // one line.
    let mut reader = LogFileReader::new(text.trim_ascii_end(), visit);
    // Everything that is called within is compiled once more for each kind of processor, so it must
    // be inlined.
    dispatch!(level, simd => reader.read(simd));
    reader.pass()
}

/// A place in a text, before which everything is valid. Its functions return nothing where
/// something is wrong, and also at the end of the document.
struct LogFileReader<'a, 'v, 'f> {
    text: &'a str,
    visit: &'v mut VisitRecord<'f, 'a>,
    visited: u64,
    /// The first byte of the batch that is read.
    start: usize,
    signs: BatchSigns,
    structure: Structure,
    borders: Borders,
    /// One if a backslash escapes the first byte of the next block, otherwise zero.
    escape: u64,
    /// The end of the last block that has a backslash.
    backslash_end: usize,
    /// A bit for each open array or object, the innermost lowest: one for an object.
    objects: u64,
    /// The number of open arrays and objects.
    depth: u32,
    /// The beginning of the open record, and the colons and commas between its members so far, but
    /// for those of the block that is read.
    places: TextPlaces,
    /// True if the document ended with the text.
    is_whole: bool,
}

impl<'a, 'v, 'f> LogFileReader<'a, 'v, 'f> {
    fn new(text: &'a str, visit: &'v mut VisitRecord<'f, 'a>) -> Self {
        Self {
            text,
            visit,
            visited: 0,
            start: 0,
            signs: BatchSigns::new(),
            structure: Structure::new(),
            borders: Borders::new(),
            escape: 0,
            backslash_end: 0,
            objects: 0,
            depth: 0,
            places: TextPlaces::default(),
            is_whole: false,
        }
    }

    fn pass(&self) -> Pass {
        if self.is_whole {
            Pass::Whole
        } else {
            Pass::Stopped(self.visited)
        }
    }

    #[inline(always)]
    fn read(&mut self, simd: impl Simd) -> Option<()> {
        let (blocks, rest) = self.text.as_bytes().as_chunks::<BLOCK_BYTES>();
        let (batches, blocks) = blocks.as_chunks::<BATCH_BLOCKS>();
        for batch in batches {
            self.batch(simd, batch)?;
            self.start += BATCH_BLOCKS * BLOCK_BYTES;
        }
        self.batch(simd, &last_batch(blocks, rest)?)
    }

    /// Reads a batch.
    ///
    /// Each step works on all blocks of the batch before the next one begins, so that the loops
    /// are simple enough for the compiler to use wide instructions. Only the last one goes from
    /// border to border, of which a block has few.
    #[inline(always)]
    fn batch(&mut self, simd: impl Simd, blocks: &[TextBlock; BATCH_BLOCKS]) -> Option<()> {
        if self.signs.find(simd, blocks) {
            self.signs.find_rare(simd, blocks);
            self.rare_signs()?;
        } else {
            self.escape_first();
        }
        let is_right = self.structure.read(&self.signs) && self.structure.find(&mut self.borders);
        is_right.then_some(())?;
        for block in 0..BATCH_BLOCKS {
            self.block(block)?;
        }
        Some(())
    }

    /// Applies the last escape to a batch without backslashes: the byte before it may be one.
    #[inline(always)]
    fn escape_first(&mut self) {
        let [first, ..] = &mut self.signs.quote;
        *first &= !std::mem::take(&mut self.escape);
    }

    #[inline(always)]
    // In a string they are wrong, and outside of strings they are white space at best.
    fn rare_signs(&mut self) -> Option<()> {
        let has_control = self.signs.control.iter().any(|marks| *marks != 0);
        if has_control { None } else { self.escapes() }
    }

    /// Removes the marks of quotes that a backslash escapes.
    #[inline(always)]
    fn escapes(&mut self) -> Option<()> {
        for block in 0..BATCH_BLOCKS {
            let start = self.start + block * BLOCK_BYTES;
            let escaped = self.escaped(start, self.signs.backslash[block])?;
            self.signs.quote[block] &= !escaped;
        }
        Some(())
    }

    /// Marks the bytes of a block that a backslash escapes.
    ///
    /// Backslashes outside of strings are treated alike: they are not part of any literal, so they
    /// are found wrong there.
    fn escaped(&mut self, start: usize, backslash: u64) -> Option<u64> {
        let mut escaped = std::mem::take(&mut self.escape);
        // A backslash that is escaped itself escapes nothing.
        let mut left = backslash & !escaped;
        if left != 0 {
            self.backslash_end = start + BLOCK_BYTES;
        }
        while left != 0 {
            let place = left.trailing_zeros();
            self.check_escape(start + place as usize + 1)?;
            let next = (1 << place) << 1;
            self.escape = u64::from(place == 63);
            escaped |= next;
            left &= (left - 1) & !next;
        }
        Some(escaped)
    }

    /// Checks the bytes after a backslash. The text goes on where a block ends, so an escape may
    /// cross the border.
    fn check_escape(&self, place: usize) -> Option<()> {
        is_escape(self.text.as_bytes().get(place..)?).then_some(())
    }

    /// Checks the literals of a block, and goes through it from one border of an array or object to
    /// the next, so that all bytes between two borders belong to the same one.
    #[inline(always)]
    fn block(&mut self, block: usize) -> Option<()> {
        let start = self.start + block * BLOCK_BYTES;
        self.literals(start, self.borders.literals[block])?;
        let separators = self.borders.separators[block];
        let mut ends = self.borders.ends[block];
        let mut rest = u64::MAX;
        // The separators of the block between the members of the open record itself.
        let mut own = 0;
        while ends != 0 {
            let end = ends & ends.wrapping_neg();
            own |= separators & self.own_bytes(block, rest & (end - 1))?;
            if end & self.borders.elements[block] != 0 && self.is_in_object() {
                return None;
            }
            let place = start + ends.trailing_zeros() as usize;
            own = self.border(start, place, own)?;
            rest = !(end | (end - 1));
            ends &= ends - 1;
        }
        own |= separators & self.own_bytes(block, rest)?;
        self.places.add(start, own);
        Some(())
    }

    /// Passes a border in a block that begins at `start`. Returns those of the separators that
    /// belong to a record that is still open.
    #[inline(always)]
    fn border(&mut self, start: usize, place: usize, own: u64) -> Option<u64> {
        // The filling of the last batch is not in the text, so a document that is not complete ends
        // here.
        match *self.text.as_bytes().get(place)? {
            sign @ (b'{' | b'[') => self.open(place, sign == b'{')?,
            // It follows an element of an array.
            b',' => {}
            sign if self.depth == RECORD_DEPTH => {
                self.places.add(start, own);
                self.close(place, sign == b'}')?;
                return Some(0);
            }
            sign => self.close(place, sign == b'}')?,
        }
        Some(own)
    }

    /// Checks the literals that begin in a block. A literal may end in another block, since it is
    /// read in the text; there it is not checked again, since it does not begin there.
    #[inline(always)]
    fn literals(&self, start: usize, mut begins: u64) -> Option<()> {
        while begins != 0 {
            let place = start + begins.trailing_zeros() as usize;
            self.check_literal(place)?;
            begins &= begins - 1;
        }
        Some(())
    }

    #[inline(always)]
    fn check_literal(&self, place: usize) -> Option<()> {
        is_literal(self.text.as_bytes().get(place..)?).then_some(())
    }

    #[inline(always)]
    fn is_in_object(&self) -> bool {
        self.objects & 1 == 1
    }

    /// Checks bytes of a block that belong to one array or object, and returns those of them that
    /// belong to an open record itself.
    #[inline(always)]
    fn own_bytes(&self, block: usize, within: u64) -> Option<u64> {
        if self.depth == RECORD_DEPTH {
            return Some(within);
        }
        if self.is_in_object() {
            return Some(0);
        }
        // A colon is wrong in any array, and a value that is not an object among the records.
        let structure = &self.structure;
        let mut wrong = structure.colon.block(block);
        if self.depth == LIST_DEPTH {
            wrong |= structure.opening.block(block) | structure.literal.block(block);
        }
        (wrong & within == 0).then_some(0)
    }

    #[inline(always)]
    fn open(&mut self, place: usize, is_object: bool) -> Option<()> {
        let is_foreign = self.depth == LIST_DEPTH && !is_object;
        if is_foreign || self.depth == NESTING_LIMIT {
            return None;
        }
        // The highest bit that is lost here is not in use, since the depth has a limit.
        self.objects = self.objects << 1 | u64::from(is_object);
        self.depth += 1;
        if self.depth == RECORD_DEPTH {
            self.places.clear();
            self.places.push(place);
        }
        Some(())
    }

    #[inline(always)]
    fn close(&mut self, place: usize, is_object: bool) -> Option<()> {
        if self.depth == 0 || is_object != self.is_in_object() {
            return None;
        }
        match self.depth {
            RECORD_DEPTH => self.record(place)?,
            LIST_DEPTH => self.check_end(place + 1)?,
            _ => {}
        }
        self.objects >>= 1;
        self.depth -= 1;
        if self.depth == 0 {
            self.is_whole = place + 1 == self.text.len();
            // Another document that follows is left to the plain walk.
            return None;
        }
        Some(())
    }

    /// Checks that the document ends after its records: it must have no other member.
    fn check_end(&self, place: usize) -> Option<()> {
        (self.text.as_bytes().get(place) == Some(&b'}')).then_some(())
    }

    /// Visits the record that ends at `end`. A record with too many members is left to the plain
    /// walk.
    fn record(&mut self, end: usize) -> Option<()> {
        self.places.push(end);
        let places = self.places.all()?;
        let start = *places.first()?;
        let has_escapes = self.backslash_end > start;
        let members = members(self.text, places, has_escapes)?;
        let text = self.text.get(start..=end)?;
        (self.visit)(RawRecord { text, byte: start }, members);
        self.visited += 1;
        Some(())
    }
}

/// Returns a batch of the last bytes of a text, filled with closing signs.
///
/// A closing sign may follow whatever a whole document may end with, so the filling makes nothing
/// wrong; and it makes nothing right, since the sign at a border, the bytes after a backslash and
/// the end of a literal are read in the text, which ends before the filling. In a string that does
/// not end, it is part of the string.
#[inline(always)]
fn last_batch(blocks: &[TextBlock], rest: &[u8]) -> Option<[TextBlock; BATCH_BLOCKS]> {
    let mut batch = [[b'}'; BLOCK_BYTES]; BATCH_BLOCKS];
    let (full, filled) = batch.split_at_mut(blocks.len());
    full.copy_from_slice(blocks);
    filled
        .first_mut()?
        .get_mut(..rest.len())?
        .copy_from_slice(rest);
    Some(batch)
}

/// Returns the members of a record. A record whose own names have escapes is left to the plain
/// walk, since [`Members`] have none.
fn members<'a, 'p>(
    text: &'a str,
    places: &'p [usize],
    has_escapes: bool,
) -> Option<Members<'a, 'p>> {
    let members = Members::new(text, places);
    if !has_escapes {
        return Some(members.plain());
    }
    let mut names = members.iter().map(|member| member.name());
    let is_escaped = names.any(|name| name.contains(&b'\\'));
    (!is_escaped).then_some(members)
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;
    use crate::json::{DocumentVisitor, members as members_of, read_document};

    /// The records that the plain walk visits, each with its place.
    #[derive(Default)]
    struct Plain {
        base: usize,
        records: Vec<(String, usize)>,
    }

    impl Plain {
        fn add(&mut self, record: RawRecord<'_>) {
            let place = self.base + record.byte;
            self.records.push((record.text.to_owned(), place));
        }
    }

    impl<'a> DocumentVisitor<'a> for Plain {
        fn record(&mut self, record: RawRecord<'a>) {
            self.add(record);
        }

        fn element(&mut self, element: RawRecord<'a>) {
            self.add(element);
        }

        fn member(&mut self, _: &str, _: RawRecord<'a>) {}
    }

    /// Reads all documents of a text. Returns the records, and the number of documents if there is
    /// nothing else.
    fn walk_plainly(text: &str) -> (Vec<(String, usize)>, Option<usize>) {
        let (mut plain, mut documents) = (Plain::default(), 0);
        while !text[plain.base..].trim_ascii_start().is_empty() {
            match read_document(&text[plain.base..], &mut plain) {
                Ok(document) => plain.base += document.end,
                Err(_) => return (plain.records, None),
            }
            documents += 1;
        }
        (plain.records, Some(documents))
    }

    /// The kinds of processor that this one can run as.
    fn levels() -> Vec<Level> {
        let mut levels = vec![Level::baseline()];
        #[cfg(target_arch = "x86_64")]
        levels.extend(Level::new().as_avx2().map(Level::Avx2));
        levels
    }

    /// Checks that the pass visits the first records of the plain walk, with the same members, and
    /// all of them where it reads the whole.
    fn check(text: &str) -> Pass {
        let mut fast = Vec::new();
        let pass = walk_log_file(text, &mut |record, own| {
            let mut last: Vec<(Cow<'_, str>, &str)> = Vec::new();
            for member in own.iter() {
                let (name, value) = (String::from_utf8_lossy(member.name()), member.value());
                match last.iter_mut().find(|(known, _)| *known == name) {
                    Some(known) => known.1 = value,
                    None => last.push((name, value)),
                }
            }
            assert_eq!(members_of(record.text).expect("an object"), last, "{text}");
            assert!(!own.is_plain() || !record.text.contains('\\'), "{text}");
            fast.push((record.text.to_owned(), record.byte));
        });
        check_levels(text, pass, &fast);
        let (plain, documents) = walk_plainly(text);
        assert!(plain.starts_with(&fast), "{text}");
        if pass == Pass::Whole {
            assert_eq!((plain.len(), documents), (fast.len(), Some(1)), "{text}");
        } else {
            assert_eq!(pass, Pass::Stopped(fast.len() as u64));
        }
        pass
    }

    /// Checks that every kind of processor comes to the same.
    fn check_levels(text: &str, pass: Pass, records: &[(String, usize)]) {
        for level in levels() {
            let mut places = Vec::new();
            let other = walk_with(level, text, &mut |record, _| places.push(record.byte));
            assert_eq!(other, pass, "{level:?}: {text}");
            let expected = records.iter().map(|(_, byte)| byte);
            assert!(places.iter().eq(expected), "{level:?}: {text}");
        }
    }

    const RECORDS: &str = concat!(
        r#"{"Records":[{"a":"x\"\u00e9\\","b":{"c":[1,-0.5e+3,true,false,null,{}],"d":[]},"#,
        r#""a":""},{"e":[[{"f":"]}"}]],"g":0},{}]}"#
    );

    #[test]
    fn documents_as_cloudtrail_writes_them_are_read_in_one_pass() {
        assert_eq!(check(RECORDS), Pass::Whole);
        assert_eq!(check(r#"{"Records":[]}"#), Pass::Whole);
        assert_eq!(check("{\"Records\":[{}]}\r\n"), Pass::Whole);
        for (text, visited) in [
            (r#"{"Records":[{},7]}"#, 1),
            (r#"{"Records":[{},"a"]}"#, 1),
            (r#"{"Records":[{},[]]}"#, 1),
            (r#"{"Records":[{"a": 1}]}"#, 0),
            (r#"{"Records":[{"a":nul}]}"#, 0),
            (r#"{"Records":[{"a":truer}]}"#, 0),
            (r#"{"Records":[{"a":fals}]}"#, 0),
            (r#"{"Records":[{"a":falsy}]}"#, 0),
            (r#"{"Records":[{"a":01}]}"#, 0),
            (r#"{"Records":[{"a":tru"#, 0),
            (r#"{"Records":[{}]} {"Records":[{}]}"#, 0),
            (r#"{"Records":[{}]}{"Records":[{}]}"#, 0),
            ("{\"Records\":[{}\n]}", 0),
            ("{\"Records\":[{\"a\":\"\u{1}\"}]}", 0),
            (r#"{"Records":[{"\u0061":1}]}"#, 0),
            (r#"{"Records":[{},]}"#, 0),
            (r#"{"Records":[{}],"x":1}"#, 1),
            (r#"{"Records":[{}]},{"x":[{"a":1}]}"#, 1),
            (r#"{"Records":[{}]},[1,2]"#, 1),
            (r#"{"Records":[]},[]"#, 0),
            (r#"{"Records":[]},1,{}"#, 0),
            (r#"{"Records":[]},"#, 0),
            (r#"[{}]"#, 0),
            ("", 0),
        ] {
            assert_eq!(check(text), Pass::Stopped(visited), "{text}");
        }
    }

    #[test]
    fn values_may_nest_as_deep_as_a_word_has_bits() {
        let nested = |depth: usize| {
            let (open, close) = ("[".repeat(depth), "]".repeat(depth));
            check(&format!(r#"{{"Records":[{{"a":{open}{close}}}]}}"#))
        };
        assert_eq!(nested(61), Pass::Whole);
        assert_eq!(nested(62), Pass::Stopped(0));
    }

    #[test]
    fn a_record_with_too_many_members_is_left_to_the_plain_walk() {
        let with = |count: usize| {
            let members = vec!["\"a\":0"; count].join(",");
            check(&format!("{HEAD}{{}},{{{members}}},{{}}]}}"))
        };
        assert_eq!(with(1000), Pass::Whole);
        assert_eq!(with(super::places::PLACES_LIMIT), Pass::Stopped(1));
    }

    #[test]
    fn every_sign_may_be_at_every_place_of_a_block() {
        let mut whole = 0;
        for length in 0..2 * BLOCK_BYTES {
            let text = RECORDS.replacen("x", &"x".repeat(length), 1);
            assert_eq!(check(&text), Pass::Whole, "{text}");
            for (place, _) in text.char_indices() {
                check(&text[..place]);
                for sign in ["\"", "\\", "}", ",", "0"] {
                    let changed = format!("{}{sign}{}", &text[..place], &text[place + 1..]);
                    whole += usize::from(check(&changed) == Pass::Whole);
                }
            }
        }
        assert!(whole > 20_000, "most changes are within a string: {whole}");
    }

    #[test]
    fn whatever_follows_the_head_the_pass_finds_what_the_plain_walk_finds() {
        const SIGNS: [&str; 8] = ["{", "}", "[", "]", ":", ",", "\"a\"", "1"];
        let mut whole = 0;
        for number in 0..SIGNS.len().pow(5) {
            let signs: String = (0..5)
                .map(|place| SIGNS[number / SIGNS.len().pow(place) % SIGNS.len()])
                .collect();
            for tail in ["", "]}"] {
                whole += usize::from(check(&format!("{HEAD}{signs}{tail}")) == Pass::Whole);
            }
        }
        assert!(
            whole >= 3,
            "such as none, one and two empty records: {whole}"
        );
    }

    #[test]
    fn whatever_is_changed_the_pass_finds_what_the_plain_walk_finds() {
        let signs = br#"{}[]:,"\ 0e-.tu1x"#;
        let mut whole = 0;
        for place in 0..RECORDS.len() {
            for sign in signs {
                let mut changed = RECORDS.as_bytes().to_vec();
                changed[place] = *sign;
                whole += usize::from(
                    check(&String::from_utf8(changed.clone()).expect("ASCII")) == Pass::Whole,
                );
                changed[place] = RECORDS.as_bytes()[place];
                changed.insert(place, *sign);
                check(&String::from_utf8(changed).expect("ASCII"));
            }
            check(&RECORDS[..place]);
            check(&format!("{}{}", &RECORDS[..place], &RECORDS[place + 1..]));
        }
        assert!(
            whole > RECORDS.len(),
            "many changes leave an object whole: {whole}"
        );
    }
}
