//! Line breaks within the strings of JSON, as tools write that undo escapes.

use super::strings::Strings;
use crate::json::read_value;

/// The most bytes of a value that is read: a record has far fewer.
const VALUE_BYTES: usize = 1 << 20;

/// A value whose strings had line breaks.
pub(super) struct Joined {
    /// The text of the value with a space in the place of each, so that it has as many bytes.
    pub(super) text: String,
}

impl Joined {
    /// Reads the object or array that a text begins with. Returns nothing if it has no such line
    /// breaks, or is not JSON even without them: where a string has lost its end, what follows on
    /// the next line does not make it whole.
    pub(super) fn new(text: &str) -> Option<Self> {
        let length = value_length(text)?;
        let text = without_line_breaks(text.get(..length)?)?;
        let is_whole = read_value(&text).is_ok_and(|value| value.len() == length);
        is_whole.then_some(Self { text })
    }
}

/// Replaces the line breaks in strings by spaces. Returns nothing if there are none.
fn without_line_breaks(value: &str) -> Option<String> {
    let mut bytes = value.as_bytes().to_vec();
    let mut strings = Strings::default();
    for byte in &mut bytes {
        if strings.has(*byte) && matches!(byte, b'\n' | b'\r') {
            *byte = b' ';
        }
    }
    let text = String::from_utf8(bytes).ok()?;
    (text != value).then_some(text)
}

/// Returns the length of a value by its brackets.
fn value_length(text: &str) -> Option<usize> {
    let mut strings = Strings::default();
    let mut depth = 0_usize;
    for (place, byte) in text.bytes().enumerate().take(VALUE_BYTES) {
        if strings.has(byte) {
            continue;
        }
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.checked_sub(1)?,
            _ => {}
        }
        if depth == 0 {
            return (byte != b'"').then_some(place + 1);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(text: &str) -> Option<String> {
        Some(Joined::new(text)?.text)
    }

    #[test]
    fn only_line_breaks_in_strings_are_joined() {
        let found = joined("{\"a\":\n\"b\nc\\\"\r\nd\",\"e\":[\"]\"]} x");
        assert_eq!(
            found.as_deref(),
            Some("{\"a\":\n\"b c\\\"  d\",\"e\":[\"]\"]}")
        );
        for other in [
            "",
            "\"a\nb\"",
            "{\"a\":\n1}",
            "{\"a\":\"b\n{\"c\":1}\n{\"d\":2}",
            "{\"a\":\"b\nc\"",
            "{\"a\":\"b\nc\",}",
            "}{",
        ] {
            assert_eq!(joined(other), None, "{other}");
        }
    }
}
