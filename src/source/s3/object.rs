//! Objects in S3 as they are listed, by whatever lists them.

use super::RemoteObject;
use crate::source::{Location, Object};

/// The most bytes of an object of S3, fifty tebibytes. A larger size is a mistake.
const LARGEST_OBJECT: u64 = 50 << 40;

/// The longest key of an object, in bytes (S3 allows no longer ones).
pub(in crate::source) const KEY_BYTES: usize = 1_024;

/// The longest ETag or storage class, in bytes. They have a few dozen.
pub(in crate::source) const SHORT_BYTES: usize = 256;

/// Checks that a key, an ETag and a storage class may be those of an object of S3.
///
/// # Errors
///
/// Returns a description if they are not.
pub(in crate::source) fn check(
    key: &str,
    etag: Option<&str>,
    storage_class: Option<&str>,
) -> Result<(), String> {
    let length = key.len();
    if length == 0 || length > KEY_BYTES {
        return Err(format!("the key has {length} bytes, not 1 to {KEY_BYTES}"));
    }
    match etag.is_some_and(is_too_long) || storage_class.is_some_and(is_too_long) {
        true => Err(format!("a value is longer than {SHORT_BYTES} bytes")),
        false => Ok(()),
    }
}

fn is_too_long(text: &str) -> bool {
    text.len() > SHORT_BYTES
}

/// Returns an object as it was listed.
pub(in crate::source) fn listed(mut remote: RemoteObject) -> Object {
    remote.stored_bytes = remote.stored_bytes.filter(|size| *size <= LARGEST_OBJECT);
    Object {
        key: remote.address().into(),
        stored_bytes: Some(remote.stored_bytes.unwrap_or(0)),
        location: Location::Remote(Box::new(remote)),
        named: false,
    }
}

/// Returns an ETag in the quotes that it has in listings and answers of S3.
pub(in crate::source) fn quoted(etag: &str) -> String {
    match etag.contains('"') {
        true => etag.to_owned(),
        false => format!("\"{etag}\""),
    }
}
