//! The source in S3 of a build without the feature `s3`.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;

use super::{
    Address, InventoryObjects, KeyFilter, RemoteObject, RequestCounts, RequestState, S3Options,
};
use crate::problem::{Problem, ProblemKind};
use crate::source::{
    ListError, Object, ReadError, ReadOptions, Source, SourceObjects, VisitObject,
};
use crate::spool::Spool;

/// The buckets of S3, which cannot be reached: there is no value of this type.
#[derive(Clone, Copy, Debug)]
pub enum S3Source {}

impl S3Source {
    /// Fails.
    ///
    /// # Errors
    ///
    /// Always: this build has no access to S3.
    pub fn connect(_: &S3Options) -> Result<Self, ReadError> {
        Err(unreachable_buckets())
    }

    /// Lists the objects at an address that a filter selects. Returns the places that could not be
    /// listed.
    ///
    /// # Errors
    ///
    /// Never, since there is no such source.
    pub fn list(
        &self,
        _: &Address,
        _: &KeyFilter,
        _: &Arc<Spool<Object>>,
    ) -> Result<Vec<Problem>, ReadError> {
        match *self {}
    }

    /// Reads the file at an address, which is not of an archive; nothing if there is none.
    ///
    /// # Errors
    ///
    /// Never, since there is no such source.
    pub fn read_file(&self, _: &Address) -> Result<Option<Vec<u8>>, ReadError> {
        match *self {}
    }

    /// Writes the file at an address, which is not of an archive.
    ///
    /// # Errors
    ///
    /// Never, since there is no such source.
    pub fn write_file(&self, _: &Address, _: Vec<u8>) -> Result<(), ReadError> {
        match *self {}
    }

    /// Looks up objects. Returns each of them, or the problem that it is, in any order.
    pub fn look_up(&self, _: Vec<RemoteObject>) -> Vec<Result<Object, Problem>> {
        match *self {}
    }

    /// Returns the number of requests so far.
    pub fn requests(&self) -> RequestCounts {
        match *self {}
    }

    /// Returns a meter of the requests under way.
    pub fn meter(&self) -> RequestMeter {
        match *self {}
    }
}

fn unreachable_buckets() -> ReadError {
    ReadError::S3 {
        kind: ProblemKind::Unreadable,
        detail: "this backtrail was built without the feature `s3`, so it cannot reach buckets"
            .to_owned(),
        source: None,
    }
}

/// An inventory of a bucket, which cannot be reached: there is no value of this type.
#[derive(Clone, Copy, Debug)]
pub enum S3Inventory {}

impl S3Inventory {
    /// Fails.
    ///
    /// # Errors
    ///
    /// Always: this build has no access to S3.
    pub fn open(manifest: &Path, _: &S3Options) -> Result<Self, ListError> {
        let manifest = manifest.to_string_lossy();
        Err(ListError::inventory(
            &manifest,
            unreachable_buckets().into(),
        ))
    }

    /// Returns the path or address of the manifest.
    pub fn name(&self) -> &str {
        match *self {}
    }

    /// Returns the time at which S3 began to list the bucket.
    pub fn created_at(&self) -> Timestamp {
        match *self {}
    }

    /// Returns the address of the bucket that is listed.
    pub fn bucket(&self) -> Address {
        match *self {}
    }

    /// Returns the objects that a listing of these addresses would find.
    ///
    /// # Errors
    ///
    /// Never, since there is no such inventory.
    pub fn list(
        &self,
        _: &[Address],
        _: &KeyFilter,
        _: usize,
    ) -> Result<InventoryObjects, ListError> {
        match *self {}
    }
}

/// The meter of requests to S3, of which there are none: there is no value of this type.
#[derive(Clone, Debug)]
pub enum RequestMeter {}

impl RequestMeter {
    /// Returns the requests under way, and what bounds them.
    pub fn state(&self) -> RequestState {
        match *self {}
    }
}

impl Source for S3Source {
    fn read_all(
        &self,
        _: &mut SourceObjects<'_>,
        _: &ReadOptions<'_>,
        _: &VisitObject<'_>,
    ) -> ControlFlow<()> {
        match *self {}
    }
}
