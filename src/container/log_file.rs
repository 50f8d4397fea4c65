//! CloudTrail log files in one pass: `{"Records":[…]}` on one line, as CloudTrail writes it.
//!
//! Every byte is checked as the plain walk checks it, so what is found here is found there. What is
//! written in another way, or is wrong, is left to the plain walk, which also tells where it is
//! wrong.

use fearless_simd::{Level, Simd, dispatch};

use super::RecordText;
use super::blocks::{BATCH_BLOCKS, BLOCK_BYTES, Block, Borders, Outside, Signs};
use super::places::Places;
use crate::json::Members;

/// How such a document begins.
const HEAD: &str = "{\"Records\":[";

/// How deep the records stand: in an array in an object.
const LIST_DEPTH: u32 = 2;

/// How deep the members of a record stand.
const RECORD_DEPTH: u32 = 3;

/// How deep values may nest, so that a word has a bit for each. Records of CloudTrail nest about
/// ten deep.
const NESTING_LIMIT: u32 = u64::BITS;

/// What came of the pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pass {
    /// Every record was visited, and there is nothing else.
    Whole,
    /// So many records were visited, which are the first of those that the plain walk visits.
    Stopped(u64),
}

/// Is called with each record and its members.
type Visit<'v, 'a> = dyn FnMut(RecordText<'a>, Members<'a, '_>) + 'v;

/// Calls `visit` with each record and its members, in order, as far as everything is as CloudTrail
/// writes it.
pub fn walk_log_file<'a>(text: &'a str, visit: &mut Visit<'_, 'a>) -> Pass {
    walk_at(Level::new(), text, visit)
}

/// The same with the instructions of this kind of processor.
fn walk_at<'a>(level: Level, text: &'a str, visit: &mut Visit<'_, 'a>) -> Pass {
    if !text.starts_with(HEAD) {
        return Pass::Stopped(0);
    }
    let mut walker = Walker::new(text.trim_ascii_end(), visit);
    // Everything that is called within is compiled anew for each kind of processor, so it must be
    // inlined.
    dispatch!(level, simd => walker.walk(simd));
    if walker.is_whole {
        Pass::Whole
    } else {
        Pass::Stopped(walker.visited)
    }
}

/// A place in a text, before which everything is valid. What is wrong makes its functions answer
/// nothing, and so does the end of the document.
struct Walker<'a, 'v, 'f> {
    text: &'a str,
    visit: &'v mut Visit<'f, 'a>,
    visited: u64,
    /// The batch that is read: where it begins, and what stands in it.
    start: usize,
    signs: Signs,
    outside: Outside,
    borders: Borders,
    /// Whether a backslash escapes the first byte of the next block; as a bit.
    escape: u64,
    /// Where the last block ends that has a backslash.
    backslash_end: usize,
    /// Which of the open arrays and objects are objects, the innermost in the lowest bit.
    objects: u64,
    /// How many arrays and objects are open.
    depth: u32,
    /// Where the open record begins, and the colons and commas between its members so far, but for
    /// those of the block that is read.
    places: Places,
    /// Whether the document ended with the text.
    is_whole: bool,
}

impl<'a, 'v, 'f> Walker<'a, 'v, 'f> {
    fn new(text: &'a str, visit: &'v mut Visit<'f, 'a>) -> Self {
        Self {
            text,
            visit,
            visited: 0,
            start: 0,
            signs: Signs::new(),
            outside: Outside::new(),
            borders: Borders::new(),
            escape: 0,
            backslash_end: 0,
            objects: 0,
            depth: 0,
            places: Places::default(),
            is_whole: false,
        }
    }

    #[inline(always)]
    fn walk(&mut self, simd: impl Simd) -> Option<()> {
        let (blocks, rest) = self.text.as_bytes().as_chunks::<BLOCK_BYTES>();
        let (batches, blocks) = blocks.as_chunks::<BATCH_BLOCKS>();
        for batch in batches {
            self.batch(simd, batch)?;
            self.start += BATCH_BLOCKS * BLOCK_BYTES;
        }
        // Closing signs may follow whatever the document may end with. Whether they are right or
        // wrong there, or stand in a string that does not end, changes nothing: what a sign is and
        // what follows a literal or a backslash is read in the text, which has nothing behind its
        // end.
        let mut last = [[b'}'; BLOCK_BYTES]; BATCH_BLOCKS];
        let (full, end) = last.split_at_mut(blocks.len());
        full.copy_from_slice(blocks);
        end.first_mut()?
            .iter_mut()
            .zip(rest)
            .for_each(|(byte, known)| *byte = *known);
        self.batch(simd, &last)
    }

    /// Reads a batch.
    #[inline(always)]
    fn batch(&mut self, simd: impl Simd, blocks: &[Block; BATCH_BLOCKS]) -> Option<()> {
        if self.signs.find(simd, blocks) {
            self.signs.find_rare(simd, blocks);
            self.rare_signs()?;
        } else {
            self.escape_first();
        }
        if !self.outside.read(&self.signs) || !self.outside.find(&mut self.borders) {
            return None;
        }
        for block in 0..BATCH_BLOCKS {
            self.block(block)?;
        }
        Some(())
    }

    /// The batch has no backslash; but the last byte before it may be one.
    #[inline(always)]
    fn escape_first(&mut self) {
        let [first, ..] = &mut self.signs.quote;
        *first &= !std::mem::take(&mut self.escape);
    }

    /// Answers nothing where there is a sign that must not stand in a string.
    #[inline(always)]
    fn rare_signs(&mut self) -> Option<()> {
        let has_control = self.signs.control.iter().any(|marks| *marks != 0);
        if has_control { None } else { self.escapes() }
    }

    /// Takes the quotes out that a backslash escapes.
    #[inline(always)]
    fn escapes(&mut self) -> Option<()> {
        for block in 0..BATCH_BLOCKS {
            let start = self.start + block * BLOCK_BYTES;
            let escaped = self.escaped(start, self.signs.backslash[block])?;
            self.signs.quote[block] &= !escaped;
        }
        Some(())
    }

    /// The bytes of a block that a backslash escapes.
    fn escaped(&mut self, start: usize, backslash: u64) -> Option<u64> {
        let mut escaped = std::mem::take(&mut self.escape);
        let mut left = backslash & !escaped;
        if left != 0 {
            self.backslash_end = start + BLOCK_BYTES;
        }
        while left != 0 {
            let place = left.trailing_zeros();
            is_escape(self.text.as_bytes().get(start + place as usize + 1..)?).then_some(())?;
            let next = (1 << place) << 1;
            self.escape = u64::from(place == 63);
            escaped |= next;
            left &= (left - 1) & !next;
        }
        Some(escaped)
    }

    /// Reads the literals of a block, and goes through its stretches that belong to one array or
    /// object each.
    #[inline(always)]
    fn block(&mut self, block: usize) -> Option<()> {
        let start = self.start + block * BLOCK_BYTES;
        self.literals(start, self.borders.literals[block])?;
        let elements = self.borders.elements[block];
        let separators = self.borders.separators[block];
        let mut ends = self.borders.ends[block];
        let mut rest = u64::MAX;
        // What the open record has of the block.
        let mut own = 0;
        while ends != 0 {
            let end = ends & ends.wrapping_neg();
            own |= self.stretch(block, rest & (end - 1))?;
            if end & elements != 0 && self.is_in_object() {
                return None;
            }
            let place = start + ends.trailing_zeros() as usize;
            match *self.text.as_bytes().get(place)? {
                sign @ (b'{' | b'[') => self.open(place, sign == b'{')?,
                // The one behind an element of an array.
                b',' => {}
                sign => {
                    if self.depth == RECORD_DEPTH {
                        self.places
                            .add(start, separators & std::mem::take(&mut own));
                    }
                    self.close(place, sign == b'}')?;
                }
            }
            rest = !(end | (end - 1));
            ends &= ends - 1;
        }
        own |= self.stretch(block, rest)?;
        self.places.add(start, separators & own);
        Some(())
    }

    #[inline(always)]
    fn literals(&self, start: usize, mut begins: u64) -> Option<()> {
        while begins != 0 {
            let place = start + begins.trailing_zeros() as usize;
            is_literal(self.text.as_bytes().get(place..)?).then_some(())?;
            begins &= begins - 1;
        }
        Some(())
    }

    #[inline(always)]
    fn is_in_object(&self) -> bool {
        self.objects & 1 == 1
    }

    /// Reads what stands in one array or object of a block, and answers what of it are bytes of an
    /// open record itself.
    #[inline(always)]
    fn stretch(&self, block: usize, within: u64) -> Option<u64> {
        if self.depth == RECORD_DEPTH {
            return Some(within);
        }
        if self.is_in_object() {
            return Some(0);
        }
        let outside = &self.outside;
        let mut foreign = outside.colon.of(block);
        if self.depth == LIST_DEPTH {
            foreign |= outside.opening.of(block) | outside.literal.of(block);
        }
        (foreign & within == 0).then_some(0)
    }

    #[inline(always)]
    fn open(&mut self, place: usize, is_object: bool) -> Option<()> {
        let is_foreign = self.depth == LIST_DEPTH && !is_object;
        if is_foreign || self.depth == NESTING_LIMIT {
            return None;
        }
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
            // Nothing else may stand in the document.
            LIST_DEPTH if self.text.as_bytes().get(place + 1) != Some(&b'}') => return None,
            _ => {}
        }
        self.objects >>= 1;
        self.depth -= 1;
        if self.depth == 0 {
            self.is_whole = place + 1 == self.text.len();
            return None;
        }
        Some(())
    }

    /// Visits the record that ends at `end`. One whose own names have escapes is left to the plain
    /// walk.
    fn record(&mut self, end: usize) -> Option<()> {
        self.places.push(end);
        let start = *self.places.all().first()?;
        let members = Members::new(self.text, self.places.all());
        let is_plain = self.backslash_end <= start;
        if !is_plain && members.iter().any(|member| member.name().contains(&b'\\')) {
            return None;
        }
        let members = if is_plain { members.plain() } else { members };
        let record = self.text.get(start..=end)?;
        (self.visit)(
            RecordText {
                text: record.into(),
                byte: Some(start as u64),
                log_time: None,
            },
            members,
        );
        self.visited += 1;
        Some(())
    }
}

/// Whether `rest` begins with what may stand behind a backslash.
fn is_escape(rest: &[u8]) -> bool {
    match rest.first() {
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => true,
        Some(b'u') => rest
            .get(1..5)
            .is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)),
        _ => false,
    }
}

/// Whether `rest` begins with a number, `true`, `false` or `null`, and a sign behind it.
#[inline(always)]
fn is_literal(rest: &[u8]) -> bool {
    is_word(rest) || is_number(rest)
}

/// Whether `rest` begins with `true`, `false` or `null`, and a sign behind it. Which one it is
/// cannot be foreseen, so this has no branches. With fewer than two bytes behind it, it is not
/// recognized: a whole document has three.
#[inline(always)]
fn is_word(rest: &[u8]) -> bool {
    let Some([first, second, third, fourth, fifth, sixth]) = rest.first_chunk() else {
        return false;
    };
    let four = [*first, *second, *third, *fourth];
    let is_false = (four == *b"fals") & (*fifth == b'e');
    let behind = if is_false { *sixth } else { *fifth };
    (is_false | (four == *b"true") | (four == *b"null")) & is_end_of_literal(behind)
}

#[inline(never)]
fn is_number(rest: &[u8]) -> bool {
    number_bytes(rest)
        .and_then(|bytes| rest.get(bytes))
        .is_some_and(|behind| is_end_of_literal(*behind))
}

#[inline(always)]
fn is_end_of_literal(sign: u8) -> bool {
    (sign == b',') | (sign == b'}') | (sign == b']')
}

fn number_bytes(rest: &[u8]) -> Option<usize> {
    let mut at = usize::from(rest.first() == Some(&b'-'));
    at += if rest.get(at) == Some(&b'0') {
        1
    } else {
        digits(rest, at)?
    };
    if rest.get(at) == Some(&b'.') {
        at += 1 + digits(rest, at + 1)?;
    }
    if let Some(b'e' | b'E') = rest.get(at) {
        at += 1 + usize::from(matches!(rest.get(at + 1), Some(b'+' | b'-')));
        at += digits(rest, at)?;
    }
    Some(at)
}

/// How many digits stand there, at least one.
fn digits(rest: &[u8], at: usize) -> Option<usize> {
    let count = rest
        .get(at..)?
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    (count > 0).then_some(count)
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;
    use crate::container::walk;
    use crate::json::members;

    /// The kinds of processor that this one can stand for.
    fn levels() -> Vec<Level> {
        let mut levels = vec![Level::baseline()];
        #[cfg(target_arch = "x86_64")]
        levels.extend(Level::new().as_avx2().map(Level::Avx2));
        levels
    }

    /// What the pass finds must be what the plain walk finds first, and all of it where the pass
    /// says so.
    fn check(text: &str) -> Pass {
        let mut fast = Vec::new();
        let pass = walk_log_file(text, &mut |found, own| {
            let mut last: Vec<(Cow<'_, str>, &str)> = Vec::new();
            for member in own.iter() {
                let (name, value) = (String::from_utf8_lossy(member.name()), member.value());
                match last.iter_mut().find(|(known, _)| *known == name) {
                    Some(known) => known.1 = value,
                    None => last.push((name, value)),
                }
            }
            assert_eq!(members(&found.text).expect("an object"), last, "{text}");
            assert!(!own.is_plain() || !found.text.contains('\\'), "{text}");
            fast.push((found.text.into_owned(), found.byte));
        });
        for level in levels() {
            let mut places = Vec::new();
            let other = walk_at(level, text, &mut |found, _| places.push(found.byte));
            assert_eq!(other, pass, "{level:?}: {text}");
            assert!(
                places.iter().eq(fast.iter().map(|(_, byte)| byte)),
                "{level:?}: {text}"
            );
        }
        let mut plain = Vec::new();
        let content = walk(text, &mut |found| {
            plain.push((found.text.into_owned(), found.byte))
        });
        assert!(plain.starts_with(&fast), "{text}");
        if pass == Pass::Whole {
            assert_eq!(
                (plain.len(), content.recognized, content.damage),
                (fast.len(), 1, None),
                "{text}"
            );
        } else {
            assert_eq!(pass, Pass::Stopped(fast.len() as u64));
        }
        pass
    }

    const RECORDS: &str = r#"{"Records":[{"a":"x\"\u00e9\\","b":{"c":[1,-0.5e+3,true,false,null,{}],"d":[]},"a":""},{"e":[[{"f":"]}"}]],"g":0},{}]}"#;

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

    /// What is in the way of a block is in the way wherever the block ends.
    #[test]
    fn every_sign_may_stand_at_every_place_of_a_block() {
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
