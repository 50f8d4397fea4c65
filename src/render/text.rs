//! Making hostile text harmless.

/// The text with everything that could steer a terminal or reorder its line replaced by a visible escape: control
/// characters, and the characters that change the direction of writing or have no width.
pub fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control() || is_invisible(character) {
            shown.extend(character.escape_unicode());
        } else {
            shown.push(character);
        }
    }
    shown
}

fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{00ad}' | '\u{061c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::printable;

    #[test]
    fn nothing_reaches_the_terminal_but_characters() {
        assert_eq!(printable("a\u{1b}[31mb\r\n"), r"a\u{1b}[31mb\u{d}\u{a}");
        assert_eq!(printable("x\u{202e}y\u{9b}é日"), r"x\u{202e}y\u{9b}é日");
    }
}
