//! The bytes of content, in memory that may be larger.

use std::fmt::{self, Debug, Formatter};
use std::ops::Deref;

/// The bytes of content. The memory that holds them may have been cleared for larger content, and
/// is kept that long, so that it need not be cleared again.
#[derive(Default)]
pub struct ContentBytes {
    memory: Vec<u8>,
    length: usize,
}

impl ContentBytes {
    /// Takes the first bytes of a memory, which must be as long.
    pub(super) fn within(memory: Vec<u8>, length: usize) -> Self {
        let length = length.min(memory.len());
        Self { memory, length }
    }

    /// Returns the memory, with other bytes after those of the content.
    pub(super) fn into_memory(self) -> Vec<u8> {
        self.memory
    }
}

impl Deref for ContentBytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.memory.get(..self.length).unwrap_or_default()
    }
}

impl From<Vec<u8>> for ContentBytes {
    fn from(memory: Vec<u8>) -> Self {
        Self {
            length: memory.len(),
            memory,
        }
    }
}

impl From<ContentBytes> for Vec<u8> {
    fn from(content: ContentBytes) -> Self {
        let mut memory = content.memory;
        memory.truncate(content.length);
        memory
    }
}

// A copy has no use for the other bytes of the memory.
impl Clone for ContentBytes {
    fn clone(&self) -> Self {
        Self::from(self.to_vec())
    }
}

impl PartialEq for ContentBytes {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for ContentBytes {}

impl Debug for ContentBytes {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_bytes_of_the_memory_are_not_content() {
        let content = ContentBytes::within(b"abcdef".to_vec(), 3);
        assert_eq!(&*content, b"abc");
        assert_eq!(content, ContentBytes::from(b"abc".to_vec()));
        assert_eq!(content.clone().into_memory(), b"abc");
        assert_eq!(
            Vec::from(ContentBytes::within(b"abcdef".to_vec(), 3)),
            b"abc"
        );
        assert_eq!(content.into_memory(), b"abcdef");
        assert_eq!(&*ContentBytes::within(b"a".to_vec(), 3), b"a");
    }
}
