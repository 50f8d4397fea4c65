//! The keys of listed objects, in order.

use std::sync::Arc;
use std::vec::IntoIter;

use crate::findings::ContentTag;
use crate::source::Object;
use crate::spool::{RowBatches, SpoolError};

/// The key of an object that was listed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ListedKey {
    /// The key or path.
    pub key: Arc<str>,
    /// The ETag of S3, as it was listed.
    pub etag: Option<Box<str>>,
}

/// The keys of listed objects in order, each once, some of them in memory at a time.
pub struct ListedKeys<'a> {
    batches: RowBatches<'a, Object>,
    batch: IntoIter<ListedKey>,
    next: Option<ListedKey>,
    /// The number of keys that were taken.
    taken: u64,
    failure: Option<SpoolError>,
}

impl ListedKey {
    /// Returns the key of an object.
    fn from_object(object: &Object) -> Self {
        let etag = object.listed().tag.and_then(ContentTag::etag);
        Self {
            key: object.key.clone(),
            etag: etag.map(Into::into),
        }
    }
}

impl<'a> ListedKeys<'a> {
    /// Takes listed objects in the order of their keys.
    pub fn new(batches: RowBatches<'a, Object>) -> Self {
        let mut keys = Self {
            batches,
            batch: Vec::new().into_iter(),
            next: None,
            taken: 0,
            failure: None,
        };
        keys.advance();
        keys
    }

    /// Returns the next key, if it is before `name` or, without a name, in any case.
    pub(super) fn take_before(&mut self, name: Option<&str>) -> Option<ListedKey> {
        let is_before = |next: &&ListedKey| name.is_none_or(|name| *next.key < *name);
        self.next.as_ref().filter(is_before)?;
        self.take()
    }

    /// Returns the next key, if it is `name`.
    pub(super) fn take_if_named(&mut self, name: &str) -> Option<ListedKey> {
        self.next.as_ref().filter(|next| *next.key == *name)?;
        self.take()
    }

    /// Returns the number of keys that were taken.
    ///
    /// # Errors
    ///
    /// Returns an error if the objects could not be read from their temporary file.
    pub(super) fn finish(self) -> Result<u64, SpoolError> {
        match self.failure {
            Some(failure) => Err(failure),
            None => Ok(self.taken),
        }
    }

    fn take(&mut self) -> Option<ListedKey> {
        let taken = self.next.take()?;
        self.taken += 1;
        self.advance();
        Some(taken)
    }

    fn advance(&mut self) {
        while self.failure.is_none() {
            self.next = self.batch.next();
            if self.next.is_some() {
                return;
            }
            match self.batches.next() {
                Some(Ok(batch)) => self.batch = keys(&batch).into_iter(),
                Some(Err(error)) => self.failure = Some(error),
                None => return,
            }
        }
    }
}

fn keys(batch: &[Object]) -> Vec<ListedKey> {
    batch.iter().map(ListedKey::from_object).collect()
}
