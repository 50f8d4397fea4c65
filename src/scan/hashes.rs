//! The hashes of the contents that a scan reads, by which digests prove them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::container::{
    ContentBytes, ContentChecksum, Limits, Piece, check_whole, give_back, whole_content,
};
use crate::integrity::{Flaw, Sha256};
use crate::problem::ProblemKind;

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

/// Returns the content of an object that is hashed, or the reason for which it has none.
///
/// # Errors
///
/// Returns the flaw of an object that is not one whole file.
pub fn hashed_content(stored: Vec<u8>, limits: &Limits) -> Result<ContentBytes, Flaw> {
    if stored.is_empty() {
        return Err(Flaw::Damaged("the object has no bytes".to_owned()));
    }
    whole_content(stored, limits).map_err(|damage| match damage.kind {
        // The limits are those of the audit, and prove nothing about the object.
        ProblemKind::TooLarge => Flaw::Unread(damage.detail),
        _ => Flaw::Damaged(damage.detail),
    })
}

/// The hash of an object while its pieces are scanned.
pub(super) struct Hashing<'a> {
    limits: &'a Limits,
    pieces: usize,
    /// The first piece, if it is a whole file.
    first: Option<HashedPiece>,
}

/// A piece that is a whole file.
struct HashedPiece {
    hash: Sha256,
    checksum: ContentChecksum,
}

impl<'a> Hashing<'a> {
    /// Begins with an object of which no piece was seen.
    pub(super) fn new(limits: &'a Limits) -> Self {
        Self {
            limits,
            pieces: 0,
            first: None,
        }
    }

    /// Takes a piece of the object: exactly the bytes that are searched for records.
    pub(super) fn piece(&mut self, piece: &Piece) {
        self.pieces += 1;
        if self.pieces == 1 && check_whole(piece).is_ok() {
            self.first = Some(HashedPiece {
                hash: Sha256::of_bytes(&piece.bytes),
                checksum: ContentChecksum::new(&piece.bytes),
            });
        }
    }

    /// Returns the hash, or the reason for which the stored bytes have none.
    pub(super) fn finish(self, stored: &[u8]) -> ContentHash {
        if let Some(hash) = self.of_only_piece(stored) {
            return Ok(hash);
        }
        // The scan goes on after damage, and so finds another reason than who reads the object for
        // its hash alone. With a ledger, that would make a difference from one run to the next.
        let content = hashed_content(stored.to_vec(), self.limits)?;
        let hash = Sha256::of_bytes(&content);
        give_back(content);
        Ok(hash)
    }

    /// Returns the hash of the only piece, if the stored bytes hold nothing else.
    fn of_only_piece(&self, stored: &[u8]) -> Option<Sha256> {
        let piece = self.first.as_ref().filter(|_| self.pieces == 1)?;
        let is_only = piece.checksum.is_of_only_content(stored, self.limits);
        is_only.then_some(piece.hash)
    }
}
