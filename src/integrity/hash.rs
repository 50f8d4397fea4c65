//! SHA-256 hashes.

use std::fmt;

use sha2::Digest as _;

/// The number of bytes of a hash.
const BYTES: usize = 32;

/// A SHA-256 hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sha256([u8; BYTES]);

impl Sha256 {
    /// Computes the hash of bytes.
    pub fn of_bytes(bytes: &[u8]) -> Self {
        Self(sha2::Sha256::digest(bytes).into())
    }

    /// Parses a hash in hexadecimal digits, as digests write it.
    pub fn from_hex(text: &str) -> Option<Self> {
        let mut bytes = [0; BYTES];
        hex::decode_to_slice(text, &mut bytes).ok()?;
        Some(Self(bytes))
    }
}

impl fmt::Display for Sha256 {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&hex::encode(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_written_and_read_in_hexadecimal() {
        let text = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        let hash = Sha256::of_bytes(b"abc");
        assert_eq!(hash.to_string(), text);
        assert_eq!(Sha256::from_hex(text), Some(hash));
        assert_eq!(Sha256::from_hex(&text.to_uppercase()), Some(hash));
        for wrong in ["", "ba", &text[1..], &text.replace('b', "+")] {
            assert_eq!(Sha256::from_hex(wrong), None, "{wrong}");
        }
    }
}
