//! The hashes of the contents that a scan reads, by which digests prove them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::container::{ContentChecksum, Piece};
use crate::integrity::{Flaw, Sha256};

/// The hash of the content of an object, or the reason for which it has none.
pub type ContentHash = Result<Sha256, Flaw>;

/// The hashes of the contents that a scan reads, by the keys of the objects.
#[derive(Debug, Default)]
pub struct ContentHashes(Mutex<HashMap<Arc<str>, ContentHash>>);

impl ContentHashes {
    /// Returns the hashes.
    pub fn into_map(self) -> HashMap<Arc<str>, ContentHash> {
        self.0.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn add(&self, object: Arc<str>, hash: ContentHash) {
        let mut hashes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        hashes.insert(object, hash);
    }
}

/// The hash of an object while its pieces are scanned.
#[derive(Default)]
pub(super) struct Hashing {
    content: Option<Result<HashedPiece, Flaw>>,
}

/// The piece that is all of an object.
struct HashedPiece {
    hash: Sha256,
    checksum: ContentChecksum,
}

impl Hashing {
    /// Takes a piece of the object: exactly the bytes that are searched for records.
    pub(super) fn piece(&mut self, piece: &Piece) {
        self.content = Some(match self.content {
            None => only_piece(piece),
            Some(_) => Err(Flaw::Damaged("it does not hold one file".to_owned())),
        });
    }

    /// Returns the hash, unless the stored bytes hold anything after the content.
    pub(super) fn finish(self, stored: &[u8]) -> ContentHash {
        let without_pieces = || Err(Flaw::Damaged("the object has no bytes".to_owned()));
        let piece = self.content.unwrap_or_else(without_pieces)?;
        match piece.checksum.is_of_only_content(stored) {
            true => Ok(piece.hash),
            false => Err(Flaw::Damaged(
                "bytes follow the end of the compressed data".to_owned(),
            )),
        }
    }
}

fn only_piece(piece: &Piece) -> Result<HashedPiece, Flaw> {
    if let Some(damage) = &piece.damage {
        return Err(Flaw::Damaged(damage.detail.clone()));
    }
    if piece.entry.is_some() {
        return Err(Flaw::Damaged("it is an archive of files".to_owned()));
    }
    Ok(HashedPiece {
        hash: Sha256::of_bytes(&piece.bytes),
        checksum: ContentChecksum::new(&piece.bytes),
    })
}
