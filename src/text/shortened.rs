//! Texts that may be too long for the place that they are shown in.

use super::printable;

/// The mark for what was cut off.
const MARK: char = '…';

/// Returns a text that can be printed, of at most this number of characters. A mark replaces what
/// is cut off.
pub fn shortened(text: &str, limit: usize) -> String {
    // The text may have megabytes, of which each character may become ten.
    let begin = cut(text, limit);
    let shown = printable(begin);
    if begin.len() == text.len() && cut(&shown, limit).len() == shown.len() {
        return shown;
    }
    let mut shortened = cut(&shown, limit.saturating_sub(1)).to_owned();
    shortened.push(MARK);
    shortened
}

/// Returns the first characters of a text.
pub fn cut(text: &str, limit: usize) -> &str {
    let end = text.char_indices().nth(limit);
    let begin = end.and_then(|(end, _)| text.get(..end));
    begin.unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_after_their_escapes() {
        assert_eq!(shortened("prod/db", 7), "prod/db");
        assert_eq!(shortened("prod/db", 6), "prod/…");
        assert_eq!(shortened("a\u{1b}b", 8), r"a\u{1b}b");
        assert_eq!(shortened("a\u{1b}b", 7), r"a\u{1b…");
        assert_eq!(shortened("ééé", 3), "ééé");
        assert_eq!(shortened("éééé", 3), "éé…");
        assert_eq!(cut("éééé", 3), "ééé");
    }
}
