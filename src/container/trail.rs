//! Trail files in one pass: `{"Records":[…]}` on one line, as CloudTrail writes it.
//!
//! Every byte is checked as the plain walk checks it, so what is found here is found there. What is written in another way,
//! or is wrong, is left to the plain walk, which also tells where it is wrong.

use super::Found;
use crate::json::Member;

/// How such a document begins.
const HEAD: &str = "{\"Records\":[";

/// How deep the values of a record may nest. Records of CloudTrail nest about ten deep.
const NESTING_LIMIT: usize = 64;

/// What came of the pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pass {
    /// Every record was visited, and there is nothing else.
    Whole,
    /// So many records were visited, which are the first of those that the plain walk visits.
    Stopped(u64),
}

/// Calls `visit` with each record and its members, in order, as far as everything is as CloudTrail writes it.
pub fn walk_trail<'a>(text: &'a str, visit: &mut dyn FnMut(Found<'a>, &[Member<'a>])) -> Pass {
    let mut scanner = Scanner { text, bytes: text.as_bytes(), at: HEAD.len(), open: Vec::new() };
    if !text.starts_with(HEAD) {
        return Pass::Stopped(0);
    }
    let (mut members, mut visited) = (Vec::new(), 0);
    let mut is_open = scanner.peek() == Some(b'{');
    while is_open {
        let Some(start) = scanner.record(&mut members) else { return Pass::Stopped(visited) };
        let Some(record) = text.get(start..scanner.at) else { return Pass::Stopped(visited) };
        visit(Found { text: record.into(), byte: Some(start as u64), log_time: None }, &members);
        visited += 1;
        is_open = scanner.take(b',').is_some();
    }
    let is_end = scanner.take(b']').and_then(|()| scanner.take(b'}')).is_some();
    if is_end && scanner.peek().is_none() { Pass::Whole } else { Pass::Stopped(visited) }
}

/// A place in a text, before which everything is valid.
struct Scanner<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    /// The arrays and objects that are open.
    open: Vec<u8>,
}

impl<'a> Scanner<'a> {
    /// The next byte that is no space.
    fn peek(&mut self) -> Option<u8> {
        loop {
            match self.bytes.get(self.at)? {
                b' ' => self.at += 1,
                byte => return Some(*byte),
            }
        }
    }

    fn take(&mut self, wanted: u8) -> Option<()> {
        (self.peek()? == wanted).then(|| self.at += 1)
    }

    /// Reads a record and its members, and answers where it begins.
    fn record(&mut self, members: &mut Vec<Member<'a>>) -> Option<usize> {
        members.clear();
        self.take(b'{')?;
        let begin = self.at - 1;
        if self.peek()? == b'}' {
            self.at += 1;
            return Some(begin);
        }
        loop {
            let name = self.name()?;
            self.peek()?;
            let start = self.at;
            self.value()?;
            members.push(Member { name, value: self.text.get(start..self.at)? });
            match self.peek()? {
                b',' => self.at += 1,
                _ => return self.take(b'}').map(|()| begin),
            }
        }
    }

    /// Reads the name of a member and its colon; nothing for one with escapes.
    fn name(&mut self) -> Option<&'a str> {
        self.peek()?;
        let start = self.at + 1;
        let has_escapes = self.string()?;
        let name = self.text.get(start..self.at - 1)?;
        self.take(b':')?;
        (!has_escapes).then_some(name)
    }

    /// Reads any value, without recursion.
    fn value(&mut self) -> Option<()> {
        let outer = self.open.len();
        loop {
            let begun = match self.peek()? {
                b'{' => self.begin(b'{', b'}')?,
                b'[' => self.begin(b'[', b']')?,
                b'"' => self.string().map(|_| false)?,
                b't' => self.literal("true")?,
                b'f' => self.literal("false")?,
                b'n' => self.literal("null")?,
                _ => self.number().map(|()| false)?,
            };
            if !begun && self.end(outer)? {
                return Some(());
            }
            if self.open.last() == Some(&b'{') {
                self.peek()?;
                self.string()?;
                self.take(b':')?;
            }
        }
    }

    /// Begins an array or object, and answers whether it holds anything.
    fn begin(&mut self, open: u8, close: u8) -> Option<bool> {
        self.at += 1;
        if self.peek()? == close {
            self.at += 1;
            return Some(false);
        }
        self.open.push(open);
        (self.open.len() <= NESTING_LIMIT).then_some(true)
    }

    /// Goes on behind a value: to the next one of the same array or object, or out of those that end. Answers whether all
    /// end that were opened since `outer`.
    fn end(&mut self, outer: usize) -> Option<bool> {
        while self.open.len() > outer {
            match (*self.open.last()?, self.peek()?) {
                (_, b',') => {
                    self.at += 1;
                    return Some(false);
                }
                (b'{', b'}') | (b'[', b']') => {
                    self.at += 1;
                    self.open.pop();
                }
                _ => return None,
            }
        }
        Some(true)
    }

    fn literal(&mut self, literal: &str) -> Option<bool> {
        self.bytes.get(self.at..)?.starts_with(literal.as_bytes()).then(|| self.at += literal.len())?;
        Some(false)
    }

    /// Reads a string, whose quote is the next byte, and answers whether it has escapes.
    fn string(&mut self) -> Option<bool> {
        if self.bytes.get(self.at) != Some(&b'"') {
            return None;
        }
        self.at += 1;
        let mut has_escapes = false;
        loop {
            self.at += special(self.bytes.get(self.at..)?)?;
            let found = *self.bytes.get(self.at)?;
            self.at += 1;
            match found {
                b'"' => return Some(has_escapes),
                b'\\' => has_escapes = true,
                _ => return None,
            }
            let escape = *self.bytes.get(self.at)?;
            self.at += 1;
            match escape {
                b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => {}
                b'u' => {
                    let digits = self.bytes.get(self.at..self.at + 4)?;
                    digits.iter().all(u8::is_ascii_hexdigit).then(|| self.at += 4)?;
                }
                _ => return None,
            }
        }
    }

    fn number(&mut self) -> Option<()> {
        if self.bytes.get(self.at) == Some(&b'-') {
            self.at += 1;
        }
        match self.bytes.get(self.at)? {
            b'0' => self.at += 1,
            _ => self.digits()?,
        }
        if self.bytes.get(self.at) == Some(&b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.bytes.get(self.at) {
            self.at += 1;
            if let Some(b'+' | b'-') = self.bytes.get(self.at) {
                self.at += 1;
            }
            self.digits()?;
        }
        Some(())
    }

    /// Reads at least one digit.
    fn digits(&mut self) -> Option<()> {
        let rest = self.bytes.get(self.at..)?;
        let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        (count > 0).then(|| self.at += count)
    }
}

/// Where the first byte stands that is special inside of a string: a quote, a backslash, or a control character. Most
/// strings are short, so eight bytes are looked at together, and no more is prepared.
fn special(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    while let Some(word) = bytes.get(at..).and_then(|rest| rest.first_chunk()) {
        let word = u64::from_le_bytes(*word);
        let found = below(word ^ (EACH * u64::from(b'"')), 1)
            | below(word ^ (EACH * u64::from(b'\\')), 1)
            | below(word, u64::from(b' '));
        if found != 0 {
            return Some(at + (found.trailing_zeros() / 8) as usize);
        }
        at += 8;
    }
    let is_special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..b' ');
    bytes.get(at..)?.iter().position(is_special).map(|place| at + place)
}

/// One in each byte of a word.
const EACH: u64 = 0x0101_0101_0101_0101;

/// Marks the highest bit of the bytes that are below a limit of at most 128. The lowest mark is right; a higher one may be
/// the borrow of a lower.
fn below(word: u64, limit: u64) -> u64 {
    word.wrapping_sub(EACH * limit) & !word & (EACH << 7)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::container::walk;
    use crate::json::members;

    /// What the pass finds must be what the plain walk finds first, and all of it where the pass says so.
    fn check(text: &str) -> Pass {
        let mut fast = Vec::new();
        let pass = walk_trail(text, &mut |found, own| {
            let own: Vec<(String, &str)> =
                own.iter().map(|member| (member.name.to_owned(), member.value)).collect();
            let mut last: Vec<(String, &str)> = Vec::new();
            for (name, value) in own {
                match last.iter_mut().find(|(known, _)| *known == name) {
                    Some(known) => known.1 = value,
                    None => last.push((name, value)),
                }
            }
            assert_eq!(members(&found.text).expect("an object"), last, "{text}");
            fast.push((found.text.into_owned(), found.byte));
        });
        let mut plain = Vec::new();
        let content = walk(text, &mut |found| plain.push((found.text.into_owned(), found.byte)));
        assert!(plain.starts_with(&fast), "{text}");
        if pass == Pass::Whole {
            assert_eq!((plain.len(), content.recognized, content.damage), (fast.len(), 1, None), "{text}");
        } else {
            assert_eq!(pass, Pass::Stopped(fast.len() as u64));
        }
        pass
    }

    const RECORDS: &str = r#"{"Records":[{"a":"x\"\u00e9\\","b":{"c":[1,-0.5e+3,true,false,null,{}],"d":[]},"a":""},{ "e" : [ [ { "f" : "]}" } ] ] , "g":0} ,{}]}"#;

    #[test]
    fn documents_as_cloudtrail_writes_them_are_read_in_one_pass() {
        assert_eq!(check(RECORDS), Pass::Whole);
        assert_eq!(check(r#"{"Records":[]}"#), Pass::Whole);
        for (text, visited) in [
            (r#"{"Records":[{},7]}"#, 1),
            (r#"{"Records":[{}]} {"Records":[{}]}"#, 1),
            ("{\"Records\":[{}\n]}", 1),
            ("{\"Records\":[{\"a\":\"\u{1}\"}]}", 0),
            (r#"{"Records":[{"\u0061":1}]}"#, 0),
            (r#"{"Records":[{},]}"#, 1),
            (r#"{"Records":[{}],"x":1}"#, 1),
            (r#"[{}]"#, 0),
            ("", 0),
        ] {
            assert_eq!(check(text), Pass::Stopped(visited), "{text}");
        }
    }

    #[test]
    fn special_bytes_are_found_wherever_they_stand() {
        for byte in 0..=255_u8 {
            for place in 0..20 {
                let mut text = [0xc3; 20];
                text[place] = byte;
                let expected = (byte < b' ' || byte == b'"' || byte == b'\\').then_some(place);
                assert_eq!(special(&text), expected, "{byte} at {place}");
            }
        }
    }

    #[test]
    fn whatever_is_changed_the_pass_finds_what_the_plain_walk_finds() {
        let signs = br#"{}[]:,"\ 0e-.tu1x"#;
        let mut whole = 0;
        for place in 0..RECORDS.len() {
            for sign in signs {
                let mut changed = RECORDS.as_bytes().to_vec();
                changed[place] = *sign;
                whole +=
                    usize::from(check(&String::from_utf8(changed.clone()).expect("ASCII")) == Pass::Whole);
                changed[place] = RECORDS.as_bytes()[place];
                changed.insert(place, *sign);
                check(&String::from_utf8(changed).expect("ASCII"));
            }
            check(&RECORDS[..place]);
            check(&format!("{}{}", &RECORDS[..place], &RECORDS[place + 1..]));
        }
        assert!(whole > RECORDS.len(), "most changes leave an object whole: {whole}");
    }
}
