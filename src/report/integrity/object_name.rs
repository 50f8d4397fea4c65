//! The name of an object in S3.

use std::fmt;
use std::sync::Arc;

use compact_str::CompactString;
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

/// The name of an object in S3: its bucket and its key.
// A verification holds each name several times, and there may be millions of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectName {
    /// The bucket.
    pub bucket: CompactString,
    /// The key.
    pub key: Arc<str>,
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

impl Serialize for ObjectName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut name = serializer.serialize_struct("ObjectName", 2)?;
        name.serialize_field("bucket", self.bucket.as_str())?;
        name.serialize_field("key", &*self.key)?;
        name.end()
    }
}

impl fmt::Display for ObjectName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.bucket, self.key)
    }
}
