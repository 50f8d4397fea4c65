//! Writes digests and signs them, in the form in which CloudTrail delivers them.
//!
//! The key is beside this file for everybody to read, so that the samples are made again byte for
//! byte. What it signs proves nothing but how a verification goes.

use std::error::Error;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use md5::Digest as _;
use ring::rand::SystemRandom;
use ring::signature::{KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use serde::Serialize;
use serde_json::{Value, json};

/// The key that signs the samples.
const KEY: &str = include_str!("signing-key.pem");

/// The only algorithm of hashes.
const HASH_ALGORITHM: &str = "SHA-256";

/// The only algorithm of signatures.
pub(crate) const SIGNATURE_ALGORITHM: &str = "SHA256withRSA";

/// A key that signs digests, as CloudTrail has one for each region and month.
pub(crate) struct Signer {
    pair: RsaKeyPair,
}

impl Signer {
    /// Returns the key of the samples.
    pub(crate) fn sample() -> Result<Self, Box<dyn Error>> {
        Self::read(KEY)
    }

    /// Reads a key from a file in PEM. The text around the key is a comment.
    pub(crate) fn read(pem: &str) -> Result<Self, Box<dyn Error>> {
        let lines = pem
            .lines()
            .skip_while(|line| !line.starts_with("-----BEGIN"));
        let lines = lines
            .skip(1)
            .take_while(|line| !line.starts_with("-----END"));
        let der = STANDARD.decode(lines.collect::<String>())?;
        let pair = RsaKeyPair::from_pkcs8(&der).map_err(|error| error.to_string())?;
        Ok(Self { pair })
    }

    /// Returns the public key as CloudTrail publishes it: the DER of PKCS #1.
    pub(crate) fn public(&self) -> &[u8] {
        self.pair.public_key().as_ref()
    }

    /// Returns the fingerprint of the key: the MD5 of the public one.
    pub(crate) fn fingerprint(&self) -> String {
        hex(&md5::Md5::digest(self.public()))
    }

    /// Returns the key as `aws cloudtrail list-public-keys` prints it, valid for a month.
    pub(crate) fn listed(&self) -> Value {
        json!({
            "Value": STANDARD.encode(self.public()),
            "ValidityStartTime": "2026-02-20T00:00:00+00:00",
            "ValidityEndTime": "2026-03-22T00:00:00+00:00",
            "Fingerprint": self.fingerprint(),
        })
    }

    /// Signs a text, and returns the signature in hexadecimal digits.
    pub(crate) fn sign(&self, text: &str) -> Result<String, Box<dyn Error>> {
        let mut signature = vec![0; self.pair.public().modulus_len()];
        // This way of signing is deterministic, so the random numbers only protect the key.
        let random = SystemRandom::new();
        let signed = self
            .pair
            .sign(&RSA_PKCS1_SHA256, &random, text.as_bytes(), &mut signature);
        signed.map_err(|error| error.to_string())?;
        Ok(hex(&signature))
    }
}

/// A chain of digests: one trail in one account and region.
#[derive(Clone)]
pub(crate) struct Chain {
    pub(crate) bucket: String,
    pub(crate) account: String,
    pub(crate) region: String,
    pub(crate) trail: String,
    pub(crate) home_region: String,
    /// The end of the names of its digests, before `.json.gz`: `_backfill` or nothing.
    pub(crate) suffix: &'static str,
}

impl Chain {
    /// Returns the digest of the hour with this end. It has no previous one yet.
    pub(crate) fn digest(
        &self,
        end: Timestamp,
        log_files: Vec<LogFile>,
        signer: &Signer,
    ) -> Result<Digest, Box<dyn Error>> {
        let newest = log_files
            .iter()
            .filter_map(|file| file.newest_event_time.clone())
            .max();
        let oldest = log_files
            .iter()
            .filter_map(|file| file.oldest_event_time.clone())
            .min();
        Ok(Digest {
            aws_account_id: self.account.clone(),
            start: end.checked_sub(SignedDuration::from_hours(1))?.to_string(),
            end: end.to_string(),
            bucket: self.bucket.clone(),
            key: self.key(end),
            fingerprint: signer.fingerprint(),
            signature_algorithm: SIGNATURE_ALGORITHM,
            newest_event_time: newest,
            oldest_event_time: oldest,
            previous_bucket: None,
            previous_key: None,
            previous_hash: None,
            previous_hash_algorithm: None,
            previous_signature: None,
            log_files,
        })
    }

    fn key(&self, end: Timestamp) -> String {
        let Self {
            account,
            region,
            trail,
            home_region,
            suffix,
            ..
        } = self;
        let day = end.strftime("%Y/%m/%d");
        let stamp = end.strftime("%Y%m%dT%H%M%SZ");
        format!(
            "AWSLogs/{account}/CloudTrail-Digest/{region}/{day}/\
             {account}_CloudTrail-Digest_{region}_{trail}_{home_region}_{stamp}{suffix}.json.gz"
        )
    }
}

/// A digest, with its members in the order in which CloudTrail writes them.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Digest {
    aws_account_id: String,
    #[serde(rename = "digestStartTime")]
    pub(crate) start: String,
    #[serde(rename = "digestEndTime")]
    pub(crate) end: String,
    #[serde(rename = "digestS3Bucket")]
    pub(crate) bucket: String,
    #[serde(rename = "digestS3Object")]
    pub(crate) key: String,
    #[serde(rename = "digestPublicKeyFingerprint")]
    pub(crate) fingerprint: String,
    #[serde(rename = "digestSignatureAlgorithm")]
    signature_algorithm: &'static str,
    newest_event_time: Option<String>,
    oldest_event_time: Option<String>,
    #[serde(rename = "previousDigestS3Bucket")]
    previous_bucket: Option<String>,
    #[serde(rename = "previousDigestS3Object")]
    previous_key: Option<String>,
    #[serde(rename = "previousDigestHashValue")]
    pub(crate) previous_hash: Option<String>,
    #[serde(rename = "previousDigestHashAlgorithm")]
    previous_hash_algorithm: Option<&'static str>,
    #[serde(rename = "previousDigestSignature")]
    pub(crate) previous_signature: Option<String>,
    pub(crate) log_files: Vec<LogFile>,
}

/// A log file in the list of a digest.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LogFile {
    #[serde(rename = "s3Bucket")]
    pub(crate) bucket: String,
    #[serde(rename = "s3Object")]
    pub(crate) key: String,
    #[serde(rename = "hashValue")]
    pub(crate) hash: String,
    hash_algorithm: &'static str,
    newest_event_time: Option<String>,
    oldest_event_time: Option<String>,
}

impl LogFile {
    /// Describes a log file with this content and these times of its records.
    pub(crate) fn new(bucket: &str, key: &str, content: &str, times: &[Timestamp]) -> Self {
        Self {
            bucket: bucket.to_owned(),
            key: key.to_owned(),
            hash: sha256(content.as_bytes()),
            hash_algorithm: HASH_ALGORITHM,
            newest_event_time: times.iter().max().map(Timestamp::to_string),
            oldest_event_time: times.iter().min().map(Timestamp::to_string),
        }
    }
}

impl Digest {
    /// Makes another digest the one before this one.
    pub(crate) fn follow(&mut self, previous: &Self, signature: String) -> serde_json::Result<()> {
        self.previous_bucket = Some(previous.bucket.clone());
        self.previous_key = Some(previous.key.clone());
        self.previous_hash = Some(sha256(previous.text()?.as_bytes()));
        self.previous_hash_algorithm = Some(HASH_ALGORITHM);
        self.previous_signature = Some(signature);
        Ok(())
    }

    /// Returns the text, in the spelling of CloudTrail: compact, and each `/` after a backslash.
    pub(crate) fn text(&self) -> serde_json::Result<String> {
        Ok(serde_json::to_string(self)?.replace('/', "\\/"))
    }

    /// Returns the signature.
    pub(crate) fn sign(&self, signer: &Signer) -> Result<String, Box<dyn Error>> {
        let Self {
            end, bucket, key, ..
        } = self;
        let hash = sha256(self.text()?.as_bytes());
        let previous = self.previous_signature.as_deref().unwrap_or("null");
        signer.sign(&format!("{end}\n{bucket}/{key}\n{hash}\n{previous}"))
    }
}

/// Returns what S3 keeps of an object, as a line of a manifest.
pub(crate) fn metadata(bucket: &str, key: &str, signature: &str) -> Value {
    json!({
        "Bucket": bucket,
        "Key": key,
        "Metadata": { "signature": signature, "signature-algorithm": SIGNATURE_ALGORITHM },
    })
}

/// Returns the SHA-256 of bytes in hexadecimal digits.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex(&sha2::Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
