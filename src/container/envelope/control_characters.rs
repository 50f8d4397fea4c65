//! Control characters within the strings of JSON, which some tools forget to escape.

use super::strings::Strings;
use crate::container::damage::Damage;

/// A text whose strings had control characters.
pub(super) struct Mended {
    /// The text with a space in the place of each, so that everything else keeps its place.
    pub(super) text: String,
    /// The place of the first of them.
    first: usize,
    count: u64,
}

impl Mended {
    /// Mends a text; returns `None` if no string of it has control characters.
    pub(super) fn new(text: &str) -> Option<Self> {
        // Almost all texts have none, and this search is quick.
        if !text.bytes().any(is_control) {
            return None;
        }
        let mut strings = Strings::default();
        let mut places = Vec::new();
        for (place, byte) in text.bytes().enumerate() {
            if byte == b'\n' {
                // A string that seems to go on over the end of a line has lost its own end.
                strings = Strings::default();
            } else if strings.has(byte) && is_control(byte) {
                places.push(place);
            }
        }
        let first = *places.first()?;
        Some(Self {
            text: with_spaces(text, &places),
            first,
            count: places.len() as u64,
        })
    }

    /// Returns the damage that was mended.
    pub(super) fn damage(&self) -> Damage {
        let detail = format!(
            "strings hold control characters that are not escaped; spaces were read in place of {}",
            self.count
        );
        Damage::of_json(detail, self.first as u64)
    }
}

/// Returns true for the control characters that JSON has in escapes only, other than the ends of
/// lines.
fn is_control(byte: u8) -> bool {
    byte < b' ' && !matches!(byte, b'\n' | b'\r')
}

fn with_spaces(text: &str, places: &[usize]) -> String {
    let mut mended = String::with_capacity(text.len());
    let mut rest = 0;
    for place in places {
        mended.push_str(text.get(rest..*place).unwrap_or_default());
        mended.push(' ');
        rest = place + 1;
    }
    mended.push_str(text.get(rest..).unwrap_or_default());
    mended
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mended(text: &str) -> Option<(String, usize, u64)> {
        let mended = Mended::new(text)?;
        Some((mended.text, mended.first, mended.count))
    }

    #[test]
    fn control_characters_in_strings_become_spaces() {
        let found = mended("{\"a\":\"b\tc\u{1}\"}");
        assert_eq!(found, Some(("{\"a\":\"b c \"}".to_owned(), 7, 2)));
        let found = mended("{\"a\\\"\":\"\\\\\",\t\"é\t\":1}");
        let expected = "{\"a\\\"\":\"\\\\\",\t\"é \":1}";
        assert_eq!(found.map(|found| found.0), Some(expected.to_owned()));
    }

    #[test]
    fn everything_else_stays() {
        for text in [
            "",
            "{\n\t\"a\": 1\r\n}",
            "{\"a\":\"b\n\tc\"}",
            "{\"a\":\"\\t\"}",
        ] {
            assert_eq!(mended(text), None, "{text:?}");
        }
    }
}
