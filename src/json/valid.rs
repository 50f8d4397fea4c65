//! Taking apart the text of a JSON value that a parser has already accepted, without checking it
//! again.
//!
//! A text that is not JSON leads to members or elements that mean nothing, and to nothing worse.

/// Iterates over the members of an object: each name as it is written, with its quotes, and the
/// text of its value.
pub(crate) fn members(object: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut cursor = Cursor::new(object);
    std::iter::from_fn(move || {
        cursor.skip_sign(b"{,");
        let name = cursor.value().filter(|name| name.starts_with('"'))?;
        cursor.skip_sign(b":");
        Some((name, cursor.value()?))
    })
}

/// Iterates over the texts of the elements of an array.
pub(crate) fn elements(array: &str) -> impl Iterator<Item = &str> {
    let mut cursor = Cursor::new(array);
    // Only the first value follows a bracket: later ones are arrays themselves if they begin so.
    let mut sign: &[u8] = b"[";
    std::iter::from_fn(move || {
        cursor.skip_sign(std::mem::replace(&mut sign, b","));
        cursor.value()
    })
}

/// A place in a text.
pub(super) struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// Returns the byte at the place.
    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn rest(&self) -> &'a [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    /// Skips white space and at most one of these signs.
    pub(super) fn skip_sign(&mut self, signs: &[u8]) {
        self.skip_space();
        if self.peek().is_some_and(|sign| signs.contains(&sign)) {
            self.at += 1;
            self.skip_space();
        }
    }

    /// Skips white space.
    pub(super) fn skip_space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.peek() {
            self.at += 1;
        }
    }

    /// Skips the value that begins here, and returns its text; nothing where none begins.
    pub(super) fn value(&mut self) -> Option<&'a str> {
        let start = self.at;
        match self.peek()? {
            b'"' => self.skip_string(),
            b'{' | b'[' => self.skip_nested(),
            _ => self.skip_literal(),
        }
        let value = self.text.get(start..self.at)?;
        (!value.is_empty()).then_some(value)
    }

    fn skip_string(&mut self) {
        self.at += 1;
        loop {
            let rest = self.rest();
            match memchr::memchr2(b'"', b'\\', rest) {
                // The digits of an escape are neither quotes nor backslashes.
                Some(place) if rest.get(place) == Some(&b'\\') => self.at += place + 2,
                Some(place) => return self.at += place + 1,
                None => return self.at = self.text.len(),
            }
        }
    }

    fn skip_nested(&mut self) {
        let mut depth = 0_usize;
        while let Some(byte) = self.peek() {
            match byte {
                b'"' => {
                    self.skip_string();
                    continue;
                }
                // A parser has checked already that brackets and braces match.
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth = depth.saturating_sub(1),
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                return;
            }
        }
    }

    fn skip_literal(&mut self) {
        let rest = self.rest();
        self.at += rest.iter().position(ends_literal).unwrap_or(rest.len());
    }
}

/// Returns true if a byte cannot be part of a number or a word.
fn ends_literal(byte: &u8) -> bool {
    matches!(byte, b',' | b'}' | b']' | b' ' | b'\n' | b'\r' | b'\t')
}

#[cfg(test)]
mod tests {
    use serde_json::value::RawValue;

    use super::*;

    #[test]
    fn everything_that_a_parser_finds_is_found() {
        for text in [
            "[]",
            "[ ]",
            "[1]",
            " [ 1 , [2,[]] ,\"a]\\\"\",{\"b\":[3]}\n, true,null ] ",
            "[-0.5e+3,\"\\\\\",\"\"]",
        ] {
            let expected: Vec<&RawValue> = serde_json::from_str(text).expect("JSON");
            let expected: Vec<&str> = expected.into_iter().map(RawValue::get).collect();
            assert_eq!(elements(text).collect::<Vec<_>>(), expected, "{text}");
        }
        let found: Vec<_> =
            members(r#" { "a" : 1 ,"b":{"c":"}"} , "\u0064":[ {} ],"":"x" } "#).collect();
        assert_eq!(
            found,
            [
                ("\"a\"", "1"),
                ("\"b\"", r#"{"c":"}"}"#),
                (r#""\u0064""#, "[ {} ]"),
                ("\"\"", "\"x\"")
            ]
        );
        assert_eq!(
            (
                members("{}").count(),
                members("{ }").count(),
                members("").count()
            ),
            (0, 0, 0)
        );
    }

    #[test]
    fn text_that_is_not_json_comes_to_an_end() {
        for text in [
            "{",
            "{\"a",
            "{\"a\"",
            "{\"a\":",
            "{\"a\\",
            "{:,",
            "[,",
            "[\"\\",
            "}",
            "{\"a\":}",
            "[é",
            "{\"é\\é",
        ] {
            assert!(
                members(text).count() < 9 && elements(text).count() < 9,
                "{text}"
            );
        }
    }
}
