//! From stored bytes to content: gzip with any number of members, or none.

use std::io::Read;

use flate2::bufread::GzDecoder;

use super::Damage;
use crate::problem::ProblemKind;

/// The most bytes that one object may hold after decompression. CloudTrail delivers at most 50 MB; the rest is room
/// for archives that were merged, and the bound keeps a crafted object from filling the memory.
pub const CONTENT_LIMIT: u64 = 1 << 30;

/// What an object holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decompressed {
    /// The content, as far as it could be read.
    pub bytes: Vec<u8>,
    /// What stopped the reading before the end.
    pub damage: Option<Damage>,
}

/// Decompresses the bytes of an object. Every member of a gzip stream is read; what stands before damage is kept.
pub fn decompress(stored: Vec<u8>) -> Decompressed {
    if stored.starts_with(&[0x1f, 0x8b]) {
        gzip(&stored, CONTENT_LIMIT)
    } else {
        Decompressed { bytes: stored, damage: None }
    }
}

fn gzip(stored: &[u8], limit: u64) -> Decompressed {
    let mut bytes = Vec::with_capacity(stored.len().saturating_mul(8).min(64 << 20));
    let mut rest = stored;
    while !rest.is_empty() {
        if let Err(damage) = member(&mut rest, &mut bytes, limit) {
            let at = stored.len() - rest.len();
            let detail = format!(
                "{}; the gzip member began in the part before byte {at} of the object",
                damage.detail
            );
            return Decompressed { bytes, damage: Some(Damage { detail, ..damage }) };
        }
    }
    Decompressed { bytes, damage: None }
}

/// Reads one member and leaves `rest` behind it.
fn member(rest: &mut &[u8], bytes: &mut Vec<u8>, limit: u64) -> Result<(), Damage> {
    let place = Some(bytes.len() as u64);
    if !rest.starts_with(&[0x1f, 0x8b]) {
        let detail = format!("{} bytes follow the end of the compressed data", rest.len());
        return Err(Damage { kind: ProblemKind::DamagedCompression, detail, byte: place });
    }
    let left = limit.saturating_sub(bytes.len() as u64);
    let mut decoder = GzDecoder::new(&mut *rest).take(left + 1);
    let read = decoder.read_to_end(bytes);
    let byte = Some(bytes.len() as u64);
    match read {
        Err(error) => {
            let detail = format!("the compressed data ends early or is damaged ({error})");
            Err(Damage { kind: ProblemKind::DamagedCompression, detail, byte })
        }
        Ok(_) if bytes.len() as u64 > limit => {
            bytes.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
            let detail = format!("the object holds more than {limit} bytes after decompression");
            Err(Damage { kind: ProblemKind::TooLarge, detail, byte })
        }
        Ok(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn compressed(text: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(text).expect("memory takes bytes");
        encoder.finish().expect("memory takes bytes")
    }

    #[test]
    fn every_member_is_read() {
        let stored = [compressed(b"one "), compressed(b""), compressed(b"two")].concat();
        assert_eq!(decompress(stored), Decompressed { bytes: b"one two".to_vec(), damage: None });
    }

    #[test]
    fn what_stands_before_damage_is_kept() {
        let whole = compressed(&b"0123456789".repeat(2000));
        let first = compressed(b"first");
        let cut = decompress([first.clone(), whole[..whole.len() - 9].to_vec()].concat());
        assert!(cut.bytes.starts_with(b"first0123456789"));
        assert_eq!(cut.damage.map(|damage| damage.kind), Some(ProblemKind::DamagedCompression));
        let trailing = decompress([first, b"garbage".to_vec()].concat());
        assert_eq!(trailing.bytes, b"first");
        assert_eq!(trailing.damage.map(|damage| damage.kind), Some(ProblemKind::DamagedCompression));
    }

    #[test]
    fn content_is_limited() {
        let stored = compressed(&[b'x'; 1000]);
        let kind = |limit| gzip(&stored, limit).damage.map(|damage| damage.kind);
        assert_eq!(kind(1000), None);
        assert_eq!(kind(999), Some(ProblemKind::TooLarge));
        assert_eq!(gzip(&stored, 999).bytes.len(), 999);
    }
}
