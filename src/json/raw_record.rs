//! A value in the place of a record, before it is known what it is.

/// A value in the place of a record, as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RawRecord<'a> {
    /// The JSON text of the value.
    pub text: &'a str,
    /// The offset of its first byte in the text that was read.
    pub byte: usize,
}
