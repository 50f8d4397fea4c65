//! The hashes of the contents that a scan reads, by which digests prove them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::container::{ContentChecksum, Damage, Limits, Piece, check_whole, not_one_file};
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
pub(super) struct Hashing<'a> {
    limits: &'a Limits,
    content: Option<Result<HashedPiece, Flaw>>,
}

/// The piece that is all of an object.
struct HashedPiece {
    hash: Sha256,
    checksum: ContentChecksum,
}

impl<'a> Hashing<'a> {
    /// Begins with an object of which no piece was seen.
    pub(super) fn new(limits: &'a Limits) -> Self {
        Self {
            limits,
            content: None,
        }
    }

    /// Takes a piece of the object: exactly the bytes that are searched for records.
    pub(super) fn piece(&mut self, piece: &Piece) {
        self.content = Some(match self.content {
            None => only_piece(piece).map_err(|damage| Flaw::Damaged(damage.detail)),
            Some(_) => Err(Flaw::Damaged(not_one_file().detail)),
        });
    }

    /// Returns the hash, unless the stored bytes hold anything after the content.
    pub(super) fn finish(self, stored: &[u8]) -> ContentHash {
        let without_pieces = || Err(Flaw::Damaged("the object has no bytes".to_owned()));
        let piece = self.content.unwrap_or_else(without_pieces)?;
        match piece.checksum.is_of_only_content(stored, self.limits) {
            true => Ok(piece.hash),
            false => Err(Flaw::Damaged(
                "bytes follow the end of the compressed data".to_owned(),
            )),
        }
    }
}

fn only_piece(piece: &Piece) -> Result<HashedPiece, Damage> {
    check_whole(piece)?;
    Ok(HashedPiece {
        hash: Sha256::of_bytes(&piece.bytes),
        checksum: ContentChecksum::new(&piece.bytes),
    })
}
