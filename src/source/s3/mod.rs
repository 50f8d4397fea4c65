//! Objects in S3, which are listed and read, and never written.

mod client;
mod failure;
mod layout;
mod listing;
mod retry;
mod throttle;

use std::sync::Arc;

pub use client::Access;
pub use layout::Wanted;
pub use listing::Listed;

use failure::Failure;
use retry::Retries;
use throttle::Throttle;

/// An object of a bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteObject {
    /// The bucket.
    pub bucket: String,
    /// The key.
    pub key: String,
    /// What identifies its content, where the listing says; another content is not read.
    pub etag: Option<String>,
}

/// A place in S3: `s3://bucket/prefix`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// The bucket.
    pub bucket: String,
    /// The prefix; may be empty.
    pub prefix: String,
}

impl Address {
    /// Reads an address; nothing for any other path.
    pub fn parse(path: &str) -> Option<Self> {
        let (bucket, prefix) = path
            .strip_prefix("s3://")?
            .split_once('/')
            .unwrap_or((path.strip_prefix("s3://")?, ""));
        (!bucket.is_empty()).then(|| Self {
            bucket: bucket.to_owned(),
            prefix: prefix.to_owned(),
        })
    }
}

/// How many requests were made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Requests {
    /// Listings.
    pub list: u64,
    /// Objects.
    pub get: u64,
    /// Requests that were made again after a failure that passed.
    pub repeated: u64,
}

/// Access to S3 that lists and reads, with retries and a number of requests under way that follows
/// the buckets.
#[derive(Clone, Debug)]
pub struct Remote {
    client: aws_sdk_s3::Client,
    access: Access,
    throttle: Arc<Throttle>,
    retries: Arc<Retries>,
}

/// Why an object was not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// What kind of problem it is.
    pub kind: crate::problem::ProblemKind,
    /// What was wrong, for a person.
    pub detail: String,
}

impl From<Failure> for Unread {
    fn from(failure: Failure) -> Self {
        Self {
            kind: failure.kind,
            detail: failure.detail,
        }
    }
}

impl Remote {
    /// Connects to S3.
    ///
    /// # Errors
    ///
    /// When credentials or the region cannot be found out.
    pub async fn connect(access: Access) -> Result<Self, Unread> {
        let client = client::connect(&access).await?;
        let throttle = Arc::new(Throttle::new(access.concurrency));
        Ok(Self {
            client,
            access,
            throttle,
            retries: Arc::default(),
        })
    }

    /// How many requests were made so far.
    pub fn requests(&self) -> Requests {
        self.retries.requests()
    }

    /// How many requests may be under way.
    pub fn concurrency(&self) -> usize {
        self.access.concurrency
    }

    /// Reads an object.
    ///
    /// # Errors
    ///
    /// When it cannot be read, after as many tries as are worth it.
    pub async fn read(&self, object: &RemoteObject) -> Result<Vec<u8>, Unread> {
        let read = self.retries.persist(&self.throttle, || async {
            self.retries.count_get();
            self.read_once(object).await
        });
        Ok(read.await?)
    }

    async fn read_once(&self, object: &RemoteObject) -> Result<Vec<u8>, Failure> {
        let request = self
            .client
            .get_object()
            .bucket(&object.bucket)
            .key(&object.key);
        let request = request.set_if_match(object.etag.clone());
        let request = request.set_request_payer(self.access.payer());
        let request = request.set_expected_bucket_owner(self.access.expected_bucket_owner.clone());
        let answer = request.send().await.map_err(|error| Failure::of(&error))?;
        let expected = answer.content_length();
        let body = answer.body.collect().await;
        let bytes = body
            .map_err(|error| Failure::passing(format!("the object broke off: {error}")))?
            .to_vec();
        match expected.and_then(|length| usize::try_from(length).ok()) {
            Some(length) if length != bytes.len() => Err(Failure::passing(format!(
                "{} of {length} bytes of the object came",
                bytes.len()
            ))),
            _ => Ok(bytes),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Address;

    #[test]
    fn addresses_are_read() {
        let address =
            |path: &str| Address::parse(path).map(|address| (address.bucket, address.prefix));
        assert_eq!(address("s3://b/a/b"), Some(("b".into(), "a/b".into())));
        assert_eq!(address("s3://b"), Some(("b".into(), String::new())));
        assert_eq!(address("s3://b/"), Some(("b".into(), String::new())));
        assert_eq!(
            (address("s3:///x"), address("s3:/x"), address("/s3://b")),
            (None, None, None)
        );
    }
}
