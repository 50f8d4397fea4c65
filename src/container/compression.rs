//! From compressed bytes to content, as far as they can be read.

use std::io::Read;

use super::Damage;
use super::gzip::gunzip;
use super::limits::{Limits, RATIO_FREE_BYTES};
use crate::problem::ProblemKind;

/// How much is read at once, in bytes.
const CHUNK: usize = 256 << 10;

/// A way to compress, by the first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compression {
    Gzip,
    Zstd,
    Bzip2,
}

/// A stretch of content that could be read without a gap.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) bytes: Vec<u8>,
    /// What stopped the reading before the end.
    pub(super) damage: Option<Damage>,
}

impl Compression {
    const ALL: [(Self, &'static [u8]); 3] = [
        (Self::Gzip, &[0x1f, 0x8b]),
        (Self::Zstd, &[0x28, 0xb5, 0x2f, 0xfd]),
        (Self::Bzip2, b"BZh"),
    ];

    /// The compression of bytes that begin like these.
    pub(super) fn of(stored: &[u8]) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|(_, magic)| stored.starts_with(magic))
            .map(|(compression, _)| compression)
    }

    /// Decompresses, as far as possible. What follows damage is a stretch of its own.
    pub(super) fn read(self, stored: &[u8], limits: &Limits) -> Vec<Stretch> {
        match self {
            Self::Gzip => gunzip(stored, limits),
            Self::Zstd => vec![unzstd(stored, limits)],
            Self::Bzip2 => {
                let decoder = bzip2::bufread::MultiBzDecoder::new(stored);
                vec![read_whole(
                    decoder,
                    stored,
                    |decoder| decoder.get_ref().len(),
                    limits,
                )]
            }
        }
    }
}

fn unzstd(stored: &[u8], limits: &Limits) -> Stretch {
    match zstd::stream::read::Decoder::with_buffer(stored) {
        Ok(decoder) => read_whole(decoder, stored, |decoder| decoder.get_ref().len(), limits),
        Err(error) => Stretch {
            bytes: Vec::new(),
            damage: Some(damaged(&error, 0)),
        },
    }
}

fn read_whole<R: Read>(
    mut decoder: R,
    stored: &[u8],
    left: impl Fn(&R) -> usize,
    limits: &Limits,
) -> Stretch {
    let mut bytes = Vec::new();
    let consumed = |decoder: &R| stored.len().saturating_sub(left(decoder));
    let damage = read_limited(&mut decoder, &mut bytes, consumed, limits).err();
    Stretch { bytes, damage }
}

/// Reads to the end, or to a limit. `consumed` tells how many of the compressed bytes were read.
pub(super) fn read_limited<R: Read>(
    decoder: &mut R,
    bytes: &mut Vec<u8>,
    consumed: impl Fn(&R) -> usize,
    limits: &Limits,
) -> Result<(), Damage> {
    loop {
        let before = bytes.len();
        let read = decoder.by_ref().take(CHUNK as u64).read_to_end(bytes);
        let length = bytes.len() as u64;
        read.map_err(|error| damaged(&error, length))?;
        if bytes.len() == before {
            return Ok(());
        }
        if length > limits.content_bytes {
            bytes.truncate(usize::try_from(limits.content_bytes).unwrap_or(usize::MAX));
            return Err(Damage::beyond_content(limits));
        }
        let ratio = length / (consumed(decoder).max(1) as u64);
        if length > RATIO_FREE_BYTES && ratio > limits.ratio {
            let detail = format!(
                "the content is more than {} times as large as its compressed bytes, which no log is",
                limits.ratio
            );
            return Err(Damage {
                kind: ProblemKind::TooLarge,
                detail,
                byte: Some(length),
            });
        }
    }
}

fn damaged(error: &std::io::Error, length: u64) -> Damage {
    let detail = format!("the compressed data ends early or is damaged ({error})");
    Damage {
        kind: ProblemKind::DamagedCompression,
        detail,
        byte: Some(length),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn read(stored: &[u8], limits: &Limits) -> Stretch {
        let compression = Compression::of(stored).expect("compressed bytes");
        compression.read(stored, limits).remove(0)
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
    fn several_frames_are_read_and_what_stands_before_damage_is_kept() {
        // Enough for several blocks, of which the first are whole in a cut stream.
        let text: Vec<u8> = (0..300_000_u32)
            .flat_map(|number| number.wrapping_mul(2_654_435_761).to_le_bytes())
            .collect();
        for compress in [bzip2, zstd] {
            let two = [compress(b"one "), compress(b"two")].concat();
            assert_eq!(
                read(&two, &Limits::default()),
                Stretch {
                    bytes: b"one two".to_vec(),
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
}
