//! Taking apart the text of a JSON value that a parser has already accepted, without checking it
//! again.
//!
//! A text that is no JSON leads to members or elements that mean nothing, and to nothing worse.

use super::{Json, NESTING_LIMIT, Shallow, last_of_each, member_name};

/// The members of an object: each name as it is written, with its quotes, and the text of its
/// value.
pub(crate) fn members(object: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut cursor = Cursor {
        text: object,
        at: 0,
    };
    std::iter::from_fn(move || {
        cursor.pass_signs(b"{,");
        let name = cursor.value().filter(|name| name.starts_with('"'))?;
        cursor.pass_signs(b":");
        Some((name, cursor.value()?))
    })
}

/// The texts of the elements of an array.
pub(crate) fn elements(array: &str) -> impl Iterator<Item = &str> {
    let mut cursor = Cursor { text: array, at: 0 };
    let mut is_begun = false;
    std::iter::from_fn(move || {
        cursor.pass_signs(if is_begun { b"," } else { b"[" });
        is_begun = true;
        cursor.value()
    })
}

/// The value, taken apart whole. What nests deeper than [`NESTING_LIMIT`] stands as null.
pub(crate) fn whole(text: &str) -> Json<'_> {
    let mut cursor = Cursor { text, at: 0 };
    cursor.pass_space();
    cursor.whole(0).unwrap_or(Json::Null)
}

struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Goes on behind white space and at most one of these signs.
    fn pass_signs(&mut self, signs: &[u8]) {
        self.pass_space();
        if self.peek().is_some_and(|sign| signs.contains(&sign)) {
            self.at += 1;
            self.pass_space();
        }
    }

    fn pass_space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.peek() {
            self.at += 1;
        }
    }

    /// Goes on behind the value that begins here, and returns it; nothing where none begins.
    fn value(&mut self) -> Option<&'a str> {
        let start = self.at;
        match self.peek()? {
            b'"' => self.pass_string(),
            b'{' | b'[' => self.pass_nested(),
            _ => self.pass_literal(),
        }
        self.text
            .get(start..self.at)
            .filter(|value| !value.is_empty())
    }

    /// Goes on behind the value that begins here, and takes it apart.
    fn whole(&mut self, depth: usize) -> Option<Json<'a>> {
        if depth > NESTING_LIMIT {
            return self.value().map(|_| Json::Null);
        }
        match self.peek()? {
            b'{' => self.whole_object(depth),
            b'[' => self.whole_array(depth),
            _ => Some(match Shallow::from_accepted(self.value()?) {
                Shallow::Boolean(value) => Json::Boolean(value),
                Shallow::Number(characters) => Json::Number(characters),
                Shallow::Text(text) => Json::Text(text),
                Shallow::Null | Shallow::Array(_) | Shallow::Object(_) => Json::Null,
            }),
        }
    }

    fn whole_object(&mut self, depth: usize) -> Option<Json<'a>> {
        let mut members = Vec::new();
        self.pass_signs(b"{");
        while self.peek()? != b'}' {
            let name = member_name(self.value()?);
            self.pass_signs(b":");
            members.push((name, self.whole(depth + 1)?));
            self.pass_signs(b",");
        }
        self.at += 1;
        Some(Json::Object(last_of_each(members)))
    }

    fn whole_array(&mut self, depth: usize) -> Option<Json<'a>> {
        let mut elements = Vec::new();
        self.pass_signs(b"[");
        while self.peek()? != b']' {
            elements.push(self.whole(depth + 1)?);
            self.pass_signs(b",");
        }
        self.at += 1;
        Some(Json::Array(elements))
    }

    fn pass_string(&mut self) {
        self.at += 1;
        loop {
            let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
            match memchr::memchr2(b'"', b'\\', rest) {
                Some(place) if rest.get(place) == Some(&b'\\') => self.at += place + 2,
                Some(place) => return self.at += place + 1,
                None => return self.at = self.text.len(),
            }
        }
    }

    fn pass_nested(&mut self) {
        let mut depth = 0_usize;
        while let Some(byte) = self.peek() {
            match byte {
                b'"' => {
                    self.pass_string();
                    continue;
                }
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

    fn pass_literal(&mut self) {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let is_end = |byte: &u8| matches!(byte, b',' | b'}' | b']' | b' ' | b'\n' | b'\r' | b'\t');
        self.at += rest.iter().position(is_end).unwrap_or(rest.len());
    }
}

#[cfg(test)]
mod tests {
    use serde_json::value::RawValue;

    use super::*;

    #[test]
    fn what_a_parser_finds_is_found() {
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
    fn a_value_is_taken_apart_whole() {
        let text = r#" { "a" : [ ] ,"b":{"c":"}\u003d"},"d":[ {} ,[1.0,null]],"b":[true , "x"],"":-1e2 } "#;
        let member = |name: &'static str, value| (name.into(), value);
        let expected = vec![
            member("a", Json::Array(vec![])),
            member(
                "b",
                Json::Array(vec![Json::Boolean(true), Json::Text("x".into())]),
            ),
            member(
                "d",
                Json::Array(vec![
                    Json::Object(vec![]),
                    Json::Array(vec![Json::Number("1.0"), Json::Null]),
                ]),
            ),
            member("", Json::Number("-1e2")),
        ];
        assert_eq!(whole(text), Json::Object(expected));
        assert_eq!(whole(r#""}\u003d""#), Json::Text("}=".into()));
        assert_eq!(whole(""), Json::Null);
    }

    #[test]
    fn what_is_no_json_comes_to_an_end() {
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
            whole(text);
        }
    }
}
