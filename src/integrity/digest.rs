//! A digest: what CloudTrail says about the log files of one hour.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::Deserialize;

use super::{ObjectName, Sha256};

/// The only algorithm of hashes.
const HASH_ALGORITHM: &str = "SHA-256";

/// A digest (sources, I1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digest {
    /// The account.
    pub account: String,
    /// The beginning of the hour.
    pub start: Timestamp,
    /// The end of the hour.
    pub end: Timestamp,
    /// The end as the digest writes it, which is part of what is signed.
    pub end_text: String,
    /// The place that it was delivered to, which is part of what is signed.
    pub name: ObjectName,
    /// The fingerprint of the key that signs it.
    pub fingerprint: String,
    /// The digest before it; `None` for the first one after logging or validation began.
    pub previous: Option<PreviousDigest>,
    /// The log files that were delivered in that hour, in any order.
    pub log_files: Vec<LogFile>,
}

/// The digest before a digest, as that one describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviousDigest {
    /// The place that it was delivered to.
    pub name: ObjectName,
    /// The hash of its content.
    pub hash: Sha256,
    /// Its signature, in hexadecimal digits.
    pub signature: Option<String>,
}

/// A log file, as a digest lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogFile {
    /// The place that it was delivered to.
    pub name: ObjectName,
    /// The hash of its content.
    pub hash: Sha256,
}

/// The reason for which bytes are not a digest.
#[derive(Debug, thiserror::Error)]
pub enum DigestError {
    /// They are not the JSON of a digest.
    #[error("not the JSON of a digest: {0}")]
    Json(#[from] serde_json::Error),
    /// A time cannot be read.
    #[error("`{0}` is not a time")]
    Time(String),
    /// A hash cannot be read.
    #[error("`{0}` is not a SHA-256 hash")]
    Hash(String),
    /// The hashes are made in another way.
    #[error("the hash algorithm `{0}` is not SHA-256")]
    Algorithm(String),
    /// Some members that describe the previous digest are missing.
    #[error("it describes the previous digest only in part")]
    Previous,
}

impl Digest {
    /// Parses the content of a digest.
    ///
    /// # Errors
    ///
    /// Returns an error if it is not the JSON of a digest.
    pub fn parse(content: &[u8]) -> Result<Self, DigestError> {
        let written: WrittenDigest<'_> = serde_json::from_slice(content)?;
        let previous = written.previous()?;
        let log_files = written.log_files.into_iter().map(LogFile::read);
        Ok(Self {
            start: time(&written.digest_start_time)?,
            end: time(&written.digest_end_time)?,
            // The signature is over the text of the time, as it is written.
            end_text: written.digest_end_time,
            name: ObjectName::new(&written.digest_s3_bucket, &written.digest_s3_object),
            // Keys are known by their fingerprints in lower case.
            fingerprint: written.digest_public_key_fingerprint.to_ascii_lowercase(),
            previous,
            log_files: log_files.collect::<Result<_, _>>()?,
            account: written.aws_account_id,
        })
    }

    /// Returns the text that is signed (sources, I2), given the hash of the content.
    pub fn string_to_sign(&self, hash: Sha256) -> String {
        let previous = self.previous.as_ref();
        let signature = previous.and_then(|previous| previous.signature.as_deref());
        // CloudTrail's own program, in Java, writes `null` where there is no digest before.
        let signature = signature.unwrap_or("null");
        let (end, name) = (&self.end_text, &self.name);
        format!("{end}\n{name}\n{hash}\n{signature}")
    }
}

impl LogFile {
    fn read(written: WrittenLogFile<'_>) -> Result<Self, DigestError> {
        check_algorithm(&written.hash_algorithm)?;
        Ok(Self {
            name: ObjectName::new(&written.s3_bucket, &written.s3_object),
            hash: hash(&written.hash_value)?,
        })
    }
}

/// A digest as it is written. The members that AWS's own tool requires are required here, too.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WrittenDigest<'c> {
    #[serde(default)]
    aws_account_id: String,
    digest_start_time: String,
    digest_end_time: String,
    #[serde(rename = "digestS3Bucket")]
    digest_s3_bucket: String,
    #[serde(rename = "digestS3Object")]
    digest_s3_object: String,
    digest_public_key_fingerprint: String,
    #[serde(rename = "previousDigestS3Bucket")]
    previous_digest_s3_bucket: Option<String>,
    #[serde(rename = "previousDigestS3Object")]
    previous_digest_s3_object: Option<String>,
    previous_digest_hash_value: Option<String>,
    previous_digest_hash_algorithm: Option<String>,
    previous_digest_signature: Option<String>,
    #[serde(borrow, default)]
    log_files: Vec<WrittenLogFile<'c>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WrittenLogFile<'c> {
    #[serde(borrow, rename = "s3Bucket")]
    s3_bucket: Cow<'c, str>,
    #[serde(borrow, rename = "s3Object")]
    s3_object: Cow<'c, str>,
    #[serde(borrow)]
    hash_value: Cow<'c, str>,
    #[serde(borrow)]
    hash_algorithm: Cow<'c, str>,
}

impl WrittenDigest<'_> {
    fn previous(&self) -> Result<Option<PreviousDigest>, DigestError> {
        let (bucket, key) = (
            &self.previous_digest_s3_bucket,
            &self.previous_digest_s3_object,
        );
        let written = (bucket, key, &self.previous_digest_hash_value);
        match written {
            (None, None, None) => Ok(None),
            (Some(bucket), Some(key), Some(value)) => {
                let algorithm = self.previous_digest_hash_algorithm.as_deref();
                check_algorithm(algorithm.unwrap_or(HASH_ALGORITHM))?;
                Ok(Some(PreviousDigest {
                    name: ObjectName::new(bucket, key),
                    hash: hash(value)?,
                    signature: self.previous_digest_signature.clone(),
                }))
            }
            _ => Err(DigestError::Previous),
        }
    }
}

fn check_algorithm(name: &str) -> Result<(), DigestError> {
    match name.eq_ignore_ascii_case(HASH_ALGORITHM) {
        true => Ok(()),
        false => Err(DigestError::Algorithm(name.to_owned())),
    }
}

fn hash(text: &str) -> Result<Sha256, DigestError> {
    Sha256::from_hex(text).ok_or_else(|| DigestError::Hash(text.to_owned()))
}

fn time(text: &str) -> Result<Timestamp, DigestError> {
    let time = text.parse();
    time.map_err(|_| DigestError::Time(text.to_owned()))
}
