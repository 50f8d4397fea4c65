//! JSON values, taken apart whole.

use serde_json::value::RawValue;

use super::members::{last_of_each, member_name};
use super::valid::Cursor;
use super::value::{Json, Shallow};

/// The nesting depth up to which a value is taken apart; anything deeper becomes null. It bounds
/// the recursion. Records of CloudTrail nest about ten deep, and a filter pattern of 1,024
/// characters has no room for a selector with more steps.
pub const NESTING_LIMIT: usize = 512;

impl<'a> Json<'a> {
    /// Parses one JSON value, with nothing but white space around it.
    ///
    /// # Errors
    ///
    /// Fails if the text is not one JSON value.
    pub fn parse(text: &'a str) -> Result<Self, serde_json::Error> {
        let value: &RawValue = serde_json::from_str(text)?;
        Ok(Self::from_accepted(value.get()))
    }

    /// Takes apart one JSON value that a parser has already accepted.
    pub(crate) fn from_accepted(text: &'a str) -> Self {
        let mut cursor = Cursor::new(text);
        // The cursor expects to be on a value.
        cursor.skip_space();
        value(&mut cursor, 0).unwrap_or(Self::Null)
    }
}

/// Skips the value that begins at a place, and takes it apart.
fn value<'a>(cursor: &mut Cursor<'a>, depth: usize) -> Option<Json<'a>> {
    match cursor.peek()? {
        // The text is skipped without recursion, however deep it nests.
        _ if depth > NESTING_LIMIT => cursor.value().map(|_| Json::Null),
        b'{' => object(cursor, depth),
        b'[' => array(cursor, depth),
        _ => cursor.value().map(scalar),
    }
}

fn scalar(raw: &str) -> Json<'_> {
    match Shallow::from_accepted(raw) {
        Shallow::Boolean(value) => Json::Boolean(value),
        Shallow::Number(characters) => Json::Number(characters),
        Shallow::Text(text) => Json::Text(text),
        Shallow::Null | Shallow::Array(_) | Shallow::Object(_) => Json::Null,
    }
}

fn object<'a>(cursor: &mut Cursor<'a>, depth: usize) -> Option<Json<'a>> {
    let mut members = Vec::new();
    cursor.skip_sign(b"{");
    while cursor.peek()? != b'}' {
        let name = member_name(cursor.value()?);
        cursor.skip_sign(b":");
        members.push((name, value(cursor, depth + 1)?));
        cursor.skip_sign(b",");
    }
    cursor.skip_sign(b"}");
    Some(Json::Object(last_of_each(members)))
}

fn array<'a>(cursor: &mut Cursor<'a>, depth: usize) -> Option<Json<'a>> {
    let mut elements = Vec::new();
    cursor.skip_sign(b"[");
    while cursor.peek()? != b']' {
        elements.push(value(cursor, depth + 1)?);
        cursor.skip_sign(b",");
    }
    cursor.skip_sign(b"]");
    Some(Json::Array(elements))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_characters() {
        for written in ["1", "1.0", "1E5", "-0", "123456789012345678901234567890"] {
            assert_eq!(Json::parse(written).ok(), Some(Json::Number(written)));
        }
    }

    #[test]
    fn escapes_are_undone_and_the_last_of_two_names_counts() {
        let parsed = Json::parse(r#" {"a":1, "\u0061" : "x\u003dy"} "#).ok();
        assert_eq!(
            parsed,
            Some(Json::Object(vec![("a".into(), Json::Text("x=y".into()))]))
        );
    }

    #[test]
    fn values_that_nest_too_deep_become_null() {
        fn depth(value: &Json<'_>) -> usize {
            match value {
                Json::Array(elements) => 1 + elements.iter().map(depth).max().unwrap_or(0),
                _ => 0,
            }
        }
        for written in [
            3,
            NESTING_LIMIT,
            NESTING_LIMIT + 1,
            NESTING_LIMIT + 9,
            100_000,
        ] {
            let text = "[".repeat(written) + &"]".repeat(written);
            let parsed = Json::parse(&text).expect("JSON");
            assert_eq!(depth(&parsed), written.min(NESTING_LIMIT + 1));
        }
        assert!(Json::parse(&"[".repeat(9)).is_err());
    }

    #[test]
    fn a_value_is_taken_apart_whole() {
        let text = r#" { "a" : [ ] ,"b":{"c":"}\u003d"},"d":[ {} ,[1.0,null]],
            "b":[true , "x"],"":-1e2 } "#;
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
        assert_eq!(Json::from_accepted(text), Json::Object(expected));
        let string = Json::from_accepted(r#""}\u003d""#);
        assert_eq!(string, Json::Text("}=".into()));
        assert_eq!(Json::from_accepted(""), Json::Null);
    }

    #[test]
    fn text_that_is_not_json_comes_to_an_end() {
        for text in ["{", "{\"a", "{\"a\":", "{:,", "[,", "[\"\\", "}", "{\"é\\é"] {
            Json::from_accepted(text);
        }
    }
}
