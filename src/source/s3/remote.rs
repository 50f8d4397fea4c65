//! A connection to S3.

use std::collections::HashMap;
use std::sync::Arc;

use aws_sdk_s3::operation::get_object::GetObjectOutput;
use aws_sdk_s3::operation::get_object::builders::GetObjectFluentBuilder;
use aws_sdk_s3::operation::put_object::builders::PutObjectFluentBuilder;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::RequestPayer;
use bytes::Bytes;
use md5::{Digest, Md5};

use super::client;
use super::failure::{Failure, causes, one_line};
use super::retry::{RequestUrgency, Retries, SlottedAnswer};
use super::room::{MemoryShare, Room};
use super::throttle::Throttle;
use super::{RemoteObject, S3Options};
use crate::container::Limits;
use crate::problem::ProblemKind;
use crate::source::intake::Intake;
use crate::source::{ObjectBytes, ReadError};
use crate::text::counted;

/// A connection to S3, with retries, and with a number of concurrent requests that follows what the
/// buckets bear.
#[derive(Clone, Debug)]
pub(super) struct Remote {
    pub(super) client: aws_sdk_s3::Client,
    pub(super) options: Arc<S3Options>,
    pub(super) throttle: Arc<Throttle>,
    pub(super) retries: Arc<Retries>,
    room: Room,
}

/// An object that was received, with its share of the memory.
#[derive(Debug)]
pub(super) struct Received {
    pub(super) object: ObjectBytes,
    pub(super) share: Option<MemoryShare>,
}

impl Received {
    fn new(
        object: ObjectBytes,
        metadata: HashMap<String, String>,
        share: Option<MemoryShare>,
    ) -> Self {
        Self {
            object: ObjectBytes { metadata, ..object },
            share,
        }
    }

    /// Returns the number of bytes that were received.
    pub(super) fn bytes(&self) -> u64 {
        self.object.bytes.len() as u64
    }

    /// Returns the object, which a thread takes over, and gives its share of the memory back.
    pub(super) fn into_object(self) -> ObjectBytes {
        drop(self.share);
        self.object
    }
}

impl Remote {
    /// Connects to S3.
    ///
    /// # Errors
    ///
    /// Returns an error if there are no credentials.
    pub(super) async fn connect(options: &S3Options) -> Result<Self, ReadError> {
        Ok(Self {
            client: client::connect(options).await?,
            options: Arc::new(options.clone()),
            throttle: Arc::new(Throttle::new(options.concurrency)),
            retries: Arc::default(),
            room: Room::default(),
        })
    }

    /// The party that pays for requests, if it is not the owner of the bucket.
    pub(super) fn payer(&self) -> Option<RequestPayer> {
        self.options
            .requester_pays
            .then_some(RequestPayer::Requester)
    }

    /// Reads an object, and waits for its turn and for memory. The slot of the request is kept
    /// until a thread takes the object over.
    ///
    /// # Errors
    ///
    /// Returns an error if it cannot be read, after as many tries as are reasonable.
    pub(super) async fn read(
        &self,
        object: &RemoteObject,
        limits: &Limits,
    ) -> Result<SlottedAnswer<'_, Received>, ReadError> {
        self.read_with(RequestUrgency::InTurn, object, limits).await
    }

    /// Reads an object at once.
    ///
    /// # Errors
    ///
    /// Returns an error if it cannot be read, after as many tries as are reasonable.
    pub(super) async fn read_at_once(
        &self,
        object: &RemoteObject,
        limits: &Limits,
    ) -> Result<ObjectBytes, ReadError> {
        let (received, _) = self
            .read_with(RequestUrgency::AtOnce, object, limits)
            .await?;
        Ok(received.into_object())
    }

    async fn read_with(
        &self,
        urgency: RequestUrgency,
        object: &RemoteObject,
        limits: &Limits,
    ) -> Result<SlottedAnswer<'_, Received>, ReadError> {
        // An urgent request does not wait for memory: its thread may be the only one to give some.
        let room = match urgency {
            RequestUrgency::InTurn => Some(&self.room),
            RequestUrgency::AtOnce => None,
        };
        let read = self.retries.persist(&self.throttle, urgency, || async {
            self.retries.count_get();
            let answer = self.request(object).send().await;
            let answer = answer.map_err(|error| Failure::from_answer(&error))?;
            check(&answer, object)?;
            let reception = Reception {
                object,
                limits,
                room,
            };
            reception.receive(answer).await
        });
        Ok(read.await?)
    }

    pub(super) fn request(&self, object: &RemoteObject) -> GetObjectFluentBuilder {
        let request = self.get(&object.bucket, &object.key);
        // The content that was listed is the content that is read.
        request.set_if_match(object.etag.clone())
    }

    /// Returns a request that reads what has a key, if the bucket is of the expected account.
    pub(super) fn get(&self, bucket: &str, key: &str) -> GetObjectFluentBuilder {
        let request = self.client.get_object().bucket(bucket).key(key);
        request
            .set_request_payer(self.payer())
            .set_expected_bucket_owner(self.options.expected_bucket_owner.clone())
    }

    /// Returns a request that writes what has a key, if the bucket is of the expected account.
    pub(super) fn put(&self, bucket: &str, key: &str) -> PutObjectFluentBuilder {
        let request = self.client.put_object().bucket(bucket).key(key);
        request
            .set_request_payer(self.payer())
            .set_expected_bucket_owner(self.options.expected_bucket_owner.clone())
    }
}

/// Checks that an answer delivers the listed content, and all of it.
fn check(answer: &GetObjectOutput, object: &RemoteObject) -> Result<(), Failure> {
    // Some servers ignore `If-Match`.
    if let (Some(listed), Some(found)) = (&object.etag, answer.e_tag())
        && !is_same_tag(listed, found)
    {
        let detail = format!("the object was replaced after it was listed: its ETag is {found}");
        return Err(Failure {
            kind: ProblemKind::Replaced,
            ..Failure::permanent(one_line(&detail))
        });
    }
    match answer.content_range() {
        // No part of the object was requested.
        Some(range) => {
            let detail = format!("the server returned a part of the object only: {range}");
            Err(Failure::transient(one_line(&detail)))
        }
        None => Ok(()),
    }
}

/// Returns whether two ETags are the same. On its way, a tag may lose its quotes or be declared
/// weak.
fn is_same_tag(listed: &str, found: &str) -> bool {
    bare_tag(listed) == bare_tag(found)
}

fn bare_tag(tag: &str) -> &str {
    tag.trim_start_matches("W/").trim_matches('"')
}

/// The reception of one object.
struct Reception<'a> {
    object: &'a RemoteObject,
    limits: &'a Limits,
    /// The memory that it shares with others, if it waits for any.
    room: Option<&'a Room>,
}

impl Reception<'_> {
    /// Receives the body of an answer, as far as it is worth reading.
    async fn receive(&self, answer: GetObjectOutput) -> Result<Received, Failure> {
        let length = content_length(&answer);
        let mut intake = Intake::new(self.limits, length).with_room(0);
        let metadata = answer.metadata.unwrap_or_default();
        let mut body = answer.body;
        let mut share = None;
        while intake.wanted() > 0 {
            let Some(part) = next_part(&mut body).await? else {
                let object = self.finish(intake, length)?;
                return Ok(Received::new(object, metadata, share));
            };
            // Most objects have arrived with their first part, and need no room.
            if share.is_none() {
                share = self.share(intake.taken(), length).await;
            }
            take(&mut intake, &part)?;
        }
        // Dropping the body here closes the connection, so that the rest is not transferred.
        let stored_bytes = length.unwrap_or(intake.taken());
        let object = intake.finish(stored_bytes);
        Ok(Received::new(object, metadata, share))
    }

    /// Waits until there is memory for the rest of an object.
    // An answer that does not say how long it is may have any length.
    async fn share(&self, taken_bytes: u64, length: Option<u64>) -> Option<MemoryShare> {
        let most = length.unwrap_or(u64::MAX).min(self.limits.content_bytes);
        self.room?.share(taken_bytes, most).await
    }

    /// Checks that a whole object has arrived.
    fn finish(&self, intake: Intake<'_>, length: Option<u64>) -> Result<ObjectBytes, Failure> {
        let taken = intake.taken();
        // A connection may end early without an error.
        if let Some(length) = length.filter(|length| *length != taken) {
            return Err(short(taken, length));
        }
        // So may an answer that claims to be whole.
        let listed = self.object.stored_bytes.unwrap_or_default();
        if listed > taken && !has_digest(&intake.bytes, self.object) {
            return Err(short(taken, listed));
        }
        Ok(intake.finish(taken))
    }
}

fn content_length(answer: &GetObjectOutput) -> Option<u64> {
    u64::try_from(answer.content_length()?).ok()
}

async fn next_part(body: &mut ByteStream) -> Result<Option<Bytes>, Failure> {
    let part = body.try_next().await;
    part.map_err(|error| {
        let causes = causes(&error);
        Failure::transient(format!("the object broke off: {causes}"))
    })
}

fn short(taken: u64, whole: u64) -> Failure {
    let whole = counted(whole, "byte", "bytes");
    Failure::transient(format!("{taken} of {whole} of the object arrived"))
}

/// Returns whether bytes have the MD5 that the ETag of most objects is. They are then whole,
/// whatever size was listed.
fn has_digest(bytes: &[u8], object: &RemoteObject) -> bool {
    let digest = format!("{:032x}", u128::from_be_bytes(Md5::digest(bytes).into()));
    let tag = object.etag.as_deref().map(bare_tag);
    tag.is_some_and(|tag| tag.eq_ignore_ascii_case(&digest))
}

/// Takes a part of an object.
///
/// # Errors
///
/// Returns an error if there is no memory for it.
fn take(intake: &mut Intake<'_>, part: &[u8]) -> Result<(), Failure> {
    let room = intake.bytes.try_reserve(part.len());
    room.map_err(|error| Failure::permanent(error.to_string()))?;
    intake.bytes.extend_from_slice(part);
    Ok(())
}
