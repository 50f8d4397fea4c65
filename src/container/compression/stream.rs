//! Reading a stream of content up to the limits.

use std::io::{self, Error, Read};

use crate::container::content::ContentBytes;
use crate::container::damage::Damage;
use crate::container::limits::Limits;

/// The number of bytes that are read before the limits are checked.
const CHUNK_BYTES: u64 = 256 << 10;

/// Content that could be read without a gap.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Decompressed {
    pub(crate) bytes: ContentBytes,
    /// The damage that stopped the reading before the end.
    pub(crate) damage: Option<Damage>,
}

impl Decompressed {
    /// The bytes that were read, and how the reading ended.
    pub(crate) fn new(bytes: impl Into<ContentBytes>, read: Result<(), Damage>) -> Self {
        Self {
            bytes: bytes.into(),
            damage: read.err(),
        }
    }
}

/// A function that decompresses, as far as possible. Content after damage is separate.
pub(crate) type Decompress = fn(&[u8], &Limits) -> Vec<Decompressed>;

/// The room that the limits leave for a buffer of content.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Quota<'l> {
    pub(crate) limits: &'l Limits,
    /// The bytes of the same content in earlier buffers.
    spent_bytes: u64,
}

impl<'l> Quota<'l> {
    /// The room for the first buffer.
    pub(crate) fn new(limits: &'l Limits) -> Self {
        Self {
            limits,
            spent_bytes: 0,
        }
    }

    /// Takes the bytes of a buffer from the room for later ones.
    pub(crate) fn spend(&mut self, bytes: &[u8]) {
        self.spent_bytes = self.spent_bytes.saturating_add(bytes.len() as u64);
    }

    /// Returns the most bytes that a buffer may have.
    pub(crate) fn content_bytes(&self) -> u64 {
        self.limits.content_bytes.saturating_sub(self.spent_bytes)
    }

    /// Removes bytes beyond the room from a buffer.
    pub(crate) fn trim(&self, bytes: &mut Vec<u8>) {
        bytes.truncate(usize::try_from(self.content_bytes()).unwrap_or(usize::MAX));
    }

    /// Checks the bytes that were read from this many stored ones, and removes those that are too
    /// many.
    pub(super) fn check(&self, bytes: &mut Vec<u8>, stored_bytes: u64) -> Result<(), Damage> {
        let (length, most) = (bytes.len() as u64, self.content_bytes());
        if length > most {
            self.trim(bytes);
            return Err(self.limits.beyond_content(most));
        }
        self.limits.check_ratio(length, stored_bytes)
    }
}

/// Reads to the end, or to a limit. `consumed` returns how many of the stored bytes were read.
pub(crate) fn read_limited<R: Read>(
    reader: &mut R,
    bytes: &mut Vec<u8>,
    consumed: impl Fn(&R) -> usize,
    quota: Quota<'_>,
) -> Result<(), Damage> {
    loop {
        let before = bytes.len();
        let room = make_room(bytes, quota.content_bytes());
        let read = reader.by_ref().take(room).read_to_end(bytes);
        read.map_err(|error| damaged(&error, bytes.len() as u64))?;
        if bytes.len() == before {
            return Ok(());
        }
        quota.check(bytes, consumed(reader) as u64)?;
    }
}

/// Reads what a damaged stream still gives, with a decoder that begins at its beginning, after the
/// first `known` bytes of its content.
pub(crate) fn recover(decoder: &mut impl Read, known: u64, bytes: &mut Vec<u8>) {
    let skipped = io::copy(&mut decoder.by_ref().take(known), &mut io::sink());
    if skipped.is_ok() {
        read_by_byte(decoder, bytes);
    }
}

/// Reads a chunk, or less where the stream ends or is damaged.
///
/// A decoder that fails does not return the bytes before the damage that it decoded in the same
/// call. Calls for one byte each return all of them.
fn read_by_byte(decoder: &mut impl Read, bytes: &mut Vec<u8>) {
    let mut byte = [0];
    for _ in 0..CHUNK_BYTES {
        if !matches!(decoder.read(&mut byte), Ok(1)) {
            return;
        }
        bytes.extend_from_slice(&byte);
    }
}

/// Prepares a buffer for its next chunk, and returns the size of that: at most one byte more than
/// the buffer may have, which shows that there are more.
fn make_room(bytes: &mut Vec<u8>, most: u64) -> u64 {
    let left = most.saturating_add(1).saturating_sub(bytes.len() as u64);
    // A buffer doubles when it grows. So before it could grow beyond the limit, it gets all the
    // room that is left, and no more.
    if bytes.capacity() as u64 > most / 2 {
        bytes.reserve_exact(usize::try_from(left).unwrap_or(0));
    }
    left.min(CHUNK_BYTES)
}

/// The damage of a stream that cannot be read on after this many bytes of content.
pub(super) fn damaged(error: &Error, length: u64) -> Damage {
    let detail = format!("the compressed data ends early or is damaged ({error})");
    Damage::of_compression(detail, Some(length))
}

/// The damage of compressed bytes after this many bytes of content.
pub(super) fn damaged_at(detail: &str, length: u64) -> Damage {
    let detail = format!("the compressed data is damaged ({detail})");
    Damage::of_compression(detail, Some(length))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::container::compression;
    use crate::problem::ProblemKind;

    fn read(stored: &[u8], limits: &Limits) -> Decompressed {
        let decompress: Decompress = match stored.starts_with(compression::zstd::MAGIC) {
            true => compression::zstd::decompress,
            false => compression::bzip2::decompress,
        };
        decompress(stored, limits).remove(0)
    }

    fn bzip2(text: &[u8]) -> Vec<u8> {
        let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::default());
        encoder.write_all(text).expect("memory takes bytes");
        encoder.finish().expect("memory takes bytes")
    }

    fn zstd(text: &[u8]) -> Vec<u8> {
        zstd::stream::encode_all(text, 3).expect("memory takes bytes")
    }

    #[test]
    fn several_frames_are_read_and_content_before_damage_is_kept() {
        // Enough for several blocks, of which the first are whole in a cut stream.
        let text: Vec<u8> = (0..300_000_u32)
            .flat_map(|number| number.wrapping_mul(2_654_435_761).to_le_bytes())
            .collect();
        for compress in [bzip2, zstd] {
            let two = [compress(b"one "), compress(b"two")].concat();
            assert_eq!(
                read(&two, &Limits::default()),
                Decompressed {
                    bytes: b"one two".to_vec().into(),
                    damage: None
                }
            );
            let whole = compress(&text);
            let cut = read(&whole[..whole.len() * 3 / 4], &Limits::default());
            assert_eq!(
                cut.damage.map(|damage| damage.kind),
                Some(ProblemKind::DamagedCompression)
            );
            assert!(!cut.bytes.is_empty() && text.starts_with(&cut.bytes));
        }
    }

    #[test]
    fn content_is_limited_by_size_and_by_ratio() {
        for stored in [zstd(&[0; 5000]), bzip2(&[0; 5000])] {
            let small = read(
                &stored,
                &Limits {
                    content_bytes: 1000,
                    ..Limits::default()
                },
            );
            assert_eq!(
                (small.bytes.len(), small.damage.map(|damage| damage.kind)),
                (1000, Some(ProblemKind::TooLarge))
            );
        }
        let bomb = read(&zstd(&vec![0; 40 << 20]), &Limits::default());
        let damage = bomb.damage.expect("too much");
        assert!(
            damage.detail.contains("more than 500 times"),
            "{}",
            damage.detail
        );
        assert!(bomb.bytes.len() < 20 << 20);
    }

    #[test]
    fn a_buffer_does_not_grow_beyond_the_limit() {
        for content_bytes in [1 << 20, (1 << 20) + 12_345, 3 << 20] {
            let limits = Limits {
                content_bytes,
                ..Limits::default()
            };
            let found = read(&zstd(&vec![b'x'; 4 << 20]), &limits);
            assert_eq!(found.bytes.len() as u64, content_bytes);
            assert_eq!(Vec::from(found.bytes).capacity() as u64, content_bytes + 1);
        }
    }
}
