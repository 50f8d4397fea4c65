//! A value in the place of a record, before it is known what it is.

/// A value in the place of a record, as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RawRecord<'a> {
    /// The JSON text of the value.
    pub text: &'a str,
    /// The offset of its first byte in the text that was read.
    pub byte: usize,
}

impl<'a> RawRecord<'a> {
    /// Locates a part of a text that was borrowed from it.
    // The addresses are in one text, so their distance is the place of the part.
    pub fn located(part: &'a str, text: &str) -> Self {
        let byte = part.as_ptr().addr().saturating_sub(text.as_ptr().addr());
        Self { text: part, byte }
    }
}
