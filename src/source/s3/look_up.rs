//! The look-up of single objects that something else listed.

use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::operation::head_object::{HeadObjectError, HeadObjectOutput};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use tokio::task::JoinSet;

use super::failure::Failure;
use super::remote::Remote;
use super::retry::RequestUrgency;
use super::{RemoteObject, object};
use crate::problem::Problem;
use crate::source::Object;

impl Remote {
    /// Looks up objects, as many at a time as the bucket bears. Returns each of them, or the
    /// problem that it is, in any order.
    pub(super) async fn look_up(&self, objects: Vec<RemoteObject>) -> Vec<Result<Object, Problem>> {
        let mut running = JoinSet::new();
        let mut found = Vec::with_capacity(objects.len());
        for object in objects {
            let remote = self.clone();
            running.spawn(async move { remote.look_up_one(object).await });
        }
        while let Some(done) = running.join_next().await {
            // A task that panicked must not leave out an object without a word.
            found.push(done.unwrap_or_else(|error| {
                let failure = Failure::transient(error.to_string());
                Err(problem(String::new(), failure))
            }));
        }
        found
    }

    async fn look_up_one(&self, object: RemoteObject) -> Result<Object, Problem> {
        match self.head(&object).await {
            Ok(answer) => Ok(object::listed(described(object, answer))),
            Err(failure) => Err(problem(object.address(), failure)),
        }
    }

    async fn head(&self, object: &RemoteObject) -> Result<HeadObjectOutput, Failure> {
        let answer = self
            .retries
            .persist(&self.throttle, RequestUrgency::InTurn, || async {
                self.retries.count_get();
                let request = self.client.head_object();
                let request = request
                    .bucket(&object.bucket)
                    .key(&object.key)
                    .set_request_payer(self.payer())
                    .set_expected_bucket_owner(self.options.expected_bucket_owner.clone());
                match request.send().await {
                    Ok(answer) => Ok(answer),
                    Err(error) => Err(self.failure_of_head(object, &error).await),
                }
            });
        let (answer, _) = answer.await?;
        Ok(answer)
    }

    /// Returns the failure of a HEAD request. Its answer has no body and so no error code. Where
    /// that could be one of several, a GET request for the same object says which, since it needs
    /// the same permission.
    async fn failure_of_head(
        &self,
        object: &RemoteObject,
        error: &SdkError<HeadObjectError, HttpResponse>,
    ) -> Failure {
        let failure = Failure::from_answer(error);
        let status = error.raw_response().map(|answer| answer.status().as_u16());
        if error.code().is_some() || !matches!(status, Some(301 | 400 | 403)) {
            return failure;
        }
        self.retries.count_get();
        // If it succeeds, the body is not read.
        match self.request(object).send().await {
            Ok(_) => failure,
            Err(error) => Failure::from_answer(&error),
        }
    }
}

/// Returns an object with what S3 says of it.
fn described(object: RemoteObject, answer: HeadObjectOutput) -> RemoteObject {
    let size = answer.content_length();
    let class = answer.storage_class.as_ref();
    RemoteObject {
        stored_bytes: size.and_then(|size| u64::try_from(size).ok()),
        storage_class: class.map(|class| class.as_str().into()),
        etag: answer.e_tag,
        ..object
    }
}

fn problem(address: String, failure: Failure) -> Problem {
    let detail = format!("the object cannot be looked up: {}", failure.detail);
    Problem::of_object(address, failure.kind, detail)
}
