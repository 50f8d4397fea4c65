//! A last line of defence between what is printed and the terminal.

use std::borrow::Cow;
use std::io::{self, Write};

use super::style::SEQUENCES;
use crate::text::is_harmless;

/// The number of bytes that are collected before they are passed on.
const BUFFER_BYTES: usize = 8 * 1024;

/// A buffered writer that passes on text, line breaks and the styles of this program. Any other
/// control character, and any invisible one, becomes a visible escape: `\u001b`.
///
/// Renderers make each text printable that comes from outside. The guard ensures that one that was
/// forgotten does no harm either. JSON passes through unchanged in value, since the escape means
/// the same character there.
#[derive(Debug)]
pub struct Guard<W: Write> {
    out: W,
    buffer: Vec<u8>,
}

impl<W: Write> Guard<W> {
    /// Returns a writer with an empty buffer. What is still in it when it is dropped is lost.
    pub fn new(out: W) -> Self {
        Self {
            out,
            buffer: Vec::new(),
        }
    }

    /// Passes on the first `length` bytes of the buffer.
    fn pass_on(&mut self, length: usize) -> io::Result<()> {
        let ready: Vec<u8> = self.buffer.drain(..length).collect();
        let text = String::from_utf8_lossy(&ready);
        self.out.write_all(guarded(&text).as_bytes())
    }
}

impl<W: Write> Write for Guard<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= BUFFER_BYTES
            && let Some(end) = memchr::memrchr(b'\n', bytes)
        {
            // Neither a character nor a control sequence continues after the end of a line, so
            // whole lines can be judged without what follows.
            let after_end = bytes.len() - end - 1;
            self.pass_on(self.buffer.len() - after_end)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.pass_on(self.buffer.len())?;
        self.out.flush()
    }
}

/// Returns the text with everything escaped that must not reach the terminal.
fn guarded(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_allowed) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let length = match style_at(rest) {
            Some(sequence) => sequence.len(),
            None => character.len_utf8(),
        };
        let (part, after) = rest.split_at(length);
        if style_at(part).is_some() || is_allowed(character) {
            shown.push_str(part);
        } else {
            push_escaped(character, &mut shown);
        }
        rest = after;
    }
    Cow::Owned(shown)
}

fn is_allowed(character: char) -> bool {
    character == '\n' || is_harmless(character)
}

/// Returns the control sequence of a style that the text begins with.
fn style_at(text: &str) -> Option<&'static str> {
    let mut sequences = SEQUENCES.into_iter();
    sequences.find(|sequence| text.starts_with(sequence))
}

/// Appends the escape of a character as JSON writes it, by its UTF-16 code units.
fn push_escaped(character: char, shown: &mut String) {
    for unit in character.encode_utf16(&mut [0; 2]) {
        shown.push_str(&format!("\\u{unit:04x}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn through(parts: &[&str]) -> String {
        let mut out = Vec::new();
        let mut guard = Guard::new(&mut out);
        for part in parts {
            guard.write_all(part.as_bytes()).expect("memory");
        }
        guard.flush().expect("memory");
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn only_text_line_breaks_and_known_styles_pass() {
        let styled = "\u{1b}[1m\u{1b}[31merror:\u{1b}[0m é日\nnext\n";
        assert_eq!(through(&[styled]), styled);
        assert_eq!(
            through(&["\u{1b}]0;title\u{7}\r\t\u{1b}[8m\u{9b}2J\u{202e}\u{e0001}"]),
            r"\u001b]0;title\u0007\u000d\u0009\u001b[8m\u009b2J\u202e\udb40\udc01"
        );
    }

    #[test]
    fn json_keeps_its_value() {
        let value = serde_json::json!({ "name": "a\u{1b}\u{7f}\u{9b}\u{202e}\u{e0001}b" });
        let shown = through(&[&value.to_string()]);
        assert!(shown.is_ascii(), "{shown}");
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&shown).expect("JSON"),
            value
        );
    }

    #[test]
    fn long_output_is_passed_on_in_whole_lines() {
        let line = format!("{}\u{1b}[0m\n", "日".repeat(1000));
        let text = line.repeat(20);
        let parts: Vec<String> = text.chars().map(String::from).collect();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        assert_eq!(through(&parts), text);
    }
}
