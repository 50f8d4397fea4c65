//! Parts of a text with a separator between them.

use std::fmt::{Display, Write};

/// Joins parts into one text, with a separator between them.
pub fn joined(parts: impl IntoIterator<Item: Display>, separator: &str) -> String {
    let mut text = String::new();
    for (number, part) in parts.into_iter().enumerate() {
        let before = if number == 0 { "" } else { separator };
        // Writing to a text cannot fail.
        let _ = write!(text, "{before}{part}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_separator_is_only_between_parts() {
        assert_eq!(joined([1, 2, 3], ", "), "1, 2, 3");
        assert_eq!(joined(["", ""], "-"), "-");
        assert_eq!(joined(Vec::<String>::new(), ", "), "");
    }
}
