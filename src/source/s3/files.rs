//! Whole files of a bucket that is not the archive: they are read and written as they are.

use std::fs::File;
use std::io::{self, Seek, Write};

use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::operation::get_object::GetObjectError;
use aws_sdk_s3::primitives::ByteStream;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use bytes::Bytes;

use super::Address;
use super::client;
use super::failure::{Failure, causes};
use super::remote::Remote;
use super::retry::Urgency;
use crate::problem::ProblemKind;
use crate::source::ReadError;

/// The error code of a bucket that does not exist.
const NO_BUCKET: &str = "NoSuchBucket";

/// Returns the failure of a request that reads a file. Without its bucket, a file is not merely
/// missing: the address is wrong.
fn failure_of_read(error: &SdkError<GetObjectError, HttpResponse>) -> Failure {
    let failure = Failure::from_answer(error);
    match error.code() {
        Some(NO_BUCKET) => Failure {
            kind: ProblemKind::Unreadable,
            ..failure
        },
        _ => failure,
    }
}

/// Copies a body into a file, which has nothing else then.
async fn copy(mut body: ByteStream, file: &File, most_bytes: u64) -> Result<(), Failure> {
    let mut writer = file;
    let failed = |error: io::Error| Failure::permanent(error.to_string());
    // An earlier try may have broken off.
    file.set_len(0).map_err(failed)?;
    writer.rewind().map_err(failed)?;
    let mut copied = 0;
    while copied <= most_bytes {
        let part = body.try_next().await;
        let Some(part) = part.map_err(|error| Failure::transient(causes(&error)))? else {
            break;
        };
        copied += part.len() as u64;
        writer.write_all(&part).map_err(failed)?;
    }
    Ok(())
}

impl Remote {
    /// Reads the file at an address; nothing if there is none.
    ///
    /// # Errors
    ///
    /// Returns an error if it cannot be read, after as many tries as are reasonable.
    pub(super) async fn read_file(&self, address: &Address) -> Result<Option<Vec<u8>>, ReadError> {
        let read = self
            .retries
            .persist(&self.throttle, Urgency::AtOnce, || async {
                let answer = self.get(&address.bucket, &address.prefix).send().await;
                let answer = answer.map_err(|error| failure_of_read(&error))?;
                let body = answer.body.collect().await;
                // A body that breaks off may come whole the next time.
                let body = body.map_err(|error| Failure::transient(causes(&error)))?;
                Ok(body.to_vec())
            });
        match read.await {
            Ok((bytes, _)) => Ok(Some(bytes)),
            Err(failure) if failure.kind == ProblemKind::Missing => Ok(None),
            Err(failure) => Err(failure.into()),
        }
    }

    /// Copies the file at an address into another one, no further than one part beyond a limit.
    /// Returns whether there is one.
    ///
    /// # Errors
    ///
    /// Returns an error if it cannot be read, after as many tries as are reasonable, or the other
    /// one cannot be written.
    pub(super) async fn download(
        &self,
        address: &Address,
        file: &File,
        most_bytes: u64,
    ) -> Result<bool, ReadError> {
        let copied = self
            .retries
            .persist(&self.throttle, Urgency::AtOnce, || async {
                let answer = self.get(&address.bucket, &address.prefix).send().await;
                let answer = answer.map_err(|error| failure_of_read(&error))?;
                copy(answer.body, file, most_bytes).await
            });
        match copied.await {
            Ok(((), _)) => Ok(true),
            Err(failure) if failure.kind == ProblemKind::Missing => Ok(false),
            Err(failure) => Err(failure.into()),
        }
    }

    /// Writes the file at an address by one request, so that it is whole or not there.
    ///
    /// # Errors
    ///
    /// Returns an error if it cannot be written, after as many tries as are reasonable.
    pub(super) async fn write_file(
        &self,
        address: &Address,
        bytes: Vec<u8>,
    ) -> Result<(), ReadError> {
        // Each try sends the same bytes, and shares them instead of copying them.
        let bytes = Bytes::from(bytes);
        let written = self
            .retries
            .persist(&self.throttle, Urgency::AtOnce, || async {
                let request = self.put(&address.bucket, &address.prefix);
                let request = request.body(ByteStream::from(bytes.clone())).customize();
                let request = request.config_override(client::upload(bytes.len()));
                let answer = request.send().await;
                answer.map_err(|error| Failure::from_answer(&error))?;
                Ok(())
            });
        written.await?;
        Ok(())
    }
}
