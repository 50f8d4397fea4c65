//! Objects in S3 as they are listed, by whatever lists them.

use super::RemoteObject;
use crate::source::{Location, Object};

/// The most bytes of an object of S3, fifty tebibytes. A larger size is a mistake.
const LARGEST_OBJECT: u64 = 50 << 40;

/// Returns an object as it was listed.
pub(in crate::source) fn listed(mut remote: RemoteObject) -> Object {
    let plausible = |size: &u64| *size <= LARGEST_OBJECT;
    remote.stored_bytes = remote.stored_bytes.filter(plausible);
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
