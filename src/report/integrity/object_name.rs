//! The name of an object in S3.

use std::fmt;

use serde::Serialize;

/// The name of an object in S3: its bucket and its key.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct ObjectName {
    /// The bucket.
    pub bucket: Box<str>,
    /// The key.
    pub key: Box<str>,
}

impl ObjectName {
    /// Creates a name.
    pub fn new(bucket: &str, key: &str) -> Self {
        Self {
            bucket: bucket.into(),
            key: key.into(),
        }
    }

    /// Returns the part of the key after its last `/`.
    pub fn file_name(&self) -> &str {
        self.key.rsplit('/').next().unwrap_or(&self.key)
    }
}

impl fmt::Display for ObjectName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.bucket, self.key)
    }
}
