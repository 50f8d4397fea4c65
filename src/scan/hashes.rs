//! The hashes of the contents that a scan reads, by which digests prove them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::object::ObjectScan;
use crate::container::{Piece, is_only_content};
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
pub(super) struct Hashing {
    /// The bytes as they are stored, which show whether anything follows the content.
    stored: Vec<u8>,
    hash: Option<ContentHash>,
}

impl Hashing {
    pub(super) fn new(stored: Vec<u8>) -> Self {
        Self { stored, hash: None }
    }

    /// Takes a piece of the object: exactly the bytes that are searched for records.
    pub(super) fn piece(&mut self, piece: &Piece) {
        self.hash = Some(match self.hash {
            None => self.only_piece(piece),
            Some(_) => Err(Flaw::Damaged("it does not hold one file".to_owned())),
        });
    }

    fn only_piece(&self, piece: &Piece) -> ContentHash {
        if let Some(damage) = &piece.damage {
            return Err(Flaw::Damaged(damage.detail.clone()));
        }
        if piece.entry.is_some() {
            return Err(Flaw::Damaged("it is an archive of files".to_owned()));
        }
        match is_only_content(&self.stored, &piece.bytes) {
            true => Ok(Sha256::of_bytes(&piece.bytes)),
            false => Err(Flaw::Damaged(
                "bytes follow the end of the compressed data".to_owned(),
            )),
        }
    }

    fn finish(self) -> ContentHash {
        let without_pieces = || Err(Flaw::Damaged("the object has no bytes".to_owned()));
        self.hash.unwrap_or_else(without_pieces)
    }
}

impl ObjectScan<'_> {
    /// Begins to hash an object, if hashes are requested.
    pub(super) fn begin_hash(&mut self, stored: &[u8]) {
        self.hashing = self.hashes.map(|_| Hashing::new(stored.to_vec()));
    }

    /// Keeps the hash of the object, if hashes are requested.
    pub(super) fn keep_hash(&mut self) {
        if let (Some(hashes), Some(hashing)) = (self.hashes, self.hashing.take()) {
            hashes.add(self.object.clone(), hashing.finish());
        }
    }
}
