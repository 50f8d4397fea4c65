//! Addresses in S3.

use std::fmt;
use std::path::PathBuf;

use compact_str::CompactString;

use crate::source::ListError;

/// The beginning of an address.
const SCHEME: &str = "s3://";

/// An object of a bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteObject {
    /// The bucket.
    pub bucket: String,
    /// The key.
    pub key: String,
    /// The ETag when it was listed, if there was one. Other content is not read.
    pub etag: Option<String>,
    /// The size in bytes when it was listed, if it is known.
    pub stored_bytes: Option<u64>,
    /// The storage class when it was listed, if it is known.
    pub storage_class: Option<CompactString>,
}

/// The storage classes whose objects must be restored before they can be read.
// Those of `GLACIER_IR` can be read at once.
const ARCHIVES: [&str; 2] = ["GLACIER", "DEEP_ARCHIVE"];

impl RemoteObject {
    /// Returns the object of a bucket at an address. Nothing else is known about it.
    pub fn at_address(bucket: String, address: &str) -> Self {
        let key = address.strip_prefix(SCHEME).unwrap_or(address);
        let key = key.strip_prefix(bucket.as_str()).unwrap_or(key);
        Self {
            key: key.strip_prefix('/').unwrap_or(key).to_owned(),
            bucket,
            etag: None,
            stored_bytes: None,
            storage_class: None,
        }
    }

    /// Returns whether the object was in a storage class from which it must be restored.
    pub fn is_archived(&self) -> bool {
        let class = self.storage_class.as_deref();
        class.is_some_and(|class| ARCHIVES.contains(&class))
    }

    /// Returns the address.
    pub fn address(&self) -> String {
        format!("{SCHEME}{}/{}", self.bucket, self.key)
    }
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
    /// Parses an address; nothing for any other path.
    pub fn parse(path: &str) -> Option<Self> {
        let path = path.strip_prefix(SCHEME)?;
        let (bucket, prefix) = path.split_once('/').unwrap_or((path, ""));
        if bucket.is_empty() {
            return None;
        }
        Some(Self {
            bucket: bucket.to_owned(),
            prefix: prefix.to_owned(),
        })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{SCHEME}{}/{}", self.bucket, self.prefix)
    }
}

/// Splits paths into those on this machine and the addresses in S3.
///
/// # Errors
///
/// Returns an error if an address names no bucket.
pub fn split(paths: &[PathBuf]) -> Result<(Vec<PathBuf>, Vec<Address>), ListError> {
    let mut local = Vec::new();
    let mut addresses = Vec::new();
    for path in paths {
        let text = path.to_string_lossy();
        match Address::parse(&text) {
            Some(address) => addresses.push(address),
            // It would be taken for a file that does not exist, which explains nothing.
            None if text.starts_with("s3:") => return Err(ListError::Address(text.into_owned())),
            None => local.push(path.clone()),
        }
    }
    Ok((local, addresses))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_parsed() {
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

    #[test]
    fn an_address_without_a_bucket_is_not_a_path() {
        let split = |path: &str| split(&[path.into()]).map_err(|error| error.to_string());
        assert_eq!(split("a/s3:/b"), Ok((vec!["a/s3:/b".into()], Vec::new())));
        for path in ["s3:", "s3://", "s3:///a", "s3:/a"] {
            let error = split(path).expect_err("no bucket");
            assert!(error.contains("it names no bucket"), "{error}");
        }
    }
}
