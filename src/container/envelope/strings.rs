//! The strings of JSON, followed byte by byte in texts that are not JSON as a whole.

use std::mem;

/// Knows whether the next byte of a text is within a string. Line breaks do not end one.
#[derive(Default)]
pub(super) struct Strings {
    is_inside: bool,
    is_escaped: bool,
}

impl Strings {
    /// Takes the next byte. Returns true if it is within a string, or ends one.
    pub(super) fn has(&mut self, byte: u8) -> bool {
        let was_inside = self.is_inside;
        let is_escaped = mem::take(&mut self.is_escaped);
        match byte {
            b'"' if !is_escaped => self.is_inside = !self.is_inside,
            b'\\' if self.is_inside && !is_escaped => self.is_escaped = true,
            _ => {}
        }
        was_inside
    }
}
