//! The content of an object that holds one file and nothing else.

use super::compression::gzip;
use super::content::ContentBytes;
use super::damage::Damage;
use super::limits::Limits;
use super::unpack::{Piece, unpack};

/// Returns the content of an object: what every program that decompresses it reads.
///
/// CloudTrail writes one gzip member. Programs read a second one, too, but not all hash it, so
/// bytes after the first are damage here. An object that is not gzip may be compressed in another
/// way, or not at all, since its content is what digests record.
///
/// # Errors
///
/// Returns the damage of an object that is not one whole file.
pub fn whole_content(stored: Vec<u8>, limits: &Limits) -> Result<ContentBytes, Damage> {
    if stored.starts_with(gzip::MAGIC) {
        return gzip::only_content(&stored, limits);
    }
    let mut pieces = Vec::new();
    unpack(stored, limits, &mut |piece| pieces.push(piece.clone()));
    let mut pieces = pieces.into_iter();
    match (pieces.next(), pieces.next()) {
        (Some(piece), None) => check_whole(&piece).map(|()| piece.bytes),
        _ => Err(not_one_file()),
    }
}

/// Gives the bytes of content back, so that another object of this thread can be read into the same
/// memory.
pub fn give_back(content: ContentBytes) {
    gzip::take_back(content);
}

/// Checks that the first piece of an object is a whole file, and not one of an archive.
///
/// # Errors
///
/// Returns the damage of a piece that is not.
pub fn check_whole(piece: &Piece) -> Result<(), Damage> {
    match piece {
        Piece {
            damage: Some(damage),
            ..
        } => Err(damage.clone()),
        Piece { entry: Some(_), .. } => Err(not_one_file()),
        _ => Ok(()),
    }
}

/// Returns the damage of an object that holds several files, or an archive of them.
fn not_one_file() -> Damage {
    Damage::of_compression("it does not hold one file".to_owned(), None)
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

    fn content(stored: Vec<u8>) -> Option<Vec<u8>> {
        whole_content(stored, &Limits::default())
            .ok()
            .map(Vec::from)
    }

    #[test]
    fn one_member_is_read_whole() {
        let text = b"{\"Records\":[]}".repeat(100);
        assert_eq!(content(compressed(&text)), Some(text.clone()));
        assert_eq!(content(text.clone()), Some(text));
        assert_eq!(content(compressed(b"")), Some(Vec::new()));
    }

    #[test]
    fn bytes_after_the_member_are_damage() {
        let one = compressed(b"{\"Records\":[]}");
        let end = one[one.len() - 8..].to_vec();
        for more in [
            b"x".to_vec(),
            b"\0\0\0\0".to_vec(),
            compressed(b"more"),
            one.clone(),
            // The end of the first member, so that its size and checksum are the last bytes.
            end.clone(),
            [compressed(b"forged"), one.clone()].concat(),
            [b"forged".to_vec(), end].concat(),
        ] {
            assert_eq!(
                content([one.clone(), more.clone()].concat()),
                None,
                "{more:?}"
            );
        }
        let mut flipped = one.clone();
        flipped[14] ^= 1;
        assert_eq!(content(flipped), None);
        assert_eq!(content(one[..one.len() - 1].to_vec()), None);
    }
}
