//! Breaking lines between words, by the columns that characters take on a terminal.

use textwrap::WordSeparator;
use textwrap::core::{Word, display_width};
use textwrap::wrap_algorithms::wrap_first_fit;

/// The characters after which a name that is too long for a line is broken, as ARNs and paths are.
const JOINTS: [char; 2] = [':', '/'];

/// Breaks a text into lines of at most `width` columns, between words. Only a word that is longer
/// than a line is broken: after a colon or slash if it has one, so that the parts of an ARN can be
/// read.
pub fn wrapped(text: &str, width: usize) -> Vec<String> {
    let words = WordSeparator::AsciiSpace.find_words(text);
    let mut pieces = Vec::new();
    for word in words {
        add_pieces(word, width, &mut pieces);
    }
    let lines = wrap_first_fit(&pieces, &[width as f64]);
    let lines = lines.into_iter().filter(|line| !line.is_empty());
    lines.map(line_text).collect()
}

/// Adds a word, in pieces if it is too long for a line.
fn add_pieces<'a>(word: Word<'a>, width: usize, pieces: &mut Vec<Word<'a>>) {
    if display_width(&word) <= width {
        pieces.push(word);
        return;
    }
    let whitespace = word.whitespace;
    for part in word.word.split_inclusive(JOINTS) {
        pieces.extend(Word::from(part).break_apart(width.max(1)));
    }
    if let Some(last) = pieces.last_mut() {
        last.whitespace = whitespace;
    }
}

fn line_text(words: &[Word<'_>]) -> String {
    let mut line = String::new();
    for word in words {
        line.push_str(word.word);
        line.push_str(word.whitespace);
    }
    line.trim_end().to_owned()
}

/// Returns the columns that the longest word of a text takes.
pub fn longest_word(text: &str) -> usize {
    let words = text.split_whitespace();
    words.map(display_width).max().unwrap_or_default()
}

/// Returns the columns that a text takes on a terminal.
pub fn columns(text: &str) -> usize {
    display_width(text)
}

#[cfg(test)]
mod tests {
    use super::{columns, longest_word, wrapped};

    #[test]
    fn lines_are_broken_between_words() {
        assert_eq!(wrapped("a bc  def", 4), ["a bc", "def"]);
        assert_eq!(wrapped("… …", 3), ["… …"]);
        assert!(wrapped("", 4).is_empty());
        let time = "2026-03-03T10:00:00Z";
        assert_eq!(wrapped(&format!("at {time}"), 21), ["at", time]);
    }

    #[test]
    fn a_word_that_is_too_long_is_broken_after_a_colon_or_slash() {
        let arn = "arn:aws:kms:us-east-1:1:key/abc";
        let lines = ["arn:aws:kms:", "us-east-1:1:", "key/abc"];
        assert_eq!(wrapped(arn, 12), lines);
        assert_eq!(wrapped("abcde f", 4), ["abcd", "e f"]);
    }

    #[test]
    fn korean_takes_two_columns() {
        assert_eq!(columns("보안 암호"), 9);
        assert_eq!(wrapped("보안 암호 삭제", 9), ["보안 암호", "삭제"]);
        assert_eq!(longest_word("보안 a"), 4);
    }
}
