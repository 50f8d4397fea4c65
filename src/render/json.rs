//! JSON that is safe on a terminal.

use std::io::{self, Write};

use serde::Serialize;

use super::guard::Guard;
use crate::report::Summary;

/// Writes the summary as one JSON object.
///
/// # Errors
///
/// Returns an error if the bytes cannot be written.
pub fn write_summary(summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
    write_document(summary, out)
}

/// Writes a value as JSON over several lines.
pub(super) fn write_document<T: Serialize>(value: &T, out: &mut dyn Write) -> io::Result<()> {
    let mut guard = Guard::new(out);
    serde_json::to_writer_pretty(&mut guard, value)?;
    guard.write_all(b"\n")?;
    guard.flush()
}

/// Writes a value as a line of JSON.
pub(super) fn write_line<T: Serialize>(value: &T, out: &mut dyn Write) -> io::Result<()> {
    let mut guard = Guard::new(out);
    serde_json::to_writer(&mut guard, value)?;
    guard.write_all(b"\n")?;
    guard.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// JSON escapes the control characters of ASCII only. Output that is piped comes to a terminal
    /// all the same, through `less` or `jq`.
    #[test]
    fn characters_that_could_control_a_terminal_are_escaped() {
        let value = serde_json::json!({ "name": "a\u{9b}\u{202e}b" });
        for write in [write_document::<serde_json::Value>, write_line] {
            let mut out = Vec::new();
            write(&value, &mut out).expect("memory");
            let text = String::from_utf8(out).expect("text");
            assert!(text.contains(r"a\u009b\u202eb"), "{text}");
            let read: serde_json::Value = serde_json::from_str(&text).expect("JSON");
            assert_eq!(read, value);
        }
    }
}
