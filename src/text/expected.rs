//! The messages of parsers in the words of users.

/// The types that parsers name, and the words for them.
const TYPES: [(&str, &str); 14] = [
    ("u8", "a whole number"),
    ("u16", "a whole number"),
    ("u32", "a whole number"),
    ("u64", "a whole number"),
    ("usize", "a whole number"),
    ("i8", "a whole number"),
    ("i16", "a whole number"),
    ("i32", "a whole number"),
    ("i64", "a whole number"),
    ("f32", "a number"),
    ("f64", "a number"),
    ("a sequence", "a list"),
    ("a map", "an object"),
    ("a borrowed string", "a string"),
];

/// Returns the message of a parser with the words of a user for what it expected: it names types
/// of this program, such as `u32` or `struct WrittenAlarm`.
pub fn expected_in_words(message: &str) -> String {
    let Some((before, after)) = message.rsplit_once("expected ") else {
        return message.to_owned();
    };
    let end = [" at line ", "\n"]
        .into_iter()
        .filter_map(|end| after.find(end));
    let (expected, rest) = after.split_at(end.min().unwrap_or(after.len()));
    format!("{before}expected {}{rest}", words(expected))
}

fn words(expected: &str) -> &str {
    if expected.starts_with("struct ") || expected.starts_with("internally tagged enum ") {
        return "an object";
    }
    let known = TYPES.iter().find(|(name, _)| *name == expected);
    known.map_or(expected, |(_, words)| words)
}

#[cfg(test)]
mod tests {
    use super::expected_in_words;

    #[test]
    fn messages_name_no_type_of_the_program() {
        for (message, words) in [
            (
                "invalid type: string \"a\", expected u32 at line 1 column 2",
                "invalid type: string \"a\", expected a whole number at line 1 column 2",
            ),
            (
                "invalid type: integer `1`, expected struct WrittenHistory",
                "invalid type: integer `1`, expected an object",
            ),
            (
                "invalid type: map, expected a sequence\n",
                "invalid type: map, expected a list\n",
            ),
            ("expected value at line 1", "expected value at line 1"),
            ("EOF", "EOF"),
        ] {
            assert_eq!(expected_in_words(message), words);
        }
    }
}
