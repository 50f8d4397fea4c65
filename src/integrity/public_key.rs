//! A public key of CloudTrail.

use md5::{Digest as _, Md5};
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};

/// The tags of DER that keys are made of.
const SEQUENCE: u8 = 0x30;
const BIT_STRING: u8 = 0x03;

/// The object identifier of RSA keys, `rsaEncryption`, with its tag and length.
const RSA: &[u8] = &[
    0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01,
];

/// A public key of CloudTrail: RSA, as PKCS #1 or in a `SubjectPublicKeyInfo` (sources, I3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    /// The bytes as they are published.
    der: Vec<u8>,
    /// The key as PKCS #1.
    pkcs1: Vec<u8>,
}

/// Bytes that are not the DER of an RSA key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the value is not an RSA key in PKCS #1 or SubjectPublicKeyInfo")]
pub struct InvalidKey;

impl PublicKey {
    /// Reads a key from DER.
    ///
    /// # Errors
    ///
    /// Returns an error if the bytes are not the DER of an RSA key.
    pub fn from_der(der: Vec<u8>) -> Result<Self, InvalidKey> {
        let content = whole(&der, SEQUENCE).ok_or(InvalidKey)?;
        let pkcs1 = wrapped(content).unwrap_or(&der).to_vec();
        Ok(Self { der, pkcs1 })
    }

    /// Returns the fingerprint: the MD5 of the bytes as they are published, in hexadecimal digits.
    pub fn fingerprint(&self) -> String {
        fingerprint(&self.der)
    }

    /// Returns the fingerprint of the key as PKCS #1, which differs for other encodings.
    pub fn pkcs1_fingerprint(&self) -> String {
        fingerprint(&self.pkcs1)
    }

    /// Returns whether a signature, RSASSA-PKCS1-v1_5 with SHA-256, signs a text with this key.
    pub fn verifies(&self, text: &str, signature: &[u8]) -> bool {
        let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &self.pkcs1);
        key.verify(text.as_bytes(), signature).is_ok()
    }
}

fn fingerprint(der: &[u8]) -> String {
    format!("{:032x}", u128::from_be_bytes(Md5::digest(der).into()))
}

/// Returns the PKCS #1 key that a `SubjectPublicKeyInfo` with this content wraps.
fn wrapped(content: &[u8]) -> Option<&[u8]> {
    let (algorithm, rest) = split(content, SEQUENCE)?;
    if !algorithm.starts_with(RSA) {
        return None;
    }
    // A string of whole bytes begins with the number of bits that are not used: none.
    let key = whole(rest, BIT_STRING)?.strip_prefix(&[0])?;
    whole(key, SEQUENCE).map(|_| key)
}

/// Returns the content of an element that is all of the bytes.
fn whole(der: &[u8], tag: u8) -> Option<&[u8]> {
    let (content, rest) = split(der, tag)?;
    rest.is_empty().then_some(content)
}

/// Splits bytes into the content of their first element and what follows it.
fn split(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (length, rest) = length(der.strip_prefix(&[tag])?)?;
    rest.split_at_checked(length)
}

/// Returns the length that bytes begin with, and what follows it.
fn length(der: &[u8]) -> Option<(usize, &[u8])> {
    let (first, rest) = der.split_first()?;
    if *first < 0x80 {
        return Some((usize::from(*first), rest));
    }
    let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
    // No key needs more than two bytes for its length.
    let length = match digits {
        [one] => usize::from(*one),
        [high, low] => usize::from(u16::from_be_bytes([*high, *low])),
        _ => return None,
    };
    Some((length, rest))
}
