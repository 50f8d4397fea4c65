//! Making hostile text harmless.
//!
//! Everything that comes from a log, a file name or an argument may contain characters that control
//! a terminal.

use std::path::Path;

/// Returns the text with visible escapes in place of all characters that could control a terminal
/// or reorder its line: control characters, and those that change the direction of writing or have
/// no width.
pub fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if is_harmless(character) {
            shown.push(character);
        } else {
            shown.extend(character.escape_unicode());
        }
    }
    shown
}

/// Returns a path as a text that can be printed on one line. On most systems, the name of a file
/// may contain a line break, which would forge a line of a message.
pub fn printable_path(path: &Path) -> String {
    printable(&path.to_string_lossy())
}

/// Returns a text of several lines with the same escapes, and keeps its line breaks. Only for texts
/// whose line breaks are the program's own, or which nobody takes for the program's words.
pub fn printable_lines(text: &str) -> String {
    let lines: Vec<String> = text.split('\n').map(printable).collect();
    lines.join("\n")
}

/// Returns whether a character only shows itself, and takes one place.
pub fn is_harmless(character: char) -> bool {
    !character.is_control() && !is_invisible(character)
}

fn is_invisible(character: char) -> bool {
    // The characters without width, the letters that look empty, those that set the direction of
    // writing, and the tags. Rust's `is_control` covers only the controls of ASCII and Latin-1.
    matches!(
        character,
        '\u{00ad}'
            | '\u{061c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{printable, printable_lines, printable_path};

    #[test]
    fn nothing_reaches_the_terminal_but_characters() {
        assert_eq!(printable("a\u{1b}[31mb\r\n"), r"a\u{1b}[31mb\u{d}\u{a}");
        assert_eq!(printable_lines("a\u{7}\nb"), "a\\u{7}\nb");
        assert_eq!(printable_path(Path::new("a\nb")), r"a\u{a}b");
        assert_eq!(
            printable("\u{3164}\u{115f}\u{2800}가"),
            r"\u{3164}\u{115f}\u{2800}가"
        );
        assert_eq!(printable("x\u{202e}y\u{9b}é日"), r"x\u{202e}y\u{9b}é日");
    }
}
