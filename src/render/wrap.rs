//! Breaking lines between words.

/// Breaks a text into lines of at most `width` characters, between words. A longer word has a line
/// of its own.
pub fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::wrapped;

    #[test]
    fn lines_are_broken_between_words() {
        assert_eq!(wrapped("a bc  def", 4), ["a bc", "def"]);
        assert_eq!(wrapped("abcde f", 4), ["abcde", "f"]);
        assert_eq!(wrapped("… …", 3), ["… …"]);
        assert!(wrapped("", 4).is_empty());
    }
}
