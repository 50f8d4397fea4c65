//! The objects of an archive, and which of them must be read.

use std::borrow::Cow;
use std::iter;

use rayon::prelude::*;

use super::gone::GoneDeliveries;
use crate::cloudtrail::key::{ObjectKey, ObjectKind};
use crate::ledger::{ContentDigest, ContentSet};
use crate::scan::{Inventory, is_digest};
use crate::source::Object;
use crate::spool::{RowBatches, SpoolError, Spooled};

/// The objects of an archive.
#[derive(Debug, Default)]
pub(super) struct ArchiveObjects {
    listed: Spooled<Object>,
    /// For each object in order, true if the ledger knows it. Empty without a ledger.
    known: Vec<bool>,
    /// The contents of the objects, with a ledger.
    contents: ContentSet,
    /// The objects that must be read, in numbers.
    unread: Unread,
    has_digest: bool,
}

/// Objects that must be read, in numbers.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Unread {
    /// The number of objects.
    pub(super) objects: usize,
    /// The sizes of those whose size was listed, in bytes.
    pub(super) bytes: u64,
    /// The number of objects in S3 whose bytes will be requested.
    pub(super) requests: u64,
}

impl ArchiveObjects {
    /// Takes listed objects, on the threads of the pool that this is called in, and looks up which
    /// of them are among the contents that the ledger knows, if there is one.
    ///
    /// # Errors
    ///
    /// Returns an error if they cannot be read from their temporary file.
    pub(super) fn new(
        listed: Spooled<Object>,
        known: Option<&ContentSet>,
    ) -> Result<Self, SpoolError> {
        let mut objects = Self::default();
        let mut digests = Vec::new();
        listed.for_each_batch(|batch| {
            objects.has_digest |= batch.iter().any(|object| is_digest(&object.key));
            match known {
                None => batch.iter().for_each(|object| objects.unread.add(object)),
                Some(known) => objects.look_up(batch, known, &mut digests),
            }
        })?;
        objects.contents = ContentSet::from_digests(digests);
        objects.listed = listed;
        Ok(objects)
    }

    /// Looks up which objects the ledger knows.
    fn look_up(
        &mut self,
        objects: &[Object],
        known: &ContentSet,
        digests: &mut Vec<ContentDigest>,
    ) {
        // Hashing takes longest, so all threads share it; what follows needs the order.
        let contents = objects.par_iter().map(|object| {
            let digest = ContentDigest::new(object.listed());
            (digest, known.contains(&digest))
        });
        let contents: Vec<(ContentDigest, bool)> = contents.collect();
        for (object, (digest, is_known)) in objects.iter().zip(contents) {
            digests.push(digest);
            self.known.push(is_known);
            if !is_known {
                self.unread.add(object);
            }
        }
    }

    /// Returns whether there may be a digest that the ledger knows.
    pub(super) fn knows_digest(&self) -> bool {
        self.has_digest && self.known.contains(&true)
    }

    /// Reads the digests again that may list what is gone.
    ///
    /// # Errors
    ///
    /// Returns an error if the objects cannot be read from their temporary file.
    pub(super) fn read_again(&mut self, gone: &GoneDeliveries) -> Result<(), SpoolError> {
        if gone.is_empty() {
            return Ok(());
        }
        let (unread, mut known) = (&mut self.unread, self.known.iter_mut());
        self.listed.for_each_batch(|batch| {
            for (object, is_known) in batch.iter().zip(&mut known) {
                if *is_known && is_digest(&object.key) && gone.may_be_listed_by(&object.key) {
                    *is_known = false;
                    unread.add(object);
                }
            }
        })
    }

    /// Returns all objects, some of them at a time.
    pub(super) fn all(&self) -> RowBatches<'_, Object> {
        self.listed.batches()
    }

    /// Returns the objects that must be read, some of them at a time.
    pub(super) fn unread(&self) -> RowBatches<'_, Object> {
        match (self.unread.objects, self.known.is_empty()) {
            (0, _) => Box::new(iter::empty()),
            (_, true) => self.all(),
            (_, false) => self.those_known(false),
        }
    }

    /// Returns the objects that the ledger knows, some of them at a time.
    pub(super) fn known(&self) -> RowBatches<'_, Object> {
        match self.known.is_empty() {
            true => Box::new(iter::empty()),
            false => self.those_known(true),
        }
    }

    fn those_known(&self, is_known: bool) -> RowBatches<'_, Object> {
        // The flags are in the order of the listing, in which each pass goes over the objects.
        let mut known = self.known.iter();
        Box::new(self.all().map(move |batch| {
            let mut objects = batch?.into_owned();
            objects.retain(|_| known.next() == Some(&is_known));
            Ok(Cow::Owned(objects))
        }))
    }

    /// Returns the objects that must be read, in numbers.
    pub(super) fn unread_in_numbers(&self) -> Unread {
        self.unread
    }

    /// Returns the objects by name, by which digests say what is missing.
    ///
    /// # Errors
    ///
    /// Returns an error if they cannot be read from their temporary file.
    pub(super) fn inventory(&self) -> Result<Inventory, SpoolError> {
        // Without a digest, nothing is looked up.
        match self.has_digest {
            true => Inventory::new(self.all()),
            false => Ok(Inventory::default()),
        }
    }

    /// Returns the number of objects.
    pub(super) fn number(&self) -> usize {
        self.number_of_known() + self.unread.objects
    }

    /// Returns the number of objects that the ledger knows.
    pub(super) fn number_of_known(&self) -> usize {
        self.known.iter().filter(|is_known| **is_known).count()
    }

    /// Returns the contents of all objects, if there is a ledger.
    pub(super) fn contents(&self) -> &ContentSet {
        &self.contents
    }
}

impl Unread {
    fn add(&mut self, object: &Object) {
        self.objects += 1;
        self.bytes = self
            .bytes
            .saturating_add(object.stored_bytes.unwrap_or_default());
        self.requests += u64::from(is_requested(object));
    }
}

/// Returns whether the bytes of an object will be requested from S3.
fn is_requested(object: &Object) -> bool {
    let kind = || ObjectKey::parse(&object.key).kind;
    object.remote().is_some() && matches!(kind(), ObjectKind::Events | ObjectKind::Digest)
}
