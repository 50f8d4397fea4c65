//! The words by which Python writes numbers that JSON has not.

use std::borrow::Cow;

use super::strings::Strings;

/// The words, each with the space that Python writes before a value.
const WORDS: [&str; 3] = [" NaN", " Infinity", " -Infinity"];

/// Returns a text with `null` in the place of such words, and everything else in its place.
pub(super) fn without_words(text: &str) -> Cow<'_, str> {
    let has_words = WORDS
        .iter()
        .any(|word| memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some());
    if !has_words {
        return text.into();
    }
    let mut strings = Strings::default();
    let mut mended = String::with_capacity(text.len());
    let mut copied = 0;
    for (place, byte) in text.bytes().enumerate() {
        if byte == b'\n' {
            // A string that seems to go on over the end of a line has lost its own end.
            strings = Strings::default();
        } else if !strings.has(byte)
            && byte == b' '
            && let Some(word) = word_at(text, place)
        {
            mended.push_str(text.get(copied..place).unwrap_or_default());
            mended.push_str(&format!("{:width$}", "null", width = word.len()));
            copied = place + word.len();
        }
    }
    if copied == 0 {
        return text.into();
    }
    mended.push_str(text.get(copied..).unwrap_or_default());
    mended.into()
}

/// Returns the word at a place, if it is a whole value.
fn word_at(text: &str, place: usize) -> Option<&'static str> {
    let before = text.as_bytes().get(place.checked_sub(1)?)?;
    let rest = text.get(place..)?;
    let mut words = WORDS.into_iter();
    words.find(|word| {
        let after = rest.strip_prefix(word).map(str::trim_start);
        matches!(before, b':' | b',' | b'[' | b' ' | b'\n')
            && after.is_some_and(|after| after.is_empty() || after.starts_with([',', '}', ']']))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_python_are_no_values() {
        let text = r#"{"a": NaN, "b": " NaN,", "c": [ -Infinity, Infinity], "d": NaNs}"#;
        let expected = r#"{"a":null, "b": " NaN,", "c": [null      ,null     ], "d": NaNs}"#;
        assert_eq!(without_words(text), expected);
        assert_eq!(text.len(), expected.len());
        for other in ["", "{\"a\":1}", "{\"a\": \" NaN\"}", " NaN"] {
            assert!(matches!(without_words(other), Cow::Borrowed(_)), "{other}");
        }
    }
}
