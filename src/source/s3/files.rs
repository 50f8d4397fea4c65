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
use super::retry::RequestUrgency;
use crate::problem::ProblemKind;
use crate::source::ReadError;

/// The most bytes of a file that is read into memory. A part of a ledger ends after some thousand
/// objects, and a plan has a line for each shard, so their files are much smaller.
const FILE_BYTES: u64 = 1 << 30;

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

/// Copies a body, no further than one part beyond a limit. Returns the number of bytes.
async fn copy(
    mut body: ByteStream,
    writer: &mut impl Write,
    most_bytes: u64,
) -> Result<u64, Failure> {
    let mut copied = 0;
    while copied <= most_bytes {
        let part = body.try_next().await;
        // A body that breaks off may come whole the next time.
        let Some(part) = part.map_err(|error| Failure::transient(causes(&error)))? else {
            break;
        };
        copied += part.len() as u64;
        writer.write_all(&part).map_err(of_system)?;
    }
    Ok(copied)
}

/// Empties a file, which an earlier try may have written to before it broke off.
fn empty(mut file: &File) -> io::Result<()> {
    file.set_len(0)?;
    file.rewind()
}

/// Returns the bytes of a body that has no more than this number.
async fn bytes(body: ByteStream, most_bytes: u64) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    match copy(body, &mut bytes, most_bytes).await? > most_bytes {
        true => Err(Failure::permanent(format!(
            "the file has more than {most_bytes} bytes"
        ))),
        false => Ok(bytes),
    }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "it is a function of `map_err`"
)]
fn of_system(error: io::Error) -> Failure {
    Failure::permanent(error.to_string())
}

impl Remote {
    /// Reads the file at an address; nothing if there is none.
    ///
    /// # Errors
    ///
    /// Returns an error if it cannot be read, after as many tries as are reasonable, or has more
    /// bytes than any file of a plan or a part.
    pub(super) async fn read_file(&self, address: &Address) -> Result<Option<Vec<u8>>, ReadError> {
        let read = self
            .retries
            .persist(&self.throttle, RequestUrgency::AtOnce, || async {
                let answer = self.get(&address.bucket, &address.prefix).send().await;
                let answer = answer.map_err(|error| failure_of_read(&error))?;
                bytes(answer.body, FILE_BYTES).await
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
            .persist(&self.throttle, RequestUrgency::AtOnce, || async {
                let answer = self.get(&address.bucket, &address.prefix).send().await;
                let answer = answer.map_err(|error| failure_of_read(&error))?;
                empty(file).map_err(of_system)?;
                let mut writer = file;
                copy(answer.body, &mut writer, most_bytes).await
            });
        match copied.await {
            Ok(_) => Ok(true),
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
            .persist(&self.throttle, RequestUrgency::AtOnce, || async {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_up_to_a_limit() {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        let runtime = runtime.expect("a runtime");
        let read = |most_bytes| {
            let body = ByteStream::from_static(b"abc");
            runtime.block_on(bytes(body, most_bytes))
        };
        assert_eq!(read(3), Ok(b"abc".to_vec()));
        let failure = read(2).expect_err("a longer file");
        assert_eq!(
            failure,
            Failure::permanent("the file has more than 2 bytes")
        );
    }
}
