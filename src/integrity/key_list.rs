//! Lists of public keys, as `aws cloudtrail list-public-keys` prints them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::{InvalidKey, PublicKey};

/// A key as a list has it.
#[derive(Debug)]
pub(super) struct PublishedKey {
    pub(super) key: PublicKey,
    /// The fingerprint that the list states.
    pub(super) fingerprint: Option<String>,
}

/// The reason for which a list of public keys cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum KeyListError {
    /// It is not the JSON of a list.
    #[error("it is not what `aws cloudtrail list-public-keys` prints: {0}")]
    Json(#[from] serde_json::Error),
    /// A key is not Base64.
    #[error("the value of key {number} is not Base64: {source}")]
    Base64 {
        /// The number of the key in the list, from one.
        number: usize,
        /// The reason.
        source: base64::DecodeError,
    },
    /// A key cannot be read.
    #[error("key {number}: {source}")]
    Key {
        /// The number of the key in the list, from one.
        number: usize,
        /// The reason.
        source: InvalidKey,
    },
}

/// The times of validity are left out: nothing is concluded from them, and they come in several
/// spellings.
#[derive(Deserialize)]
struct WrittenList {
    #[serde(rename = "PublicKeyList", alias = "publicKeyList")]
    keys: Vec<WrittenKey>,
}

#[derive(Deserialize)]
struct WrittenKey {
    #[serde(rename = "Value", alias = "value")]
    value: String,
    #[serde(rename = "Fingerprint", alias = "fingerprint")]
    fingerprint: Option<String>,
}

/// Reads a list of public keys.
///
/// # Errors
///
/// Returns an error if it is not one, or a key cannot be read.
pub(super) fn read(text: &[u8]) -> Result<Vec<PublishedKey>, KeyListError> {
    let list: WrittenList = serde_json::from_slice(text)?;
    let numbered = list.keys.into_iter().zip(1..);
    numbered.map(|(key, number)| listed(key, number)).collect()
}

fn listed(written: WrittenKey, number: usize) -> Result<PublishedKey, KeyListError> {
    let der = STANDARD
        .decode(written.value.trim())
        .map_err(|source| KeyListError::Base64 { number, source })?;
    let key = PublicKey::from_der(der).map_err(|source| KeyListError::Key { number, source })?;
    let fingerprint = written.fingerprint;
    Ok(PublishedKey {
        key,
        fingerprint: fingerprint.map(|text| text.to_ascii_lowercase()),
    })
}
