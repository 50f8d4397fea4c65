//! Whole files of a bucket that is not the archive: they are read and written as they are.

use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::operation::get_object::GetObjectError;
use aws_sdk_s3::primitives::ByteStream;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use bytes::Bytes;

use super::Address;
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
                let request = self.client.get_object();
                let request = request.bucket(&address.bucket).key(&address.prefix);
                let answer = request.send().await;
                let answer = answer.map_err(|error| failure_of_read(&error))?;
                let body = answer.body.collect().await;
                let body = body.map_err(|error| Failure::transient(causes(&error)))?;
                Ok(body.to_vec())
            });
        match read.await {
            Ok((bytes, _)) => Ok(Some(bytes)),
            Err(failure) if failure.kind == ProblemKind::Missing => Ok(None),
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
        let bytes = Bytes::from(bytes);
        let written = self
            .retries
            .persist(&self.throttle, Urgency::AtOnce, || async {
                let request = self.client.put_object();
                let request = request.bucket(&address.bucket).key(&address.prefix);
                let answer = request.body(ByteStream::from(bytes.clone())).send().await;
                answer.map_err(|error| Failure::from_answer(&error))?;
                Ok(())
            });
        written.await?;
        Ok(())
    }
}
